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

/// <summary>RFC 5065: confederations. AS 100 to the world, 65001 and 65002 and so on inside.</summary>
public sealed class ConfederationTests
{
    private const uint Confederation = 100;
    private const string Origin = MalformedUpdates.Origin;
    private const string NextHop = MalformedUpdates.NextHop;
    private const string LocalPref = "400504" + "000000C8";

    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    [Fact]
    public void Members_say_their_own_AS_to_each_other_and_the_confederations_outside()
    {
        BgpSpeaker r1 = Member(1, 65001, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65001) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65002) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(4), Laboratory.Peer(200) with { Passive = true }));
        r1.Start();
        ScriptedPeer inside = new(_lab, 2, 1, Open(65001, 2));
        ScriptedPeer member = new(_lab, 3, 1, Open(65002, 3));
        ScriptedPeer outside = new(_lab, 4, 1, Open(200, 4));
        _lab.Run(1);

        // "My Autonomous System" and the four-octet capability.
        Assert.StartsWith("01" + "04" + "FDE9", inside.Messages[0], StringComparison.Ordinal);
        Assert.StartsWith("01" + "04" + "FDE9", member.Messages[0], StringComparison.Ordinal);
        Assert.StartsWith("01" + "04" + "0064", outside.Messages[0], StringComparison.Ordinal);
        Assert.Contains("4104" + "00000064", outside.Messages[0], StringComparison.Ordinal);
        Assert.Equal(3, r1.Neighbors.Count(n => n.IsEstablished));
    }

    [Fact]
    public void The_path_grows_in_a_confederation_segment_inside_and_by_one_number_outside()
    {
        // Given 200 - r1 (65001) - r2 (65002) = r3 (65002) - r4 (65003) - 300.
        BgpSpeaker outside = _lab.Add(9, 200);
        BgpSpeaker r1 = Member(1, 65001, 65002);
        BgpSpeaker r2 = Member(2, 65002, 65001, 65003);
        BgpSpeaker r3 = Member(3, 65002, 65001, 65003);
        BgpSpeaker r4 = Member(4, 65003, 65002);
        BgpSpeaker far = _lab.Add(8, 300);
        Laboratory.Join(r1, r2);
        Laboratory.Join(r2, r3);
        Laboratory.Join(r3, r4);
        JoinOutside(outside, r1);
        JoinOutside(far, r4);
        outside.Announce(Laboratory.Originate("192.0.2.0/24") with { Med = 7 });
        r1.Announce(Laboratory.Originate("198.51.100.0/24") with { Med = 9, LocalPref = 300 });
        _lab.StartAll();
        _lab.Run(2);

        // Then each member in its turn is in the path, internal sessions add nothing, and the world sees one AS.
        Assert.Equal(["200", "(65001) 200", "(65001) 200", "(65002 65001) 200", "100 200"], PathsOf(s_prefix, r1, r2, r3, r4, far));
        InternetPrefix own = InternetPrefix.Parse("198.51.100.0/24");
        Assert.Equal(["", "(65001)", "(65001)", "(65002 65001)", "100"], PathsOf(own, r1, r2, r3, r4, far));
        Assert.Equal("100", outside.BestPath(own)!.Value.Attributes.AsPath.ToString());

        // And LOCAL_PREF, MED and next hop cross the members' borders, and do not leave.
        PathAttributes inside = r4.BestPath(own)!.Value.Attributes;
        Assert.Equal((300u, 9u, Laboratory.AddressOf(1)), (inside.LocalPref, inside.Med, inside.NextHop));
        PathAttributes beyond = far.BestPath(own)!.Value.Attributes;
        Assert.Equal((false, false, Laboratory.AddressOf(4)), (beyond.HasLocalPref, beyond.HasMed, beyond.NextHop));
        Assert.Equal((1, 2), (inside.AsPathLength + beyond.AsPathLength, far.BestPath(s_prefix)!.Value.Attributes.AsPathLength));

        // Nothing is reflected: an internal route is what it was.
        Assert.False(r3.BestPath(own)!.Value.Attributes.TryGetOriginatorId(out _));
    }

    [Fact]
    public void A_route_with_NO_EXPORT_stays_in_the_confederation_and_one_with_local_AS_in_the_member()
    {
        BgpSpeaker r1 = Member(1, 65001, 65002);
        BgpSpeaker r2 = Member(2, 65002, 65001);
        BgpSpeaker r3 = Member(3, 65001, 65002);
        BgpSpeaker far = _lab.Add(8, 300);
        Laboratory.Join(r1, r2);
        Laboratory.Join(r1, r3);
        JoinOutside(far, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24") with { Communities = [Community.NoExport] });
        r1.Announce(Laboratory.Originate("198.51.100.0/24") with { Communities = [Community.NoExportSubconfed] });
        _lab.StartAll();
        _lab.Run(1);

        Assert.Equal(2, r3.PathCount(AddressFamily.IPv4));
        Assert.Equal("192.0.2.0/24", r2.Paths(AddressFamily.IPv4).Single().Prefix.ToString());
        Assert.Equal(0, far.PathCount(AddressFamily.IPv4));
    }

    [Theory]
    [InlineData("400206" + "0301" + "0000FDEA", PathRejection.None)]
    [InlineData("40020A" + "0302" + "0000FDEA" + "0000FDE9", PathRejection.ConfederationLoop)]
    [InlineData("40020C" + "0301" + "0000FDEA" + "0201" + "00000064", PathRejection.AsLoop)]
    [InlineData("40020C" + "0301" + "0000FDEA" + "0101" + "00000064", PathRejection.AsLoop)]
    [InlineData("40020C" + "0301" + "0000FDEA" + "0401" + "0000FDE9", PathRejection.ConfederationLoop)]
    [InlineData("40020C" + "0301" + "0000FDEA" + "0201" + "0000FDE9", PathRejection.None)]
    [InlineData("400206" + "0301" + "0000FDEB", PathRejection.FirstAsMismatch)]
    public void A_loop_is_the_own_member_among_members_or_the_confederation_among_ASes(string asPath, PathRejection expected)
    {
        ScriptedPeer peer = Establish(65002);
        peer.SendUpdate("", Origin + asPath + NextHop + LocalPref, "18C00002");
        _lab.Run(1);

        BgpPath path = _lab.Speakers[0].PathsOf(s_prefix).Single();
        Assert.Equal(expected, path.Rejection);
        Assert.Equal(200u, path.Attributes.LocalPref);
    }

    // From another member: a path without a leading AS_CONFED_SEQUENCE; from outside: with any confederation segment; inside
    // a member both are right. RFC 7606 section 7.2: a malformed AS_PATH costs the route.
    [Theory]
    [InlineData(65002, "400206" + "0201" + "0000FDEA", false)]
    [InlineData(65002, "400200", false)]
    [InlineData(65002, "400206" + "0401" + "0000FDEA", false)]
    [InlineData(65002, "400208" + "0300" + "0301" + "0000FDEA", false)]
    [InlineData(65002, "400206" + "0302" + "0000FDEA", false)]
    [InlineData(65002, "40020C" + "0301" + "0000FDEA" + "0401" + "0000FDEB", true)]
    [InlineData(200, "400206" + "0301" + "000000C8", false)]
    [InlineData(200, "40020C" + "0201" + "000000C8" + "0301" + "0000FDEA", false)]
    [InlineData(200, "400206" + "0201" + "000000C8", true)]
    [InlineData(65001, "400206" + "0301" + "0000FDEA", true)]
    [InlineData(65001, "400206" + "0201" + "000000C8", true)]
    [InlineData(65001, "400206" + "0501" + "0000FDEA", false)]
    public void Segments_of_a_confederation_are_malformed_from_outside_and_missing_ones_from_a_member(uint from, string asPath, bool kept)
    {
        ScriptedPeer peer = Establish(from);
        peer.SendUpdate("", Origin + asPath + NextHop + LocalPref, "18C00002");
        _lab.Run(1);

        Assert.Equal(kept ? 1 : 0, _lab.Speakers[0].PathsOf(s_prefix).Count());
        Assert.Equal(kept ? 0u : 1u, _lab.Speakers[0].Neighbors.Single().Counters.UpdateErrors);
        Assert.Equal("", peer.Notification);
    }

    [Fact]
    public void A_route_of_another_member_is_internal_to_the_decision()
    {
        // Given two routes of one length, one from outside and one from another member with a lower identifier.
        BgpSpeaker r1 = Member(1, 65001, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(200) with { Passive = true }));
        r1.Start();
        ScriptedPeer member = new(_lab, 2, 1, Open(65002, 2));
        ScriptedPeer outside = new(_lab, 3, 1, Open(200, 3));
        _lab.Run(1);
        member.SendUpdate("", Origin + "40020C" + "0301" + "0000FDEA" + "0201" + "000000C9" + NextHop + "400504" + "00000064", "18C00002");
        outside.SendUpdate("", Origin + "400206" + "0201" + "000000C8" + "400304" + "0A000003", "18C00002");
        _lab.Run(1);

        BgpPath best = r1.BestPath(s_prefix)!.Value;
        Assert.Equal(("200", BestPathReason.ExternalOverInternal), (best.Attributes.AsPath.ToString(), best.Reason));
        BgpPath other = r1.PathsOf(s_prefix).Last();
        Assert.Equal((false, true, 1), (other.IsInternal, other.IsConfederation, other.Attributes.AsPathLength));
    }

    [Fact]
    public void MEDs_are_compared_by_the_AS_behind_the_confederations_segments()
    {
        PathAttributeTable table = new();
        PathAttributesBuilder builder = new();
        builder.Clear();
        builder.SetAsPath([200, 300]);
        builder.PrependConfederation(65003);
        builder.PrependConfederation(65002);
        PathAttributes set = builder.Intern(table);

        Assert.Equal((200u, 2, 65002u), (set.NeighborAs, (int)set.AsPathLength, set.AsPath.LeftmostAs));
        Assert.Equal("(65002 65003) 200 300", set.AsPath.ToString());
    }

    [Theory]
    [InlineData(false, 0, BestPathReason.RouterId)]
    [InlineData(true, 1, BestPathReason.AsPathLength)]
    public void Members_count_for_the_length_only_where_that_is_switched_on(bool counted, int best, BestPathReason reason)
    {
        PathAttributeTable table = new();
        PathAttributesBuilder builder = new();
        builder.Clear();
        builder.SetAsPath([200]);
        builder.PrependConfederation(65003);
        PathAttributes near = builder.Intern(table);
        builder.PrependConfederation(65002);
        DecisionCandidate[] candidates =
        [
            new(builder.Intern(table)) { IsInternal = true, PeerIdentifier = new IPv4Address(1) },
            new(near) { IsInternal = true, PeerIdentifier = new IPv4Address(2) },
        ];
        BestPathReason[] verdicts = new BestPathReason[2];

        Assert.Equal(best, DecisionProcess.Select(candidates, new BestPathOptions { CountConfederation = counted }, verdicts, new bool[2]));
        Assert.Equal(reason, verdicts[best]);
    }

    [Fact]
    public void An_aggregate_of_members_routes_has_them_in_a_set_of_their_own()
    {
        BgpSpeaker r1 = Member(1, 65001, 65002, 65003);
        r1.Reconfigure(r1.Configuration with { Aggregates = [new BgpAggregate(InternetPrefix.Parse("10.8.0.0/16")) { AsSet = true }] });
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(200) with { Passive = true }));
        r1.Start();
        ScriptedPeer member = new(_lab, 2, 1, Open(65002, 2));
        ScriptedPeer outside = new(_lab, 3, 1, Open(200, 3));
        _lab.Run(1);
        member.SendUpdate("", Origin + "40020C" + "0301" + "0000FDEA" + "0201" + "0000012C" + NextHop + LocalPref, "180A0801");
        outside.SendUpdate("", Origin + "400206" + "0201" + "000000C8" + "400304" + "0A000003", "180A0802");
        _lab.Run(1);

        PathAttributes set = r1.BestPath(InternetPrefix.Parse("10.8.0.0/16"))!.Value.Attributes;
        Assert.Equal("[65002] {200,300}", set.AsPath.ToString());

        // RFC 5065 section 5: who aggregated is the confederation to the world; AGGREGATOR is attribute 7.
        Assert.True(set.TryGet(AttributeType.Aggregator, out ReadOnlySpan<byte> aggregator));
        Assert.Equal("00000064" + "0A000001", Convert.ToHexString(aggregator));
        Assert.Contains(outside.Updates, update => update.Contains("400210" + "0201" + "00000064" + "0102" + "000000C8" + "0000012C", StringComparison.Ordinal));
    }

    [Fact]
    public void Between_two_octet_members_AS4_PATH_carries_no_member()
    {
        // Given a member that knows two octets, and a route from AS 4200000001.
        BgpSpeaker r1 = Member(1, 65001, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(4200000001) with { Passive = true }));
        r1.Start();
        ScriptedPeer old = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv4Unicast));
        ScriptedPeer outside = new(_lab, 3, 1, Open(4200000001, 3));
        _lab.Run(1);
        outside.SendUpdate("", Origin + "400206" + "0201" + "FA56EA01" + "400304" + "0A000003", "18C00002");
        _lab.Run(1);

        string told = old.Updates.Single(update => update.EndsWith("18C00002", StringComparison.Ordinal));
        Assert.Contains("400208" + "0301" + "FDE9" + "0201" + "5BA0", told, StringComparison.Ordinal);
        Assert.Contains("C01106" + "0201" + "FA56EA01", told, StringComparison.Ordinal);

        // And what comes from it is put together again, whatever its AS4_PATH says of members.
        old.SendUpdate(
            "", Origin + "40020A" + "0301" + "FDEA" + "0202" + "5BA0" + "012C" + NextHop + LocalPref
                + "C01110" + "0301" + "0000FDEA" + "0202" + "FA56EA02" + "0000012C", "18C63364");
        _lab.Run(1);
        Assert.Equal("(65002) 4200000002 300", r1.BestPath(InternetPrefix.Parse("198.51.100.0/24"))!.Value.Attributes.AsPath.ToString());
    }

    [Fact]
    public void A_member_needs_no_policy_where_RFC_8212_asks_for_one()
    {
        BgpSpeaker r1 = Member(1, 65001, 65002);
        BgpSpeaker r2 = Member(2, 65002, 65001);
        Laboratory.Join(r1, r2, c => c with { RequiresPolicy = true });
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        Assert.NotNull(r2.BestPath(s_prefix));
    }

    [Fact]
    public void A_changed_identifier_starts_the_sessions_anew()
    {
        BgpSpeaker r1 = Member(1, 65001, 65002);
        BgpSpeaker far = _lab.Add(8, 300);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(8), Laboratory.Peer(300)));
        far.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(0) with { AnyAs = AnyAsMode.External, Passive = true }));
        _lab.StartAll();
        _lab.Run(1);
        Assert.Equal(100u, far.Neighbors.Single().RemoteAs);

        r1.Reconfigure(r1.Configuration with
        {
            ConfederationId = 101,
            Neighbors = [new BgpNeighbor(Laboratory.AddressOf(8), Laboratory.Peer(300))],
        });
        _lab.Run(300);

        Assert.Equal((101u, true), (far.Neighbors.Single().RemoteAs, far.Neighbors.Single().IsEstablished));
    }

    [Fact]
    public void FRRs_lines_and_words()
    {
        FrrConfiguration configuration = FrrConfiguration.Read(
            """
            router bgp 65001
             bgp router-id 10.0.0.1
             bgp confederation identifier 100
             bgp confederation peers 65002 65003
             bgp bestpath as-path confed
             neighbor 10.0.0.2 remote-as 65002
            """,
            out IReadOnlyList<FrrProblem> problems);
        Assert.Empty(problems);
        FrrReader reader = new(configuration);
        Assert.True(reader.TryRead("router bgp 65001", out _, out _));
        Assert.True(reader.TryRead("bgp confederation peers 65004", out _, out _));
        Assert.True(reader.TryRead("no bgp confederation peers 65003", out _, out _));
        Assert.False(reader.TryRead("bgp confederation flowers", out _, out _));
        BgpSpeakerConfiguration compiled = FrrCompiler.Compile(configuration, new FrrEnvironment()).Speaker;
        Assert.Equal((65001u, 100u, "65002 65004"), (compiled.As, compiled.ConfederationId, string.Join(' ', compiled.ConfederationPeers)));
        Assert.True(compiled.BestPath.CountConfederation);

        // And what is shown of a member's route.
        ScriptedPeer peer = Establish(65002);
        peer.SendUpdate("", Origin + "40020C" + "0301" + "0000FDEA" + "0201" + "000000C8" + NextHop + LocalPref, "18C00002");
        _lab.Run(1);
        Assert.True(ShowBgp.TryRun(_lab.Speakers[0], "show bgp ipv4 unicast 192.0.2.0/24", out string text));
        Assert.Contains("  (65002) 200\n", text, StringComparison.Ordinal);
        Assert.Contains("localpref 200, valid, confed-external, best", text, StringComparison.Ordinal);
        Assert.True(ShowBgp.TryRun(_lab.Speakers[0], "show bgp neighbors", out text));
        Assert.Contains("remote AS 65002, local AS 65001, confed-external link", text, StringComparison.Ordinal);
        Assert.True(new PolicyMatch.AsPathRegex("_65002_").Matches(_lab.Speakers[0].BestPath(s_prefix)!.Value.Attributes));
    }

    private ScriptedPeer Establish(uint asNumber)
    {
        BgpSpeaker r1 = Member(1, 65001, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(asNumber) with { Passive = true }));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, Open(asNumber, 2));
        _lab.Run(1);
        Assert.True(r1.Neighbors.Single().IsEstablished);
        return peer;
    }

    private BgpSpeaker Member(int node, uint asNumber, params uint[] others) =>
        _lab.Add(node, asNumber, c => c with { ConfederationId = Confederation, ConfederationPeers = others });

    private static void JoinOutside(BgpSpeaker outside, BgpSpeaker member)
    {
        outside.AddNeighbor(new BgpNeighbor(member.Configuration.RouterId, Laboratory.Peer(Confederation)));
        member.AddNeighbor(new BgpNeighbor(outside.Configuration.RouterId, Laboratory.Peer(outside.Configuration.As)));
    }

    private static string[] PathsOf(InternetPrefix prefix, params BgpSpeaker[] speakers) =>
        [.. speakers.Select(speaker => speaker.BestPath(prefix)!.Value.Attributes.AsPath.ToString())];

    private static OpenMessage Open(uint asNumber, int node) =>
        ScriptedPeer.Open(asNumber, node, BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs);
}
