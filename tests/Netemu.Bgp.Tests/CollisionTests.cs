using System.Linq;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>Both sides connect: of two connections one survives, by identifier (RFC 4271 section 6.8).</summary>
public sealed class CollisionTests
{
    private readonly Laboratory _lab = new();

    public static TheoryData<int, bool, bool> Starts()
    {
        TheoryData<int, bool, bool> starts = [];

        // The pipe takes 1 ms, so within 4 ms each step of one side's handshake meets each step of the other's.
        for (int offset = -4000; offset <= 4000; offset += 250)
        {
            starts.Add(offset, false, offset % 500 == 0);
            starts.Add(offset, true, offset % 500 == 0);
        }

        return starts;
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void However_far_apart_two_sides_start_one_connection_stands_at_once_and_for_good(
        int microseconds, bool gracefulRestart, bool isInternal)
    {
        // Given two speakers, the second of which starts a little before or after the first.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, isInternal ? 65001u : 65002u);
        Laboratory.Join(r1, r2, c => c with { GracefulRestart = gracefulRestart });
        StartAt(r1, microseconds < 0 ? -microseconds : 0);
        StartAt(r2, microseconds > 0 ? microseconds : 0);

        // When some round trips have gone by.
        _lab.Loop.RunUntil(SimTime.Zero + Duration.FromMilliseconds(16));

        // Then both are Established on one and the same connection, and nobody waits for anything.
        AssertOneConnection(r1, r2);

        // And it stays so.
        _lab.Run(600);
        AssertOneConnection(r1, r2);
    }

    [Fact]
    public void Both_sides_cleared_at_one_instant_are_Established_again_at_once()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2);
        _lab.StartAll();
        _lab.Run(1);

        r1.Clear(Laboratory.AddressOf(2));
        r2.Clear(Laboratory.AddressOf(1));
        Assert.Equal(BgpPending.SessionAttempt, r1.Pending & r2.Pending & BgpPending.SessionAttempt);
        _lab.Loop.RunUntil(_lab.Loop.Now + Duration.FromMilliseconds(16));

        Assert.Equal(BgpState.Established, Laboratory.Session(r1, r2).State);
        Assert.Equal(BgpState.Established, Laboratory.Session(r2, r1).State);
        Assert.Equal(1, Laboratory.Session(r1, r2).Counters.Flaps);
    }

    [Theory]
    [InlineData(TimerProfile.Rfc4271, BgpErrorSubcode.OtherConfigurationChange)]
    [InlineData(TimerProfile.CalicoBird, BgpErrorSubcode.OtherConfigurationChange)]
    [InlineData(TimerProfile.Bird, BgpErrorSubcode.OtherConfigurationChange)]
    [InlineData(TimerProfile.Frr, BgpErrorSubcode.OtherConfigurationChange)]
    public void A_side_that_is_told_of_a_changed_configuration_starts_anew_without_damping_and_is_waited_for(
        TimerProfile profile, byte subcode)
    {
        // Given a session that r2 opened: r1 is passive.
        BgpTimers timers = BgpTimers.Of(profile);
        BgpSpeaker r1 = _lab.Add(1, 64512, c => c with { Timers = timers });
        BgpSpeaker r2 = _lab.Add(2, 64512, c => c with { Timers = timers });
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(64512) with { Passive = true }));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(64512)));
        _lab.StartAll();
        _lab.Run(10);
        Assert.Equal(BgpState.Established, Laboratory.Session(r2, r1).State);

        // When r1 becomes active: its session starts anew, and r2 hears why.
        r1.ReconfigureNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(64512));
        SimTime start = _lab.Loop.Now;
        SimTime quiet = SimTime.Never;
        for (int i = 0; i < 100_000 && quiet == SimTime.Never; i++)
        {
            _lab.Loop.RunUntil(_lab.Loop.Now + Duration.FromMicroseconds(100));
            quiet = (r1.Pending | r2.Pending) == BgpPending.None && _lab.Network.InFlight == 0 ? _lab.Loop.Now : SimTime.Never;
        }

        // Then the token is given back when both sides are Established: after the connect delay, not after a wait for an error.
        Assert.Equal(subcode, Laboratory.Session(r2, r1).LastError.Subcode);
        Assert.Equal(BgpState.Established, Laboratory.Session(r1, r2).State);
        Assert.Equal(BgpState.Established, Laboratory.Session(r2, r1).State);
        Assert.True(quiet < start + timers.ConnectDelay + Duration.FromMilliseconds(50), $"quiet after {(quiet - start).Milliseconds} ms");
    }

    [Theory]
    [InlineData(TimerProfile.Bird, false, true)]
    [InlineData(TimerProfile.CalicoBird, false, true)]
    [InlineData(TimerProfile.CalicoBird, true, false)]
    [InlineData(TimerProfile.Rfc4271, false, false)]
    public void A_BIRD_that_has_lost_a_connection_takes_the_next_one_at_once_and_waits_after_an_error_only(TimerProfile profile, bool error, bool accepts)
    {
        // BIRD 2.0.12 with "error wait time 5,30" on a passive session: 0 s after a loss, 4.2 s after an UPDATE error.
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with { Timers = BgpTimers.Of(profile) });
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002) with { Passive = true }));
        r1.Start();
        ScriptedPeer peer = new(_lab, 2, 1, ScriptedPeer.Open(65002, 2, BgpCapabilities.IPv4Unicast | BgpCapabilities.FourOctetAs));
        _lab.Run(1);
        Assert.Equal(BgpState.Established, r1.Neighbors.Single().State);

        if (error)
        {
            peer.Send(ScriptedPeer.Marker + "001503" + "0301");
        }

        peer.Close();
        _lab.Run(1);
        peer.Reconnect();
        _lab.Run(1);

        Assert.Equal(accepts, r1.Neighbors.Single().IsEstablished);
    }

    [Fact]
    public void After_a_shutdown_a_side_waits_as_RFC_4486_recommends()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2);
        _lab.StartAll();
        _lab.Run(1);

        r1.SetShutdown(Laboratory.AddressOf(2), shutdown: true);
        _lab.Run(1);
        Assert.Equal(BgpState.Idle, Laboratory.Session(r2, r1).State);
        Assert.Equal(BgpPending.SessionAttempt, r2.Pending);

        // The attempt that follows the wait is the last that is waited for.
        _lab.Run(5);
        Assert.Equal(BgpPending.None, r2.Pending);
        Assert.Equal(NotEstablishedReason.NotificationReceived, Laboratory.Session(r2, r1).NotEstablished);
    }

    [Fact]
    public void A_neighbour_that_does_not_damp_starts_anew_after_an_error()
    {
        // Given a side without DampPeerOscillations and one whose AS it does not expect.
        BgpTimers timers = Laboratory.Timers with { DampPeerOscillations = false };
        BgpSpeaker r1 = _lab.Add(1, 65001, c => c with { Timers = timers });
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65009)));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { Passive = true }));
        _lab.StartAll();
        _lab.Run(1);
        int sent = Laboratory.Session(r1, r2).Counters.OpensSent;

        // When time goes by, then it has tried again (AllowAutomaticStart).
        _lab.Run(300);
        Assert.True(Laboratory.Session(r1, r2).Counters.OpensSent > sent);
    }

    private void StartAt(BgpSpeaker speaker, int microseconds)
    {
        CallbackTimer timer = new(() => speaker.Start());
        _lab.Loop.Schedule(timer, SimTime.Zero + Duration.FromMicroseconds(microseconds));
    }

    private static void AssertOneConnection(BgpSpeaker r1, BgpSpeaker r2)
    {
        BgpSession left = Laboratory.Session(r1, r2);
        BgpSession right = Laboratory.Session(r2, r1);
        Assert.Equal((BgpState.Established, BgpState.Established), (left.State, right.State));
        Assert.Equal((left.LocalPort, left.RemotePort), (right.RemotePort, right.LocalPort));
        Assert.Equal((0, 0), (left.Counters.Flaps, right.Counters.Flaps));
        Assert.Equal(BgpPending.None, r1.Pending | r2.Pending);

        // What was said to the losing connection, if anything, is a Cease for collision.
        Assert.All([left, right], s => Assert.True(
            !s.LastError.IsError || s.LastError.Subcode == BgpErrorSubcode.ConnectionCollisionResolution, $"{s.LastError}"));
    }
}
