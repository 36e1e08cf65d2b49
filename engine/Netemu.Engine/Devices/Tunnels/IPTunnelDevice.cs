using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>
/// A tunnel over IPv4 (net/ipv4/ip_tunnel.c): wraps what is sent into outer packets of the namespace that it was made in,
/// and receives what they carry. Subclasses say what stands between the two headers.
/// </summary>
/// <remarks>
/// <code>
/// sent:  | room 14 | inner IP ...      ->  | room 14 | outer IP 20 | (GRE) | inner ... -> IPv4Stack.Send
/// taken: | Ethernet 14 | outer IP | (GRE) | inner ...  ->  | room 14 | inner IP ... -> Receive
/// </code>
/// </remarks>
public abstract class IPTunnelDevice : NetDevice
{
    /// <summary>How deep tunnels may be in one another (IP_TUNNEL_RECURSION_LIMIT's kin): a loop of routes ends here.</summary>
    private const int MaximumDepth = 8;

    private const int MinimumMtu = 68;

    /// <summary>IPTUNNEL_ERR_TIMEO: how long an error about an outer packet is news.</summary>
    private static readonly Duration ErrorTimeout = Duration.FromSeconds(30);

    private int _errors;
    private SimTime _errorTime;

    private protected IPTunnelDevice(
        NetworkNamespace space, string name, MacAddress mac, IPTunnelOptions options, TunnelTable table, int headerLength, bool isFallback, bool hasLinkLayer = false)
        : base(space, name, mac, 1500)
    {
        Underlay = space;
        Options = options;
        Table = table;
        HeaderLength = headerLength;
        HasLinkLayer = hasLinkLayer;
        IsFallback = isFallback;
        SetMtu(GuessMtu());
        SetCarrier(true);
        space.Add(this);
        table.Add(this);
        options.Link?.AddUpper(this);
    }

    public IPTunnelOptions Options { get; private set; }

    /// <summary>The namespace of the outer packets: where the tunnel was made.</summary>
    public NetworkNamespace Underlay { get; }

    /// <summary>True for tunl0, gre0, gretap0, sit0: takes what no other tunnel does.</summary>
    public bool IsFallback { get; }

    public override bool UsesNeighbours => false;

    protected override bool IsMulticastByKind => HasLinkLayer;

    public sealed override bool HasLinkLayer { get; }

    public override NetDevice? Linked => Options.Link;

    public override bool ShowsLinked => true;

    public override OperationalState OperationalState => IsUp ? OperationalState.Unknown : OperationalState.Down;

    /// <summary>The bytes between the outer IP header and what is carried.</summary>
    internal int HeaderLength { get; }

    private protected TunnelTable Table { get; }

    /// <summary>The protocol number of outer packets.</summary>
    private protected abstract IPProtocol Protocol { get; }

    /// <summary>ip_tunnel_change_mtu: from 68 to what an outer packet of 64 KiB can carry.</summary>
    public override Errno CanSetMtu(int mtu) =>
        mtu < MinimumMtu || mtu > 65_535 - IPv4Header.MinimumSize - HeaderLength - LinkHeader ? Errno.EINVAL : Errno.None;

    /// <summary>Changes ends and options (ip link change, ip tunnel change); false if another tunnel has those ends.</summary>
    public bool TryChange(IPTunnelOptions options)
    {
        bool sameKey = options.Remote == Options.Remote && options.Local == Options.Local && options.InputKey == Options.InputKey
            && ReferenceEquals(options.Link, Options.Link);
        if (IsFallback || (!sameKey && Table.Exists(options)))
        {
            return false;
        }

        Table.Remove(this);
        Options.Link?.RemoveUpper(this);
        Options = options;
        Options.Link?.AddUpper(this);
        Table.Add(this);
        return true;
    }

    internal override void OnLowerChanged(NetDevice lower, LowerChange change)
    {
        // ip_tunnel keeps its parms.link; a device that is gone leaves a tunnel that finds no route.
        if (change == LowerChange.Removed)
        {
            Options = Options with { Link = null };
        }
    }

    /// <summary>
    /// An outer packet that this tunnel takes, whole from its Ethernet header on. Takes ownership (ip_tunnel_rcv).
    /// </summary>
    internal void Unwrap(Frame frame, int outerLength, byte outerTrafficClass, in GreHeader gre)
    {
        if (!Accepts(gre, out DropReason reason))
        {
            Drop(frame, reason);
            return;
        }

        ushort type = InnerType(gre);
        if (frame.Trace is not null)
        {
            TraceUnwrapped(frame);
        }

        IPv4Header outer = new(frame.Bytes[EthernetHeader.Size..]);
        int headers = outerLength + HeaderLengthOf(gre);
        if (!IsPlausible(frame.Bytes[(EthernetHeader.Size + headers)..], outer.Source, outer.Destination))
        {
            Drop(frame, DropReason.TunnelSpoofed);
            return;
        }

        frame.Strip(headers);
        if (HasLinkLayer)
        {
            frame.Strip(EthernetHeader.Size);
            if (frame.Length < EthernetHeader.Size)
            {
                frame.Drop(DropReason.MalformedFrame);
                return;
            }
        }
        else
        {
            frame.EnsureWritable();
            EthernetHeader.Write(frame.Bytes, Mac, default, type);
        }

        // What was known of checksums was known of the outer packet.
        frame.Flags &= ~(FrameFlags.HeaderChecked | FrameFlags.TransportChecked | FrameFlags.LocallyGenerated);
        frame.Input = this;
        if (!Ecn.Decapsulate(frame, outerTrafficClass))
        {
            Drop(frame, DropReason.TunnelEcn);
            return;
        }

        if (ReferenceEquals(Underlay, Namespace))
        {
            frame.ForgetConnection();
        }
        else
        {
            frame.Scrub();
        }

        Node.Shard.HandOver(frame, this);
    }

    /// <summary>A router has answered an outer packet of ours with an error: who sends next will hear of it.</summary>
    internal void NoteError(ReadOnlySpan<byte> quoted, int outerLength, IcmpType type, byte code)
    {
        bool counts = type == IcmpType.DestinationUnreachable
            ? code != IcmpCode.SourceRouteFailed && code != IcmpCode.FragmentationNeeded
            : type == IcmpType.TimeExceeded && code == IcmpCode.TtlExceeded;
        if (!counts || TryRelayError(quoted, outerLength, type) || Options.Remote.IsUnspecified || (Options.Ttl == 0 && type == IcmpType.TimeExceeded))
        {
            return;
        }

        SimTime now = Node.Now;
        _errors = _errors > 0 && now < _errorTime + ErrorTimeout ? _errors + 1 : 1;
        _errorTime = now;
    }

    /// <summary>The far end for a packet without a fixed one; false if there is none (then the packet is dropped).</summary>
    private protected virtual bool TryFindRemote(Frame frame, ushort type, out IPv4Address remote)
    {
        remote = type == EtherType.IPv4 ? NextHopAddress.Decode(frame) : default;
        return !remote.IsUnspecified && !remote.IsMulticast;
    }

    /// <summary>Tells the inner sender at once; true if that was possible.</summary>
    private protected virtual bool TryRelayError(ReadOnlySpan<byte> quoted, int outerLength, IcmpType type) => false;

    /// <summary>True if packets of that EtherType can be carried.</summary>
    private protected abstract bool Carries(ushort type);

    /// <summary>True for sit, whose inner sender hears of a far end without a route; the others are silent.</summary>
    private protected virtual bool TellsNoRoute => false;

    /// <summary>False if the addresses inside contradict those outside; the frame begins with the inner packet's room.</summary>
    private protected virtual bool IsPlausible(Span<byte> inner, IPv4Address source, IPv4Address destination) => true;

    /// <summary>What an outer packet carries.</summary>
    private protected abstract ushort InnerType(in GreHeader gre);

    private protected virtual int HeaderLengthOf(in GreHeader gre) => 0;

    private protected virtual bool Accepts(in GreHeader gre, out DropReason reason)
    {
        reason = DropReason.None;
        return true;
    }

    /// <summary>Writes the bytes between outer and inner header; the frame starts with them, the payload in place behind.</summary>
    private protected virtual void WriteHeader(Span<byte> bytes, ushort type)
    {
    }

    protected override void OnDestroyed()
    {
        Table.Remove(this);
        Options.Link?.RemoveUpper(this);
    }

    /// <summary>ip_tunnel_xmit.</summary>
    protected override void TransmitCore(Frame frame)
    {
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame.Bytes[EthernetHeader.TypeOffset..]);
        if (!Carries(type) || (type == EtherType.IPv4 && frame.Length < EthernetHeader.Size + IPv4Header.MinimumSize)
            || (type == EtherType.IPv6 && frame.Length < EthernetHeader.Size + IPv6Header.Size))
        {
            Drop(frame, DropReason.UnknownEtherType);
            return;
        }

        IPv4Address remote = Options.Remote;
        if (remote.IsUnspecified && !TryFindRemote(frame, type, out remote))
        {
            // ip_tunnel_xmit, ipip6_tunnel_xmit: "tx_error_icmp", for IPv6 packets whose next hop names no IPv4 address.
            DropWithoutWay(frame, tells: type == EtherType.IPv6);
            return;
        }

        ReadOnlySpan<byte> inner = frame.Bytes[EthernetHeader.Size..];
        byte innerTos = Ecn.FieldOf(inner, type);
        byte tos = Options.TypeOfService == 1 ? innerTos : Options.TypeOfService;
        ref DestinationCache.Entry way = ref Underlay.IPv4.RouteTunnelled(remote, Options.Local, Options.Link, Options.Mark, tos);
        ref readonly OutputRoute<IPv4Address> route = ref way.Way;
        if (route.Error != Errno.None)
        {
            DropWithoutWay(frame, TellsNoRoute);
            return;
        }

        if (ReferenceEquals(route.Device, this) || Node.TunnelDepth >= MaximumDepth)
        {
            Drop(frame, DropReason.TunnelLoop);
            return;
        }

        bool dontFragment = Options.PathMtuDiscovery
            || (type == EtherType.IPv4 && !Options.IgnoreDontFragment && (inner[IPv4Header.FlagsOffset] & 0x40) != 0);
        if (!FitsPath(frame, type, remote, route, ref dontFragment))
        {
            Drop(frame, DropReason.PacketTooBig);
            return;
        }

        if (_errors > 0)
        {
            // The answer may have gone through a tunnel itself: what the cache gave before holds no more.
            TellErrors(frame, type);
            way = ref Underlay.IPv4.RouteTunnelled(remote, Options.Local, Options.Link, Options.Mark, tos);
        }

        byte ttl = Options.Ttl != 0 ? Options.Ttl : type switch
        {
            EtherType.IPv4 => inner[IPv4Header.TtlOffset],
            EtherType.IPv6 => inner[IPv6Header.HopLimitOffset],
            _ => (byte)0,
        };
        if (frame.Trace is not null)
        {
            TraceWrapped(frame, remote);
        }

        if (ReferenceEquals(Underlay, Namespace))
        {
            frame.ForgetConnection();
        }
        else
        {
            frame.Scrub();
        }

        // The room before a bare packet is part of what the outer headers need.
        frame.Prepend(IPv4Stack.OuterHeaders + HeaderLength - (HasLinkLayer ? 0 : EthernetHeader.Size));
        if (HeaderLength > 0)
        {
            WriteHeader(frame.Bytes[IPv4Stack.OuterHeaders..], type);
        }

        Node.TunnelDepth++;
        Underlay.IPv4.SendTunnelled(frame, ref way, Protocol, Ecn.Encapsulate(tos, innerTos), ttl, dontFragment);
        Node.TunnelDepth--;
    }

    /// <summary>
    /// tnl_update_pmtu: true if the packet may go. One that must not be fragmented and does not fit is answered with the MTU
    /// inside the tunnel; the way to its destination learns it (sit's version is its own).
    /// </summary>
    private protected virtual bool FitsPath(
        Frame frame, ushort type, IPv4Address remote, in OutputRoute<IPv4Address> route, ref bool dontFragment)
    {
        int length = frame.Length - EthernetHeader.Size;
        int mtu = dontFragment
            ? Underlay.IPv4.PathMtu(remote, route) - IPv4Header.MinimumSize - HeaderLength - LinkHeader
            : Mtu;
        if (mtu >= Mtu && length <= mtu)
        {
            return true;
        }

        TunnelPathMtu.Learn(this, frame, type, mtu);
        return length <= mtu || !TunnelPathMtu.Answer(this, frame, type, mtu);
    }

    /// <summary>The bytes of an inner Ethernet header that is carried along.</summary>
    private protected int LinkHeader => HasLinkLayer ? EthernetHeader.Size : 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TraceWrapped(Frame frame, IPv4Address remote) =>
        frame.Trace!.Add(Namespace, TraceStage.Tunnel, $"wrapped by {Name} for {remote}", this);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TraceUnwrapped(Frame frame) =>
        frame.Trace!.Add(Underlay, TraceStage.Tunnel, $"unwrapped by {Name}", this);

    private int GuessMtu()
    {
        // ip_tunnel_bind_dev: the device towards the far end, or the one that the tunnel is bound to, or Ethernet.
        NetDevice? way = null;
        if (!Options.Remote.IsUnspecified)
        {
            OutputRoute<IPv4Address> route = Underlay.IPv4.RouteOutput(Options.Remote, Options.Local, Options.Link);
            way = route.Error == Errno.None ? route.Device : null;
        }

        way ??= Options.Link;
        int mtu = (way?.Mtu ?? 1500) - IPv4Header.MinimumSize - HeaderLength - LinkHeader;
        return Math.Max(mtu, MinimumMtu);
    }

    /// <summary>No far end, or no way to it: dst_link_failure, and the packet is gone.</summary>
    private void DropWithoutWay(Frame frame, bool tells)
    {
        if (tells)
        {
            Namespace.IPv6.Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, Icmpv6Code.AddressUnreachable, 0);
        }

        Drop(frame, DropReason.TunnelNoRoute);
    }

    private void TellErrors(Frame frame, ushort type)
    {
        if (Node.Now >= _errorTime + ErrorTimeout)
        {
            _errors = 0;
            return;
        }

        // dst_link_failure: the inner sender hears of it, and the packet goes its way all the same.
        _errors--;
        if (type == EtherType.IPv4)
        {
            Namespace.IPv4.Icmp.SendError(frame, IcmpType.DestinationUnreachable, IcmpCode.HostUnreachable, 0);
        }
        else if (type == EtherType.IPv6)
        {
            Namespace.IPv6.Icmp.SendError(frame, Icmpv6Type.DestinationUnreachable, Icmpv6Code.AddressUnreachable, 0);
        }
    }
}
