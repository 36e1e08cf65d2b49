using System;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// Sessions with FRR, GoBGP, OpenBGPD and ExaBGP, external, from a four-octet AS: each side's route is at the other one with
/// MED, communities and large communities.
/// </summary>
public sealed class ForeignDaemonTests
{
    private static readonly InternetPrefix s_ours = InternetPrefix.Parse("203.0.113.0/24");
    private static readonly InternetPrefix s_theirs = InternetPrefix.Parse("198.51.100.0/24");

    [DaemonFact("/usr/lib/frr/bgpd", "frr")]
    public void FRR_and_we_exchange_routes_of_both_families()
    {
        using ForeignDaemon frr = new("bgpd.conf", """
            frr defaults traditional
            router bgp 65002
             bgp router-id 10.254.NET.2
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 10.254.NET.1 remote-as 4200000001
             address-family ipv4 unicast
              network 198.51.100.0/24 route-map RM
             exit-address-family
             address-family ipv6 unicast
              network 2001:db8:2::/48
              neighbor 10.254.NET.1 activate
              neighbor 10.254.NET.1 route-map V6 out
             exit-address-family
            route-map RM permit 10
             set community 65002:9
             set large-community 65002:1:2
             set metric 77
            route-map V6 permit 10
             set ipv6 next-hop global fd00:fe:NET::2
            """, "/usr/lib/frr/bgpd -n -f DIR/bgpd.conf --vty_socket DIR -i DIR/pid -Z -S -u root -g root");
        using LiveSpeaker ours = Speaker(frr, passive: false);
        AwaitTheirRoute(ours, frr);

        string told = Await(frr, "vtysh --vty_socket DIR -c \"show bgp ipv4 unicast 203.0.113.0/24\"", "4200000001");
        Assert.Contains("Origin IGP, metric 42, valid, external, best", told, StringComparison.Ordinal);
        Assert.Contains("Community: 65001:7", told, StringComparison.Ordinal);
        Assert.Contains("Large Community: 65001:3:4", told, StringComparison.Ordinal);
        LiveSpeaker.Eventually(() => ours.Ask(s => s.BestPath(InternetPrefix.Parse("2001:db8:2::/48")) is not null), () => frr.Output);
    }

    [DaemonFact("/usr/bin/gobgpd", "gobgpd")]
    public void GoBGP_and_we_exchange_routes()
    {
        using ForeignDaemon gobgp = new("gobgpd.toml", """
            [global.config]
              as = 65002
              router-id = "10.254.NET.2"
            [[neighbors]]
              [neighbors.config]
                neighbor-address = "10.254.NET.1"
                peer-as = 4200000001
            """, "/usr/bin/gobgpd -f DIR/gobgpd.toml");
        using LiveSpeaker ours = Speaker(gobgp, passive: false);
        Await(gobgp, "gobgp global rib", "203.0.113.0/24");
        gobgp.Ask("gobgp global rib add 198.51.100.0/24 community 65002:9 med 77 large-community 65002:1:2");
        AwaitTheirRoute(ours, gobgp);

        string told = gobgp.Ask("gobgp global rib");
        Assert.Contains("4200000001", told, StringComparison.Ordinal);
        Assert.Contains("{Med: 42} {Communities: 65001:7} {LargeCommunity: [ 65001:3:4]}", told, StringComparison.Ordinal);
    }

    [DaemonFact("/usr/sbin/exabgp", "exabgp")]
    public void ExaBGP_and_we_exchange_routes()
    {
        using ForeignDaemon exabgp = new("exabgp.conf", """
            neighbor 10.254.NET.1 {
              router-id 10.254.NET.2; local-address 10.254.NET.2; local-as 65002; peer-as 4200000001;
              family { ipv4 unicast; }
              static { route 198.51.100.0/24 next-hop 10.254.NET.2 community [65002:9] large-community [65002:1:2] med 77 as-path [65002]; }
            }
            """, "/usr/sbin/exabgp DIR/exabgp.conf");
        using LiveSpeaker ours = Speaker(exabgp, passive: true);

        AwaitTheirRoute(ours, exabgp);
    }

    [DaemonFact("/usr/sbin/bgpctl", "openbgpd")]
    public void OpenBGPD_and_we_exchange_routes()
    {
        // The directory that its processes chroot to; Debian's unit makes it.
        System.IO.Directory.CreateDirectory("/run/openbgpd");
        using ForeignDaemon openbgpd = new("bgpd.conf", """
            AS 65002
            router-id 10.254.NET.2
            socket "DIR/ctl"
            network 198.51.100.0/24 set { community 65002:9 large-community 65002:1:2 metric 77 }
            neighbor 10.254.NET.1 {
             remote-as 4200000001
             announce IPv4 unicast
             announce IPv6 unicast
            }
            allow from any
            allow to any

            """, "sh -c \"chmod 600 DIR/bgpd.conf && exec /usr/sbin/bgpd -d -f DIR/bgpd.conf\"");
        using LiveSpeaker ours = Speaker(openbgpd, passive: false);
        AwaitTheirRoute(ours, openbgpd);

        string told = Await(openbgpd, "bgpctl -s DIR/ctl show rib detail 203.0.113.0/24", "4200000001");
        Assert.Contains("Origin IGP, metric 42", told, StringComparison.Ordinal);
        Assert.Contains("Communities: 65001:7", told, StringComparison.Ordinal);
        Assert.Contains("Large Communities: 65001:3:4", told, StringComparison.Ordinal);
    }

    private static LiveSpeaker Speaker(ForeignDaemon daemon, bool passive) => new(new BgpSpeakerConfiguration
    {
        As = 4200000001,
        RouterId = IPv4Address.Parse("10.0.0.1"),
        Timers = LiveSpeaker.Timers,
        Port = passive ? BgpSpeakerConfiguration.WellKnownPort : LiveSpeaker.FreePort(),
        Listen = passive ? [InternetAddress.Parse($"10.254.{daemon.Net}.1")] : [],
        Neighbors =
        [
            new BgpNeighbor(InternetAddress.Parse($"10.254.{daemon.Net}.2"), new BgpNeighborConfiguration
            {
                RemoteAs = 65002,
                Passive = passive,
                IPv6Unicast = true,
                GracefulRestart = true,
            }),
        ],
        Networks =
        [
            new BgpNetwork(s_ours) { Med = 42, Communities = [new Community(65001, 7)], LargeCommunities = [new LargeCommunity(65001, 3, 4)] },
        ],
    });

    private static void AwaitTheirRoute(LiveSpeaker ours, ForeignDaemon daemon)
    {
        LiveSpeaker.Eventually(() => ours.Ask(s => s.BestPath(s_theirs) is not null), () => daemon.Output);
        PathAttributes set = ours.Ask(s => s.BestPath(s_theirs)!.Value.Attributes);
        PathAttributesBuilder all = new();
        all.Load(set);
        Assert.Equal(("65002", 77u), (set.AsPath.ToString(), set.Med));
        Assert.Equal("65002:9", all.Communities.Single().ToString());
        Assert.Equal("65002:1:2", all.LargeCommunities.Single().ToString());
        Assert.Equal(InternetAddress.Parse($"10.254.{daemon.Net}.2"), set.NextHop);
    }

    /// <summary>Asks until the answer has a text.</summary>
    private static string Await(ForeignDaemon daemon, string command, string text)
    {
        string answer = "";
        LiveSpeaker.Eventually(
            () =>
            {
                answer = daemon.Ask(command);
                return answer.Contains(text, StringComparison.Ordinal);
            },
            () => answer + daemon.Output);
        return answer;
    }
}
