using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Netemu.Core.Tests.Addresses;
using Netemu.Core.Time;
using Netemu.Testing;

namespace Netemu.Core.Tests.Time;

public sealed class EventLoopTests
{
    private readonly EventLoop _loop = new();
    private readonly List<(long At, int Id)> _fired = [];

    [Fact]
    public void A_timer_fires_once_at_its_instant_and_is_disarmed_then()
    {
        RecordingTimer timer = Timer(1);
        _loop.Schedule(timer, new SimTime(1_500));
        Assert.True(timer.IsArmed);

        _loop.RunUntil(new SimTime(1_499));
        Assert.Empty(_fired);
        _loop.RunUntil(new SimTime(1_500));
        _loop.RunUntil(new SimTime(1_000_000));

        Assert.Equal([(1_500, 1)], _fired);
        Assert.False(timer.IsArmed);
        Assert.Equal(new SimTime(1_000_000), _loop.Now);
        Assert.Equal(0, _loop.Pending);
    }

    [Fact]
    public void Timers_of_one_instant_fire_in_the_order_of_their_arming()
    {
        RecordingTimer[] timers = [Timer(0), Timer(1), Timer(2)];
        _loop.Schedule(timers[2], new SimTime(5));
        _loop.Schedule(timers[0], new SimTime(5));
        _loop.Schedule(timers[1], new SimTime(5));
        _loop.Schedule(timers[2], new SimTime(5));

        _loop.RunUntil(new SimTime(5));

        Assert.Equal([(5, 0), (5, 1), (5, 2)], _fired);
    }

    [Fact]
    public void An_instant_that_has_passed_means_now_after_what_is_due()
    {
        _loop.RunUntil(new SimTime(100));
        RecordingTimer late = Timer(1);
        CallbackTimer first = new(() => _loop.Schedule(late, new SimTime(3)));
        _loop.Schedule(first, new SimTime(200));
        _loop.Schedule(Timer(2), new SimTime(200));

        _loop.RunUntil(new SimTime(200));

        Assert.Equal([(200, 2), (200, 1)], _fired);
    }

    [Fact]
    public void A_timer_may_cancel_and_move_others_that_are_due_at_the_same_instant()
    {
        RecordingTimer cancelled = Timer(1);
        RecordingTimer moved = Timer(2);
        CallbackTimer first = new(() =>
        {
            _loop.Cancel(cancelled);
            _loop.Schedule(moved, new SimTime(20));
        });
        _loop.Schedule(first, new SimTime(10));
        _loop.Schedule(cancelled, new SimTime(10));
        _loop.Schedule(moved, new SimTime(10));
        _loop.Schedule(Timer(3), new SimTime(10));

        _loop.RunUntil(new SimTime(30));

        Assert.Equal([(10, 3), (20, 2)], _fired);
    }

    [Fact]
    public void Cancelling_what_is_not_armed_does_nothing()
    {
        RecordingTimer timer = Timer(1);

        _loop.Cancel(timer);
        _loop.Schedule(timer, new SimTime(1));
        _loop.Cancel(timer);
        _loop.Cancel(timer);
        _loop.RunUntil(new SimTime(10));

        Assert.Empty(_fired);
    }

    [Theory]
    [InlineData(1L << 10)]
    [InlineData((1L << 16) - 1)]
    [InlineData(1L << 16)]
    [InlineData((1L << 40) + 1)]
    [InlineData(86_400_000_000_000L * 365 * 100)]
    [InlineData(long.MaxValue - 1)]
    public void A_timer_fires_at_any_horizon(long due)
    {
        _loop.Schedule(Timer(1), new SimTime(due));
        _loop.Schedule(Timer(2), new SimTime(due - 1));

        Assert.True(_loop.RunToEnd(SimTime.Never));

        Assert.Equal([(due - 1, 2), (due, 1)], _fired);
    }

    [Fact]
    public void A_timer_due_never_does_not_fire_and_holds_nothing_up()
    {
        _loop.Schedule(Timer(1), SimTime.Never);
        _loop.Schedule(Timer(2), new SimTime(7));

        Assert.False(_loop.RunToEnd(SimTime.Never));
        Assert.Equal([(7, 2)], _fired);
        _loop.RunUntil(SimTime.Never);

        Assert.Equal([(7, 2)], _fired);
        Assert.Equal(1, _loop.Pending);
    }

    [Fact]
    public void An_idle_loop_runs_to_any_instant_at_once()
    {
        _loop.RunUntil(SimTime.Never);

        Assert.True(_loop.RunToEnd(SimTime.Never));
    }

    [Fact]
    public void Running_to_the_end_stops_at_the_limit()
    {
        _loop.Schedule(Timer(1, period: 10), new SimTime(10));

        Assert.False(_loop.RunToEnd(new SimTime(35)));

        Assert.Equal([(10, 1), (20, 1), (30, 1)], _fired);
    }

    [Fact]
    public void Time_does_not_run_backwards()
    {
        _loop.RunUntil(new SimTime(10));

        Assert.Throws<ArgumentOutOfRangeException>(() => _loop.RunUntil(new SimTime(9)));
    }

    [Fact]
    public void Arming_and_firing_allocate_nothing_once_warm()
    {
        CallbackTimer[] timers = [.. Enumerable.Range(0, 100).Select(_ => new CallbackTimer(() => { }))];
        Round();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Round();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            for (int i = 0; i < timers.Length; i++)
            {
                _loop.Schedule(timers[i], _loop.Now + Duration.FromNanoseconds(i * 100_000));
            }

            _loop.RunUntil(_loop.Now + Duration.FromSeconds(1));
        }
    }

    /// <summary>
    /// Random programs of arming, moving, cancelling and running, with delays from nanoseconds to years: the loop and the
    /// sorted list fire the same timers at the same instants.
    /// </summary>
    [Fact]
    public void Any_program_fires_as_on_a_sorted_list()
    {
        const int Timers = 24;
        Gen<long> delay = Gen.Choose(0, 58).SelectMany(_ => AddressGenerators.UInt64, (bits, value) => (long)(value & ((1UL << bits) - 1)) >> 1);
        Gen<(int Action, int Timer, long Delay)> step = Gen.Choose(0, 9)
            .SelectMany(_ => Gen.Choose(0, Timers - 1), (action, timer) => (action, timer))
            .SelectMany(_ => delay, (pair, value) => (pair.action, pair.timer, value));
        Law.Holds(step.ListOf(120), program => RunBoth(Timers, program), count: 500);
    }

    private static void RunBoth(int timers, IReadOnlyList<(int Action, int Timer, long Delay)> program)
    {
        EventLoop loop = new();
        NaiveTimers oracle = new();
        List<(long At, int Id)> fired = [];
        List<(long At, int Id)> expected = [];
        long[] noPeriods = new long[timers];
        RecordingTimer[] entries = [.. Enumerable.Range(0, timers).Select(id => new RecordingTimer(loop, id, 0, fired))];
        foreach ((int action, int timer, long delay) in program)
        {
            long instant = loop.Now.Nanoseconds + (delay >> 4);
            switch (action)
            {
                case < 6:
                    loop.Schedule(entries[timer], new SimTime(instant));
                    oracle.Schedule(timer, instant);
                    break;
                case 6:
                    loop.Cancel(entries[timer]);
                    oracle.Cancel(timer);
                    break;
                default:
                    loop.RunUntil(new SimTime(instant));
                    oracle.RunUntil(instant, noPeriods, expected);
                    break;
            }

            Assert.Equal(oracle.Count, loop.Pending);
        }

        loop.RunToEnd(SimTime.Never);
        oracle.RunUntil(long.MaxValue - 1, noPeriods, expected);
        Assert.Equal(expected, fired);
    }

    private RecordingTimer Timer(int id, long period = 0) => new(_loop, id, period, _fired);
}
