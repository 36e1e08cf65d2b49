using System;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>
/// Frames by the instant at which they leave, of equal instants in the order of their coming. Most come in that order and
/// stand in a ring; one that is to leave before the last of the ring goes into a heap beside it.
/// </summary>
internal sealed class DelayedFrames
{
    private readonly TimedQueue _ring = new();
    private Entry[] _heap = [];
    private int _heapCount;
    private long _heapBytes;
    private long _sequence;
    private long _latest;

    public int Count => _ring.Count + _heapCount;

    public long Bytes => _ring.Bytes + _heapBytes;

    /// <summary>The first instant; only while there are frames.</summary>
    public long HeadTime => _heapCount == 0
        ? _ring.HeadTime
        : _ring.Count == 0 ? _heap[0].Time : Math.Min(_ring.HeadTime, _heap[0].Time);

    /// <summary>The last instant of all that wait; only while there are frames.</summary>
    public long Latest => _latest;

    public void Add(Frame frame, long time)
    {
        _latest = Count == 0 ? time : Math.Max(_latest, time);
        if (_ring.Count == 0 || time >= _ring.TailTime)
        {
            _ring.Add(frame, time);
            return;
        }

        if (_heapCount == _heap.Length)
        {
            Array.Resize(ref _heap, Math.Max(8, _heap.Length * 2));
        }

        _heapBytes += frame.Length;
        SiftUp(new Entry { Frame = frame, Time = time, Sequence = _sequence++ }, _heapCount++);
    }

    public Frame Take()
    {
        // At equal instants the ring's frame came first or last: first, if the heap's one was put beside a later tail.
        if (_heapCount == 0 || (_ring.Count > 0 && _ring.HeadTime <= _heap[0].Time))
        {
            return _ring.Take();
        }

        Frame frame = _heap[0].Frame;
        _heapBytes -= frame.Length;
        Entry last = _heap[--_heapCount];
        _heap[_heapCount] = default;
        if (_heapCount > 0)
        {
            SiftDown(last);
        }

        return frame;
    }

    private void SiftUp(Entry entry, int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!Before(entry, _heap[parent]))
            {
                break;
            }

            _heap[index] = _heap[parent];
            index = parent;
        }

        _heap[index] = entry;
    }

    private void SiftDown(Entry entry)
    {
        int index = 0;
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= _heapCount)
            {
                break;
            }

            if (child + 1 < _heapCount && Before(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!Before(_heap[child], entry))
            {
                break;
            }

            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = entry;
    }

    private static bool Before(in Entry left, in Entry right) =>
        left.Time != right.Time ? left.Time < right.Time : left.Sequence < right.Sequence;

    private struct Entry
    {
        public Frame Frame;
        public long Time;
        public long Sequence;
    }
}
