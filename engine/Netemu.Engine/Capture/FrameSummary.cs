using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Capture;

/// <summary>One line about a frame in tcpdump's words, and its bytes without what differs from packet to packet.</summary>
public static class FrameSummary
{
    private const int NoPort = -1;

    /// <summary>tcpdump's line, without the time: "IP 10.1.0.2 > 10.2.0.2: ICMP echo request, id 1, seq 1, length 64".</summary>
    public static string Describe(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader.Size)
        {
            return $"[|ether] length {frame.Length}";
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetHeader.TypeOffset..]);
        ReadOnlySpan<byte> payload = frame[EthernetHeader.Size..];
        return Describe(type, payload, frame);
    }

    /// <summary>
    /// The headers with checksums and IP identification zeroed and payload left out: equal for frames that a count groups.
    /// </summary>
    public static byte[] Normalize(ReadOnlySpan<byte> frame)
    {
        byte[] bytes = frame[..HeadersLength(frame)].ToArray();
        if (bytes.Length < EthernetHeader.Size + IPv4Header.MinimumSize)
        {
            return bytes;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(EthernetHeader.TypeOffset));
        Span<byte> packet = bytes.AsSpan(EthernetHeader.Size);
        if (type == EtherType.IPv4)
        {
            packet.Slice(IPv4Header.IdentificationOffset, 2).Clear();
            packet.Slice(IPv4Header.ChecksumOffset, 2).Clear();
            ClearTransportChecksum(packet[(packet[0] & 0xF) * 4 > packet.Length ? ^0.. : ((packet[0] & 0xF) * 4)..], (IPProtocol)packet[IPv4Header.ProtocolOffset]);
        }
        else if (type == EtherType.IPv6 && packet.Length >= IPv6Header.Size)
        {
            ClearTransportChecksum(packet[IPv6Header.Size..], (IPProtocol)packet[IPv6Header.NextHeaderOffset]);
        }

        return bytes;
    }

    private static string Describe(ushort type, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> frame)
    {
        byte[] copy = payload.ToArray();
        switch (type)
        {
            case EtherType.IPv4 when IPv4Header.TryParseStructure(copy, out IPv4Header ip) == WireError.None:
                return $"IP {DescribeIPv4(ip)}";
            case EtherType.IPv6 when IPv6Header.TryParse(copy, out IPv6Header ip) == WireError.None:
                return $"IP6 {DescribeTransport(ip.Source.ToString(), ip.Destination.ToString(), ip.NextHeader, ip.Payload, isFirst: true)}";
            case EtherType.Arp when ArpPacket.TryParse(copy, out ArpPacket arp) == WireError.None:
                return $"ARP, {DescribeArp(arp)}, length {payload.Length}";
            default:
                return $"{MacAddress.Read(frame[6..])} > {MacAddress.Read(frame)}, ethertype 0x{type:x4}, length {frame.Length}";
        }
    }

    private static string DescribeArp(in ArpPacket arp) => arp.Operation switch
    {
        ArpOperation.Request when arp.SenderAddress == arp.TargetAddress => $"Announcement {arp.SenderAddress}",
        ArpOperation.Request when arp.SenderAddress.IsUnspecified => $"Probe {arp.TargetAddress}",
        ArpOperation.Request => $"Request who-has {arp.TargetAddress} tell {arp.SenderAddress}",
        ArpOperation.Reply => $"Reply {arp.SenderAddress} is-at {arp.SenderMac}",
        _ => $"operation {(int)arp.Operation}",
    };

    private static string DescribeIPv4(in IPv4Header ip)
    {
        string fragment = ip.IsFragment ? $" (frag offset {ip.FragmentOffset}{(ip.MoreFragments ? ", more" : string.Empty)})" : string.Empty;
        return DescribeTransport(ip.Source.ToString(), ip.Destination.ToString(), ip.Protocol, ip.Payload, ip.FragmentOffset == 0) + fragment;
    }

    private static string DescribeTransport(string source, string destination, IPProtocol protocol, Span<byte> payload, bool isFirst)
    {
        int from = NoPort;
        int to = NoPort;
        string text = $"{protocol.ToString().ToLowerInvariant()}, length {payload.Length}";
        if (!isFirst)
        {
            return $"{source} > {destination}: {text}";
        }

        switch (protocol)
        {
            case IPProtocol.Icmp when payload.Length >= IcmpHeader.Size:
                text = $"ICMP {DescribeIcmp(payload)}, length {payload.Length}";
                break;
            case IPProtocol.Icmpv6 when payload.Length >= Icmpv6Header.Size:
                text = $"ICMP6, {DescribeIcmpv6(payload)}, length {payload.Length}";
                break;
            case IPProtocol.Udp when payload.Length >= UdpHeader.Size:
                from = BinaryPrimitives.ReadUInt16BigEndian(payload);
                to = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
                text = $"UDP, length {payload.Length - UdpHeader.Size}";
                break;
            case IPProtocol.Tcp when TcpHeader.TryParse(payload, out TcpHeader tcp) == WireError.None:
                from = tcp.SourcePort;
                to = tcp.DestinationPort;
                text = DescribeTcp(tcp);
                break;
            default:
                break;
        }

        string ports = from == NoPort ? string.Empty : $".{from}";
        string toPort = to == NoPort ? string.Empty : $".{to}";
        return $"{source}{ports} > {destination}{toPort}: {text}";
    }

    private static string DescribeTcp(in TcpHeader tcp)
    {
        StringBuilder flags = new();
        foreach ((TcpFlags flag, char letter) in (ReadOnlySpan<(TcpFlags, char)>)[
            (TcpFlags.Fin, 'F'), (TcpFlags.Syn, 'S'), (TcpFlags.Rst, 'R'), (TcpFlags.Psh, 'P'), (TcpFlags.Ack, '.')])
        {
            if ((tcp.Flags & flag) != 0)
            {
                flags.Append(letter);
            }
        }

        return $"Flags [{flags}], seq {tcp.SequenceNumber}, ack {tcp.AcknowledgmentNumber}, win {tcp.Window}, length {tcp.Payload.Length}";
    }

    private static string DescribeIcmp(ReadOnlySpan<byte> message)
    {
        byte code = message[1];
        ushort high = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        ushort low = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        return (IcmpType)message[0] switch
        {
            IcmpType.EchoRequest => $"echo request, id {high}, seq {low}",
            IcmpType.EchoReply => $"echo reply, id {high}, seq {low}",
            IcmpType.DestinationUnreachable when code == IcmpCode.FragmentationNeeded =>
                $"{Quoted(message)} unreachable - need to frag (mtu {low})",
            IcmpType.DestinationUnreachable when code == IcmpCode.PortUnreachable => $"{Quoted(message)} {QuotedPort(message)} unreachable",
            IcmpType.DestinationUnreachable when code == IcmpCode.NetUnreachable => $"net {Quoted(message)} unreachable",
            IcmpType.DestinationUnreachable when code == IcmpCode.HostUnreachable => $"host {Quoted(message)} unreachable",
            IcmpType.DestinationUnreachable => $"{Quoted(message)} unreachable - code {code}",
            IcmpType.TimeExceeded => code == 0 ? "time exceeded in-transit" : "ip reassembly time exceeded",
            IcmpType.Redirect => $"redirect {Quoted(message)} to host {IPv4Address.Read(message[4..])}",
            _ => $"type {message[0]}, code {code}",
        };
    }

    private static string DescribeIcmpv6(ReadOnlySpan<byte> message) => (Icmpv6Type)message[0] switch
    {
        Icmpv6Type.EchoRequest => $"echo request, id {Word(message, 4)}, seq {Word(message, 6)}",
        Icmpv6Type.EchoReply => $"echo reply, id {Word(message, 4)}, seq {Word(message, 6)}",
        Icmpv6Type.NeighbourSolicitation when message.Length >= 24 => $"neighbor solicitation, who has {IPv6Address.Read(message[8..])}",
        Icmpv6Type.NeighbourAdvertisement when message.Length >= 24 => $"neighbor advertisement, tgt is {IPv6Address.Read(message[8..])}",
        _ => string.Create(CultureInfo.InvariantCulture, $"type {message[0]}, code {message[1]}"),
    };

    private static ushort Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);

    private static string Quoted(ReadOnlySpan<byte> message) =>
        message.Length >= IcmpHeader.Size + IPv4Header.MinimumSize
            ? IPv4Address.Read(message[(IcmpHeader.Size + IPv4Header.DestinationOffset)..]).ToString()
            : "unknown";

    private static string QuotedPort(ReadOnlySpan<byte> message)
    {
        const int Ports = IcmpHeader.Size + IPv4Header.MinimumSize;
        if (message.Length < Ports + 4)
        {
            return "port";
        }

        string protocol = ((IPProtocol)message[IcmpHeader.Size + IPv4Header.ProtocolOffset]).ToString().ToLowerInvariant();
        return string.Create(CultureInfo.InvariantCulture, $"{protocol} port {Word(message, Ports + 2)}");
    }

    private static void ClearTransportChecksum(Span<byte> segment, IPProtocol protocol)
    {
        int offset = protocol switch
        {
            IPProtocol.Icmp or IPProtocol.Icmpv6 => IcmpHeader.ChecksumOffset,
            IPProtocol.Udp => UdpHeader.ChecksumOffset,
            IPProtocol.Tcp => TcpHeader.ChecksumOffset,
            _ => int.MaxValue - 2,
        };
        if (segment.Length >= offset + 2)
        {
            segment.Slice(offset, 2).Clear();
        }
    }

    /// <summary>Where the payload of the innermost header that is known begins.</summary>
    private static int HeadersLength(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader.Size + 1)
        {
            return frame.Length;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetHeader.TypeOffset..]);
        int transport = EthernetHeader.Size;
        IPProtocol protocol;
        if (type == EtherType.IPv4 && frame.Length >= EthernetHeader.Size + IPv4Header.MinimumSize)
        {
            transport += (frame[EthernetHeader.Size] & 0xF) * 4;
            protocol = (IPProtocol)frame[EthernetHeader.Size + IPv4Header.ProtocolOffset];
        }
        else if (type == EtherType.IPv6 && frame.Length >= EthernetHeader.Size + IPv6Header.Size)
        {
            transport += IPv6Header.Size;
            protocol = (IPProtocol)frame[EthernetHeader.Size + IPv6Header.NextHeaderOffset];
        }
        else
        {
            return frame.Length;
        }

        int header = protocol switch
        {
            IPProtocol.Icmp or IPProtocol.Icmpv6 => IcmpHeader.Size,
            IPProtocol.Udp => UdpHeader.Size,
            IPProtocol.Tcp => frame.Length > transport + 12 ? (frame[transport + 12] >> 4) * 4 : TcpHeader.MinimumSize,
            _ => 0,
        };
        return Math.Min(frame.Length, transport + header);
    }
}
