using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;

namespace Netemu.Core.Tests.Wire;

/// <summary>Every view on every truncation and on random bytes: an error value, or accessors that cannot fail.</summary>
public sealed class HostileBytesTests
{
    /// <summary>Reads a header and everything it offers.</summary>
    private delegate WireError Reader(Span<byte> bytes);

    /// <summary>A valid message of each protocol; all lengths in it are right.</summary>
    private static readonly SortedDictionary<string, (string Valid, int Minimum, Reader Read)> Protocols = new(StringComparer.Ordinal)
    {
        ["Ethernet"] = ("021122334455 020000000022 0800", 14, ReadEthernet),
        ["802.1Q"] = ("8100 2123", 4, ReadVlan),
        ["ARP"] = ("0001 0800 06 04 0001 021122334455 0A000001 000000000000 0A000002", 28, ReadArp),
        ["IPv4"] = ("46 B8 0019 0000 2003 05 11 EC12 0A000001 0A000002 94040000 77", 20, ReadIPv4),
        ["IPv6"] = ("6AB12345 0002 3A FF 20010DB8000000000000000000000001 20010DB8000000000000000000000002 7788", 40, ReadIPv6),
        ["ICMP"] = ("08 00 EEF6 0001 0002 0102030405", 8, ReadIcmp),
        ["ICMPv6"] = ("80 00 1B3A 0001 0002 0102030405", 8, ReadIcmpv6),
        ["NDP"] = ("87 00 7F2E 00000000 20010DB8000000000000000000000002 01 01 021122334455", 24, ReadNeighbour),
        ["UDP"] = ("3039 0035 000D 7791 68656C6C6F", 8, ReadUdp),
        ["TCP"] = ("0050 C001 01020304 05060708 60 12 FFFF 4B43 0000 020405B4 6869", 20, ReadTcp),
    };

    public static TheoryData<string> Names => [.. Protocols.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_cut_anywhere_in_its_fixed_header_is_truncated(string protocol)
    {
        (string valid, int minimum, Reader read) = Protocols[protocol];
        byte[] bytes = Hex.Parse(valid);

        Assert.Equal(WireError.None, read(bytes));
        for (int length = 0; length < minimum; length++)
        {
            Assert.Equal(WireError.Truncated, read(bytes.AsSpan(0, length)));
        }

        for (int length = minimum; length < bytes.Length; length++)
        {
            Assert.NotEqual(WireError.Truncated, read(bytes.AsSpan(0, length)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_with_any_byte_changed_never_throws(string protocol)
    {
        (string valid, _, Reader read) = Protocols[protocol];
        byte[] bytes = Hex.Parse(valid);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte original = bytes[i];
            for (int value = 0; value < 256; value++)
            {
                bytes[i] = (byte)value;
                read(bytes);
            }

            bytes[i] = original;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_bytes_never_throw(string protocol)
    {
        (string valid, _, Reader read) = Protocols[protocol];
        byte[] start = Hex.Parse(valid);
        RandomSource random = new(1, $"hostile/{protocol}");
        byte[] bytes = new byte[128];
        for (int round = 0; round < 100_000; round++)
        {
            int length = (int)random.NextBelow(bytes.Length);
            random.NextBytes(bytes.AsSpan(0, length));

            // Half of the messages start well, so that the checks behind the first are reached.
            if ((round & 1) == 0)
            {
                start.AsSpan(0, (int)random.NextBelow(Math.Min(length, start.Length) + 1)).CopyTo(bytes);
            }

            read(bytes.AsSpan(0, length));
        }
    }

    private static WireError ReadEthernet(Span<byte> bytes)
    {
        WireError error = EthernetHeader.TryParse(bytes, out EthernetHeader header);
        if (error == WireError.None)
        {
            _ = (header.Destination, header.Source, header.Type);
            Assert.Equal(bytes.Length - 14, header.Payload.Length);
        }

        return error;
    }

    private static WireError ReadVlan(Span<byte> bytes)
    {
        WireError error = VlanTag.TryParse(bytes, out VlanTag tag);
        if (error == WireError.None)
        {
            Assert.InRange(tag.VlanId, 0, 4095);
            Assert.InRange(tag.Priority, 0, 7);
        }

        return error;
    }

    private static WireError ReadArp(Span<byte> bytes)
    {
        WireError error = ArpPacket.TryParse(bytes, out ArpPacket packet);
        if (error == WireError.None)
        {
            _ = (packet.Operation, packet.SenderMac, packet.SenderAddress, packet.TargetMac, packet.TargetAddress);
        }

        return error;
    }

    private static WireError ReadIPv4(Span<byte> bytes)
    {
        WireError error = IPv4Header.TryParse(bytes, out IPv4Header header);
        Assert.True(error == IPv4Header.TryParseStructure(bytes, out _) || error == WireError.BadChecksum);
        if (error == WireError.None)
        {
            _ = (header.TrafficClass, header.Identification, header.Ttl, header.Protocol, header.Source, header.Destination);
            Assert.Equal(header.TotalLength, 20 + header.Options.Length + header.Payload.Length);
        }

        return error;
    }

    private static WireError ReadIPv6(Span<byte> bytes)
    {
        WireError error = IPv6Header.TryParse(bytes, out IPv6Header header);
        if (error == WireError.None)
        {
            _ = (header.TrafficClass, header.FlowLabel, header.NextHeader, header.HopLimit, header.Source, header.Destination);
            Assert.Equal(header.PayloadLength, header.Payload.Length);
        }

        return error;
    }

    private static WireError ReadIcmp(Span<byte> bytes)
    {
        WireError error = IcmpHeader.TryParse(bytes, out IcmpHeader header);
        if (error == WireError.None)
        {
            _ = (header.Type, header.Code, header.Rest, header.Mtu, header.IsError);
            Assert.Equal(bytes.Length - 8, header.Payload.Length);
        }

        return error;
    }

    private static WireError ReadIcmpv6(Span<byte> bytes)
    {
        IPv6Address left = IPv6Address.Parse("2001:db8::1");
        IPv6Address right = IPv6Address.Parse("2001:db8::2");
        WireError error = Icmpv6Header.TryParse(bytes, left, right, out Icmpv6Header header);
        if (error == WireError.None)
        {
            _ = (header.Type, header.Code, header.Rest, header.IsError);
            Assert.Equal(bytes.Length - 8, header.Payload.Length);
        }

        return error;
    }

    private static WireError ReadNeighbour(Span<byte> bytes)
    {
        WireError error = NeighbourMessage.TryParse(bytes, out NeighbourMessage message);
        if (error == WireError.None)
        {
            _ = (message.Flags, message.Target);
            for (int option = 0; option < 256; option++)
            {
                message.TryGetLinkLayerAddress((byte)option, out _);
            }
        }

        return error;
    }

    private static WireError ReadUdp(Span<byte> bytes)
    {
        WireError error = UdpHeader.TryParse(bytes, out UdpHeader header);
        if (error == WireError.None)
        {
            _ = (header.SourcePort, header.DestinationPort, header.Checksum);
            Assert.Equal(header.Length - 8, header.Payload.Length);
        }

        return error;
    }

    private static WireError ReadTcp(Span<byte> bytes)
    {
        WireError error = TcpHeader.TryParse(bytes, out TcpHeader header);
        if (error == WireError.None)
        {
            _ = (header.SourcePort, header.DestinationPort, header.SequenceNumber, header.AcknowledgmentNumber, header.Flags);
            Assert.Equal(bytes.Length, 20 + header.Options.Length + header.Payload.Length);
        }

        return error;
    }
}
