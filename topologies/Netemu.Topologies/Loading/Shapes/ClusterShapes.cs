using System.Collections.Generic;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of a cluster.</summary>
internal static class ClusterShapes
{
    public static Value<ServiceTimeModel> ServiceTimeWord { get; } = Values.Word(
        "'zero' or 'calibrated'", ("zero", ServiceTimeModel.Zero), ("calibrated", ServiceTimeModel.Calibrated));

    /// <summary><c>ip</c> as one address or a list of them.</summary>
    private static readonly Value<IReadOnlyList<InterfaceAddressSpec>> Addresses = new EitherValue<IReadOnlyList<InterfaceAddressSpec>>(
        new ConvertedValue<InterfaceAddressSpec, IReadOnlyList<InterfaceAddressSpec>>(Values.InterfaceAddress, static one => [one]),
        Values.List(Values.InterfaceAddress));

    public static ObjectShape<ClusterNodeSpec> Node { get; } = new("clusterNode", "a cluster's node", static () => new())
    {
        MayBeEmpty = true,
        Fields =
        {
            { "ip", Addresses, (s, v) => s.Addresses = v, "The node's address on the segment." },
            { "labels", Values.TextMap("labels"), (s, v) => s.Labels = v, "Labels of the Node object." },
            { "annotations", Values.TextMap("annotations"), (s, v) => s.Annotations = v, "Annotations of the Node object." },
            { "asn", Values.Asn, (s, v) => s.Asn = v, "The node's AS number." },
            { "rack", Values.Integer(1, 1_000_000, "a rack"), (s, v) => s.Rack = v, "The rack, from 1." },
            { "exec", NodeShapes.Commands, (s, v) => s.Exec = v, "Commands at t=0 in the root namespace." },
        },
    };

    public static ObjectShape<ClusterSpec> Cluster { get; } = new("cluster", "a cluster", static () => new())
    {
        MayBeEmpty = true,
        Fields =
        {
            { "nodes", NodeShapes.Named(Node), BindNodes, "The machines, by name." },
            { "racks", Values.Integer(1, 100_000, "a number of racks"), (s, v) => s.Racks = v, "Racks, each behind a router." },
            { "nodesPerRack", Values.Integer(1, 10_000, "a number of nodes"), (s, v) => s.NodesPerRack = v, "Nodes in each rack." },
            { "subnet", Values.Prefix, (s, v) => s.Subnet = v, "Where the nodes' addresses come from." },
            { "link", LinkShapes.Defaults, BindLink, "The links of the segment." },
            { "gateway", Values.Boolean, (s, v) => s.Gateway = v, "Whether the segment has a gateway router, and the nodes a default route to it (true)." },
            { "transport", BgpShapes.TransportWord, (s, v) => s.Transport = v, "What carries BGP: tcp or pipe." },
            { "timers", BgpShapes.ProfileWord, (s, v) => s.Timers = v, "Whose BGP timers apply (calico-bird)." },
            { "service-time", ServiceTimeWord, (s, v) => s.ServiceTime = v, "What processing costs (zero)." },
        },
    };

    private static void BindNodes(Binder binder, ClusterSpec cluster, Netemu.Calico.Yaml.YamlEntry entry)
    {
        List<ClusterNodeSpec> nodes = [.. cluster.Nodes];
        HashSet<string> names = new(System.StringComparer.Ordinal);
        NodeShapes.ForEachName(binder, entry, "nodes", (name, named) =>
        {
            if (NameRules.NodeFault(name) is { } fault)
            {
                binder.Error(LoaderCode.BadName, $"'{name}' cannot name a node", named.Key.Range, fault);
            }
            else if (!names.Add(name))
            {
                binder.Error(LoaderCode.NameTwice, $"node '{name}' stands twice", named.Key.Range);
            }
            else if (Node.TryBind(named.Value, binder, out ClusterNodeSpec node))
            {
                node.Name = name;
                node.Range = named.Key.Range;
                nodes.Add(node);
            }
        });
        cluster.Nodes = nodes;
    }

    private static void BindLink(Binder binder, ClusterSpec cluster, Netemu.Calico.Yaml.YamlEntry entry)
    {
        LinkSpec link = new() { Delay = cluster.LinkDelay, Rate = cluster.LinkRate, Mtu = cluster.LinkMtu };
        LinkShapes.Defaults.BindInto(link, entry.Value, binder, complete: false);
        cluster.LinkDelay = link.Delay;
        cluster.LinkRate = link.Rate;
        cluster.LinkMtu = link.Mtu;
    }
}
