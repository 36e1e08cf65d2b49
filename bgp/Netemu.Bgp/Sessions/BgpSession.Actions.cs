using System;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>The actions of the state machine.</summary>
public sealed partial class BgpSession
{
    /// <summary>CS6, what routing protocols are sent with.</summary>
    internal const byte NetworkControl = 0xC0;

    private const byte MaximumTtl = 255;
    private const int LongestNotification = 1024;

    /// <summary>How soon to look again whether there is an address to connect from.</summary>
    private static readonly Duration SourceRetry = Duration.FromMilliseconds(100);

    /// <summary>Runs one event through the table and performs what it says.</summary>
    private void Drive(
        ref BgpConnection connection, BgpEvent @event, BgpError error = default, ReadOnlySpan<byte> offending = default)
    {
        bool main = IsMain(ref connection);
        BgpState from = connection.State;
        BgpTransition transition = BgpStateMachine.Next(from, @event, ConditionsOf(connection, @event, error));
        BgpActions actions = transition.Actions;
        if ((actions & BgpActions.SendNotification) != 0)
        {
            SendNotification(ref connection, error.IsError ? error : UnexpectedIn(from), offending);
        }

        bool wasEstablished = main && from == BgpState.Established;
        if ((actions & BgpActions.ReleaseResources) != 0)
        {
            Release(ref connection, wasEstablished, @event, error);
        }

        if ((actions & BgpActions.DropConnection) != 0)
        {
            Drop(ref connection);
        }

        connection.State = transition.State;
        if (main)
        {
            PerformOnSession(actions, @event);
        }

        PerformOnConnection(ref connection, actions);
        if (main && from != transition.State)
        {
            _speaker.Observer?.StateChanged(this, from, transition.State, @event);
        }

        if (transition.State == BgpState.Idle && from != BgpState.Idle)
        {
            if (main)
            {
                RestartWithoutDamping(@event, error);
            }

            AfterFailure(ref connection, wasEstablished);
            ForgetIfGone();
        }
        else if (main && @event == BgpEvent.TcpConnectionFails && Colliding is null)
        {
            SetAwaited(false);
        }

        if ((actions & BgpActions.BeginRouteExchange) != 0)
        {
            Establish(ref connection);
        }
        else if (!main && connection.Stream is null)
        {
            // A second connection is never opened again.
            Colliding = null;
        }

        _speaker.Arm(this);
    }

    private BgpConditions ConditionsOf(in BgpConnection connection, BgpEvent @event, BgpError error)
    {
        bool damps = Timers.DampPeerOscillations && !Timers.RestartsAfter(@event, error);
        BgpConditions conditions = damps ? BgpConditions.DampPeerOscillations : 0;
        conditions |= Timers.DelayOpen > Duration.Zero ? BgpConditions.DelayOpen : 0;
        conditions |= connection.DelayOpenDue != SimTime.Never ? BgpConditions.DelayOpenTimerRunning : 0;
        conditions |= Configuration.Passive ? BgpConditions.PassiveTcpEstablishment : 0;
        return conditions;
    }

    /// <summary>Actions that belong to the neighbour, not to one connection.</summary>
    private void PerformOnSession(BgpActions actions, BgpEvent @event)
    {
        if ((actions & BgpActions.StopConnectRetryTimer) != 0)
        {
            _connectRetryDue = SimTime.Never;
        }

        if ((actions & BgpActions.ResetConnectRetryCounter) != 0)
        {
            ConnectRetryCounter = 0;
        }

        if ((actions & BgpActions.IncrementConnectRetryCounter) != 0 && ConnectRetryCounter < byte.MaxValue)
        {
            ConnectRetryCounter++;
        }

        if ((actions & BgpActions.DampPeerOscillations) != 0 && Colliding is null)
        {
            IdleHoldDue = _speaker.DueAfter(IdleHoldTime(), Timers);
        }

        if ((actions & BgpActions.StartConnectRetryTimer) != 0 && !Configuration.Passive)
        {
            _connectRetryDue = _speaker.DueAfter(Timers.ConnectRetry, Timers);
        }

        if ((actions & BgpActions.InitiateConnection) == 0)
        {
            return;
        }

        if (_speaker.Services.CanConnect?.Invoke(Address) is false)
        {
            // FRR and BIRD, too, know of an address only once duplicate address detection is over.
            _connectRetryDue = Scheduler.Now + SourceRetry;
            return;
        }

        Connect();
    }

    private void PerformOnConnection(ref BgpConnection connection, BgpActions actions)
    {
        if ((actions & BgpActions.StopDelayOpenTimer) != 0)
        {
            connection.DelayOpenDue = SimTime.Never;
        }

        if ((actions & BgpActions.StartDelayOpenTimer) != 0)
        {
            connection.DelayOpenDue = _speaker.DueAfter(Timers.DelayOpen, Timers);
        }

        if ((actions & BgpActions.SendOpen) != 0)
        {
            SendOpen(ref connection);
        }

        if ((actions & BgpActions.StartLargeHoldTimer) != 0)
        {
            connection.HoldDue = Scheduler.Now + Timers.OpenHoldTime;
        }

        if ((actions & BgpActions.SendKeepalive) != 0)
        {
            SendKeepalive(ref connection);
        }

        if ((actions & BgpActions.NegotiateTimers) != 0)
        {
            RestartHoldTimer(ref connection);
            RestartKeepaliveTimer(ref connection);
        }

        if ((actions & BgpActions.RestartHoldTimer) != 0)
        {
            RestartHoldTimer(ref connection);
        }

        if ((actions & BgpActions.RestartKeepaliveTimer) != 0)
        {
            RestartKeepaliveTimer(ref connection);
        }
    }

    /// <summary>Doubles with each failure (RFC 4271 section 8.1.1, IdleHoldTime).</summary>
    private Duration IdleHoldTime()
    {
        int doublings = Math.Clamp(ConnectRetryCounter - 1, 0, 10);
        Duration wait = Timers.IdleHold * (1 << doublings);
        return wait > Timers.IdleHoldMaximum ? Timers.IdleHoldMaximum : wait;
    }

    private void Connect()
    {
        _main.IsOutgoing = true;
        _main.Stream = _speaker.Services.Transport.Connect(Address, Configuration.Port, _speaker.OptionsOf(this), this);
    }

    /// <summary>TTL 1 to an external neighbour on the link, 255 both ways with GTSM (RFC 5082).</summary>
    internal static StreamOptions OptionsOf(BgpNeighborConfiguration configuration, bool isInternal)
    {
        bool secured = configuration.TtlSecurityHops > 0;
        bool onLink = !isInternal && !configuration.Multihop;
        return new StreamOptions
        {
            LocalAddress = configuration.LocalAddress,
            Device = configuration.Interface,
            Md5Key = configuration.Password,
            TrafficClass = NetworkControl,
            Ttl = secured ? MaximumTtl : onLink ? (byte)1 : isInternal ? (byte)0 : configuration.MultihopTtl,
            MinimumTtl = secured ? (byte)(MaximumTtl + 1 - configuration.TtlSecurityHops) : (byte)0,
        };
    }

    private void SendOpen(ref BgpConnection connection)
    {
        ReadOnlySpan<byte> bytes = _speaker.Tables.Opens.Write(LocalOpen);
        connection.IsOpenSent = true;
        _counters.OpensSent++;
        _speaker.Monitor?.OpenPassed(this, connection.Stream, bytes, sent: true);
        Send(ref connection, bytes);
    }

    private void SendKeepalive(ref BgpConnection connection)
    {
        Span<byte> bytes = stackalloc byte[BgpMessage.HeaderSize];
        BgpMessage.WriteKeepalive(bytes);
        _counters.KeepalivesSent++;
        Send(ref connection, bytes);
    }

    private void SendNotification(ref BgpConnection connection, BgpError error, ReadOnlySpan<byte> offending)
    {
        // SendNOTIFICATIONwithoutOPEN is FALSE: before our OPEN the connection just ends.
        if (connection.Stream is not { IsOpen: true } || !connection.IsOpenSent)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[LongestNotification];
        bool hard = IsOperators(error) && Both(BgpCapabilities.GracefulNotification);
        int length = error.Code == BgpErrorCode.Cease && error.DataLength == 0
            ? NotificationMessage.WriteCease(bytes, error, Configuration.ShutdownMessage, hard)
            : NotificationMessage.Write(bytes, error, offending);
        Rest.NotificationsSent++;
        Send(ref connection, bytes[..length]);
        if (IsMain(ref connection))
        {
            LastError = error;
            _speaker.Monitor?.NotificationPassed(this, bytes[..length], sent: true);
            if (error.Code != BgpErrorCode.HoldTimerExpired)
            {
                NotEstablished = NotEstablishedReason.NotificationSent;
            }
        }

        _speaker.Observer?.Notified(this, error, sent: true);
    }

    // RFC 8538 section 5.1: what an operator does is meant, so it is a hard reset.
    private static bool IsOperators(BgpError error) =>
        error.Code == BgpErrorCode.Cease && error.Subcode is BgpErrorSubcode.AdministrativeShutdown
            or BgpErrorSubcode.AdministrativeReset
            or BgpErrorSubcode.PeerDeconfigured
            or BgpErrorSubcode.MaximumPrefixesReached;

    // RFC 6608: which state was surprised.
    private static BgpError UnexpectedIn(BgpState state) =>
        new(BgpErrorCode.FiniteStateMachine, state switch
        {
            BgpState.OpenSent => BgpErrorSubcode.UnexpectedInOpenSent,
            BgpState.OpenConfirm => BgpErrorSubcode.UnexpectedInOpenConfirm,
            BgpState.Established => BgpErrorSubcode.UnexpectedInEstablished,
            _ => BgpErrorSubcode.Unspecific,
        }, ErrorSeverity.SessionReset);

    private void Send(ref BgpConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (connection.Stream is not { IsOpen: true } stream)
        {
            return;
        }

        if (IsMain(ref connection) && Output is not null)
        {
            Output.Enqueue(bytes);
            return;
        }

        int taken = stream.Write(bytes);
        if (taken < bytes.Length && IsMain(ref connection))
        {
            OpenQueue().Enqueue(bytes[taken..]);
        }
    }

    /// <summary>The same on the session's own connection for bytes that never change.</summary>
    private void SendShared(ReadOnlyMemory<byte> bytes)
    {
        if (_main.Stream is not { IsOpen: true } stream)
        {
            return;
        }

        ReadOnlyMemory<byte> rest = Output is null ? bytes[stream.WriteShared(bytes)..] : bytes;
        if (!rest.IsEmpty)
        {
            (Output ?? OpenQueue()).Enqueue(rest);
        }
    }

    /// <summary>The neighbour takes no more: what is sent from now on waits, and for so long only.</summary>
    private OutputQueue OpenQueue()
    {
        OutputQueue output = new();
        Output = output;
        RestartSendHoldTimer(output);
        _speaker.Arm(this);
        return output;
    }

    // RFC 9687 section 3.3: at least 8 minutes and twice the hold time; it starts anew whenever something is taken.
    private void RestartSendHoldTimer(OutputQueue output)
    {
        Duration hold = Duration.FromSeconds(2 * _main.HoldTime);
        Duration wait = hold > Timers.SendHold ? hold : Timers.SendHold;
        output.Due = Timers.SendHold > Duration.Zero ? Scheduler.Now + wait : SimTime.Never;
    }

    private void RestartHoldTimer(ref BgpConnection connection) =>
        connection.HoldDue = connection.HoldTime == 0
            ? SimTime.Never
            : Scheduler.Now + Duration.FromSeconds(connection.HoldTime);

    private void RestartKeepaliveTimer(ref BgpConnection connection) =>
        connection.KeepaliveDue = connection.KeepaliveTime == 0
            ? SimTime.Never
            : _speaker.DueAfter(Duration.FromSeconds(connection.KeepaliveTime), Timers);

    private void Release(ref BgpConnection connection, bool wasEstablished, BgpEvent @event, BgpError error)
    {
        connection.HoldDue = SimTime.Never;
        connection.KeepaliveDue = SimTime.Never;
        connection.DelayOpenDue = SimTime.Never;
        if (wasEstablished)
        {
            LeaveEstablished(@event, error);
        }
    }

    private void Drop(ref BgpConnection connection)
    {
        IByteStream? stream = connection.Stream;
        connection.Stream = null;
        connection.Partial = null;
        connection.IsOpenSent = false;
        bool unsent = IsMain(ref connection) && Output is not null;
        if (IsMain(ref connection))
        {
            Output = null;
        }

        if (stream is { IsOpen: true } && !unsent)
        {
            stream.Close();
        }
        else
        {
            stream?.Abort();
        }
    }

    /// <summary>A connection has ended in Idle: the second one takes its place, or the session waits.</summary>
    private void AfterFailure(ref BgpConnection connection, bool wasEstablished)
    {
        if (!IsMain(ref connection))
        {
            Colliding = null;
            return;
        }

        if (Colliding is CollidingConnection second)
        {
            Colliding = null;
            _main = second.Connection;
            return;
        }

        // A session that stood and starts again by itself is waited for; one that has failed before is not.
        SetAwaited(wasEstablished && IdleHoldDue != SimTime.Never && !Configuration.Passive);
    }

    /// <summary>
    /// Where a failure is not damped an automatic start follows (RFC 4271 section 8.1.1, AllowAutomaticStart): at once
    /// after a Cease that asks for no wait, else a second later, so that two such sides do not spin.
    /// </summary>
    private void RestartWithoutDamping(BgpEvent @event, BgpError error)
    {
        RestartsAtOnce = Timers.RestartsAfter(@event, error) && Colliding is null;
        if (RestartsAtOnce)
        {
            IdleHoldDue = Scheduler.Now;
        }
        else if (@event == BgpEvent.ManualStop || IdleHoldDue != SimTime.Never)
        {
            return;
        }
        else if (!Timers.DampPeerOscillations)
        {
            IdleHoldDue = Scheduler.Now + Duration.FromSeconds(1);
        }
        else if (Colliding is null)
        {
            // Section 8.2.2 damps nothing after an unsupported version, and says nothing of who starts again; every daemon does, as
            // after any error.
            IdleHoldDue = _speaker.DueAfter(IdleHoldTime(), Timers);
        }
    }

    private void ForgetIfGone()
    {
        if (IsDynamic)
        {
            _speaker.ScheduleForgetting();
        }
    }

    private void SetAwaited(bool awaited)
    {
        if (IsAwaited != awaited)
        {
            IsAwaited = awaited;
            _speaker.CountAwaited(awaited ? 1 : -1);
            if (!awaited)
            {
                _speaker.ReconsiderDeferral();
            }
        }
    }
}
