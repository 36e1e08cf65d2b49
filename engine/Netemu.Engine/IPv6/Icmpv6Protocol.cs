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

/// <summary>ICMPv6 of one namespace (RFC 4443; net/ipv6/icmp.c): echo, errors, and the messages of neighbour discovery.</summary>
public sealed class Icmpv6Protocol
{
    /// <summary>As much of the offending packet as fits the minimum MTU (RFC 4443 section 2.4 (c)).</summary>
    private const int MaximumErrorSize = 1280;

    private readonly IPv6Stack _stack;
    private Dictionary<ushort, PingSocket>? _sockets;
    private IcmpRateLimiter? _limiter;

    internal Icmpv6Protocol(IPv6Stack stack) => _stack = stack;

    private NetworkNamespace Namespace => _stack.Namespace;

    internal void Register(PingSocket socket) => (_sockets ??= [])[socket.Identifier] = socket;

    internal void Unregister(PingSocket socket) => _sockets?.Remove(socket.Identifier);

    internal bool IsFree(ushort identifier) => _sockets?.ContainsKey(identifier) != true;

    internal Errno SendEcho(IPv6Address destination, Span<byte> message, uint rest, PingOptions options, PacketTrace? trace)
    {
        OutputRoute<IPv6Address> route =
            _stack.RouteOutput(destination, options.Source.IsIPv6 ? options.Source.IPv6 : default, options.Device);
        if (route.Error != Errno.None)
        {
            return route.Error;
        }

        Icmpv6Header.Write(message, Icmpv6Type.EchoRequest, 0, rest, route.Source, destination);
        return _stack.SendPacket(route, destination, IPProtocol.Icmpv6, message, options.Ttl, options.TrafficClass, trace);
    }

    /// <summary>Sends an error about a packet, unless the rules or limits forbid it. The frame stays the caller's.</summary>
    internal void SendError(Frame frame, Icmpv6Type type, byte code, uint rest)
    {
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        IPv6Header header = new(packet);
        IPv6Address source = header.Source;

        // RFC 4443 section 2.4 (e): not about errors, nor about what was sent to a group (but for "too big").
        bool group = header.Destination.IsMulticast || (frame.Type != PacketType.Host && frame.Input is not null);
        bool aboutError = header.NextHeader == IPProtocol.Icmpv6 && header.PayloadLength > 0 && packet[IPv6Header.Size] < 128;
        if (aboutError || source.IsUnspecified || source.IsMulticast || (group && type != Icmpv6Type.PacketTooBig))
        {
            return;
        }

        _limiter ??= new IcmpRateLimiter(Namespace);
        if (type != Icmpv6Type.PacketTooBig && !_stack.IsLocal(source) && !_limiter.TakeError(source))
        {
            return;
        }

        IPv6Address own = _stack.IsLocal(header.Destination) ? header.Destination : default;
        OutputRoute<IPv6Address> route = _stack.RouteOutput(source, own, source.IsLinkLocal ? frame.Input : null);
        if (route.Error != Errno.None)
        {
            return;
        }

        int quoted = Math.Min(packet.Length, MaximumErrorSize - IPv6Header.Size - Icmpv6Header.Size);
        Span<byte> message = stackalloc byte[Icmpv6Header.Size + quoted];
        packet[..quoted].CopyTo(message[Icmpv6Header.Size..]);
        Icmpv6Header.Write(message, type, code, rest, route.Source, source);
        _stack.SendPacket(route, source, IPProtocol.Icmpv6, message, 0, 0, frame.Trace?.Branch());
    }

    /// <summary>An ICMPv6 message for this namespace. Takes ownership.</summary>
    internal void Receive(Frame frame, NetDevice device)
    {
        IPv6Header ip = new(frame.Bytes[EthernetHeader.Size..]);
        WireError error = Icmpv6Header.TryParse(ip.Payload, ip.Source, ip.Destination, out Icmpv6Header icmp);
        if (error != WireError.None)
        {
            Namespace.Drop(frame, error == WireError.BadChecksum ? DropReason.BadIcmpChecksum : DropReason.MalformedIcmp);
            return;
        }

        switch (icmp.Type)
        {
            case Icmpv6Type.EchoRequest:
                Reply(frame, ip, icmp, device);
                break;
            case Icmpv6Type.EchoReply:
                if (_sockets is not null && _sockets.TryGetValue(icmp.Identifier, out PingSocket? socket))
                {
                    socket.Deliver(ip.Source, icmp.SequenceNumber, ip.HopLimit, icmp.Payload);
                }

                break;
            case Icmpv6Type.NeighbourSolicitation or Icmpv6Type.NeighbourAdvertisement:
                if (!_stack.Ndp.Receive(ip, device))
                {
                    Namespace.Drop(frame, DropReason.NdpInvalid);
                    return;
                }

                break;
            default:
                if (!icmp.IsError)
                {
                    Namespace.Drop(frame, DropReason.IcmpIgnored);
                    return;
                }

                ReceiveError(ip, icmp);
                break;
        }

        frame.Deliver();
    }

    private void Reply(Frame frame, in IPv6Header ip, in Icmpv6Header icmp, NetDevice device)
    {
        IPv6Address own = ip.Destination.IsMulticast ? default : ip.Destination;
        OutputRoute<IPv6Address> route = _stack.RouteOutput(ip.Source, own, ip.Source.IsLinkLocal ? device : null);
        if (route.Error != Errno.None)
        {
            return;
        }

        int length = ip.Payload.Length;
        byte[]? rented = length > 2048 ? new byte[length] : null;
        Span<byte> message = rented ?? stackalloc byte[length];
        ip.Payload.CopyTo(message);
        Icmpv6Header.Write(message, Icmpv6Type.EchoReply, 0, icmp.Rest, route.Source, ip.Source);
        _stack.SendPacket(route, ip.Source, IPProtocol.Icmpv6, message, 0, ip.TrafficClass, frame.Trace?.Branch());
    }

    private void ReceiveError(in IPv6Header ip, in Icmpv6Header icmp)
    {
        Span<byte> quoted = icmp.Payload;
        if (quoted.Length < IPv6Header.Size + 8 || quoted[0] >> 4 != 6)
        {
            return;
        }

        IPv6Header offending = new(quoted);
        if (icmp.Type == Icmpv6Type.PacketTooBig)
        {
            _stack.LearnMtu(offending.Destination, (int)Math.Min(icmp.Rest, ushort.MaxValue));
        }

        Span<byte> upper = quoted[IPv6Header.Size..];
        switch (offending.NextHeader)
        {
            case IPProtocol.Icmpv6:
                ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(upper[4..]);
                if (_sockets is not null && _sockets.TryGetValue(identifier, out PingSocket? socket))
                {
                    ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(upper[6..]);
                    socket.DeliverError(ip.Source, sequence, (byte)icmp.Type, icmp.Code, icmp.Rest, ip.HopLimit);
                }

                break;
            case IPProtocol.Udp:
                Namespace.UdpOrNull?.Error(offending.Source, upper, (byte)icmp.Type, icmp.Code, icmp.Rest, ip.Source);
                break;
            case IPProtocol.Tcp:
                Namespace.TcpOrNull?.Error(quoted, (byte)icmp.Type, icmp.Code, icmp.Rest, ip.Source);
                break;
        }
    }
}
