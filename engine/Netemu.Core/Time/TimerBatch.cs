using System;
using System.Diagnostics.CodeAnalysis;

namespace Netemu.Core.Time;

/// <summary>The timers due in the current window as a binary heap in the order (due, owner, sequence).</summary>
public sealed class TimerBatch
{
    private TimerEntry[] _heap = [];

    public int Count { get; private set; }

    /// <summary>The due time of the first timer; <see cref="SimTime.Never"/> when empty.</summary>
    public SimTime NextDue => Count == 0 ? SimTime.Never : _heap[0].Due;

    public void Add(TimerEntry timer)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Math.Max(4, Count * 2));
        }

        timer.Place = TimerPlace.Batch;
        SiftUp(timer, Count++);
    }

    /// <summary>Takes the first timer and disarms it.</summary>
    public bool TryTake([NotNullWhen(true)] out TimerEntry? timer)
    {
        if (Count == 0)
        {
            timer = null;
            return false;
        }

        timer = _heap[0];
        Remove(timer);
        return true;
    }

    public void Remove(TimerEntry timer)
    {
        int index = timer.HeapIndex;
        timer.Place = TimerPlace.None;
        TimerEntry last = _heap[--Count];
        _heap[Count] = null!;
        if (index == Count)
        {
            return;
        }

        if (index > 0 && Before(last, _heap[(index - 1) / 2]))
        {
            SiftUp(last, index);
        }
        else
        {
            SiftDown(last, index);
        }
    }

    private static bool Before(TimerEntry left, TimerEntry right)
    {
        if (left.Due != right.Due)
        {
            return left.Due < right.Due;
        }

        return left.OwnerIndex != right.OwnerIndex ? left.OwnerIndex < right.OwnerIndex : left.Sequence < right.Sequence;
    }

    private void SiftUp(TimerEntry timer, int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!Before(timer, _heap[parent]))
            {
                break;
            }

            Place(_heap[parent], index);
            index = parent;
        }

        Place(timer, index);
    }

    private void SiftDown(TimerEntry timer, int index)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && Before(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!Before(_heap[child], timer))
            {
                break;
            }

            Place(_heap[child], index);
            index = child;
        }

        Place(timer, index);
    }

    private void Place(TimerEntry timer, int index)
    {
        _heap[index] = timer;
        timer.HeapIndex = index;
    }
}
