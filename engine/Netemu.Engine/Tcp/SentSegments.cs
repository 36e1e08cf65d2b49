namespace Netemu.Engine.Tcp;

/// <summary>
/// What a sender with SACK has in flight, in the order of sequence numbers, and the state of RACK (RFC 8985 section 5.2) that
/// lives as long as something is. A ring that grows and is rented while there is a segment in it.
/// </summary>
internal sealed class SentSegments
{
    private SentSegment[] _ring = new SentSegment[4];
    private int _head;

    public int Count { get; private set; }

    /// <summary>Bytes that count as lost and have not been sent again.</summary>
    public int LostBytes { get; set; }

    /// <summary>Segments that were acknowledged selectively.</summary>
    public int Sacked { get; set; }

    /// <summary>RACK.xmit_ts and RACK.end_seq: the segment sent last of all that have been delivered.</summary>
    public long NewestSentAt { get; set; } = long.MinValue;
    public uint NewestEnd { get; set; }

    /// <summary>RACK.rtt.</summary>
    public long RoundTrip { get; set; }

    /// <summary>RACK.fack: the highest number that has been delivered.</summary>
    public uint ForwardAck { get; set; }

    /// <summary>When the congestion window was last reduced for a loss.</summary>
    public long ReducedAt { get; set; } = long.MinValue;

    /// <summary>The rounds of HyStart++ (RFC 9406): the shortest round trip of this and the last one, and where this one ends.</summary>
    public long RoundMinimum { get; set; } = long.MaxValue;
    public long LastRoundMinimum { get; set; } = long.MaxValue;
    public int RoundSamples { get; set; }
    public uint RoundEnd { get; set; }

    /// <summary>The round of conservative slow start, 0 outside of it, and the round trip that began it.</summary>
    public int ConservativeRounds { get; set; }
    public long ConservativeBaseline { get; set; }

    public ref SentSegment this[int index] => ref _ring[(_head + index) & (_ring.Length - 1)];

    public void Append(uint start, uint end, long now)
    {
        if (Count == _ring.Length)
        {
            Enlarge();
        }

        if (Count == 0)
        {
            ForwardAck = start;
            RoundEnd = end;
        }

        ref SentSegment segment = ref this[Count++];
        segment = new SentSegment { Start = start, End = end, SentAt = now };
    }

    public void RemoveFirst()
    {
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
    }

    /// <summary>The first segment that ends behind <paramref name="sequence"/>; the count if there is none.</summary>
    public int IndexOf(uint sequence)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (SequenceNumber.Less(sequence, this[middle].End))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    public void Clear()
    {
        _head = Count = LostBytes = Sacked = 0;
        NewestSentAt = ReducedAt = long.MinValue;
        RoundTrip = 0;
        RoundMinimum = LastRoundMinimum = long.MaxValue;
        RoundSamples = ConservativeRounds = 0;
    }

    private void Enlarge()
    {
        SentSegment[] ring = new SentSegment[_ring.Length * 2];
        for (int i = 0; i < Count; i++)
        {
            ring[i] = this[i];
        }

        _ring = ring;
        _head = 0;
    }
}
