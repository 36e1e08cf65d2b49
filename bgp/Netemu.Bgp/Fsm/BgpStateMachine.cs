using static Netemu.Bgp.Fsm.BgpActions;

namespace Netemu.Bgp.Fsm;

/// <summary>
/// The state machine of RFC 4271 section 8.2.2 as a pure, total function. What it says to do, a session does; what it
/// does not say, nobody does.
/// </summary>
/// <remarks>
/// One cell deviates: a connection attempt that fails leads from Connect to Active with the ConnectRetryTimer running
/// whether or not the DelayOpenTimer runs. The RFC's Idle would need an automatic start to retry, which is the same
/// with
/// one state more; FRR and BIRD show Active.
/// </remarks>
public static class BgpStateMachine
{
    private const BgpActions Release = StopConnectRetryTimer | StopDelayOpenTimer | ReleaseResources | DropConnection;

    /// <summary>The transition for an event in a state.</summary>
    public static BgpTransition Next(BgpState state, BgpEvent @event, BgpConditions conditions) => state switch
    {
        BgpState.Idle => Idle(@event, conditions),
        BgpState.Connect => Connect(@event, conditions),
        BgpState.Active => Active(@event, conditions),
        BgpState.OpenSent => OpenSent(@event, conditions),
        BgpState.OpenConfirm => OpenConfirm(@event, conditions),
        _ => Established(@event, conditions),
    };

    private static BgpTransition Idle(BgpEvent @event, BgpConditions conditions) => @event switch
    {
        BgpEvent.ManualStart
            or BgpEvent.AutomaticStart
            or BgpEvent.AutomaticStartWithDampPeerOscillations =>
            new(BgpState.Connect, ResetConnectRetryCounter | StartConnectRetryTimer | InitiateConnection),

        BgpEvent.ManualStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithDampPeerOscillationsAndPassiveTcpEstablishment =>
            new(BgpState.Active, ResetConnectRetryCounter | StartConnectRetryTimer),

        // With DampPeerOscillations the end of the IdleHoldTimer is an automatic start (section 8.1.3, event 13) that
        // keeps the counter: it is what grows the next IdleHoldTime.
        BgpEvent.IdleHoldTimerExpires when !Has(conditions, BgpConditions.DampPeerOscillations) =>
            new(BgpState.Idle, None),
        BgpEvent.IdleHoldTimerExpires when Has(conditions, BgpConditions.PassiveTcpEstablishment) =>
            new(BgpState.Active, StartConnectRetryTimer),
        BgpEvent.IdleHoldTimerExpires =>
            new(BgpState.Connect, StartConnectRetryTimer | InitiateConnection),

        _ => new(BgpState.Idle, None),
    };

    private static BgpTransition Connect(BgpEvent @event, BgpConditions conditions) => @event switch
    {
        BgpEvent.ManualStart
            or BgpEvent.AutomaticStart
            or BgpEvent.ManualStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithDampPeerOscillations
            or BgpEvent.AutomaticStartWithDampPeerOscillationsAndPassiveTcpEstablishment =>
            new(BgpState.Connect, None),

        BgpEvent.ManualStop => new(BgpState.Idle, Release | ResetConnectRetryCounter),

        BgpEvent.ConnectRetryTimerExpires =>
            new(BgpState.Connect, DropConnection | StopDelayOpenTimer | StartConnectRetryTimer | InitiateConnection),

        BgpEvent.DelayOpenTimerExpires =>
            new(BgpState.OpenSent, StopDelayOpenTimer | SendOpen | StartLargeHoldTimer),

        // A request whose source is not a configured peer, or that the stack refused, changes nothing.
        BgpEvent.TcpConnectionValid or BgpEvent.TcpCrInvalid => new(BgpState.Connect, None),

        BgpEvent.TcpCrAcked or BgpEvent.TcpConnectionConfirmed
            when Has(conditions, BgpConditions.DelayOpen) =>
            new(BgpState.Connect, StopConnectRetryTimer | StartDelayOpenTimer),
        BgpEvent.TcpCrAcked or BgpEvent.TcpConnectionConfirmed =>
            new(BgpState.OpenSent, StopConnectRetryTimer | SendOpen | StartLargeHoldTimer),

        BgpEvent.TcpConnectionFails =>
            new(BgpState.Active, DropConnection | StopDelayOpenTimer | StartConnectRetryTimer),

        BgpEvent.BgpOpenWithDelayOpenTimerRunning => OpenWhileDelaying(),

        BgpEvent.BgpHeaderErr or BgpEvent.BgpOpenMsgErr => EarlyMessageError(conditions),

        BgpEvent.NotifMsgVerErr => EarlyVersionError(conditions),

        // Events 8, 10, 11, 13, 19, 23, 25-28.
        _ => ToIdle(conditions),
    };

    private static BgpTransition Active(BgpEvent @event, BgpConditions conditions) => @event switch
    {
        BgpEvent.ManualStart
            or BgpEvent.AutomaticStart
            or BgpEvent.ManualStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithDampPeerOscillations
            or BgpEvent.AutomaticStartWithDampPeerOscillationsAndPassiveTcpEstablishment =>
            new(BgpState.Active, None),

        BgpEvent.ManualStop when Has(conditions, BgpConditions.DelayOpenTimerRunning)
            && Has(conditions, BgpConditions.SendNotificationWithoutOpen) =>
            new(BgpState.Idle, SendNotification | Release | ResetConnectRetryCounter),
        BgpEvent.ManualStop => new(BgpState.Idle, Release | ResetConnectRetryCounter),

        BgpEvent.ConnectRetryTimerExpires =>
            new(BgpState.Connect, StartConnectRetryTimer | InitiateConnection),

        BgpEvent.DelayOpenTimerExpires =>
            new(BgpState.OpenSent, StopConnectRetryTimer | StopDelayOpenTimer | SendOpen | StartLargeHoldTimer),

        BgpEvent.TcpConnectionValid or BgpEvent.TcpCrInvalid => new(BgpState.Active, None),

        BgpEvent.TcpCrAcked or BgpEvent.TcpConnectionConfirmed
            when Has(conditions, BgpConditions.DelayOpen) =>
            new(BgpState.Active, StopConnectRetryTimer | StartDelayOpenTimer),
        BgpEvent.TcpCrAcked or BgpEvent.TcpConnectionConfirmed =>
            new(BgpState.OpenSent, StopConnectRetryTimer | SendOpen | StartLargeHoldTimer),

        BgpEvent.TcpConnectionFails =>
            new(BgpState.Idle, StartConnectRetryTimer | StopDelayOpenTimer | ReleaseResources | DropConnection
                | IncrementConnectRetryCounter | Damping(conditions)),

        BgpEvent.BgpOpenWithDelayOpenTimerRunning => OpenWhileDelaying(),

        BgpEvent.BgpHeaderErr or BgpEvent.BgpOpenMsgErr => EarlyMessageError(conditions),

        BgpEvent.NotifMsgVerErr => EarlyVersionError(conditions),

        // Events 8, 10, 11, 13, 19, 23, 25-28.
        _ => ToIdle(conditions),
    };

    private static BgpTransition OpenSent(BgpEvent @event, BgpConditions conditions) => @event switch
    {
        BgpEvent.ManualStart
            or BgpEvent.AutomaticStart
            or BgpEvent.ManualStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithDampPeerOscillations
            or BgpEvent.AutomaticStartWithDampPeerOscillationsAndPassiveTcpEstablishment =>
            new(BgpState.OpenSent, None),

        BgpEvent.ManualStop => new(BgpState.Idle, SendNotification | Release | ResetConnectRetryCounter),

        BgpEvent.AutomaticStop
            or BgpEvent.HoldTimerExpires
            or BgpEvent.BgpHeaderErr
            or BgpEvent.BgpOpenMsgErr
            or BgpEvent.OpenCollisionDump => ToIdleWithNotification(conditions),

        // Another connection of the peer is tracked on its own until the collision is resolved (section 6.8).
        BgpEvent.TcpConnectionValid
            or BgpEvent.TcpCrInvalid
            or BgpEvent.TcpCrAcked
            or BgpEvent.TcpConnectionConfirmed => new(BgpState.OpenSent, None),

        BgpEvent.TcpConnectionFails =>
            new(BgpState.Active, DropConnection | StartConnectRetryTimer),

        BgpEvent.BgpOpen =>
            new(BgpState.OpenConfirm, StopDelayOpenTimer | StopConnectRetryTimer | SendKeepalive | NegotiateTimers),

        BgpEvent.NotifMsgVerErr => new(BgpState.Idle, Release),

        // Events 9, 11-13, 20, 25-28.
        _ => ToIdleWithNotification(conditions),
    };

    private static BgpTransition OpenConfirm(BgpEvent @event, BgpConditions conditions) => @event switch
    {
        BgpEvent.ManualStart
            or BgpEvent.AutomaticStart
            or BgpEvent.ManualStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithDampPeerOscillations
            or BgpEvent.AutomaticStartWithDampPeerOscillationsAndPassiveTcpEstablishment =>
            new(BgpState.OpenConfirm, None),

        BgpEvent.ManualStop => new(BgpState.Idle, SendNotification | Release | ResetConnectRetryCounter),

        BgpEvent.AutomaticStop
            or BgpEvent.HoldTimerExpires
            or BgpEvent.BgpHeaderErr
            or BgpEvent.BgpOpenMsgErr
            or BgpEvent.OpenCollisionDump => ToIdleWithNotification(conditions),

        BgpEvent.KeepaliveTimerExpires => new(BgpState.OpenConfirm, SendKeepalive | RestartKeepaliveTimer),

        BgpEvent.TcpConnectionValid
            or BgpEvent.TcpCrInvalid
            or BgpEvent.TcpCrAcked
            or BgpEvent.TcpConnectionConfirmed => new(BgpState.OpenConfirm, None),

        // RFC 9687 section 3.2: nothing can be said to a neighbour that takes nothing.
        BgpEvent.TcpConnectionFails or BgpEvent.NotifMsg or BgpEvent.SendHoldTimerExpires => ToIdle(conditions),

        BgpEvent.NotifMsgVerErr => new(BgpState.Idle, Release),

        BgpEvent.KeepAliveMsg => new(BgpState.Established, RestartHoldTimer | BeginRouteExchange),

        // Events 9, 12, 13, 19 (a second OPEN on one connection), 20, 27, 28.
        _ => ToIdleWithNotification(conditions),
    };

    private static BgpTransition Established(BgpEvent @event, BgpConditions conditions) => @event switch
    {
        BgpEvent.ManualStart
            or BgpEvent.AutomaticStart
            or BgpEvent.ManualStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithPassiveTcpEstablishment
            or BgpEvent.AutomaticStartWithDampPeerOscillations
            or BgpEvent.AutomaticStartWithDampPeerOscillationsAndPassiveTcpEstablishment =>
            new(BgpState.Established, None),

        BgpEvent.ManualStop => new(BgpState.Idle, SendNotification | Release | ResetConnectRetryCounter),

        BgpEvent.AutomaticStop or BgpEvent.HoldTimerExpires => ToIdleWithNotification(conditions),

        BgpEvent.KeepaliveTimerExpires => new(BgpState.Established, SendKeepalive | RestartKeepaliveTimer),

        BgpEvent.TcpConnectionValid
            or BgpEvent.TcpCrInvalid
            or BgpEvent.TcpCrAcked
            or BgpEvent.TcpConnectionConfirmed => new(BgpState.Established, None),

        BgpEvent.OpenCollisionDump when !Has(conditions, BgpConditions.CollisionDetectEstablishedState) =>
            new(BgpState.Established, None),

        BgpEvent.TcpConnectionFails
            or BgpEvent.SendHoldTimerExpires
            or BgpEvent.NotifMsgVerErr
            or BgpEvent.NotifMsg => ToIdle(conditions),

        BgpEvent.KeepAliveMsg => new(BgpState.Established, RestartHoldTimer),
        BgpEvent.UpdateMsg => new(BgpState.Established, ProcessUpdate | RestartHoldTimer),

        // Events 9, 12, 13, 19-23, 28.
        _ => ToIdleWithNotification(conditions),
    };

    private static BgpTransition OpenWhileDelaying() =>
        new(BgpState.OpenConfirm,
            StopConnectRetryTimer | StopDelayOpenTimer | SendOpen | SendKeepalive | NegotiateTimers);

    private static BgpTransition EarlyMessageError(BgpConditions conditions) =>
        Has(conditions, BgpConditions.SendNotificationWithoutOpen)
            ? ToIdleWithNotification(conditions)
            : ToIdle(conditions);

    private static BgpTransition EarlyVersionError(BgpConditions conditions) =>
        Has(conditions, BgpConditions.DelayOpenTimerRunning)
            ? new BgpTransition(BgpState.Idle, Release)
            : ToIdle(conditions);

    private static BgpTransition ToIdle(BgpConditions conditions) =>
        new(BgpState.Idle, Release | IncrementConnectRetryCounter | Damping(conditions));

    private static BgpTransition ToIdleWithNotification(BgpConditions conditions)
    {
        BgpTransition transition = ToIdle(conditions);
        return transition with { Actions = transition.Actions | SendNotification };
    }

    private static BgpActions Damping(BgpConditions conditions) =>
        Has(conditions, BgpConditions.DampPeerOscillations) ? BgpActions.DampPeerOscillations : None;

    private static bool Has(BgpConditions conditions, BgpConditions condition) => (conditions & condition) != 0;
}
