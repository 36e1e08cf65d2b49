using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

public sealed class MeshTests
{
    private readonly Laboratory _lab = new();

    [Fact]
    public void An_internal_full_mesh_gives_everybody_every_route_once()
    {
        // Given five speakers of one AS, all joined, each with one network.
        List<BgpSpeaker> speakers = [.. Enumerable.Range(1, 5).Select(n => _lab.Add(n, 64512))];
        for (int i = 0; i < speakers.Count; i++)
        {
            speakers[i].Announce(Laboratory.Originate($"10.{i + 1}.0.0/16"));
            for (int j = i + 1; j < speakers.Count; j++)
            {
                Laboratory.Join(speakers[i], speakers[j]);
            }
        }

        _lab.StartAll();
        _lab.Run(1);

        // Then each holds five routes, one path each: internal routes are not passed on.
        foreach (BgpSpeaker speaker in speakers)
        {
            Assert.Equal(5, speaker.RouteCount(AddressFamily.IPv4));
            Assert.Equal(5, speaker.PathCount(AddressFamily.IPv4));
            Assert.Equal(4, _lab.Sinks[speaker].Routes.Count);
        }

        Assert.Equal(
            "10.1.0.0/16 via self as [] best OnlyPath\n"
            + "10.2.0.0/16 via 10.0.0.2 as [] best OnlyPath\n"
            + "10.3.0.0/16 via 10.0.0.3 as [] best OnlyPath\n"
            + "10.4.0.0/16 via 10.0.0.4 as [] best OnlyPath\n"
            + "10.5.0.0/16 via 10.0.0.5 as [] best OnlyPath",
            Laboratory.Describe(speakers[0]));
        Assert.Equal(1u, Laboratory.Session(speakers[0], speakers[1]).Counters.UpdatesReceived - 1);
    }

    [Fact]
    public void A_route_reflector_passes_routes_between_its_clients_with_originator_and_cluster()
    {
        // Given a reflector 10.0.0.9 with two clients and a non-client.
        BgpSpeaker rr = _lab.Add(9, 64512);
        BgpSpeaker c1 = _lab.Add(1, 64512);
        BgpSpeaker c2 = _lab.Add(2, 64512);
        BgpSpeaker plain = _lab.Add(3, 64512);
        foreach (BgpSpeaker client in (BgpSpeaker[])[c1, c2])
        {
            rr.AddNeighbor(new BgpNeighbor(client.Configuration.RouterId, Laboratory.Peer(64512) with { RouteReflectorClient = true }));
            client.AddNeighbor(new BgpNeighbor(rr.Configuration.RouterId, Laboratory.Peer(64512)));
        }

        Laboratory.Join(rr, plain);
        c1.Announce(Laboratory.Originate("10.1.0.0/16"));
        plain.Announce(Laboratory.Originate("10.3.0.0/16"));
        _lab.StartAll();
        _lab.Run(1);

        // Then the client's route is at the other client and at the non-client, with ORIGINATOR_ID and CLUSTER_LIST.
        foreach (BgpSpeaker speaker in (BgpSpeaker[])[c2, plain])
        {
            BgpPath path = speaker.BestPath(InternetPrefix.Parse("10.1.0.0/16"))!.Value;
            Assert.True(path.Attributes.TryGetOriginatorId(out IPv4Address originator));
            Assert.Equal(IPv4Address.Parse("10.0.0.1"), originator);
            Assert.True(path.Attributes.ClusterListContains(IPv4Address.Parse("10.0.0.9")));
            Assert.Equal(InternetAddress.Parse("10.0.0.1"), path.Attributes.NextHop);
        }

        // And the non-client's route is at both clients, and nobody has anything back from himself.
        Assert.NotNull(c1.BestPath(InternetPrefix.Parse("10.3.0.0/16")));
        Assert.NotNull(c2.BestPath(InternetPrefix.Parse("10.3.0.0/16")));
        Assert.Single(c1.PathsOf(InternetPrefix.Parse("10.1.0.0/16")));
        Assert.Single(plain.PathsOf(InternetPrefix.Parse("10.3.0.0/16")));
    }

    [Fact]
    public void When_the_best_path_moves_the_new_source_is_withdrawn_from_and_the_old_one_is_told()
    {
        // Given a reflector with clients s and n and an observer o. Both s and n announce the prefix; s is preferred.
        BgpSpeaker rr = _lab.Add(9, 64512);
        BgpSpeaker s = _lab.Add(1, 64512);
        BgpSpeaker n = _lab.Add(2, 64512);
        BgpSpeaker o = _lab.Add(3, 64512);
        foreach (BgpSpeaker client in (BgpSpeaker[])[s, n, o])
        {
            rr.AddNeighbor(new BgpNeighbor(client.Configuration.RouterId, Laboratory.Peer(64512) with { RouteReflectorClient = true }));
            client.AddNeighbor(new BgpNeighbor(rr.Configuration.RouterId, Laboratory.Peer(64512)));
        }

        InternetPrefix prefix = InternetPrefix.Parse("10.1.0.0/16");
        s.Announce(new BgpNetwork(prefix) { LocalPref = 200 });
        n.Announce(new BgpNetwork(prefix) { LocalPref = 100 });
        _lab.StartAll();
        _lab.Run(1);
        Assert.Equal(InternetAddress.Parse("10.0.0.1"), o.BestPath(prefix)!.Value.Attributes.NextHop);
        Assert.Equal(2, n.PathsOf(prefix).Count());
        Assert.Single(s.PathsOf(prefix));

        // When s makes its own route the worse one.
        s.Announce(new BgpNetwork(prefix) { LocalPref = 50 });
        _lab.Run(1);

        // Then s holds n's route from the reflector, n holds nothing from it any more, and o follows.
        Assert.Equal(InternetAddress.Parse("10.0.0.2"), o.BestPath(prefix)!.Value.Attributes.NextHop);
        Assert.Equal(2, s.PathsOf(prefix).Count());
        Assert.Single(n.PathsOf(prefix));
    }

    [Fact]
    public void External_routes_get_the_AS_prepended_and_loops_are_refused_with_a_reason()
    {
        // Given a triangle of three ASes, where b sends routes back to where they came from, as FRR does.
        BgpSpeaker a = _lab.Add(1, 65001);
        BgpSpeaker b = _lab.Add(2, 65002);
        BgpSpeaker c = _lab.Add(3, 65003);
        Laboratory.Join(a, b, neighbor => neighbor with { SendBackToSender = true });
        Laboratory.Join(b, c);
        Laboratory.Join(c, a);
        a.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        Assert.Equal(
            "192.0.2.0/24 via 10.0.0.1 as [65001] best AsPathLength\n192.0.2.0/24 via 10.0.0.3 as [65003 65001] lost AsPathLength",
            Laboratory.Describe(b));
        Assert.Contains(
            "192.0.2.0/24 via 10.0.0.2 as [65002 65001] rejected AsLoop", Laboratory.Describe(a), System.StringComparison.Ordinal);
    }

    [Fact]
    public void IPv6_routes_travel_over_IPv4_and_IPv6_sessions()
    {
        BgpSpeaker a = _lab.Add(1, 65001);
        BgpSpeaker b = _lab.Add(2, 65002);
        a.AddNeighbor(new BgpNeighbor(Laboratory.IPv6AddressOf(2), Laboratory.Peer(65002) with { IPv6Unicast = true }));
        b.AddNeighbor(new BgpNeighbor(Laboratory.IPv6AddressOf(1), Laboratory.Peer(65001) with { IPv6Unicast = true }));
        a.Announce(Laboratory.Originate("2001:db8:1::/48"));
        a.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        Assert.Equal("2001:db8:1::/48 via fd00::1 as [65001] best OnlyPath", Laboratory.Describe(b, AddressFamily.IPv6));
        Assert.Equal("192.0.2.0/24 via 10.0.0.1 as [65001] best OnlyPath", Laboratory.Describe(b));

        a.Withdraw(InternetPrefix.Parse("2001:db8:1::/48"));
        _lab.Run(1);
        Assert.Equal("", Laboratory.Describe(b, AddressFamily.IPv6));
    }

    [Fact]
    public void Nothing_is_left_of_the_attributes_when_everybody_is_gone()
    {
        BgpSpeaker a = _lab.Add(1, 65001);
        BgpSpeaker b = _lab.Add(2, 65002);
        BgpSpeaker c = _lab.Add(3, 65002);
        Laboratory.Join(a, b);
        Laboratory.Join(b, c);
        for (int i = 0; i < 300; i++)
        {
            a.Announce(new BgpNetwork(InternetPrefix.Parse($"10.{i / 100}.{i % 100}.0/24")) { Med = (uint)(i / 7) });
        }

        _lab.StartAll();
        _lab.Run(1);
        Assert.Equal(300, c.RouteCount(AddressFamily.IPv4));

        a.Destroy();
        b.Destroy();
        c.Destroy();
        Assert.Equal(0, _lab.Tables.Attributes.Count);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(Transcript(), Transcript());
    }

    private static string Transcript()
    {
        Laboratory lab = new();
        List<BgpSpeaker> speakers = [.. Enumerable.Range(1, 6).Select(n => lab.Add(n, (uint)(65000 + n)))];
        for (int i = 0; i < speakers.Count; i++)
        {
            speakers[i].Announce(Laboratory.Originate($"10.{i + 1}.0.0/16"));
            Laboratory.Join(speakers[i], speakers[(i + 1) % speakers.Count]);
        }

        lab.StartAll();
        lab.Run(200);
        speakers[2].Destroy();
        lab.Run(200);
        return string.Join("\n", speakers.Select(s => Laboratory.Describe(s) + string.Join(";", lab.Sinks[s].Log)));
    }
}
