using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Sessions;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

public sealed class DeadlineQueueTests
{
    [Fact]
    public void Sessions_come_up_in_the_order_of_due_time_and_number()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Assert.True(ComesUpInOrder(seed), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(10_000, 9_000, 9_000)]
    [InlineData(10_000, 10_500, 10_000)]
    [InlineData(10_000, 90_000, 90_000)]
    public void A_deadline_that_moves_a_little_later_stays_and_one_that_moves_far_goes(long first, long then, long expected)
    {
        DeadlineQueue queue = new();
        queue.Ensure(3, SimTime.Zero + Duration.FromMilliseconds(first));

        queue.Ensure(3, SimTime.Zero + Duration.FromMilliseconds(then));

        Assert.Equal(SimTime.Zero + Duration.FromMilliseconds(expected), queue.NextDue);
    }

    [Fact]
    public void A_session_without_deadline_is_not_taken_in()
    {
        DeadlineQueue queue = new();

        queue.Ensure(7, SimTime.Never);

        Assert.Equal(-1, queue.FirstDue(SimTime.Zero + Duration.FromSeconds(1_000_000)));
        Assert.Equal(SimTime.Never, queue.NextDue);
    }

    private static bool ComesUpInOrder(int seed)
    {
        // Given sessions whose deadlines have been set several times, earlier and later.
        Random random = new(seed);
        DeadlineQueue queue = new();
        Dictionary<ushort, long> expected = [];
        for (int i = 0; i < 400; i++)
        {
            ushort session = (ushort)random.Next(60);
            expected[session] = random.Next(8) == 0 ? SimTime.Never.Nanoseconds : random.Next(50) * 1_000_000_000L;
            queue.Set(session, new SimTime(expected[session]));
        }

        // Then they come up so, each once.
        List<ushort> order = [];
        SimTime end = SimTime.Zero + Duration.FromSeconds(100);
        for (int first = queue.FirstDue(end); first >= 0; first = queue.FirstDue(end))
        {
            order.Add((ushort)first);
            queue.Set((ushort)first, SimTime.Never);
        }

        return order.SequenceEqual(expected.Where(e => e.Value != SimTime.Never.Nanoseconds).OrderBy(e => e.Value).ThenBy(e => e.Key).Select(e => e.Key))
            && queue.NextDue == SimTime.Never;
    }
}
