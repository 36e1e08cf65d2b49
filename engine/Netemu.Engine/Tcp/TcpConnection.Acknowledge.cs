using System;
using Netemu.Core.Wire;

namespace Netemu.Engine.Tcp;

/// <summary>
/// When received data is acknowledged: at once, with an answer, when the owner has read it, or after a while. What RFC 9293
/// section 3.8.6.3 leaves open is as in Linux (icsk_ack in tcp_input.c, tcp_output.c, tcp_timer.c), and so are the names in
/// brackets.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>TCP_MAX_QUICKACKS: at its start a connection acknowledges every segment, so that the sender's window opens.</summary>
    private const int QuickAcknowledgments = 16;

    /// <summary>TCP_ATO_MIN and TCP_DELACK_MIN, TCP_DELACK_MAX, and HZ / 2.</summary>
    private const long ShortestDelay = 40_000_000;
    private const long LongestDelayOfDialogue = 200_000_000;
    private const long LongestDelay = 500_000_000;

    /// <summary>TCP_MIN_MSS and TCP_MSS_DEFAULT.</summary>
    private const int LeastSegment = 88;
    private const int UsualSegment = 536;

    /// <summary>When new data came last (lrcvtime).</summary>
    private long _dataReceived;

    /// <summary>How long an acknowledgment may wait; zero until data has come (ato).</summary>
    private long _acknowledgeDelay;

    /// <summary>The size that the sender's full segments seem to have (rcv_mss).</summary>
    private ushort _segmentEstimate;

    /// <summary>The size of the segment before, if it was neither full nor small (last_seg_size).</summary>
    private ushort _segmentBefore;

    /// <summary>Acknowledgments that will still go at once (quick).</summary>
    private byte _quickAcknowledgments;

    /// <summary>tcp_initialize_rcv_mss.</summary>
    private void BeginAcknowledging()
    {
        _dataReceived = Now.Nanoseconds;
        int window = Math.Min(_table.Settings.ReceiveBuffer / 2, UsualSegment);
        _segmentEstimate = (ushort)Math.Max(Math.Min(_segmentSize, window), LeastSegment);
    }

    /// <summary>New data in order has come (tcp_event_data_recv).</summary>
    private void OweAcknowledgment(in TcpSegment segment)
    {
        _flags |= TcpFlag.AcknowledgeOwed;
        EstimateSegment(segment);
        long now = Now.Nanoseconds;
        if (_acknowledgeDelay == 0)
        {
            MoreQuickAcknowledgments(QuickAcknowledgments);
            _acknowledgeDelay = ShortestDelay;
        }
        else
        {
            long pause = now - _dataReceived;
            if (pause <= ShortestDelay / 2)
            {
                _acknowledgeDelay = (_acknowledgeDelay / 2) + (ShortestDelay / 2);
            }
            else if (pause < _acknowledgeDelay)
            {
                _acknowledgeDelay = Math.Min((_acknowledgeDelay / 2) + pause, TimeoutNanoseconds());
            }
            else if (pause > TimeoutNanoseconds())
            {
                // The sender seems to begin anew.
                MoreQuickAcknowledgments(QuickAcknowledgments);
            }
        }

        _dataReceived = now;
    }

    /// <summary>tcp_measure_rcv_mss; a small segment, or a full one at the end of a write, need not be followed by another.</summary>
    private void EstimateSegment(in TcpSegment segment)
    {
        const TcpFlags Remnant = TcpFlags.Fin | TcpFlags.Urg | TcpFlags.Syn | TcpFlags.Psh;
        int before = _segmentBefore;
        _segmentBefore = 0;
        int length = segment.Payload.Length;
        if (length >= _segmentEstimate)
        {
            _segmentEstimate = (ushort)Math.Min(length, ushort.MaxValue);
            if (segment.Has(TcpFlags.Psh))
            {
                _flags |= TcpFlag.Pushed;
            }

            return;
        }

        int options = (_flags & TcpFlag.Timestamps) != 0 ? 12 : 0;
        if (length + options >= UsualSegment || (length + options >= LeastSegment && (segment.Flags & Remnant) == 0))
        {
            _segmentBefore = (ushort)length;
            if (length == before)
            {
                _segmentEstimate = (ushort)length;
                return;
            }
        }

        _flags |= (_flags & TcpFlag.Pushed) != 0 ? TcpFlag.PushedTwice : TcpFlag.Pushed;
    }

    /// <summary>The handling of a segment ends (__tcp_ack_snd_check).</summary>
    private void AcknowledgeOrWait()
    {
        if ((_flags & (TcpFlag.AcknowledgeNow | TcpFlag.AcknowledgeOwed)) == 0)
        {
            return;
        }

        bool quick = _quickAcknowledgments > 0 && (_flags & TcpFlag.Dialogue) == 0;
        if (quick || (_flags & TcpFlag.AcknowledgeNow) != 0 || _receiveNext - _lastAcknowledged > _segmentEstimate)
        {
            SendAcknowledgment();
        }
        else
        {
            DelayAcknowledgment();
        }
    }

    /// <summary>tcp_send_delayed_ack.</summary>
    private void DelayAcknowledgment()
    {
        long delay = _acknowledgeDelay;
        if (delay > ShortestDelay)
        {
            long longest = (_flags & (TcpFlag.Dialogue | TcpFlag.Pushed)) != 0 ? LongestDelayOfDialogue : LongestDelay;
            if (_smoothedRtt > 0)
            {
                longest = Math.Min(longest, Math.Max(_smoothedRtt, ShortestDelay));
            }

            delay = Math.Min(delay, longest);
        }

        delay = Math.Min(delay, LongestDelayOfDialogue);
        long now = Now.Nanoseconds;
        if (_acknowledgeDue == Never)
        {
            _acknowledgeDue = now + delay;
        }
        else if (_acknowledgeDue <= now + (delay / 4))
        {
            SendAcknowledgment();
        }
        else
        {
            _acknowledgeDue = Math.Min(_acknowledgeDue, now + delay);
        }
    }

    /// <summary>
    /// The owner has read (tcp_cleanup_rbuf): where nothing was left and a write of the other side's has ended, an answer may be
    /// what it waits for. Otherwise tells it when the window has doubled.
    /// </summary>
    private void AfterRead()
    {
        bool ended = (_flags & TcpFlag.PushedTwice) != 0 || (_flags & (TcpFlag.Pushed | TcpFlag.Dialogue)) == TcpFlag.Pushed;
        if ((_flags & TcpFlag.AcknowledgeOwed) != 0 && State != TcpState.Closed
            && (_receiveNext - _lastAcknowledged > _segmentEstimate || (ended && _receive.Count == 0 && _outOfOrder is null)))
        {
            SendAcknowledgment();
            return;
        }

        if (State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2))
        {
            return;
        }

        uint promised = SequenceNumber.Less(_receiveNext, _receiveEdge) ? _receiveEdge - _receiveNext : 0;
        uint window = ReceiveWindow();
        if (window > 0 && window >= 2 * promised && window != promised)
        {
            SendAcknowledgment();
        }
    }

    /// <summary>A segment that acknowledges leaves (tcp_event_ack_sent).</summary>
    private void NoteAcknowledging()
    {
        if (_quickAcknowledgments > 0 && (_flags & TcpFlag.AcknowledgeOwed) != 0 && --_quickAcknowledgments == 0)
        {
            _acknowledgeDelay = ShortestDelay;
        }

        _lastAcknowledged = _receiveNext;
        _acknowledgeDue = Never;
        _flags &= ~(TcpFlag.AcknowledgeNow | TcpFlag.AcknowledgeOwed | TcpFlag.Pushed | TcpFlag.PushedTwice);
    }

    /// <summary>Data leaves: soon after other data it is an answer, and more may follow (tcp_event_data_sent, tcp_pingpong_thresh = 1).</summary>
    private void NoteAnswer()
    {
        if (Now.Nanoseconds - _dataReceived < _acknowledgeDelay)
        {
            _flags |= TcpFlag.Dialogue;
        }
    }

    /// <summary>No answer took the acknowledgment along (tcp_delack_timer_handler).</summary>
    private void AcknowledgmentTimerFired()
    {
        _table.Counters.DelayedAcks++;
        if ((_flags & TcpFlag.Dialogue) != 0)
        {
            _flags &= ~TcpFlag.Dialogue;
            _acknowledgeDelay = ShortestDelay;
        }
        else
        {
            _acknowledgeDelay = Math.Min(_acknowledgeDelay * 2, TimeoutNanoseconds());
        }

        SendAcknowledgment();
    }

    /// <summary>The sender seems to be in trouble: do not let it wait (tcp_enter_quickack_mode).</summary>
    private void AcknowledgeQuickly(int most)
    {
        MoreQuickAcknowledgments(most);
        _flags &= ~TcpFlag.Dialogue;
        _acknowledgeDelay = ShortestDelay;
    }

    /// <summary>tcp_incr_quickack: as many as fill half of the window, at most <paramref name="most"/>.</summary>
    private void MoreQuickAcknowledgments(int most)
    {
        uint fitting = (_receiveEdge - _lastAcknowledged) / (2u * _segmentEstimate);
        uint quick = Math.Min(Math.Max(fitting, 2), (uint)most);
        _quickAcknowledgments = (byte)Math.Max(_quickAcknowledgments, quick);
    }
}
