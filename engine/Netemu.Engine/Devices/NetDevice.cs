using System;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices.Vlans;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv6;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Queueing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Devices;

/// <summary>
/// A network device in a namespace. A frame comes in by <see cref="Receive"/>, passes the taps and the receive handler,
/// and reaches the namespace; it goes out by <see cref="Transmit"/>. Both take ownership.
/// </summary>
public abstract partial class NetDevice
{
    /// <summary>The longest name (IFNAMSIZ without the closing zero).</summary>
    public const int LongestName = 15;

    private IFrameTap[] _taps = [];
    private DeviceCounters _counters;
    private NetDevice[] _uppers = [];

    /// <summary>What a received frame goes to first: the VLANs if there are any, else the receive handler.</summary>
    private IReceiveHandler? _entry;
    private VlanGroup? _vlans;
    private EgressQueue? _egress;
    private EgressQueue? _queue;

    protected NetDevice(NetworkNamespace space, string name, MacAddress mac, int mtu)
    {
        Namespace = space;
        Node = space.Node;
        Name = name;
        Mac = mac;
        Mtu = mtu;
    }

    public NetworkNamespace Namespace { get; private set; }

    public Node Node { get; }

    public string Name { get; internal set; }

    /// <summary>The ifindex: unique in the namespace, from 1.</summary>
    public int Index { get; internal set; }

    /// <summary>The word of `ip link show type`: veth, bridge, vlan; empty for plain Ethernet.</summary>
    public abstract string Kind { get; }

    public MacAddress Mac { get; private set; }

    public int Mtu { get; private set; }

    /// <summary>IFF_UP: set by the administrator.</summary>
    public bool IsUp { get; private set; }

    /// <summary>True once the device has been up in its namespace: it has its queueing discipline from then on.</summary>
    public bool IsActivated { get; private set; }

    /// <summary>IFF_LOWER_UP.</summary>
    public bool HasCarrier { get; private set; }

    public bool IsRunning => IsUp && HasCarrier;

    public virtual bool IsLoopback => false;

    /// <summary>False for what carries bare IP packets or never resolves a neighbour.</summary>
    public virtual bool UsesNeighbours => true;

    /// <summary>False for what carries bare IP packets: the Ethernet header in its frames is room, and no capture shows it.</summary>
    public virtual bool HasLinkLayer => true;

    /// <summary>What the addresses end with that the device makes for itself (addrconf_ifid_eui48): the EUI-64 of its MAC.</summary>
    public virtual ulong InterfaceIdentifier => Mac.ToEui64();

    /// <summary>The device that this one stands on or is joined to (iflink, "eth0.5@eth0"), or null.</summary>
    public virtual NetDevice? Linked => null;

    /// <summary>True for a kind that has such a device as a rule: without one it shows as "@NONE".</summary>
    public virtual bool ShowsLinked => Linked is not null;

    /// <summary>The device that this one is enslaved to (a bridge), or null.</summary>
    public NetDevice? Master { get; internal set; }

    /// <summary>What the device is to the bridge that it is enslaved to (rx_handler_data), or null.</summary>
    internal BridgePort? BridgePort { get; set; }

    /// <summary>Who takes what the device receives: a bridge, macvlan or ipvlan; null for the namespace itself.</summary>
    public IReceiveHandler? Handler
    {
        get => _vlans is null ? _entry : _vlans.Next;
        internal set
        {
            if (_vlans is null)
            {
                _entry = value;
            }
            else
            {
                _vlans.Next = value;
            }
        }
    }

    /// <summary>The VLANs that stand on the device; null while there are none.</summary>
    internal VlanGroup? VlanDevices => _vlans;

    /// <summary>The device's own settings (net.ipv4.conf.NAME), or null while they are its namespace's defaults.</summary>
    internal InterfaceSettings? Settings { get; set; }

    /// <summary>How many users want frames addressed to others (IFF_PROMISC).</summary>
    public int Promiscuity { get; set; }

    public int TransmitQueueLength { get; set; } = 1000;

    /// <summary>IPv6 on this device; null until it has been switched on.</summary>
    internal IPv6Interface? IPv6 { get; set; }

    public ref DeviceCounters Counters => ref _counters;

    /// <summary>The queueing discipline that `tc` or an impairment gave the device; null while it has its default.</summary>
    public EgressQueue? Egress => _egress;

    /// <summary>`node/ns:device`, as topologies name it.</summary>
    public string QualifiedName => $"{Namespace.QualifiedName}:{Name}";

    public virtual OperationalState OperationalState =>
        IsRunning ? OperationalState.Up : OperationalState.Down;

    /// <summary>When the device can take the next frame from its queueing discipline, in nanoseconds.</summary>
    internal virtual long ReadyAt => 0;

    /// <summary>True while the device may send and receive.</summary>
    internal bool IsDead { get; private set; }

    /// <summary>Sends <paramref name="frame"/> out of this device and takes ownership of it.</summary>
    public void Transmit(Frame frame)
    {
        if (!IsUp)
        {
            Drop(frame, DropReason.DeviceDown);
            return;
        }

        if (!HasCarrier)
        {
            // The kernel's noop qdisc: what is sent without carrier is gone.
            Drop(frame, DropReason.NoCarrier);
            return;
        }

        if (_egress is not null)
        {
            _egress.Enqueue(frame);
            return;
        }

        Send(frame);
    }

    /// <summary>Sends a frame past the queueing discipline: counts it, shows it to the taps, and hands it on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Send(Frame frame)
    {
        CountTransmitted(frame.Length);
        if (_taps.Length > 0)
        {
            NotifyTaps(frame, outgoing: true);
        }

        if (frame.Trace is not null)
        {
            TraceTransmit(frame);
        }

        TransmitCore(frame);
    }

    /// <summary>A frame has arrived at this device. Takes ownership.</summary>
    public void Receive(Frame frame)
    {
        if (!IsUp)
        {
            Drop(frame, DropReason.DeviceDown);
            return;
        }

        CountReceived(frame.Length);
        frame.Input = this;
        Node.Hash.AddArrival(frame.Bytes, Node.Shard.NowNanoseconds);
        if (_taps.Length > 0)
        {
            NotifyTaps(frame, outgoing: false);
        }

        if (frame.Trace is not null)
        {
            TraceReceive(frame);
        }

        if (_entry is not null)
        {
            _entry.Handle(frame, this);
            return;
        }

        Namespace.Receive(frame, this);
    }

    /// <summary>Reads a field of each cache line that forwarding reads; see WindowWarmer.</summary>
    internal int Touch() => (int)_counters.ReceivedBytes + (int)_counters.TransmittedBytes + Mtu + (IsUp ? 1 : 0) + _taps.Length;

    /// <summary>True while nobody but the stack sees the device's frames: no tap, no receive handler.</summary>
    internal bool IsPlain => _taps.Length == 0 && _entry is null && _egress is null;

    /// <summary>Counts frames that a run has taken in; see PlainRun.</summary>
    internal void CountReceived(int packets, long bytes)
    {
        _counters.ReceivedPackets += packets;
        _counters.ReceivedBytes += bytes;
    }

    /// <summary>Counts frames that a run has sent; see PlainRun.</summary>
    internal void CountTransmitted(int packets, long bytes)
    {
        _counters.TransmittedPackets += packets;
        _counters.TransmittedBytes += bytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountReceived(int length)
    {
        _counters.ReceivedPackets++;
        _counters.ReceivedBytes += length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void CountTransmitted(int length)
    {
        _counters.TransmittedPackets++;
        _counters.TransmittedBytes += length;
    }

    /// <summary>Ends a frame's life here. No frame disappears without a <see cref="DropReason"/>.</summary>
    public void Drop(Frame frame, DropReason reason)
    {
        if (ReferenceEquals(frame.Input, this))
        {
            _counters.ReceiveDropped++;
        }
        else
        {
            _counters.TransmitDropped++;
        }

        Namespace.Drop(frame, reason);
    }

    /// <summary>Why the device can't be brought up now (ndo_open), or None.</summary>
    public virtual Errno CanOpen() => Errno.None;

    /// <summary>Why the MTU can't be that (ndo_change_mtu), or None; the bounds of all devices are the caller's matter.</summary>
    public virtual Errno CanSetMtu(int mtu) => Errno.None;

    /// <summary>Why the MAC can't be that (ndo_set_mac_address), or None.</summary>
    public virtual Errno CanSetMac(MacAddress mac) => Errno.None;

    /// <summary>Why the device can't have an address (inetaddr_validator_chain), or None.</summary>
    public virtual Errno CanAddAddress(InternetAddress address) => Errno.None;

    /// <summary>Brings the device up if it may be.</summary>
    public Errno TryOpen()
    {
        Errno error = IsUp ? Errno.None : CanOpen();
        if (error == Errno.None)
        {
            SetUp(true);
        }

        return error;
    }

    /// <summary>Sets IFF_UP (ip link set up|down).</summary>
    public void SetUp(bool up)
    {
        if (IsUp == up)
        {
            return;
        }

        IsUp = up;
        IsActivated |= up;
        if (!up)
        {
            _egress?.Deactivate(DropReason.DeviceDown);
        }

        OnStateChanged();
        Handler?.StateChanged(this);
        Namespace.DeviceStateChanged(this);
        NotifyUppers(LowerChange.State);
    }

    public void SetMac(MacAddress mac)
    {
        if (Mac == mac)
        {
            return;
        }

        Mac = mac;
        OnMacChanged();
        Namespace.DeviceAddressChanged(this);
        NotifyUppers(LowerChange.Mac);
    }

    /// <summary>Sets the MTU in bytes of IP packet; the caller has checked the device's bounds.</summary>
    public void SetMtu(int mtu)
    {
        Mtu = mtu;
        OnMtuChanged();
        Namespace.DeviceMtuChanged(this);
        NotifyUppers(LowerChange.Mtu);
    }

    /// <summary>The other end's carrier, as a message that has travelled with the link's delay.</summary>
    internal virtual void PeerCarrierChanged(bool carrier) => SetCarrier(carrier);

    internal void SetCarrier(bool carrier)
    {
        if (HasCarrier == carrier)
        {
            return;
        }

        HasCarrier = carrier;
        if (!carrier)
        {
            _egress?.Deactivate(DropReason.NoCarrier);
        }

        Handler?.StateChanged(this);
        OnCarrierChanged();
        Namespace.DeviceCarrierChanged(this);
        NotifyUppers(LowerChange.State);
    }

    /// <summary>Tells a device that stands on this one of its changes (netdev_upper_dev_link).</summary>
    internal void AddUpper(NetDevice upper) => _uppers = [.. _uppers, upper];

    internal void RemoveUpper(NetDevice upper) => _uppers = Array.FindAll(_uppers, u => !ReferenceEquals(u, upper));

    /// <summary>A device that this one stands on has changed.</summary>
    internal virtual void OnLowerChanged(NetDevice lower, LowerChange change)
    {
    }

    /// <summary>The queue to install disciplines in; made when first asked for.</summary>
    public EgressQueue WritableEgress() => _queue ??= new EgressQueue(this);

    internal void SetEgress(EgressQueue? egress) => _egress = egress;

    /// <summary>Lets <paramref name="tap"/> see every frame of the device from now on.</summary>
    public void AddTap(IFrameTap tap) => _taps = [.. _taps, tap];

    public void RemoveTap(IFrameTap tap) => _taps = Array.FindAll(_taps, t => !ReferenceEquals(t, tap));

    /// <summary>Moves the device to another namespace of its node; the caller keeps the namespaces' lists.</summary>
    internal void MoveTo(NetworkNamespace space)
    {
        NetworkNamespace from = Namespace;
        Namespace = space;
        IsActivated = false;

        // dev_shutdown: queueing disciplines do not go along.
        _egress = null;
        _queue = null;
        OnMoved(from);
    }

    /// <summary>The VLANs to add to; made with the first one.</summary>
    internal VlanGroup WritableVlans()
    {
        if (_vlans is null)
        {
            _vlans = new VlanGroup(this) { Next = _entry };
            _entry = _vlans;
        }

        return _vlans;
    }

    internal void RemoveVlan(VlanDevice vlan)
    {
        _vlans!.Remove(vlan);
        if (_vlans.IsEmpty)
        {
            _entry = _vlans.Next;
            _vlans = null;
        }
    }

    /// <summary>The device leaves the world; its peer, if any, goes with it.</summary>
    internal void Destroy()
    {
        if (IsDead)
        {
            return;
        }

        SetUp(false);
        IsDead = true;
        NotifyUppers(LowerChange.Removed);
        OnDestroyed();
    }

    /// <summary>Frames that the device keeps for later: queueing disciplines and the like.</summary>
    internal virtual long CountHeldFrames() => 0;

    /// <summary>Sends a frame on; the device is up and has carrier, and the frame has been counted.</summary>
    protected abstract void TransmitCore(Frame frame);

    protected virtual void OnStateChanged()
    {
    }

    protected virtual void OnCarrierChanged()
    {
    }

    protected virtual void OnMacChanged()
    {
    }

    protected virtual void OnMtuChanged()
    {
    }

    protected virtual void OnDestroyed()
    {
    }

    /// <summary>The device is in another namespace than before; it is down and not yet in that one's list.</summary>
    private protected virtual void OnMoved(NetworkNamespace from)
    {
    }

    /// <summary>
    /// True if a frame of this length may not enter: the receiver takes its MTU, the Ethernet header and a VLAN tag's four
    /// bytes (is_skb_forwardable in the kernel).
    /// </summary>
    internal bool IsTooLong(Frame frame) => frame.Length > LongestFrame;

    /// <summary>The longest frame that the device takes in: its MTU, an Ethernet header and a VLAN tag.</summary>
    internal int LongestFrame => Mtu + EthernetHeader.Size + VlanTag.Size;

    private void NotifyUppers(LowerChange change)
    {
        foreach (NetDevice upper in _uppers)
        {
            upper.OnLowerChanged(this, change);
        }
    }

    // Out of line: what few frames need shall cost the others no room on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TraceTransmit(Frame frame) => frame.Trace!.Add(Namespace, TraceStage.Transmit, $"out of {Name}", this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TraceReceive(Frame frame) => frame.Trace!.Add(Namespace, TraceStage.Receive, $"in on {Name}", this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NotifyTaps(Frame frame, bool outgoing)
    {
        foreach (IFrameTap tap in _taps)
        {
            tap.Seen(frame, this, outgoing);
        }
    }

    public override string ToString() => QualifiedName;
}
