using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// The machines that a `cluster:` section means: those that it names, and those of racks that it only counts. What has no
/// address gets one from the cluster's subnet: a prefix a rack, the machines from .11 on (or from .2 where that is too
/// short), the router the first address.
/// </summary>
internal static class ClusterNodes
{
    private const string RackLabel = "rack";
    private const string BadSubnet = "E1505";

    /// <summary>As long as a kubeadm lab's; the pods' ranges in common use lie outside.</summary>
    private static readonly InternetPrefix _defaultSubnet = InternetPrefix.Parse("10.0.0.0/10");

    public static IReadOnlyList<ClusterNodeSpec> Of(ClusterSpec cluster, DiagnosticBag diagnostics)
    {
        List<ClusterNodeSpec> nodes = [.. cluster.Nodes];
        if (cluster.NodesPerRack > 0)
        {
            HashSet<string> named = [.. cluster.Nodes.Select(n => n.Name)];
            for (int rack = 1; rack <= System.Math.Max(cluster.Racks, 1); rack++)
            {
                for (int number = 1; number <= cluster.NodesPerRack; number++)
                {
                    string name = ClusterSpec.RackNodeName(rack, number);
                    if (!named.Contains(name))
                    {
                        nodes.Add(new ClusterNodeSpec { Name = name, Rack = rack, Range = cluster.Range });
                    }
                }
            }
        }

        Number(nodes, cluster, diagnostics);
        foreach (ClusterNodeSpec node in nodes.Where(n => n.Rack is not null && n.Labels.All(l => l.Key != RackLabel)))
        {
            node.Labels = [.. node.Labels, KeyValuePair.Create(RackLabel, ClusterSpec.RackRouterName(node.Rack!.Value))];
        }

        return nodes;
    }

    /// <summary>Addresses for those that have none.</summary>
    private static void Number(List<ClusterNodeSpec> nodes, ClusterSpec cluster, DiagnosticBag diagnostics)
    {
        ClusterNodeSpec[] open = [.. nodes.Where(n => n.Addresses.Count == 0)];
        if (open.Length == 0 || (cluster.Subnet is null && cluster.NodesPerRack == 0))
        {
            return;
        }

        InternetPrefix subnet = cluster.Subnet ?? _defaultSubnet;
        int racks = open.Max(n => n.Rack ?? 1);
        int largest = open.GroupBy(n => n.Rack ?? 1).Max(g => g.Count());
        int hostBits = System.Math.Max(racks > 1 ? 8 : 32 - subnet.Length, BitsFor(largest + 3));
        if (!subnet.IsIPv4 || 32 - hostBits < subnet.Length || BitsFor(racks) > 32 - hostBits - subnet.Length)
        {
            diagnostics.Error(
                BadSubnet,
                string.Create(CultureInfo.InvariantCulture, $"{subnet} has no room for {racks} racks of {largest} nodes"),
                cluster.Range,
                "give cluster.subnet a shorter prefix");
            return;
        }

        Dictionary<int, int> next = [];
        int first = largest + 11 < (1 << hostBits) ? 11 : 2;
        foreach (ClusterNodeSpec node in open)
        {
            int rack = node.Rack ?? 1;
            int number = next.GetValueOrDefault(rack);
            next[rack] = number + 1;
            IPv4Address address = subnet.IPv4.Address.Add(((long)(rack - 1) << hostBits) + first + number);
            node.Addresses = [new InterfaceAddressSpec(address, 32 - hostBits)];
        }
    }

    private static int BitsFor(int count)
    {
        int bits = 0;
        while (1L << bits < count)
        {
            bits++;
        }

        return bits;
    }
}
