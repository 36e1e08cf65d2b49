using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Routing;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

public sealed class FeatureTests
{
    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    [Fact]
    public void A_two_octet_neighbour_gets_AS_TRANS_and_AS4_PATH_and_its_own_are_merged()
    {
        // Given a speaker with a four-octet AS, and a peer that knows two octets only.
        BgpSpeaker r1 = _lab.Add(1, 4200000001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv4Unicast));
        _lab.Run(1);

        // Then its OPEN says AS_TRANS, and so does the path, with the truth in AS4_PATH.
        Assert.Equal("5BA0", peer.Messages[0][4..8]);
        Assert.Equal(
            "02" + "0000" + "001B" + "40010100" + "400204" + "0201" + "5BA0" + "400304" + "0A000001" + "C01106" + "0201" + "FA56EA01"
            + "18C00002", peer.Updates.First());

        // When it sends 65002 AS_TRANS 65003 with AS4_PATH 4200000009 65003.
        peer.SendUpdate("", "40010100" + "400208" + "0203" + "FDEA" + "5BA0" + "FDEB" + "400304" + "0A000002"
            + "C0110A" + "0202" + "FA56EA09" + "0000FDEB", "18C63364");
        _lab.Run(1);

        // Then the path is whole.
        BgpPath path = r1.BestPath(InternetPrefix.Parse("198.51.100.0/24"))!.Value;
        Assert.Equal("65002 4200000009 65003", path.Attributes.AsPath.ToString());
    }

    [Fact]
    public void An_external_route_is_sent_as_the_RFC_has_it_and_End_of_RIB_follows()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.Announce(new BgpNetwork(s_prefix) { Med = 5, LocalPref = 300, Communities = [new Community(65001, 1)] });
        r1.Announce(new BgpNetwork(InternetPrefix.Parse("192.0.3.0/24")) { Med = 5, LocalPref = 300, Communities = [new Community(65001, 1)] });
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs));
        _lab.Run(1);

        // One message for both prefixes: ORIGIN, AS_PATH, NEXT_HOP, MED, COMMUNITIES; no LOCAL_PREF.
        Assert.Equal(
            [
                "02" + "0000" + "0022" + "40010100" + "400206" + "0201" + "0000FDE9" + "400304" + "0A000001" + "800404" + "00000005"
                    + "C00804" + "FDE90001" + "18C00002" + "18C00003",
                "02" + "0000" + "0000",
            ], peer.Updates);

        r1.Withdraw(s_prefix);
        _lab.Run(1);
        Assert.Equal("02" + "0004" + "18C00002" + "0000", peer.Updates.Last());
    }

    [Fact]
    public void IPv6_routes_are_sent_in_MP_REACH_and_withdrawn_in_MP_UNREACH()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with
        {
            Passive = true,
            IPv4Unicast = false,
            IPv6Unicast = true,
            LocalIPv6NextHop = Laboratory.IPv6AddressOf(1),
            LinkLocalNextHop = IPv6Address.Parse("fe80::1"),
        }));
        r1.Announce(Laboratory.Originate("2001:db8::/32"));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv6Unicast | BgpCapabilities.FourOctetAs));
        _lab.Run(1);
        r1.Withdraw(InternetPrefix.Parse("2001:db8::/32"));
        _lab.Run(1);

        Assert.Equal(
            [
                "02" + "0000" + "003B" + "900E002A" + "00020120" + "FD000000000000000000000000000001" + "FE800000000000000000000000000001"
                    + "00" + "2020010DB8" + "40010100" + "400206" + "0201" + "0000FDE9",
                "02" + "0000" + "0006" + "800F03000201",
                "02" + "0000" + "000C" + "900F0008" + "000201" + "2020010DB8",
            ], peer.Updates);
    }

    [Fact]
    public void Routes_of_a_neighbour_that_restarts_gracefully_stay_until_it_is_back()
    {
        // Given two speakers with graceful restart.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65001);
        Laboratory.Join(r1, r2, neighbor => neighbor with { GracefulRestart = true });
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r1.Announce(Laboratory.Originate("192.0.3.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        // When r1's process dies: its connections are reset.
        r1.Destroy();
        _lab.Run(1);

        // Then r2 keeps both routes, stale, and is not converged.
        Assert.Equal(2, r2.RouteCount(AddressFamily.IPv4));
        Assert.All(r2.Paths(AddressFamily.IPv4), path => Assert.True(path.IsStale));
        Assert.True(r2.Pending.HasFlag(BgpPending.StaleRoutes));

        // When it comes back with one of the two.
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r1.Start();
        _lab.Run(130);

        // Then End-of-RIB has cleared the other one, and the FIB never lost the first.
        Assert.Equal(BgpState.Established, Laboratory.Session(r2, r1).State);
        Assert.Equal("192.0.2.0/24 via 10.0.0.1 as [] best OnlyPath", Laboratory.Describe(r2));
        Assert.False(r2.BestPath(s_prefix)!.Value.IsStale);
        Assert.DoesNotContain("-192.0.2.0/24", _lab.Sinks[r2].Log);
        Assert.Contains("-192.0.3.0/24", _lab.Sinks[r2].Log);
        Assert.Equal(BgpPending.None, r2.Pending);
    }

    [Fact]
    public void Stale_routes_go_when_the_restart_time_is_over_and_at_once_after_a_Cease()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65001);
        Laboratory.Join(r1, r2, neighbor => neighbor with { GracefulRestart = true, RestartTime = 20 });
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        r1.Destroy();
        _lab.Run(19);
        Assert.Equal(1, r2.RouteCount(AddressFamily.IPv4));
        _lab.Run(3);
        Assert.Equal(0, r2.RouteCount(AddressFamily.IPv4));
        Assert.False(r2.Pending.HasFlag(BgpPending.StaleRoutes));

        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r1.Start();
        _lab.Run(130);
        Assert.Equal(1, r2.RouteCount(AddressFamily.IPv4));
        r1.Stop();
        _lab.Run(1);
        Assert.Equal(0, r2.RouteCount(AddressFamily.IPv4));
    }

    [Fact]
    public void Add_path_brings_every_path_to_a_neighbour_that_asks_for_it()
    {
        // Given a reflector whose two clients announce one prefix, and a third one that receives several paths.
        BgpSpeaker rr = _lab.Add(9, 65001);
        BgpSpeaker c1 = _lab.Add(1, 65001);
        BgpSpeaker c2 = _lab.Add(2, 65001);
        BgpSpeaker c3 = _lab.Add(3, 65001);
        BgpNeighborConfiguration client = Laboratory.Peer(65001) with { RouteReflectorClient = true, AddPathSend = true };
        foreach (BgpSpeaker speaker in (BgpSpeaker[])[c1, c2, c3])
        {
            rr.AddNeighbor(new BgpNeighbor(speaker.Configuration.RouterId, client));
            speaker.AddNeighbor(new BgpNeighbor(
                rr.Configuration.RouterId, Laboratory.Peer(65001) with { AddPathReceive = speaker == c3 }));
        }

        c1.Announce(Laboratory.Originate("192.0.2.0/24"));
        c2.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        Assert.Equal(
            ["10.0.0.1", "10.0.0.2"],
            c3.PathsOf(s_prefix).Select(path => path.Attributes.NextHop.ToString()).Order());
        Assert.Equal(2, c3.PathsOf(s_prefix).Select(path => path.PathId).Distinct().Count());

        c1.Withdraw(s_prefix);
        _lab.Run(1);
        Assert.Equal(["10.0.0.2"], c3.PathsOf(s_prefix).Select(path => path.Attributes.NextHop.ToString()));
    }

    [Fact]
    public void With_the_best_path_of_each_AS_a_neighbour_gets_one_of_each()
    {
        // Given r1 with two ways through AS 65002 and one through AS 65003, and a collector.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker[] others = [_lab.Add(2, 65002), _lab.Add(3, 65002), _lab.Add(4, 65003)];
        BgpSpeaker collector = _lab.Add(5, 65005);
        foreach (BgpSpeaker other in others)
        {
            Laboratory.Join(r1, other);
            other.Announce(Laboratory.Originate("192.0.2.0/24"));
        }

        Laboratory.Join(r1, collector, n => n with { AddPathSend = true, AddPathReceive = true, AddPathBestOfAs = true });
        _lab.StartAll();
        _lab.Run(3);
        Assert.Equal(["65001 65002", "65001 65003"], collector.PathsOf(s_prefix).Select(path => path.Attributes.AsPath.ToString()).Order());

        // The second way through AS 65002 takes the place of the first.
        others[0].Withdraw(s_prefix);
        _lab.Run(1);
        Assert.Equal(["65001 65002", "65001 65003"], collector.PathsOf(s_prefix).Select(path => path.Attributes.AsPath.ToString()).Order());
        others[1].Withdraw(s_prefix);
        _lab.Run(1);
        Assert.Equal(["65001 65003"], collector.PathsOf(s_prefix).Select(path => path.Attributes.AsPath.ToString()));
    }

    [Fact]
    public void The_advertisement_interval_holds_changes_back_and_withdrawals_pass()
    {
        BgpTimers timers = Laboratory.Timers with { AdvertisementIntervalExternal = Duration.FromSeconds(30), Jitter = false };
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with { Timers = timers });
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);
        Assert.Equal(1, r2.RouteCount(AddressFamily.IPv4));

        // When another network comes and the first one goes.
        r1.Announce(Laboratory.Originate("192.0.3.0/24"));
        r1.Withdraw(s_prefix);
        _lab.Run(1);

        // Then the withdrawal is there, and the announcement holds a token until the interval is over.
        Assert.Equal("", Laboratory.Describe(r2));
        Assert.Equal(BgpPending.AdvertisementInterval, r1.Pending);
        _lab.Run(30);
        Assert.Equal("192.0.3.0/24 via 10.0.0.1 as [65001] best OnlyPath", Laboratory.Describe(r2));
        Assert.Equal(BgpPending.None, r1.Pending);
    }

    [Fact]
    public void A_next_hop_that_cannot_be_resolved_takes_its_route_out_until_it_can()
    {
        FakeResolver resolver = new();
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65001, resolver: resolver);
        Laboratory.Join(r1, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);
        Assert.Equal("192.0.2.0/24 via 10.0.0.1 as [] rejected NextHopUnreachable", Laboratory.Describe(r2));

        resolver.Set("10.0.0.1", 10);
        _lab.Run(1);
        Assert.Equal("192.0.2.0/24 via 10.0.0.1 as [] best OnlyPath", Laboratory.Describe(r2));

        resolver.Set("10.0.0.1", null);
        _lab.Run(1);
        Assert.Equal(["+192.0.2.0/24 10.0.0.1", "-192.0.2.0/24"], _lab.Sinks[r2].Log[^2..]);
    }

    [Fact]
    public void Changes_that_the_speakers_own_routes_make_are_looked_at_together()
    {
        // Given a FIB that says "changed" at every route that is installed, as a kernel's does.
        FakeResolver resolver = new();
        resolver.Set("10.0.0.1", 0);
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65001, resolver: resolver);
        _lab.Sinks[r2].Installed = () => resolver.Set("10.0.0.1", 0);
        Laboratory.Join(r1, r2);
        for (int i = 0; i < 50; i++)
        {
            r1.Announce(Laboratory.Originate($"192.0.{i}.0/24"));
        }

        _lab.StartAll();
        _lab.Loop.RunUntil(SimTime.Zero + Duration.FromMilliseconds(50));
        Assert.Equal(50, r2.RouteCount(AddressFamily.IPv4));
        int asked = resolver.Questions;
        Assert.True(r2.Pending.HasFlag(BgpPending.Changes));

        _lab.Run(1);
        const int Rows = (50 + RibPath.LongestRun - 1) / RibPath.LongestRun;
        Assert.Equal(asked + Rows, resolver.Questions);
        Assert.Equal(BgpPending.None, r2.Pending);
    }

    [Fact]
    public void The_nearer_exit_is_taken_and_the_choice_follows_the_interior_cost()
    {
        FakeResolver resolver = new();
        resolver.Set("10.0.0.1", 10);
        resolver.Set("10.0.0.3", 20);
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r3 = _lab.Add(3, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65001, resolver: resolver);
        Laboratory.Join(r1, r2);
        Laboratory.Join(r3, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r3.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);
        Assert.Equal("10.0.0.1", _lab.Sinks[r2].Routes[s_prefix]);
        Assert.Equal(BestPathReason.IgpMetric, r2.BestPath(s_prefix)!.Value.Reason);

        resolver.Set("10.0.0.1", 30);
        _lab.Run(1);
        Assert.Equal("10.0.0.3", _lab.Sinks[r2].Routes[s_prefix]);
    }

    [Fact]
    public void Equal_paths_are_installed_together()
    {
        BgpSpeaker r1 = _lab.Add(1, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65002);
        BgpSpeaker r2 = _lab.Add(2, 65001, c => c with { BestPath = new BestPathOptions { MaximumPathsExternal = 4 } });
        Laboratory.Join(r1, r2);
        Laboratory.Join(r3, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r3.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);
        Assert.Equal("10.0.0.1,10.0.0.3", _lab.Sinks[r2].Routes[s_prefix]);

        r1.Withdraw(s_prefix);
        _lab.Run(1);
        Assert.Equal("10.0.0.3", _lab.Sinks[r2].Routes[s_prefix]);
    }

    [Fact]
    public void Policy_filters_and_changes_routes_in_and_out()
    {
        // Given an export policy that hides a prefix and prepends, and an import policy that prefers by community.
        RoutePolicy export = new()
        {
            Rules =
            [
                new PolicyRule
                {
                    Conditions = [new PolicyMatch.PrefixList([new PrefixListEntry(InternetPrefix.Parse("10.0.0.0/8")) { MaximumLength = 32 }])],
                    Verdict = PolicyVerdict.Reject,
                },
                new PolicyRule
                {
                    Actions = [new PolicyAction.PrependAsPath([65001, 65001]), new PolicyAction.SetCommunities([new Community(65001, 5)], Additive: true)],
                },
            ],
        };
        RoutePolicy import = new()
        {
            Default = PolicyVerdict.Accept,
            Rules =
            [
                new PolicyRule
                {
                    Conditions = [new PolicyMatch.AnyCommunity([new Community(65001, 5)]), new PolicyMatch.AsPathRegex("^65001_65001_")],
                    Actions = [new PolicyAction.SetLocalPref(250)],
                },
            ],
        };
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Export = export }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { Import = import }));
        r1.Announce(Laboratory.Originate("10.1.0.0/16"));
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        Assert.Equal("192.0.2.0/24 via 10.0.0.1 as [65001 65001 65001] best OnlyPath", Laboratory.Describe(r2));
        BgpPath path = r2.BestPath(s_prefix)!.Value;
        Assert.Equal((250u, false), (path.Attributes.LocalPref, path.Received.HasLocalPref));
        Assert.True(path.Attributes.HasCommunity(new Community(65001, 5)));
        Assert.Equal(["192.0.2.0/24"], r1.AdvertisedRoutes(Laboratory.Session(r1, r2), AddressFamily.IPv4).Select(route => route.Prefix.ToString()));
    }

    [Fact]
    public void A_rejected_route_stays_in_the_Adj_RIB_In_with_its_reason()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002)));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { Import = RoutePolicy.RejectAll }));
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        Assert.Equal("192.0.2.0/24 via 10.0.0.1 as [65001] rejected Policy", Laboratory.Describe(r2));
        Assert.Empty(_lab.Sinks[r2].Routes);
    }

    [Theory]
    [InlineData(0xFFFFFF01, "r3")]
    [InlineData(0xFFFFFF02, "")]
    [InlineData(0xFDE90001, "r3 r4")]
    public void Well_known_communities_are_obeyed(uint community, string reached)
    {
        // Given r2 in AS 65001, with r3 inside and r4 outside.
        BgpSpeaker r2 = _lab.Add(2, 65001);
        BgpSpeaker r3 = _lab.Add(3, 65001);
        BgpSpeaker r4 = _lab.Add(4, 65004);
        Laboratory.Join(r2, r3);
        Laboratory.Join(r2, r4);
        _lab.StartAll();
        r2.Announce(new BgpNetwork(s_prefix) { Communities = [new Community(community)] });
        _lab.Run(1);

        List<string> have = [];
        have.AddRange(r3.BestPath(s_prefix) is null ? [] : ["r3"]);
        have.AddRange(r4.BestPath(s_prefix) is null ? [] : ["r4"]);
        Assert.Equal(reached, string.Join(' ', have));
    }

    [Fact]
    public void More_prefixes_than_allowed_end_the_session()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002)));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { MaximumPrefixes = 2 }));
        for (int i = 0; i < 3; i++)
        {
            r1.Announce(Laboratory.Originate($"192.0.{i}.0/24"));
        }

        _lab.StartAll();
        _lab.Run(1);

        Assert.Equal(
            (BgpErrorCode.Cease, BgpErrorSubcode.MaximumPrefixesReached),
            (Laboratory.Session(r2, r1).LastError.Code, Laboratory.Session(r2, r1).LastError.Subcode));
        Assert.Equal("", Laboratory.Describe(r2));
    }

    [Fact]
    public void A_route_refresh_is_answered_between_its_two_marks()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv4Unicast
            | BgpCapabilities.FourOctetAs | BgpCapabilities.RouteRefresh | BgpCapabilities.EnhancedRouteRefresh));
        _lab.Run(1);

        peer.Send(ScriptedPeer.Marker + "001705" + "00010001");
        _lab.Run(1);

        Assert.Equal(["0500010101", peer.Updates.First(), "0500010201"], peer.Messages[^3..]);
    }

    [Fact]
    public void A_neighbour_from_a_range_is_made_when_it_connects()
    {
        BgpSpeaker hub = _lab.Add(1, 65001, c => c with
        {
            NeighborRanges = [new BgpNeighborRange(InternetPrefix.Parse("10.0.0.0/24"), Laboratory.Peer(65002))],
        });
        BgpSpeaker spoke = _lab.Add(7, 65002);
        spoke.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001)));
        spoke.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        Assert.True(Assert.Single(hub.Neighbors).IsDynamic);
        Assert.Equal(1, hub.RouteCount(AddressFamily.IPv4));
    }

    [Fact]
    public void A_wrong_password_gets_no_answer()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Password = "right" }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { Password = "wrong", Passive = true }));
        _lab.StartAll();
        _lab.Run(1);
        Assert.Equal(Sessions.NotEstablishedReason.ConnectionTimedOut, Laboratory.Session(r1, r2).NotEstablished);

        r2.ReconfigureNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { Password = "right", Passive = true });
        _lab.Run(130);
        Assert.Equal(BgpState.Established, Laboratory.Session(r1, r2).State);
    }

    private sealed class FakeResolver : INextHopResolver
    {
        private readonly Dictionary<InternetAddress, uint> _metrics = [];

        public event Action? Changed;

        public void Set(string nextHop, uint? metric)
        {
            InternetAddress address = InternetAddress.Parse(nextHop);
            _metrics.Remove(address);
            if (metric is uint value)
            {
                _metrics.Add(address, value);
            }

            Changed?.Invoke();
        }

        public int Questions { get; private set; }

        public bool TryResolve(InternetAddress nextHop, out uint metric)
        {
            Questions++;
            return _metrics.TryGetValue(nextHop, out metric);
        }
    }
}
