using System.Runtime.CompilerServices;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>What happens to a session, as events of the state machine.</summary>
public sealed partial class BgpSession
{
    /// <summary>Starts the session (events 1 and 4).</summary>
    internal void Start()
    {
        if (Configuration.Shutdown)
        {
            NotEstablished = NotEstablishedReason.AdministrativelyDown;
            return;
        }

        // A passive neighbour and one with a connect delay both wait in Active; only the second one's timer runs.
        bool waits = Configuration.Passive || Timers.ConnectDelay > Duration.Zero;
        SetAwaited(!Configuration.Passive);
        NotEstablished = Configuration.Passive ? NotEstablishedReason.WaitingForPeer : NotEstablishedReason.NotTried;
        Drive(ref _main, waits ? BgpEvent.ManualStartWithPassiveTcpEstablishment : BgpEvent.ManualStart);
        WaitForConnectDelay();
    }

    /// <summary>
    /// The wait after a failure is over: event 13 where failures are damped, else events 3 and 5 (RFC 4271 section 8.1.2).
    /// </summary>
    private void StartAutomatically()
    {
        bool damped = Timers.DampPeerOscillations && !RestartsAtOnce;
        IdleHoldDue = SimTime.Never;
        RestartsAtOnce = false;
        SetAwaited(!Configuration.Passive);
        if (damped)
        {
            Drive(ref _main, BgpEvent.IdleHoldTimerExpires);
            return;
        }

        bool waits = Configuration.Passive || Timers.ConnectDelay > Duration.Zero;
        Drive(ref _main, waits ? BgpEvent.AutomaticStartWithPassiveTcpEstablishment : BgpEvent.AutomaticStart);
        WaitForConnectDelay();
    }

    /// <summary>A session that waits in Active with a connect delay connects when that is over.</summary>
    private void WaitForConnectDelay()
    {
        if (_main.State == BgpState.Active && !Configuration.Passive)
        {
            _connectRetryDue = _speaker.DueAfter(Timers.ConnectDelay, Timers);
            _speaker.Arm(this);
        }
    }

    /// <summary>Stops the session for good (event 2) and tells the peer why.</summary>
    internal void Stop(byte ceaseSubcode)
    {
        if (Colliding is not null)
        {
            CloseColliding(BgpError.Cease(ceaseSubcode));
        }

        Drive(ref _main, BgpEvent.ManualStop, BgpError.Cease(ceaseSubcode));
        _connectRetryDue = SimTime.Never;
        IdleHoldDue = SimTime.Never;
        ForgetStaleRoutes();
        SetAwaited(false);
        NotEstablished = NotEstablishedReason.AdministrativelyDown;
    }

    /// <summary>Ends the session with a reason; it comes back after the idle hold time (event 8).</summary>
    internal void Reset(byte ceaseSubcode)
    {
        if (_main.State != BgpState.Idle)
        {
            Drive(ref _main, BgpEvent.AutomaticStop, BgpError.Cease(ceaseSubcode));
        }
    }

    /// <summary>The link is gone: nothing can be said, and nothing will come.</summary>
    internal void LinkDown()
    {
        if (IsEstablished)
        {
            NotEstablished = NotEstablishedReason.InterfaceDown;
            _main.Stream?.Abort();
            Drive(ref _main, BgpEvent.TcpConnectionFails);
        }
    }

    /// <summary>BFD has lost the neighbour (RFC 5882 section 4.2, RFC 9384).</summary>
    internal void BfdDown()
    {
        if (IsEstablished)
        {
            Reset(BgpErrorSubcode.BfdDown);
            NotEstablished = NotEstablishedReason.BfdDown;
        }
    }

    /// <summary>The machine under the speaker is gone: no byte is sent any more.</summary>
    internal void Destroy()
    {
        _main.Stream?.Abort();
        Colliding?.Connection.Stream?.Abort();
        _main = BgpConnection.Unused;
        Colliding = null;
        Output = null;
        _connectRetryDue = SimTime.Never;
        IdleHoldDue = SimTime.Never;
        Stale = null;
        _endOfRib = 0;
        IPv4Group = null;
        IPv6Group = null;
        AwaitsKeepalive = false;
        SetAwaited(false);
    }

    /// <summary>A connection request of the peer is established; null to reject it.</summary>
    internal IByteStreamHandler? AcceptIncoming(IByteStream stream)
    {
        if (_main.State == BgpState.Established && Both(BgpCapabilities.GracefulRestart))
        {
            // RFC 4724 section 4.2: the peer has restarted; the old connection is as good as closed.
            Drive(ref _main, BgpEvent.TcpConnectionFails);
            IdleHoldDue = SimTime.Never;
            Drive(ref _main, BgpEvent.AutomaticStartWithPassiveTcpEstablishment);
        }

        switch (_main.State)
        {
            case BgpState.Active when _main.Stream is null:
                Adopt(ref _main, stream);
                return this;
            case BgpState.Active or BgpState.Connect or BgpState.OpenSent or BgpState.OpenConfirm
                when Colliding is null:
                Colliding = new CollidingConnection();
                Colliding.Connection.State = BgpState.Active;
                Adopt(ref Colliding.Connection, stream);
                return this;
            default:
                // Idle after an error, or Established (RFC 4271 section 6.8: the new connection is closed).
                return null;
        }
    }

    void IByteStreamHandler.OnConnected(IByteStream stream)
    {
        ref BgpConnection connection = ref ConnectionOf(stream);
        if (!Unsafe.IsNullRef(ref connection) && connection.IsOutgoing)
        {
            Drive(ref connection, BgpEvent.TcpCrAcked);
        }
    }

    void IByteStreamHandler.OnReadable(IByteStream stream) => ReadFrom(stream);

    void IByteStreamHandler.OnWritable(IByteStream stream)
    {
        if (!ReferenceEquals(_main.Stream, stream) || Output is null)
        {
            return;
        }

        if (Output.Drain(stream))
        {
            Output = null;
        }
        else
        {
            RestartSendHoldTimer(Output);
            _speaker.Arm(this);
        }
    }

    void IByteStreamHandler.OnClosed(IByteStream stream, StreamCloseReason reason)
    {
        ReadFrom(stream);
        ref BgpConnection connection = ref ConnectionOf(stream);
        if (Unsafe.IsNullRef(ref connection))
        {
            return;
        }

        if (IsMain(ref connection))
        {
            // A neighbour that has said why it ended the session, and now hangs up without a word, has not changed its mind.
            bool mute = connection.State <= BgpState.OpenSent && NotEstablished == NotEstablishedReason.NotificationReceived;
            NotEstablished = reason switch
            {
                StreamCloseReason.Refused => NotEstablishedReason.ConnectionRefused,
                StreamCloseReason.TimedOut => NotEstablishedReason.ConnectionTimedOut,
                StreamCloseReason.Unreachable => NotEstablishedReason.Unreachable,
                _ when mute => NotEstablished,
                _ => NotEstablishedReason.ConnectionLost,
            };
        }

        Drive(ref connection, BgpEvent.TcpConnectionFails);
    }

    /// <summary>Raises the events of the timers that are due.</summary>
    internal void ExpireTimers()
    {
        SimTime now = Scheduler.Now;
        if (IdleHoldDue <= now)
        {
            StartAutomatically();
        }

        if (_connectRetryDue <= now)
        {
            _connectRetryDue = SimTime.Never;
            Drive(ref _main, BgpEvent.ConnectRetryTimerExpires);
        }

        if (Stale is not null && Stale.NextDue <= now)
        {
            ExpireStaleRoutes(now);
        }

        if (Output is not null && Output.Due <= now)
        {
            NotEstablished = NotEstablishedReason.SendHoldTimerExpired;
            LastError = new BgpError(BgpErrorCode.SendHoldTimerExpired, 0, ErrorSeverity.SessionReset);
            Drive(ref _main, BgpEvent.SendHoldTimerExpires);
        }

        ExpireTimers(ref _main, now);
        if (Colliding is CollidingConnection second)
        {
            ExpireTimers(ref second.Connection, now);
        }
    }

    /// <summary>When the next timer is due.</summary>
    internal SimTime NextDeadline()
    {
        SimTime next = Earlier(_connectRetryDue, IdleHoldDue);
        next = Stale is null ? next : Earlier(next, Stale.NextDue);
        next = Output is null ? next : Earlier(next, Output.Due);
        next = Earlier(next, NextDeadline(_main));
        return Colliding is null ? next : Earlier(next, NextDeadline(Colliding.Connection));
    }

    /// <summary>The network has changed: Established is believed again once a keepalive has come.</summary>
    internal void ExpectLiveness() => AwaitsKeepalive = IsEstablished && _main.HoldTime > 0;

    private static SimTime NextDeadline(in BgpConnection connection) =>
        Earlier(Earlier(connection.HoldDue, connection.KeepaliveDue), connection.DelayOpenDue);

    private void ExpireTimers(ref BgpConnection connection, SimTime now)
    {
        if (connection.DelayOpenDue <= now)
        {
            connection.DelayOpenDue = SimTime.Never;
            Drive(ref connection, BgpEvent.DelayOpenTimerExpires);
        }

        if (connection.KeepaliveDue <= now)
        {
            connection.KeepaliveDue = SimTime.Never;
            Drive(ref connection, BgpEvent.KeepaliveTimerExpires);
        }

        if (connection.HoldDue <= now)
        {
            connection.HoldDue = SimTime.Never;
            NotEstablished = NotEstablishedReason.HoldTimerExpired;
            Drive(ref connection, BgpEvent.HoldTimerExpires,
                new BgpError(BgpErrorCode.HoldTimerExpired, 0, ErrorSeverity.SessionReset));
        }
    }

    private void Adopt(ref BgpConnection connection, IByteStream stream)
    {
        connection.Stream = stream;
        connection.IsOutgoing = false;
        Drive(ref connection, BgpEvent.TcpConnectionConfirmed);
    }

    private ref BgpConnection ConnectionOf(IByteStream stream)
    {
        if (ReferenceEquals(_main.Stream, stream))
        {
            return ref _main;
        }

        if (Colliding is not null && ReferenceEquals(Colliding.Connection.Stream, stream))
        {
            return ref Colliding.Connection;
        }

        return ref Unsafe.NullRef<BgpConnection>();
    }

    private bool IsMain(ref BgpConnection connection) => Unsafe.AreSame(ref connection, ref _main);
}
