using Netemu.Core.Wire;

namespace Netemu.Engine.Tcp;

/// <summary>Explicit congestion notification (RFC 3168), by net.ipv4.tcp_ecn.</summary>
public sealed partial class TcpConnection
{
    /// <summary>The codepoints of the IP header's two bits (section 5).</summary>
    private const byte CapableTransport = 2;
    private const byte CongestionExperienced = 3;

    /// <summary>True if both sides understand it (TCP_ECN_OK).</summary>
    public bool UsesEcn => (_flags & TcpFlag.Ecn) != 0;

    /// <summary>Section 6.1.1: the flags of a SYN that offers ECN, or of the SYN and ACK that takes the offer.</summary>
    private TcpFlags SynchronizeFlags(bool answer)
    {
        if (!answer)
        {
            // Section 6.1.1.1: a SYN that went unanswered goes again without the offer.
            return _table.Settings.Ecn == 1 && _backoff == 0 ? TcpFlags.Ece | TcpFlags.Cwr : TcpFlags.None;
        }

        return UsesEcn ? TcpFlags.Ece : TcpFlags.None;
    }

    /// <summary>What the other side's SYN says; a SYN and ACK carries ECE alone.</summary>
    private void NegotiateEcn(in TcpSegment segment)
    {
        TcpFlags both = segment.Flags & (TcpFlags.Ece | TcpFlags.Cwr);
        bool agreed = segment.Has(TcpFlags.Ack)
            ? _table.Settings.Ecn == 1 && both == TcpFlags.Ece
            : _table.Settings.Ecn != 0 && both == (TcpFlags.Ece | TcpFlags.Cwr) && (segment.TrafficClass & 3) == 0;
        SetFlag(TcpFlag.Ecn, agreed);
    }

    /// <summary>
    /// Section 6.1.3: a mark is echoed on every acknowledgment until the sender says that it has reduced its window, and the
    /// first echo goes at once.
    /// </summary>
    private void TakeMark(in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Cwr))
        {
            _flags &= ~TcpFlag.EcnEcho;
        }

        if ((segment.TrafficClass & 3) == CongestionExperienced)
        {
            if ((_flags & TcpFlag.EcnEcho) == 0)
            {
                AcknowledgeQuickly(2);
                _flags |= TcpFlag.AcknowledgeNow;
            }

            _flags |= TcpFlag.EcnEcho;
            _table.Counters.CongestionMarks++;
        }
    }

    /// <summary>Section 6.1.2: the window is reduced as for a loss, but once per window of data.</summary>
    private void TakeEcho(in TcpSegment segment)
    {
        if (!segment.Has(TcpFlags.Ece) || _phase != RecoveryPhase.Open
            || ((_flags & TcpFlag.EcnReduced) != 0 && SequenceNumber.Less(_sendUnacknowledged, _recoveryPoint)))
        {
            return;
        }

        ReduceThreshold();
        _congestionWindow = _slowStartThreshold;
        _recoveryPoint = _sendMaximum;
        _flags |= TcpFlag.EcnReduced | TcpFlag.CwrOwed;
    }

    /// <summary>The flags and the codepoint of a segment; only new data is marked as capable (section 6.1.5).</summary>
    private (TcpFlags Flags, byte Codepoint) MarkOutgoing(TcpFlags flags, uint sequence, int length)
    {
        if ((flags & (TcpFlags.Syn | TcpFlags.Rst)) != 0)
        {
            return (flags, 0);
        }

        if ((_flags & TcpFlag.EcnEcho) != 0)
        {
            flags |= TcpFlags.Ece;
        }

        if (length == 0 || SequenceNumber.Less(sequence, _sendMaximum))
        {
            return (flags, 0);
        }

        if ((_flags & TcpFlag.CwrOwed) != 0)
        {
            _flags &= ~TcpFlag.CwrOwed;
            flags |= TcpFlags.Cwr;
        }

        return (flags, CapableTransport);
    }
}
