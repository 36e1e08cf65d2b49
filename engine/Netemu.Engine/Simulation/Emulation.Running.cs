using System;
using Netemu.Core.Time;

namespace Netemu.Engine.Simulation;

/// <content>How time goes on: barrier events, windows, and the timers and shards that are due in them.</content>
public sealed partial class Emulation
{
    /// <summary>
    /// Runs everything due up to and at <paramref name="end"/>; then it is <paramref name="end"/>. As nobody looks between two
    /// windows, they are run by turns where the network allows it.
    /// </summary>
    public void RunUntil(SimTime end) => Run(end, stop: null);

    /// <summary>
    /// Runs until <paramref name="end"/>, or until <paramref name="stop"/> holds after a window; says whether it stopped.
    /// </summary>
    public bool RunUntil(SimTime end, Func<bool> stop) => Run(end, stop);

    private bool Run(SimTime end, Func<bool>? stop)
    {
        EnsureStructure();
        DrainAll();
        IsBuilding = false;
        while (Pace is not null ? StepPaced(end) : stop is null ? StepByTurns(end) : Step(end))
        {
            if (stop?.Invoke() == true || FrameLimitReached)
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
        if (TryTakeBarrier(end, out long start, out long limit))
        {
            return true;
        }

        if (start > end.Nanoseconds || start == long.MaxValue)
        {
            return false;
        }

        long windowEnd = Math.Min(start + _window, limit);
        AdvanceTimers(windowEnd);
        bool warms = _shards.Count >= WarmFrom;
        for (int i = 0; i < _active.Count; i++)
        {
            foreach (ShardSide side in _active[i].Sides)
            {
                RunWindow(side, windowEnd, warms);
            }
        }

        EndWindow(windowEnd);
        return true;
    }

    /// <summary>
    /// <see cref="Step"/> for several windows at once: each region takes all of them before the next one does, for what others
    /// send to it meanwhile arrives later.
    /// </summary>
    private bool StepByTurns(SimTime end)
    {
        EnsureStructure();
        if (_shards.Count == 0 || (_shards[0].Region is { HasTwoSides: false } only && only.Shards == _shards.Count))
        {
            // One region, whose shards can't take turns.
            return Step(end);
        }

        if (TryTakeBarrier(end, out long start, out long limit))
        {
            return true;
        }

        if (start > end.Nanoseconds || start == long.MaxValue)
        {
            return false;
        }

        long horizon = Math.Min(limit, start + Math.Min(_lookahead, WindowsByTurns * _window));
        _now = Math.Max(_now, start);
        AdvanceTimers(horizon);
        for (int i = 0; i < _active.Count; i++)
        {
            RunRegion(_active[i], horizon);
        }

        EndWindow(Math.Min(horizon, _barriers.NextTime));
        return true;
    }

    /// <summary>
    /// Runs a region alone until <paramref name="horizon"/>. Where each of its shards has links to those of the other side only, they take
    /// turns: while one side waits at an instant, what it may still send arrives a window's length later, and so the other side may run
    /// until then; then they change places. Each visit of a shard is two windows long.
    /// </summary>
    private void RunRegion(ShardRegion region, long horizon)
    {
        ReadOnlySpan<ShardSide> sides = region.Sides;
        for (int turn = 0; ; turn++)
        {
            long limit = Math.Min(horizon, _barriers.NextTime);
            long start = region.NextWork;
            if (start >= limit)
            {
                break;
            }

            // One side of a small region is in the cache once both have had a turn.
            bool warms = _shards.Count >= WarmFrom && (turn < 2 || region.Shards >= WarmFrom);
            int behind = sides[0].NextWork <= sides[1].NextWork ? 0 : 1;
            long next = start + Math.Min(region.Window, limit - start);
            long reached = region.HasTwoSides ? Math.Min(sides[1 - behind].NextWork, next) : start;
            RunWindow(sides[behind], reached + Math.Min(region.Window, limit - reached), warms);
        }
    }

    /// <summary>
    /// Runs the next barrier event if it is due by <paramref name="end"/> and before everything else. If not, tells when the
    /// earliest work is, and before which instant a window has to end.
    /// </summary>
    private bool TryTakeBarrier(SimTime end, out long start, out long limit)
    {
        EnsureStructure();
        start = EarliestWork();
        long barrier = _barriers.NextTime;
        limit = Math.Min(barrier, end.Nanoseconds == long.MaxValue ? long.MaxValue : end.Nanoseconds + 1);
        if (barrier > start || barrier > end.Nanoseconds || barrier == long.MaxValue)
        {
            return false;
        }

        SetNow(barrier);
        _barriers.Take()();
        DrainAll();
        IsInstantOpen = true;
        return true;
    }

    private void EndWindow(long end)
    {
        ForgetIdleRegions();
        _timersKnownUntil = long.MinValue;
        _now = Math.Max(_now, end - 1);
        IsInstantOpen = false;
        Windows++;
        WindowEnded?.Invoke(new SimTime(end));
    }

    /// <summary>The earliest work of all.</summary>
    private long EarliestWork()
    {
        long earliest = _wheel.NextDue().Nanoseconds;
        foreach (ShardRegion region in _active)
        {
            earliest = Math.Min(earliest, region.NextWork);
        }

        return earliest;
    }

    /// <summary>Regions that were left without any work leave the list until they have some again; between windows only.</summary>
    private void ForgetIdleRegions()
    {
        for (int i = _active.Count - 1; i >= 0; i--)
        {
            if (_active[i].NextWork == long.MaxValue)
            {
                _active[i].IsActive = false;
                _active[i] = _active[^1];
                _active.RemoveAt(_active.Count - 1);
            }
        }
    }

    /// <summary>Gives the timers that are due before <paramref name="horizon"/> to their shards, now and until the window ends.</summary>
    private void AdvanceTimers(long horizon)
    {
        _timersKnownUntil = horizon;
        _wheel.Advance(new SimTime(horizon), _toShard);
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
        if (timer.Due.Nanoseconds < _timersKnownUntil)
        {
            ToShard(timer);
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
        ShardRegion region = shard.Region;
        region.NoteWork(shard, time);
        if (!region.IsActive)
        {
            region.IsActive = true;
            _active.Add(region);
        }
    }

    private void ToShard(TimerEntry timer)
    {
        Shard shard = _nodes[timer.OwnerIndex].Shard;
        shard.Timers.Add(timer);
        shard.NoteWork(timer.Due.Nanoseconds);
    }

    /// <summary>
    /// Visits the shards of a side that have work before <paramref name="end"/>; <paramref name="warms"/> says that the cache is taken
    /// not to hold what they need.
    /// </summary>
    private void RunWindow(ShardSide side, long end, bool warms)
    {
        Span<Shard> visits = side.CollectDue(end);
        Arrange(visits);
        while (visits.Length > 0)
        {
            int group = warms ? (_warmer ??= new WindowWarmer()).Warm(visits, end) : visits.Length;
            foreach (Shard shard in visits[..group])
            {
                shard.RunWindow(end);
                side.NoteVisited(shard);
            }

            visits = visits[group..];
        }
    }

    /// <summary>Puts the shards to visit into the order that the options ask for.</summary>
    private void Arrange(Span<Shard> visits)
    {
        switch (Options.ShardOrder)
        {
            case ShardOrder.Reversed:
                visits.Reverse();
                break;
            case ShardOrder.Shuffled:
                for (int i = visits.Length - 1; i > 0; i--)
                {
                    int j = (int)_shuffle.NextBelow(i + 1);
                    (visits[i], visits[j]) = (visits[j], visits[i]);
                }

                break;
            case ShardOrder.Declared:
            default:
                break;
        }
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
