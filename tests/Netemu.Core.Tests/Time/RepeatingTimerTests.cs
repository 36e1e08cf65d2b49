using System.Collections.Generic;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Core.Tests.Time;

/// <summary>Timers that re-arm themselves from within, as keepalives do, against the sorted list.</summary>
public sealed class RepeatingTimerTests
{
    [Theory]
    [InlineData(1, 2_000)]
    [InlineData(1_023, 200_000)]
    [InlineData(65_536, 10_000_000)]
    [InlineData(30_000_000_000, 3_600_000_000_000)]
    public void Periodic_timers_fire_as_on_a_sorted_list(long shortest, long horizon)
    {
        // Given forty timers with periods from the shortest to five times that.
        RandomSource random = new(3, "periods");
        EventLoop loop = new();
        NaiveTimers oracle = new();
        List<(long At, int Id)> fired = [];
        List<(long At, int Id)> expected = [];
        long[] period = new long[40];
        for (int id = 0; id < period.Length; id++)
        {
            period[id] = random.NextBetween(shortest, shortest * 5);
            loop.Schedule(new RecordingTimer(loop, id, period[id], fired), new SimTime(period[id]));
            oracle.Schedule(id, period[id]);
        }

        loop.RunUntil(new SimTime(horizon));
        oracle.RunUntil(horizon, period, expected);

        Assert.True(expected.Count > 1_000);
        Assert.Equal(expected, fired);
    }
}
