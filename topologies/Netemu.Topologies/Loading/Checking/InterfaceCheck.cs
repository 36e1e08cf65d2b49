using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Loading.Shapes;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>
/// Completes interfaces (the ends of links, the far ends of veths, what a word means for a type) and checks what they
/// say about each other.
/// </summary>
internal sealed class InterfaceCheck(Binder binder, TopologyIndex index, TopologySpec topology)
{
    private readonly Dictionary<InterfaceSpec, LinkSpec> _ends = [];

    public void Run()
    {
        CompleteLinkEnds();
        foreach (NodeSpec node in topology.Nodes)
        {
            foreach (NamespaceSpec space in SpacesOf(node).ToArray())
            {
                foreach (InterfaceSpec device in space.Interfaces.ToArray())
                {
                    Complete(device);
                    CompletePeer(node, space, device);
                }
            }
        }

        foreach (NodeSpec node in topology.Nodes)
        {
            foreach (NamespaceSpec space in SpacesOf(node))
            {
                foreach (InterfaceSpec device in space.Interfaces)
                {
                    CheckWords(device);
                    CheckRequired(device);
                    CheckMaster(node, space, device);
                    CheckParent(node, space, device);
                    CheckLinked(node, device);
                }
            }
        }
    }

    /// <summary>The root namespace of a node and its further ones.</summary>
    public static IEnumerable<NamespaceSpec> SpacesOf(NodeSpec node) => node.Namespaces.Prepend(node.Root);

    private static SourceRange PlaceOf(InterfaceSpec device, string key)
    {
        for (int i = device.Sources.Count - 1; i >= 0; i--)
        {
            if (device.Sources[i][key] is { } value)
            {
                return value.Range;
            }
        }

        return device.Range;
    }

    private void CompleteLinkEnds()
    {
        foreach (LinkSpec link in topology.Links)
        {
            CompleteLinkEnd(link, link.A);
            CompleteLinkEnd(link, link.B);
        }
    }

    private void CompleteLinkEnd(LinkSpec link, DeviceRef end)
    {
        if (end.Owner is not NodeEndpoint place)
        {
            binder.Error(LoaderCode.WrongDevice, $"link endpoint '{end}' is no device of a node", link.Range);
            return;
        }

        // Unknown nodes and namespaces have their finding from the reference.
        if (index.FindNamespace(place.Node, place.Namespace) is not { } space)
        {
            return;
        }

        InterfaceSpec device = index.FindDevice(space, end.Device)
            ?? index.AddDevice(space, new InterfaceSpec { Name = end.Device, Range = link.Range });
        if (device.Type != InterfaceType.LinkEnd || device.Name == "lo")
        {
            binder.Error(
                LoaderCode.WrongDevice,
                $"link endpoint '{end}' has the type {TypeWord(device.Type)}",
                link.Range,
                "the end of a link has no type");
        }
        else if (!_ends.TryAdd(device, link))
        {
            binder.Error(
                LoaderCode.LinkEndTwice,
                $"two links end at '{end}'",
                link.Range,
                $"the other one is at {_ends[device].Range}");
        }
    }

    private void Complete(InterfaceSpec device)
    {
        if (device.Name == "lo")
        {
            device.Type = device.Type == InterfaceType.LinkEnd ? InterfaceType.Loopback : device.Type;
        }

        if (device.Type == InterfaceType.Vxlan)
        {
            device.Tunnel.Learning = device.Port.Learning;
            device.Tunnel.Ageing = device.Bridge.Ageing;
        }
        else if (device.Type != InterfaceType.Bridge)
        {
            device.Port.Priority = device.Bridge.Priority;
        }
    }

    private void CheckWords(InterfaceSpec device)
    {
        foreach (YamlEntry entry in device.Sources.SelectMany(s => s.Entries))
        {
            foreach ((string key, ImmutableArray<InterfaceType> types) in InterfaceShapes.Fits)
            {
                if (key == entry.Name && !types.Contains(device.Type))
                {
                    string own = device.Type == InterfaceType.LinkEnd ? "the end of a link" : $"type {TypeWord(device.Type)}";
                    binder.Error(
                        LoaderCode.MisplacedKey,
                        $"'{key}' does not fit {own}",
                        entry.Key.Range,
                        $"it belongs to {string.Join(", ", types.Select(TypeWord))}");
                }
            }
        }

        bool fits = device.Mode switch
        {
            InterfaceMode.Default => true,
            InterfaceMode.L2 or InterfaceMode.L3 or InterfaceMode.L3S => device.Type == InterfaceType.Ipvlan,
            _ => device.Type is InterfaceType.Macvlan or InterfaceType.Macvtap,
        };
        if (!fits && device.Type is InterfaceType.Ipvlan or InterfaceType.Macvlan or InterfaceType.Macvtap)
        {
            binder.Error(
                LoaderCode.MisplacedKey,
                $"type {TypeWord(device.Type)} has no such mode",
                PlaceOf(device, "mode"),
                device.Type == InterfaceType.Ipvlan ? "modes: l2, l3, l3s" : "modes: private, vepa, bridge, passthru, source");
        }
    }

    private void CheckRequired(InterfaceSpec device)
    {
        string? missing = device.Type switch
        {
            InterfaceType.Vlan when device.Parent is null => "parent",
            InterfaceType.Vlan when device.Id is null => "id",
            InterfaceType.Macvlan or InterfaceType.Macvtap or InterfaceType.Ipvlan when device.Parent is null => "parent",
            InterfaceType.Vxlan when device.Id is null => "id",
            InterfaceType.Veth when device.Peer is null && device.Master is null => "peer",
            _ => null,
        };
        if (missing == "peer")
        {
            binder.Error(LoaderCode.MissingKey, $"veth '{device.Name}' needs the key 'peer' or 'master'", device.Range);
        }
        else if (missing is not null)
        {
            binder.Error(LoaderCode.MissingKey, $"{TypeWord(device.Type)} '{device.Name}' needs the key '{missing}'", device.Range);
        }

        if (device is { Type: InterfaceType.Vlan, Id: < 1 or > 4094 })
        {
            binder.Error(LoaderCode.OutOfRange, $"'{device.Id}' is not a VLAN from 1 to 4094", PlaceOf(device, "id"));
        }
    }

    /// <summary>Makes the far end of a veth, or checks that it names this end.</summary>
    private void CompletePeer(NodeSpec node, NamespaceSpec space, InterfaceSpec device)
    {
        if (device is not { Type: InterfaceType.Veth, Peer: { } peer })
        {
            return;
        }

        DeviceRef self = new(new NodeEndpoint(node.Name, space.Name), device.Name);
        if (peer == self)
        {
            binder.Error(LoaderCode.PeerMismatch, $"veth '{self}' is its own peer", PlaceOf(device, "peer"));
            return;
        }

        if (peer.Owner is not NodeEndpoint place || index.FindNamespace(place.Node, place.Namespace) is not { } farSpace)
        {
            return;
        }

        InterfaceSpec? far = index.FindDevice(farSpace, peer.Device);
        if (far is null)
        {
            index.AddDevice(farSpace, new InterfaceSpec { Name = peer.Device, Type = InterfaceType.Veth, Peer = self, Range = device.Range });
        }
        else if (far.Type is not (InterfaceType.Veth or InterfaceType.LinkEnd) || _ends.ContainsKey(far))
        {
            binder.Error(LoaderCode.PeerMismatch, $"veth peer '{peer}' is no veth", PlaceOf(device, "peer"));
        }
        else if (far.Peer is { } back && back != self)
        {
            binder.Error(
                LoaderCode.PeerMismatch,
                $"veth '{self}' names '{peer}' as its peer, which names '{back}'",
                PlaceOf(device, "peer"),
                $"the other end is at {far.Range}");
        }
        else
        {
            far.Type = InterfaceType.Veth;
            far.Peer = self;
        }
    }

    private void CheckMaster(NodeSpec node, NamespaceSpec space, InterfaceSpec device)
    {
        if (device.Master is not { } master)
        {
            return;
        }

        // A veth of a further namespace without a peer has its far end, made for it, on a bridge of the root namespace.
        NamespaceSpec home = device is { Type: InterfaceType.Veth, Peer: null } ? node.Root : space;
        if (home == node.Root && node.Kind == NodeKind.Bridge && master == node.Name)
        {
            return;
        }

        InterfaceSpec? bridge = index.FindDevice(home, master);
        if (bridge is null)
        {
            IEnumerable<string> bridges = home.Interfaces.Where(i => i.Type == InterfaceType.Bridge).Select(i => i.Name);
            binder.Error(
                LoaderCode.UnknownDevice,
                $"interface '{device.Name}' refers to unknown bridge '{master}'",
                PlaceOf(device, "master"),
                Spelling.Hint(master, bridges) ?? $"a bridge is an interface with type: bridge in {Home(node, home)}");
        }
        else if (bridge.Type != InterfaceType.Bridge)
        {
            binder.Error(LoaderCode.WrongDevice, $"master '{master}' is no bridge", PlaceOf(device, "master"));
        }
    }

    private static string Home(NodeSpec node, NamespaceSpec space) =>
        space.Name is null ? $"node '{node.Name}'" : $"namespace '{node.Name}/{space.Name}'";

    /// <summary>
    /// The parent of a child in a further namespace may stand there or in the root namespace, where it is made and moved.
    /// </summary>
    private void CheckParent(NodeSpec node, NamespaceSpec space, InterfaceSpec device)
    {
        if (device.Parent is not { } parent)
        {
            return;
        }

        (InterfaceSpec? found, NamespaceSpec home) = ParentOf(node, space, device);
        if (found is null)
        {
            binder.Error(
                LoaderCode.UnknownDevice,
                $"interface '{device.Name}' refers to unknown parent '{parent}'",
                PlaceOf(device, "parent"),
                Spelling.Hint(parent, index.DeviceNames(space).Concat(index.DeviceNames(node.Root))));
            return;
        }

        HashSet<InterfaceSpec> seen = [device];
        InterfaceSpec? next = found;
        while (next is { } below)
        {
            if (!seen.Add(below))
            {
                binder.Error(LoaderCode.ParentCycle, $"interface '{device.Name}' is below itself", PlaceOf(device, "parent"));
                return;
            }

            (next, home) = ParentOf(node, home, below);
        }
    }

    /// <summary>
    /// The device below one that is declared in <paramref name="space"/>, and where that is declared. A container's eth0 on the
    /// host's eth0 is the same name, and not the same device.
    /// </summary>
    private (InterfaceSpec? Parent, NamespaceSpec Home) ParentOf(NodeSpec node, NamespaceSpec space, InterfaceSpec device)
    {
        if (device.Parent is not { } name)
        {
            return (null, space);
        }

        InterfaceSpec? near = index.FindDevice(space, name);
        return near is null || (near == device && space != node.Root)
            ? (index.FindDevice(node.Root, name), node.Root)
            : (near, space);
    }

    private void CheckLinked(NodeSpec node, InterfaceSpec device)
    {
        if (device.Type == InterfaceType.LinkEnd && !_ends.ContainsKey(device) && node.Kind != NodeKind.Outside)
        {
            binder.Warning(
                LoaderCode.UnusedInterface,
                $"interface '{device.Name}' of node '{node.Name}' is the end of no link",
                device.Range,
                "it has no carrier; name its type, or link it");
        }
    }

    private static string TypeWord(InterfaceType type)
    {
        foreach ((string word, InterfaceType candidate) in InterfaceShapes.TypeWords)
        {
            if (candidate == type)
            {
                return word;
            }
        }

        return type == InterfaceType.Loopback ? "loopback" : "the end of a link";
    }
}
