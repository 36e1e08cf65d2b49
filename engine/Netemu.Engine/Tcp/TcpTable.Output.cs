using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.IPv4;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;

namespace Netemu.Engine.Tcp;

/// <summary>Segments out: route, frame, headers, checksum, signature.</summary>
public sealed partial class TcpTable
{
    /// <summary>Builds a segment of a connection in a frame of its own and sends it. What has no route is lost, as on the wire.</summary>
    internal void Send(
        TcpConnection connection,
        byte trafficClass,
        uint sequence,
        uint acknowledgment,
        TcpFlags flags,
        ushort window,
        ReadOnlySpan<byte> options,
        ref StreamRing payload,
        int offset,
        int length)
    {
        FlushSuper();
        int headerLength = TcpHeader.MinimumSize + options.Length;
        if (connection.RemoteAddress.IsIPv4)
        {
            OutputRoute<IPv4Address> route = RouteIPv4(connection);
            if (route.Error != Errno.None)
            {
                return;
            }

            Frame frame = BuildIPv4(
                route.Source, connection.RemoteAddress.IPv4, headerLength + length, connection.Ttl, trafficClass, out Span<byte> segment);
            options.CopyTo(segment[TcpHeader.MinimumSize..]);
            uint summed = InternetChecksum.PseudoHeader(route.Source, connection.RemoteAddress.IPv4, IPProtocol.Tcp, segment.Length)
                + Fill(segment[headerLength..], ref payload, offset, length);
            Finish(connection, segment, sequence, acknowledgment, headerLength, flags, window, summed);
            if (!TryLead(connection, frame, route, length, summed) && _space.IPv4.Send(frame, route) == Errno.EMSGSIZE)
            {
                connection.LowerSegmentSize();
            }
        }
        else
        {
            OutputRoute<IPv6Address> route = RouteIPv6(connection);
            if (route.Error != Errno.None)
            {
                return;
            }

            Frame frame = BuildIPv6(
                route, connection.RemoteAddress.IPv6, headerLength + length, connection.Ttl, trafficClass, out Span<byte> segment);
            options.CopyTo(segment[TcpHeader.MinimumSize..]);
            uint summed = InternetChecksum.PseudoHeader(route.Source, connection.RemoteAddress.IPv6, IPProtocol.Tcp, segment.Length)
                + Fill(segment[headerLength..], ref payload, offset, length);
            Finish(connection, segment, sequence, acknowledgment, headerLength, flags, window, summed);
            if (!TryLead(connection, frame, route, length, summed) && _space.IPv6.Send(frame, route) == Errno.EMSGSIZE)
            {
                connection.LowerSegmentSize();
            }
        }
    }

    /// <summary>Answers a segment that belongs to no connection with a reset (RFC 9293 section 3.10.7.1), never another reset.</summary>
    internal void SendReset(in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            return;
        }

        bool acknowledged = segment.Has(TcpFlags.Ack);
        uint sequence = acknowledged ? segment.AcknowledgmentNumber : 0;
        uint acknowledgment = acknowledged ? 0 : segment.End;
        TcpFlags flags = acknowledged ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack;
        _counters.OutRsts++;
        _counters.OutSegs++;
        if (segment.Source.IsIPv4)
        {
            IPv4Address to = segment.Source.IPv4;
            OutputRoute<IPv4Address> route = _space.IPv4.RouteOutput(to, segment.Destination.IPv4);
            if (route.Error != Errno.None)
            {
                return;
            }

            Frame frame = BuildIPv4(route.Source, to, TcpHeader.MinimumSize, 0, 0, out Span<byte> bytes);
            uint pseudo = InternetChecksum.PseudoHeader(route.Source, to, IPProtocol.Tcp, bytes.Length);
            TcpHeader.Write(
                bytes, segment.DestinationPort, segment.SourcePort, sequence, acknowledgment, TcpHeader.MinimumSize, flags, 0, pseudo);
            _space.IPv4.Send(frame, route);
        }
        else
        {
            IPv6Address to = segment.Source.IPv6;
            OutputRoute<IPv6Address> route =
                _space.IPv6.RouteOutput(to, segment.Destination.IPv6, to.IsLinkLocal ? segment.Device : null);
            if (route.Error != Errno.None)
            {
                return;
            }

            Frame frame = BuildIPv6(route, to, TcpHeader.MinimumSize, 0, 0, out Span<byte> bytes);
            uint pseudo = InternetChecksum.PseudoHeader(route.Source, to, IPProtocol.Tcp, bytes.Length);
            TcpHeader.Write(
                bytes, segment.DestinationPort, segment.SourcePort, sequence, acknowledgment, TcpHeader.MinimumSize, flags, 0, pseudo);
            _space.IPv6.Send(frame, route);
        }
    }

    /// <summary>The MTU of the way to the other side as it is known now; 576 or 1,280 where there is no way.</summary>
    internal int PathMtu(TcpConnection connection)
    {
        if (connection.RemoteAddress.IsIPv4)
        {
            OutputRoute<IPv4Address> route = RouteIPv4(connection);
            return route.Error == Errno.None ? _space.IPv4.PathMtu(connection.RemoteAddress.IPv4, route) : 576;
        }

        OutputRoute<IPv6Address> way = RouteIPv6(connection);
        return way.Error == Errno.None ? _space.IPv6.PathMtu(connection.RemoteAddress.IPv6, way) : 1280;
    }

    /// <summary>What a SYN says of the largest segment that is welcome: the MTU of the way out without its headers (RFC 6691).</summary>
    internal ushort OwnSegmentSize(TcpConnection connection)
    {
        int headers = TcpHeader.MinimumSize + (connection.RemoteAddress.IsIPv4 ? IPv4Header.MinimumSize : IPv6Header.Size);
        return (ushort)Math.Clamp(PathMtu(connection) - headers, 64, ushort.MaxValue - headers);
    }

    /// <summary>New data has been acknowledged: the next hop lives (dst_confirm).</summary>
    internal void ConfirmNeighbour(TcpConnection connection)
    {
        if (connection.RemoteAddress.IsIPv4)
        {
            Confirm(RouteIPv4(connection), _space.IPv4.Neighbours, connection.RemoteAddress.IPv4);
        }
        else
        {
            Confirm(RouteIPv6(connection), _space.IPv6.Neighbours, connection.RemoteAddress.IPv6);
        }
    }

    private static void Confirm<TAddress>(
        in OutputRoute<TAddress> route, NeighbourTable<TAddress> neighbours, TAddress destination)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (route.Error != Errno.None || route.Hop is null || route.Device is not { UsesNeighbours: true })
        {
            return;
        }

        NeighbourEntry<TAddress>? entry = route.Hop is { HasGateway: true, Neighbour.IsDead: false }
            ? route.Hop.Neighbour
            : neighbours.Find(route.Device, route.Hop.HasGateway ? route.Hop.Gateway : destination);
        if (entry is not null && entry.EffectiveState is NudState.Stale or NudState.Delay or NudState.Probe)
        {
            neighbours.Confirm(entry);
        }
    }

    /// <summary>Copies the payload and returns its sum.</summary>
    private static uint Fill(Span<byte> destination, ref StreamRing payload, int offset, int length) =>
        length > 0 ? payload.CopyAndSum(offset, destination[..length]) : 0;

    private Errno SelectSource(InternetAddress remote, InternetAddress wanted, NetDevice? scope, byte trafficClass, out InternetAddress local)
    {
        if (remote.IsIPv4)
        {
            OutputRoute<IPv4Address> route =
                _space.IPv4.RouteOutput(remote.IPv4, wanted.IsIPv4 ? wanted.IPv4 : default, null, 0, trafficClass);
            local = route.Source;
            return route.Error != Errno.None || route.Type is RouteType.Unicast or RouteType.Local ? route.Error : Errno.ENETUNREACH;
        }

        if (remote.IPv6.NeedsScope && scope is null)
        {
            // Without a device it is not said which link is meant (tcp_v6_connect).
            local = default;
            return Errno.EINVAL;
        }

        OutputRoute<IPv6Address> way =
            _space.IPv6.RouteOutput(remote.IPv6, wanted.IsIPv6 ? wanted.IPv6 : default, remote.IPv6.NeedsScope ? scope : null, 0, trafficClass);
        local = way.Source;
        return way.Error != Errno.None || way.Type is RouteType.Unicast or RouteType.Local ? way.Error : Errno.ENETUNREACH;
    }

    /// <summary>Ports choose among the members of a group.</summary>
    private OutputRoute<IPv4Address> RouteIPv4(TcpConnection connection) => _space.IPv4.RouteSocket(
        ref connection.Way, connection.RemoteAddress.IPv4, connection.LocalAddress.IPv4, connection.TrafficClass,
        TransportKey.Of(IPProtocol.Tcp, connection.LocalPort, connection.RemotePort));

    private OutputRoute<IPv6Address> RouteIPv6(TcpConnection connection) =>
        _space.IPv6.RouteOutput(
            connection.RemoteAddress.IPv6, connection.LocalAddress.IPv6, connection.Device, 0, connection.TrafficClass,
            TransportKey.Of(IPProtocol.Tcp, connection.LocalPort, connection.RemotePort));

    private Frame BuildIPv4(
        IPv4Address source, IPv4Address destination, int length, byte ttl, byte trafficClass, out Span<byte> segment)
    {
        int total = IPv4Header.MinimumSize + length;
        Frame frame = _space.Node.Emulation.Frames.Rent(IPv4Stack.NetworkOffset + total);
        Span<byte> packet = frame.Bytes[IPv4Stack.NetworkOffset..];
        ushort fragmentation = _space.Settings.IpNoPmtuDiscovery == 0 ? IPv4Header.DontFragmentFlag : (ushort)0;
        byte limit = ttl == 0 ? _space.Settings.IPv4DefaultTtl : ttl;
        IPv4Header.Write(packet, trafficClass, total, 0, fragmentation, limit, IPProtocol.Tcp, source, destination);
        segment = packet[IPv4Header.MinimumSize..];
        return frame;
    }

    private Frame BuildIPv6(
        in OutputRoute<IPv6Address> route, IPv6Address destination, int length, byte hopLimit, byte trafficClass, out Span<byte> segment)
    {
        Frame frame = _space.Node.Emulation.Frames.Rent(IPv4Stack.NetworkOffset + IPv6Header.Size + length);
        Span<byte> packet = frame.Bytes[IPv4Stack.NetworkOffset..];
        byte limit = hopLimit == 0 ? _space.SettingsOf(route.Device!).HopLimit : hopLimit;
        IPv6Header.Write(packet, trafficClass, 0, length, IPProtocol.Tcp, limit, route.Source, destination);
        segment = packet[IPv6Header.Size..];
        return frame;
    }

    private void Finish(
        TcpConnection connection,
        Span<byte> segment,
        uint sequence,
        uint acknowledgment,
        int headerLength,
        TcpFlags flags,
        ushort window,
        uint summed)
    {
        _counters.OutSegs++;
        if (connection.SignatureKey is byte[] key)
        {
            // The digest covers the fixed header, so that one goes first and its checksum is found last.
            WriteHeader(connection, segment, sequence, acknowledgment, headerLength, flags, window, summed);
            Span<byte> digest = segment.Slice(TcpHeader.MinimumSize + 4, TcpSignature.Size);
            TcpSignature.Compute(connection.LocalAddress, connection.RemoteAddress, segment, key, digest);
            BinaryPrimitives.WriteUInt16BigEndian(segment[TcpHeader.ChecksumOffset..], 0);
        }

        WriteHeader(connection, segment, sequence, acknowledgment, headerLength, flags, window, summed);
    }

    private static void WriteHeader(
        TcpConnection connection,
        Span<byte> segment,
        uint sequence,
        uint acknowledgment,
        int headerLength,
        TcpFlags flags,
        ushort window,
        uint summed) =>
        TcpHeader.Write(
            segment[..headerLength], connection.LocalPort, connection.RemotePort, sequence, acknowledgment, flags, window, summed);
}
