using System.Collections.Generic;
using System.Threading;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>The order in which the owner of a process's sockets does what there is to do.</summary>
public sealed class SocketEventLoopTests
{
    [Fact]
    public void What_has_arrived_goes_before_timers_that_are_late_and_these_go_one_instant_at_a_time()
    {
        // Given three instants that have all passed when the loop begins.
        SocketEventLoop loop = new();
        using CancellationTokenSource end = new();
        List<string> order = [];
        List<SimTime> seen = [];
        void At(long milliseconds, string name, bool last = false)
        {
            CallbackTimer timer = new(() =>
            {
                order.Add(name);
                seen.Add(loop.Now);
                loop.Post(() => order.Add($"after {name}"));
                if (last)
                {
                    loop.Post(end.Cancel);
                }
            });
            loop.Schedule(timer, SimTime.Zero + Duration.FromMilliseconds(milliseconds));
        }

        At(3, "third", last: true);
        At(1, "first");
        At(2, "second");
        At(2, "second too");
        Thread.Sleep(10);

        // When each has something arrive.
        loop.Post(() => order.Add("before all"));
        loop.Run(end.Token);

        // Then that is heard before the next instant is looked at, and a late timer sees the real time.
        Assert.Equal(["before all", "first", "after first", "second", "second too", "after second", "after second too", "third", "after third"], order);
        Assert.All(seen, time => Assert.True(time >= SimTime.Zero + Duration.FromMilliseconds(10)));
    }

    [Fact]
    public void What_is_armed_for_this_instant_runs_before_the_next_wait()
    {
        SocketEventLoop loop = new();
        using CancellationTokenSource end = new();
        CallbackTimer timer = new(end.Cancel);

        loop.Post(() => loop.Schedule(timer, loop.Now));
        loop.Run(end.Token);

        Assert.False(timer.IsArmed);
    }
}
