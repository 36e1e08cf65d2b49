using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Netemu.Core.Tests.Addresses;
using Netemu.Core.Time;
using Netemu.Testing;

namespace Netemu.Core.Tests.Time;

/// <summary>The wheel alone, as the engine drives it: windows of any width, timers handed out unordered.</summary>
public sealed class TimingWheelTests
{
    private readonly TimingWheel _wheel = new();

    [Fact]
    public void An_empty_wheel_is_due_never()
    {
        Assert.Equal(SimTime.Never, _wheel.NextDue());
        Assert.Empty(Advance(1L << 60));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1_023L)]
    [InlineData(1_024L)]
    [InlineData(65_535L)]
    public void The_first_due_time_is_exact_in_the_lowest_level(long due)
    {
        _wheel.Insert(At(due));

        Assert.Equal(new SimTime(due), _wheel.NextDue());
    }

    [Fact]
    public void A_horizon_inside_a_slot_hands_out_only_what_is_due_before_it()
    {
        CallbackTimer early = At(100);
        CallbackTimer late = At(101);
        _wheel.Insert(late);
        _wheel.Insert(early);

        Assert.Equal([early], Advance(101));
        Assert.False(early.IsArmed);
        Assert.True(late.IsArmed);
        Assert.Equal(new SimTime(101), _wheel.NextDue());
        Assert.Equal([late], Advance(102));
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void A_timer_due_before_the_position_is_handed_out_by_the_next_advance()
    {
        Advance(1L << 30);
        CallbackTimer late = At(5);
        _wheel.Insert(late);

        Assert.Equal(new SimTime(5), _wheel.NextDue());
        Assert.Equal([late], Advance((1L << 30) + 1));
    }

    [Fact]
    public void Any_timers_come_out_in_the_window_that_holds_their_due_time()
    {
        Gen<long> instant = Gen.Choose(1, 62).SelectMany(_ => AddressGenerators.UInt64, (bits, value) => (long)(value & ((1UL << bits) - 1)));
        Law.Holds(instant.ListOf(60).Two(), test =>
        {
            // Given timers at any instants, a third of them taken out again, and half of those armed for another one.
            TimingWheel wheel = new();
            List<CallbackTimer> armed = [.. test.Item1.Select(At)];
            armed.ForEach(wheel.Insert);
            foreach ((int index, CallbackTimer removed) in armed.Index().Where(timer => timer.Index % 3 == 0).ToArray())
            {
                wheel.Remove(removed);
                armed.Remove(removed);
                if (index % 2 == 0)
                {
                    removed.Due = armed.Count > 0 ? armed[^1].Due : SimTime.Zero;
                    removed.Sequence++;
                    wheel.Insert(removed);
                    armed.Add(removed);
                }
            }

            // When windows follow one another, then each gives the timers due in it, and the bound is one.
            foreach (long horizon in test.Item2.Order())
            {
                Assert.Equal(armed.Count, wheel.Count);
                long least = armed.Count == 0 ? long.MaxValue : armed.Min(timer => timer.Due.Nanoseconds);
                Assert.True(wheel.NextDue().Nanoseconds <= least);
                List<TimerEntry> taken = [];
                wheel.Advance(new SimTime(horizon), taken.Add);
                Assert.Equal(
                    armed.Where(timer => timer.Due.Nanoseconds < horizon).Select(timer => timer.Due).Order(),
                    taken.Select(timer => timer.Due).Order());
                armed.RemoveAll(timer => timer.Due.Nanoseconds < horizon);
            }
        });
    }

    [Fact]
    public void Timers_that_are_armed_again_and_again_come_out_once_and_their_old_entries_take_no_room()
    {
        // Given a timer that stays, and one that is put off a million times, once in four to the same instant.
        TimingWheel wheel = new();
        CallbackTimer stays = At(50_000);
        wheel.Insert(stays);
        CallbackTimer moves = At(10_000);
        wheel.Insert(moves);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000_000; i++)
        {
            wheel.Remove(moves);
            moves.Due = new SimTime(10_000 + (i / 4 * 1_000L));
            moves.Sequence = i + 1;
            wheel.Insert(moves);
        }

        // Then it is due when it was put off to last, and only the last thousands of entries are held.
        Assert.Equal(2, wheel.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        List<TimerEntry> taken = [];
        wheel.Advance(moves.Due, taken.Add);
        Assert.Equal([stays], taken);
        wheel.Advance(new SimTime(moves.Due.Nanoseconds + 1), taken.Add);
        Assert.Equal([stays, moves], taken);
        Assert.Equal(0, wheel.Count);
        Assert.Equal(SimTime.Never, wheel.NextDue());
    }

    [Fact]
    public void The_due_time_of_a_cancelled_timer_is_no_bound()
    {
        CallbackTimer cancelled = At(100);
        _wheel.Insert(cancelled);
        _wheel.Insert(At(2_000));
        _wheel.Remove(cancelled);

        Assert.Equal(new SimTime(2_000), _wheel.NextDue());
    }

    private static CallbackTimer At(long due) => new(() => { }) { Due = new SimTime(due) };

    private List<TimerEntry> Advance(long horizon)
    {
        List<TimerEntry> taken = [];
        _wheel.Advance(new SimTime(horizon), taken.Add);
        return taken;
    }
}
