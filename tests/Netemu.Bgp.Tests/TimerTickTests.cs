using System.Collections.Generic;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>RFC 4271 section 10: a timer is shortened by up to a quarter. A speaker has its timers in common instants.</summary>
public sealed class TimerTickTests
{
    private const long Tick = 10_000_000;

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(2_000)]
    [InlineData(80_000)]
    public void Timers_with_jitter_are_due_at_ticks_and_within_the_jitter(long milliseconds)
    {
        Laboratory lab = new();
        BgpSpeaker speaker = lab.Add(1, 65000);
        Duration value = Duration.FromMilliseconds(milliseconds);
        HashSet<long> phases = [];
        for (int i = 0; i < 200; i++)
        {
            lab.Loop.RunUntil(lab.Loop.Now + Duration.FromMicroseconds(137 * i));

            Duration wait = speaker.DueAfter(value, Laboratory.Timers) - lab.Loop.Now;

            Assert.InRange(wait.Nanoseconds, value.Nanoseconds * 3 / 4, value.Nanoseconds);
            phases.Add((lab.Loop.Now + wait).Nanoseconds % Tick);
        }

        Assert.Single(phases);
    }

    [Fact]
    public void A_timer_whose_jitter_holds_no_tick_is_due_within_it()
    {
        Laboratory lab = new();
        BgpSpeaker speaker = lab.Add(1, 65000);
        Duration value = Duration.FromMilliseconds(8);
        for (int i = 0; i < 200; i++)
        {
            lab.Loop.RunUntil(lab.Loop.Now + Duration.FromMicroseconds(137 * i));

            Duration wait = speaker.DueAfter(value, Laboratory.Timers) - lab.Loop.Now;

            Assert.InRange(wait.Nanoseconds, value.Nanoseconds * 3 / 4, value.Nanoseconds);
        }
    }

    [Fact]
    public void A_timer_without_jitter_is_exact()
    {
        Laboratory lab = new();
        BgpSpeaker speaker = lab.Add(1, 65000);
        lab.Run(1);

        SimTime due = speaker.DueAfter(Duration.FromSeconds(3), Laboratory.Timers with { Jitter = false });

        Assert.Equal(lab.Loop.Now + Duration.FromSeconds(3), due);
    }
}
