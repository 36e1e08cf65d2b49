using System;
using System.Buffers.Binary;

namespace Netemu.Engine.Tcp;

/// <summary>
/// RACK-TLP (RFC 8985): loss is told by time, from what was sent before the segment sent last of all that have been
/// delivered; a probe makes the end of a flight be acknowledged. For connections with SACK.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>TCP_TIMEOUT_MIN: two ticks of the kernel's clock, so that timers of short round trips do not fire at once.</summary>
    private const long ShortestTimeout = 2_000_000;

    private SentSegments? _sent;

    /// <summary>The shortest round trip so far (RACK.min_RTT), 0 before the first.</summary>
    private long _minimumRtt;

    /// <summary>When the reordering timer or the probe timeout is due; TcpFlag.ReorderTimer tells which.</summary>
    private long _lossDue = Never;

    /// <summary>TLP.end_seq, valid while TcpFlag.ProbeOut is set.</summary>
    private uint _probeEnd;

    /// <summary>Notes a transmission: new bytes as a segment of their own, repeated ones on their segments (section 6.1).</summary>
    private void NoteSent(uint start, uint end)
    {
        if ((_flags & TcpFlag.Sack) == 0)
        {
            return;
        }

        long now = Now.Nanoseconds;
        _sent ??= _table.RentSent();
        if (SequenceNumber.Less(start, _sendMaximum))
        {
            uint limit = SequenceNumber.Min(end, _sendMaximum);
            for (int i = _sent.IndexOf(start); i < _sent.Count && SequenceNumber.Less(_sent[i].Start, limit); i++)
            {
                ref SentSegment segment = ref _sent[i];
                ClearLost(ref segment);
                segment.SentAt = now;
                segment.Retransmitted = true;
            }

            start = _sendMaximum;
        }

        if (SequenceNumber.Less(start, end))
        {
            _sent.Append(start, end, now);
        }
    }

    /// <summary>Takes what a cumulative acknowledgment covers out of the flight (section 6.2, steps 1 and 2).</summary>
    private void NoteAcknowledged(uint edge)
    {
        if (_sent is null)
        {
            return;
        }

        while (_sent.Count > 0 && SequenceNumber.LessOrEqual(_sent[0].End, edge))
        {
            ref SentSegment segment = ref _sent[0];
            ClearLost(ref segment);
            if (segment.Sacked)
            {
                _sent.Sacked--;
            }
            else
            {
                NoteDelivered(segment);
            }

            _sent.RemoveFirst();
        }

        if (_sent.Count == 0)
        {
            _table.Return(ref _sent);
        }
        else if (SequenceNumber.Less(_sent[0].Start, edge))
        {
            ref SentSegment first = ref _sent[0];
            _sent.LostBytes -= first.Lost ? (int)(edge - first.Start) : 0;
            first.Start = edge;
        }
    }

    /// <summary>Marks the segments that lie in the scoreboard's range around a new block.</summary>
    private void NoteSelectivelyAcknowledged(uint start, uint end)
    {
        if (_sent is null || _scoreboard is null)
        {
            return;
        }

        for (int i = _sent.IndexOf(start); i < _sent.Count && SequenceNumber.Less(_sent[i].Start, end); i++)
        {
            ref SentSegment segment = ref _sent[i];
            if (!segment.Sacked && _scoreboard.Missing(segment.Start, segment.End) == 0)
            {
                ClearLost(ref segment);
                segment.Sacked = true;
                _sent.Sacked++;
                NoteDelivered(segment);
            }
        }
    }

    /// <summary>Section 6.2, steps 1 to 3: the newest delivered segment, the round trip, and whether there is reordering.</summary>
    private void NoteDelivered(in SentSegment segment)
    {
        SentSegments sent = _sent!;
        long roundTrip = Now.Nanoseconds - segment.SentAt;
        if (segment.Retransmitted && roundTrip < _minimumRtt)
        {
            // It answers an earlier transmission. As on Linux the timestamp's echo is not asked: behind a hole it is an older one.
            return;
        }

        if (!segment.Retransmitted)
        {
            _minimumRtt = _minimumRtt == 0 ? Math.Max(roundTrip, 1) : Math.Min(_minimumRtt, Math.Max(roundTrip, 1));
            if (IsFirstSlowStart)
            {
                NoteSlowStartSample(roundTrip);
            }

            if (SequenceNumber.Less(segment.End, sent.ForwardAck))
            {
                _flags |= TcpFlag.ReorderingSeen;
            }
        }

        sent.ForwardAck = SequenceNumber.Max(sent.ForwardAck, segment.End);
        sent.RoundTrip = roundTrip;
        if (IsSentAfter(segment.SentAt, segment.End, sent.NewestSentAt, sent.NewestEnd))
        {
            sent.NewestSentAt = segment.SentAt;
            sent.NewestEnd = segment.End;
        }
    }

    /// <summary>Section 6.2, steps 4 and 5: what was sent long enough before the newest delivered segment is lost.</summary>
    private void DetectLoss()
    {
        if (_sent is not { } sent || sent.NewestSentAt == long.MinValue || (_scoreboard is null && _phase == RecoveryPhase.Open))
        {
            _flags &= ~TcpFlag.ReorderTimer;
            return;
        }

        long now = Now.Nanoseconds;
        long patience = sent.RoundTrip + ReorderingWindow();
        long wait = 0;
        bool lost = false;
        bool again = false;
        for (int i = 0; i < sent.Count; i++)
        {
            ref SentSegment segment = ref sent[i];
            if (segment.Sacked || segment.Lost)
            {
                continue;
            }

            if (!IsSentAfter(sent.NewestSentAt, sent.NewestEnd, segment.SentAt, segment.End))
            {
                if (!segment.Retransmitted)
                {
                    // All that follow were sent later still.
                    break;
                }

                continue;
            }

            long remaining = segment.SentAt + patience - now;
            if (remaining > 0)
            {
                wait = Math.Max(wait, remaining);
                continue;
            }

            segment.Lost = lost = true;
            sent.LostBytes += (int)(segment.End - segment.Start);
            again |= segment.Retransmitted && segment.SentAt >= sent.ReducedAt;
        }

        if (wait > 0)
        {
            _flags |= TcpFlag.ReorderTimer;
            _lossDue = now + wait + ShortestTimeout;
        }
        else
        {
            _flags &= ~TcpFlag.ReorderTimer;
        }

        if (lost)
        {
            RespondToLoss(again);
        }
    }

    private void RespondToLoss(bool again)
    {
        if (_phase == RecoveryPhase.Open)
        {
            EnterRecovery();
        }
        else if (again && _phase == RecoveryPhase.Recovery)
        {
            // RFC 5681 section 4.3: a retransmission was lost too, which is a second indication of congestion.
            ReduceThreshold();
            _congestionWindow = _slowStartThreshold;
            _sent!.ReducedAt = Now.Nanoseconds;
        }
    }

    /// <summary>RACK_update_reo_wnd of section 6.2, step 4, without DSACK's adaptation.</summary>
    private long ReorderingWindow() =>
        (_flags & TcpFlag.ReorderingSeen) == 0 && (_phase != RecoveryPhase.Open || _sent!.Sacked >= DuplicateThreshold)
            ? 0
            : Math.Min(_minimumRtt / 4, _smoothedRtt);

    /// <summary>A timeout: all that was not selectively acknowledged is lost (section 6.3).</summary>
    private void MarkAllLost()
    {
        for (int i = 0; i < _sent!.Count; i++)
        {
            ref SentSegment segment = ref _sent[i];
            if (!segment.Sacked && !segment.Lost)
            {
                segment.Lost = true;
                _sent.LostBytes += (int)(segment.End - segment.Start);
            }
        }
    }

    /// <summary>The other side has thrown away what it had acknowledged selectively (RFC 2018 section 8).</summary>
    private void ForgetSelectiveAcknowledgments()
    {
        _table.Return(ref _scoreboard);
        for (int i = 0; i < (_sent?.Count ?? 0); i++)
        {
            _sent![i].Sacked = false;
        }

        if (_sent is not null)
        {
            _sent.Sacked = 0;
        }
    }

    /// <summary>Sends the first lost segment again, in pieces if the path has become narrower; false if there is none.</summary>
    private bool RetransmitFirstLost()
    {
        for (int i = 0; i < (_sent?.Count ?? 0); i++)
        {
            if (_sent![i].Lost)
            {
                RetransmitSegment(_sent[i].Start, _sent[i].End);
                return true;
            }
        }

        return false;
    }

    private void RetransmitSegment(uint start, uint end)
    {
        end = SequenceNumber.Min(end, BufferEnd);
        if (start == BufferEnd && FinSent)
        {
            Transmit(start, Core.Wire.TcpFlags.Fin | Core.Wire.TcpFlags.Ack, 0, 0);
            return;
        }

        while (SequenceNumber.Less(start, end))
        {
            int length = Math.Min((int)(end - start), _segmentSize);
            SendData(start, length);
            start += (uint)length;
        }
    }

    /// <summary>Lost segments first, as the pipe has room, then new data (RFC 6675 section 5, step C, with RACK's marks).</summary>
    private bool SendSelective()
    {
        if (_sent is not { LostBytes: > 0 })
        {
            return SendNext();
        }

        if (AllowedByCongestion() < _segmentSize)
        {
            _flags |= TcpFlag.WindowLimited;
            return false;
        }

        return RetransmitFirstLost();
    }

    /// <summary>Section 7.2: when the probe of the flight's end is due.</summary>
    private void ScheduleProbe()
    {
        if ((_flags & TcpFlag.ReorderTimer) != 0)
        {
            return;
        }

        _lossDue = Never;
        if (_sent is null || !_table.Settings.TailLossProbe || _phase != RecoveryPhase.Open || _scoreboard is not null
            || (_flags & TcpFlag.ProbeOut) != 0)
        {
            return;
        }

        long timeout = _smoothedRtt == 0
            ? InitialTimeout
            : (2 * _smoothedRtt) + (_sent.Count == 1 ? _table.Settings.MinimumTimeout.Nanoseconds : ShortestTimeout);

        // No later than the retransmission timeout, which the probe then puts off.
        _lossDue = Math.Min(Now.Nanoseconds + timeout, _retransmitDue);
    }

    private void LossTimerFired()
    {
        _lossDue = Never;
        if ((_flags & TcpFlag.ReorderTimer) != 0)
        {
            _flags &= ~TcpFlag.ReorderTimer;
            DetectLoss();
            ScheduleProbe();
            Output();
            return;
        }

        SendLossProbe();
    }

    /// <summary>Section 7.3: a segment of new data, else the last one again.</summary>
    private void SendLossProbe()
    {
        if (_sent is null || State is TcpState.SynSent or TcpState.SynReceived or TcpState.Closed or TcpState.TimeWait)
        {
            return;
        }

        int length = Math.Min((int)(BufferEnd - _sendMaximum), _segmentSize);
        bool fits = length > 0 && length <= (int)(_sendUnacknowledged + _sendWindow - _sendMaximum);
        if (fits)
        {
            SendData(_sendMaximum, length);
            _flags &= ~TcpFlag.ProbeRetransmitted;
        }
        else
        {
            SentSegment last = _sent[_sent.Count - 1];
            RetransmitSegment(SequenceNumber.Max(last.Start, last.End - (uint)_segmentSize), last.End);
            _flags |= TcpFlag.ProbeRetransmitted;
        }

        _table.Counters.LossProbes++;
        _flags |= TcpFlag.ProbeOut;
        _probeEnd = _sendMaximum;
        StartRetransmissionTimer();
    }

    /// <summary>Section 7.4.2: what an acknowledgment says about the probe.</summary>
    private void TakeProbeAnswer(in TcpSegment segment, bool duplicate)
    {
        uint acknowledgment = segment.AcknowledgmentNumber;
        if ((_flags & TcpFlag.ProbeOut) == 0 || SequenceNumber.Less(acknowledgment, _probeEnd))
        {
            return;
        }

        bool retransmitted = (_flags & TcpFlag.ProbeRetransmitted) != 0;
        bool needless = retransmitted && (ReportsDuplicate(segment) || (duplicate && acknowledgment == _probeEnd));
        if (!retransmitted || needless)
        {
            _flags &= ~TcpFlag.ProbeOut;
        }
        else if (acknowledgment != _probeEnd)
        {
            // The probe repaired a loss that nobody else has noticed: the window answers for it.
            _flags &= ~TcpFlag.ProbeOut;
            ReduceThreshold();
            _congestionWindow = Math.Min(_congestionWindow, _slowStartThreshold);
        }
    }

    /// <summary>RFC 2883: the first block lies before the acknowledgment, or within the second.</summary>
    private static bool ReportsDuplicate(in TcpSegment segment)
    {
        ReadOnlySpan<byte> blocks = segment.Options.Sack;
        if (blocks.Length < 8)
        {
            return false;
        }

        uint start = BinaryPrimitives.ReadUInt32BigEndian(blocks);
        uint end = BinaryPrimitives.ReadUInt32BigEndian(blocks[4..]);
        return SequenceNumber.Less(start, segment.AcknowledgmentNumber)
            || (blocks.Length >= 16
                && SequenceNumber.LessOrEqual(BinaryPrimitives.ReadUInt32BigEndian(blocks[8..]), start)
                && SequenceNumber.LessOrEqual(end, BinaryPrimitives.ReadUInt32BigEndian(blocks[12..])));
    }

    private void ClearLost(ref SentSegment segment)
    {
        if (segment.Lost)
        {
            segment.Lost = false;
            _sent!.LostBytes -= (int)(segment.End - segment.Start);
        }
    }

    private uint TimestampAt(long nanoseconds) => (uint)(nanoseconds / 1_000_000) + _timestampOffset;

    /// <summary>RACK_sent_after: later, or at one time with a higher number.</summary>
    private static bool IsSentAfter(long time, uint end, long otherTime, uint otherEnd) =>
        time > otherTime || (time == otherTime && SequenceNumber.Less(otherEnd, end));
}
