using System;

namespace Netemu.Engine.Tcp;

/// <summary>The congestion window: how it grows and shrinks (RFC 5681, 6928, 9438), and what it lets go.</summary>
public sealed partial class TcpConnection
{
    /// <summary>RFC 6928.</summary>
    private const int InitialWindowSegments = 10;

    private CubicWindow? _cubic;
    private long _lastSent;
    private int _congestionWindow;
    private int _slowStartThreshold = int.MaxValue;
    private int _acknowledgedBytes;

    private void InitializeCongestion()
    {
        _congestionWindow = InitialWindowSegments * _segmentSize;
    }

    /// <summary>RFC 5681 section 4.1: after an idle timeout the window is stale.</summary>
    private void RestartAfterIdle()
    {
        if (!_table.Settings.SlowStartAfterIdle || _congestionWindow <= InitialWindowSegments * _segmentSize
            || Now.Nanoseconds - _lastSent <= TimeoutNanoseconds())
        {
            return;
        }

        _slowStartThreshold = Math.Max(_slowStartThreshold, (_congestionWindow / 4 * 3));
        _congestionWindow = InitialWindowSegments * _segmentSize;
        _cubic?.EndEpoch();
    }

    private void AdjustWindow(uint acknowledgment, int acked, int inFlight)
    {
        switch (_phase)
        {
            case RecoveryPhase.Recovery when SequenceNumber.Less(acknowledgment, _recoveryPoint):
                if ((_flags & TcpFlag.Sack) == 0)
                {
                    // RFC 6582 section 3.2, step 3: a partial acknowledgment; the next hole, and a deflated window.
                    _congestionWindow = Math.Max(_congestionWindow - acked, 0) + _segmentSize;
                    RetransmitAt(_sendUnacknowledged, BufferEnd);
                }

                break;
            case RecoveryPhase.Recovery:
                _phase = RecoveryPhase.Open;
                _duplicates = 0;
                _congestionWindow = Math.Min(
                    _slowStartThreshold, Math.Max((int)(_sendMaximum - acknowledgment), _segmentSize) + _segmentSize);
                if ((_flags & TcpFlag.Sack) != 0)
                {
                    _congestionWindow = _slowStartThreshold;
                }

                break;
            default:
                if (_phase == RecoveryPhase.Loss && SequenceNumber.LessOrEqual(_recoveryPoint, acknowledgment))
                {
                    _phase = RecoveryPhase.Open;
                }

                _duplicates = 0;
                Grow(acked, inFlight);
                break;
        }
    }

    private void Grow(int acked, int inFlight)
    {
        bool slowStart = _congestionWindow < _slowStartThreshold;

        // RFC 7661's concern, as Linux answers it: a window that is not used must not grow (tcp_is_cwnd_limited).
        bool used = (_flags & TcpFlag.WindowLimited) != 0 || (slowStart && _congestionWindow < 2 * inFlight);
        if (!used && _phase == RecoveryPhase.Open)
        {
            return;
        }

        if (slowStart)
        {
            int room = _slowStartThreshold - _congestionWindow;
            if (_phase == RecoveryPhase.Loss)
            {
                // RFC 3465 section 2.3: what a timeout's one segment uncovers had left the network long before.
                acked = Math.Min(acked, _segmentSize);
            }

            if (IsFirstSlowStart)
            {
                AdvanceSlowStartRound();
                if (_sent is { ConservativeRounds: > 0 })
                {
                    _congestionWindow += acked / ConservativeDivisor;
                    return;
                }
            }

            int grown = Math.Min(acked, room);
            _congestionWindow += grown;
            acked -= grown;
            if (acked == 0)
            {
                return;
            }
        }

        if (CongestionControl == TcpCongestionControl.Cubic)
        {
            _congestionWindow = (_cubic ??= new CubicWindow()).OnAcknowledged(_congestionWindow, acked, _segmentSize, Now, _smoothedRtt);
            return;
        }

        // RFC 5681 section 3.1 with RFC 3465's byte counting: one segment for each window acknowledged.
        _acknowledgedBytes += acked;
        if (_acknowledgedBytes >= _congestionWindow)
        {
            _acknowledgedBytes -= _congestionWindow;
            _congestionWindow += _segmentSize;
        }
    }

    /// <summary>How many bytes the congestion window lets go now.</summary>
    private int AllowedByCongestion()
    {
        int inFlight = (int)(_sendNext - _sendUnacknowledged);
        if (_sent is not null)
        {
            // The pipe of RFC 6675 section 4: neither what has arrived nor what is lost is in the network.
            inFlight -= (_scoreboard?.Bytes ?? 0) + _sent.LostBytes;
        }
        else if (_phase == RecoveryPhase.Open && (_flags & TcpFlag.Sack) == 0)
        {
            // RFC 3042, limited transmit: the first two duplicates stand for segments that have arrived.
            inFlight -= Math.Min((int)_duplicates, DuplicateThreshold - 1) * _segmentSize;
        }

        return _congestionWindow - inFlight;
    }

    /// <summary>RFC 5681 section 3.1 equation 4, or CUBIC's beta.</summary>
    private void ReduceThreshold() =>
        _slowStartThreshold = CongestionControl == TcpCongestionControl.Cubic
            ? (_cubic ??= new CubicWindow()).OnCongestion(_congestionWindow, _segmentSize)
            : Math.Max(_congestionWindow / 2, 2 * _segmentSize);
}
