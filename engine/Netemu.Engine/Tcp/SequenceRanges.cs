using System;

namespace Netemu.Engine.Tcp;

/// <summary>
/// Disjoint, sorted ranges of sequence numbers, all within 2^31 of each other: what has come out of order (receiver), or
/// what the other side has selectively acknowledged (sender). Rented while a connection has any.
/// </summary>
internal sealed class SequenceRanges
{
    /// <summary>More holes than this are not remembered; the segments behind them count as lost.</summary>
    public const int Limit = 1024;

    private (uint Start, uint End)[] _ranges = new (uint Start, uint End)[4];

    public int Count { get; private set; }

    /// <summary>The numbers in all ranges.</summary>
    public int Bytes { get; private set; }

    public (uint Start, uint End) this[int index] => _ranges[index];

    /// <summary>The end of the last range.</summary>
    public uint End => _ranges[Count - 1].End;

    /// <summary>Adds [start, end), merging what touches; false if nothing new came with it or there is no room.</summary>
    public bool Add(uint start, uint end)
    {
        int first = Count;
        while (first > 0 && SequenceNumber.LessOrEqual(start, _ranges[first - 1].End))
        {
            first--;
        }

        int last = first;
        uint mergedStart = start;
        uint mergedEnd = end;
        int covered = 0;
        while (last < Count && SequenceNumber.LessOrEqual(_ranges[last].Start, end))
        {
            mergedStart = SequenceNumber.Min(mergedStart, _ranges[last].Start);
            mergedEnd = SequenceNumber.Max(mergedEnd, _ranges[last].End);
            covered += (int)(_ranges[last].End - _ranges[last].Start);
            last++;
        }

        int added = (int)(mergedEnd - mergedStart) - covered;
        if (added == 0 || (last == first && Count == Limit))
        {
            return false;
        }

        if (last == first)
        {
            if (Count == _ranges.Length)
            {
                Array.Resize(ref _ranges, Count * 2);
            }

            Array.Copy(_ranges, first, _ranges, first + 1, Count - first);
            Count++;
        }
        else
        {
            Array.Copy(_ranges, last, _ranges, first + 1, Count - last);
            Count -= last - first - 1;
        }

        _ranges[first] = (mergedStart, mergedEnd);
        Bytes += added;
        return true;
    }

    /// <summary>Forgets everything before <paramref name="sequence"/>.</summary>
    public void RemoveBefore(uint sequence)
    {
        int gone = 0;
        while (gone < Count && SequenceNumber.LessOrEqual(_ranges[gone].End, sequence))
        {
            Bytes -= (int)(_ranges[gone].End - _ranges[gone].Start);
            gone++;
        }

        if (gone > 0)
        {
            Array.Copy(_ranges, gone, _ranges, 0, Count - gone);
            Count -= gone;
        }

        if (Count > 0 && SequenceNumber.Less(_ranges[0].Start, sequence))
        {
            Bytes -= (int)(sequence - _ranges[0].Start);
            _ranges[0].Start = sequence;
        }
    }

    /// <summary>How many numbers of [start, end) lie in no range.</summary>
    public int Missing(uint start, uint end)
    {
        if (!SequenceNumber.Less(start, end))
        {
            return 0;
        }

        int missing = (int)(end - start);
        for (int i = 0; i < Count; i++)
        {
            uint from = SequenceNumber.Max(start, _ranges[i].Start);
            uint to = SequenceNumber.Min(end, _ranges[i].End);
            if (SequenceNumber.Less(from, to))
            {
                missing -= (int)(to - from);
            }
        }

        return missing;
    }

    /// <summary>The first number from <paramref name="sequence"/> on that lies in no range, and where its hole ends.</summary>
    public uint NextHole(uint sequence, uint limit, out uint end)
    {
        for (int i = 0; i < Count; i++)
        {
            if (SequenceNumber.Less(sequence, _ranges[i].Start))
            {
                end = SequenceNumber.Min(limit, _ranges[i].Start);
                return sequence;
            }

            if (SequenceNumber.Less(sequence, _ranges[i].End))
            {
                sequence = _ranges[i].End;
            }
        }

        end = limit;
        return sequence;
    }

    /// <summary>The range that holds <paramref name="sequence"/>, or -1.</summary>
    public int IndexOf(uint sequence)
    {
        for (int i = 0; i < Count; i++)
        {
            if (SequenceNumber.LessOrEqual(_ranges[i].Start, sequence) && SequenceNumber.Less(sequence, _ranges[i].End))
            {
                return i;
            }
        }

        return -1;
    }

    public void Clear()
    {
        Count = 0;
        Bytes = 0;
    }
}
