using System.Collections.Generic;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>
/// Which devices share a broadcast domain: links, veth pairs and bridges join, namespaces part. VLANs are not told apart.
/// </summary>
internal sealed class Segments
{
    private readonly Dictionary<object, object> _parents = [];

    public Segments(TopologySpec topology, TopologyIndex index)
    {
        foreach (LinkSpec link in topology.Links)
        {
            Join(Find(index, link.A), Find(index, link.B));
        }

        foreach (NodeSpec node in topology.Nodes)
        {
            foreach (NamespaceSpec space in InterfaceCheck.SpacesOf(node))
            {
                foreach (InterfaceSpec device in space.Interfaces)
                {
                    Join(node, space, device, index);
                }
            }
        }
    }

    /// <summary>The representative of a device's segment.</summary>
    public object Of(InterfaceSpec device) => Root(device);

    private static InterfaceSpec? Find(TopologyIndex index, DeviceRef? reference) =>
        reference?.Owner is NodeEndpoint place && index.FindNamespace(place.Node, place.Namespace) is { } space
            ? index.FindDevice(space, reference.Device)
            : null;

    private void Join(NodeSpec node, NamespaceSpec space, InterfaceSpec device, TopologyIndex index)
    {
        if (space == node.Root && node.Kind is NodeKind.Bridge or NodeKind.Hub)
        {
            Join(device, node);
        }

        if (device.Peer is { } peer)
        {
            Join(device, Find(index, peer));
        }

        if (device.Master is { } master)
        {
            NamespaceSpec home = device is { Type: InterfaceType.Veth, Peer: null } ? node.Root : space;
            Join(device, index.FindDevice(home, master));
        }

        if (device is { Type: InterfaceType.Macvlan or InterfaceType.Macvtap, Parent: { } parent })
        {
            Join(device, index.FindDevice(space, parent) ?? index.FindDevice(node.Root, parent));
        }
    }

    private void Join(object? a, object? b)
    {
        if (a is not null && b is not null && Root(a) is var rootA && Root(b) is var rootB && rootA != rootB)
        {
            _parents[rootA] = rootB;
        }
    }

    private object Root(object item)
    {
        object root = item;
        while (_parents.TryGetValue(root, out object? above))
        {
            root = above;
        }

        // Shorten the way for the next one.
        while (_parents.TryGetValue(item, out object? above) && above != root)
        {
            _parents[item] = root;
            item = above;
        }

        return root;
    }
}
