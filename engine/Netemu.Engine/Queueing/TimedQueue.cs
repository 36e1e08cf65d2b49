using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>A ring of frames, each with an instant: when it came, or when it may leave.</summary>
internal sealed class TimedQueue
{
    private Entry[] _ring = new Entry[8];
    private int _head;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public Frame Head => _ring[_head].Frame;

    public long HeadTime => _ring[_head].Time;

    public long TailTime => _ring[(_head + Count - 1) & (_ring.Length - 1)].Time;

    public void Add(Frame frame, long time)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        ref Entry entry = ref _ring[(_head + Count) & (_ring.Length - 1)];
        entry.Frame = frame;
        entry.Time = time;
        Count++;
        Bytes += frame.Length;
    }

    public Frame Take(out long time)
    {
        ref Entry entry = ref _ring[_head];
        Frame frame = entry.Frame;
        time = entry.Time;
        entry.Frame = null!;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        Bytes -= frame.Length;
        return frame;
    }

    public Frame Take() => Take(out _);

    private void Grow()
    {
        Entry[] ring = new Entry[_ring.Length * 2];
        for (int i = 0; i < Count; i++)
        {
            ring[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = ring;
        _head = 0;
    }

    private struct Entry
    {
        public Frame Frame;
        public long Time;
    }
}
