using System;
using System.Runtime.InteropServices;
using Netemu.Core.Time;

namespace Netemu.Engine.Simulation;

/// <content>How time goes on: barrier events, windows, and the timers and shards that are due in them.</content>
public sealed partial class Emulation
{
    /// <summary>Runs everything due up to and at <paramref name="end"/>; then it is <paramref name="end"/>.</summary>
    public void RunUntil(SimTime end) => RunUntil(end, static () => false);

    /// <summary>
    /// Runs until <paramref name="end"/>, or until <paramref name="stop"/> holds after a window; says whether it stopped.
    /// </summary>
    public bool RunUntil(SimTime end, Func<bool> stop)
    {
        EnsureStructure();
        DrainAll();
        IsBuilding = false;
        while (Pace is null ? Step(end) : StepPaced(end))
        {
            if (stop())
            {
                return true;
            }

            if (FrameLimitReached)
            {
                return true;
            }
        }

        if (end != SimTime.Never)
        {
            IsInstantOpen = false;
            SetNow(end.Nanoseconds);
        }

        return false;
    }

    /// <summary>Runs one barrier instant or one window that begins by <paramref name="end"/>; false if there is none.</summary>
    public bool Step(SimTime end)
    {
        EnsureStructure();
        long start = Math.Min(_nextWork, _wheel.NextDue().Nanoseconds);
        long barrier = _barriers.NextTime;
        long first = Math.Min(start, barrier);
        if (first > end.Nanoseconds || first == long.MaxValue)
        {
            return false;
        }

        if (barrier <= start)
        {
            SetNow(barrier);
            _barriers.Take()();
            DrainAll();
            IsInstantOpen = true;
            return true;
        }

        long windowEnd = Math.Min(Math.Min(start + _window, barrier), end.Nanoseconds == long.MaxValue ? long.MaxValue : end.Nanoseconds + 1);
        _wheel.Advance(new SimTime(windowEnd), _toShard);
        RunWindow(windowEnd);
        _now = Math.Max(_now, windowEnd - 1);
        IsInstantOpen = false;
        Windows++;
        WindowEnded?.Invoke(new SimTime(windowEnd));
        return true;
    }

    /// <summary>
    /// A step no further than the pace allows; without work until there, time itself goes on. False at the end. All
    /// clocks stand alike afterwards, wherever the pace has cut the window.
    /// </summary>
    private bool StepPaced(SimTime end)
    {
        SimTime limit = Pace!.Advance(this, end);
        bool stepped = Step(limit);
        if (!stepped && limit > Now)
        {
            IsInstantOpen = false;
        }

        SetNow(stepped ? _now : limit.Nanoseconds);
        return stepped || limit < end;
    }

    internal void Schedule(Node node, TimerEntry timer, SimTime due, long sequence)
    {
        Cancel(node, timer);
        SimTime now = node.Now;
        timer.Due = due < now ? now : due;
        timer.OwnerIndex = node.Index;
        timer.Sequence = sequence;
        Shard? shard = node.ShardOrNull;
        if (shard is not null && timer.Due.Nanoseconds < shard.WindowEnd)
        {
            shard.Timers.Add(timer);
        }
        else
        {
            _wheel.Insert(timer);
        }
    }

    internal void Cancel(Node node, TimerEntry timer)
    {
        if (timer.IsInBatch)
        {
            node.Shard.Timers.Remove(timer);
        }
        else if (timer.IsArmed)
        {
            _wheel.Remove(timer);
        }
    }

    internal void NoteWork(Shard shard, long time)
    {
        _nextWork = Math.Min(_nextWork, time);
        if (!shard.IsActive)
        {
            shard.IsActive = true;
            _active.Add(shard);
        }
    }

    private void ToShard(TimerEntry timer)
    {
        Shard shard = _nodes[timer.OwnerIndex].Shard;
        shard.Timers.Add(timer);
        shard.NoteWork(timer.Due.Nanoseconds);
    }

    /// <summary>Visits the shards that have work before <paramref name="end"/>.</summary>
    private void RunWindow(long end)
    {
        int count = CollectDue(end);
        for (int i = 0; i < count; i += WindowWarmer.Group)
        {
            Span<Shard> group = _visit.AsSpan(i, Math.Min(WindowWarmer.Group, count - i));
            if (_shards.Count >= WarmFrom)
            {
                (_warmer ??= new WindowWarmer()).Warm(group, end);
            }

            foreach (Shard shard in group)
            {
                shard.RunWindow(end);
                _nextWork = Math.Min(_nextWork, shard.NextTime);
            }
        }
    }

    /// <summary>
    /// Finds the shards to visit, and when the earliest of the others has work. Those that were left without any stay in the
    /// list until they are met here.
    /// </summary>
    private int CollectDue(long end)
    {
        if (_visit.Length < _active.Count)
        {
            Array.Resize(ref _visit, Math.Max(_active.Count, _visit.Length * 2));
        }

        int count = 0;
        int kept = 0;
        _nextWork = long.MaxValue;
        foreach (Shard shard in CollectionsMarshal.AsSpan(_active))
        {
            long next = shard.NextTime;
            if (next == long.MaxValue)
            {
                shard.IsActive = false;
                continue;
            }

            _active[kept++] = shard;
            if (next < end)
            {
                _visit[count++] = shard;
            }
            else
            {
                _nextWork = Math.Min(_nextWork, next);
            }
        }

        _active.RemoveRange(kept, _active.Count - kept);

        switch (Options.ShardOrder)
        {
            case ShardOrder.Reversed:
                Array.Reverse(_visit, 0, count);
                break;
            case ShardOrder.Shuffled:
                for (int i = count - 1; i > 0; i--)
                {
                    int j = (int)_shuffle.NextBelow(i + 1);
                    (_visit[i], _visit[j]) = (_visit[j], _visit[i]);
                }

                break;
            case ShardOrder.Declared:
            default:
                break;
        }

        return count;
    }

    private void SetNow(long now)
    {
        _now = Math.Max(_now, now);
        foreach (Shard shard in _shards)
        {
            shard.NowNanoseconds = _now;
        }
    }

    /// <summary>After a barrier event, and at the start: frames that were sent without delay go on at once, in declaration order of shards.</summary>
    private void DrainAll()
    {
        EnsureStructure();
        foreach (Shard shard in _shards)
        {
            shard.Drain();
        }
    }
}
