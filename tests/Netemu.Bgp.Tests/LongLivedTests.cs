using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Show;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 9494: long-lived graceful restart.</summary>
public sealed class LongLivedTests
{
    private const BgpCapabilities Graceful = BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs
        | BgpCapabilities.GracefulRestart | BgpCapabilities.GracefulIPv4 | BgpCapabilities.ForwardingIPv4;

    private const BgpCapabilities LongLived = Graceful
        | BgpCapabilities.LongLived | BgpCapabilities.LongLivedIPv4 | BgpCapabilities.LongLivedForwardingIPv4;

    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    [Fact]
    public void The_capability_holds_a_family_its_flags_and_three_octets_of_seconds()
    {
        byte[] bytes = new byte[256];
        OpenMessage open = Open(LongLived, restartTime: 10, staleTime: 0x012345);
        string hex = Convert.ToHexString(bytes.AsSpan(0, open.Write(bytes)));

        Assert.Contains("0209" + "4707" + "00010180" + "012345", hex, StringComparison.Ordinal);
        Assert.False(OpenMessage.TryRead(Convert.FromHexString(hex), out OpenMessage read).IsError);
        Assert.Equal((LongLived, 0x012345u, 0u), (read.Capabilities, read.LongLivedIPv4Time, read.LongLivedIPv6Time));

        // Neither the one nor the other family's tuple may be cut off.
        Assert.True(OpenMessage.TryRead(Convert.FromHexString(hex.Replace("0209" + "4707" + "00010180" + "012345", "0209" + "4706" + "00010180" + "0123" + "80", StringComparison.Ordinal)), out _).IsError);
    }

    [Fact]
    public void A_speaker_says_it_beside_graceful_restart_only_and_for_the_families_it_speaks()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Aware(65002) with { IPv6Unicast = true, LongLivedStaleTime = 3600, Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Aware(65003) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(4), Aware(65004) with { GracefulRestart = false, Passive = true }));
        r1.Start();
        ScriptedPeer all = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, LongLived));
        ScriptedPeer aware = new(_lab, 3, 1, ScriptedPeer.Open(65003, 3, LongLived));
        ScriptedPeer none = new(_lab, 4, 1, ScriptedPeer.Open(65004, 4, LongLived));
        _lab.Run(1);

        Assert.Contains("470E" + "00010180" + "000E10" + "00020180" + "000E10", all.Messages[0], StringComparison.Ordinal);
        Assert.Contains("0202" + "4700", aware.Messages[0], StringComparison.Ordinal);
        Assert.DoesNotContain("4700", none.Messages[0], StringComparison.Ordinal);
    }

    [Fact]
    public void When_the_restart_time_is_over_the_routes_stay_with_LLGR_STALE_until_the_stale_time_is()
    {
        // Given a neighbour with a route that may be away for 10 s, and for 100 s more.
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);

        // When it goes: until the restart time is over nothing is different from RFC 4724.
        peer.Close();
        _lab.Run(9);
        Assert.Equal((true, false), (Path(r1).IsStale, Path(r1).Attributes.IsLongLivedStale));
        Assert.True(r1.Pending.HasFlag(BgpPending.StaleRoutes));

        // Then it is marked, and nobody waits for it any more.
        _lab.Run(2);
        Assert.Equal((true, true, true), (Path(r1).IsStale, Path(r1).IsBest, Path(r1).Attributes.IsLongLivedStale));
        Assert.False(r1.Pending.HasFlag(BgpPending.StaleRoutes));
        Assert.Equal("10.0.0.2", _lab.Sinks[r1].Routes[s_prefix]);

        // And after the stale time it is gone.
        _lab.Run(98);
        Assert.Single(r1.PathsOf(s_prefix));
        _lab.Run(2);
        Assert.Empty(r1.PathsOf(s_prefix));
        Assert.Empty(_lab.Sinks[r1].Routes);
    }

    [Fact]
    public void Routes_with_NO_LLGR_go_whoever_has_put_it_there()
    {
        // Given three routes: one that the neighbour has marked, one that our policy marks, and one that nobody has.
        RoutePolicy policy = new()
        {
            Rules =
            [
                new PolicyRule
                {
                    Conditions = [new PolicyMatch.PrefixList([new PrefixListEntry(InternetPrefix.Parse("198.51.100.0/24"))])],
                    Actions = [new PolicyAction.SetCommunities([Community.NoLlgr], Additive: true)],
                },
                new PolicyRule(),
            ],
        };
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100), c => c with { Import = policy });
        peer.SendUpdate("", MalformedUpdates.Good + "C00804" + "FFFF0007", "18CB0071");
        peer.SendUpdate("", MalformedUpdates.Good, "18C6336418C00002");
        _lab.Run(1);

        peer.Close();
        _lab.Run(9);
        Assert.Equal(3, r1.PathCount(AddressFamily.IPv4));
        _lab.Run(2);

        Assert.Equal("192.0.2.0/24", r1.Paths(AddressFamily.IPv4).Single().Prefix.ToString());
        Assert.Equal(1, r1.Neighbors.Single().PrefixesReceived(AddressFamily.IPv4));
    }

    [Theory]
    [InlineData(0, BgpCapabilities.GracefulIPv4)]
    [InlineData(60, BgpCapabilities.None)]
    public void Without_a_restart_time_or_without_the_family_in_RFC_4724_it_begins_at_once(int restartTime, BgpCapabilities graceful)
    {
        BgpCapabilities capabilities = (LongLived & ~(BgpCapabilities.GracefulIPv4 | BgpCapabilities.ForwardingIPv4)) | graceful;
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(capabilities, (ushort)restartTime, 100));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);

        peer.Close();
        _lab.Run(1);

        Assert.True(Path(r1).Attributes.IsLongLivedStale);
        Assert.False(r1.Pending.HasFlag(BgpPending.StaleRoutes));
        _lab.Run(100);
        Assert.Empty(r1.PathsOf(s_prefix));
    }

    [Fact]
    public void A_neighbour_that_comes_back_refreshes_what_it_sends_and_loses_the_rest_at_End_of_RIB()
    {
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 1000));
        peer.SendUpdate("", MalformedUpdates.Good, "18C0000218C63364");
        _lab.Run(1);
        peer.Close();
        _lab.Run(100);
        Assert.True(Path(r1).Attributes.IsLongLivedStale);

        peer.Reconnect();
        _lab.Run(1);
        Assert.True(Path(r1).IsStale);
        Assert.True(r1.Pending.HasFlag(BgpPending.StaleRoutes));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        Assert.Equal((false, false), (Path(r1).IsStale, Path(r1).Attributes.IsLongLivedStale));
        Assert.Equal(2, r1.PathCount(AddressFamily.IPv4));

        peer.SendUpdate("", "", "");
        _lab.Run(1);
        Assert.Equal(1, r1.PathCount(AddressFamily.IPv4));
        Assert.Equal(BgpPending.None, r1.Pending);
    }

    [Theory]
    [InlineData(Graceful)]
    [InlineData(LongLived & ~BgpCapabilities.LongLivedForwardingIPv4)]
    [InlineData(LongLived & ~(BgpCapabilities.LongLivedIPv4 | BgpCapabilities.LongLivedForwardingIPv4))]
    public void Who_comes_back_without_the_capability_the_family_or_the_F_bit_has_lost_the_routes(BgpCapabilities back)
    {
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 1000));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        peer.Close();
        _lab.Run(100);
        Assert.Single(r1.PathsOf(s_prefix));

        peer.Reconnect(Open(back, 10, 1000));
        _lab.Run(1);

        Assert.True(r1.Neighbors.Single().IsEstablished);
        Assert.Empty(r1.PathsOf(s_prefix));
        Assert.Equal(BgpPending.None, r1.Pending);
    }

    [Fact]
    public void The_timer_goes_on_over_sessions_that_end_before_End_of_RIB()
    {
        // Given a route that is long-lived stale from t + 10 to t + 310 s.
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 300));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        peer.Close();
        _lab.Run(200);

        // When the neighbour comes back, sends one other route, and goes again.
        peer.Reconnect();
        _lab.Run(1);
        peer.SendUpdate("", MalformedUpdates.Good, "18C63364");
        _lab.Run(1);
        peer.Close();
        _lab.Run(5);
        BgpPath Other() => r1.PathsOf(InternetPrefix.Parse("198.51.100.0/24")).Single();
        Assert.Equal((true, false), (Other().IsStale, Other().Attributes.IsLongLivedStale));
        _lab.Run(84);
        Assert.Equal((true, true), (Path(r1).Attributes.IsLongLivedStale, Other().Attributes.IsLongLivedStale));

        // Then the time has not begun anew, for neither.
        _lab.Run(21);
        Assert.Equal(0, r1.PathCount(AddressFamily.IPv4));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void After_a_stale_time_that_ended_during_the_exchange_the_next_loss_keeps_nothing(bool endOfRib, int kept)
    {
        // Given a neighbour that comes back just before its routes' time is over, and sends one of two again.
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100));
        peer.SendUpdate("", MalformedUpdates.Good, "18C0000218C63364");
        _lab.Run(1);
        peer.Close();
        _lab.Run(100);
        peer.Reconnect();
        _lab.Run(1);
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(20);
        Assert.Equal((1, false), (r1.PathCount(AddressFamily.IPv4), Path(r1).IsStale));

        // When it goes again, before End-of-RIB or after.
        if (endOfRib)
        {
            peer.SendUpdate("", "", "");
        }

        _lab.Run(1);
        peer.Close();
        _lab.Run(1);

        Assert.Equal(kept, r1.PathCount(AddressFamily.IPv4));
    }

    [Fact]
    public void A_route_with_LLGR_STALE_is_the_last_choice_whatever_else_it_has() =>
        AssertLast(Community.LlgrStale, BestPathReason.LongLivedStale);

    [Fact]
    public void Neighbours_that_have_not_said_the_capability_are_told_no_such_route()
    {
        // Given a route of r2's at r1, which r3 with the capability and r4 without it have been told.
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Aware(65003) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(4), Aware(65004) with { Passive = true }));
        ScriptedPeer knows = new(_lab, 3, 1, ScriptedPeer.Open(65003, 3, LongLived));
        ScriptedPeer doesNot = new(_lab, 4, 1, ScriptedPeer.Open(65004, 4, Graceful));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        Assert.Contains(knows.Updates, update => update.EndsWith("18C00002", StringComparison.Ordinal));
        Assert.Contains(doesNot.Updates, update => update.EndsWith("18C00002", StringComparison.Ordinal));

        // When r2 is away for longer than its restart time.
        peer.Close();
        _lab.Run(11);

        // Then r3 is told of the community, and r4 that the route is gone.
        Assert.Contains("C00804" + "FFFF0006", knows.Updates.Last(), StringComparison.Ordinal);
        Assert.Equal("02" + "0004" + "18C00002" + "0000", doesNot.Updates.Last());

        // And when r2 is back, both have it as it was.
        peer.Reconnect();
        _lab.Run(1);
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        Assert.DoesNotContain("FFFF0006", knows.Updates.Last(), StringComparison.Ordinal);
        Assert.EndsWith("18C00002", doesNot.Updates.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_that_comes_with_LLGR_STALE_goes_on_with_it_to_who_knows_it()
    {
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Aware(65003) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(4), Laboratory.Peer(65004) with { Passive = true }));
        ScriptedPeer knows = new(_lab, 3, 1, ScriptedPeer.Open(65003, 3, LongLived));
        ScriptedPeer doesNot = new(_lab, 4, 1, ScriptedPeer.Open(65004, 4, BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs));
        peer.SendUpdate("", MalformedUpdates.Good + "C00804" + "FFFF0006", "18C00002");
        _lab.Run(1);

        Assert.True(Path(r1).IsBest);
        Assert.Contains(knows.Updates, update => update.Contains("FFFF0006", StringComparison.Ordinal));
        Assert.Equal(["02" + "0000" + "0000"], doesNot.Updates);
    }

    [Theory]
    [InlineData(65001u, LongLived, "40050400000000" + "C00804" + "FFFF0006")]
    [InlineData(65001u, Graceful, "40050400000000" + "C00808" + "FFFF0006" + "FFFFFF01")]
    [InlineData(65003u, LongLived, "C00804" + "FFFF0006")]
    [InlineData(65003u, Graceful, null)]
    public void Where_deployment_is_partial_internal_neighbours_without_the_capability_are_told_with_NO_EXPORT_and_no_preference(
        uint asNumber, BgpCapabilities capabilities, string? tail)
    {
        // Given a route from outside at r1, and a neighbour inside or outside that knows the capability or does not.
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Aware(asNumber) with { Passive = true, LongLivedPartialDeployment = true }));
        ScriptedPeer other = new(_lab, 3, 1, ScriptedPeer.Open(asNumber, 3, capabilities));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);

        // When it becomes long-lived stale.
        peer.Close();
        _lab.Run(11);

        // Then LOCAL_PREF is 0 inside, NO_EXPORT goes to who does not know the mark, and nothing to one outside who does not.
        Assert.EndsWith(
            tail is null ? "0004" + "18C00002" + "0000" : tail + "18C00002", other.Updates.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_another_AS_of_the_confederation_is_inside_too()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with { ConfederationId = 100, ConfederationPeers = [65003] });
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Aware(65002) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Aware(65003) with { Passive = true, LongLivedPartialDeployment = true }));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, Open(LongLived, 10, 100));
        ScriptedPeer other = new(_lab, 3, 1, ScriptedPeer.Open(65003, 3, Graceful));
        _lab.Run(1);
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);

        peer.Close();
        _lab.Run(11);

        Assert.EndsWith("40050400000000" + "C00808" + "FFFF0006" + "FFFFFF01" + "18C00002", other.Updates.Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Neither_policy_nor_a_neighbour_without_communities_takes_the_mark_away(bool policy)
    {
        RoutePolicy removes = new() { Rules = [new PolicyRule { Actions = [new PolicyAction.SetCommunities([new Community(65001, 1)], Additive: false)] }] };
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Aware(65003) with { Passive = true, SendCommunities = policy ? CommunityKinds.All : CommunityKinds.None, Export = policy ? removes : null }));
        ScriptedPeer other = new(_lab, 3, 1, ScriptedPeer.Open(65003, 3, LongLived));
        peer.SendUpdate("", MalformedUpdates.Good + "C00804" + "FDEA0001", "18C00002");
        _lab.Run(1);

        peer.Close();
        _lab.Run(11);

        Assert.EndsWith(
            (policy ? "C00808" + "FDE90001" + "FFFF0006" : "C00804" + "FFFF0006") + "18C00002", other.Updates.Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_an_operator_does_or_a_NOTIFICATION_without_RFC_8538_ends_the_routes_at_once(bool operators)
    {
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        if (operators)
        {
            r1.SetShutdown(Laboratory.AddressOf(2), true);
        }
        else
        {
            peer.Send(ScriptedPeer.Marker + "0015" + "03" + "0608");
        }

        _lab.Run(1);
        Assert.Empty(r1.PathsOf(s_prefix));
        Assert.Equal(BgpPending.None, r1.Pending & BgpPending.StaleRoutes);
    }

    [Fact]
    public void With_RFC_8538_a_neighbour_that_falls_silent_becomes_long_lived_stale_too()
    {
        BgpCapabilities both = LongLived | BgpCapabilities.GracefulNotification;
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(both, 10, 100), c => c with { GracefulNotification = true });
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(102);

        Assert.False(r1.Neighbors.Single().IsEstablished);
        Assert.True(Path(r1).Attributes.IsLongLivedStale);
    }

    [Fact]
    public void A_policy_that_changes_meanwhile_leaves_the_mark()
    {
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        peer.Close();
        _lab.Run(20);

        RoutePolicy policy = new() { Rules = [new PolicyRule { Actions = [new PolicyAction.SetLocalPref(300)] }] };
        r1.ReconfigureNeighbor(Laboratory.AddressOf(2), r1.Neighbors.Single().Configuration with { Import = policy });
        _lab.Run(1);

        Assert.Equal((300u, true, true), (Path(r1).Attributes.LocalPref, Path(r1).Attributes.IsLongLivedStale, Path(r1).IsStale));
        r1.Destroy();
        Assert.Equal(0, _lab.Tables.Attributes.Count);
    }

    [Fact]
    public void The_route_shows_for_how_long_it_stays()
    {
        (BgpSpeaker r1, ScriptedPeer peer) = Establish(Open(LongLived, 10, 100));
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        peer.Close();
        _lab.Run(30);

        Assert.True(ShowBgp.TryRun(r1, "show bgp ipv4 unicast 192.0.2.0/24", out string text));
        Assert.Contains("65002, (stale)\n", text, StringComparison.Ordinal);
        Assert.Contains("      Community: llgr-stale\n      Time until Long-lived stale route deleted: 80\n", text, StringComparison.Ordinal);
        Assert.True(ShowBgp.TryRun(r1, "show bgp ipv4 unicast 192.0.2.0/24 json", out string json));
        Assert.Contains("\"llgrSecondsRemaining\":80", json.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void FRRs_line_sets_the_time_and_no_takes_it_back()
    {
        FrrConfiguration configuration = FrrConfiguration.Read(
            "router bgp 65001\n bgp long-lived-graceful-restart stale-time 3600\n neighbor 10.0.0.2 remote-as 65002\n", out IReadOnlyList<FrrProblem> problems);
        Assert.Empty(problems);
        BgpNeighborConfiguration neighbor = FrrCompiler.Compile(configuration, new FrrEnvironment()).Speaker.Neighbors.Single().Configuration;
        Assert.Equal((true, true, 3600u), (neighbor.GracefulRestart, neighbor.LongLivedGracefulRestart, neighbor.LongLivedStaleTime));

        FrrReader reader = new(configuration);
        Assert.True(reader.TryRead("router bgp 65001", out _, out _) && reader.TryRead("no bgp long-lived-graceful-restart stale-time 3600", out _, out _));
        neighbor = FrrCompiler.Compile(configuration, new FrrEnvironment()).Speaker.Neighbors.Single().Configuration;

        // bgpd announces the capability all the same, and asks for nothing with it.
        Assert.Equal((true, 0u), (neighbor.LongLivedGracefulRestart, neighbor.LongLivedStaleTime));
    }

    private void AssertLast(Community community, BestPathReason reason)
    {
        PathAttributeTable table = new();
        PathAttributesBuilder builder = new();
        builder.Clear();
        builder.SetAsPath([65002]);
        builder.LocalPref = 500;
        builder.Weight = 100;
        builder.Communities.Add(community);
        DecisionCandidate stale = new(builder.Intern(table));
        builder.Clear();
        builder.SetAsPath([1, 2, 3, 4, 5]);
        DecisionCandidate fresh = new(builder.Intern(table)) { IsInternal = true };
        BestPathReason[] verdicts = new BestPathReason[2];
        bool[] multipath = new bool[2];

        Assert.Equal(1, DecisionProcess.Select([stale, fresh], BestPathOptions.Default, verdicts, multipath));
        Assert.Equal((reason, reason, false), (verdicts[0], verdicts[1], multipath[0]));

        // Between two of them the other steps decide.
        Assert.Equal(0, DecisionProcess.Select([stale, stale with { IsInternal = true }], BestPathOptions.Default, verdicts, multipath));
        Assert.Equal(BestPathReason.ExternalOverInternal, verdicts[0]);
        Assert.NotNull(_lab);
    }

    private (BgpSpeaker R1, ScriptedPeer Peer) Establish(
        OpenMessage open, Func<BgpNeighborConfiguration, BgpNeighborConfiguration>? configure = null)
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpNeighborConfiguration neighbor = Aware(65002) with { Passive = true };
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), configure?.Invoke(neighbor) ?? neighbor));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, open);
        _lab.Run(1);
        return (r1, peer);
    }

    private static BgpPath Path(BgpSpeaker speaker) => speaker.PathsOf(s_prefix).Single();

    private static BgpNeighborConfiguration Aware(uint asNumber) =>
        Laboratory.Peer(asNumber) with { GracefulRestart = true, LongLivedGracefulRestart = true };

    private static OpenMessage Open(BgpCapabilities capabilities, ushort restartTime, uint staleTime) =>
        ScriptedPeer.Open(65002, 2, capabilities) with { RestartTime = restartTime, LongLivedIPv4Time = staleTime };
}
