using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;

namespace Netemu.Engine.Tcp;

/// <summary>
/// Acknowledgments and what follows a loss (RFC 5681, 6582, 2018). With SACK, RACK says what is lost; without it three
/// duplicate acknowledgments do, and the window is inflated by them.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>RFC 6675 section 2.</summary>
    private const int DuplicateThreshold = 3;

    /// <summary>How often progress is reported to the neighbour table; its own clock ticks in seconds.</summary>
    private const long ConfirmInterval = 1_000_000_000;

    private SequenceRanges? _scoreboard;
    private long _confirmAgain;
    private uint _recoveryPoint;
    private int _retransmissions;
    private RecoveryPhase _phase;
    private byte _duplicates;

    private void ReceiveAcknowledgment(in TcpSegment segment)
    {
        uint acknowledgment = segment.AcknowledgmentNumber;
        bool windowChanged = UpdateSendWindow(segment);
        int selectively = TakeSelectiveAcknowledgments(segment);
        if (UsesEcn)
        {
            TakeEcho(segment);
        }

        if (SequenceNumber.Less(_sendUnacknowledged, acknowledgment))
        {
            ReceiveNewAcknowledgment(segment, acknowledgment);
            return;
        }

        if (acknowledgment != _sendUnacknowledged)
        {
            return;
        }

        TakeProbeAnswer(segment, duplicate: segment.Length == 0 && !windowChanged);
        if (_sendUnacknowledged == _sendMaximum)
        {
            // Nothing is outstanding: an answer to a probe of a closed window shows that the other side lives.
            _windowProbes = 0;
            return;
        }

        if ((_flags & TcpFlag.Sack) != 0)
        {
            if (selectively > 0)
            {
                DetectLoss();
                ScheduleProbe();
            }
        }
        else if (segment.Length == 0 && !windowChanged)
        {
            // RFC 5681 section 2: a duplicate carries no data and no news of the window.
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
            _windowProbes = 0;
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
                if (_scoreboard.Add(start, end))
                {
                    NoteSelectivelyAcknowledged(start, end);
                }
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
        NoteAcknowledged(acknowledgment);
        _sendUnacknowledged = acknowledgment;
        _sendNext = SequenceNumber.Max(_sendNext, acknowledgment);
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

        TakeProbeAnswer(segment, duplicate: false);
        AdjustWindow(acknowledgment, acked, inFlight);

        // RFC 6298 section 5.2 and 5.3.
        _retransmitDue = Never;
        if (_sendUnacknowledged != _sendMaximum)
        {
            StartRetransmissionTimer();
        }

        DetectLoss();
        ScheduleProbe();
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

    private void ReceiveDuplicate()
    {
        if (_duplicates < byte.MaxValue)
        {
            _duplicates++;
        }

        switch (_phase)
        {
            case RecoveryPhase.Recovery:
                _congestionWindow += _segmentSize;
                break;
            case RecoveryPhase.Open when _duplicates >= DuplicateThreshold:
                // RFC 6582 section 3.2, step 2: not for what a timeout has sent twice already.
                if (SequenceNumber.Less(_recoveryPoint, _sendUnacknowledged))
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

        // RFC 3168 section 6.1.2: a window that has just been reduced for a mark is not reduced again for a loss of that window.
        bool reduced = (_flags & TcpFlag.EcnReduced) != 0 && SequenceNumber.Less(_sendUnacknowledged, _recoveryPoint);
        _phase = RecoveryPhase.Recovery;
        _recoveryPoint = _sendMaximum;
        if (!reduced)
        {
            ReduceThreshold();
        }

        _flags |= UsesEcn ? TcpFlag.CwrOwed : TcpFlag.None;
        _congestionWindow = _slowStartThreshold;
        if ((_flags & TcpFlag.Sack) != 0)
        {
            _sent!.ReducedAt = Now.Nanoseconds;
            RetransmitFirstLost();
        }
        else
        {
            // RFC 5681 section 3.2, step 3: what the three duplicates stand for has left the network.
            _congestionWindow += DuplicateThreshold * _segmentSize;
            RetransmitAt(_sendUnacknowledged, BufferEnd);
        }

        StartRetransmissionTimer();
    }

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
        _cubic?.EndEpoch();
        _flags &= ~(TcpFlag.Timing | TcpFlag.ProbeOut | TcpFlag.ReorderTimer);
        _lossDue = Never;
        if (_scoreboard is not null && _scoreboard[0].Start == _sendUnacknowledged)
        {
            ForgetSelectiveAcknowledgments();
        }

        if (_sent is not null)
        {
            MarkAllLost();
            RetransmitFirstLost();
            return;
        }

        _sendNext = _sendUnacknowledged;
        RetransmitAt(_sendUnacknowledged, BufferEnd);
    }

    /// <summary>Sends one segment again from <paramref name="sequence"/>, without SACK.</summary>
    private void RetransmitAt(uint sequence, uint limit)
    {
        int length = Math.Min((int)(limit - sequence), _segmentSize);
        if (length > 0)
        {
            SendData(sequence, length);
        }
        else if (FinSent && sequence == BufferEnd)
        {
            Transmit(sequence, TcpFlags.Fin | TcpFlags.Ack, 0, 0);
        }
    }
}
