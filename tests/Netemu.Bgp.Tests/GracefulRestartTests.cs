using System.Linq;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 4724 and RFC 8538, in both roles.</summary>
public sealed class GracefulRestartTests
{
    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("192.0.2.0/24");

    private readonly Laboratory _lab = new();

    [Fact]
    public void A_restarting_speaker_selects_and_announces_nothing_before_its_neighbours_have_sent_End_of_RIB()
    {
        // Given a restarting r1 with two neighbours, one of which is silent after its OPEN.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { GracefulRestart = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65003) with { GracefulRestart = true, Passive = true }));
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { GracefulRestart = true }));
        r2.Announce(Laboratory.Originate("192.0.2.0/24"));
        r1.Announce(Laboratory.Originate("198.51.100.0/24"));
        r2.Start();
        r1.Start(restarting: true);
        ScriptedPeer silent = new(_lab, 3, 1, ScriptedPeer.Open(65003, 3, BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs
            | BgpCapabilities.GracefulRestart | BgpCapabilities.GracefulIPv4));
        _lab.Run(5);

        // Then it says so in OPEN, has r2's route and does nothing with it.
        Assert.Contains("4006" + "8078" + "00010180", silent.Messages[0], System.StringComparison.Ordinal);
        Assert.True(r1.IsRestarting);
        Assert.Empty(_lab.Sinks[r1].Routes);
        Assert.Empty(silent.Updates);
        Assert.Empty(r2.PathsOf(InternetPrefix.Parse("198.51.100.0/24")));

        // When the last End-of-RIB comes.
        silent.SendUpdate("", "", "");
        _lab.Run(1);

        Assert.False(r1.IsRestarting);
        Assert.Equal("10.0.0.2", _lab.Sinks[r1].Routes[s_prefix]);
        Assert.Equal(3, silent.Updates.Count());
        Assert.NotNull(r2.BestPath(InternetPrefix.Parse("198.51.100.0/24")));
    }

    [Fact]
    public void The_deferral_ends_by_itself()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with { SelectionDeferral = Duration.FromSeconds(60) });
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65003) with { GracefulRestart = true, Passive = true }));
        r1.Start(restarting: true);
        _lab.Run(59);
        Assert.True(r1.IsRestarting);
        _lab.Run(2);
        Assert.False(r1.IsRestarting);
    }

    [Fact]
    public void A_helper_that_asks_for_nothing_keeps_routes_and_its_own_are_not_kept()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { GracefulRestart = true }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { GracefulRestart = true, GracefulRestartHelperOnly = true }));
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r2.Announce(Laboratory.Originate("198.51.100.0/24"));
        _lab.StartAll();
        _lab.Run(3);

        r1.Destroy();
        _lab.Run(1);
        Assert.True(r2.PathsOf(s_prefix).Single().IsStale);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void With_RFC_8538_a_silent_neighbour_keeps_its_routes_past_the_hold_timer(bool notification, int kept)
    {
        (BgpSpeaker r1, BgpSpeaker r2) = Pair(notification);

        _lab.TransportOf(r1).PowerOff();
        _lab.Run(100);

        Assert.False(Laboratory.Session(r2, r1).IsEstablished);
        Assert.Equal(kept, r2.PathsOf(s_prefix).Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_NOTIFICATION_is_a_restart_with_RFC_8538_unless_an_operator_meant_it(bool operators)
    {
        (BgpSpeaker r1, BgpSpeaker r2) = Pair(notification: true);

        // When r1's end is taken down by an operator, or by an error.
        if (operators)
        {
            r1.SetShutdown(Laboratory.AddressOf(2), true);
        }
        else
        {
            Laboratory.Session(r1, r2).Reset(BgpErrorSubcode.OutOfResources);
        }

        _lab.Run(1);

        Assert.Equal(operators ? 0 : 1, r2.PathsOf(s_prefix).Count());
        byte subcode = operators ? BgpErrorSubcode.AdministrativeShutdown : BgpErrorSubcode.OutOfResources;
        Assert.Equal(subcode, Laboratory.Session(r2, r1).LastError.Subcode);
    }

    [Fact]
    public void Stale_routes_that_do_not_come_again_go_after_the_stale_time()
    {
        // Given a neighbour with a route that comes back, is itself restarting, and never says End-of-RIB.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        BgpSpeaker r3 = _lab.Add(3, 65003);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { GracefulRestart = true }));
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(3), Laboratory.Peer(65003) with { GracefulRestart = true, Passive = true }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { GracefulRestart = true, StaleTime = Duration.FromSeconds(30) }));
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r1.Start();
        r2.Start();
        _lab.Run(3);
        r1.Destroy();
        _lab.Run(1);
        r1.Start(restarting: true);
        _lab.Run(10);
        Assert.True(Laboratory.Session(r2, r1).IsEstablished);
        Assert.True(r2.PathsOf(s_prefix).Single().IsStale);

        _lab.Run(31);

        Assert.Empty(r2.PathsOf(s_prefix));
        Assert.False(r3.IsRunning);
    }

    private (BgpSpeaker R1, BgpSpeaker R2) Pair(bool notification)
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2, n => n with { GracefulRestart = true, GracefulNotification = notification });
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(3);
        return (r1, r2);
    }
}
