using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Devices.Ipvlan;

/// <summary>
/// The parent's side of ipvlan (struct ipvl_port): it knows which child has which IP address, and gives frames by it. Mode
/// and isolation are the port's, and so the same for all children.
/// </summary>
internal sealed class IpvlanPort : IReceiveHandler, IPacketHook
{
    private const ushort LastId = 0xFFFD;

    private readonly List<IpvlanDevice> _children = [];
    private readonly Dictionary<InternetAddress, IpvlanDevice> _byAddress = [];
    private bool _isIndexed;
    private ushort _lastId;
    private NetworkNamespace? _hooked;

    public IpvlanPort(NetDevice parent) => Parent = parent;

    public NetDevice Parent { get; }

    public IpvlanMode Mode { get; private set; } = IpvlanMode.L3;

    public IpvlanIsolation Isolation { get; set; }

    public IReadOnlyList<IpvlanDevice> Children => _children;

    /// <summary>A number for a new child, from 1 to 0xFFFD and then from 1 again: one that no child has (ipvlan_link_new).</summary>
    public ushort TakeId()
    {
        do
        {
            _lastId = (ushort)(_lastId < LastId ? _lastId + 1 : 1);
        }
        while (_children.Exists(child => child.Id == _lastId) && _children.Count < LastId);

        return _lastId;
    }

    public void Add(IpvlanDevice child)
    {
        _children.Add(child);
        Parent.Handler ??= this;
        Forget();
    }

    public void Remove(IpvlanDevice child)
    {
        _children.Remove(child);
        Forget();
        if (_children.Count == 0)
        {
            Unhook();
            if (ReferenceEquals(Parent.Handler, this))
            {
                Parent.Handler = null;
            }
        }
    }

    /// <summary>A child went up or down, or gained or lost an address.</summary>
    public void Forget() => _isIndexed = false;

    /// <summary>ipvlan_set_port_mode: for all children at once. L3s hooks into the parent's namespace.</summary>
    public void SetMode(IpvlanMode mode)
    {
        if (mode == Mode)
        {
            return;
        }

        Unhook();
        Mode = mode;
        if (mode == IpvlanMode.L3S)
        {
            _hooked = Parent.Namespace;
            _hooked.WritableHooks().Add(AddressFamily.IPv4, HookPoint.Prerouting, int.MaxValue, this);
            _hooked.WritableHooks().Add(AddressFamily.IPv6, HookPoint.Prerouting, int.MaxValue, this);
        }
    }

    /// <summary>The child that is up and has an address, or null.</summary>
    public IpvlanDevice? Find(InternetAddress address)
    {
        if (!_isIndexed)
        {
            Index();
        }

        return address.IsNone ? null : _byAddress.GetValueOrDefault(address);
    }

    /// <summary>True if a child has the address, whether it is up or not (ipvlan_addr_busy).</summary>
    public bool IsTaken(InternetAddress address)
    {
        foreach (IpvlanDevice child in _children)
        {
            if (child.Has(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A frame from outside (ipvlan_handle_frame).</summary>
    public void Handle(Frame frame, NetDevice device)
    {
        if (frame.Length < EthernetHeader.Size)
        {
            device.Drop(frame, DropReason.MalformedFrame);
            return;
        }

        if (Mode != IpvlanMode.L3S)
        {
            bool isGroup = (frame.Bytes[0] & 1) != 0;
            if (Mode == IpvlanMode.L2 && isGroup)
            {
                // The master has its copy at once; children that did not send it have theirs.
                if (IsExternal(frame))
                {
                    Broadcast(frame, null, isLocal: false);
                }
            }
            else if (Find(IpvlanPacket.Destination(frame.Bytes)) is { } child)
            {
                frame.Trace?.Add(Parent.Namespace, TraceStage.Bridge, $"{Parent.Name}: for {child.Name} by its address", Parent);
                child.Receive(frame);
                return;
            }
        }

        Parent.Namespace.Receive(frame, Parent);
    }

    public void StateChanged(NetDevice device)
    {
        // Children hear of it as uppers.
    }

    /// <summary>ipvlan_xmit_mode_l2: by IP between children, else out. Takes ownership.</summary>
    public void TransmitL2(Frame frame, IpvlanDevice from)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        ulong destination = BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16;
        ulong source = BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]) & 0xFFFF_FFFF_FFFF;
        if (Isolation != IpvlanIsolation.Vepa && destination == source)
        {
            if (Find(IpvlanPacket.Destination(bytes)) is { } sibling)
            {
                GiveTo(sibling, frame, from);
                return;
            }

            // Nobody's address, but the shared MAC: the parent's own stack may want it.
            frame.Scrub();
            Parent.Node.Shard.HandOver(frame, Parent);
            return;
        }

        if ((destination & 0x0100_0000_0000) != 0)
        {
            frame.Scrub();
            Broadcast(frame, from, isLocal: true);
        }

        Parent.Transmit(frame);
    }

    /// <summary>ipvlan_xmit_mode_l3: between children directly, else by the routes of the parent's namespace. Takes ownership.</summary>
    public void TransmitL3(Frame frame, IpvlanDevice from)
    {
        if (Isolation != IpvlanIsolation.Vepa && Find(IpvlanPacket.Destination(frame.Bytes)) is { } sibling)
        {
            GiveTo(sibling, frame, from);
            return;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes[EthernetHeader.TypeOffset..]);
        if ((frame.Bytes[0] & 1) != 0 || type is not (EtherType.IPv4 or EtherType.IPv6))
        {
            // "In this mode we dont care about multicast and broadcast traffic" (ipvlan_process_outbound).
            from.Drop(frame, DropReason.IpvlanNoChild);
            return;
        }

        frame.Scrub();
        frame.Trace?.Add(Parent.Namespace, TraceStage.Tunnel, $"from {from.Name} to the routes of {Parent.Namespace.QualifiedName}", Parent);
        if (type == EtherType.IPv4)
        {
            // ipvlan_process_v4_outbound: with the packet's own source and type of service.
            IPv4Header ip = new(frame.Bytes[EthernetHeader.Size..]);
            OutputRoute<IPv4Address> route = Parent.Namespace.IPv4.RouteOutput(
                ip.Destination, ip.Source, Parent, frame.Mark, ip.TrafficClass, anySource: true);
            if (route.Error != Errno.None || route.Type is not (RouteType.Unicast or RouteType.Local))
            {
                from.Drop(frame, DropReason.NoRoute);
                return;
            }

            Parent.Namespace.IPv4.Send(frame, route);
            return;
        }

        IPv6Header packet = new(frame.Bytes[EthernetHeader.Size..]);
        OutputRoute<IPv6Address> way = Parent.Namespace.IPv6.RouteOutput(
            packet.Destination, packet.Source, Parent, frame.Mark, packet.TrafficClass, anySource: true);
        if (way.Error != Errno.None || way.Type is not (RouteType.Unicast or RouteType.Local))
        {
            from.Drop(frame, DropReason.NoRoute);
            return;
        }

        Parent.Namespace.IPv6.Send(frame, way);
    }

    /// <summary>
    /// L3s: a packet for a child's address has passed the parent's Prerouting; it passes its LocalIn too, and then belongs to
    /// the child, whose own hooks for input do not see it (ipvlan_l3_rcv, ipvlan_nf_input).
    /// </summary>
    HookVerdict IPacketHook.Evaluate(
        NetworkNamespace space, HookPoint point, AddressFamily family, Frame frame, NetDevice? input, NetDevice? output)
    {
        if (!ReferenceEquals(input, Parent) || Find(IpvlanPacket.Destination(frame.Bytes)) is not { } child)
        {
            return HookVerdict.Accept;
        }

        Frame? whole = frame;
        if (family == AddressFamily.IPv4 && new IPv4Header(frame.Bytes[EthernetHeader.Size..]).IsFragment)
        {
            whole = space.IPv4.Defragment(frame);
        }

        if (whole is null || !space.WritableHooks().Pass(space, HookPoint.LocalIn, family, whole, Parent, null))
        {
            return HookVerdict.Stolen;
        }

        child.TakeFromMaster(whole, family);
        return HookVerdict.Stolen;
    }

    private void GiveTo(IpvlanDevice child, Frame frame, IpvlanDevice from)
    {
        if (Isolation == IpvlanIsolation.Private)
        {
            from.Drop(frame, DropReason.IpvlanPrivate);
            return;
        }

        if (child.IsTooLong(frame))
        {
            from.Drop(frame, DropReason.FrameTooLong);
            return;
        }

        frame.Scrub();
        frame.Flags |= FrameFlags.ForHost;
        Parent.Node.Shard.HandOver(frame, child);
    }

    /// <summary>ipvlan_external_frame: false for the reflection of what a child sent.</summary>
    private bool IsExternal(Frame frame)
    {
        ulong source = BinaryPrimitives.ReadUInt64BigEndian(frame.Bytes[4..]) & 0xFFFF_FFFF_FFFF;
        return source != Parent.Mac.Value || Find(IpvlanPacket.Source(frame.Bytes)) is null;
    }

    private void Broadcast(Frame frame, IpvlanDevice? except, bool isLocal)
    {
        foreach (IpvlanDevice child in _children)
        {
            if (child.IsUp && !ReferenceEquals(child, except) && !(isLocal && child.IsTooLong(frame)))
            {
                Parent.Node.Shard.HandOver(frame.Clone(), child);
            }
        }
    }

    private void Index()
    {
        _byAddress.Clear();
        foreach (IpvlanDevice child in _children)
        {
            if (!child.IsUp)
            {
                continue;
            }

            foreach (DeviceAddress<IPv4Address> address in child.Namespace.IPv4.Addresses)
            {
                if (ReferenceEquals(address.Device, child))
                {
                    _byAddress.TryAdd(address.Address, child);
                }
            }

            foreach (DeviceAddress<IPv6Address> address in child.Namespace.IPv6.Addresses)
            {
                if (ReferenceEquals(address.Device, child))
                {
                    _byAddress.TryAdd(address.Address, child);
                }
            }
        }

        _isIndexed = true;
    }

    private void Unhook()
    {
        _hooked?.WritableHooks().Remove(AddressFamily.IPv4, HookPoint.Prerouting, this);
        _hooked?.WritableHooks().Remove(AddressFamily.IPv6, HookPoint.Prerouting, this);
        _hooked = null;
    }
}
