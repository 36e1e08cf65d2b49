using System;
using System.Linq;
using Netemu.Core.Wire;
using Netemu.Live.Tests.Behaviours;

namespace Netemu.Live.Tests.IPv6;

/// <summary>Duplicate address detection, solicitations, advertisements, proxies, routers and groups.</summary>
[Trait("Category", "Live")]
public sealed class NeighbourDiscoveryTests
{
    private const string Mac1 = "02:00:00:00:01:01";
    private const string Mac2 = "02:00:00:00:01:02";

    [Theory, OnEngine, OnKernel]
    public void An_address_is_tried_before_it_is_used_and_a_duplicate_never_is(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.AddNamespace("h1");
        network.AddNamespace("h2");
        network.UseIPv6("h1");
        network.UseIPv6("h2", detectDuplicates: true);
        network.AddVeth("h1", "eth0", "h2", "eth0");
        network.AddIPv6Address("h1", "eth0", "2001:db8::1/64");
        network.AddIPv6Address("h2", "eth0", "2001:db8::1/64");
        network.AddIPv6Address("h2", "eth0", "2001:db8::2/64");
        Assert.Contains("2001:db8::2/64 tentative", network.IPv6Addresses("h2", "eth0"));

        network.Wait(TimeSpan.FromSeconds(2.6));

        Assert.Equal(
            ["2001:db8::2/64", "2001:db8::1/64 tentative dadfailed", "fe80::ff:fe00:102/64"], network.IPv6Addresses("h2", "eth0"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_group_asked_answer_carries_the_address_and_overrides_and_a_unicast_asked_one_does_not(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair(forwarding: true);
        Assert.Single(network.PingIPv6("h1", "2001:db8::2"));
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, "2001:db8::1", "ff02::1:ff00:2", IPProtocol.Icmpv6, IPv6Labs.Solicitation("2001:db8::1", "ff02::1:ff00:2", "2001:db8::2", Mac1), 255));
        Assert.Equal(
            [$"in {Mac2} > {Mac1} 2001:db8::2 > 2001:db8::1 nd 2001:db8::2 is at {Mac2} router solicited override hop 255"],
            watch.Incoming("nd 2001"));

        network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, "2001:db8::1", "2001:db8::2", IPProtocol.Icmpv6, IPv6Labs.Solicitation("2001:db8::1", "2001:db8::2", "2001:db8::2", Mac1), 255));
        Assert.Equal(
            [$"in {Mac2} > {Mac1} 2001:db8::2 > 2001:db8::1 nd 2001:db8::2 is here router solicited hop 255"],
            watch.Incoming("nd 2001"));
    }

    [Theory, OnEngine, OnKernel]
    public void Discovery_with_another_hop_limit_than_255_is_not_believed(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, "2001:db8::1", "ff02::1:ff00:2", IPProtocol.Icmpv6, IPv6Labs.Solicitation("2001:db8::1", "ff02::1:ff00:2", "2001:db8::2", Mac1), 254));

        Assert.Empty(watch.Incoming("nd 2001"));
        Assert.Empty(network.IPv6Neighbours("h2"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_router_answers_for_proxied_addresses_only_and_without_override(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair(forwarding: true);
        network.SetIPv6Sysctl("h2", "conf.eth0.proxy_ndp", 1);
        network.SetIPv6Sysctl("h2", "neigh.eth0.proxy_delay", 0);
        network.AddIPv6Proxy("h2", "eth0", "2001:db8::99");
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, "2001:db8::1", "ff02::1:ff00:99", IPProtocol.Icmpv6, IPv6Labs.Solicitation("2001:db8::1", "ff02::1:ff00:99", "2001:db8::99", Mac1), 255));
        network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, "2001:db8::1", "ff02::1:ff00:98", IPProtocol.Icmpv6, IPv6Labs.Solicitation("2001:db8::1", "ff02::1:ff00:98", "2001:db8::98", Mac1), 255));

        Assert.Equal(
            [$"in {Mac2} > {Mac1} 2001:db8::2 > 2001:db8::1 nd 2001:db8::99 is at {Mac2} solicited hop 255"],
            watch.Incoming("nd 2001"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_router_owns_the_first_address_of_its_prefix(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair(forwarding: true);

        Assert.Equal(
            ["reply from 2001:db8::2 size 56"], network.PingIPv6("h1", "2001:db8::", new PingProbe { Timeout = TimeSpan.FromSeconds(2) }));
    }

    [Theory, OnEngine, OnKernel]
    public void An_advertisement_gives_an_address_a_route_an_mtu_and_their_end(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.AddNamespace("h1");
        network.AddNamespace("h2");
        network.UseIPv6("h1");
        network.AddVeth("h1", "eth0", "h2", "eth0");
        network.Wait(TimeSpan.FromSeconds(0.1));

        network.Send("h2", "eth0", IPv6Labs.Packet(Mac1, Mac2, "fe80::254", "ff02::1", IPProtocol.Icmpv6, IPv6Labs.Advertisement("fe80::254", 1800, "2001:db8:7::/64", 86400, 1400), 255));

        Assert.Equal(
            ["2001:db8:7:0:0:ff:fe00:101/64 dynamic", "fe80::ff:fe00:101/64"],
            network.IPv6Addresses("h1", "eth0").Select(a => a.Replace("2001:db8:7::ff:fe00:101", "2001:db8:7:0:0:ff:fe00:101", StringComparison.Ordinal)));
        Assert.Equal(
            ["2001:db8:7::/64 dev eth0", "default via fe80::254 dev eth0 proto ra", "fe80::/64 dev eth0"], network.IPv6Routes("h1"));
        Assert.Equal(["fe80::254 eth0 02:00:00:00:01:02 router"], network.IPv6Neighbours("h1"));
        Assert.Equal(["errno EMSGSIZE"], network.PingIPv6("h1", "2001:db8:7::9", new PingProbe { Size = 1400, Discovery = Netemu.Engine.Sockets.PathMtuDiscovery.Do }));

        network.Send("h2", "eth0", IPv6Labs.Packet(Mac1, Mac2, "fe80::254", "ff02::1", IPProtocol.Icmpv6, IPv6Labs.Advertisement("fe80::254", 0, "2001:db8:7::/64", 0, 1400), 255));

        // The router is none any more, the prefix not on the link; the address keeps two hours.
        Assert.Equal(["fe80::/64 dev eth0"], network.IPv6Routes("h1"));
        Assert.Equal(2, network.IPv6Addresses("h1", "eth0").Count);
    }

    [Theory, OnEngine, OnKernel]
    public void A_router_does_not_listen_to_advertisements(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.AddNamespace("h1");
        network.AddNamespace("h2");
        network.UseIPv6("h1", forwarding: true);
        network.AddVeth("h1", "eth0", "h2", "eth0");
        network.Wait(TimeSpan.FromSeconds(0.1));

        network.Send("h2", "eth0", IPv6Labs.Packet(Mac1, Mac2, "fe80::254", "ff02::1", IPProtocol.Icmpv6, IPv6Labs.Advertisement("fe80::254", 1800, "2001:db8:7::/64", 86400), 255));

        Assert.Equal(["fe80::/64 dev eth0"], network.IPv6Routes("h1"));
    }

    [Theory, OnEngine, OnKernel]
    public void Hosts_and_routers_listen_to_their_groups(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair(forwarding: true);

        Assert.Equal(
            ["ff01::1", "ff02::1", "ff02::1:ff00:1", "ff02::1:ff00:101"], network.IPv6Groups("h1", "eth0"));
        Assert.Equal(
            ["ff01::1", "ff02::1", "ff02::1:ff00:0", "ff02::1:ff00:102", "ff02::1:ff00:2", "ff02::2"],
            network.IPv6Groups("h2", "eth0"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_new_address_is_reported_twice_as_a_listener_of_its_group(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();
        network.Wait(TimeSpan.FromSeconds(2.5));
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.AddIPv6Address("h1", "eth0", "2001:db8::77/64");
        network.Wait(TimeSpan.FromSeconds(1.6));

        // The kernel may name older groups once more in the same report; the new one comes first.
        Assert.Contains(watch.Frames(), f => f.StartsWith(
            $"2 x in {Mac1} > 33:33:00:00:00:16 fe80::ff:fe00:101 > ff02::16 mld 143 [4 ff02::1:ff00:77", StringComparison.Ordinal));
    }

    [Theory, OnEngine, OnKernel]
    public void Everybody_on_the_link_answers_for_all_nodes_and_the_sender_itself(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();

        Assert.Equal(
            ["reply from fe80::ff:fe00:101 size 56", "reply from fe80::ff:fe00:102 size 56"],
            network.PingIPv6("h1", "ff02::1", device: "eth0"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_lost_carrier_takes_the_neighbours_of_both_families_along(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();
        network.AddAddress("h1", "eth0", "10.0.0.1/24");
        network.AddAddress("h2", "eth0", "10.0.0.2/24");
        Assert.Equal(["reply from 2001:db8::2 size 56"], network.PingIPv6("h1", "2001:db8::2"));
        Assert.Equal(["reply from 10.0.0.2 ttl 64 size 56"], network.Ping("h1", "10.0.0.2"));
        Assert.NotEmpty(network.IPv6Neighbours("h1"));
        Assert.NotEmpty(network.Neighbours("h1"));

        network.SetUp("h2", "eth0", up: false);
        // The kernel tells of a lost carrier once a second (linkwatch).
        network.Wait(TimeSpan.FromSeconds(1.5));

        Assert.Empty(network.IPv6Neighbours("h1"));
        Assert.DoesNotContain(network.Neighbours("h1"), n => n.StartsWith("10.", StringComparison.Ordinal));
        Assert.Contains("2001:db8::1/64", network.IPv6Addresses("h1", "eth0"));
        Assert.Equal([], network.IPv6Addresses("h2", "eth0"));
    }
}
