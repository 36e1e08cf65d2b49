using System;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests;

/// <summary>A frame in one line, without checksums, identifiers and payload.</summary>
internal static class FrameText
{
    public static string Of(ReadOnlySpan<byte> frame)
    {
        byte[] bytes = frame.ToArray();
        if (EthernetHeader.TryParse(bytes, out EthernetHeader header) != WireError.None)
        {
            return $"runt of {bytes.Length}";
        }

        string what = header.Type switch
        {
            EtherType.Arp => Arp(header.Payload),
            EtherType.IPv4 => IPv4(header.Payload),
            EtherType.IPv6 => IPv6.IPv6FrameText.Of(header.Payload),
            _ => $"type {header.Type:x4} size {header.Payload.Length}",
        };
        return $"{header.Source} > {header.Destination} {what}";
    }

    private static string Arp(Span<byte> bytes)
    {
        if (ArpPacket.TryParse(bytes, out ArpPacket packet) != WireError.None)
        {
            return "arp malformed";
        }

        return packet.Operation == ArpOperation.Request
            ? $"arp who has {packet.TargetAddress} tell {packet.SenderAddress}"
            : $"arp {packet.SenderAddress} is at {packet.SenderMac}";
    }

    private static string IPv4(Span<byte> bytes)
    {
        if (IPv4Header.TryParseStructure(bytes, out IPv4Header header) != WireError.None)
        {
            return $"ipv4 malformed size {bytes.Length}";
        }

        string path = $"{header.Source} > {header.Destination}";
        string fragment = header.IsFragment ? $" offset {header.FragmentOffset}{(header.MoreFragments ? "+" : string.Empty)}" : string.Empty;
        return $"{path} {Transport(header)} ttl {header.Ttl} size {header.TotalLength}{fragment}";
    }

    private static string Transport(IPv4Header header)
    {
        Span<byte> payload = header.Payload;
        if (header.FragmentOffset > 0)
        {
            return header.Protocol.ToString().ToLowerInvariant();
        }

        return header.Protocol switch
        {
            IPProtocol.Icmp when payload.Length >= 2 => $"icmp {payload[0]}/{payload[1]}",
            IPProtocol.Udp when payload.Length >= 4 => $"udp to {(payload[2] << 8) | payload[3]}",
            _ => header.Protocol.ToString().ToLowerInvariant(),
        };
    }
}
