using System;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>Time to live, and the sizes and rates of ICMP errors.</summary>
[Trait("Category", "Live")]
public sealed class IcmpTests
{
    [Theory, OnEngine, OnKernel]
    public void A_packet_expires_only_when_it_is_forwarded(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();

        Assert.Equal(["reply from 10.1.0.254 ttl 64 size 56"], network.Ping("h1", "10.1.0.254", new PingProbe { Ttl = 1 }));
        Assert.Equal(["reply from 10.2.0.254 ttl 64 size 56"], network.Ping("h1", "10.2.0.254", new PingProbe { Ttl = 1 }));
        Assert.Equal(["icmp 11/0 from 10.1.0.254"], network.Ping("h1", "10.2.0.1", new PingProbe { Ttl = 1 }));
        Assert.Equal(["reply from 10.2.0.1 ttl 63 size 56"], network.Ping("h1", "10.2.0.1", new PingProbe { Ttl = 2 }));
    }

    [Theory, OnEngine, OnKernel]
    public void A_packet_with_TTL_0_is_taken_by_its_destination(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", Packets.IPv4(
            "02:00:00:00:01:02", "02:00:00:00:01:01", "10.0.0.1", "10.0.0.2", IPProtocol.Icmp, Packets.Echo(), ttl: 0));

        Assert.Equal(
            ["in 02:00:00:00:01:02 > 02:00:00:00:01:01 10.0.0.2 > 10.0.0.1 icmp 0/0 ttl 64 size 36"], watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void An_error_quotes_as_much_as_fits_576_bytes(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        Assert.Equal(["icmp 3/3 from 10.0.0.2"], network.Udp("h1", "10.0.0.2", new UdpProbe { Size = 1400 }));
        Assert.Equal(["icmp 3/3 from 10.0.0.2"], network.Udp("h1", "10.0.0.2", new UdpProbe { Size = 10 }));

        Assert.Equal(
            [
                "in 02:00:00:00:01:02 > 02:00:00:00:01:01 10.0.0.2 > 10.0.0.1 icmp 3/3 ttl 64 size 576",
                "in 02:00:00:00:01:02 > 02:00:00:00:01:01 10.0.0.2 > 10.0.0.1 icmp 3/3 ttl 64 size 66",
            ],
            watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_broadcast_datagram_gets_no_error_and_reaches_every_listener(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();

        Assert.Empty(network.Udp("h1", "10.0.0.255"));
        Assert.Equal(
            ["h2 received 18 from 10.0.0.1", "h3 received 18 from 10.0.0.1"],
            network.Udp("h1", "10.0.0.255", new UdpProbe { Listeners = ["h2", "h3"] }));
    }

    [Theory, OnEngine, OnKernel]
    public void A_broadcast_echo_is_ignored(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", Packets.IPv4(
            "ff:ff:ff:ff:ff:ff", "02:00:00:00:01:01", "10.0.0.1", "10.0.0.255", IPProtocol.Icmp, Packets.Echo()));
        Assert.Empty(watch.Incoming("icmp"));

        network.SetSysctl("h2", "icmp_echo_ignore_broadcasts", 0);
        network.Send("h1", "eth0", Packets.IPv4(
            "ff:ff:ff:ff:ff:ff", "02:00:00:00:01:01", "10.0.0.1", "10.0.0.255", IPProtocol.Icmp, Packets.Echo()));
        Assert.Equal(
            ["in 02:00:00:00:01:02 > 02:00:00:00:01:01 10.0.0.2 > 10.0.0.1 icmp 0/0 ttl 64 size 36"], watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void Of_many_errors_to_one_destination_a_burst_of_six_is_sent(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();

        // Given a neighbour that is resolved, so that nothing waits.
        network.Ping("h1", "10.0.0.2");
        network.Wait(TimeSpan.FromSeconds(1));

        Assert.Equal(["6 x icmp 3/3 from 10.0.0.2"], network.Udp("h1", "10.0.0.2", new UdpProbe { Count = 20 }));
    }

    [Theory, OnEngine, OnKernel]
    public void Echo_replies_are_not_limited(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();

        Assert.Equal(["20 x reply from 10.0.0.2 ttl 64 size 56"], network.Ping("h1", "10.0.0.2", new PingProbe { Count = 20 }));
    }

    [Theory, OnEngine, OnKernel]
    public void A_missing_route_is_reported_twice_in_a_burst(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();

        Assert.Equal(
            ["2 x icmp 3/0 from 10.1.0.254", "8 x timeout"],
            network.Ping("h1", "10.99.0.1", new PingProbe { Count = 10, Timeout = TimeSpan.FromSeconds(0.3) }));
    }

    [Theory, OnEngine, OnKernel]
    public void A_malformed_option_is_reported_even_where_the_route_is_a_blackhole(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        network.AddRoute("r", "blackhole 10.52.0.0/16");
        using IFrameWatch near = network.Watch("h1", "eth0");
        using IFrameWatch far = network.Watch("h2", "eth0");

        // Given a record route option that claims two bytes, and one that is good.
        network.Send("h1", "eth0", WithOption("10.2.0.1", 0x07, 0x02));
        network.Send("h1", "eth0", WithOption("10.52.0.1", 0x07, 0x02));
        network.Send("h1", "eth0", WithOption("10.2.0.1", 0x01, 0x01));

        Assert.Equal(
            ["2 x in 02:00:00:00:01:02 > 02:00:00:00:01:01 10.1.0.254 > 10.1.0.1 icmp 12/0 ttl 64 size 68"], near.Incoming("icmp 12"));
        Assert.Equal(
            ["in 02:00:00:00:02:02 > 02:00:00:00:02:01 10.1.0.1 > 10.2.0.1 icmp 8/0 ttl 63 size 40"], far.Incoming("icmp 8"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_broadcast_too_long_for_the_link_is_fragmented(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h2", "eth0");

        Assert.Equal(
            ["h2 received 2000 from 10.0.0.1"],
            network.Udp("h1", "10.0.0.255", new UdpProbe { Size = 2000, Listeners = ["h2"] }));
        Assert.Equal(
            [
                "in 02:00:00:00:01:01 > ff:ff:ff:ff:ff:ff 10.0.0.1 > 10.0.0.255 udp to 7777 ttl 64 size 1500 offset 0+",
                "in 02:00:00:00:01:01 > ff:ff:ff:ff:ff:ff 10.0.0.1 > 10.0.0.255 udp ttl 64 size 548 offset 1480",
            ],
            watch.Frames());
    }

    /// <summary>An echo request of h1 with four bytes of options.</summary>
    private static byte[] WithOption(string destination, byte type, byte length)
    {
        byte[] frame = Packets.IPv4(
            "02:00:00:00:01:02", "02:00:00:00:01:01", "10.1.0.1", destination, IPProtocol.Icmp, [type, length, 0, 0, .. Packets.Echo()]);
        Span<byte> header = frame.AsSpan(EthernetHeader.Size, IPv4Header.MinimumSize + 4);
        header[0] = 0x46;
        IPv4Header.WriteChecksum(header);
        return frame;
    }
}
