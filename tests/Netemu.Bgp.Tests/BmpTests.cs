using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Bmp;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 7854: what a monitoring station is told, and what becomes of one that is slow or away.</summary>
public sealed class BmpTests
{
    private const BgpCapabilities Usual = BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs;

    private readonly Laboratory _lab = new();
    private BlockableTransport? _blockable;

    [Fact]
    public void A_station_hears_who_speaks_then_the_neighbours_with_both_OPENs_then_their_tables()
    {
        // Given a router with a neighbour and its route, and a station that comes later.
        BgpSpeaker r1 = Monitored(BmpFeeds.PrePolicy);
        ScriptedPeer peer = Join(r1);
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(5);
        BmpCollector station = new(_lab, 9);
        _lab.Run(2);

        // Then: Initiation, Peer Up, the route, End-of-RIB.
        Assert.Equal("4 3 0 0", station.Types);

        // Initiation (section 4.3): sysDescr and sysName.
        Assert.Equal(
            "03" + "00000022" + "04" + "0001" + "0012" + Hex("netemu BGP speaker") + "0002" + "0002" + Hex("r1"),
            Convert.ToHexString(station.Messages[0]));

        // Per-peer header (section 4.2): global instance, no flags, 10.0.0.2 in the last octets, AS 65002, its identifier.
        string header = Convert.ToHexString(station.Messages[1].AsSpan(6, 34));
        Assert.Equal("00" + "00" + "0000000000000000" + "0000000000000000000000000A000002" + "0000FDEA" + "0A000002", header);

        // Peer Up (section 4.10): our address, ports, what we sent, what came.
        string up = station.Of(BmpMessageType.PeerUp).Single();
        Assert.StartsWith("0000000000000000000000000A000001" + "00B3", up, StringComparison.Ordinal);
        Assert.Contains(peer.Messages[0], up, StringComparison.Ordinal);
        Assert.EndsWith(OpenOf(65002, 2), up, StringComparison.Ordinal);

        // The UPDATE as it came, and the end.
        Assert.Equal(["2 pre 0000" + "0014" + MalformedUpdates.Good + "18C00002", "2 pre 00000000"], station.Updates);
        Assert.True(Laboratory.AddressOf(1) == r1.Monitor!.Clients.Single().LocalAddress);
    }

    [Fact]
    public void Before_and_after_policy_are_two_feeds()
    {
        // Given a policy that rejects 192.0.2.0/24 and sets LOCAL_PREF 200 on the rest.
        BmpCollector station = new(_lab, 9);
        BgpSpeaker r1 = Monitored(BmpFeeds.PrePolicy | BmpFeeds.PostPolicy);
        RoutePolicy policy = new()
        {
            Rules =
            [
                new PolicyRule
                {
                    Conditions = [new PolicyMatch.PrefixList([new PrefixListEntry(InternetPrefix.Parse("192.0.2.0/24"))])],
                    Verdict = PolicyVerdict.Reject,
                },
                new PolicyRule { Actions = [new PolicyAction.SetLocalPref(200)] },
            ],
        };
        ScriptedPeer peer = Join(r1, c => c with { Import = policy });
        _lab.Run(2);
        station.Forget();

        peer.SendUpdate("", MalformedUpdates.Good, "18C0000218C63364");
        _lab.Run(1);

        // Then both are before it; after it one is gone and the other is preferred.
        string preferred = MalformedUpdates.Good + "400504" + "000000C8";
        Assert.Equal(
            [
                "2 pre 0000" + "0014" + MalformedUpdates.Good + "18C0000218C63364",
                "2 post 0004" + "18C00002" + "0000",
                "2 post 0000" + "001B" + preferred + "18C63364",
            ],
            station.Updates);

        // And a withdrawal is one in both.
        station.Forget();
        peer.SendUpdate("18C63364", "", "");
        _lab.Run(1);
        Assert.Equal(["2 pre 0004" + "18C63364" + "0000", "2 post 0004" + "18C63364" + "0000"], station.Updates);
    }

    [Fact]
    public void A_policy_that_changes_is_told_after_policy()
    {
        BmpCollector station = new(_lab, 9);
        BgpSpeaker r1 = Monitored(BmpFeeds.PostPolicy);
        ScriptedPeer peer = Join(r1);
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(2);
        station.Forget();

        r1.ReconfigureNeighbor(Laboratory.AddressOf(2), r1.FindNeighbor(Laboratory.AddressOf(2))!.Configuration with { Import = RoutePolicy.RejectAll });
        _lab.Run(1);

        Assert.Equal(["2 post 0004" + "18C00002" + "0000"], station.Updates);
    }

    [Fact]
    public void A_NOTIFICATION_of_ours_is_reason_1_with_the_message()
    {
        (BmpCollector station, BgpSpeaker r1, ScriptedPeer _) = Watched();
        r1.SetShutdown(Laboratory.AddressOf(2), true);
        _lab.Run(1);

        Assert.Equal(["01" + ScriptedPeer.Marker + "0015" + "03" + "0602"], station.Of(BmpMessageType.PeerDown));
    }

    [Fact]
    public void An_event_without_a_NOTIFICATION_is_reason_2_with_its_number()
    {
        (BmpCollector station, BgpSpeaker r1, ScriptedPeer _) = Watched();
        r1.LinkDown(Laboratory.AddressOf(2));
        _lab.Run(1);

        // Event 18, TcpConnectionFails (RFC 4271 section 8.1.4).
        Assert.Equal(["02" + "0012"], station.Of(BmpMessageType.PeerDown));
    }

    [Fact]
    public void A_NOTIFICATION_of_theirs_is_reason_3_with_the_message()
    {
        (BmpCollector station, BgpSpeaker _, ScriptedPeer peer) = Watched();
        peer.Send(ScriptedPeer.Marker + "0015" + "03" + "0604");
        _lab.Run(1);

        Assert.Equal(["03" + ScriptedPeer.Marker + "0015" + "03" + "0604"], station.Of(BmpMessageType.PeerDown));
    }

    [Fact]
    public void A_connection_that_just_ends_is_reason_4()
    {
        (BmpCollector station, BgpSpeaker _, ScriptedPeer peer) = Watched();
        peer.Close();
        _lab.Run(1);

        Assert.Equal(["04"], station.Of(BmpMessageType.PeerDown));
    }

    [Fact]
    public void Statistics_come_at_their_interval_and_count_loops_policy_and_errors()
    {
        // Given ten seconds between reports, a policy that rejects everything, and a neighbour.
        BmpCollector station = new(_lab, 9);
        BgpSpeaker r1 = Monitored(BmpFeeds.PrePolicy, s => s with { StatisticsInterval = Duration.FromSeconds(10) });
        ScriptedPeer peer = Join(r1, c => c with { Import = RoutePolicy.RejectAll });
        _lab.Run(1);

        // When it sends two prefixes, one with our AS in its path, and a malformed ORIGIN.
        peer.SendUpdate("", MalformedUpdates.Good, "18C0000218C63364");
        peer.SendUpdate("", "400101" + "00" + "40020A" + "0202" + "0000FDEA" + "0000FDE9" + "400304" + "0A000002", "18CB0071");
        peer.SendUpdate("", "400101" + "07" + MalformedUpdates.Good[8..], "18C00003");
        _lab.Run(10);

        // Then: types 0, 3, 4, 5, 6, 7, 9 (IPv4 unicast) and 11 (section 4.8).
        string report = station.Of(BmpMessageType.StatisticsReport).Single();
        Assert.Equal(
            "00000008" + "00000004" + "00000003" + "00030004" + "00000000" + "00040004" + "00000001" + "00050004" + "00000000"
            + "00060004" + "00000000" + "00070008" + "0000000000000003" + "0009000B" + "000101" + "0000000000000003"
            + "000B0004" + "00000001",
            report);
        _lab.Run(10);
        Assert.Equal(2, station.Of(BmpMessageType.StatisticsReport).Count);
    }

    [Fact]
    public void A_stop_ends_with_Peer_Down_and_Termination()
    {
        (BmpCollector station, BgpSpeaker r1, ScriptedPeer _) = Watched();
        r1.Stop();
        _lab.Run(1);

        Assert.EndsWith("2 5", station.Types, StringComparison.Ordinal);
        Assert.Equal("03" + "0000000C" + "05" + "0001" + "0002" + "0000", Convert.ToHexString(station.Messages[^1]));
        Assert.True(station.IsClosed);
    }

    [Fact]
    public void A_station_that_is_taken_out_of_the_configuration_hears_that_it_is_for_good()
    {
        (BmpCollector station, BgpSpeaker r1, ScriptedPeer _) = Watched();
        r1.Reconfigure(r1.Configuration with { Stations = [] });
        _lab.Run(1);

        Assert.Equal("03" + "0000000C" + "05" + "0001" + "0002" + "0004", Convert.ToHexString(station.Messages[^1]));
        Assert.Null(r1.Monitor);
        Assert.True(r1.FindNeighbor(Laboratory.AddressOf(2))!.IsEstablished);
    }

    [Fact]
    public void A_session_older_than_the_monitoring_is_told_with_OPENs_of_what_is_known()
    {
        BmpCollector station = new(_lab, 9);
        BgpSpeaker r1 = _lab.Add(1, 65001);
        Join(r1);
        _lab.Run(5);
        r1.Reconfigure(r1.Configuration with { Stations = [Station(BmpFeeds.PrePolicy)] });
        _lab.Run(1);

        Assert.Equal("4 3 0", station.Types);
        Assert.EndsWith(OpenOf(65002, 2), station.Of(BmpMessageType.PeerUp).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_station_that_is_away_is_tried_again_after_longer_and_longer_waits()
    {
        BgpSpeaker r1 = Monitored(BmpFeeds.PrePolicy, s => s with { MinimumRetry = Duration.FromSeconds(10), MaximumRetry = Duration.FromSeconds(40) });
        ScriptedPeer peer = Join(r1);
        _lab.Network.AddNode(Laboratory.AddressOf(9));
        List<long> attempts = [];
        BmpClient client = r1.Monitor!.Clients.Single();
        SimTime? last = null;
        for (int second = 0; second < 200; second++)
        {
            peer.Send(ScriptedPeer.Marker + "001304");
            _lab.Run(1);
            if (client.NextAttempt is { } next && next != last)
            {
                last = next;
                attempts.Add((next - SimTime.Zero).Milliseconds / 1000);
            }
        }

        // 10, 20, 40, 40, 40 s after each other, and a refusal takes 2 ms.
        Assert.Equal([10, 30, 70, 110, 150, 190, 230], attempts);
        Assert.True(r1.FindNeighbor(Laboratory.AddressOf(2))!.IsEstablished);
        Assert.Equal((0, 0), client.Waiting);
    }

    [Fact]
    public void A_slow_station_is_told_once_of_a_route_that_changed_often()
    {
        // Given a station that takes nothing for a while.
        (BmpCollector station, BgpSpeaker r1, ScriptedPeer peer) = Watched(blockable: true);
        Block(r1, peer);

        // When one route comes and goes a hundred times, with another MED each time.
        for (int i = 0; i < 100; i++)
        {
            peer.SendUpdate("", MalformedUpdates.Good + "800404" + i.ToString("X8"), "18C00002");
            peer.SendUpdate("18C00002", "", "");
            peer.SendUpdate("", MalformedUpdates.Good + "800404" + i.ToString("X8"), "18C00002");
            _lab.Run(1);
        }

        // Then one change waits, and BGP has not noticed.
        Assert.Equal(1, r1.Monitor!.Clients.Single().Waiting.Changes);
        Assert.Equal(99u, r1.BestPath(InternetPrefix.Parse("192.0.2.0/24"))!.Value.Attributes.Med);

        // And it comes once, as it is now.
        _blockable!.IsBlocked = false;
        _blockable.TellWritable();
        _lab.Run(1);
        Assert.Single(station.Updates, update => update.EndsWith("18C00002", StringComparison.Ordinal));
        Assert.Contains("80040400000063", station.Updates[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_neighbour_that_flaps_behind_a_slow_station_ends_as_it_is()
    {
        (BmpCollector station, BgpSpeaker r1, ScriptedPeer peer) = Watched(blockable: true);
        Block(r1, peer);
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        peer.Close();
        _lab.Run(100);
        peer.Reconnect();
        _lab.Run(1);
        peer.SendUpdate("", MalformedUpdates.Good, "18C63364");
        _lab.Run(1);
        station.Forget();

        _blockable!.IsBlocked = false;
        _blockable.TellWritable();
        _lab.Run(1);

        // The session that is over ends before the new one begins, and nothing of the old one follows.
        string types = station.Types;
        Assert.EndsWith("2 3 0", types, StringComparison.Ordinal);
        Assert.EndsWith("18C63364", station.Updates[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_station_that_falls_too_far_behind_is_cut_off_and_begins_with_the_table_again()
    {
        (BmpCollector station, BgpSpeaker r1, ScriptedPeer peer) = Watched(blockable: true, configure: s => s with { MaximumPending = 50, MinimumRetry = Duration.FromSeconds(5) });
        Block(r1, peer);
        for (int i = 0; i < 60; i++)
        {
            peer.SendUpdate("", MalformedUpdates.Good, "200A0102" + i.ToString("X2"));
        }

        _lab.Run(1);
        BmpClient client = r1.Monitor!.Clients.Single();
        Assert.Equal(1, client.Overruns);
        Assert.Equal((0, 0), client.Waiting);
        Assert.True(r1.FindNeighbor(Laboratory.AddressOf(2))!.IsEstablished);

        // When it can read again.
        station.Forget();
        _blockable!.IsBlocked = false;
        _lab.Run(6);

        Assert.Equal(2, station.Connections);
        Assert.StartsWith("4 3 0", station.Types, StringComparison.Ordinal);
        int routes = r1.PathCount(AddressFamily.IPv4);
        Assert.Equal(routes, station.Updates.Sum(update => Count(update)));
    }

    [Fact]
    public void A_table_of_many_routes_goes_out_as_the_station_takes_it()
    {
        // Given 20,000 routes, and a station that takes a thousand bytes at a time.
        BgpSpeaker r1 = Monitored(BmpFeeds.PrePolicy, blockable: true);
        ScriptedPeer peer = Join(r1);
        for (int i = 0; i < 20_000; i++)
        {
            peer.SendUpdate("", MalformedUpdates.Good, "200A" + i.ToString("X6"));
        }

        _lab.Run(1);
        _blockable!.LongestWrite = 1000;
        BmpCollector station = new(_lab, 9);
        _lab.Run(2);

        Assert.Equal(20_000, station.Updates.Sum(update => Count(update)));
        Assert.Equal("2 pre 00000000", station.Updates[^1]);
        Assert.InRange(station.Updates.Count, 2, 200);
    }

    [Fact]
    public void The_speaker_gives_everything_back()
    {
        (BmpCollector _, BgpSpeaker r1, ScriptedPeer peer) = Watched();
        peer.SendUpdate("", MalformedUpdates.Good, "18C00002");
        _lab.Run(1);
        r1.Destroy();
        _lab.Run(1);

        Assert.Equal(0, _lab.Tables.Attributes.Count);
    }

    /// <summary>The station takes nothing from now on: one change waits as bytes, and those to come as names.</summary>
    private void Block(BgpSpeaker r1, ScriptedPeer peer)
    {
        _blockable!.IsBlocked = true;
        peer.SendUpdate("", MalformedUpdates.Good, "200A640001");
        _lab.Run(1);
        BmpClient client = r1.Monitor!.Clients.Single();
        Assert.Equal(0, client.Waiting.Changes);
        Assert.InRange(client.Waiting.Bytes, 50, 200);
    }

    /// <summary>The prefixes that an UPDATE with /32 or /24 prefixes announces.</summary>
    private static int Count(string update)
    {
        byte[] bytes = Convert.FromHexString(update[(update.LastIndexOf(' ') + 1)..]);
        int at = 2 + ((bytes[0] << 8) | bytes[1]);
        at += 2 + ((bytes[at] << 8) | bytes[at + 1]);
        int count = 0;
        for (; at < bytes.Length; at += 1 + ((bytes[at] + 7) / 8))
        {
            count++;
        }

        return count;
    }

    private (BmpCollector Station, BgpSpeaker R1, ScriptedPeer Peer) Watched(bool blockable = false, Func<BmpStation, BmpStation>? configure = null)
    {
        BmpCollector station = new(_lab, 9);
        BgpSpeaker r1 = Monitored(BmpFeeds.PrePolicy, configure, blockable);
        ScriptedPeer peer = Join(r1);
        _lab.Run(2);
        return (station, r1, peer);
    }

    private BgpSpeaker Monitored(BmpFeeds feeds, Func<BmpStation, BmpStation>? configure = null, bool blockable = false) =>
        _lab.Add(
            1, 65001, c => c with { Stations = [configure?.Invoke(Station(feeds)) ?? Station(feeds)] },
            transport: inner => blockable ? _blockable = new BlockableTransport(inner) : inner);

    private static BmpStation Station(BmpFeeds feeds) => new(Laboratory.AddressOf(9), BmpStation.UsualPort) 
    {
        Feeds = feeds,
        MinimumRetry = Duration.FromSeconds(1),
        MaximumRetry = Duration.FromSeconds(1),
    };

    private ScriptedPeer Join(BgpSpeaker r1, Func<BgpNeighborConfiguration, BgpNeighborConfiguration>? configure = null)
    {
        BgpNeighborConfiguration neighbor = Laboratory.Peer(65002) with { Passive = true };
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), configure?.Invoke(neighbor) ?? neighbor));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, Usual));
        _lab.Run(1);
        return peer;
    }

    private static string OpenOf(uint asNumber, int node)
    {
        byte[] bytes = new byte[256];
        return Convert.ToHexString(bytes.AsSpan(0, ScriptedPeer.Open(asNumber, node, Usual).Write(bytes)));
    }

    private static string Hex(string text) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(text));
}
