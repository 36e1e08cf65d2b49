using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Engine.Tracing;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// One packet of a conversation as a probe sends it: of any protocol and family, with the fields that policy looks at.
/// </summary>
internal readonly record struct ConnectPacket(IPProtocol Protocol, InternetAddress Destination)
{
    private const int Filler = 8;

    /// <summary>None leaves the choice to the sender's routes.</summary>
    public InternetAddress Source { get; init; }

    public ushort SourcePort { get; init; }

    public ushort DestinationPort { get; init; }

    public byte IcmpType { get; init; }

    public byte IcmpCode { get; init; }

    public uint Mark { get; init; }

    public TcpFlags Flags { get; init; }

    public uint Sequence { get; init; }

    public uint Acknowledgement { get; init; }

    /// <summary>Sends the packet from a namespace; the trace may hear of its end inside this very call.</summary>
    public Errno Send(NetworkNamespace from, PacketTrace? trace)
    {
        if (Destination.IsIPv4)
        {
            OutputRoute<IPv4Address> route = from.IPv4.RouteOutput(Destination.IPv4, Source.IsIPv4 ? Source.IPv4 : default);
            return route.Error != Errno.None ? route.Error : from.IPv4.SendDatagram(
                route, Destination.IPv4, Protocol, Payload(route.Source), 0, 0, PathMtuDiscovery.Want, Mark, trace);
        }

        OutputRoute<IPv6Address> way = from.IPv6.RouteOutput(Destination.IPv6, Source.IsIPv6 ? Source.IPv6 : default);
        return way.Error != Errno.None ? way.Error : from.IPv6.SendDatagram(way, Destination.IPv6, Protocol, Payload(way.Source), trace);
    }

    private byte[] Payload(InternetAddress source) => Protocol switch
    {
        IPProtocol.Tcp => Segment(source),
        IPProtocol.Udp => Datagram(source),
        IPProtocol.Icmp or IPProtocol.Icmpv6 => Message(source),
        _ => Other(),
    };

    private byte[] Segment(InternetAddress source)
    {
        byte[] segment = new byte[TcpHeader.MinimumSize];
        TcpHeader.Write(
            segment, SourcePort, DestinationPort, Sequence, Acknowledgement, TcpHeader.MinimumSize, Flags, 64_240,
            PseudoHeader(source, segment.Length));
        return segment;
    }

    private byte[] Datagram(InternetAddress source)
    {
        // Empty: filler would be a malformed message of whatever protocol owns the port.
        byte[] datagram = new byte[UdpHeader.Size];
        UdpHeader.Write(datagram, SourcePort, DestinationPort, PseudoHeader(source, datagram.Length));
        return datagram;
    }

    private byte[] Message(InternetAddress source)
    {
        byte[] message = new byte[IcmpHeader.Size + Filler];
        uint rest = ((uint)SourcePort << 16) | 1;
        if (source.IsIPv4)
        {
            IcmpHeader.Write(message, (IcmpType)IcmpType, IcmpCode, rest);
        }
        else
        {
            Icmpv6Header.Write(message, (Icmpv6Type)IcmpType, IcmpCode, rest, source.IPv6, Destination.IPv6);
        }

        return message;
    }

    /// <summary>Ports stand first in SCTP and its like; for the others these are just bytes.</summary>
    private byte[] Other()
    {
        byte[] bytes = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), DestinationPort);
        return bytes;
    }

    private uint PseudoHeader(InternetAddress source, int length) => source.IsIPv4
        ? InternetChecksum.PseudoHeader(source.IPv4, Destination.IPv4, Protocol, length)
        : InternetChecksum.PseudoHeader(source.IPv6, Destination.IPv6, Protocol, length);
}
