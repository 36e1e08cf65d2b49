using System;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// A confederation (RFC 5065) of three: ours is member 65001, the daemon 65002, the world sees AS 100. A second speaker of
/// ours, AS 400, stands outside behind the daemon.
/// </summary>
[Trait("Category", "Live")]
public sealed class ConfederationTests
{
    private static readonly InternetPrefix s_ours = InternetPrefix.Parse("203.0.113.0/24");
    private static readonly InternetPrefix s_theirs = InternetPrefix.Parse("198.51.100.0/24");

    [DaemonFact("/usr/sbin/bird", "bird2")]
    public void With_BIRD() => CrossMembers(
        new ForeignDaemon(
            "bird.conf",
            """
            router id 10.254.NET.2;
            protocol device { scan time 60; }
            protocol static statics { ipv4; route 198.51.100.0/24 blackhole; }
            template bgp common {
              local 10.254.NET.2 as 65002;
              confederation 100;
              passive;
              ipv4 { import all; export filter { bgp_med = 77; bgp_local_pref = 250; accept; }; };
            }
            protocol bgp inside from common { neighbor 10.254.NET.1 as 65001; confederation member yes; }
            protocol bgp outside from common { neighbor 10.254.NET.3 as 400; ipv4 { import all; export all; }; }
            """,
            "/usr/sbin/bird -f -c DIR/bird.conf -s DIR/ctl -P DIR/pid"),
        "/usr/sbin/birdc -s DIR/ctl show route 203.0.113.0/24 all",
        "BGP.as_path: (65001) 300");

    [DaemonFact("/usr/lib/frr/bgpd", "frr")]
    public void With_FRR() => CrossMembers(
        new ForeignDaemon(
            "bgpd.conf",
            """
            frr defaults traditional
            router bgp 65002
             bgp router-id 10.254.NET.2
             bgp confederation identifier 100
             bgp confederation peers 65001
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 10.254.NET.1 remote-as 65001
             neighbor 10.254.NET.1 passive
             neighbor 10.254.NET.3 remote-as 400
             neighbor 10.254.NET.3 passive
             address-family ipv4 unicast
              network 198.51.100.0/24 route-map RM
             exit-address-family
            route-map RM permit 10
             set metric 77
             set local-preference 250
            """,
            "/usr/lib/frr/bgpd -n -f DIR/bgpd.conf --vty_socket DIR -i DIR/pid -Z -S -u root -g root"),
        "vtysh --vty_socket DIR -c \"show bgp ipv4 unicast 203.0.113.0/24\"",
        "(65001) 300");

    private static void CrossMembers(ForeignDaemon foreign, string command, string path)
    {
        // Given the daemon, our member with a route from AS 300, and a speaker outside.
        using ForeignDaemon theirs = foreign;
        theirs.AddAddresses(3, 1);
        InternetAddress address = InternetAddress.Parse($"10.254.{theirs.Net}.2");
        using LiveSpeaker member = new(Configuration(theirs, 1, 65001) with
        {
            ConfederationId = 100,
            ConfederationPeers = [65002],
            Neighbors = [Neighbor(theirs, address, 1, 65002)],
            Networks = [new BgpNetwork(s_ours) { AsPath = [300], Med = 5, LocalPref = 150 }],
        });
        using LiveSpeaker outside = new(Configuration(theirs, 3, 400) with { Neighbors = [Neighbor(theirs, address, 3, 100)] });

        // When the routes have crossed.
        LiveSpeaker.Eventually(
            () => member.Ask(s => s.BestPath(s_theirs) is not null) && outside.Ask(s => s.PathCount(AddressFamily.IPv4) == 2),
            () => member.Ask(s => $"{s.Neighbors.Single().State} {s.Neighbors.Single().LastError}") + theirs.Ask(command) + theirs.Output);

        // Then theirs has come with its member in front, and LOCAL_PREF and MED as they are there.
        BgpPath received = member.Ask(s => s.BestPath(s_theirs)!.Value);
        Assert.Equal(
            ("(65002)", true, 250u, 77u, 0),
            (received.Attributes.AsPath.ToString(), received.IsConfederation, received.Attributes.LocalPref, received.Attributes.Med, received.Attributes.AsPathLength));

        // Ours is there with our member in front, and with our preference.
        string there = theirs.Ask(command);
        Assert.Contains(path, there, StringComparison.Ordinal);
        Assert.Contains("150", there, StringComparison.Ordinal);

        // And the world sees one AS.
        PathAttributes left = outside.Ask(s => s.BestPath(s_ours)!.Value.Attributes);
        Assert.Equal("100 300", left.AsPath.ToString());
        Assert.Equal("100", outside.Ask(s => s.BestPath(s_theirs)!.Value.Attributes).AsPath.ToString());
    }

    private static BgpSpeakerConfiguration Configuration(ForeignDaemon theirs, int host, uint asNumber) => new()
    {
        As = asNumber,
        RouterId = IPv4Address.Parse($"10.254.{theirs.Net}.{host}"),
        Timers = LiveSpeaker.Timers,
        Listen = [InternetAddress.Parse($"10.254.{theirs.Net}.{host}")],
        Port = LiveSpeaker.FreePort(),
    };

    private static BgpNeighbor Neighbor(ForeignDaemon theirs, InternetAddress address, int host, uint asNumber) =>
        new(address, new BgpNeighborConfiguration { RemoteAs = asNumber, LocalAddress = InternetAddress.Parse($"10.254.{theirs.Net}.{host}") });
}
