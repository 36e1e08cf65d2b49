using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.IPv6;
using Netemu.Engine.Links;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Processes;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Namespaces;

/// <summary>
/// A network namespace: devices, addresses, routes, neighbours, sockets and settings of its own. What it does not use costs
/// nothing: tables are made when they are first written.
/// </summary>
public sealed class NetworkNamespace
{
    private readonly List<NetDevice> _devices = new(2);
    private NamespaceSettings _settings = NamespaceSettings.Defaults;
    private long[]? _drops;
    private int _nextIndex;
    private UdpTable? _udp;
    private TcpTable? _tcp;
    private RawTable? _raw;
    private NameSettings? _names;
    private HookTable? _hooks;
    private PacketFilter? _netfilter;
    private TunnelRegistry? _tunnels;
    private NexthopTable? _nexthops;
    private ulong _multipathSecret;

    internal NetworkNamespace(Node node, string name, int order)
    {
        Node = node;
        Name = name;
        Order = order;
        IPv4 = new IPv4Stack(this);
        IPv6 = new IPv6Stack(this);
        Loopback = new LoopbackDevice(this);
        Add(Loopback);
    }

    /// <summary>Raised after any neighbour entry changed its state.</summary>
    public event Action? NeighboursChanged;

    /// <summary>Raised after a device was added, removed, renamed, or changed its state.</summary>
    public event Action<NetDevice>? DeviceChanged;

    /// <summary>Raised after an address of either family came or went.</summary>
    public event Action? AddressesChanged;

    public Node Node { get; }

    /// <summary>Empty for the node's root namespace.</summary>
    public string Name { get; internal set; }

    /// <summary>The order of creation in the node.</summary>
    public int Order { get; }

    /// <summary>`node` or `node/ns`.</summary>
    public string QualifiedName => Name.Length == 0 ? Node.Name : $"{Node.Name}/{Name}";

    public LoopbackDevice Loopback { get; }

    /// <summary>The devices by ifindex.</summary>
    public IReadOnlyList<NetDevice> Devices => _devices;

    public IPv4Stack IPv4 { get; }

    public IPv6Stack IPv6 { get; }

    /// <summary>UDP sockets; made with the first one.</summary>
    public UdpTable Udp => _udp ??= new UdpTable(this);

    /// <summary>TCP sockets; made with the first one, or with the first segment.</summary>
    public TcpTable Tcp => _tcp ??= new TcpTable(this);

    /// <summary>Name servers and the hosts file; made on first use.</summary>
    public NameSettings Names => _names ??= new NameSettings(Node.Emulation.HostNames);

    /// <summary>Raw sockets; made with the first one.</summary>
    public RawTable Raw => _raw ??= new RawTable();

    /// <summary>The netfilter hooks; null while nothing is hooked, so that the data path skips them.</summary>
    public HookTable? Hooks => _hooks;

    /// <summary>Tables of rules, IP sets and connections; made on first use.</summary>
    public PacketFilter Netfilter => _netfilter ??= new PacketFilter(this);

    /// <summary>Next hop objects (ip nexthop); made on first use.</summary>
    public NexthopTable Nexthops => _nexthops ??= new NexthopTable(this);

    /// <summary>The secret of the multipath hash (fib_multipath_hash_seed): another one in every namespace.</summary>
    internal ulong MultipathSecret => _multipathSecret != 0
        ? _multipathSecret
        : _multipathSecret = Node.Random($"{Name}/fib-multipath").NextUInt64() | 1;

    /// <summary>The settings to read.</summary>
    public NamespaceSettings Settings => _settings;

    /// <summary>The settings to change; the first call makes this namespace's own copy.</summary>
    public NamespaceSettings WritableSettings
    {
        get
        {
            if (ReferenceEquals(_settings, NamespaceSettings.Defaults))
            {
                _settings = _settings.Copy();
            }

            return _settings;
        }
    }

    /// <summary>The tunnels that end in this namespace; made with the first one.</summary>
    public TunnelRegistry Tunnels => _tunnels ??= new TunnelRegistry(this);

    internal TunnelRegistry? TunnelsOrNull => _tunnels;

    internal UdpTable? UdpOrNull => _udp;

    internal RawTable? RawOrNull => _raw;

    /// <summary>TCP if anything has used it.</summary>
    public TcpTable? TcpOrNull => _tcp;

    /// <summary>The hooks to add to.</summary>
    public HookTable WritableHooks() => _hooks ??= new HookTable();

    /// <summary>The settings of a device to read.</summary>
    public InterfaceSettings SettingsOf(NetDevice device) =>
        device.Settings ?? _settings.Default;

    /// <summary>The settings of a device to change.</summary>
    public InterfaceSettings WritableSettingsOf(NetDevice device) => device.Settings ??= _settings.Default.Copy();

    /// <summary>Sets net.ipv4.ip_forward, which sets "all", "default" and every device (devinet_sysctl_forward).</summary>
    public void SetForwarding(bool on)
    {
        WritableSettings.All.Forwarding = on;
        _settings.Default.Forwarding = on;
        foreach (NetDevice device in _devices)
        {
            if (device.Settings is not null)
            {
                device.Settings.Forwarding = on;
            }
        }
    }

    /// <summary>Sets net.ipv6.conf.all.forwarding, with the same reach.</summary>
    public void SetForwardingIPv6(bool on)
    {
        WritableSettings.All.ForwardingIPv6 = on;
        _settings.Default.ForwardingIPv6 = on;
        foreach (NetDevice device in _devices)
        {
            if (device.Settings is not null)
            {
                device.Settings.ForwardingIPv6 = on;
            }
        }

        foreach (NetDevice device in _devices)
        {
            IPv6.ForwardingChanged(device, on);
        }
    }

    /// <summary>True if a device beside the loopback has an address of the family, a link-local one not counted.</summary>
    public bool HasAddressOf(AddressFamily family) => family == AddressFamily.IPv4
        ? IPv4.Addresses.Any(a => !a.Device.IsLoopback)
        : IPv6.Addresses.Any(a => !a.Device.IsLoopback && !a.Address.IsLinkLocal);

    public NetDevice? FindDevice(string name)
    {
        foreach (NetDevice device in _devices)
        {
            if (device.Name == name)
            {
                return device;
            }
        }

        return null;
    }

    public NetDevice? FindDevice(int index)
    {
        foreach (NetDevice device in _devices)
        {
            if (device.Index == index)
            {
                return device;
            }
        }

        return null;
    }

    /// <summary>Removes a device (ip link del); a veth takes its peer along.</summary>
    public void Remove(NetDevice device)
    {
        if (!_devices.Remove(device))
        {
            return;
        }

        device.Destroy();
        Forget(device);
        DeviceChanged?.Invoke(device);
    }

    /// <summary>Moves a device to another namespace of the node (ip link set netns): it loses addresses and comes down.</summary>
    public void Move(NetDevice device, NetworkNamespace target, string? newName = null)
    {
        device.SetUp(false);
        Forget(device);
        _devices.Remove(device);
        DeviceChanged?.Invoke(device);
        device.MoveTo(target);
        if (newName is not null)
        {
            device.Name = newName;
        }

        target.Add(device);
    }

    /// <summary>
    /// Takes the end of a cable of a node that was down and has booted again into this namespace: the cable stays, the rest
    /// of the device is as new.
    /// </summary>
    public void Readopt(EthernetDevice device, string name)
    {
        device.MoveTo(this);
        device.Name = name;
        device.Counters = default;
        Add(device);
    }

    /// <summary>Renames a device (ip link set name).</summary>
    public void Rename(NetDevice device, string name)
    {
        device.Name = name;
        IPv4.DeviceRenamed(device);
        DeviceChanged?.Invoke(device);
    }

    /// <summary>Ends a frame's life in this namespace.</summary>
    public void Drop(Frame frame, DropReason reason)
    {
        _drops ??= new long[(int)DropReason.Count];
        _drops[(int)reason]++;
        Node.Emulation.NoteDrop(this, frame, reason);
        frame.Drop(reason);
    }

    /// <summary>How many frames this namespace has dropped for that reason.</summary>
    public long Drops(DropReason reason) => _drops?[(int)reason] ?? 0;

    /// <summary>Frames that wait in neighbour entries, reassembly queues and sockets.</summary>
    internal long CountHeldFrames()
    {
        long held = IPv4.CountHeldFrames() + IPv6.CountHeldFrames() + (_netfilter?.HeldFrames ?? 0);
        foreach (NetDevice device in _devices)
        {
            held += device.CountHeldFrames() + (device.Egress?.Discipline?.Count ?? 0);
        }

        return held;
    }

    internal void Add(NetDevice device)
    {
        // A device that moves here keeps its ifindex if that is free (dev_change_net_namespace); the list stays in its order.
        if (device.Index == 0 || FindDevice(device.Index) is not null)
        {
            do
            {
                device.Index = ++_nextIndex;
            }
            while (FindDevice(device.Index) is not null);
        }

        int position = _devices.FindIndex(d => d.Index > device.Index);
        _devices.Insert(position < 0 ? _devices.Count : position, device);
        DeviceChanged?.Invoke(device);
    }

    /// <summary>
    /// Forwards what is plain of the next frames of a channel, by the EtherType of the first; false if not even that one is.
    /// </summary>
    internal bool ForwardRun(LinkChannel channel, Shard shard, long limit) =>
        channel.Peek(0, out _) is { Length: > EthernetHeader.Size } first && first.PeekType() == EtherType.IPv6
            ? IPv6.ForwardRun(channel, shard, limit)
            : IPv4.ForwardRun(channel, shard, limit);

    /// <summary>A frame that no receive handler took: by packet type and EtherType (eth_type_trans, ptype dispatch).</summary>
    internal void Receive(Frame frame, NetDevice device)
    {
        Span<byte> bytes = frame.Bytes;
        if (bytes.Length < EthernetHeader.Size)
        {
            device.Drop(frame, DropReason.MalformedFrame);
            return;
        }

        ulong destination = BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16;
        if (destination == device.Mac.Value || (frame.Flags & FrameFlags.ForHost) != 0)
        {
            frame.Type = PacketType.Host;
            frame.Flags &= ~FrameFlags.ForHost;
        }
        else if ((destination & 0x0100_0000_0000) != 0)
        {
            frame.Type = destination == 0xFFFF_FFFF_FFFF ? PacketType.Broadcast : PacketType.Multicast;
        }
        else
        {
            frame.Type = PacketType.OtherHost;
        }

        switch (BinaryPrimitives.ReadUInt16BigEndian(bytes[EthernetHeader.TypeOffset..]))
        {
            case EtherType.IPv4:
                IPv4.Receive(frame, device);
                break;
            case EtherType.Arp:
                IPv4.Arp.Receive(frame, device);
                break;
            case EtherType.IPv6:
                IPv6.Receive(frame, device);
                break;
            default:
                device.Drop(frame, frame.Type == PacketType.OtherHost ? DropReason.OtherHost : DropReason.UnknownEtherType);
                break;
        }
    }

    /// <summary>
    /// Carrier alone changes no route, unless it says so (ignore_routes_with_linkdown): what is lost with it are the neighbours
    /// (neigh_carrier_down), what is regained the chance to try addresses.
    /// </summary>
    internal void DeviceCarrierChanged(NetDevice device)
    {
        RoutesFollowCarrier(device);
        if (!device.HasCarrier)
        {
            InterfaceSettings own = SettingsOf(device);
            if (own.ArpEvictNoCarrier && _settings.All.ArpEvictNoCarrier)
            {
                IPv4.Neighbours.Flush(device, keepPermanent: true);
            }

            if (own.NdiscEvictNoCarrier && _settings.All.NdiscEvictNoCarrier)
            {
                IPv6.Neighbours.Flush(device, keepPermanent: true);
            }
        }
        else if (_settings.IPv6Enabled)
        {
            IPv6.CarrierGained(device);
        }

        DeviceChanged?.Invoke(device);
    }

    internal void RoutesFollowCarrier(NetDevice device)
    {
        IPv4.Routes.CarrierChanged(device);
        IPv6.Routes.CarrierChanged(device);
    }

    internal void DeviceStateChanged(NetDevice device)
    {
        IPv4.DeviceStateChanged(device);
        IPv6.DeviceStateChanged(device);
        DeviceChanged?.Invoke(device);
    }

    internal void DeviceAddressChanged(NetDevice device)
    {
        (device.Master as BridgeDevice)?.PortAddressChanged(device);

        // neigh_changeaddr: what was learned over the old address is forgotten.
        IPv4.Neighbours.Flush(device, keepPermanent: false);
        IPv6.Neighbours.Flush(device, keepPermanent: false);
        IPv4.Arp.Announce(device);
        DeviceChanged?.Invoke(device);
    }

    internal void DeviceMtuChanged(NetDevice device)
    {
        if (_settings.IPv6Enabled)
        {
            IPv6.DeviceStateChanged(device);
        }
    }

    internal void NoteAddressChange() => AddressesChanged?.Invoke();

    internal void NoteNeighbourChange() => NeighboursChanged?.Invoke();

    /// <summary>The namespace ends: sockets, tables and devices with it.</summary>
    internal void Destroy()
    {
        foreach (NetDevice device in _devices.ToArray())
        {
            if (device is EthernetDevice { Link: not null })
            {
                device.SetUp(false);
                Forget(device);
                continue;
            }

            Remove(device);
        }

        IPv4.Destroy();
        IPv6.Destroy();
        _udp?.Destroy();
        _netfilter?.Destroy();
        _tcp?.Destroy();
        Node.ProcessesOrNull?.KillAll(this);
    }

    private void Forget(NetDevice device)
    {
        device.Master = null;
        IPv4.DeviceRemoved(device);
        IPv6.DeviceRemoved(device);
        device.Settings = null;
    }

    public override string ToString() => QualifiedName;
}
