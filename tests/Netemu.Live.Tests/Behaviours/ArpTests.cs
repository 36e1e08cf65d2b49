using System;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>Who answers ARP, who learns from it, and what its failure looks like.</summary>
[Trait("Category", "Live")]
public sealed class ArpTests
{
    private const string H1 = "02:00:00:00:01:01";
    private const string H2 = "02:00:00:00:01:02";
    private const string Stranger = "02:00:00:00:77:77";

    [Theory, OnEngine, OnKernel]
    public void Any_local_address_is_answered_for_on_any_interface_unless_arp_ignore_says_no(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        BuildTwoInterfaces(network);
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", Packets.ArpRequest(H1, "10.0.0.1", "10.5.0.2"));
        Assert.Equal([$"in {H2} > {H1} arp 10.5.0.2 is at {H2}"], watch.Incoming("arp"));

        network.SetSysctl("h2", "conf.eth0.arp_ignore", 1);
        network.Send("h1", "eth0", Packets.ArpRequest(H1, "10.0.0.1", "10.5.0.2"));
        network.Send("h1", "eth0", Packets.ArpRequest(H1, "10.0.0.1", "10.0.0.2"));
        Assert.Equal([$"in {H2} > {H1} arp 10.0.0.2 is at {H2}"], watch.Incoming("arp"));
    }

    [Theory, OnEngine, OnKernel]
    public void With_arp_ignore_2_only_the_own_subnet_may_ask(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.SetSysctl("h2", "conf.eth0.arp_ignore", 2);
        network.AddRoute("h2", "10.77.0.0/24 dev eth0");
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", Packets.ArpRequest(H1, "10.77.0.1", "10.0.0.2"));
        Assert.Empty(watch.Incoming("arp"));
        network.Send("h1", "eth0", Packets.ArpRequest(H1, "10.0.0.1", "10.0.0.2"));

        Assert.Equal([$"in {H2} > {H1} arp 10.0.0.2 is at {H2}"], watch.Incoming("arp"));
    }

    [Theory, OnEngine, OnKernel]
    public void IP_accepts_any_local_address_on_any_interface_whatever_arp_ignore_says(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        BuildTwoInterfaces(network);
        network.SetSysctl("h2", "conf.eth0.arp_ignore", 1);
        network.AddRoute("h1", "10.5.0.0/24 via 10.0.0.2");

        Assert.Equal(["reply from 10.5.0.2 ttl 64 size 56"], network.Ping("h1", "10.5.0.2"));
    }

    [Theory, OnEngine, OnKernel]
    public void Unsolicited_announcements_create_no_neighbour(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();

        network.Send("h2", "eth0", Packets.Arp(ArpOperation.Reply, H1, Stranger, "10.0.0.77", H1, "10.0.0.1"));
        network.Send("h2", "eth0", Packets.Arp(ArpOperation.Reply, "ff:ff:ff:ff:ff:ff", Stranger, "10.0.0.77", Stranger, "10.0.0.77"));
        network.Send("h2", "eth0", Packets.ArpRequest(Stranger, "10.0.0.77", "10.0.0.77"));

        Assert.Empty(network.Neighbours("h1"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_request_to_us_creates_a_neighbour_and_a_later_reply_overwrites_it(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.Send("h2", "eth0", Packets.ArpRequest(Stranger, "10.0.0.77", "10.0.0.1"));
        Assert.Equal([$"in {H1} > {Stranger} arp 10.0.0.1 is at {H1}"], watch.Incoming("arp"));
        Assert.Equal([$"10.0.0.77 eth0 {Stranger}"], network.Neighbours("h1"));

        // Past locktime, which protects an entry for its first second.
        network.Wait(TimeSpan.FromSeconds(1.3));
        network.Send("h2", "eth0", Packets.Arp(ArpOperation.Reply, H1, "02:00:00:00:77:78", "10.0.0.77", H1, "10.0.0.1"));

        Assert.Equal(["10.0.0.77 eth0 02:00:00:00:77:78"], network.Neighbours("h1"));
    }

    [Theory, OnEngine, OnKernel]
    public void Within_its_first_second_an_entry_is_not_overwritten(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();

        network.Send("h2", "eth0", Packets.ArpRequest(Stranger, "10.0.0.77", "10.0.0.1"));
        network.Send("h2", "eth0", Packets.Arp(ArpOperation.Reply, H1, "02:00:00:00:77:78", "10.0.0.77", H1, "10.0.0.1"));

        Assert.Equal([$"10.0.0.77 eth0 {Stranger}"], network.Neighbours("h1"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_probe_is_answered_but_teaches_nothing(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.Send("h2", "eth0", Packets.ArpRequest(H2, "0.0.0.0", "10.0.0.1"));

        Assert.Equal([$"in {H1} > {H2} arp 10.0.0.1 is at {H1}"], watch.Incoming("arp"));
        Assert.Empty(network.Neighbours("h1"));
    }

    [Theory, OnEngine, OnKernel]
    public void Impossible_askers_are_neither_answered_nor_learned(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        foreach (string asker in new[] { "224.0.0.1", "255.255.255.255", "127.0.0.1", "10.0.0.2" })
        {
            network.Send("h1", "eth0", Packets.ArpRequest(Stranger, asker, "10.0.0.2"));
        }

        Assert.Empty(watch.Incoming("arp"));
        Assert.Empty(network.Neighbours("h2"));

        // The subnet's broadcast address gets an answer but is no neighbour.
        network.Send("h1", "eth0", Packets.ArpRequest(Stranger, "10.0.0.255", "10.0.0.2"));
        Assert.Equal([$"in {H2} > {Stranger} arp 10.0.0.2 is at {H2}"], watch.Incoming("arp"));
        Assert.Empty(network.Neighbours("h2"));
    }

    [Theory, OnEngine, OnKernel]
    public void Resolution_fails_after_three_broadcasts_and_all_that_waited_is_reported_by_the_own_address(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        using IFrameWatch watch = network.Watch("h2", "eth0");

        Assert.Equal(
            ["3 x icmp 3/1 from 10.0.0.1"],
            network.Ping("h1", "10.0.0.99", new PingProbe { Count = 3, Timeout = PingProbe.PastNeighbourFailure }));
        Assert.Equal([$"3 x in {H1} > ff:ff:ff:ff:ff:ff arp who has 10.0.0.99 tell 10.0.0.1"], watch.Frames());
        Assert.Equal(["10.0.0.99 eth0 failed"], network.Neighbours("h1"));
    }

    [Theory, OnEngine, OnKernel]
    public void For_a_forwarded_packet_the_router_reports_with_its_address_towards_the_source(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();

        Assert.Equal(
            ["icmp 3/1 from 10.1.0.254"],
            network.Ping("h1", "10.2.0.99", new PingProbe { Timeout = PingProbe.PastNeighbourFailure }));
    }

    /// <summary>The pair, and 10.5.0.2 on another interface of h2.</summary>
    private static void BuildTwoInterfaces(IScenarioNetwork network)
    {
        network.BuildPair();
        network.AddNamespace("x");
        network.AddVeth("h2", "eth1", "x", "eth0");
        network.AddAddress("h2", "eth1", "10.5.0.2/24");
    }
}
