using System;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>The timers of a neighbour (RFC 4271 section 10).</summary>
public sealed record BgpTimers
{
    public Duration ConnectRetry { get; init; } = Duration.FromSeconds(120);

    /// <summary>The hold time proposed in OPEN, in seconds; 0 or at least 3.</summary>
    public ushort HoldTime { get; init; } = 90;

    /// <summary>Seconds between keepalives at most; a third of the negotiated hold time if that is less.</summary>
    public ushort KeepaliveTime { get; init; } = 30;

    /// <summary>How long a connection may take to bring an OPEN ("a large value", section 8.2.2).</summary>
    public Duration OpenHoldTime { get; init; } = Duration.FromSeconds(240);

    /// <summary>Waited before the first connection attempt after a start, as BIRD's "connect delay time".</summary>
    public Duration ConnectDelay { get; init; }

    /// <summary>DelayOpenTime; zero for none.</summary>
    public Duration DelayOpen { get; init; }

    /// <summary>
    /// The first IdleHoldTime after an error; it doubles with each error up to <see cref="IdleHoldMaximum"/>.
    /// </summary>
    public Duration IdleHold { get; init; } = Duration.FromSeconds(5);

    public Duration IdleHoldMaximum { get; init; } = Duration.FromSeconds(120);

    /// <summary>MinRouteAdvertisementIntervalTimer towards external peers (section 9.2.1.1).</summary>
    public Duration AdvertisementIntervalExternal { get; init; } = Duration.FromSeconds(30);

    public Duration AdvertisementIntervalInternal { get; init; } = Duration.FromSeconds(5);

    /// <summary>
    /// How long a neighbour may take nothing of what waits for it (RFC 9687: the larger of 8 minutes and twice the hold
    /// time); zero for ever.
    /// </summary>
    public Duration SendHold { get; init; } = Duration.FromSeconds(480);

    /// <summary>After an error a session waits, longer each time (RFC 4271 section 8.1.1); false starts at once.</summary>
    public bool DampPeerOscillations { get; init; } = true;

    /// <summary>True if no Cease of the neighbour is waited for before the session starts anew, whatever its reason.</summary>
    public bool RestartAfterAnyCease { get; init; }

    /// <summary>True if a connection that is lost without a word is no error that the session waits after.</summary>
    public bool RestartAfterLoss { get; init; }

    /// <summary>True if withdrawals wait for the interval as well (WRATE); RFC 4271 sends them at once.</summary>
    public bool RateLimitWithdrawals { get; init; }

    /// <summary>Timers are shortened by a random part of up to a quarter (section 10).</summary>
    public bool Jitter { get; init; } = true;

    /// <summary>
    /// True if a session that has ended so starts anew without a wait. The neighbour has said that it goes on (RFC 4486
    /// section 4 recommends damping after shutdown, de-configuration, rejection and lack of resources only), or has said nothing.
    /// </summary>
    internal bool RestartsAfter(BgpEvent @event, BgpError error) =>
        (RestartAfterLoss && @event == BgpEvent.TcpConnectionFails)
        || (@event == BgpEvent.NotifMsg && error.Code == BgpErrorCode.Cease
        && (RestartAfterAnyCease || error.Subcode is BgpErrorSubcode.AdministrativeReset
            or BgpErrorSubcode.OtherConfigurationChange
            or BgpErrorSubcode.ConnectionCollisionResolution));

    /// <summary>The defaults of a daemon.</summary>
    public static BgpTimers Of(TimerProfile profile) => profile switch
    {
        TimerProfile.Rfc4271 => new BgpTimers(),

        // doc/bird.sgml: hold time 240, keepalive a third, connect retry 120, connect delay 5, error wait 60,300.
        TimerProfile.Bird => new BgpTimers
        {
            HoldTime = 240,
            KeepaliveTime = 80,
            ConnectDelay = Duration.FromSeconds(5),
            IdleHold = Duration.FromSeconds(60),
            IdleHoldMaximum = Duration.FromSeconds(300),

            // proto/bgp/packets.c, bgp_rx_notification: a Cease sets no startup delay.
            RestartAfterAnyCease = true,

            // proto/bgp/bgp.c, bgp_sock_err: only bgp_error and bgp_rx_notification do.
            RestartAfterLoss = true,
            AdvertisementIntervalExternal = Duration.Zero,
            AdvertisementIntervalInternal = Duration.Zero,
        },

        // Calico's generated bird.cfg: connect delay 2, connect retry 5, error wait 5,30.
        TimerProfile.CalicoBird => Of(TimerProfile.Bird) with
        {
            ConnectRetry = Duration.FromSeconds(5),
            ConnectDelay = Duration.FromSeconds(2),
            IdleHold = Duration.FromSeconds(5),
            IdleHoldMaximum = Duration.FromSeconds(30),
        },

        // bgpd/bgp_vty.c and bgpd.h: keepalive 60, hold 180, connect 120, advertisement interval 0, start timer 1 s
        // that doubles to 60 s.
        TimerProfile.Frr => new BgpTimers
        {
            HoldTime = 180,
            KeepaliveTime = 60,
            ConnectDelay = Duration.FromSeconds(1),
            IdleHold = Duration.FromSeconds(1),
            IdleHoldMaximum = Duration.FromSeconds(60),
            AdvertisementIntervalExternal = Duration.Zero,
            AdvertisementIntervalInternal = Duration.Zero,
        },
        TimerProfile.FrrDatacenter => Of(TimerProfile.Frr) with
        {
            HoldTime = 9,
            KeepaliveTime = 3,
            ConnectRetry = Duration.FromSeconds(10),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };
}
