using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Sessions;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

public sealed class DeadlineTableTests
{
    [Fact]
    public void Every_session_that_is_due_is_found_once_in_the_order_of_numbers_and_no_other()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            DeadlineTable table = new();
            SortedDictionary<ushort, long> expected = [];
            for (int i = 0; i < 400; i++)
            {
                ushort session = (ushort)random.Next(1 + random.Next(200));
                expected[session] = random.Next(8) == 0 ? SimTime.Never.Nanoseconds : random.Next(50);
                table.Set(session, new SimTime(expected[session]));
            }

            SimTime now = new(random.Next(60));

            Assert.Equal(expected.Where(e => e.Value <= now.Nanoseconds).Select(e => e.Key), AllDue(table, now, 1 + random.Next(9)));
        }
    }

    [Fact]
    public void The_next_deadline_is_never_late_and_exact_after_a_recount()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            DeadlineTable table = new();
            Dictionary<ushort, long> expected = [];
            for (int i = 0; i < 100; i++)
            {
                ushort session = (ushort)random.Next(60);
                expected[session] = random.Next(8) == 0 ? SimTime.Never.Nanoseconds : random.Next(1_000);
                table.Set(session, new SimTime(expected[session]));
                Assert.True(table.NextDue.Nanoseconds <= expected.Values.Min(), $"seed {seed}");
            }

            table.Recount();

            Assert.Equal(expected.Values.Min(), table.NextDue.Nanoseconds);
        }
    }

    [Fact]
    public void A_table_without_deadlines_is_never_due()
    {
        DeadlineTable table = new();
        table.Set(7, SimTime.Never);
        table.Recount();

        Assert.Equal(SimTime.Never, table.NextDue);
        Assert.Empty(AllDue(table, SimTime.Never - Duration.FromNanoseconds(1), 16));
    }

    private static List<ushort> AllDue(DeadlineTable table, SimTime now, int atOnce)
    {
        List<ushort> found = [];
        ushort[] some = new ushort[atOnce];
        int next = 0;
        for (int count = table.FindDue(now, ref next, some); count > 0; count = table.FindDue(now, ref next, some))
        {
            found.AddRange(some.Take(count));
        }

        return found;
    }
}
