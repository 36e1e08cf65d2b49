using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv6;

/// <summary>
/// ICMPv6 of one namespace (RFC 4443; net/ipv6/icmp.c): echo and errors in both directions with their limits. Neighbour
/// discovery and multicast listening have classes of their own.
/// </summary>
public sealed class Icmpv6Protocol
{
    /// <summary>As much of the offending packet as fits the minimum MTU (RFC 4443 section 2.4 (c)).</summary>
    private const int MaximumErrorSize = 1280;

    private readonly IPv6Stack _stack;
    private Dictionary<ushort, PingSocket>? _sockets;

    internal Icmpv6Protocol(IPv6Stack stack) => _stack = stack;

    /// <summary>The buckets for errors; one set for both families, as inet_peer and icmp_global are in the kernel.</summary>
    internal IcmpRateLimiter Limiter => Namespace.IPv4.Icmp.Limiter;

    private NetworkNamespace Namespace => _stack.Namespace;

    internal void Register(PingSocket socket) => (_sockets ??= [])[socket.Identifier] = socket;

    internal void Unregister(PingSocket socket) => _sockets?.Remove(socket.Identifier);

    internal bool IsFree(ushort identifier) => _sockets?.ContainsKey(identifier) != true;

    internal Errno SendEcho(IPv6Address destination, Span<byte> message, uint rest, PingOptions options, PacketTrace? trace)
    {
        OutputRoute<IPv6Address> route = _stack.RouteOutput(
            destination, options.Source.IsIPv6 ? options.Source.IPv6 : default, options.Device, options.Mark, options.TrafficClass,
            TransportKey.Of(IPProtocol.Icmpv6));
        if (route.Error != Errno.None)
        {
            return route.Error;
        }

        if (destination.IsUnspecified)
        {
            destination = route.Source;
        }

        Icmpv6Header.Write(message, Icmpv6Type.EchoRequest, 0, rest, route.Source, destination);
        return _stack.SendPacket(
            route, destination, IPProtocol.Icmpv6, message, options.Ttl, options.TrafficClass, trace, options.Discovery, options.Mark,
            loop: destination.IsMulticast);
    }

    /// <summary>Sends an error about a packet, unless the rules or limits forbid it (icmp6_send). The frame stays the caller's.</summary>
    internal void SendError(Frame frame, Icmpv6Type type, byte code, uint rest)
    {
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        IPv6Header header = new(packet);
        IPv6Address source = header.Source;
        if (source.IsUnspecified || source.IsMulticast || IsAboutError(packet))
        {
            return;
        }

        // RFC 4443 section 2.4 (e.3): what was sent to a group is answered only where path MTU discovery or options need it.
        bool received = frame.Input is not null && (frame.Flags & FrameFlags.LocallyGenerated) == 0;
        bool group = header.Destination.IsMulticast || (frame.Type != PacketType.Host && received);
        bool always = type == Icmpv6Type.PacketTooBig
            || (type == Icmpv6Type.ParameterProblem && code == Icmpv6Code.UnrecognisedOption && packet[(int)rest] >> 6 == 2);
        if (group && !always)
        {
            return;
        }

        bool limited = ((Namespace.Settings.Icmpv6RateMask >> (int)type) & 1) != 0;
        bool local = frame.Input is null or { IsLoopback: true };
        if (limited && !local && !Limiter.TakeGlobal())
        {
            return;
        }

        IPv6Address own = group ? default : OwnAddressFor(header.Destination, frame.Input);
        NetDevice? device = source.NeedsScope ? frame.Input : null;
        OutputRoute<IPv6Address> route = _stack.RouteOutput(source, own, device);
        if (route.Error != Errno.None)
        {
            return;
        }

        if (own.IsUnspecified && frame.Input is { IsLoopback: false } input)
        {
            // "A more meaningful source": that of the device that the packet came in by.
            IPv6Address better = _stack.SelectSource(input, source);
            route = better.IsUnspecified ? route : route with { Source = better };
        }

        if (limited && route.Device is not { IsLoopback: true } && !TakeFromPeer(source))
        {
            return;
        }

        int quoted = Math.Min(packet.Length, MaximumErrorSize - IPv6Header.Size - Icmpv6Header.Size);
        Span<byte> message = stackalloc byte[Icmpv6Header.Size + quoted];
        packet[..quoted].CopyTo(message[Icmpv6Header.Size..]);
        Icmpv6Header.Write(message, type, code, rest, route.Source, source);
        _stack.SendPacket(route, source, IPProtocol.Icmpv6, message, 0, 0, frame.Trace?.Branch());
    }

    /// <summary>An ICMPv6 message for this namespace, at an offset of the packet. Takes ownership.</summary>
    internal void Receive(Frame frame, NetDevice device, int offset)
    {
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        IPv6Header ip = new(packet);
        Span<byte> message = packet[offset..];
        WireError error = Icmpv6Header.TryParse(message, ip.Source, ip.Destination, out Icmpv6Header icmp);
        if (error != WireError.None)
        {
            Namespace.Drop(frame, error == WireError.BadChecksum ? DropReason.BadIcmpChecksum : DropReason.MalformedIcmp);
            return;
        }

        DropReason reason = icmp.Type switch
        {
            Icmpv6Type.EchoRequest => Reply(frame, ip, icmp, message, device),
            Icmpv6Type.EchoReply => TakeReply(ip, icmp),
            >= Icmpv6Type.RouterSolicitation and <= Icmpv6Type.Redirect =>
                _stack.Ndp.Receive(ip, message, frame, device) ? DropReason.None : DropReason.NdpInvalid,
            >= Icmpv6Type.MulticastListenerQuery and <= Icmpv6Type.MulticastListenerDone or Icmpv6Type.MulticastListenerReportV2 =>
                ReceiveListener(ip, message, device),
            _ when icmp.IsError => ReceiveError(ip, icmp) ? DropReason.None : DropReason.MalformedIcmp,
            _ => DropReason.IcmpIgnored,
        };
        if (reason == DropReason.None)
        {
            frame.Deliver();
        }
        else
        {
            Namespace.Drop(frame, reason);
        }
    }

    /// <summary>RFC 4443 section 2.4 (e.1): never about an error, nor about something that may be one (is_ineligible).</summary>
    private static bool IsAboutError(ReadOnlySpan<byte> packet)
    {
        if (!IPv6Extensions.TryFindUpperLayer(packet, out IPProtocol protocol, out int offset, out int fragment))
        {
            return false;
        }

        if (protocol != IPProtocol.Icmpv6)
        {
            return false;
        }

        return offset < packet.Length ? packet[offset] < 128 : fragment == 0;
    }

    /// <summary>The address that was asked for, if it is ours.</summary>
    private IPv6Address OwnAddressFor(IPv6Address destination, NetDevice? input) =>
        _stack.IsLocal(destination) && (!destination.IsLinkLocal || input is null || _stack.Find(input, destination) is not null)
            ? destination
            : default;

    /// <summary>icmpv6_xrlim_allow: one error in 100 ms for a host, in less for the source of a wider route.</summary>
    private bool TakeFromPeer(IPv6Address source)
    {
        int prefixLength = _stack.Routes.Lookup(source)?.Prefix.Length ?? (source.IsLinkLocal ? 64 : 0);
        if (!Limiter.TakeError(source, (long)Namespace.Settings.Icmpv6RateLimit >> ((128 - prefixLength) >> 5)))
        {
            return false;
        }

        Limiter.ConsumeGlobal();
        return true;
    }

    private DropReason Reply(Frame frame, in IPv6Header ip, in Icmpv6Header icmp, ReadOnlySpan<byte> request, NetDevice device)
    {
        IPv6Address asked = ip.Destination;
        bool group = asked.IsMulticast;
        bool anycast = !group && !_stack.IsLocal(asked) && !Namespace.Settings.IpNonlocalBind;
        NamespaceSettings settings = Namespace.Settings;
        if (settings.Icmpv6EchoIgnoreAll || (group && settings.Icmpv6EchoIgnoreMulticast) || (anycast && settings.Icmpv6EchoIgnoreAnycast))
        {
            return DropReason.IcmpIgnored;
        }

        IPv6Address own = group || (anycast && !settings.AnycastSourceEchoReply) ? default : asked;
        NetDevice? way = ip.Source.NeedsScope || group ? device : null;
        OutputRoute<IPv6Address> route = device.IsLoopback
            ? _stack.RouteOutput(ip.Source, own)
            : _stack.RouteOutput(ip.Source, own, way);
        if (route.Error != Errno.None)
        {
            return DropReason.None;
        }

        byte[]? rented = request.Length > 2048 ? new byte[request.Length] : null;
        Span<byte> message = rented ?? stackalloc byte[request.Length];
        request.CopyTo(message);
        Icmpv6Header.Write(message, Icmpv6Type.EchoReply, 0, icmp.Rest, route.Source, ip.Source);
        _stack.SendPacket(route, ip.Source, IPProtocol.Icmpv6, message, 0, ip.TrafficClass, frame.Trace?.Branch());
        return DropReason.None;
    }

    private DropReason TakeReply(in IPv6Header ip, in Icmpv6Header icmp)
    {
        if (_sockets is not null && _sockets.TryGetValue(icmp.Identifier, out PingSocket? socket))
        {
            socket.Deliver(ip.Source, icmp.SequenceNumber, ip.HopLimit, icmp.Payload);
        }

        return DropReason.None;
    }

    /// <summary>RFC 3810 section 6.2: from a link-local address, with hop limit 1.</summary>
    private static DropReason ReceiveListener(in IPv6Header ip, ReadOnlySpan<byte> message, NetDevice device)
    {
        if (ip.HopLimit != 1 || !ip.Source.IsLinkLocal || message.Length < MulticastListenerMessage.Version1Size
            || device.IPv6 is not { } own)
        {
            return DropReason.IcmpIgnored;
        }

        switch ((Icmpv6Type)message[0])
        {
            case Icmpv6Type.MulticastListenerQuery:
                own.Listener.ReceiveQuery(message);
                return DropReason.None;
            case Icmpv6Type.MulticastListenerReport:
                own.Listener.ReceiveReport(MulticastListenerMessage.Group(message));
                return DropReason.None;
            default:
                return DropReason.IcmpIgnored;
        }
    }

    /// <summary>An error about something that this namespace sent; false if what it quotes can't be read.</summary>
    private bool ReceiveError(in IPv6Header ip, in Icmpv6Header icmp)
    {
        Span<byte> quoted = icmp.Payload;
        if (quoted.Length < IPv6Header.Size || quoted[0] >> 4 != 6
            || !IPv6Extensions.TryFindUpperLayer(quoted, out IPProtocol protocol, out int offset, out int fragment))
        {
            return false;
        }

        IPv6Header offending = new(quoted);
        if (icmp.Type == Icmpv6Type.PacketTooBig && _stack.IsLocal(offending.Source)
            && (protocol != IPProtocol.Tcp || offset != IPv6Header.Size || Namespace.TcpOrNull?.Expects(quoted) == true))
        {
            _stack.LearnMtu(offending.Destination, icmp.Rest);
        }

        Span<byte> upper = quoted[offset..];
        if ((fragment & IPv6Extensions.FragmentOffsetMask) != 0 || upper.Length < 8)
        {
            return true;
        }

        switch (protocol)
        {
            case IPProtocol.Icmpv6:
                ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(upper[4..]);
                if (_sockets is not null && _sockets.TryGetValue(identifier, out PingSocket? socket))
                {
                    ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(upper[6..]);
                    socket.DeliverError(ip.Source, sequence, (byte)icmp.Type, icmp.Code, icmp.Rest, ip.HopLimit, offending.Destination);
                }

                break;
            case IPProtocol.Udp:
                Namespace.UdpOrNull?.Error(offending.Source, upper, (byte)icmp.Type, icmp.Code, icmp.Rest, ip.Source);
                break;
            case IPProtocol.Tcp when offset == IPv6Header.Size:
                Namespace.TcpOrNull?.Error(quoted, (byte)icmp.Type, icmp.Code, icmp.Rest, ip.Source);
                break;
        }

        return true;
    }
}
