using System;

namespace Netemu.Core.Time;

/// <summary>
/// The smallest scheduler: one owner, timers only. Protocol code runs on it in tests and wherever there is no packet
/// engine; the engine has its own (shards and windows), with the same order at one instant.
/// </summary>
public sealed class EventLoop : IScheduler
{
    private readonly TimingWheel _wheel = new();
    private readonly TimerBatch _batch = new();
    private readonly Action<TimerEntry> _collect;
    private long _sequence;
    private bool _isFiring;

    public EventLoop() => _collect = _batch.Add;

    public SimTime Now { get; private set; }

    /// <summary>The number of armed timers.</summary>
    public int Pending => _wheel.Count + _batch.Count;

    /// <summary>A lower bound of the earliest due time; <see cref="SimTime.Never"/> when no timer is armed.</summary>
    public SimTime NextDue => _batch.Count > 0 ? _batch.NextDue : _wheel.NextDue();

    public void Schedule(TimerEntry timer, SimTime due)
    {
        Cancel(timer);
        timer.Due = due < Now ? Now : due;
        timer.Sequence = ++_sequence;
        if (_isFiring && timer.Due == Now)
        {
            // Work for this instant goes to its end: no need for the wheel.
            _batch.Add(timer);
        }
        else
        {
            _wheel.Insert(timer);
        }
    }

    public void Cancel(TimerEntry timer)
    {
        if (timer.IsInBatch)
        {
            _batch.Remove(timer);
        }
        else if (timer.IsArmed)
        {
            _wheel.Remove(timer);
        }
    }

    /// <summary>
    /// Fires every timer due up to and at <paramref name="end"/>, in order; then it is <paramref name="end"/>. A timer due
    /// <see cref="SimTime.Never"/> does not fire.
    /// </summary>
    public void RunUntil(SimTime end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, Now);
        while (true)
        {
            SimTime next = _wheel.NextDue();
            if (next > end || next == SimTime.Never)
            {
                break;
            }

            _wheel.Advance(next + Duration.FromNanoseconds(1), _collect);
            _isFiring = true;
            while (_batch.TryTake(out TimerEntry? timer))
            {
                Now = timer.Due;
                timer.Expire();
            }

            _isFiring = false;
        }

        Now = end;
    }

    /// <summary>Fires timers until none is left or <paramref name="limit"/> is reached; says whether none is left.</summary>
    public bool RunToEnd(SimTime limit)
    {
        SimTime next = _wheel.NextDue();
        while (next <= limit && next < SimTime.Never)
        {
            RunUntil(next < Now ? Now : next);
            next = _wheel.NextDue();
        }

        return Pending == 0;
    }
}
