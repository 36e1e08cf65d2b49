using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Edges;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Model;
using Spelling = Netemu.Calico.Yaml.Spelling;

namespace Netemu.Topologies.Building;

/// <summary>
/// Builds one node from its specification: namespaces and devices, then the tables. The same code runs at the start and
/// when a node boots again; then the ends of its cables, which have survived, are taken back in.
/// </summary>
internal sealed class NodeBuilder(BuiltTopology built)
{
    /// <summary>IFNAMSIZ without the closing zero.</summary>
    private const int LongestDeviceName = 15;

    private readonly List<(NetDevice Device, InterfaceSpec Specification)> _ports = [];
    private readonly List<(EthernetDevice End, DeviceRef Own, DeviceRef Peer)> _remotePairs = [];
    private readonly Dictionary<(string Owner, string Device), EthernetDevice> _ends = [];

    private readonly HashSet<SourceRange> _wrongSysctls = [];

    private StackedDevices _stacked = null!;

    private DiagnosticBag Diagnostics => built.Diagnostics;

    /// <summary>Namespaces, devices, sysctls, then up, then addresses; cables come later.</summary>
    public void BuildDevices(NodeSpec specification, Node node)
    {
        _ports.Clear();
        _stacked = new StackedDevices(Diagnostics, SetLinkLayer);
        foreach (NamespaceSpec space in specification.Namespaces)
        {
            node.AddNamespace(space.Name!);
        }

        foreach (NamespaceSpec space in Spaces(specification))
        {
            NetworkNamespace target = node.FindNamespace(space.Name ?? string.Empty)!;
            SetDefaults(space, target);
            foreach (InterfaceSpec device in space.Interfaces)
            {
                BuildDevice(device, target, space.Name);
                if (target.FindDevice(device.Name) is { } made)
                {
                    _stacked.Note(made, device);
                }
            }
        }

        foreach ((NetDevice device, InterfaceSpec stacked) in _stacked.Build())
        {
            NotePort(device, stacked);
        }

        if (specification.Kind is NodeKind.Bridge or NodeKind.Hub)
        {
            BuildSwitch(specification, node.Root);
        }

        foreach ((NetDevice device, InterfaceSpec port) in _ports)
        {
            Enslave(device, port);
        }

        foreach (NamespaceSpec space in Spaces(specification))
        {
            NetworkNamespace target = node.FindNamespace(space.Name ?? string.Empty)!;
            SetSysctls(specification, space, target);
            BringUp(space, target);
        }
    }

    /// <summary>Routes, rules, neighbours and forwarding entries, in this order, for every namespace of the node.</summary>
    public void BuildTables(NodeSpec specification, Node node)
    {
        foreach (NamespaceSpec space in Spaces(specification))
        {
            new TableBuilder(node.FindNamespace(space.Name ?? string.Empty)!, Diagnostics).Build(space);
        }
    }

    /// <summary>Joins the ends of veth pairs whose ends are in different nodes: a cable of the default kind.</summary>
    public void ConnectRemotePairs()
    {
        foreach ((EthernetDevice end, DeviceRef own, DeviceRef peer) in _remotePairs)
        {
            if (end.Link is not null)
            {
                continue;
            }

            if (built.FindDevice(peer) is EthernetDevice { Link: null } other)
            {
                built.Emulation.Connect(end, other, LinkOptions.Default);
                continue;
            }

            Diagnostics.Error(BuildCode.WrongDevice, $"'{own}' names '{peer}' as its peer, which is no free veth", default);
        }
    }

    private static IEnumerable<NamespaceSpec> Spaces(NodeSpec node) => node.Namespaces.Prepend(node.Root);

    private void BuildDevice(InterfaceSpec specification, NetworkNamespace space, string? spaceName)
    {
        switch (specification.Type)
        {
            case InterfaceType.Loopback:
                return;
            case InterfaceType.LinkEnd:
                EthernetDevice end = BuildEnd(specification, space);
                NotePort(end, specification);
                return;
            case InterfaceType.Bridge:
                BuildBridge(specification, space);
                return;
            case InterfaceType.Dummy:
                NotePort(new DummyDevice(space, specification.Name), specification);
                return;
            case InterfaceType.Veth:
                BuildVeth(specification, space, spaceName);
                return;
            case InterfaceType.Tap or InterfaceType.Tun when specification.Attachment != HostAttachment.None:
                BuildEdge(specification, space);
                return;
            case InterfaceType.Vxlan or InterfaceType.Ipip or InterfaceType.Gre or InterfaceType.Gretap or InterfaceType.Sit
                or InterfaceType.Macvlan or InterfaceType.Ipvlan or InterfaceType.Vlan or InterfaceType.Tun or InterfaceType.Tap:
                _stacked.Add(specification, space);
                return;
            default:
                string type = specification.Type.ToString().ToLowerInvariant();
                Diagnostics.Unsupported(
                    BuildCode.UnsupportedDevice,
                    $"devices of type '{type}' are not supported yet ('{specification.Name}' in '{space.QualifiedName}')",
                    specification.Range);
                return;
        }
    }

    /// <summary>A tap or tun whose other side is the real kernel's; whoever runs the topology attaches it.</summary>
    private void BuildEdge(InterfaceSpec specification, NetworkNamespace space)
    {
        EdgeDevice device = new(space, specification.Name, specification.Type == InterfaceType.Tun, specification.Mtu ?? 1500);
        NotePort(device, specification);
        built.Register(new HostEdge(device, specification));
    }

    /// <summary>The end of a cable: a new device, or the one that the cable kept while the node was down.</summary>
    private EthernetDevice BuildEnd(InterfaceSpec specification, NetworkNamespace space)
    {
        (string, string) key = (space.QualifiedName, specification.Name);
        if (_ends.TryGetValue(key, out EthernetDevice? kept))
        {
            space.Readopt(kept, specification.Name);
            return kept;
        }

        EthernetDevice end = new(space, specification.Name, MtuOf(specification, space));
        _ends.Add(key, end);
        return end;
    }

    private int MtuOf(InterfaceSpec specification, NetworkNamespace space)
    {
        foreach (LinkSpec link in built.Links)
        {
            if (IsEnd(link.A, specification.Name, space) || IsEnd(link.B, specification.Name, space))
            {
                return specification.Mtu ?? (link.Mtu > 0 ? link.Mtu : 1500);
            }
        }

        return specification.Mtu ?? 1500;
    }

    private static bool IsEnd(DeviceRef end, string device, NetworkNamespace space) =>
        end.Device == device
        && end.Owner is NodeEndpoint owner
        && owner.Node == space.Node.Name
        && (owner.Namespace ?? string.Empty) == space.Name;

    private void BuildBridge(InterfaceSpec specification, NetworkNamespace space) =>
        BridgeSettings.Apply(
            new BridgeDevice(space, specification.Name), specification.Bridge, space.QualifiedName, specification.Range, Diagnostics);

    /// <summary>A switch or hub of its own: one bridge, or repeater, over all its ports.</summary>
    private void BuildSwitch(NodeSpec specification, NetworkNamespace space)
    {
        if (specification.Kind == NodeKind.Hub)
        {
            Hub hub = new();
            foreach (InterfaceSpec device in specification.Root.Interfaces)
            {
                if (device.Type == InterfaceType.LinkEnd && space.FindDevice(device.Name) is { } end)
                {
                    hub.AddPort(end);
                }
            }

            return;
        }

        BridgeDevice bridge = new(space, BuiltTopology.SwitchDevice);
        BridgeSettings.Apply(bridge, specification.Bridge, specification.Name, specification.Range, Diagnostics);
        bridge.SetUp(true);
        foreach (InterfaceSpec device in specification.Root.Interfaces)
        {
            if (device.Type == InterfaceType.LinkEnd && space.FindDevice(device.Name) is { } end)
            {
                SetPort(bridge.AddPort(end), device.Port);
            }
        }
    }

    /// <summary>A port more for a switch that runs; it stands in the specification from now on.</summary>
    public void AddPort(NodeSpec lan, InterfaceSpec port)
    {
        lan.Root.Interfaces = [.. lan.Root.Interfaces, port];
        NetworkNamespace space = built.Emulation.FindNode(lan.Name)!.Root;
        EthernetDevice end = BuildEnd(port, space);
        end.SetUp(true);
        SetPort(((BridgeDevice)space.FindDevice(BuiltTopology.SwitchDevice)!).AddPort(end), port.Port);
    }

    /// <summary>A pair within a namespace or node, the port of a bridge of the root namespace, or the end of a pair of two nodes.</summary>
    private void BuildVeth(InterfaceSpec specification, NetworkNamespace space, string? spaceName)
    {
        if (space.FindDevice(specification.Name) is { } made)
        {
            // The other end was declared first and has made this one.
            NotePort(made, specification);
            return;
        }

        int mtu = specification.Mtu ?? 1500;
        if (specification.Peer is { } peer)
        {
            NodeEndpoint owner = (NodeEndpoint)peer.Owner;
            if (owner.Node != space.Node.Name)
            {
                EthernetDevice end = BuildEnd(specification, space);
                _remotePairs.Add((end, new DeviceRef(new NodeEndpoint(space.Node.Name, spaceName), specification.Name), peer));
                NotePort(end, specification);
                return;
            }

            NetworkNamespace other = space.Node.FindNamespace(owner.Namespace ?? string.Empty)!;
            VethDevice near = VethDevice.CreatePair(space, specification.Name, other, peer.Device, mtu).Left;
            NotePort(near, specification);
            return;
        }

        if (specification.Master is not { } master)
        {
            Diagnostics.Error(
                BuildCode.WrongDevice, $"the veth '{specification.Name}' has neither 'peer' nor 'master'", specification.Range);
            return;
        }

        NetworkNamespace root = space.Node.Root;
        (VethDevice inside, VethDevice outside) =
            VethDevice.CreatePair(space, specification.Name, root, FarName(root, spaceName, specification.Name), mtu);
        inside.Peer.SetUp(true);
        if (root.FindDevice(master) is null && !DeclaresBridge(space.Node.Name, master))
        {
            Diagnostics.Error(BuildCode.UnknownDevice, $"'{space.Node.Name}' has no bridge '{master}'", specification.Range);
            return;
        }

        _ports.Add((outside, specification));
    }

    private bool DeclaresBridge(string node, string bridge) =>
        built.FindSpecification(node)?.Root.FindInterface(bridge) is { Type: InterfaceType.Bridge };

    /// <summary>The far end of a container's device: "c1-eth0", or the first free "vethN" where that is too long or taken.</summary>
    private static string FarName(NetworkNamespace root, string? space, string device)
    {
        string name = space is null ? $"{device}-peer" : $"{space}-{device}";
        for (int i = 0; name.Length > LongestDeviceName || root.FindDevice(name) is not null; i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"veth{i}");
        }

        return name;
    }

    private void NotePort(NetDevice device, InterfaceSpec specification)
    {
        if (specification.Master is not null)
        {
            _ports.Add((device, specification));
        }
    }

    private void Enslave(NetDevice device, InterfaceSpec specification)
    {
        if (device.Namespace.FindDevice(specification.Master!) is not BridgeDevice bridge)
        {
            Diagnostics.Error(
                BuildCode.WrongDevice, $"'{specification.Master}' in '{device.Namespace.QualifiedName}' is not a bridge", specification.Range);
            return;
        }

        if (device is BridgeDevice || device.IsLoopback || !device.HasLinkLayer)
        {
            // br_add_if.
            Diagnostics.Error(
                BuildCode.WrongDevice,
                $"'{device.QualifiedName}' cannot be a port of '{specification.Master}': Linux refuses it (Invalid argument)",
                specification.Range,
                "a port carries Ethernet frames: gretap does, gre, ipip, sit and tun do not; and no bridge is in a bridge");
            return;
        }

        if (device.Handler is not null)
        {
            Diagnostics.Error(
                BuildCode.WrongDevice,
                $"'{device.QualifiedName}' is in use already (Device or resource busy)",
                specification.Range,
                "a device is a bridge's port, a macvlan's parent or an ipvlan's parent, and one of them only");
            return;
        }

        SetPort(bridge.AddPort(device), specification.Port);
    }

    private static void SetPort(BridgePort port, BridgePortOptions options)
    {
        port.Hairpin = options.Hairpin ?? port.Hairpin;
        port.Learning = options.Learning ?? port.Learning;
        port.Flood = options.Flood ?? port.Flood;
        port.Isolated = options.Isolated ?? port.Isolated;
        BridgeVlans.Apply(port, options);
        if (options.Cost is { } cost)
        {
            port.Bridge.SpanningTree.SetPathCost(port, cost);
        }
    }

    /// <summary>
    /// What new devices begin with is there before them, as in a container that is started with sysctls (ipv6_add_dev copies it
    /// once and for all). <see cref="SetSysctls"/> says what is wrong with them.
    /// </summary>
    private static void SetDefaults(NamespaceSpec specification, NetworkNamespace space)
    {
        foreach (SysctlSpec sysctl in specification.Sysctls)
        {
            if (sysctl.Name.Replace('/', '.').Contains(".default.", StringComparison.Ordinal))
            {
                _ = SysctlTable.TryWrite(space, sysctl.Name, sysctl.Value);
            }
        }
    }

    private void SetSysctls(NodeSpec node, NamespaceSpec specification, NetworkNamespace space)
    {
        if (node.Kind is NodeKind.Router && specification.Name is null)
        {
            space.SetForwarding(true);
            space.SetForwardingIPv6(true);
        }

        foreach (SysctlSpec sysctl in specification.Sysctls)
        {
            SysctlError error = SysctlTable.TryWrite(space, sysctl.Name, sysctl.Value);
            if (error != SysctlError.None && !_wrongSysctls.Add(sysctl.Range))
            {
                // Said of another node that the same lines describe.
                continue;
            }

            switch (error)
            {
                case SysctlError.NotFound:
                    Diagnostics.Error(
                        BuildCode.UnknownSysctl,
                        $"unknown sysctl '{sysctl.Name}'",
                        sysctl.Range,
                        Spelling.Hint(SysctlTable.KeyOf(SysctlTable.PathOf(sysctl.Name)), SysctlTable.Keys(space).Select(SysctlTable.KeyOf)));
                    break;
                case SysctlError.Invalid:
                    Diagnostics.Error(BuildCode.BadSysctlValue, $"'{sysctl.Value}' is no value of sysctl '{sysctl.Name}'", sysctl.ValueRange);
                    break;
                case SysctlError.NotSupported:
                    Diagnostics.Unsupported(
                        BuildCode.UnsupportedOption,
                        $"the value '{sysctl.Value}' of sysctl '{sysctl.Name}' is not supported yet",
                        sysctl.ValueRange);
                    break;
                case SysctlError.None:
                default:
                    break;
            }
        }
    }

    private void BringUp(NamespaceSpec specification, NetworkNamespace space)
    {
        if (specification.FindInterface("lo") is null or { Up: true })
        {
            space.Loopback.SetUp(true);
        }

        // What others stand on comes first: a VLAN does not come up before its device.
        foreach (InterfaceSpec wanted in specification.Interfaces.OrderBy(i => Height(specification, i)))
        {
            if (space.FindDevice(wanted.Name) is not { } device)
            {
                continue;
            }

            CheckLinkLayer(device, wanted);
            SetLinkLayer(device, wanted);
            if (wanted.Up && wanted.Type != InterfaceType.Loopback)
            {
                Open(device, wanted);
            }

            foreach (InterfaceAddressSpec address in wanted.Addresses)
            {
                AddAddress(space, device, address, wanted);
            }
        }
    }

    /// <summary>How many devices of the same namespace are below one; the loader has refused cycles.</summary>
    private static int Height(NamespaceSpec specification, InterfaceSpec device) =>
        device.Parent is { } parent && specification.FindInterface(parent) is { } below && below != device
            ? 1 + Height(specification, below)
            : 0;

    private void CheckLinkLayer(NetDevice device, InterfaceSpec wanted)
    {
        Errno error = wanted.Mac is { } mac && mac != device.Mac ? device.CanSetMac(mac) : Errno.None;
        if (error != Errno.None)
        {
            Diagnostics.Error(
                BuildCode.WrongDevice, $"'{device.QualifiedName}' cannot have the address {wanted.Mac}: Linux refuses it ({error})", wanted.Range);
        }
    }

    private void Open(NetDevice device, InterfaceSpec wanted)
    {
        Errno error = device.TryOpen();
        if (error != Errno.None)
        {
            Diagnostics.Error(BuildCode.WrongDevice, $"'{device.QualifiedName}' cannot come up: Linux refuses it ({error})", wanted.Range);
        }
    }

    private static void SetLinkLayer(NetDevice device, InterfaceSpec wanted)
    {
        if (wanted.Mac is { } mac)
        {
            if (device is BridgeDevice bridge)
            {
                bridge.SetOwnMac(mac);
            }
            else
            {
                device.SetMac(mac);
            }
        }

        if (wanted.Mtu is { } mtu)
        {
            if (device is BridgeDevice bridge)
            {
                bridge.SetOwnMtu(mtu);
            }
            else
            {
                device.SetMtu(mtu);
            }
        }

        device.TransmitQueueLength = wanted.TxQueueLength ?? device.TransmitQueueLength;
    }

    private void AddAddress(NetworkNamespace space, NetDevice device, InterfaceAddressSpec address, InterfaceSpec wanted)
    {
        if (device.CanAddAddress(address.Address) != Errno.None)
        {
            Diagnostics.Error(
                BuildCode.AlreadyExists, $"'{device.QualifiedName}' cannot have {address}: an ipvlan device of its parent has it already", wanted.Range);
            return;
        }

        bool added = address.Address.IsIPv4
            ? space.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(address.Address.IPv4, address.Length))
            : space.IPv6.AddAddress(device, new InterfaceAddress<IPv6Address>(address.Address.IPv6, address.Length));
        bool automatic = device.IsLoopback && address.Address.IsIPv4 && address.Address.IPv4.IsLoopback;
        if (!added && !automatic)
        {
            Diagnostics.Error(BuildCode.AlreadyExists, $"'{device.QualifiedName}' has the address {address} already", wanted.Range);
        }
    }
}
