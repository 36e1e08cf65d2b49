using System;
using Netemu.Core.Wire;

namespace Netemu.Engine.Tcp;

/// <summary>What is sent and when: windows, Nagle, FIN, probes (RFC 9293 section 3.8.6, RFC 1122 section 4.2.3.4).</summary>
public sealed partial class TcpConnection
{
    private uint _initialSend;
    private uint _sendUnacknowledged;
    private uint _sendNext;
    private uint _sendMaximum;
    private uint _sendWindow;
    private uint _largestSendWindow;
    private uint _windowUpdateSequence;
    private uint _windowUpdateAcknowledgment;

    /// <summary>The sequence number of the first byte in the send buffer.</summary>
    private uint _bufferSequence;

    /// <summary>The end of the last segment sent that was smaller than the segment size (Minshall's variant of Nagle).</summary>
    private uint _smallSegmentEnd;

    private ushort _peerSegmentSize;
    private int _segmentSize;
    private byte _sendScale;
    private byte _receiveScale;

    /// <summary>Timestamps count milliseconds from a random start (RFC 7323 section 5.4).</summary>
    private uint _timestampOffset;

    private uint BufferEnd => _bufferSequence + (uint)_send.Count;

    private bool FinQueued => (_flags & TcpFlag.FinQueued) != 0;

    /// <summary>True once the FIN has been sent at least once.</summary>
    private bool FinSent => FinQueued && SequenceNumber.Less(BufferEnd, _sendMaximum);

    /// <summary>Sends the first SYN.</summary>
    internal void StartActive()
    {
        _flags |= TcpFlag.Active;
        ChangeState(TcpEvent.ActiveOpen);
        InitializeSend(_table.NextInitialSequence());
        SendSynchronize();
        StartRetransmissionTimer();
        Arm();
    }

    private void InitializeSend(uint initialSequence)
    {
        _initialSend = initialSequence;
        _timestampOffset = _table.NextTimestampOffset();
        _sendUnacknowledged = _initialSend;
        _sendNext = _sendMaximum = _initialSend + 1;
        _bufferSequence = _initialSend + 1;
        _smallSegmentEnd = _sendUnacknowledged;
        _recoveryPoint = _initialSend;
        _receiveScale = WindowScaleFor(_table.Settings.ReceiveBuffer);
        _timingSequence = _initialSend + 1;
        _timingStart = Now.Nanoseconds;
        _flags |= TcpFlag.Timing;
    }

    /// <summary>The least shift by which the whole buffer can be advertised.</summary>
    private static byte WindowScaleFor(int buffer)
    {
        byte scale = 0;
        while (scale < TcpOptions.MaximumWindowScale && buffer >> scale > ushort.MaxValue)
        {
            scale++;
        }

        return scale;
    }

    /// <summary>Sends the SYN of SYN-SENT or the SYN and ACK of SYN-RECEIVED, again or for the first time.</summary>
    private void SendSynchronize()
    {
        bool answer = State != TcpState.SynSent;
        Emit(_initialSend, TcpFlags.Syn | (answer ? TcpFlags.Ack : TcpFlags.None) | SynchronizeFlags(answer), 0, 0);
    }

    /// <summary>Sends whatever may be sent now.</summary>
    private void Output()
    {
        if (State is not (TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck))
        {
            return;
        }

        if (_sendUnacknowledged == _sendMaximum)
        {
            RestartAfterIdle();
        }

        uint before = _sendMaximum;
        _table.BeginSuper();
        while (SendSelective())
        {
        }

        _table.EndSuper();
        if (_retransmitDue == Never && (_sendUnacknowledged != _sendMaximum || _send.Count > 0))
        {
            // Something is in flight, or a closed window must be probed.
            StartRetransmissionTimer();
        }

        if (before != _sendMaximum)
        {
            ScheduleProbe();
        }
    }

    /// <summary>Sends one segment from SND.NXT if windows and Nagle let it; false to stop.</summary>
    private bool SendNext()
    {
        int length = Math.Min((int)(BufferEnd - _sendNext), _segmentSize);
        if (length <= 0)
        {
            _flags &= ~TcpFlag.WindowLimited;
            if (FinQueued && _sendNext == BufferEnd)
            {
                Transmit(_sendNext, TcpFlags.Fin | TcpFlags.Ack, 0, 0);
            }

            return false;
        }

        int window = (int)(_sendUnacknowledged + _sendWindow - _sendNext);
        if (length > window)
        {
            _flags &= ~TcpFlag.WindowLimited;
            if (window <= 0)
            {
                return false;
            }

            length = window;
        }

        if (length > AllowedByCongestion())
        {
            _flags |= TcpFlag.WindowLimited;
            return false;
        }

        bool last = _sendNext + (uint)length == BufferEnd;
        if (length < _segmentSize && _sendNext == _sendMaximum && !MaySendSmall(length, last))
        {
            _flags &= ~TcpFlag.WindowLimited;
            return false;
        }

        SendData(_sendNext, length);
        return true;
    }

    /// <summary>RFC 1122 section 4.2.3.4: no silly windows, and Nagle's rule as Minshall refined it.</summary>
    private bool MaySendSmall(int length, bool last)
    {
        if (!last)
        {
            return (uint)length >= _largestSendWindow / 2;
        }

        bool smallInFlight = SequenceNumber.Less(_sendUnacknowledged, _smallSegmentEnd)
            && SequenceNumber.LessOrEqual(_smallSegmentEnd, _sendMaximum);
        return NoDelay || FinQueued || !smallInFlight;
    }

    /// <summary>Sends bytes of the buffer, with PSH and FIN where they belong.</summary>
    private void SendData(uint sequence, int length)
    {
        TcpFlags flags = TcpFlags.Ack;
        if (sequence + (uint)length == BufferEnd)
        {
            flags |= TcpFlags.Psh | (FinQueued ? TcpFlags.Fin : TcpFlags.None);
        }

        if (length < _segmentSize)
        {
            _smallSegmentEnd = SequenceNumber.Max(_smallSegmentEnd, sequence + (uint)length);
        }

        Transmit(sequence, flags, (int)(sequence - _bufferSequence), length);
    }

    /// <summary>Sends data or a FIN, first or again, and keeps the books.</summary>
    private void Transmit(uint sequence, TcpFlags flags, int offset, int length)
    {
        uint end = sequence + (uint)length + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0u);
        if (SequenceNumber.Less(sequence, _sendMaximum))
        {
            CountRetransmission();
            if (SequenceNumber.Less(sequence, _timingSequence))
            {
                // Karn: what has been sent twice measures nothing (RFC 6298 section 3).
                _flags &= ~TcpFlag.Timing;
            }
        }
        else if ((_flags & TcpFlag.Timing) == 0)
        {
            _flags |= TcpFlag.Timing;
            _timingSequence = end;
            _timingStart = Now.Nanoseconds;
        }

        Emit(sequence, flags, offset, length);
        NoteSent(sequence, end);
        if (SequenceNumber.Less(_sendNext, end))
        {
            _sendNext = end;
        }

        _sendMaximum = SequenceNumber.Max(_sendMaximum, end);
        _lastSent = Now.Nanoseconds;
    }

    private void CountRetransmission()
    {
        _retransmissions++;
        _table.Counters.RetransSegs++;
    }

    private void SendAcknowledgment() => Emit(_sendMaximum, TcpFlags.Ack, 0, 0);

    /// <summary>RFC 5961: an ACK that asks the sender to prove that it is who it seems, within the namespace's limit.</summary>
    private void SendChallenge()
    {
        if (_table.TakeChallenge())
        {
            _table.Counters.ChallengeAcks++;
            SendAcknowledgment();
        }
    }

    private void SendReset()
    {
        uint sequence = State == TcpState.SynReceived ? _initialSend + 1 : _sendMaximum;
        _table.Counters.OutRsts++;
        Emit(sequence, TcpFlags.Rst | TcpFlags.Ack, 0, 0);
    }

    /// <summary>A segment with an old number, which must be answered (tcp_xmit_probe_skb).</summary>
    private void SendProbe() => Emit(_sendUnacknowledged - 1, TcpFlags.Ack, 0, 0);

    /// <summary>A closed window that has not opened: asks again, or sends what little fits (RFC 9293 section 3.8.6.1).</summary>
    private void ProbeWindow()
    {
        _table.Counters.WindowProbes++;
        int window = (int)(_sendUnacknowledged + _sendWindow - _sendNext);
        int length = Math.Min(Math.Min(window, _segmentSize), (int)(BufferEnd - _sendNext));
        if (length > 0)
        {
            SendData(_sendNext, length);
        }
        else
        {
            SendProbe();
        }
    }

    /// <summary>The window to advertise now; never less than what was promised before.</summary>
    private uint ReceiveWindow()
    {
        int free = Math.Max(_table.Settings.ReceiveBuffer - _receive.Count, 0);
        uint promised = SequenceNumber.Less(_receiveNext, _receiveEdge) ? _receiveEdge - _receiveNext : 0;

        // RFC 9293 section 3.8.6.2.2: a window that would open by a sliver stays where it is.
        if ((uint)free < promised + (uint)Math.Min(_table.Settings.ReceiveBuffer / 2, _segmentSize))
        {
            return promised;
        }

        return Math.Max((uint)free, promised);
    }

    /// <summary>
    /// True if the segments of one call of <see cref="Output"/> differ in number, flags and payload alone: marks and signatures
    /// make each its own.
    /// </summary>
    internal bool MayGather => _signatureKey is null && !UsesEcn;

    /// <summary>Builds one segment and hands it to IP; everything that acknowledges is settled by it.</summary>
    private void Emit(uint sequence, TcpFlags flags, int offset, int length)
    {
        if (_table.TryAppend(this, sequence, flags, ref _send, offset, length))
        {
            return;
        }

        ushort window = 0;
        uint acknowledgment = 0;
        if ((flags & TcpFlags.Ack) != 0)
        {
            acknowledgment = _receiveNext;
        }

        if ((flags & TcpFlags.Syn) != 0)
        {
            // RFC 7323 section 2.2: the window of a SYN is never scaled.
            uint first = (uint)Math.Min(_table.Settings.ReceiveBuffer, ushort.MaxValue);
            window = (ushort)first;
            _receiveEdge = _receiveNext + first;
        }
        else if ((flags & TcpFlags.Rst) == 0)
        {
            int scale = (_flags & TcpFlag.WindowScaling) != 0 ? _receiveScale : 0;
            uint scaled = Math.Min(ReceiveWindow() >> scale, ushort.MaxValue);
            window = (ushort)scaled;
            _receiveEdge = SequenceNumber.Max(_receiveEdge, _receiveNext + (scaled << scale));
            SetFlag(TcpFlag.ZeroWindow, scaled == 0);
        }

        if ((flags & TcpFlags.Ack) != 0)
        {
            NoteAcknowledging();
        }

        if (length > 0)
        {
            NoteAnswer();
        }

        byte trafficClass = _trafficClass;
        if (UsesEcn)
        {
            (flags, byte codepoint) = MarkOutgoing(flags, sequence, length);
            trafficClass |= codepoint;
        }

        Span<byte> options = stackalloc byte[40];
        int optionLength = WriteOptions(options, flags, length);
        _table.Send(this, trafficClass, sequence, acknowledgment, flags, window, options[..optionLength], ref _send, offset, length);
    }
}
