using System;
using System.Collections.Generic;
using System.Threading;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>
/// Ours as the helper (RFC 4724 section 4.2) of a daemon that is killed and starts again, with a third neighbour behind us that
/// must hear of nothing while the routes stand, and of a withdrawal at once where the daemon says that they do not.
/// </summary>
/// <remarks>
/// OpenBGPD 7.7 is no restarting speaker: its capability names no family (bgpd.conf(5): "only the End-of-RIB marker is supported").
/// </remarks>
[Trait("Category", "Live")]
public sealed class HelperTests
{
    private const string Frr = "/usr/lib/frr/bgpd -n -f DIR/bgpd.conf --vty_socket DIR -i DIR/pid -Z -S -u root -g root";
    private const string GoBgp = "/usr/bin/gobgpd -f DIR/gobgpd.toml";
    private const string ExaBgp = "/usr/sbin/exabgp DIR/exabgp.conf";
    private static readonly InternetPrefix s_theirs = InternetPrefix.Parse("198.51.100.0/24");
    private static readonly string s_nlri = "18C63364";

    [DaemonFact("/usr/lib/frr/bgpd", "frr")]
    public void An_FRR_that_has_kept_its_forwarding_state_keeps_its_routes() =>
        Keep(new ForeignPeer.Frr(new PeerVariant { GracefulRestart = true, KeepsForwardingState = true }), Frr);

    [DaemonFact("/usr/lib/frr/bgpd", "frr")]
    public void An_FRR_that_has_not_loses_them_when_it_is_back() =>
        Lose(new ForeignPeer.Frr(new PeerVariant { GracefulRestart = true }), Frr);

    [DaemonFact("/usr/bin/gobgpd", "gobgpd")]
    public void A_GoBGP_that_knows_of_its_restart_keeps_its_routes() =>
        Keep(new ForeignPeer.GoBgp(new PeerVariant { GracefulRestart = true }), GoBgp + " -r");

    [DaemonFact("/usr/bin/gobgpd", "gobgpd")]
    public void A_GoBGP_that_does_not_loses_them_when_it_is_back() =>
        Lose(new ForeignPeer.GoBgp(new PeerVariant { GracefulRestart = true }), GoBgp);

    [DaemonFact("/usr/sbin/exabgp", "exabgp")]
    public void An_ExaBGP_keeps_its_routes() =>
        Keep(new ForeignPeer.ExaBgp(new PeerVariant { GracefulRestart = true }), ExaBgp);

    [DaemonFact("/usr/sbin/bgpctl", "openbgpd")]
    public void An_OpenBGPD_names_no_family_and_loses_its_routes_when_it_goes()
    {
        using Trio trio = new(new ForeignPeer.OpenBgpd(new PeerVariant { GracefulRestart = true }));
        trio.Daemon.Kill();

        LiveSpeaker.Eventually(() => trio.Third.PathOf(s_nlri) == "withdrawn", trio.Describe);
        Assert.Null(trio.Best());
    }

    /// <summary>The routes are stale while it is away, and fresh after its End-of-RIB; the third neighbour hears nothing.</summary>
    private static void Keep(ForeignPeer peer, string command)
    {
        // Given a route of theirs here, and at our third neighbour.
        using Trio trio = new(peer);
        int heard = trio.Heard.Count;

        // When they are killed, then it stands, stale.
        trio.Daemon.Kill();
        LiveSpeaker.Eventually(() => trio.Best() is { IsStale: true }, trio.Describe);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(trio.Best() is { IsStale: true }, trio.Describe());
            Thread.Sleep(50);
        }

        // And when they are back, it is refreshed, and End-of-RIB finds nothing to take away.
        trio.Daemon.Begin(command);
        LiveSpeaker.Eventually(
            () =>
            {
                Assert.True(trio.Best() is not null, "the route was away " + trio.Describe());
                return trio.IsEstablished && trio.Best() is { IsStale: false };
            },
            trio.Describe);
        trio.Originate();
        LiveSpeaker.Eventually(() => trio.HasEndOfRib && trio.AwaitsNothing, trio.Describe);
        Assert.NotNull(trio.Best());
        Assert.Equal(heard, trio.Heard.Count);
    }

    /// <summary>
    /// The routes are stale while it is away; back, it says that it kept nothing (F bit 0), and the third neighbour hears of a
    /// withdrawal before it hears of them again.
    /// </summary>
    private static void Lose(ForeignPeer peer, string command)
    {
        using Trio trio = new(peer);
        int heard = trio.Heard.Count;
        trio.Daemon.Kill();
        LiveSpeaker.Eventually(() => trio.Best() is { IsStale: true }, trio.Describe);
        Assert.Equal(heard, trio.Heard.Count);

        trio.EndSource();
        trio.Daemon.Begin(command);
        LiveSpeaker.Eventually(() => trio.Heard.Count > heard, trio.Describe);
        Assert.Equal("withdrawn", trio.Heard[heard]);
        trio.Originate();
        LiveSpeaker.Eventually(() => trio.Best() is { IsStale: false } && trio.Heard.Count == heard + 2, trio.Describe);
    }

    /// <summary>The daemon, ours, and a third neighbour that hears what we say of the daemon's route.</summary>
    private sealed class Trio : IDisposable
    {
        private readonly LiveSpeaker _ours;
        private LiveSpeaker? _source;
        private readonly InternetAddress _remote;

        public Trio(ForeignPeer peer)
        {
            Peer = peer;
            _remote = InternetAddress.Parse(peer.TheirAddress);
            Daemon.AddAddresses(3, 2);
            _source = peer is ForeignPeer.GoBgp ? Source() : null;
            bool listens = peer is ForeignPeer.ExaBgp;
            ushort port = listens ? BgpSpeakerConfiguration.WellKnownPort : LiveSpeaker.FreePort();
            _ours = new LiveSpeaker(new BgpSpeakerConfiguration
            {
                As = 65001,
                RouterId = IPv4Address.Parse($"10.254.{Daemon.Net}.1"),
                Timers = LiveSpeaker.Timers,
                Port = port,
                Listen = [InternetAddress.Parse(peer.OurAddress)],
                Neighbors =
                [
                    new BgpNeighbor(_remote, new BgpNeighborConfiguration
                    {
                        RemoteAs = 65002,
                        Passive = listens,
                        GracefulRestart = true,
                        LocalAddress = InternetAddress.Parse(peer.OurAddress),
                    }),
                    new BgpNeighbor(InternetAddress.Parse($"10.254.{Daemon.Net}.3"), new BgpNeighborConfiguration { RemoteAs = 65003, Passive = true }),
                ],
            });
            LiveSpeaker.Eventually(() => IsEstablished, () => Daemon.Output);
            Originate();
            LiveSpeaker.Eventually(() => HasEndOfRib && Best() is not null, Describe);
            Third = new RawPeer($"10.254.{Daemon.Net}.3", 65003);
            Assert.True(Third.TryConnect(peer.OurAddress, port));
            LiveSpeaker.Eventually(() => Third.PathOf(s_nlri).StartsWith("path", StringComparison.Ordinal), Describe);
        }

        public ForeignPeer Peer { get; }

        public ForeignDaemon Daemon => Peer.Daemon;

        public RawPeer Third { get; }

        /// <summary>What the third neighbour has heard of the route, in order.</summary>
        public IReadOnlyList<string> Heard => Third.HistoryOf(s_nlri);

        public bool IsEstablished => _ours.Ask(s => s.FindNeighbor(_remote)!.IsEstablished);

        public bool HasEndOfRib => _ours.Ask(s => s.FindNeighbor(_remote)!.HasEndOfRib(AddressFamily.IPv4));

        public bool AwaitsNothing => _ours.Ask(s => (s.Pending & BgpPending.StaleRoutes) == 0);

        /// <summary>Who has a source learns the route from it, as often as it starts.</summary>
        public void Originate()
        {
            if (Peer is ForeignPeer.GoBgp)
            {
                _source ??= Source();
            }
            else
            {
                Peer.Originate();
            }
        }

        /// <summary>Until <see cref="Originate"/> the daemon has nothing to learn: else it may know its route before it knows us.</summary>
        public void EndSource()
        {
            _source?.Dispose();
            _source = null;
        }

        public BgpPath? Best() => _ours.Ask(s => s.BestPath(s_theirs));

        private LiveSpeaker Source()
        {
            InternetAddress own = InternetAddress.Parse($"10.254.{Daemon.Net}.4");
            return new(new BgpSpeakerConfiguration
            {
                As = 65004,
                RouterId = IPv4Address.Parse(own.ToString()),
                Timers = LiveSpeaker.Timers,
                Listen = [own],
                Port = LiveSpeaker.FreePort(),
                Neighbors = [new BgpNeighbor(_remote, new BgpNeighborConfiguration { RemoteAs = 65002, GracefulRestart = true, LocalAddress = own })],
                Networks = [new BgpNetwork(s_theirs)],
            });
        }

        public string Describe() => _ours.Ask(s => s.FindNeighbor(_remote)! is var n ? $"{n.State} {n.NotEstablished} {n.LastError} {n.RemoteCapabilities} " : "")
            + $"at the third: {string.Join(", ", Third?.HistoryOf(s_nlri) ?? [])}\n" + Daemon.Output;

        public void Dispose()
        {
            Third.Dispose();
            _ours.Dispose();
            _source?.Dispose();
            Peer.Dispose();
        }
    }
}
