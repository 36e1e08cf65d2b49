using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Routing;

/// <summary>Rules, multipath hashes, next hop objects and resilient groups.</summary>
public sealed class PolicyRoutingTests
{
    [Fact]
    public void A_rule_by_protocol_and_port_decides_for_what_is_sent_and_for_what_is_forwarded()
    {
        using EmulatedNetwork network = new();
        RoutingTables<IPv4Address> routes = Host(network).Root.IPv4.Routes;
        routes.AddRule(new RoutingRule<IPv4Address>(100)
        {
            IPProtocol = 17, DestinationPorts = (5000, 5999), SourcePorts = (7, 7), Table = 100,
        });

        Assert.True(routes.NeedsTransport);
        Assert.Equal(100u, TableOf(routes, TransportKey.Of(IPProtocol.Udp, 7, 5500)));
        Assert.Equal(254u, TableOf(routes, TransportKey.Of(IPProtocol.Udp, 7, 6000)));
        Assert.Equal(254u, TableOf(routes, TransportKey.Of(IPProtocol.Udp, 8, 5500)));
        Assert.Equal(254u, TableOf(routes, TransportKey.Of(IPProtocol.Tcp, 7, 5500)));
    }

    [Fact]
    public void Goto_jumps_forward_and_does_nothing_while_its_target_is_missing()
    {
        using EmulatedNetwork network = new();
        RoutingTables<IPv4Address> routes = Host(network).Root.IPv4.Routes;
        routes.AddRule(new RoutingRule<IPv4Address>(100) { Mark = 1, MarkMask = uint.MaxValue, GotoPriority = 300 });
        routes.AddRule(new RoutingRule<IPv4Address>(200) { Table = 100 });
        FlowKey<IPv4Address> marked = new(default, IPv4Address.Parse("192.0.2.1"), null, null, 1, 0);
        Assert.Equal(100u, routes.Lookup(marked)!.Table);

        routes.AddRule(new RoutingRule<IPv4Address>(300) { IsNop = true });

        Assert.Equal(254u, routes.Lookup(marked)!.Table);
        Assert.Equal("10.0.0.2", routes.Resolve(marked)!.NextHop.Gateway.ToString());
        Assert.Equal(100u, routes.Lookup(marked with { Mark = 0 })!.Table);
    }

    [Fact]
    public void Of_routes_of_one_metric_the_first_one_counts()
    {
        using EmulatedNetwork network = new();
        RoutingTables<IPv4Address> routes = Host(network).Root.IPv4.Routes;
        Route<IPv4Address> Via(string gateway) => new()
        {
            Prefix = Prefix<IPv4Address>.Parse("10.5.0.0/24"), Metric = 7, NextHop = new NextHop<IPv4Address>(null, IPv4Address.Parse(gateway), hasGateway: true),
        };

        Assert.True(routes.Add(Via("10.0.0.2")));
        Assert.False(routes.Add(Via("10.0.0.3")));
        Assert.True(routes.Add(Via("10.0.0.3"), place: RoutePlace.Last));
        Assert.True(routes.Add(Via("10.0.0.4"), place: RoutePlace.First));
        Assert.False(routes.Add(Via("10.0.0.3"), place: RoutePlace.First));

        Assert.Equal(
            ["10.0.0.4", "10.0.0.2", "10.0.0.3"],
            routes.Main.Routes().Where(r => r.Metric == 7).Select(r => r.NextHop.Gateway.ToString()));
        Assert.Equal("10.0.0.4", routes.Resolve(IPv4Address.Parse("10.5.0.1"))!.NextHop.Gateway.ToString());
    }

    [Fact]
    public void Loopback_as_input_means_what_this_host_sends()
    {
        using EmulatedNetwork network = new();
        Node host = Host(network);
        RoutingTables<IPv4Address> routes = host.Root.IPv4.Routes;
        routes.AddRule(new RoutingRule<IPv4Address>(100) { InputDevice = "lo", Table = 100 });
        FlowKey<IPv4Address> sent = new(default, IPv4Address.Parse("192.0.2.1"), null, null, 0, 0);

        Assert.Equal(100u, routes.Lookup(sent)!.Table);
        Assert.Equal(254u, routes.Lookup(sent with { Input = host.Root.FindDevice("eth0") })!.Table);
    }

    [Fact]
    public void A_rule_that_is_unreachable_answers_as_if_there_were_no_route()
    {
        using EmulatedNetwork network = new();
        Node host = Host(network);
        host.Root.IPv4.Routes.AddRule(new RoutingRule<IPv4Address>(100) { Type = RouteType.Unreachable });

        Assert.Equal(Sockets.Errno.ENETUNREACH, host.Root.IPv4.RouteOutput(IPv4Address.Parse("192.0.2.1")).Error);
    }

    [Fact]
    public void The_hash_is_the_same_in_both_directions_and_another_one_on_every_host()
    {
        IPv4Address a = IPv4Address.Parse("10.0.0.1");
        IPv4Address b = IPv4Address.Parse("10.9.0.7");
        ulong there = TransportKey.Of(IPProtocol.Tcp, 40_000, 80);
        ulong back = TransportKey.Of(IPProtocol.Tcp, 80, 40_000);

        Assert.Equal(MultipathHash.Of(a, b, there, 5), MultipathHash.Of(b, a, back, 5));
        Assert.NotEqual(MultipathHash.Of(a, b, there, 5), MultipathHash.Of(a, b, there, 6));
        Assert.NotEqual(MultipathHash.Of(a, b, there, 5), MultipathHash.Of(a, b, 0, 5));
    }

    [Theory]
    [InlineData(new[] { 1, 1 })]
    [InlineData(new[] { 1, 1, 1, 1 })]
    [InlineData(new[] { 1, 2, 5 })]
    public void Flows_spread_by_weight(int[] weights)
    {
        // Given 20,000 flows, chi-square at p > 0.001 stays below the bound for so many members.
        RouteInfo<IPv4Address> route = new(Multipath(weights));
        int[] counts = new int[weights.Length];
        for (int i = 0; i < 20_000; i++)
        {
            uint hash = MultipathHash.Of(new IPv4Address((uint)(0x0A00_0000 + (i * 7))), new IPv4Address(0x0B00_0001), 0, 99);
            counts[Array.IndexOf(route.Group!, route.Select(hash))]++;
        }

        double total = weights.Sum();
        double chiSquare = counts.Select((c, i) => Math.Pow(c - (20_000 * weights[i] / total), 2) / (20_000 * weights[i] / total)).Sum();
        Assert.True(chiSquare < new[] { 10.8, 13.8, 16.3 }[weights.Length - 2], $"{chiSquare}: {string.Join(' ', counts)}");
    }

    [Fact]
    public void A_lost_member_moves_only_its_own_flows_in_a_resilient_group_and_others_too_in_a_plain_one()
    {
        Assert.Equal(0, MovedBystanders(resilient: true));
        Assert.True(MovedBystanders(resilient: false) > 100);
    }

    [Fact]
    public void A_new_member_gets_idle_buckets_only()
    {
        using EmulatedNetwork network = new();
        Node host = Host(network);
        NexthopTable table = host.Root.Nexthops;
        NexthopObject[] hops = [.. Enumerable.Range(1, 3).Select(i => Hop(table, host, (uint)i))];
        NexthopObject group = table.SetGroup(10, [(hops[0], 1), (hops[1], 1)], RouteProtocol.Static);
        table.SetBuckets(group, 12, Duration.FromSeconds(10), Duration.Zero);
        network.RunSeconds(5);
        for (uint bucket = 0; bucket < 4; bucket++)
        {
            group.Buckets!.Pick(bucket);
        }

        // When the third member comes, all buckets are too fresh; after ten seconds without a packet the others are not.
        table.SetGroup(10, [(hops[0], 1), (hops[1], 1), (hops[2], 1)], RouteProtocol.Static);
        Assert.Equal(0, Owned(group, hops[2]));
        network.RunSeconds(6);
        Assert.Equal(4, Owned(group, hops[2]));
        Assert.Equal((4, 4), (Owned(group, hops[0]), Owned(group, hops[1])));
        Assert.All(Enumerable.Range(0, 4), i => Assert.NotSame(hops[2], group.Buckets![i].Owner));
    }

    [Fact]
    public void Routes_follow_their_object_and_go_with_its_device()
    {
        using EmulatedNetwork network = new();
        Node host = Host(network);
        NexthopTable table = host.Root.Nexthops;
        NexthopObject hop = Hop(table, host, 1);
        Assert.True(host.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Parse("10.7.0.0/16"), NextHop = NexthopTable.HopsOf<IPv4Address>(hop)[0], NexthopId = 1,
        }));
        IPv4Address target = IPv4Address.Parse("10.7.1.1");

        table.SetHop(1, AddressFamily.IPv4, InternetAddress.Parse("10.0.0.9"), hop.Device, false, false, RouteProtocol.Static);
        Assert.Equal("10.0.0.9", host.Root.IPv4.Routes.Resolve(target)!.NextHop.Gateway.ToString());

        host.Root.FindDevice("eth0")!.SetUp(false);
        Assert.Empty(table.All);
        Assert.DoesNotContain(host.Root.IPv4.Routes.Main.Routes(), r => r.NexthopId == 1);
    }

    /// <summary>A host with a default route in main by 10.0.0.2, and another one in table 100 by 10.0.0.3.</summary>
    private static Node Host(EmulatedNetwork network)
    {
        Node host = network.Host("h");
        network.Join(host, "10.0.0.1/24", network.Host("p"), "10.0.0.2/24");
        EmulatedNetwork.Route(host, "default", "10.0.0.2");
        NetDevice device = host.Root.FindDevice("eth0")!;
        Assert.True(host.Root.IPv4.Routes.Add(
            new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Parse("0.0.0.0/0"),
                NextHop = new NextHop<IPv4Address>(device, IPv4Address.Parse("10.0.0.3"), hasGateway: true),
            },
            100));
        return host;
    }

    private static uint TableOf(RoutingTables<IPv4Address> routes, ulong transport)
    {
        FlowKey<IPv4Address> flow = new(default, IPv4Address.Parse("192.0.2.1"), null, null, 0, 0) { Transport = transport };
        Assert.Equal(routes.Lookup(flow)!.NextHop.Gateway, routes.Resolve(flow)!.NextHop.Gateway);
        return routes.Lookup(flow)!.Table;
    }

    private static Route<IPv4Address> Multipath(int[] weights)
    {
        NextHop<IPv4Address>[] hops =
            [.. weights.Select((w, i) => new NextHop<IPv4Address>(null, new IPv4Address((uint)(i + 1)), hasGateway: true, w))];
        return new Route<IPv4Address> { Prefix = default, NextHop = hops[0], Group = hops };
    }

    private static NexthopObject Hop(NexthopTable table, Node host, uint id) => table.SetHop(
        id, AddressFamily.IPv4, InternetAddress.Parse($"10.0.0.{id + 1}"), host.Root.FindDevice("eth0"), false, false, RouteProtocol.Static);

    private static int Owned(NexthopObject group, NexthopObject member) =>
        Enumerable.Range(0, group.Buckets!.Count).Count(i => ReferenceEquals(group.Buckets[i].Owner, member));

    /// <summary>How many of 3,000 flows that did not use the lost member move all the same.</summary>
    private static int MovedBystanders(bool resilient)
    {
        using EmulatedNetwork network = new();
        Node host = Host(network);
        NexthopTable table = host.Root.Nexthops;
        NexthopObject[] hops = [.. Enumerable.Range(1, 4).Select(i => Hop(table, host, (uint)i))];
        NexthopObject group = table.SetGroup(10, [.. hops.Select(h => (h, 1))], RouteProtocol.Static);
        if (resilient)
        {
            table.SetBuckets(group, 64, Duration.FromSeconds(120), Duration.Zero);
        }

        NextHop<IPv4Address>[] members = NexthopTable.HopsOf<IPv4Address>(group);
        Prefix<IPv4Address> prefix = Prefix<IPv4Address>.Parse("10.7.0.0/16");
        host.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = prefix, NextHop = members[0], Group = members, NexthopId = 10, Buckets = group.Buckets,
        });
        List<string> before = Ways(host);
        string lost = $"10.0.0.{hops[1].Id + 1}";

        table.Remove(hops[1]);

        return Ways(host).Zip(before).Count(w => w.Second != lost && w.First != w.Second);
    }

    private static List<string> Ways(Node host)
    {
        RouteInfo<IPv4Address> route = host.Root.IPv4.Routes.Resolve(IPv4Address.Parse("10.7.0.1"))!;
        return
        [
            .. Enumerable.Range(0, 3_000).Select(i =>
                route.Select(MultipathHash.Of(new IPv4Address((uint)i), new IPv4Address(77), 0, 3)).Gateway.ToString()),
        ];
    }
}
