using System;
using System.Linq;
using System.Threading;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>Graceful restart in both roles (RFC 4724 section 4): who restarts loses no route at the other side.</summary>
[Trait("Category", "Live")]
public sealed class GracefulRestartTests
{
    private const string Bird = "/usr/sbin/bird -f -c DIR/bird.conf -s DIR/ctl -P DIR/pid";
    private static readonly InternetPrefix s_theirs = InternetPrefix.Parse("198.51.100.0/24");

    [DaemonFact("/usr/sbin/bird", "bird2")]
    public void A_BIRD_that_is_killed_and_starts_again_keeps_its_routes_at_ours()
    {
        // Given a session with a BIRD, whose route we have.
        using ForeignPeer.Bird bird = new(new PeerVariant { GracefulRestart = true });
        using LiveSpeaker ours = new(Configuration(bird));
        LiveSpeaker.Eventually(() => ours.Ask(s => s.BestPath(s_theirs) is not null), () => bird.Daemon.Output);

        // When it is killed, then the route stands, stale.
        bird.Daemon.Restart(Bird + " -R", () => LiveSpeaker.Eventually(
            () => ours.Ask(s => s.BestPath(s_theirs) is { IsStale: true }), () => "the route is not stale"));

        // And when it is back, the route is fresh, and has never been away.
        LiveSpeaker.Eventually(
            () => ours.Ask(s => s.BestPath(s_theirs) ?? throw new InvalidOperationException("the route was away")) is { IsStale: false },
            () => $"the route stays stale, {ours.Ask(s => s.Neighbors.Single() is var n ? $"{n.State} {n.NotEstablished} {n.LastError}" : "")}"
                + bird.Daemon.Ask("/usr/sbin/birdc -s DIR/ctl show protocols all p") + bird.Daemon.Output);
        Assert.Equal(1, ours.Ask(s => s.Neighbors.Single().Counters.Flaps));
    }

    [DaemonFact("/usr/sbin/bird", "bird2")]
    public void Ours_is_killed_and_starts_again_and_BIRD_keeps_its_routes() =>
        RestartOurs(new ForeignPeer.Bird(new PeerVariant { GracefulRestart = true }));

    [DaemonFact("/usr/lib/frr/bgpd", "frr")]
    public void Ours_is_killed_and_starts_again_and_FRR_keeps_its_routes() =>
        RestartOurs(new ForeignPeer.Frr(new PeerVariant { GracefulRestart = true }));

    [DaemonFact("/usr/bin/gobgpd", "gobgpd")]
    public void Ours_is_killed_and_starts_again_and_GoBGP_keeps_its_routes() =>
        RestartOurs(new ForeignPeer.GoBgp(new PeerVariant { GracefulRestart = true }));

    [DaemonFact("/usr/sbin/bgpctl", "openbgpd")]
    public void Ours_is_killed_and_starts_again_and_OpenBGPD_keeps_its_routes() =>
        RestartOurs(new ForeignPeer.OpenBgpd(new PeerVariant { GracefulRestart = true }));

    private static void RestartOurs(ForeignPeer peer)
    {
        using ForeignPeer theirs = peer;
        string ours = "203.0.113.0/24";
        using (LiveSpeaker first = new(Configuration(peer)))
        {
            LiveSpeaker.Eventually(() => first.Ask(s => s.Neighbors.Single().IsEstablished), () => peer.Daemon.Output);
            peer.Originate();
            LiveSpeaker.Eventually(() => peer.Paths(ours).Count == 1, () => peer.Daemon.Output);

            // When our process is killed.
            first.Kill();
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.True(peer.Paths(ours).Count == 1, $"they have dropped the route: {peer.Daemon.Output}");
            Thread.Sleep(50);
        }

        // Then the route is there until it is back, and after.
        using LiveSpeaker second = new(Configuration(peer), restarting: true);
        LiveSpeaker.Eventually(
            () =>
            {
                Assert.True(peer.Paths(ours).Count == 1, "they have dropped the route");
                return second.Ask(s => !s.IsRestarting && s.BestPath(s_theirs) is not null);
            },
            () => "our selection is still deferred " + peer.Daemon.Output);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(peer.Paths(ours).Count == 1, "they have dropped the route after the restart");
            Thread.Sleep(50);
        }
    }

    private static BgpSpeakerConfiguration Configuration(ForeignPeer peer) => new()
    {
        As = 65001,
        RouterId = IPv4Address.Parse($"10.254.{peer.Daemon.Net}.1"),
        Timers = LiveSpeaker.Timers,
        Port = LiveSpeaker.FreePort(),
        Neighbors =
        [
            new BgpNeighbor(InternetAddress.Parse(peer.TheirAddress), new BgpNeighborConfiguration { RemoteAs = 65002, GracefulRestart = true }),
        ],
        Networks = [new BgpNetwork(InternetPrefix.Parse("203.0.113.0/24"))],
    };
}
