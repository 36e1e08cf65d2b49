using System;
using System.Buffers.Binary;
using Netemu.Core.Streams;
using Netemu.Core.Wire;

namespace Netemu.Engine.Tcp;

/// <summary>
/// Acknowledgments, loss and congestion (RFC 5681, 6582, 6675, 9438). With SACK what is in flight is computed from the
/// scoreboard; without it the window is inflated by duplicate acknowledgments.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>RFC 6675 section 2.</summary>
    private const int DuplicateThreshold = 3;

    /// <summary>RFC 6928.</summary>
    private const int InitialWindowSegments = 10;

    /// <summary>How often progress is reported to the neighbour table; its own clock ticks in seconds.</summary>
    private const long ConfirmInterval = 1_000_000_000;

    private SequenceRanges? _scoreboard;
    private long _confirmAgain;
    private CubicWindow _cubic;
    private long _lastSent;
    private uint _recoveryPoint;
    private uint _highRetransmitted;

    /// <summary>SND.MAX when something was sent again last.</summary>
    private uint _retransmissionMark;
    private int _congestionWindow;
    private int _slowStartThreshold = int.MaxValue;
    private int _acknowledgedBytes;
    private int _retransmissions;
    private RecoveryPhase _phase;
    private byte _duplicates;

    private void InitializeCongestion()
    {
        _congestionWindow = InitialWindowSegments * _segmentSize;
        _highRetransmitted = _sendUnacknowledged;
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
        _cubic.EndEpoch();
    }

    private void ReceiveAcknowledgment(in TcpSegment segment)
    {
        uint acknowledgment = segment.AcknowledgmentNumber;
        bool windowChanged = UpdateSendWindow(segment);
        int selectively = TakeSelectiveAcknowledgments(segment);
        if (SequenceNumber.Less(_sendUnacknowledged, acknowledgment))
        {
            ReceiveNewAcknowledgment(segment, acknowledgment);
            return;
        }

        if (acknowledgment != _sendUnacknowledged)
        {
            return;
        }

        if (_sendUnacknowledged == _sendMaximum)
        {
            // Nothing is outstanding: an answer to a probe of a closed window shows that the other side lives.
            _backoff = 0;
            return;
        }

        // RFC 5681 section 2: a duplicate carries no data and no news of the window; with SACK it must carry a new block.
        bool duplicate = (_flags & TcpFlag.Sack) != 0 ? selectively > 0 : segment.Length == 0 && !windowChanged;
        if (duplicate)
        {
            ReceiveDuplicate();
        }
    }

    /// <summary>Section 3.10.7.4, SND.WL1 and SND.WL2; true if the window is another one now.</summary>
    private bool UpdateSendWindow(in TcpSegment segment)
    {
        if (SequenceNumber.Less(segment.SequenceNumber, _windowUpdateSequence)
            || (segment.SequenceNumber == _windowUpdateSequence
                && SequenceNumber.Less(segment.AcknowledgmentNumber, _windowUpdateAcknowledgment)))
        {
            return false;
        }

        uint window = (uint)segment.Window << _sendScale;
        bool changed = window != _sendWindow;
        if (changed && _sendWindow == 0 && _sendUnacknowledged == _sendMaximum)
        {
            // The window that was probed has opened.
            _retransmitDue = Never;
            _backoff = 0;
        }

        _sendWindow = window;
        _largestSendWindow = Math.Max(_largestSendWindow, window);
        _windowUpdateSequence = segment.SequenceNumber;
        _windowUpdateAcknowledgment = segment.AcknowledgmentNumber;
        return changed;
    }

    /// <summary>Enters the blocks into the scoreboard; how many bytes were news.</summary>
    private int TakeSelectiveAcknowledgments(in TcpSegment segment)
    {
        ReadOnlySpan<byte> blocks = segment.Options.Sack;
        if (blocks.Length == 0 || (_flags & TcpFlag.Sack) == 0)
        {
            return 0;
        }

        int before = _scoreboard?.Bytes ?? 0;
        for (; blocks.Length >= 8; blocks = blocks[8..])
        {
            uint start = BinaryPrimitives.ReadUInt32BigEndian(blocks);
            uint end = BinaryPrimitives.ReadUInt32BigEndian(blocks[4..]);

            // What lies before SND.UNA is a report of a duplicate (RFC 2883); the rest must be what was sent.
            if (SequenceNumber.LessOrEqual(_sendUnacknowledged, start) && SequenceNumber.Less(start, end)
                && SequenceNumber.LessOrEqual(end, _sendMaximum) && SequenceNumber.Less(segment.AcknowledgmentNumber, end))
            {
                _scoreboard ??= _table.RentRanges();
                _scoreboard.Add(start, end);
            }
        }

        return (_scoreboard?.Bytes ?? 0) - before;
    }

    private void ReceiveNewAcknowledgment(in TcpSegment segment, uint acknowledgment)
    {
        bool finAcknowledged = FinSent && acknowledgment == BufferEnd + 1;
        int acked = (int)(acknowledgment - _sendUnacknowledged);
        int inFlight = (int)(_sendMaximum - _sendUnacknowledged);
        int bytes = Math.Min((int)(acknowledgment - _bufferSequence), _send.Count);
        if (bytes > 0)
        {
            _send.Discard(_table.Buffers, bytes);
            _bufferSequence += (uint)bytes;
        }

        MeasureRoundTrip(segment, acknowledgment);
        _sendUnacknowledged = acknowledgment;
        _sendNext = SequenceNumber.Max(_sendNext, acknowledgment);
        _highRetransmitted = SequenceNumber.Max(_highRetransmitted, acknowledgment);
        _smallSegmentEnd = SequenceNumber.Max(_smallSegmentEnd, acknowledgment);
        _backoff = 0;
        if (_scoreboard is not null)
        {
            _scoreboard.RemoveBefore(acknowledgment);
            if (_scoreboard.Count == 0)
            {
                _table.Return(ref _scoreboard);
            }
        }

        AdjustWindow(acknowledgment, acked, inFlight);

        // RFC 6298 section 5.2 and 5.3.
        _retransmitDue = Never;
        if (_sendUnacknowledged != _sendMaximum)
        {
            StartRetransmissionTimer();
        }

        if (Now.Nanoseconds >= _confirmAgain)
        {
            _confirmAgain = Now.Nanoseconds + ConfirmInterval;
            _table.ConfirmNeighbour(this);
        }

        if ((_flags & TcpFlag.WriteFellShort) != 0 && _send.Count <= _table.Settings.SendBuffer / 3 * 2)
        {
            // sk_stream_write_space: a third of the buffer is free again.
            _flags &= ~TcpFlag.WriteFellShort;
            _pending |= TcpPending.Writable;
        }

        if (finAcknowledged)
        {
            AfterFinAcknowledged();
        }
    }

    private void AfterFinAcknowledged()
    {
        ChangeState(TcpEvent.FinAcknowledged);
        switch (State)
        {
            case TcpState.Closed:
                Release(TcpEvent.Reset);
                break;
            case TcpState.TimeWait:
                EnterTimeWait();
                break;
            case TcpState.FinWait2 when IsOrphan:
                _stateDue = (Now + _table.Settings.FinTimeout).Nanoseconds;
                break;
            default:
                break;
        }
    }

    private void MeasureRoundTrip(in TcpSegment segment, uint acknowledgment)
    {
        if ((_flags & TcpFlag.Timing) != 0 && SequenceNumber.LessOrEqual(_timingSequence, acknowledgment))
        {
            _flags &= ~TcpFlag.Timing;
            MeasuredRoundTrip(Now.Nanoseconds - _timingStart);
        }
        else if (_phase != RecoveryPhase.Open && segment.Options.HasTimestamps && segment.Options.TimestampEcho != 0
            && (_flags & TcpFlag.Timestamps) != 0)
        {
            // RFC 7323 section 4.1: the echo tells which transmission is meant, at the price of a coarse clock.
            MeasuredRoundTrip((int)(Timestamp - segment.Options.TimestampEcho) * 1_000_000L);
        }
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
            _congestionWindow = _cubic.OnAcknowledged(_congestionWindow, acked, _segmentSize, Now, _smoothedRtt);
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

    private void ReceiveDuplicate()
    {
        if (_duplicates < byte.MaxValue)
        {
            _duplicates++;
        }

        switch (_phase)
        {
            case RecoveryPhase.Recovery:
                if ((_flags & TcpFlag.Sack) == 0)
                {
                    _congestionWindow += _segmentSize;
                }

                break;
            case RecoveryPhase.Open when _duplicates >= DuplicateThreshold || FirstHoleIsLost():
                // RFC 6582 section 3.2, step 2: not for what a timeout has sent twice already.
                if (SequenceNumber.Less(_recoveryPoint, _sendUnacknowledged) || (_flags & TcpFlag.Sack) != 0)
                {
                    EnterRecovery();
                }

                break;
            default:
                break;
        }
    }

    private void EnterRecovery()
    {
        _table.Counters.FastRetransmits++;
        _phase = RecoveryPhase.Recovery;
        _recoveryPoint = _sendMaximum;
        ReduceThreshold();
        _congestionWindow = _slowStartThreshold;
        if ((_flags & TcpFlag.Sack) == 0)
        {
            // RFC 5681 section 3.2, step 3: what the three duplicates stand for has left the network.
            _congestionWindow += DuplicateThreshold * _segmentSize;
        }

        _highRetransmitted = _sendUnacknowledged;
        RetransmitAt(_sendUnacknowledged, BufferEnd);
        StartRetransmissionTimer();
    }

    /// <summary>RFC 5681 section 3.1 equation 4, or CUBIC's beta.</summary>
    private void ReduceThreshold() =>
        _slowStartThreshold = CongestionControl == TcpCongestionControl.Cubic
            ? _cubic.OnCongestion(_congestionWindow, _segmentSize)
            : Math.Max(_congestionWindow / 2, 2 * _segmentSize);

    private void RetransmitAfterTimeout()
    {
        _table.Counters.Timeouts++;
        if (_phase != RecoveryPhase.Loss || _backoff <= 1)
        {
            ReduceThreshold();
        }

        _phase = RecoveryPhase.Loss;
        _recoveryPoint = _sendMaximum;
        _congestionWindow = _segmentSize;
        _acknowledgedBytes = 0;
        _duplicates = 0;
        _cubic.EndEpoch();
        _flags &= ~TcpFlag.Timing;
        _highRetransmitted = _sendUnacknowledged;
        if (_scoreboard is not null && _scoreboard[0].Start == _sendUnacknowledged)
        {
            // The other side has thrown away what it had acknowledged (RFC 2018 section 8).
            _table.Return(ref _scoreboard);
        }

        _sendNext = _sendUnacknowledged;
        RetransmitAt(_sendUnacknowledged, BufferEnd);
    }

    /// <summary>Sends one segment again from <paramref name="sequence"/>; false if there is nothing there.</summary>
    private bool RetransmitAt(uint sequence, uint limit)
    {
        uint end = limit;
        if (_scoreboard is not null)
        {
            sequence = _scoreboard.NextHole(sequence, limit, out end);
        }

        int length = Math.Min((int)(end - sequence), _segmentSize);
        if (length > 0)
        {
            SendData(sequence, length);
            _retransmissionMark = _sendMaximum;
            _highRetransmitted = SequenceNumber.Max(_highRetransmitted, sequence + (uint)length);
            return true;
        }

        if (FinSent && sequence == BufferEnd)
        {
            Transmit(sequence, TcpFlags.Fin | TcpFlags.Ack, 0, 0);
            _highRetransmitted = SequenceNumber.Max(_highRetransmitted, sequence + 1);
            return true;
        }

        return false;
    }

    /// <summary>How many bytes the congestion window lets go now.</summary>
    private int AllowedByCongestion()
    {
        int inFlight = (int)(_sendNext - _sendUnacknowledged);
        if (_scoreboard is not null)
        {
            inFlight = _scoreboard.Missing(_sendUnacknowledged, _sendNext);
        }
        else if (_phase == RecoveryPhase.Open)
        {
            // RFC 3042, limited transmit: the first two duplicates stand for segments that have arrived.
            inFlight -= Math.Min((int)_duplicates, DuplicateThreshold - 1) * _segmentSize;
        }

        return _congestionWindow - inFlight;
    }

    /// <summary>RFC 6675 section 5, step (C): sends one segment if the pipe has room; false to stop.</summary>
    private bool SendInRecovery()
    {
        if (RetransmissionsAreLost())
        {
            // RFC 5681 section 4.3: a second indication of congestion.
            ReduceThreshold();
            _congestionWindow = _slowStartThreshold;
            _highRetransmitted = _sendUnacknowledged;
        }

        uint lost = LostEdge();
        int pipe = Missing(SequenceNumber.Max(lost, _sendUnacknowledged), _sendMaximum) + Missing(_sendUnacknowledged, _highRetransmitted);
        if (_congestionWindow - pipe < _segmentSize)
        {
            _flags |= TcpFlag.WindowLimited;
            return false;
        }

        // NextSeg, rule 1: the first hole that counts as lost and has not been sent again.
        if (SequenceNumber.Less(_highRetransmitted, lost))
        {
            uint before = _highRetransmitted;
            if (RetransmitAt(_highRetransmitted, SequenceNumber.Min(lost, BufferEnd)) && _highRetransmitted != before)
            {
                return true;
            }
        }

        // Rule 2: new data, as far as the receiver's window reaches.
        uint next = _sendNext;
        _sendNext = _sendMaximum;
        int length = Math.Min((int)(BufferEnd - _sendNext), _segmentSize);
        int window = (int)(_sendUnacknowledged + _sendWindow - _sendNext);
        if (length > 0 && window >= length && (length == _segmentSize || MaySendSmall(length, last: true)))
        {
            SendData(_sendNext, length);
            return true;
        }

        // Rule 3: a hole that is not known to be lost, before the last block.
        _sendNext = SequenceNumber.Max(next, _sendMaximum);
        if (_scoreboard is not null && SequenceNumber.Less(_highRetransmitted, _scoreboard.End))
        {
            uint before = _highRetransmitted;
            uint lastBlock = _scoreboard[_scoreboard.Count - 1].Start;
            return RetransmitAt(_highRetransmitted, SequenceNumber.Min(lastBlock, BufferEnd)) && _highRetransmitted != before;
        }

        return false;
    }

    /// <summary>
    /// True if what was sent after the last retransmission has arrived, and still there is a hole that was sent again
    /// before: the idea of RACK (RFC 8985) in terms of sequence numbers.
    /// </summary>
    private bool RetransmissionsAreLost()
    {
        if (_scoreboard is null || !SequenceNumber.Less(_retransmissionMark, _sendMaximum)
            || Missing(_sendUnacknowledged, _highRetransmitted) == 0)
        {
            return false;
        }

        int later = (int)(_sendMaximum - _retransmissionMark);
        return later - Missing(_retransmissionMark, _sendMaximum) > (DuplicateThreshold - 1) * _segmentSize;
    }

    private int Missing(uint start, uint end) =>
        _scoreboard?.Missing(start, end) ?? Math.Max((int)(end - start), 0);

    private bool FirstHoleIsLost() => _scoreboard is not null && SequenceNumber.Less(_sendUnacknowledged, LostEdge());

    /// <summary>IsLost of RFC 6675 section 4 as one edge: every hole before it counts as lost.</summary>
    private uint LostEdge()
    {
        if (_scoreboard is null)
        {
            return _sendUnacknowledged;
        }

        int bytes = 0;
        for (int i = _scoreboard.Count - 1; i >= 0; i--)
        {
            (uint start, uint end) = _scoreboard[i];
            bytes += (int)(end - start);
            if (_scoreboard.Count - i >= DuplicateThreshold || bytes > (DuplicateThreshold - 1) * _segmentSize)
            {
                return start;
            }
        }

        return _sendUnacknowledged;
    }

    /// <summary>The path has become narrower: what is too large goes again in smaller segments (RFC 1191 section 6.4).</summary>
    internal void PathMtuChanged()
    {
        int before = _segmentSize;
        UpdateSegmentSize();
        if (_segmentSize < before && State is not (TcpState.SynSent or TcpState.SynReceived or TcpState.Closed or TcpState.TimeWait)
            && _sendUnacknowledged != _sendMaximum)
        {
            _sendNext = _sendUnacknowledged;
            _highRetransmitted = _sendUnacknowledged;
            _flags &= ~TcpFlag.Timing;
            RetransmitAt(_sendUnacknowledged, BufferEnd);
            Output();
            Arm();
        }
    }

    /// <summary>An ICMP error about a segment: hard while connecting, soft afterwards (RFC 5461; tcp_v4_err).</summary>
    internal void ReceiveError(uint sequence, StreamCloseReason reason)
    {
        bool inFlight = SequenceNumber.LessOrEqual(_sendUnacknowledged, sequence) && SequenceNumber.Less(sequence, _sendMaximum);
        if (inFlight && State is TcpState.SynSent or TcpState.SynReceived)
        {
            End(reason);
        }
    }
}
