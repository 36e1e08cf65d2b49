using System;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>What a router passes on, to whom it tells of a better way, and what comes before its rules.</summary>
[Trait("Category", "Live")]
public sealed class ForwardingTests
{
    private const string RejectAll = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -j REJECT --reject-with icmp-admin-prohibited\nCOMMIT\n";

    [Theory, OnEngine, OnKernel]
    public void A_packet_that_expires_is_reported_before_a_rule_rejects_it(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        network.RestoreRules("r", RejectAll);

        Assert.Equal(["icmp 11/0 from 10.1.0.254"], network.Ping("h1", "10.2.0.1", new PingProbe { Ttl = 1 }));
        Assert.Equal(["icmp 3/13 from 10.1.0.254"], network.Ping("h1", "10.2.0.1", new PingProbe { Ttl = 2 }));
    }

    [Theory, OnEngine, OnKernel]
    public void A_broadcast_for_another_subnet_is_not_forwarded(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        network.Ping("h1", "10.2.0.1");
        using IFrameWatch watch = network.Watch("h2", "eth0");

        Assert.Empty(network.Udp("h1", "10.2.0.255"));

        Assert.Empty(watch.Incoming("udp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_subnet_of_31_bits_has_no_broadcast_address(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.AddAddress("h1", "eth0", "10.9.0.0/31");
        network.AddAddress("h2", "eth0", "10.9.0.1/31");

        Assert.Equal(["reply from 10.9.0.1 ttl 64 size 56"], network.Ping("h1", "10.9.0.1"));
        Assert.Equal(["reply from 10.9.0.0 ttl 64 size 56"], network.Ping("h2", "10.9.0.0"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_route_without_a_gateway_asks_for_the_destination_itself(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.AddRoute("h1", "192.0.2.0/24 dev eth0");
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.Ping("h1", "192.0.2.7", new PingProbe { Timeout = TimeSpan.FromSeconds(0.5) });

        Assert.Equal(["in 02:00:00:00:01:01 > ff:ff:ff:ff:ff:ff arp who has 192.0.2.7 tell 10.0.0.1"], watch.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void With_arp_notify_a_device_that_comes_up_or_has_a_new_MAC_announces_its_addresses(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.SetSysctl("h1", "conf.eth0.arp_notify", 1);
        network.Command("h1", "ip addr add 10.0.7.1/24 dev eth0");
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.SetUp("h1", "eth0", up: false);
        network.SetUp("h1", "eth0", up: true);
        Assert.Equal(
            [
                "in 02:00:00:00:01:01 > ff:ff:ff:ff:ff:ff arp who has 10.0.0.1 tell 10.0.0.1",
                "in 02:00:00:00:01:01 > ff:ff:ff:ff:ff:ff arp who has 10.0.7.1 tell 10.0.7.1",
            ],
            watch.Frames());

        network.Command("h1", "ip link set eth0 address 02:00:00:00:00:09");
        Assert.Equal(
            [
                "in 02:00:00:00:00:09 > ff:ff:ff:ff:ff:ff arp who has 10.0.0.1 tell 10.0.0.1",
                "in 02:00:00:00:00:09 > ff:ff:ff:ff:ff:ff arp who has 10.0.7.1 tell 10.0.7.1",
            ],
            watch.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void A_packet_to_a_group_goes_one_hop_by_the_device_of_its_source(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.AddRoute("h1", "224.0.0.0/4 dev eth0");
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.Udp("h1", "239.1.1.1");

        Assert.Equal(["in 02:00:00:00:01:01 > 01:00:5e:01:01:01 10.0.0.1 > 239.1.1.1 udp to 7777 ttl 1 size 46"], watch.Incoming("udp"));
    }
}
