using System;
using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>Events in the order of sending, which is the order of arrival: a ring that grows.</summary>
internal sealed class PipeQueue
{
    private PipeEvent[] _ring = new PipeEvent[64];
    private int _head;

    public int Count { get; private set; }

    public SimTime NextDue => Count == 0 ? SimTime.Never : _ring[_head].Due;

    public void Enqueue(PipeEvent added)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + Count++) & (_ring.Length - 1)] = added;
    }

    /// <summary>Makes the last event longer if it is data for the same stream at the same instant: what is written in one instant arrives as one.</summary>
    public bool TryExtend(PipeStream target, SimTime due, int length)
    {
        if (Count == 0)
        {
            return false;
        }

        ref PipeEvent last = ref _ring[(_head + Count - 1) & (_ring.Length - 1)];
        bool same = ReferenceEquals(last.Target, target) && last.Kind == PipeEventKind.Data && last.Due == due;
        if (same)
        {
            last = last with { Length = last.Length + length };
        }

        return same;
    }

    public PipeEvent Take()
    {
        PipeEvent taken = _ring[_head];
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        return taken;
    }

    private void Grow()
    {
        PipeEvent[] larger = new PipeEvent[_ring.Length * 2];
        int first = _ring.Length - _head;
        Array.Copy(_ring, _head, larger, 0, first);
        Array.Copy(_ring, 0, larger, first, _head);
        _ring = larger;
        _head = 0;
    }
}
