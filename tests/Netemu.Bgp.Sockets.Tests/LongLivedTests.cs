using System;
using System.Linq;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>Long-lived graceful restart (RFC 9494) in both roles: who stays away longer than its restart time is the last resort.</summary>
[Trait("Category", "Live")]
public sealed class LongLivedTests
{
    private const string Bird = "/usr/sbin/bird -f -c DIR/bird.conf -s DIR/ctl -P DIR/pid";
    private const string LlgrStale = "65535:6";
    private static readonly InternetPrefix s_theirs = InternetPrefix.Parse("198.51.100.0/24");

    [DaemonFact("/usr/sbin/bird", "bird2")]
    public void A_BIRD_that_stays_away_is_long_lived_stale_at_ours_until_it_is_back()
    {
        // Given a session with a BIRD whose restart time is a second.
        using ForeignPeer.Bird bird = new(new PeerVariant { GracefulRestart = true, LongLived = true });
        using LiveSpeaker ours = new(Configuration(bird));
        LiveSpeaker.Eventually(() => ours.Ask(s => s.BestPath(s_theirs) is not null), () => bird.Daemon.Output);

        // When it is away for longer, its route has LLGR_STALE, and a minute from then.
        bird.Daemon.Restart(Bird + " -R", () =>
        {
            LiveSpeaker.Eventually(
                () => ours.Ask(s => (s.BestPath(s_theirs) ?? throw new InvalidOperationException("the route was away")).Attributes.IsLongLivedStale),
                () => "the route is not long-lived stale");
            Assert.InRange(ours.Ask(s => s.Neighbors.Single().LongLivedRemaining(AddressFamily.IPv4)!.Value.Milliseconds), 1, 60_000);
        });

        // And when it is back, the route is as before.
        LiveSpeaker.Eventually(
            () => ours.Ask(s => s.BestPath(s_theirs) ?? throw new InvalidOperationException("the route was away")) is { IsStale: false, Attributes.IsLongLivedStale: false },
            () => "the route stays stale " + bird.Daemon.Ask("/usr/sbin/birdc -s DIR/ctl show protocols all p") + bird.Daemon.Output);
    }

    [DaemonFact("/usr/sbin/bird", "bird2")]
    public void Ours_stays_away_and_BIRD_keeps_its_routes_as_long_lived_stale() =>
        StayAway(new ForeignPeer.Bird(new PeerVariant { GracefulRestart = true, LongLived = true }), LlgrStale);

    [DaemonFact("/usr/lib/frr/bgpd", "frr")]
    public void Ours_stays_away_and_FRR_keeps_its_routes_as_long_lived_stale() =>
        StayAway(new ForeignPeer.Frr(new PeerVariant { GracefulRestart = true, LongLived = true }), "llgr-stale");

    private static void StayAway(ForeignPeer peer, string mark)
    {
        using ForeignPeer theirs = peer;
        string ours = "203.0.113.0/24";
        using (LiveSpeaker first = new(Configuration(peer)))
        {
            LiveSpeaker.Eventually(() => peer.Paths(ours).Count == 1, () => peer.Daemon.Output);
            Assert.DoesNotContain(mark, peer.Paths(ours)[0], StringComparison.Ordinal);
            first.Kill();
        }

        // Then, after a second, the route is there and marked.
        LiveSpeaker.Eventually(
            () =>
            {
                Assert.True(peer.Paths(ours).Count == 1, "they have dropped the route");
                return peer.Paths(ours)[0].Contains(mark, StringComparison.Ordinal);
            },
            () => string.Join('\n', peer.Paths(ours)) + peer.Daemon.Output);

        // And when ours is back, it is as before.
        using LiveSpeaker second = new(Configuration(peer), restarting: true);
        LiveSpeaker.Eventually(
            () => peer.Paths(ours) is [var path] && !path.Contains(mark, StringComparison.Ordinal),
            () => string.Join('\n', peer.Paths(ours)) + peer.Daemon.Output);
    }

    private static BgpSpeakerConfiguration Configuration(ForeignPeer peer) => new()
    {
        As = 65001,
        RouterId = IPv4Address.Parse($"10.254.{peer.Daemon.Net}.1"),
        Timers = LiveSpeaker.Timers,
        Port = LiveSpeaker.FreePort(),
        Neighbors =
        [
            new BgpNeighbor(InternetAddress.Parse(peer.TheirAddress), new BgpNeighborConfiguration
            {
                RemoteAs = 65002,
                GracefulRestart = true,
                RestartTime = 1,
                LongLivedGracefulRestart = true,
                LongLivedStaleTime = 60,
            }),
        ],
        Networks = [new BgpNetwork(InternetPrefix.Parse("203.0.113.0/24"))],
    };
}
