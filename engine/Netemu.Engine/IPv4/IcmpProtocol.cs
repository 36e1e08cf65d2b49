using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter.Connections;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Engine.IPv4;

/// <summary>ICMP of one namespace (net/ipv4/icmp.c): echo, errors in both directions, redirects, and their limits.</summary>
public sealed class IcmpProtocol
{
    /// <summary>An error with its headers carries at most 576 bytes in all (RFC 1812 section 4.3.2.3).</summary>
    private const int MaximumErrorSize = 576;

    /// <summary>Precedence "internetwork control" for errors (RFC 1812 section 4.3.2.5).</summary>
    private const byte ErrorTrafficClass = 0xC0;

    private readonly IPv4Stack _stack;
    private Dictionary<ushort, PingSocket>? _sockets;
    private IcmpRateLimiter? _limiter;

    internal IcmpProtocol(IPv4Stack stack) => _stack = stack;

    /// <summary>The token buckets for errors; made on first use.</summary>
    public IcmpRateLimiter Limiter => _limiter ??= new IcmpRateLimiter(Namespace);

    private NetworkNamespace Namespace => _stack.Namespace;

    /// <summary>Sends an error about a packet, unless the rules or limits forbid it (icmp_send). The frame stays the caller's.</summary>
    internal void SendError(Frame frame, IcmpType type, byte code, uint rest)
    {
        Span<byte> packet = frame.Bytes[IPv4Stack.NetworkOffset..];
        IPv4Header header = new(packet);
        if (!MayAnswerWithError(frame, header))
        {
            return;
        }

        IPv4Address destination = header.Source;
        if (IsLimited(type, code) && !MaySend(destination, frame.Input))
        {
            return;
        }

        // From the address that was addressed, if it is ours; else from that of the device towards the source.
        IPv4Address own = _stack.IsDeliveredHere(header.Destination) ? header.Destination : default;
        if (own.IsUnspecified && Namespace.Settings.IcmpErrorsUseInboundAddress && frame.Input is not null)
        {
            own = _stack.SelectSource(frame.Input, default, RouteScope.Link);
        }

        SendQuoting(packet, destination, own, type, code, rest, frame.Trace);
    }

    /// <summary>Sends "use that gateway" to a source on the device that the packet leaves by (5/1).</summary>
    internal void SendRedirect(Frame frame, IPv4Address gateway, IPv4Address source)
    {
        // Of a connection that is translated, or may still be, a redirect would mislead: it ends in LOCAL_OUT, before the filter
        // table (nf_nat_icmp_reply_translation).
        if (Limiter.TakeRedirect(source) && frame.Connection is not Connection { MayBeTranslated: true })
        {
            SendQuoting(
                frame.Bytes[IPv4Stack.NetworkOffset..], source, default, IcmpType.Redirect, IcmpCode.RedirectHost, gateway.Value, frame.Trace);
        }
    }

    internal void Register(PingSocket socket) => (_sockets ??= [])[socket.Identifier] = socket;

    internal void Unregister(PingSocket socket) => _sockets?.Remove(socket.Identifier);

    /// <summary>True if no ping socket uses the identifier.</summary>
    internal bool IsFree(ushort identifier) => _sockets?.ContainsKey(identifier) != true;

    /// <summary>An ICMP message for this namespace. Takes ownership.</summary>
    internal void Receive(Frame frame, NetDevice device)
    {
        IPv4Header ip = new(frame.Bytes[IPv4Stack.NetworkOffset..]);
        WireError error = IcmpHeader.TryParse(ip.Payload, out IcmpHeader icmp);
        if (error != WireError.None)
        {
            Namespace.Drop(frame, error == WireError.BadChecksum ? DropReason.BadIcmpChecksum : DropReason.MalformedIcmp);
            return;
        }

        bool group = ip.Destination.IsMulticast || _stack.Routes.AddressType(ip.Destination) != RouteType.Local;
        switch (icmp.Type)
        {
            case IcmpType.EchoRequest:
                if (Namespace.Settings.IcmpEchoIgnoreAll || (group && Namespace.Settings.IcmpEchoIgnoreBroadcasts))
                {
                    Namespace.Drop(frame, DropReason.IcmpIgnored);
                    return;
                }

                Reply(frame, ip, icmp, group);
                break;
            case IcmpType.EchoReply:
                if (_sockets is not null && _sockets.TryGetValue(icmp.Identifier, out PingSocket? socket))
                {
                    socket.Deliver(ip.Source, icmp.SequenceNumber, ip.Ttl, icmp.Payload, ip.Options);
                }

                break;
            case IcmpType.DestinationUnreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem or IcmpType.Redirect:
                if (!ReceiveError(ip, icmp, device))
                {
                    Namespace.Drop(frame, DropReason.MalformedIcmp);
                    return;
                }

                break;
            default:
                Namespace.Drop(frame, DropReason.IcmpIgnored);
                return;
        }

        frame.Deliver();
    }

    /// <summary>icmpv4_mask_allow: path MTU discovery is never limited, whatever the mask says.</summary>
    private bool IsLimited(IcmpType type, byte code) =>
        (Namespace.Settings.IcmpRateMask >> (int)type & 1) != 0
        && !(type == IcmpType.DestinationUnreachable && code == IcmpCode.FragmentationNeeded);

    /// <summary>The namespace's bucket, unless the packet came by loopback, and the destination's (icmpv4_xrlim_allow).</summary>
    private bool MaySend(IPv4Address destination, NetDevice? input)
    {
        if (input is not (null or { IsLoopback: true }) && !Limiter.TakeGlobal())
        {
            return false;
        }

        if (_stack.IsLocal(destination))
        {
            return true;
        }

        if (!Limiter.TakeError(destination))
        {
            return false;
        }

        Limiter.ConsumeGlobal();
        return true;
    }

    /// <summary>RFC 1122 section 3.2.2: what must not be answered with an error.</summary>
    private bool MayAnswerWithError(Frame frame, in IPv4Header header)
    {
        if (frame.Type != PacketType.Host && frame.Input is not null && (frame.Flags & FrameFlags.LocallyGenerated) == 0)
        {
            return false;
        }

        IPv4Address destination = header.Destination;
        if (header.FragmentOffset != 0 || destination.IsMulticast || destination.IsBroadcast
            || _stack.Routes.AddressType(destination) == RouteType.Broadcast)
        {
            return false;
        }

        IPv4Address source = header.Source;
        if (source.IsUnspecified || source.IsMulticast || source.IsBroadcast)
        {
            return false;
        }

        if (header.Protocol != IPProtocol.Icmp)
        {
            return true;
        }

        // Never about an error; queries may be answered with one.
        ReadOnlySpan<byte> payload = header.Payload;
        return payload.Length > 0 && (IcmpType)payload[0] is IcmpType.EchoReply or IcmpType.EchoRequest or (IcmpType)13 or (IcmpType)14;
    }

    private void SendQuoting(
        ReadOnlySpan<byte> packet, IPv4Address destination, IPv4Address own, IcmpType type, byte code, uint rest, PacketTrace? trace)
    {
        OutputRoute<IPv4Address> route = _stack.RouteOutput(destination, own, null, 0, ErrorTrafficClass);
        if (route.Error != Errno.None)
        {
            return;
        }

        int quoted = Math.Min(packet.Length, MaximumErrorSize - IPv4Header.MinimumSize - IcmpHeader.Size);
        Span<byte> message = stackalloc byte[IcmpHeader.Size + quoted];
        packet[..quoted].CopyTo(message[IcmpHeader.Size..]);
        IcmpHeader.Write(message, type, code, rest);
        Span<byte> options = stackalloc byte[IPv4OptionRecorder.MaximumSize];
        _stack.SendDatagram(
            route, destination, IPProtocol.Icmp, message, 0, ErrorTrafficClass, PathMtuDiscovery.Dont, 0, trace?.Branch(),
            options[..EchoOptions(message[IcmpHeader.Size..], options, route.Source)]);
    }

    /// <summary>An echo reply from the address that was asked; to a group, from the device's own (icmp_reply).</summary>
    private void Reply(Frame frame, in IPv4Header ip, in IcmpHeader icmp, bool group)
    {
        OutputRoute<IPv4Address> route =
            _stack.RouteOutput(ip.Source, group ? default : ip.Destination, null, 0, ip.TrafficClass);
        if (route.Error != Errno.None)
        {
            return;
        }

        int length = ip.Payload.Length;
        byte[]? rented = length > 2048 ? new byte[length] : null;
        Span<byte> message = rented ?? stackalloc byte[length];
        ip.Payload.CopyTo(message);
        IcmpHeader.Write(message, IcmpType.EchoReply, 0, icmp.Rest);
        Span<byte> options = stackalloc byte[IPv4OptionRecorder.MaximumSize];
        _stack.SendDatagram(
            route, ip.Source, IPProtocol.Icmp, message, 0, ip.TrafficClass, PathMtuDiscovery.Dont, 0, frame.Trace?.Branch(),
            options[..EchoOptions(frame.Bytes[IPv4Stack.NetworkOffset..], options, route.Source)]);
    }

    /// <summary>What an answer to a packet says of the route and the times on it; the length, 0 for most.</summary>
    private int EchoOptions(Span<byte> packet, Span<byte> options, IPv4Address source)
    {
        if (packet.Length < IPv4Header.MinimumSize || packet[0] == IPv4Stack.NoOptions)
        {
            return 0;
        }

        int headerLength = new IPv4Header(packet).HeaderLength;
        return headerLength > packet.Length || IPv4Options.FindError(packet[..headerLength]) != 0
            ? 0
            : IPv4OptionRecorder.Echo(packet[IPv4Header.MinimumSize..headerLength], options, source, _stack.OptionTime, _stack.IsLocal);
    }

    /// <summary>An error about something that this namespace sent; false if what it quotes can't be read.</summary>
    private bool ReceiveError(in IPv4Header ip, in IcmpHeader icmp, NetDevice device)
    {
        Span<byte> quoted = icmp.Payload;
        if (quoted.Length < IPv4Header.MinimumSize || quoted[0] >> 4 != 4)
        {
            return false;
        }

        IPv4Header offending = new(quoted);
        int headerLength = offending.HeaderLength;
        if (headerLength < IPv4Header.MinimumSize || quoted.Length < headerLength + 8)
        {
            return false;
        }

        IPv4Address destination = offending.Destination;
        if (icmp.Type == IcmpType.Redirect)
        {
            AcceptRedirect(device, ip.Source, destination, new IPv4Address(icmp.Rest));
            if (offending.Protocol == IPProtocol.Icmp
                && _sockets?.GetValueOrDefault(BinaryPrimitives.ReadUInt16BigEndian(quoted[(headerLength + 4)..])) is { } pinger)
            {
                ushort redirected = BinaryPrimitives.ReadUInt16BigEndian(quoted[(headerLength + 6)..]);
                pinger.DeliverRedirect(ip.Source, redirected, icmp.Code, icmp.Rest, ip.Ttl, destination);
            }

            return true;
        }

        if (icmp.Type == IcmpType.DestinationUnreachable && icmp.Code == IcmpCode.FragmentationNeeded
            && Namespace.Settings.IpNoPmtuDiscovery == 0
            && (offending.Protocol != IPProtocol.Tcp || Namespace.TcpOrNull?.Expects(quoted) == true))
        {
            int mtu = icmp.Mtu > 0 ? icmp.Mtu : 576;
            _stack.Exceptions.LearnMtu(destination, mtu);
        }

        switch (offending.Protocol)
        {
            case IPProtocol.Icmp:
                ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(quoted[(headerLength + 4)..]);
                ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(quoted[(headerLength + 6)..]);
                if (_sockets is not null && _sockets.TryGetValue(identifier, out PingSocket? socket))
                {
                    socket.DeliverError(ip.Source, sequence, (byte)icmp.Type, icmp.Code, icmp.Rest, ip.Ttl, destination);
                }

                break;
            case IPProtocol.Udp:
                Namespace.UdpOrNull?.Error(quoted, (byte)icmp.Type, icmp.Code, icmp.Rest, ip.Source);
                break;
            case IPProtocol.Tcp:
                Namespace.TcpOrNull?.Error(quoted, (byte)icmp.Type, icmp.Code, icmp.Rest, ip.Source);
                break;
            case IPProtocol.IPv4 or IPProtocol.IPv6 or IPProtocol.Gre:
                Namespace.TunnelsOrNull?.Error(quoted, icmp.Type, icmp.Code);
                break;
        }

        return true;
    }

    /// <summary>A better gateway, believed if it comes from the present one and lies on the same link (ip_do_redirect).</summary>
    private void AcceptRedirect(NetDevice device, IPv4Address from, IPv4Address destination, IPv4Address gateway)
    {
        InterfaceSettings settings = Namespace.SettingsOf(device);
        InterfaceSettings all = Namespace.Settings.All;
        bool accepts = settings.Forwarding
            ? settings.AcceptRedirects && all.AcceptRedirects
            : settings.AcceptRedirects || all.AcceptRedirects;
        OutputRoute<IPv4Address> now = _stack.RouteOutput(destination);
        if (!accepts || gateway.IsMulticast || _stack.Routes.AddressType(gateway) != RouteType.Unicast
            || now.Hop is null || !now.Hop.HasGateway || now.Hop.Gateway != from || !ReferenceEquals(now.Device, device))
        {
            return;
        }

        _stack.Exceptions.LearnRedirect(destination, new NextHop<IPv4Address>(device, gateway, hasGateway: true));
    }
}
