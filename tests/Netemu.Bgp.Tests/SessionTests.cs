using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

public sealed class SessionTests
{
    private readonly Laboratory _lab = new();

    [Fact]
    public void Two_external_speakers_come_up_and_exchange_routes()
    {
        // Given two speakers in different ASes that both connect actively at the same instant.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        r2.Announce(Laboratory.Originate("198.51.100.0/24"));

        // When they run for a second.
        _lab.StartAll();
        _lab.Run(1);

        // Then one session stands, the collision being resolved, and each has the other's route.
        Assert.Equal(BgpState.Established, Laboratory.Session(r1, r2).State);
        Assert.Equal(BgpState.Established, Laboratory.Session(r2, r1).State);
        Assert.Equal(
            "192.0.2.0/24 via self as [] best OnlyPath\n198.51.100.0/24 via 10.0.0.2 as [65002] best OnlyPath",
            Laboratory.Describe(r1));
        Assert.Equal("10.0.0.1", _lab.Sinks[r2].Routes[InternetPrefix.Parse("192.0.2.0/24")]);
        Assert.Equal(BgpPending.None, r1.Pending | r2.Pending);
    }

    [Fact]
    public void A_collision_leaves_the_connection_of_the_higher_identifier()
    {
        // Given two speakers that connect to each other at the same instant.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2);

        // When both are up.
        _lab.StartAll();
        _lab.Run(1);

        // Then the connection that 10.0.0.2 opened is the one: its remote port is 179 there, and here the local one.
        Assert.Equal(179, Laboratory.Session(r2, r1).RemotePort);
        Assert.Equal(179, Laboratory.Session(r1, r2).LocalPort);
        Assert.Equal(0, Laboratory.Session(r1, r2).Counters.Flaps);
    }

    [Fact]
    public void A_withdrawn_network_disappears_at_the_neighbour()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        r1.Withdraw(InternetPrefix.Parse("192.0.2.0/24"));
        _lab.Run(1);

        Assert.Equal("", Laboratory.Describe(r2));
        Assert.Equal(["+192.0.2.0/24 10.0.0.1", "-192.0.2.0/24"], _lab.Sinks[r2].Log);
    }

    [Fact]
    public void A_neighbour_that_loses_power_is_given_up_when_the_hold_timer_expires()
    {
        // Given an established session with a hold time of 90 s.
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        // When r1 loses power.
        _lab.TransportOf(r1).PowerOff();
        r1.Destroy();
        _lab.Run(60);
        Assert.Equal(BgpState.Established, Laboratory.Session(r2, r1).State);
        _lab.Run(31);

        // Then r2 has seen the hold timer expire, said so in a NOTIFICATION, and dropped the route.
        BgpSession session = Laboratory.Session(r2, r1);
        Assert.NotEqual(BgpState.Established, session.State);
        Assert.Equal(BgpErrorCode.HoldTimerExpired, session.LastError.Code);
        Assert.Equal("", Laboratory.Describe(r2));
    }

    [Fact]
    public void A_session_that_nobody_disturbs_stays_up_for_an_hour()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65001);
        Laboratory.Join(r1, r2);
        _lab.StartAll();
        _lab.Run(3600);

        BgpSession session = Laboratory.Session(r1, r2);
        Assert.Equal(BgpState.Established, session.State);
        Assert.Equal(0, session.Counters.Flaps);

        // RFC 4271 section 10: a keepalive every 22.5 to 30 s.
        Assert.InRange(session.Counters.KeepalivesSent, 120u, 161u);
    }

    [Fact]
    public void A_wrong_AS_is_refused_with_bad_peer_AS()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65009)));
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { Passive = true }));
        _lab.StartAll();
        _lab.Run(1);

        BgpSession session = Laboratory.Session(r1, r2);
        Assert.Equal((BgpErrorCode.OpenMessage, BgpErrorSubcode.BadPeerAs), (session.LastError.Code, session.LastError.Subcode));
        Assert.Equal(NotEstablishedReason.NotificationSent, session.NotEstablished);
        Assert.Equal(NotEstablishedReason.NotificationReceived, Laboratory.Session(r2, r1).NotEstablished);
    }

    [Fact]
    public void A_neighbour_that_does_not_listen_is_reported_and_tried_again()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        r1.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(2), Laboratory.Peer(65002)));
        BgpSpeaker r2 = _lab.Add(2, 65002);
        r2.AddNeighbor(new BgpNeighbor(Laboratory.AddressOf(1), Laboratory.Peer(65001) with { Passive = true }));
        r1.Start();
        _lab.Run(1);

        BgpSession session = Laboratory.Session(r1, r2);
        Assert.Equal(BgpState.Active, session.State);
        Assert.Equal(NotEstablishedReason.ConnectionRefused, session.NotEstablished);
        Assert.Equal(BgpPending.None, r1.Pending);

        r2.Start();
        _lab.Run(121);
        Assert.Equal(BgpState.Established, session.State);
    }

    [Fact]
    public void An_administrative_shutdown_is_said_and_kept()
    {
        BgpSpeaker r1 = _lab.Add(1, 65001);
        BgpSpeaker r2 = _lab.Add(2, 65002);
        Laboratory.Join(r1, r2);
        r1.Announce(Laboratory.Originate("192.0.2.0/24"));
        _lab.StartAll();
        _lab.Run(1);

        r1.SetShutdown(Laboratory.AddressOf(2), shutdown: true);
        _lab.Run(600);

        Assert.Equal(BgpState.Idle, Laboratory.Session(r1, r2).State);
        Assert.Equal(
            (BgpErrorCode.Cease, BgpErrorSubcode.AdministrativeShutdown),
            (Laboratory.Session(r2, r1).LastError.Code, Laboratory.Session(r2, r1).LastError.Subcode));
        Assert.Equal("", Laboratory.Describe(r2));

        r1.SetShutdown(Laboratory.AddressOf(2), shutdown: false);
        _lab.Run(130);
        Assert.Equal(BgpState.Established, Laboratory.Session(r1, r2).State);
        Assert.Equal("192.0.2.0/24 via 10.0.0.1 as [65001] best OnlyPath", Laboratory.Describe(r2));
    }

    [Fact]
    public void The_connect_delay_of_Calicos_BIRD_is_waited_for()
    {
        BgpTimers timers = BgpTimers.Of(TimerProfile.CalicoBird);
        BgpSpeaker r1 = _lab.Add(1, 64512, c => c with { Timers = timers });
        BgpSpeaker r2 = _lab.Add(2, 64512, c => c with { Timers = timers });
        Laboratory.Join(r1, r2);
        _lab.StartAll();

        _lab.Loop.RunUntil(SimTime.Zero + Duration.FromMilliseconds(1400));
        Assert.Equal(BgpState.Active, Laboratory.Session(r1, r2).State);
        _lab.Loop.RunUntil(SimTime.Zero + Duration.FromMilliseconds(2100));
        Assert.Equal(BgpState.Established, Laboratory.Session(r1, r2).State);
        Assert.Equal(240, Laboratory.Session(r1, r2).HoldTime);
    }
}
