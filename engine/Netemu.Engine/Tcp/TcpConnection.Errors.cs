using Netemu.Core.Streams;

namespace Netemu.Engine.Tcp;

/// <summary>What ICMP says about a connection's segments (RFC 1191, RFC 5461, RFC 5927).</summary>
public sealed partial class TcpConnection
{
    /// <summary>RFC 5927 section 4.1: an error about a number that is not in flight is not about this connection's segment.</summary>
    internal bool IsInFlight(uint sequence) => SequenceNumber.LessOrEqual(_sendUnacknowledged, sequence)
        && SequenceNumber.LessOrEqual(sequence, _sendMaximum);

    /// <summary>The path has become narrower: what is too large goes again in smaller segments (RFC 1191 section 6.4).</summary>
    internal void PathMtuChanged()
    {
        int before = _segmentSize;
        UpdateSegmentSize();
        if (_segmentSize >= before || State is TcpState.SynSent or TcpState.SynReceived or TcpState.Closed or TcpState.TimeWait
            || _sendUnacknowledged == _sendMaximum)
        {
            return;
        }

        _flags &= ~TcpFlag.Timing;
        if (_sent is not null)
        {
            // tcp_simple_retransmit: what was too large is lost, and congestion has nothing to do with it.
            for (int i = 0; i < _sent.Count; i++)
            {
                ref SentSegment segment = ref _sent[i];
                if (!segment.Sacked && !segment.Lost && segment.End - segment.Start > (uint)_segmentSize)
                {
                    segment.Lost = true;
                    _sent.LostBytes += (int)(segment.End - segment.Start);
                }
            }

            RetransmitFirstLost();
        }
        else
        {
            _sendNext = _sendUnacknowledged;
            RetransmitAt(_sendUnacknowledged, BufferEnd);
        }

        Output();
        Arm();
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
