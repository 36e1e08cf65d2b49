using System;
using Netemu.Core.Streams;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Tcp;

/// <summary>SEGMENT ARRIVES, in the order of RFC 9293 section 3.10.7.</summary>
public sealed partial class TcpConnection
{
    /// <summary>RFC 7323 section 5.5: after 24 days a timestamp proves nothing.</summary>
    private const long TimestampLifetime = 24L * 86_400 * 1_000_000_000;

    private uint _initialReceive;
    private uint _receiveNext;

    /// <summary>The right edge of the window that was advertised; it never moves left.</summary>
    private uint _receiveEdge;

    private uint _lastAcknowledged;
    private uint _remoteFin;
    private uint _lastOutOfOrder;
    private SequenceRanges? _outOfOrder;

    /// <summary>What the next acknowledgment reports as received twice; empty if the ends are equal.</summary>
    private uint _duplicateStart;
    private uint _duplicateEnd;

    /// <summary>Becomes the passive side of a connection whose SYN is <paramref name="segment"/>.</summary>
    internal void StartPassive(TcpListener listener, in TcpSegment segment, uint initialSequence)
    {
        _listener = listener;
        State = TcpTransitions.Next(TcpState.Listen, TcpEvent.SynReceived);
        SetFlag(TcpFlag.NoDelay, listener.NoDelay);
        _device = segment.Source.IsIPv6 && segment.Source.IPv6.IsLinkLocal ? segment.Device : null;
        InitializeSend(initialSequence);
        TakeSynchronize(segment);
        SendSynchronize();
        StartRetransmissionTimer();
        Arm();
    }

    /// <summary>
    /// RFC 9293 section 3.10.7.4, RFC 6191 section 2: a SYN that is newer than all of the old connection may reopen a pair
    /// of sockets in TIME-WAIT; <paramref name="initialSequence"/> is a number that the old one has not used.
    /// </summary>
    internal bool MayBeReopened(in TcpSegment segment, out uint initialSequence)
    {
        initialSequence = _sendMaximum + ushort.MaxValue + 2;
        bool newer = (_flags & TcpFlag.Timestamps) != 0 && segment.Options.HasTimestamps
            ? SequenceNumber.Less(_timestampRecent, segment.Options.TimestampValue)
            : SequenceNumber.Less(_receiveNext, segment.SequenceNumber);
        return State == TcpState.TimeWait && newer
            && (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;
    }

    /// <summary>The SYN came again while the answer may be lost.</summary>
    private void RepeatSynchronize()
    {
        CountRetransmission();
        _flags &= ~TcpFlag.Timing;
        SendSynchronize();
    }

    /// <summary>Handles a segment of this connection; the reason to drop it, or none if it was of use.</summary>
    internal DropReason Receive(ref TcpSegment segment)
    {
        DropReason reason = State == TcpState.SynSent ? ReceiveInSynSent(segment) : ReceiveSynchronized(ref segment);
        if (State != TcpState.Closed)
        {
            Output();
            AcknowledgeOrWait();
            Arm();
        }

        return reason;
    }

    /// <summary>Section 3.10.7.3.</summary>
    private DropReason ReceiveInSynSent(in TcpSegment segment)
    {
        bool acknowledged = segment.Has(TcpFlags.Ack);
        if (acknowledged
            && (SequenceNumber.LessOrEqual(segment.AcknowledgmentNumber, _initialSend)
                || SequenceNumber.Less(_sendMaximum, segment.AcknowledgmentNumber)))
        {
            _table.SendReset(segment);
            return DropReason.TcpInvalid;
        }

        if (segment.Has(TcpFlags.Rst))
        {
            if (!acknowledged)
            {
                return DropReason.TcpInvalid;
            }

            End(StreamCloseReason.Refused);
            return DropReason.None;
        }

        if (!segment.Has(TcpFlags.Syn))
        {
            return DropReason.TcpInvalid;
        }

        TakeSynchronize(segment);
        if (acknowledged)
        {
            Establish(segment, TcpEvent.SynAckReceived);
            _flags |= TcpFlag.AcknowledgeNow;
            Raise(TcpPending.Connected);
        }
        else
        {
            ChangeState(TcpEvent.SynReceived);
            SendSynchronize();
            StartRetransmissionTimer();
        }

        return DropReason.None;
    }

    private void TakeSynchronize(in TcpSegment segment)
    {
        _initialReceive = segment.SequenceNumber;
        _receiveNext = _receiveEdge = _lastAcknowledged = segment.SequenceNumber + 1;
        _sendWindow = _largestSendWindow = segment.Window;
        _windowUpdateSequence = segment.SequenceNumber;
        _windowUpdateAcknowledgment = segment.AcknowledgmentNumber;
        _lastReceived = Now.Nanoseconds;
        Negotiate(segment);
    }

    /// <summary>Our SYN has been acknowledged.</summary>
    private void Establish(in TcpSegment segment, TcpEvent happened)
    {
        ChangeState(happened);
        _sendUnacknowledged = _initialSend + 1;
        _bufferSequence = _initialSend + 1;
        uint window = segment.Window;
        _sendWindow = segment.Has(TcpFlags.Syn) ? window : window << _sendScale;
        _largestSendWindow = Math.Max(_largestSendWindow, _sendWindow);
        _windowUpdateSequence = segment.SequenceNumber;
        _windowUpdateAcknowledgment = segment.AcknowledgmentNumber;
        _backoff = 0;
        _retransmitDue = Never;
        _flags |= TcpFlag.Open;
        BeginAcknowledging();
        if ((_flags & TcpFlag.Timing) != 0)
        {
            MeasuredRoundTrip(Now.Nanoseconds - _timingStart);
            _flags &= ~TcpFlag.Timing;
        }

        if (KeepAlive)
        {
            _keepAliveDue = Now.Nanoseconds + _table.Settings.KeepAliveTime.Nanoseconds;
        }
    }

    /// <summary>Section 3.10.7.4: every state but CLOSED, LISTEN and SYN-SENT.</summary>
    private DropReason ReceiveSynchronized(ref TcpSegment segment)
    {
        if (State == TcpState.SynReceived && segment.Has(TcpFlags.Syn) && segment.SequenceNumber == _initialReceive)
        {
            if (!segment.Has(TcpFlags.Ack))
            {
                RepeatSynchronize();
                return DropReason.None;
            }

            // Simultaneous open: the other side's SYN and ACK repeats a SYN that has been taken already.
            segment.SequenceNumber++;
            segment.Flags &= ~TcpFlags.Syn;
        }

        // RFC 7323 section 5.3, R1: PAWS.
        if ((_flags & TcpFlag.Timestamps) != 0 && segment.Options.HasTimestamps && !segment.Has(TcpFlags.Rst)
            && SequenceNumber.Less(segment.Options.TimestampValue, _timestampRecent)
            && Now.Nanoseconds - _timestampRecentTime < TimestampLifetime)
        {
            _table.Counters.PawsRejected++;
            SendAcknowledgment();
            return DropReason.TcpInvalid;
        }

        // First: the sequence number.
        if (!IsAcceptable(segment))
        {
            if (State == TcpState.TimeWait && segment.Has(TcpFlags.Fin))
            {
                // The acknowledgment of the other side's FIN was lost: the wait begins again.
                _stateDue = (Now + _table.Settings.TimeWait).Nanoseconds;
            }

            if (!segment.Has(TcpFlags.Rst))
            {
                NoteDuplicate(segment.SequenceNumber, segment.SequenceNumber + (uint)segment.Payload.Length);
                if (segment.Length > 0 && SequenceNumber.Less(segment.SequenceNumber, _receiveNext))
                {
                    AcknowledgeQuickly(QuickAcknowledgments);
                }

                SendAcknowledgment();
            }

            return DropReason.TcpInvalid;
        }

        // Second: RST (RFC 5961 section 3.2).
        if (segment.Has(TcpFlags.Rst))
        {
            return ReceiveReset(segment);
        }

        // Fourth: SYN (RFC 5961 section 4.2).
        if (segment.Has(TcpFlags.Syn))
        {
            SendChallenge();
            return DropReason.TcpInvalid;
        }

        // Fifth: ACK.
        if (!segment.Has(TcpFlags.Ack))
        {
            return DropReason.TcpInvalid;
        }

        _lastReceived = Now.Nanoseconds;
        _keepAliveProbes = 0;
        if (State == TcpState.SynReceived)
        {
            if (!CompleteHandshake(segment))
            {
                return DropReason.TcpInvalid;
            }
        }
        else if (SequenceNumber.Less(segment.AcknowledgmentNumber, _sendUnacknowledged - _largestSendWindow)
            || SequenceNumber.Less(_sendMaximum, segment.AcknowledgmentNumber))
        {
            // RFC 5961 section 5.2.
            SendChallenge();
            return DropReason.TcpInvalid;
        }

        if ((_flags & TcpFlag.Timestamps) != 0 && segment.Options.HasTimestamps
            && SequenceNumber.LessOrEqual(segment.SequenceNumber, _lastAcknowledged))
        {
            // RFC 7323 section 4.3: the timestamp of the segment that the next acknowledgment answers.
            _timestampRecent = segment.Options.TimestampValue;
            _timestampRecentTime = Now.Nanoseconds;
        }

        ReceiveAcknowledgment(segment);
        if (State == TcpState.Closed)
        {
            return DropReason.None;
        }

        // Seventh and eighth: data and FIN.
        return ReceiveData(ref segment);
    }

    /// <summary>RFC 2883 section 4: bytes that had arrived before are reported in the first block of the next acknowledgment.</summary>
    private void NoteDuplicate(uint start, uint end)
    {
        end = SequenceNumber.Min(end, _receiveNext);
        if ((_flags & TcpFlag.Sack) != 0 && SequenceNumber.Less(start, end))
        {
            _duplicateStart = start;
            _duplicateEnd = end;
        }
    }

    private bool IsAcceptable(in TcpSegment segment)
    {
        uint edge = SequenceNumber.Max(_receiveEdge, _receiveNext);
        int length = segment.Length;
        if (length == 0)
        {
            return SequenceNumber.LessOrEqual(_receiveNext, segment.SequenceNumber)
                && SequenceNumber.LessOrEqual(segment.SequenceNumber, edge);
        }

        return SequenceNumber.Less(segment.SequenceNumber, edge) && SequenceNumber.Less(_receiveNext, segment.End);
    }

    private DropReason ReceiveReset(in TcpSegment segment)
    {
        if (segment.SequenceNumber != _receiveNext)
        {
            SendChallenge();
            return DropReason.TcpInvalid;
        }

        if (State == TcpState.Established || State == TcpState.CloseWait)
        {
            _table.Counters.EstabResets++;
        }

        End(State == TcpState.SynReceived ? StreamCloseReason.Refused : StreamCloseReason.Reset);
        return DropReason.None;
    }

    /// <summary>The third segment of the handshake; false if it acknowledges something else.</summary>
    private bool CompleteHandshake(in TcpSegment segment)
    {
        if (segment.AcknowledgmentNumber != _initialSend + 1)
        {
            _table.SendReset(segment);
            return false;
        }

        if (_listener is { IsAcceptQueueFull: true })
        {
            // tcp_v4_syn_recv_sock: the third segment is as if it had been lost; the SYN and ACK comes again.
            _table.Counters.ListenOverflows++;
            return false;
        }

        Establish(segment, TcpEvent.SynAcknowledged);
        if ((_flags & TcpFlag.Active) != 0)
        {
            Raise(TcpPending.Connected);
        }
        else
        {
            _pending |= TcpPending.Connected;
        }

        return true;
    }

    private DropReason ReceiveData(ref TcpSegment segment)
    {
        int length = segment.Length;
        if (length == 0)
        {
            return DropReason.None;
        }

        if (State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2))
        {
            // After a FIN there is nothing more to come; a repeated one is acknowledged again.
            _flags |= TcpFlag.AcknowledgeNow;
            return DropReason.TcpInvalid;
        }

        if (UsesEcn)
        {
            TakeMark(segment);
        }

        TrimToWindow(ref segment);
        if (segment.Payload.Length > 0 && IsOrphan && State is TcpState.FinWait1 or TcpState.FinWait2)
        {
            // RFC 9293 section 3.6.1: nobody will read this; the other side must know (TCPABORTONDATA).
            SendReset();
            End(StreamCloseReason.Reset);
            return DropReason.TcpInvalid;
        }

        if (segment.Has(TcpFlags.Fin))
        {
            _flags |= TcpFlag.RemoteFin;
            _remoteFin = segment.SequenceNumber + (uint)segment.Payload.Length;
        }

        if (segment.SequenceNumber == _receiveNext)
        {
            TakeInOrder(segment);
        }
        else if (!TakeOutOfOrder(segment))
        {
            return DropReason.TcpInvalid;
        }

        if ((_flags & TcpFlag.RemoteFin) != 0 && _remoteFin == _receiveNext)
        {
            TakeFin();
        }

        return DropReason.None;
    }

    /// <summary>Cuts off what has been received before and what lies past the window.</summary>
    private void TrimToWindow(ref TcpSegment segment)
    {
        int old = (int)(_receiveNext - segment.SequenceNumber);
        if (old > 0)
        {
            NoteDuplicate(segment.SequenceNumber, segment.SequenceNumber + (uint)segment.Payload.Length);
            segment.Payload = segment.Payload[Math.Min(old, segment.Payload.Length)..];
            segment.SequenceNumber = _receiveNext;
            _flags |= TcpFlag.AcknowledgeNow;
        }

        int excess = (int)(segment.SequenceNumber + (uint)segment.Payload.Length - _receiveEdge);
        if (excess > 0)
        {
            segment.Payload = segment.Payload[..Math.Max(segment.Payload.Length - excess, 0)];
            segment.Flags &= ~TcpFlags.Fin;
            _flags |= TcpFlag.AcknowledgeNow;
        }
    }

    private void TakeInOrder(in TcpSegment segment)
    {
        if (segment.Payload.Length > 0)
        {
            _receive.Write(_table.Buffers, segment.Payload);
            _receiveNext += (uint)segment.Payload.Length;
            OweAcknowledgment(segment);
        }

        if (_outOfOrder is not null)
        {
            // A hole is filled: what was placed behind it counts now (RFC 5681 section 4.2: acknowledge at once).
            _flags |= TcpFlag.AcknowledgeNow;
            if (SequenceNumber.LessOrEqual(_outOfOrder[0].Start, _receiveNext))
            {
                uint end = _outOfOrder[0].End;
                if (SequenceNumber.Less(_receiveNext, end))
                {
                    _receive.Advance((int)(end - _receiveNext));
                    _receiveNext = end;
                }

                _outOfOrder.RemoveBefore(_receiveNext);
                if (_outOfOrder.Count == 0)
                {
                    _table.Return(ref _outOfOrder);
                }
            }
        }

        if (_receive.Count > 0 && (_flags & TcpFlag.ReadableRaised) == 0)
        {
            _pending |= TcpPending.Readable;
        }
    }

    private bool TakeOutOfOrder(in TcpSegment segment)
    {
        _flags |= TcpFlag.AcknowledgeNow;
        _table.Counters.OutOfOrder++;
        if (segment.Payload.Length == 0)
        {
            return true;
        }

        _outOfOrder ??= _table.RentRanges();
        _lastOutOfOrder = segment.SequenceNumber;
        uint end = segment.SequenceNumber + (uint)segment.Payload.Length;
        if (!_outOfOrder.Add(segment.SequenceNumber, end))
        {
            _duplicateStart = segment.SequenceNumber;
            _duplicateEnd = end;
            return false;
        }

        _receive.Place(_table.Buffers, segment.Payload, (int)(segment.SequenceNumber - _receiveNext));
        return true;
    }

    private void TakeFin()
    {
        _receiveNext++;
        _flags &= ~TcpFlag.RemoteFin;

        // tcp_fin: an owner that has not ended its side yet may do so now, and its FIN take the acknowledgment along.
        _flags |= State == TcpState.Established ? TcpFlag.AcknowledgeOwed | TcpFlag.Dialogue : TcpFlag.AcknowledgeNow;
        ChangeState(TcpEvent.FinReceived);
        _closeReason = StreamCloseReason.EndOfStream;
        if (_handler is not null)
        {
            _pending |= TcpPending.Closed;
        }

        if (State == TcpState.TimeWait)
        {
            EnterTimeWait();
        }
    }

    /// <summary>Twice the maximum segment lifetime from now (RFC 9293 section 3.6.1), on Linux one minute.</summary>
    private void EnterTimeWait()
    {
        _table.Counters.TimeWaits++;
        _retransmitDue = _keepAliveDue = Never;
        _send.Clear(_table.Buffers);
        _table.Return(ref _scoreboard);
        _table.Return(ref _sent);
        _table.Return(ref _outOfOrder);
        _lossDue = Never;
        _stateDue = (Now + _table.Settings.TimeWait).Nanoseconds;
    }
}
