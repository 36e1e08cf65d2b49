using System;
using System.Buffers.Binary;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.IPv6;

/// <summary>An IPv6 packet in words, without checksums, identifiers, flow labels and payload.</summary>
internal static class IPv6FrameText
{
    public static string Of(Span<byte> bytes)
    {
        if (IPv6Header.TryParse(bytes, out IPv6Header header) != WireError.None)
        {
            return $"ipv6 malformed size {bytes.Length}";
        }

        ReadOnlySpan<byte> packet = bytes[..(IPv6Header.Size + header.PayloadLength)];
        string path = $"{header.Source} > {header.Destination}";
        if (!IPv6Extensions.TryFindUpperLayer(packet, out IPProtocol protocol, out int offset, out int fragment))
        {
            return $"{path} cut off hop {header.HopLimit}";
        }

        if (fragment != 0)
        {
            return $"{path} {Fragment(packet)} hop {header.HopLimit}";
        }

        ReadOnlySpan<byte> upper = packet[offset..];
        string what = protocol switch
        {
            IPProtocol.Icmpv6 when upper.Length >= Icmpv6Header.Size => Icmp(upper),
            IPProtocol.Udp when upper.Length >= 4 => $"udp to {BinaryPrimitives.ReadUInt16BigEndian(upper[2..])} size {packet.Length}",
            _ => $"{protocol.ToString().ToLowerInvariant()} size {packet.Length}",
        };
        return $"{path} {what} hop {header.HopLimit}";
    }

    private static string Fragment(ReadOnlySpan<byte> packet)
    {
        ushort word = BinaryPrimitives.ReadUInt16BigEndian(packet[(IPv6Header.Size + 2)..]);
        string more = (word & IPv6Extensions.MoreFragmentsFlag) != 0 ? "+" : string.Empty;
        int size = packet.Length - IPv6Header.Size - IPv6Extensions.FragmentHeaderSize;
        return $"{((IPProtocol)packet[IPv6Header.Size]).ToString().ToLowerInvariant()} offset {word & IPv6Extensions.FragmentOffsetMask}{more} size {size}";
    }

    private static string Icmp(ReadOnlySpan<byte> message) => (Icmpv6Type)message[0] switch
    {
        Icmpv6Type.NeighbourSolicitation => $"nd who has {IPv6Address.Read(message[8..])}",
        Icmpv6Type.NeighbourAdvertisement => Advertisement(message),
        Icmpv6Type.MulticastListenerReportV2 => Report(message),
        Icmpv6Type.ParameterProblem => $"icmpv6 4/{message[1]} pointer {BinaryPrimitives.ReadUInt32BigEndian(message[4..])} size {message.Length}",
        _ => $"icmpv6 {message[0]}/{message[1]} size {message.Length}",
    };

    private static string Advertisement(ReadOnlySpan<byte> message)
    {
        uint flags = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        StringBuilder text = new($"nd {IPv6Address.Read(message[8..])} is ");
        text.Append(NeighbourDiscoveryOptions.TryFindMac(
            message[NeighbourMessage.FixedSize..], NeighbourDiscoveryOptions.TargetLinkLayer, out MacAddress mac) ? $"at {mac}" : "here");
        text.Append((flags & NeighbourMessage.RouterFlag) != 0 ? " router" : string.Empty);
        text.Append((flags & NeighbourMessage.SolicitedFlag) != 0 ? " solicited" : string.Empty);
        text.Append((flags & NeighbourMessage.OverrideFlag) != 0 ? " override" : string.Empty);
        return text.ToString();
    }

    private static string Report(ReadOnlySpan<byte> message)
    {
        StringBuilder text = new("mld 143 [");
        for (int offset = MulticastListenerMessage.ReportHeaderSize; offset + MulticastListenerMessage.RecordSize <= message.Length;
            offset += MulticastListenerMessage.RecordSize)
        {
            text.Append(text[^1] == '[' ? string.Empty : ", ").Append($"{message[offset]} {IPv6Address.Read(message[(offset + 4)..])}");
        }

        return text.Append(']').ToString();
    }
}
