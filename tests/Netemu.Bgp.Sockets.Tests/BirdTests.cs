using System;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>The speaker on OS sockets against BIRD.</summary>
[Trait("Category", "Live")]
public sealed class BirdTests
{
    [BirdFact]
    public void External_routes_go_both_ways_with_their_attributes_for_both_families()
    {
        // Given a BIRD in AS 65002 with routes of its own, and our speaker in AS 65001.
        using BirdDaemon bird = new("""
            router id 10.0.0.2;
            protocol static s4 { ipv4; route 198.51.100.0/24 blackhole { bgp_community.add((65002,7)); bgp_large_community.add((65002,1,2)); }; route 198.51.101.0/25 blackhole { bgp_path.prepend(4200000001); }; }
            protocol static s6 { ipv6; route 2001:db8:2::/48 blackhole; }
            protocol bgp p { local 10.255.SUBNET.2 as 65002; neighbor 10.255.SUBNET.1 as 65001; passive; ipv4 { import all; export filter { bgp_med = 77; accept; }; }; }
            protocol bgp q { local fd00:ff:SUBNET::2 as 65002; neighbor fd00:ff:SUBNET::1 as 65001; passive; ipv6 { import all; export all; }; }
            """);
        InternetAddress peer4 = InternetAddress.Parse($"10.255.{bird.Subnet}.2");
        InternetAddress peer6 = InternetAddress.Parse($"fd00:ff:{bird.Subnet}::2");
        BgpNeighborConfiguration neighbor = new() { RemoteAs = 65002 };
        using LiveSpeaker ours = new(new BgpSpeakerConfiguration
        {
            As = 65001,
            RouterId = IPv4Address.Parse("10.0.0.1"),
            Timers = LiveSpeaker.Timers,
            Port = LiveSpeaker.FreePort(),
            Neighbors =
            [
                new BgpNeighbor(peer4, neighbor),
                new BgpNeighbor(peer6, neighbor with { IPv4Unicast = false, IPv6Unicast = true }),
            ],
            Networks =
            [
                new BgpNetwork(InternetPrefix.Parse("192.0.2.0/24"))
                {
                    Med = 5,
                    Communities = [new Community(65001, 100)],
                    LargeCommunities = [new LargeCommunity(65001, 3, 4)],
                },
                new BgpNetwork(InternetPrefix.Parse("203.0.113.128/25")) { Origin = Origin.Incomplete, AsPath = [4200000009, 65100] },
                new BgpNetwork(InternetPrefix.Parse("2001:db8:1::/48")),
            ],
        });

        // When both sessions are up and the routes have crossed.
        LiveSpeaker.Eventually(
            () => ours.Ask(s => s.PathCount(AddressFamily.IPv4) == 4 && s.PathCount(AddressFamily.IPv6) == 2)
                && bird.Ask("show route count").Contains("4 of 4 routes", StringComparison.Ordinal),
            () => ours.Ask(Describe) + bird.Ask("show protocols all") + bird.Log());

        // Then ours are at BIRD with every attribute.
        string med = Attributes(bird.Ask("show route 192.0.2.0/24 all"));
        Assert.Equal(
            $"BGP.origin: IGP|BGP.as_path: 65001|BGP.next_hop: 10.255.{bird.Subnet}.1|BGP.med: 5|BGP.local_pref: 100"
            + "|BGP.community: (65001,100)|BGP.large_community: (65001, 3, 4)", med);
        Assert.Equal(
            $"BGP.origin: Incomplete|BGP.as_path: 65001 4200000009 65100|BGP.next_hop: 10.255.{bird.Subnet}.1|BGP.local_pref: 100",
            Attributes(bird.Ask("show route 203.0.113.128/25 all")));
        Assert.StartsWith(
            $"BGP.origin: IGP|BGP.as_path: 65001|BGP.next_hop: fd00:ff:{bird.Subnet}::1",
            Attributes(bird.Ask("show route 2001:db8:1::/48 all")), StringComparison.Ordinal);

        // And BIRD's are at ours.
        PathAttributes theirs = ours.Ask(s => s.BestPath(InternetPrefix.Parse("198.51.100.0/24"))!.Value.Attributes);
        Assert.Equal((77u, "65002", peer4), (theirs.Med, theirs.AsPath.ToString(), theirs.NextHop));
        Assert.True(theirs.HasCommunity(new Community(65002, 7)));
        Assert.Equal("65002 4200000001", ours.Ask(s => s.BestPath(InternetPrefix.Parse("198.51.101.0/25"))!.Value.Attributes).AsPath.ToString());
        Assert.Equal(peer6, ours.Ask(s => s.BestPath(InternetPrefix.Parse("2001:db8:2::/48"))!.Value.Attributes).NextHop);

        // And a withdrawal arrives.
        ours.Ask(s => s.Withdraw(InternetPrefix.Parse("192.0.2.0/24")));
        LiveSpeaker.Eventually(
            () => bird.Ask("show route 192.0.2.0/24").Contains("Network not found", StringComparison.Ordinal),
            () => bird.Ask("show route"));
    }

    [BirdFact]
    public void BIRD_opens_the_connection_and_graceful_restart_keeps_its_routes()
    {
        // Given a BIRD that connects to us, with graceful restart.
        ushort port = LiveSpeaker.FreePort();
        using BirdDaemon bird = new("""
            router id 10.0.0.2;
            protocol static s4 { ipv4; route 198.51.100.0/24 blackhole; }
            protocol bgp p { local 10.255.SUBNET.2 as 65001; neighbor 10.255.SUBNET.1 port PORT as 65001; connect delay time 0; graceful restart on; ipv4 { import all; export all; }; }
            """.Replace("PORT", $"{port}", StringComparison.Ordinal));
        InternetAddress peer = InternetAddress.Parse($"10.255.{bird.Subnet}.2");
        using LiveSpeaker ours = new(new BgpSpeakerConfiguration
        {
            As = 65001,
            RouterId = IPv4Address.Parse("10.0.0.1"),
            Timers = LiveSpeaker.Timers,
            Port = port,
            Neighbors = [new BgpNeighbor(peer, new BgpNeighborConfiguration { RemoteAs = 65001, Passive = true, GracefulRestart = true })],
            Networks = [new BgpNetwork(InternetPrefix.Parse("192.0.2.0/24"))],
        });
        LiveSpeaker.Eventually(
            () => ours.Ask(s => s.PathCount(AddressFamily.IPv4) == 2),
            () => ours.Ask(Describe) + bird.Ask("show protocols all") + bird.Log());

        // Then the internal session has LOCAL_PREF and our next hop.
        Assert.Equal(
            $"BGP.origin: IGP|BGP.as_path: |BGP.next_hop: 10.255.{bird.Subnet}.1|BGP.local_pref: 100",
            Attributes(bird.Ask("show route 192.0.2.0/24 all")));

        // When BIRD asks for our routes again.
        bird.Ask("reload in p");
        LiveSpeaker.Eventually(
            () => ours.Ask(s => s.FindNeighbor(peer)!.Counters.RefreshesReceived > 0), () => bird.Log());
        Assert.Contains("192.0.2.0/24", bird.Ask("show route"), StringComparison.Ordinal);
    }

    [BirdFact]
    public void We_reflect_between_two_BIRDs_and_BIRD_takes_originator_and_cluster()
    {
        const string configuration = """
            router id 10.0.0.NUMBER;
            protocol static s4 { ipv4; route 198.51.NUMBER.0/24 blackhole; }
            protocol bgp p { local 10.255.SUBNET.2 as 65001; neighbor 10.255.SUBNET.1 as 65001; passive; multihop; ipv4 { import all; export all; gateway recursive; }; }
            """;
        using BirdDaemon first = new(configuration.Replace("NUMBER", "11", StringComparison.Ordinal));
        using BirdDaemon second = new(configuration.Replace("NUMBER", "12", StringComparison.Ordinal));
        BgpNeighborConfiguration client = new() { RemoteAs = 65001, RouteReflectorClient = true };
        using LiveSpeaker ours = new(new BgpSpeakerConfiguration
        {
            As = 65001,
            RouterId = IPv4Address.Parse("10.0.0.1"),
            Timers = LiveSpeaker.Timers,
            Port = LiveSpeaker.FreePort(),
            Neighbors =
            [
                new BgpNeighbor(InternetAddress.Parse($"10.255.{first.Subnet}.2"), client),
                new BgpNeighbor(InternetAddress.Parse($"10.255.{second.Subnet}.2"), client),
            ],
        });
        LiveSpeaker.Eventually(
            () => first.Ask("show route all").Contains("198.51.12.0/24", StringComparison.Ordinal)
                && second.Ask("show route all").Contains("198.51.11.0/24", StringComparison.Ordinal),
            () => ours.Ask(Describe) + first.Ask("show protocols all") + second.Log());

        Assert.Equal(
            $"BGP.origin: IGP|BGP.as_path: |BGP.next_hop: 10.255.{first.Subnet}.2|BGP.local_pref: 100"
            + "|BGP.originator_id: 10.0.0.11|BGP.cluster_list: 10.0.0.1",
            Attributes(second.Ask("show route 198.51.11.0/24 all")));
    }

    [BirdFact]
    public void We_are_a_client_of_a_BIRD_that_reflects()
    {
        // Given a BIRD as reflector and two of our speakers, on two addresses of this end.
        using BirdDaemon bird = new("""
            router id 10.0.0.9;
            protocol bgp p { local 10.255.SUBNET.2 as 65001; neighbor 10.255.SUBNET.1 as 65001; passive; rr client; multihop; ipv4 { import all; export all; }; }
            protocol bgp q { local 10.255.SUBNET.2 as 65001; neighbor 10.255.SUBNET.3 as 65001; passive; rr client; multihop; ipv4 { import all; export all; }; }
            """, extraAddresses: 1);
        using LiveSpeaker one = Client(bird, 1);
        using LiveSpeaker three = Client(bird, 3);

        LiveSpeaker.Eventually(
            () => one.Ask(s => s.RouteCount(AddressFamily.IPv4) == 2) && three.Ask(s => s.RouteCount(AddressFamily.IPv4) == 2),
            () => one.Ask(Describe) + three.Ask(Describe) + bird.Ask("show protocols all") + bird.Ask("show route all"));

        PathAttributes reflected = three.Ask(s => s.BestPath(InternetPrefix.Parse("192.0.1.0/24"))!.Value.Attributes);
        Assert.True(reflected.TryGetOriginatorId(out IPv4Address originator));
        Assert.Equal(IPv4Address.Parse("10.0.0.1"), originator);
        Assert.True(reflected.ClusterListContains(IPv4Address.Parse("10.0.0.9")));
        Assert.Equal(InternetAddress.Parse($"10.255.{bird.Subnet}.1"), reflected.NextHop);
    }

    private static LiveSpeaker Client(BirdDaemon bird, int number) => new(new BgpSpeakerConfiguration
    {
        As = 65001,
        RouterId = IPv4Address.Parse($"10.0.0.{number}"),
        Timers = LiveSpeaker.Timers,
        Port = LiveSpeaker.FreePort(),
        Neighbors =
        [
            new BgpNeighbor(
                InternetAddress.Parse($"10.255.{bird.Subnet}.2"),
                new BgpNeighborConfiguration
                {
                    RemoteAs = 65001,
                    LocalAddress = InternetAddress.Parse($"10.255.{bird.Subnet}.{number}"),
                }),
        ],
        Networks = [new BgpNetwork(InternetPrefix.Parse($"192.0.{number}.0/24"))],
    });

    /// <summary>The BGP attributes that birdc prints, joined by bars.</summary>
    private static string Attributes(string answer) => string.Join("|", answer.Split('\n')
        .Select(line => line.Trim('\t', '\r', '\n'))
        .Where(line => line.StartsWith("BGP.", StringComparison.Ordinal)));

    private static string Describe(BgpSpeaker speaker) => string.Join("\n", speaker.Neighbors.Select(Describe)) + "\n";

    private static string Describe(BgpSession session) =>
        $"{session.Address} {session.State} {session.NotEstablished} {session.LastError} got {session.PrefixesReceived(AddressFamily.IPv4)}";
}
