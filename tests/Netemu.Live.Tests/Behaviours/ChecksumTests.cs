using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>Wrong checksums and lengths, at a router and at a host; a closed port tells whether the datagram was taken.</summary>
[Trait("Category", "Live")]
public sealed class ChecksumTests
{
    private const string PortUnreachable =
        "in 02:00:00:00:01:02 > 02:00:00:00:01:01 10.2.0.1 > 10.1.0.1 icmp 3/3 ttl 63 size 66";

    private const string Arrived =
        "in 02:00:00:00:02:02 > 02:00:00:00:02:01 10.1.0.1 > 10.2.0.1 udp to 7777 ttl 63 size 38";

    [Theory, OnEngine, OnKernel]
    public void A_router_does_not_look_at_a_UDP_checksum_and_a_host_drops_it_silently(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        using IFrameWatch near = network.Watch("h1", "eth0");
        using IFrameWatch far = network.Watch("h2", "eth0");

        network.Send("h1", "eth0", Datagram(checksum: 0xBAD1));

        Assert.Equal([Arrived], far.Incoming("udp"));
        Assert.Empty(near.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_UDP_checksum_of_zero_is_none_and_a_right_one_is_right(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        using IFrameWatch near = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", Datagram(checksum: 0));
        Assert.Equal([PortUnreachable], near.Incoming("icmp"));
        network.Send("h1", "eth0", Datagram(checksum: null));

        Assert.Equal([PortUnreachable], near.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_bad_header_checksum_or_a_total_length_past_the_frame_ends_at_the_router(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        using IFrameWatch near = network.Watch("h1", "eth0");
        using IFrameWatch far = network.Watch("h2", "eth0");

        byte[] badChecksum = Datagram(checksum: 0);
        badChecksum[EthernetHeader.Size + IPv4Header.ChecksumOffset] ^= 1;
        network.Send("h1", "eth0", badChecksum);
        byte[] tooLong = Datagram(checksum: 0);
        BinaryPrimitives.WriteUInt16BigEndian(tooLong.AsSpan(EthernetHeader.Size + IPv4Header.TotalLengthOffset), 39);
        IPv4Header.WriteChecksum(tooLong.AsSpan(EthernetHeader.Size, IPv4Header.MinimumSize));
        network.Send("h1", "eth0", tooLong);

        Assert.Empty(far.Incoming("udp"));
        Assert.Empty(near.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void Bytes_past_the_total_length_are_padding(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        using IFrameWatch far = network.Watch("h2", "eth0");

        network.Send("h1", "eth0", [.. Datagram(checksum: 0), 0xAA, 0xBB]);

        Assert.Equal([Arrived], far.Incoming("udp"));
    }

    private static byte[] Datagram(ushort? checksum) => Packets.IPv4(
        "02:00:00:00:01:02", "02:00:00:00:01:01", "10.1.0.1", "10.2.0.1", IPProtocol.Udp,
        Packets.Udp("10.1.0.1", "10.2.0.1", 7777, size: 10, checksum));
}
