using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Bridging;

/// <summary>
/// A learning bridge that is also a device of its namespace (net/bridge). Its MAC is the lowest of its ports' unless one
/// was set; it has carrier while some port forwards, and until it first has a port.
/// </summary>
public sealed partial class BridgeDevice : NetDevice, IReceiveHandler
{
    private const ulong BridgeGroupAddress = 0x0180_C200_0000;

    private readonly List<BridgePort> _ports = [];
    private BridgePort[] _portArray = [];
    private bool _macSet;
    private bool _mtuSet;
    private int _nextNumber;
    private SpanningTree? _tree;

    // The state of a device is unknown until its carrier has changed once (linkwatch).
    private bool _isWatched;

    public BridgeDevice(NetworkNamespace space, string name)
        : base(space, name, space.Node.NextMac(), 1500)
    {
        Fdb = new ForwardingDatabase(space.Node);
        space.Add(this);

        // No port has taken it away yet (register_netdevice; br_port_state_selection looks when a port comes, goes or changes).
        SetCarrier(true);
        Fdb.AddLocal(Mac, null);
    }

    public override string Kind => "bridge";

    public override OperationalState OperationalState =>
        !IsRunning ? OperationalState.Down : _isWatched ? OperationalState.Up : OperationalState.Unknown;

    public ForwardingDatabase Fdb { get; }

    /// <summary>The ports in the order in which they were enslaved.</summary>
    public IReadOnlyList<BridgePort> Ports => _ports;

    /// <summary>The spanning tree protocol of the bridge, which is off until it is enabled; made when first asked for.</summary>
    public SpanningTree SpanningTree => _tree ??= new SpanningTree(this);

    /// <summary>The same if anything has asked for it: a bridge without it forwards at once, as stp_state 0 does.</summary>
    public SpanningTree? SpanningTreeOrNull => _tree;

    /// <summary>The reserved groups 01-80-C2-00-00-0X that pass although the bridge keeps them, by bits (group_fwd_mask).</summary>
    public ushort GroupForwardMask { get; private set; }

    /// <summary>Frames for reserved groups do not teach where their sender is (no_linklocal_learn).</summary>
    public bool NoLinkLocalLearn { get; set; }

    /// <summary>BR_GROUPFWD_RESTRICTED: false for a mask that would pass spanning tree, pause frames or LACP.</summary>
    public bool SetGroupForwardMask(ushort mask)
    {
        bool allowed = (mask & 0b111) == 0;
        GroupForwardMask = allowed ? mask : GroupForwardMask;
        return allowed;
    }

    /// <summary>Enslaves a device (ip link set master): its frames go to the bridge from now on.</summary>
    public BridgePort AddPort(NetDevice device)
    {
        BridgePort port = new(this, device, ++_nextNumber);
        _ports.Add(port);
        _portArray = [.. _ports];
        device.Master = this;
        device.Handler = this;
        device.BridgePort = port;
        Fdb.AddLocal(device.Mac, port);
        _tree?.AddPort(port);
        if (VlanFiltering)
        {
            WritableVlans(port);
        }

        Recalculate();
        StateChanged(device);
        return port;
    }

    /// <summary>Releases a device (ip link set nomaster).</summary>
    public void RemovePort(NetDevice device)
    {
        BridgePort? port = FindPort(device);
        if (port is null)
        {
            return;
        }

        _tree?.RemovePort(port);
        SetPortState(port, BridgePortState.Disabled);
        _ports.Remove(port);
        _portArray = [.. _ports];
        device.Master = null;
        device.Handler = null;
        device.BridgePort = null;
        Fdb.RemovePort(port, all: true);
        Recalculate();
        UpdateCarrier();
    }

    /// <summary>The port that a device is; null if it is none of this bridge's.</summary>
    public BridgePort? FindPort(NetDevice device) => ReferenceEquals(device.BridgePort?.Bridge, this) ? device.BridgePort : null;

    /// <summary>Sets the MAC for good: ports no longer decide it.</summary>
    public void SetOwnMac(MacAddress mac)
    {
        _macSet = true;
        ChangeMac(mac);
        UpdateCarrier();
    }

    /// <summary>Sets the MTU for good: ports no longer decide it.</summary>
    public void SetOwnMtu(int mtu)
    {
        _mtuSet = true;
        SetMtu(mtu);
    }

    /// <summary>A frame received by a port (br_handle_frame).</summary>
    public void Handle(Frame frame, NetDevice device)
    {
        Span<byte> bytes = frame.Bytes;
        if (bytes.Length < EthernetHeader.Size)
        {
            device.Drop(frame, DropReason.MalformedFrame);
            return;
        }

        MacAddress destination = new(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        MacAddress source = new(BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]) & 0xFFFF_FFFF_FFFF);
        if (source.IsZero || source.IsMulticast)
        {
            device.Drop(frame, DropReason.BridgeInvalidSource);
            return;
        }

        BridgePort port = FindPort(device)!;
        if (destination.IsLinkLocalGroup && !IsForwardedGroup(destination, port))
        {
            // All but pause frames (-01) teach where their sender is, although they go no further.
            if (destination.Value != 0x0180_C200_0001 && port.Learning && !NoLinkLocalLearn
                && (_tree is null || port.State is BridgePortState.Learning or BridgePortState.Forwarding))
            {
                Fdb.Learn(source, port);
            }

            if (destination.Value == BridgeGroupAddress)
            {
                _tree!.Receive(frame, port);
                frame.Deliver();
                return;
            }

            device.Drop(frame, DropReason.BridgeReservedGroup);
            return;
        }

        if (port.State is not (BridgePortState.Forwarding or BridgePortState.Learning))
        {
            device.Drop(frame, DropReason.BridgePortBlocked);
            return;
        }

        if (Namespace.Settings.BridgeNetfilter)
        {
            HandleWithNetfilter(frame, port);
            return;
        }

        HandleFinish(frame, port, source, destination);
    }

    /// <summary>br_handle_frame_finish: classify, learn, decide.</summary>
    private void HandleFinish(Frame frame, BridgePort port, MacAddress source, MacAddress destination)
    {
        NetDevice device = port.Device;
        int vlan = 0;
        if (VlanFiltering && (vlan = ClassifyVlan(frame, port.Vlans!)) < 0)
        {
            device.Drop(frame, DropReason.BridgeVlanFiltered);
            return;
        }

        if (port.Locked && (Fdb.Find(source, vlan) is not { IsLocal: false } known || !ReferenceEquals(known.Port, port)))
        {
            device.Drop(frame, DropReason.BridgePortLocked);
            return;
        }

        if (port.Learning)
        {
            Fdb.Learn(source, port, vlan);
        }

        if (port.State == BridgePortState.Learning || (vlan != 0 && !port.Vlans!.Forwards(vlan)))
        {
            device.Drop(frame, DropReason.BridgePortBlocked);
            return;
        }

        Forward(frame, destination, port, vlan);
    }

    /// <summary>
    /// Where all frames of a super-segment from a port go, if they go to one other port as they are: what <see cref="Handle"/>
    /// would find for each, since they have one source and one destination. Null if there is anything else to decide, or to learn.
    /// </summary>
    internal NetDevice? WayOfSuper(Frame head, NetDevice device)
    {
        if (Namespace.Settings.BridgeNetfilter || VlanFiltering || FindPort(device) is not { State: BridgePortState.Forwarding, Locked: false } port)
        {
            return null;
        }

        Span<byte> bytes = head.Bytes;
        MacAddress destination = new(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        MacAddress source = new(BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]) & 0xFFFF_FFFF_FFFF);
        if (destination.IsMulticast || source.IsMulticast || source.IsZero || (port.Learning && !Fdb.Refresh(source, port))
            || Fdb.Find(destination) is not { IsLocal: false, Port: { } output }
            || !MayDeliver(output, port, 0) || output.Device.IsTooLong(head))
        {
            return null;
        }

        return output.Device;
    }

    public void StateChanged(NetDevice device)
    {
        BridgePort? port = FindPort(device);
        if (port is null)
        {
            return;
        }

        if (_tree is not null)
        {
            _tree.PortChanged(port, device.IsRunning && IsUp);
            UpdateCarrier();
            return;
        }

        BridgePortState state = device.IsRunning && IsUp ? BridgePortState.Forwarding : BridgePortState.Disabled;
        if (state == port.State)
        {
            return;
        }

        if (state == BridgePortState.Disabled)
        {
            Fdb.RemovePort(port, all: false);
        }

        port.State = state;
        UpdateCarrier();
    }

    /// <summary>A port has another MAC (br_fdb_changeaddr): frames for it go up, and the bridge may get it.</summary>
    internal void PortAddressChanged(NetDevice device)
    {
        if (FindPort(device) is { } port)
        {
            Fdb.MovePort(port, device.Mac);
            Recalculate();
        }
    }

    /// <summary>A port's state in spanning tree; what listens or learns is not settled yet.</summary>
    internal void SetPortState(BridgePort port, BridgePortState state)
    {
        if (port.State == state)
        {
            return;
        }

        Node.Emulation.UnsettledPorts += (IsUnsettled(state) ? 1 : 0) - (IsUnsettled(port.State) ? 1 : 0);
        port.State = state;
        Node.Hash.AddNumber(((ulong)port.Number << 8) | (ulong)state);
    }

    internal void PortStatesChanged() => UpdateCarrier();

    protected override void OnStateChanged()
    {
        Fdb.SetCollecting(IsUp);
        if (IsUp)
        {
            _tree?.BridgeUp();
        }

        foreach (BridgePort port in _portArray)
        {
            StateChanged(port.Device);
        }

        if (!IsUp)
        {
            _tree?.BridgeDown();
        }
    }

    protected override void OnDestroyed()
    {
        _tree?.Destroy();
        foreach (BridgePort port in _ports.ToArray())
        {
            RemovePort(port.Device);
        }
    }

    /// <summary>A frame from the namespace's own stack (br_dev_xmit).</summary>
    protected override void TransmitCore(Frame frame)
    {
        if (frame.PhysicalInput < 0)
        {
            ResumeWithNeighbour(frame);
            return;
        }

        MacAddress destination = new(BinaryPrimitives.ReadUInt64BigEndian(frame.Bytes) >> 16);
        int vlan = 0;
        if (VlanFiltering && (vlan = ClassifyVlan(frame, Vlans!)) < 0)
        {
            Drop(frame, DropReason.BridgeVlanFiltered);
            return;
        }

        if (!destination.IsMulticast && Fdb.Find(destination, vlan) is { IsLocal: false, Port: { } port } && MayCarry(port, vlan))
        {
            SendOut(frame, port, null, vlan);
            return;
        }

        Flood(frame, destination, null, keep: false, vlan);
    }

    /// <summary>Without STP the bridge has no use for BPDUs (-00) and passes them on; the masks tell what else passes, but for pause frames.</summary>
    private bool IsForwardedGroup(MacAddress group, BridgePort port)
    {
        int last = (int)(group.Value & 0xF);
        return last switch
        {
            0 when _tree is not { IsEnabled: true } => true,
            0 => (port.GroupForwardMask & 1) != 0,
            1 => false,
            _ => ((port.GroupForwardMask | GroupForwardMask) >> last & 1) != 0,
        };
    }

    private static bool IsUnsettled(BridgePortState state) => state is BridgePortState.Listening or BridgePortState.Learning;

    /// <summary>Up, out of one port, or out of all.</summary>
    private void Forward(Frame frame, MacAddress destination, BridgePort ingress, int vlan)
    {
        if (destination.IsMulticast)
        {
            bool up = IsUp;
            Flood(frame, destination, ingress, keep: up, vlan);
            if (up)
            {
                PassUp(frame, vlan);
            }

            return;
        }

        FdbEntry? entry = Fdb.Find(destination, vlan);
        if (entry is null)
        {
            frame.Trace?.Add(Namespace, TraceStage.Bridge, $"{Name}: {destination} unknown, flooded", this);
            Flood(frame, destination, ingress, keep: false, vlan);
            return;
        }

        if (entry.IsLocal)
        {
            frame.Trace?.Add(Namespace, TraceStage.Bridge, $"{Name}: {destination} is local", this);
            if (!IsUp)
            {
                Drop(frame, DropReason.DeviceDown);
                return;
            }

            // eth_type_trans compares with the ingress port, the bridge with itself: for another port's address the frame
            // goes up as one for somebody else.
            if (destination == ingress.Device.Mac)
            {
                frame.Flags |= FrameFlags.ForHost;
            }

            PassUp(frame, vlan);
            return;
        }

        frame.Trace?.Add(Namespace, TraceStage.Bridge, $"{Name}: {destination} is behind {entry.Port!.Device.Name}", this);
        if (!MayDeliver(entry.Port!, ingress, vlan))
        {
            ingress.Device.Drop(frame, ReferenceEquals(entry.Port, ingress) ? DropReason.BridgeSamePort : VlanRefusal(entry.Port!, vlan));
            return;
        }

        SendOut(frame, entry.Port!, ingress, vlan);
    }

    /// <summary>
    /// Sends a frame out of every port that may have it; the last port gets the frame itself unless it is kept. The frame
    /// stays the caller's only if <paramref name="keep"/>.
    /// </summary>
    private void Flood(Frame frame, MacAddress destination, BridgePort? ingress, bool keep, int vlan)
    {
        BridgePort? previous = null;
        foreach (BridgePort port in _portArray)
        {
            bool floods = destination.IsBroadcast ? port.BroadcastFlood || ingress is null
                : destination.IsMulticast ? port.MulticastFlood || ingress is null
                : port.Flood;
            if (!floods || !MayDeliver(port, ingress, vlan))
            {
                continue;
            }

            if (previous is not null)
            {
                SendOut(Copy(frame), previous, ingress, vlan);
            }

            previous = port;
        }

        if (previous is null)
        {
            if (!keep)
            {
                (ingress?.Device ?? this).Drop(frame, DropReason.BridgeNoForwardPort);
            }

            return;
        }

        SendOut(keep ? Copy(frame) : frame, previous, ingress, vlan);
    }

    private static bool MayDeliver(BridgePort port, BridgePort? ingress, int vlan) =>
        (port.Hairpin || !ReferenceEquals(port, ingress))
        && MayCarry(port, vlan)
        && port.State == BridgePortState.Forwarding
        && !(ingress is { Isolated: true } && port.Isolated);

    private void SendOut(Frame frame, BridgePort port, BridgePort? ingress, int vlan)
    {
        if (frame.PhysicalInput != 0 && ingress is not null && !PassForward(frame, port))
        {
            return;
        }

        if (vlan != 0)
        {
            ShapeTag(frame, port.Vlans!, vlan);
        }

        if (port.Device.IsTooLong(frame))
        {
            if (ingress is not null && WasDefragmented(frame, ingress))
            {
                Namespace.IPv4.FragmentBridged(frame, port.Device);
                return;
            }

            (ingress?.Device ?? port.Device).Drop(frame, DropReason.FrameTooLong);
            return;
        }

        port.Device.Transmit(frame);
    }

    private void Recalculate()
    {
        if (!_macSet)
        {
            // br_stp_recalculate_bridge_id: without ports nothing is left of it.
            ChangeMac(_ports.Count == 0 ? default : _ports.Min(p => p.Device.Mac));
        }

        if (!_mtuSet)
        {
            SetMtu(_ports.Count == 0 ? 1500 : _ports.Min(p => p.Device.Mtu));
        }
    }

    private void ChangeMac(MacAddress mac)
    {
        if (mac == Mac)
        {
            return;
        }

        if (Fdb.Find(Mac) is { IsLocal: true, Port: null })
        {
            Fdb.Remove(Mac);
        }

        SetMac(mac);
        Fdb.AddLocal(mac, null);
        _tree?.MacChanged(mac);
        UpdateCarrier();
    }

    /// <summary>br_port_state_selection: what happens whenever the bridge's id or a port's state changes.</summary>
    private void UpdateCarrier()
    {
        bool carrier = _ports.Exists(p => p.State == BridgePortState.Forwarding);
        _isWatched |= carrier != HasCarrier;
        SetCarrier(carrier);
    }
}
