using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>What a neighbour can be configured with, each in a network of two or three.</summary>
public sealed class NeighborOptionTests
{
    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    [Fact]
    public void Remote_as_external_takes_any_other_AS_and_not_its_own()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(0)));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(0)));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        r3.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        r2.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal(65002u, Laboratory.Session(r1, r2).RemoteAs);
        Assert.Equal("192.0.2.0/24 via 10.0.0.2 as [65002] best OnlyPath", Laboratory.Describe(r1));
        Assert.False(Laboratory.Session(r1, r3).IsEstablished);
        Assert.Equal(BgpErrorSubcode.BadPeerAs, Laboratory.Session(r1, r3).LastError.Subcode);
    }

    [Theory]
    [InlineData(false, false, "65001 65010")]
    [InlineData(true, false, "65001")]
    public void Local_as_shows_another_AS_and_stands_in_received_paths(bool noPrepend, bool replaces, string received)
    {
        // Given r2, which knows r1 as 65010.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65003);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with
        {
            LocalAs = 65010,
            LocalAsNoPrepend = noPrepend,
            LocalAsReplaces = replaces,
        }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65010)));
        Laboratory.Join(r1, r3);
        r1.Announce(Laboratory.Originate("198.51.100.0/24"));
        r2.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal("65010 65001", r2.BestPath(InternetPrefix.Parse("198.51.100.0/24"))!.Value.Attributes.AsPath.ToString());
        Assert.Equal(received + " 65002", r3.BestPath(s_prefix)!.Value.Attributes.AsPath.ToString());
    }

    [Fact]
    public void Local_as_with_replace_as_shows_nothing_else()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { LocalAs = 65010, LocalAsReplaces = true }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65010)));
        r1.Announce(Laboratory.Originate("198.51.100.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal("65010", r2.BestPath(InternetPrefix.Parse("198.51.100.0/24"))!.Value.Attributes.AsPath.ToString());
    }

    [Theory]
    [InlineData(PrivateAsMode.Keep, "65001 64512 3356", "65001 64512")]
    [InlineData(PrivateAsMode.RemoveIfAllPrivate, "65001 64512 3356", "65001")]
    [InlineData(PrivateAsMode.Remove, "65001 3356", "65001")]
    [InlineData(PrivateAsMode.Replace, "65001 65001 3356", "65001 65001")]
    [InlineData(PrivateAsMode.ReplaceIfAllPrivate, "65001 64512 3356", "65001 65001")]
    public void Private_AS_numbers_are_removed_as_the_mode_says(PrivateAsMode mode, string mixed, string onlyPrivate)
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2, n => n with { RemovePrivateAs = mode });
        r1.Announce(Laboratory.Originate("192.0.2.0/24") with { AsPath = [64512, 3356] });
        r1.Announce(Laboratory.Originate("192.0.3.0/24") with { AsPath = [64512] });
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal(mixed, r2.BestPath(s_prefix)!.Value.Attributes.AsPath.ToString());
        Assert.Equal(onlyPrivate, r2.BestPath(InternetPrefix.Parse("192.0.3.0/24"))!.Value.Attributes.AsPath.ToString());
    }

    [Theory]
    [InlineData(PrivateAsMode.Remove, "65001 65002")]
    [InlineData(PrivateAsMode.Replace, "65001 65001 65002")]
    public void The_neighbours_own_private_AS_stays_in_the_path_for_it_to_see_the_loop(PrivateAsMode mode, string expected)
    {
        // Given a neighbour with a private AS, and a route that has passed it, as bgpd 8.4.4 does it.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2, n => n with { RemovePrivateAs = mode, AllowedOwnAs = 1 });
        r1.Announce(Laboratory.Originate("192.0.2.0/24") with { AsPath = [64512, 65002] });
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal(expected, r2.BestPath(s_prefix)!.Value.Attributes.AsPath.ToString());
    }

    [Theory]
    [InlineData(new uint[] { 65003, 65002 }, "best OnlyPath")]
    [InlineData(new uint[] { 65002, 65003, 65002 }, "best OnlyPath")]
    [InlineData(new uint[] { 65002, 65003 }, "rejected AsLoop")]
    public void Allowas_in_origin_takes_what_began_here_and_nothing_that_has_only_passed(uint[] path, string expected)
    {
        // As bgpd 8.4.4 does it.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2, n => n with { AllowsOwnOrigin = true });
        r1.Announce(Laboratory.Originate("192.0.2.0/24") with { AsPath = path });
        _lab.StartAll();
        _lab.Run(3);

        Assert.EndsWith(expected, Laboratory.Describe(r2), System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, "65002 65001", "65002", false)]
    [InlineData(true, false, "65001", "65002", false)]
    [InlineData(false, true, "65002 65001", "65002", true)]
    public void Path_and_MED_go_on_unchanged_where_that_is_configured(bool keepsPath, bool keepsMed, string passed, string own, bool med)
    {
        // "attribute-unchanged as-path" and "attribute-unchanged med" of bgpd, which puts its AS into paths that begin here all the same.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65003);
        Laboratory.Join(r1, r2);
        Laboratory.Join(r2, r3, n => n with { KeepsAsPath = keepsPath, KeepsMed = keepsMed, EnforceFirstAs = false });
        r1.Announce(Laboratory.Originate("192.0.2.0/24") with { Med = 7 });
        r2.Announce(Laboratory.Originate("198.51.100.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        PathAttributes set = r3.BestPath(s_prefix)!.Value.Attributes;
        Assert.Equal((passed, med), (set.AsPath.ToString(), set.HasMed));
        Assert.Equal(own, r3.BestPath(InternetPrefix.Parse("198.51.100.0/24"))!.Value.Attributes.AsPath.ToString());
    }

    [Fact]
    public void A_blackhole_from_outside_stays_inside_where_that_is_configured()
    {
        // RFC 7999 section 3.2, as bgpd does it: from external neighbours only.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002, c => c with { KeepsBlackholesInside = true });
        BgpSpeaker r3 = _lab.Add(3, 65003);
        BgpSpeaker r4 = _lab.Add(4, 65002);
        Laboratory.Join(r1, r2);
        Laboratory.Join(r2, r3);
        Laboratory.Join(r2, r4);
        r1.Announce(Laboratory.Originate("192.0.2.0/24") with { Communities = [Community.Blackhole] });
        r4.Announce(Laboratory.Originate("198.51.100.0/24") with { Communities = [Community.Blackhole] });
        _lab.StartAll();
        _lab.Run(3);

        Assert.Null(r3.BestPath(s_prefix));
        Assert.True(r4.BestPath(s_prefix)!.Value.Attributes.HasCommunity(Community.NoExport));
        Assert.NotNull(r3.BestPath(InternetPrefix.Parse("198.51.100.0/24")));
    }

    [Fact]
    public void A_router_that_is_about_to_go_prefers_the_ways_of_others()
    {
        // RFC 8326 section 4.2: what comes from outside is its last choice while it shuts down.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65002);
        Laboratory.Join(r1, r2);
        Laboratory.Join(r2, r3);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r3.Announce(Laboratory.Originate("192.0.2.0/24") with { AsPath = [65009, 65009] });
        _lab.StartAll();
        _lab.Run(3);
        BgpSpeakerConfiguration before = r2.Configuration with
        {
            Neighbors = [new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)), new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65002))],
        };
        Assert.Equal(Laboratory.AddressOf(1), r2.BestPath(s_prefix)!.Value.Attributes.NextHop);

        r2.Reconfigure(before with { GracefulShutdown = true });
        _lab.Run(1);
        Assert.Equal(Laboratory.AddressOf(3), r2.BestPath(s_prefix)!.Value.Attributes.NextHop);
        PathAttributes external = r2.PathsOf(s_prefix).Single(path => !path.IsInternal).Attributes;
        Assert.Equal((0u, true), (external.LocalPref, external.HasCommunity(Community.GracefulShutdown)));

        r2.Reconfigure(before);
        _lab.Run(1);
        Assert.Equal(Laboratory.AddressOf(1), r2.BestPath(s_prefix)!.Value.Attributes.NextHop);
    }

    [Fact]
    public void As_override_lets_two_sites_of_one_AS_hear_of_each_other()
    {
        // Given two sites of 65100 at a provider.
        BgpSpeaker provider = _lab.Add(1, 65001);
        BgpSpeaker one = _lab.Add(2, 65100);
        BgpSpeaker two = _lab.Add(3, 65100);
        provider.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65100)));
        provider.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65100) with { AsOverride = true }));
        one.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        two.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        one.Announce(Laboratory.Originate("192.0.2.0/24"));
        two.Announce(Laboratory.Originate("192.0.3.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal("65001 65001", two.BestPath(s_prefix)!.Value.Attributes.AsPath.ToString());
        Assert.Equal(PathRejection.AsLoop, one.PathsOf(InternetPrefix.Parse("192.0.3.0/24")).Single().Rejection);
    }

    [Fact]
    public void A_route_server_is_not_in_the_path_and_leaves_the_next_hop_and_MED()
    {
        BgpSpeaker server = _lab.Add(1, 65001);
        BgpSpeaker one = _lab.Add(2, 65002);
        BgpSpeaker two = _lab.Add(3, 65003);
        foreach ((BgpSpeaker client, int node) in new[] { (one, 2), (two, 3) })
        {
            server.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(node), Laboratory.Peer(client.Configuration.As) with { RouteServerClient = true }));
            client.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { EnforceFirstAs = false }));
        }

        one.Announce(Laboratory.Originate("192.0.2.0/24") with { Med = 7 });
        _lab.StartAll();
        _lab.Run(3);

        BgpPath path = two.BestPath(s_prefix)!.Value;
        Assert.Equal(("65002", Laboratory.AddressOf(2), 7u), (path.Attributes.AsPath.ToString(), path.Attributes.NextHop, path.Attributes.Med));
    }

    [Fact]
    public void Default_originate_tells_one_neighbour_of_a_default_route_and_takes_it_back()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65003);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { DefaultOriginate = true }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        Laboratory.Join(r1, r3);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(3);
        Assert.Equal(
            "0.0.0.0/0 via 10.0.0.1 as [65001] best OnlyPath\n192.0.2.0/24 via 10.0.0.1 as [65001] best OnlyPath", Laboratory.Describe(r2));
        Assert.Equal(1, r3.RouteCount(AddressFamily.IPv4));
        Assert.Equal(1, r1.RouteCount(AddressFamily.IPv4));

        r1.ReconfigureNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002));
        _lab.Run(1);

        Assert.Equal("192.0.2.0/24 via 10.0.0.1 as [65001] best OnlyPath", Laboratory.Describe(r2));
        Assert.Equal(0, Laboratory.Session(r1, r2).Counters.Flaps);
    }

    [Fact]
    public void Without_a_policy_nothing_crosses_where_RFC_8212_is_on()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { RequiresPolicy = true }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r2.Announce(Laboratory.Originate("198.51.100.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal(PathRejection.NoPolicy, r1.PathsOf(InternetPrefix.Parse("198.51.100.0/24")).Single().Rejection);
        Assert.Null(r2.BestPath(s_prefix));

        // When it gets policies, the session stays and the routes cross.
        r1.ReconfigureNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with
        {
            RequiresPolicy = true,
            Import = RoutePolicy.AcceptAll,
            Export = RoutePolicy.AcceptAll,
        });
        _lab.Run(1);
        Assert.NotNull(r1.BestPath(InternetPrefix.Parse("198.51.100.0/24")));
        Assert.NotNull(r2.BestPath(s_prefix));
    }

    [Fact]
    public void Weight_decides_before_everything_and_goes_to_nobody()
    {
        // Given two ways to a prefix, the better one with a longer path.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65003);
        BgpSpeaker r4 = _lab.Add(4, 65001);
        Laboratory.Join(r1, r2);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65003) with { Weight = 100 }));
        r3.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        Laboratory.Join(r1, r4);
        r2.Announce(Laboratory.Originate("192.0.2.0/24"));
        r3.Announce(Laboratory.Originate("192.0.2.0/24") with { AsPath = [65009, 65008] });
        _lab.StartAll();
        _lab.Run(3);

        BgpPath best = r1.BestPath(s_prefix)!.Value;
        Assert.Equal((BestPathReason.Weight, (ushort)100), (best.Reason, best.Attributes.Weight));
        Assert.Equal((ushort)0, r4.BestPath(s_prefix)!.Value.Attributes.Weight);
    }

    [Fact]
    public void Graceful_shutdown_moves_traffic_away_before_the_session_ends()
    {
        // Given r3, which can reach the prefix by r1 (shorter) and by r2.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65003);
        Laboratory.Join(r1, r3);
        Laboratory.Join(r2, r3);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r2.Announce(Laboratory.Originate("192.0.2.0/24") with { AsPath = [65009] });
        _lab.StartAll();
        _lab.Run(3);
        Assert.Equal(Laboratory.AddressOf(1), r3.BestPath(s_prefix)!.Value.Attributes.NextHop);

        // When r1 is about to be taken out.
        r1.Reconfigure(r1.Configuration with { GracefulShutdown = true, Networks = [Laboratory.Originate("192.0.2.0/24")], Neighbors = [new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65003))] });
        _lab.Run(1);

        // Then r3 has moved, and still knows the way by r1.
        Assert.Equal(Laboratory.AddressOf(2), r3.BestPath(s_prefix)!.Value.Attributes.NextHop);
        BgpPath old = r3.PathsOf(s_prefix).Last();
        Assert.True(old.Attributes.HasCommunity(Community.GracefulShutdown));
        Assert.Equal(0u, old.Attributes.LocalPref);
    }

    [Fact]
    public void The_text_of_a_shutdown_arrives()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { ShutdownMessage = "maintenance until 04:00, ticket 42" }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        _lab.StartAll();
        _lab.Run(3);

        r1.SetShutdown(Laboratory.AddressOf(2), true);
        _lab.Run(1);

        Assert.Equal("maintenance until 04:00, ticket 42", Laboratory.Session(r2, r1).ShutdownMessage);
        Assert.Equal(BgpErrorSubcode.AdministrativeShutdown, Laboratory.Session(r2, r1).LastError.Subcode);
    }

    [Fact]
    public void IPv4_routes_cross_a_session_of_IPv6_addresses_with_IPv6_next_hops()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.IPv6AddressOf(2), Laboratory.Peer(65002) with { ExtendedNextHop = true }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.IPv6AddressOf(1), Laboratory.Peer(65001) with { ExtendedNextHop = true }));
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal("192.0.2.0/24 via fd00::1 as [65001] best OnlyPath", Laboratory.Describe(r2));
    }

    [Theory]
    [InlineData(false, "fd00::1")]
    [InlineData(true, "10.0.0.2")]
    public void An_IPv6_next_hop_for_IPv4_goes_to_nobody_who_has_not_asked_for_it(bool isInternal, string expected)
    {
        // RFC 8950 section 4. Given r2 with the route over IPv6, and r3 that knows IPv4 next hops only: bgpd 8.4.4 tells itself.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, isInternal ? 65002u : 65003u);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.IPv6AddressOf(2), Laboratory.Peer(65002) with { ExtendedNextHop = true }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.IPv6AddressOf(1), Laboratory.Peer(65001) with { ExtendedNextHop = true }));
        Laboratory.Join(r2, r3, n => n with { ExtendedNextHop = !isInternal, NextHop = NextHopMode.Unchanged });
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal(expected, r3.BestPath(s_prefix)!.Value.Attributes.NextHop.ToString());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Prefixes_that_were_refused_count_towards_the_limit_only_where_that_is_configured(bool counts, bool established)
    {
        // As bgpd 8.4.4 without and with "force".
        RoutePolicy onlyOne = new()
        {
            Rules = [new PolicyRule { Conditions = [new PolicyMatch.PrefixList([new PrefixListEntry(s_prefix)])] }],
        };
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { MaximumPrefixes = 2, MaximumPrefixesCountsRefused = counts, Import = onlyOne }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        for (int i = 3; i < 8; i++)
        {
            r2.Announce(Laboratory.Originate($"192.0.{i}.0/24"));
        }

        r2.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        Assert.Equal(established, Laboratory.Session(r1, r2).IsEstablished);

        // And what is accepted counts in any case.
        r1.ReconfigureNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { MaximumPrefixes = 2 });
        r2.Announce(Laboratory.Originate("192.0.8.0/24"));
        _lab.Run(3);
        Assert.Equal(NotEstablishedReason.MaximumPrefixes, Laboratory.Session(r1, r2).NotEstablished);
    }

    [Fact]
    public void A_limit_of_prefixes_can_warn_only_or_try_again_later()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { MaximumPrefixes = 1, MaximumPrefixesWarningOnly = true }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        r2.Announce(Laboratory.Originate("192.0.2.0/24"));
        r2.Announce(Laboratory.Originate("192.0.3.0/24"));
        _lab.StartAll();
        _lab.Run(3);
        Assert.Equal(2, r1.RouteCount(AddressFamily.IPv4));

        // When the limit counts, the session ends and stays down for a minute.
        r1.ReconfigureNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { MaximumPrefixes = 1, MaximumPrefixesRestart = Duration.FromSeconds(60) });
        r2.Announce(Laboratory.Originate("192.0.4.0/24"));
        _lab.Run(30);
        Assert.Equal(NotEstablishedReason.MaximumPrefixes, Laboratory.Session(r1, r2).NotEstablished);
        r2.Withdraw(s_prefix);
        r2.Withdraw(InternetPrefix.Parse("192.0.3.0/24"));
        _lab.Run(300);
        Assert.True(Laboratory.Session(r1, r2).IsEstablished);
    }

    [Theory]
    [InlineData(false, 0, 1)]
    [InlineData(true, 0, 0)]
    [InlineData(true, 3, 3)]
    public void An_external_neighbour_is_sent_packets_that_go_as_far_as_it_may_be(bool multihop, int hops, int expected) =>
        Assert.Equal(
            expected,
            BgpSession.OptionsOf(Laboratory.Peer(65002) with { Multihop = multihop, MultihopTtl = (byte)hops }, isInternal: false).Ttl);

    [Fact]
    public void A_neighbour_that_reads_nothing_is_given_up_after_the_send_hold_time()
    {
        // Given a session whose neighbour goes on sending keepalives.
        BlockableTransport? blockable = null;
        BgpSpeaker r1 = _lab.Add(
            1, 65001, c => c with { Timers = Laboratory.Timers with { SendHold = Duration.FromSeconds(200) } },
            transport: inner => blockable = new BlockableTransport(inner));
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002)));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with
        {
            Passive = true,
            Timers = Laboratory.Timers with { HoldTime = 0 },
        }));
        _lab.StartAll();
        _lab.Run(1);
        Assert.True(Laboratory.Session(r1, r2).IsEstablished);

        // When it takes nothing any more, while there is something to say.
        blockable!.IsBlocked = true;
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.Run(199);
        Assert.True(Laboratory.Session(r1, r2).IsEstablished);
        _lab.Run(2);

        Assert.Equal(NotEstablishedReason.SendHoldTimerExpired, Laboratory.Session(r1, r2).NotEstablished);
    }

    [Theory]
    [InlineData(CommunityKinds.All, "65001:7", "RT:65001:1", "65001:1:2")]
    [InlineData(CommunityKinds.Standard, "65001:7", "", "")]
    [InlineData(CommunityKinds.Extended | CommunityKinds.Large, "", "RT:65001:1", "65001:1:2")]
    [InlineData(CommunityKinds.None, "", "", "")]
    public void A_neighbour_is_sent_the_kinds_of_communities_that_it_is_to_have(CommunityKinds kinds, string standard, string extended, string large)
    {
        Assert.True(ExtendedCommunity.TryParse("65001:1", ExtendedCommunity.RouteTarget, out ExtendedCommunity target));
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { SendCommunities = kinds }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        r1.Announce(new BgpNetwork(s_prefix)
        {
            Communities = [new Community(65001, 7)],
            LargeCommunities = [new LargeCommunity(65001, 1, 2)],
            Policy = new RoutePolicy { Rules = [new PolicyRule { Actions = [new PolicyAction.SetExtendedCommunities([target.Value], Additive: false)] }] },
        });
        _lab.StartAll();
        _lab.Run(3);

        PathAttributesBuilder heard = new();
        heard.Load(r2.BestPath(s_prefix)!.Value.Attributes);
        Assert.Equal(
            (standard, extended, large),
            (string.Join(' ', heard.Communities), string.Join(' ', heard.ExtendedCommunities.Select(value => new ExtendedCommunity(value))), string.Join(' ', heard.LargeCommunities)));
    }
}
