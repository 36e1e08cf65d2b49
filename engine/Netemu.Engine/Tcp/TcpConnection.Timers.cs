using System;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Engine.Tcp;

/// <summary>
/// The timers. All deadlines of a connection share its one entry in the timing wheel: it is armed for the earliest, and
/// moving a deadline back leaves it alone, so that the steady state of a transfer touches no wheel.
/// </summary>
public sealed partial class TcpConnection
{
    private const long Never = long.MaxValue;

    /// <summary>RFC 6298 section 2.1, and what Linux caps it at (TCP_RTO_MAX).</summary>
    private const long InitialTimeout = 1_000_000_000;
    private const long MaximumTimeout = 120_000_000_000;

    private long _retransmitDue = Never;
    private long _acknowledgeDue = Never;
    private long _keepAliveDue = Never;
    private long _stateDue = Never;
    private long _smoothedRtt;
    private long _rttVariation;
    private long _timingStart;
    private long _lastReceived;
    private uint _timingSequence;
    private byte _backoff;
    private byte _keepAliveProbes;

    /// <summary>Probes of a closed window without an answer; answers leave the backoff alone.</summary>
    private byte _windowProbes;

    public override void Expire()
    {
        RaiseEvents();
        if (State == TcpState.Closed)
        {
            return;
        }

        _table.Handling = this;
        long now = Now.Nanoseconds;
        if (_acknowledgeDue <= now)
        {
            AcknowledgmentTimerFired();
        }

        if (_lossDue <= now)
        {
            LossTimerFired();
        }

        if (_retransmitDue <= now)
        {
            _retransmitDue = Never;
            RetransmissionTimerFired();
        }

        if (_keepAliveDue <= now && State != TcpState.Closed)
        {
            KeepAliveTimerFired(now);
        }

        if (_stateDue <= now)
        {
            Release(TcpEvent.Timeout);
        }

        if (State != TcpState.Closed)
        {
            Arm();
        }

        _table.Handling = null;
        RaiseEvents();
    }

    /// <summary>Makes sure that the timer fires by the earliest deadline.</summary>
    private void Arm()
    {
        long due = Math.Min(Math.Min(Math.Min(_retransmitDue, _lossDue), _acknowledgeDue), Math.Min(_keepAliveDue, _stateDue));
        if (due != Never && (!IsArmed || due < Due.Nanoseconds))
        {
            _table.Node.Schedule(this, new SimTime(due));
        }
    }

    private void RetransmissionTimerFired()
    {
        TcpSettings settings = _table.Settings;
        switch (State)
        {
            case TcpState.SynSent or TcpState.SynReceived:
                int retries = State == TcpState.SynSent ? settings.SynRetries : settings.SynAckRetries;
                if (_backoff >= retries)
                {
                    End(StreamCloseReason.TimedOut);
                    return;
                }

                BackOff();
                CountRetransmission();
                _flags &= ~TcpFlag.Timing;
                SendSynchronize();
                StartRetransmissionTimer();
                return;
            case TcpState.Closed or TcpState.Listen or TcpState.TimeWait or TcpState.FinWait2:
                return;
            default:
                break;
        }

        bool probing = _sendUnacknowledged == _sendMaximum;
        if ((probing ? _windowProbes : _backoff) >= settings.Retries)
        {
            End(StreamCloseReason.TimedOut);
            return;
        }

        BackOff();
        if (probing)
        {
            _windowProbes++;
            ProbeWindow();
        }
        else
        {
            RetransmitAfterTimeout();
        }

        StartRetransmissionTimer();
    }

    private void KeepAliveTimerFired(long now)
    {
        TcpSettings settings = _table.Settings;
        _keepAliveDue = Never;
        if (State is not (TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.FinWait2) || !KeepAlive)
        {
            return;
        }

        long idleUntil = _lastReceived + settings.KeepAliveTime.Nanoseconds;
        if (idleUntil > now)
        {
            _keepAliveProbes = 0;
            _keepAliveDue = idleUntil;
            return;
        }

        if (_keepAliveProbes >= settings.KeepAliveProbes)
        {
            SendReset();
            End(StreamCloseReason.TimedOut);
            return;
        }

        _keepAliveProbes++;
        _table.Counters.KeepAlives++;
        SendProbe();
        _keepAliveDue = now + settings.KeepAliveInterval.Nanoseconds;
    }

    private void BackOff()
    {
        if (_backoff < byte.MaxValue)
        {
            _backoff++;
        }
    }

    private void StartRetransmissionTimer() => _retransmitDue = Now.Nanoseconds + TimeoutNanoseconds();

    /// <summary>RFC 6298 section 2, with Linux's floor under the variation, doubled for each timeout in a row.</summary>
    private long TimeoutNanoseconds()
    {
        long timeout = _smoothedRtt == 0
            ? InitialTimeout
            : _smoothedRtt + Math.Max(4 * _rttVariation, _table.Settings.MinimumTimeout.Nanoseconds);
        return Math.Min(timeout << Math.Min((int)_backoff, 16), MaximumTimeout);
    }

    /// <summary>RFC 6298 section 2.2 and 2.3: alpha 1/8, beta 1/4.</summary>
    private void MeasuredRoundTrip(long sample)
    {
        sample = Math.Max(sample, 1);
        if (_smoothedRtt == 0)
        {
            _smoothedRtt = sample;
            _rttVariation = sample / 2;
            return;
        }

        long error = sample - _smoothedRtt;
        _smoothedRtt = Math.Max(_smoothedRtt + (error / 8), 1);
        _rttVariation += (Math.Abs(error) - _rttVariation) / 4;
    }

    private TcpTimer RunningTimer(out long due)
    {
        due = _retransmitDue;
        if (State == TcpState.TimeWait || (State == TcpState.FinWait2 && _stateDue != Never))
        {
            due = _stateDue;
            return TcpTimer.TimeWait;
        }

        if (due != Never)
        {
            return _sendUnacknowledged == _sendMaximum ? TcpTimer.Persist : TcpTimer.On;
        }

        due = _keepAliveDue;
        return due == Never ? TcpTimer.None : TcpTimer.KeepAlive;
    }
}
