using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Ipam;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Workloads;

/// <summary>
/// What calico/node's allocate-tunnel-addrs does when it starts: a node that a pool with encapsulation selects gets an
/// address of such a pool for its tunnel device; one that no such pool selects any more gives it back.
/// </summary>
public static class TunnelAddresses
{
    /// <summary>Brings a node's tunnel addresses to what the pools ask for; says whether anything was written.</summary>
    public static bool Assign(IResourceStore store, string name)
    {
        Node? resolved = NodeResolution.Resolve(
            store.Find<KubernetesNode>(new ResourceKey(ResourceKind.KubernetesNode, name)),
            store.Find<Node>(new ResourceKey(ResourceKind.Node, name)));
        if (resolved?.IPv4Address is null)
        {
            return false;
        }

        Node before = store.Find<Node>(new ResourceKey(ResourceKind.Node, name)) ?? new Node(new ObjectMetadata(name));
        IPPool[] pools =
        [
            .. store.List(ResourceKind.IPPool).Select(stored => (IPPool)stored.Value)
                .Where(pool => !pool.Disabled && pool.Cidr.IsIPv4 && pool.NodeSelector.Matches(resolved.Metadata.Labels)),
        ];
        Node after = before with
        {
            IPv4IpipTunnelAddress = Address(store, resolved, "ipipTunnelAddress", $"ipip-tunnel-addr-{name}",
                pools.Where(pool => pool.IpipMode != EncapsulationMode.Never), resolved.IPv4IpipTunnelAddress),
            IPv4VxlanTunnelAddress = Address(store, resolved, "vxlanTunnelAddress", $"vxlan-tunnel-addr-{name}",
                pools.Where(pool => pool.VxlanMode != EncapsulationMode.Never), resolved.IPv4VxlanTunnelAddress),
        };
        if (after == before)
        {
            return false;
        }

        store.Put(after);
        return true;
    }

    private static IPv4Address? Address(
        IResourceStore store, Node node, string type, string handle, IEnumerable<IPPool> pools, IPv4Address? present)
    {
        InternetPrefix[] cidrs = [.. pools.Select(pool => pool.Cidr)];
        IpamClient ipam = new(store);
        if (cidrs.Length == 0)
        {
            if (present is not null)
            {
                ipam.ReleaseHandle(handle).RunToEnd();
            }

            return null;
        }

        IpamRequest request = new(node.Name, handle)
        {
            HostLabels = node.Metadata.Labels,
            Use = PoolUse.Tunnel,
            RequestedPools = cidrs,
            Attributes = Selectors.LabelSet.Of(("node", node.Name), ("type", type)),
        };
        if (present is { } address && cidrs.Any(cidr => cidr.Contains(address)))
        {
            // An address that a manifest gives is recorded, so that no workload gets it.
            ipam.AssignAddress(request, address).RunToEnd();
            return address;
        }

        if (present is not null)
        {
            ipam.ReleaseHandle(handle).RunToEnd();
        }

        IReadOnlyList<InternetAddress> assigned = ipam.Assign(request).RunToEnd().Addresses;
        return assigned.Count > 0 ? assigned[0].IPv4 : null;
    }
}
