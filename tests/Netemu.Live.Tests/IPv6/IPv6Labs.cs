using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.IPv6;

/// <summary>The networks and packets that the scenarios of IPv6 start from.</summary>
internal static class IPv6Labs
{
    public static IIPv6Network Open(NetworkKind kind) => (IIPv6Network)ScenarioNetwork.Open(kind);

    /// <summary>h1 (2001:db8::1, 02:..:01:01) and h2 (2001:db8::2, 02:..:01:02) on one veth.</summary>
    public static void BuildIPv6Pair(this IIPv6Network network, bool forwarding = false)
    {
        network.AddNamespace("h1");
        network.AddNamespace("h2");
        network.UseIPv6("h1");
        network.UseIPv6("h2", forwarding);
        network.AddVeth("h1", "eth0", "h2", "eth0");
        network.AddIPv6Address("h1", "eth0", "2001:db8::1/64");
        network.AddIPv6Address("h2", "eth0", "2001:db8::2/64");
        network.Wait(TimeSpan.FromSeconds(0.1));
    }

    /// <summary>h1 (2001:db8:1::1), r (2001:db8:1::254 on eth1, 2001:db8:2::254 on eth2), h2 (2001:db8:2::1).</summary>
    public static void BuildIPv6Routed(this IIPv6Network network)
    {
        network.AddNamespace("r");
        network.UseIPv6("r", forwarding: true);
        for (int i = 1; i <= 2; i++)
        {
            network.AddNamespace($"h{i}");
            network.UseIPv6($"h{i}");
            network.AddVeth($"h{i}", "eth0", "r", $"eth{i}");
            network.AddIPv6Address($"h{i}", "eth0", $"2001:db8:{i}::1/64");
            network.AddIPv6Address("r", $"eth{i}", $"2001:db8:{i}::254/64");
            network.AddIPv6Route($"h{i}", $"default via 2001:db8:{i}::254");
        }

        network.Wait(TimeSpan.FromSeconds(0.1));
    }

    /// <summary>An IPv6 packet in a frame; the MAC of a group follows from its address.</summary>
    public static byte[] Packet(
        string destinationMac, string sourceMac, string source, string destination, IPProtocol next, ReadOnlySpan<byte> payload, byte hopLimit = 64)
    {
        IPv6Address target = IPv6Address.Parse(destination);
        byte[] frame = new byte[EthernetHeader.Size + IPv6Header.Size + payload.Length];
        MacAddress mac = target.IsMulticast ? MacAddress.Multicast(target) : MacAddress.Parse(destinationMac);
        EthernetHeader.Write(frame, mac, MacAddress.Parse(sourceMac), EtherType.IPv6);
        IPv6Header.Write(frame.AsSpan(EthernetHeader.Size), 0, 0, payload.Length, next, hopLimit, IPv6Address.Parse(source), target);
        payload.CopyTo(frame.AsSpan(EthernetHeader.Size + IPv6Header.Size));
        return frame;
    }

    /// <summary>An ICMPv6 message with its checksum.</summary>
    public static byte[] Icmp(Icmpv6Type type, string source, string destination, uint rest, ReadOnlySpan<byte> body)
    {
        byte[] message = new byte[Icmpv6Header.Size + body.Length];
        body.CopyTo(message.AsSpan(Icmpv6Header.Size));
        Icmpv6Header.Write(message, type, 0, rest, IPv6Address.Parse(source), IPv6Address.Parse(destination));
        return message;
    }

    public static byte[] Echo(string source, string destination, int size = 8) =>
        Icmp(Icmpv6Type.EchoRequest, source, destination, 0x7777_0001, new byte[size]);

    public static byte[] Fragment(IPProtocol next, int offset, bool more, uint identification, ReadOnlySpan<byte> part)
    {
        byte[] bytes = new byte[IPv6Extensions.FragmentHeaderSize + part.Length];
        IPv6Extensions.WriteFragment(bytes, next, offset, more, identification);
        part.CopyTo(bytes.AsSpan(IPv6Extensions.FragmentHeaderSize));
        return bytes;
    }

    /// <summary>A router advertisement with a prefix for addresses, and an MTU where one is given.</summary>
    public static byte[] Advertisement(string router, ushort lifetime, string prefix, uint valid, int mtu = 0)
    {
        byte[] body = new byte[RouterAdvertisement.FixedSize + PrefixInformation.Size + (mtu > 0 ? 8 : 0) + 8];
        RouterAdvertisement.Write(body, 50, managed: false, other: false, 0, lifetime, 0, 0);
        uint rest = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(4));
        Span<byte> options = body.AsSpan(RouterAdvertisement.FixedSize);
        options = options[new PrefixInformation(Prefix<IPv6Address>.Parse(prefix), true, true, valid, valid / 2).Write(options)..];
        if (mtu > 0)
        {
            options = options[NeighbourDiscoveryOptions.WriteMtu(options, mtu)..];
        }

        NeighbourDiscoveryOptions.WriteMac(options, NeighbourDiscoveryOptions.SourceLinkLayer, MacAddress.Parse("02:00:00:00:01:02"));
        return Icmp(Icmpv6Type.RouterAdvertisement, router, "ff02::1", rest, body.AsSpan(Icmpv6Header.Size));
    }

    /// <summary>A neighbour solicitation with or without the asker's link-layer address.</summary>
    public static byte[] Solicitation(string source, string destination, string target, string? mac)
    {
        byte[] body = new byte[mac is null ? 16 : 24];
        IPv6Address.Parse(target).Write(body);
        if (mac is not null)
        {
            NeighbourDiscoveryOptions.WriteMac(body.AsSpan(16), NeighbourDiscoveryOptions.SourceLinkLayer, MacAddress.Parse(mac));
        }

        return Icmp(Icmpv6Type.NeighbourSolicitation, source, destination, 0, body);
    }
}
