using System;
using System.Collections.Generic;
using Netemu.Core.Time;

namespace Netemu.Engine.Simulation;

/// <summary>
/// Events that run alone, before every other event of their instant, in the order they were added: scenario steps and
/// changes of the structure.
/// </summary>
internal sealed class BarrierQueue
{
    private readonly PriorityQueue<Action, (long Time, long Sequence)> _queue = new();
    private long _sequence;

    public long NextTime => _queue.TryPeek(out _, out (long Time, long Sequence) key) ? key.Time : long.MaxValue;

    public int Count => _queue.Count;

    public void Add(SimTime time, Action action) => _queue.Enqueue(action, (time.Nanoseconds, ++_sequence));

    public Action Take() => _queue.Dequeue();
}
