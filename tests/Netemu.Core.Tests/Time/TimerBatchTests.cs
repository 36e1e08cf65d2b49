using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Netemu.Core.Time;
using Netemu.Testing;

namespace Netemu.Core.Tests.Time;

public sealed class TimerBatchTests
{
    [Fact]
    public void Timers_come_in_the_order_of_due_time_then_owner_then_sequence()
    {
        Gen<(int Due, int Owner, int Sequence)> key = Gen.Choose(0, 3)
            .SelectMany(_ => Gen.Choose(0, 3), (due, owner) => (due, owner))
            .SelectMany(_ => Gen.Choose(0, 1_000_000), (pair, sequence) => (pair.due, pair.owner, sequence));
        Law.Holds(key.ListOf(40), keys =>
        {
            // Given timers with few distinct instants and owners, every fourth removed again.
            TimerBatch batch = new();
            List<CallbackTimer> timers =
            [
                .. keys.DistinctBy(each => each.Sequence).Select(each => new CallbackTimer(() => { })
                {
                    Due = new SimTime(each.Due),
                    OwnerIndex = each.Owner,
                    Sequence = each.Sequence,
                }),
            ];
            timers.ForEach(batch.Add);
            foreach (CallbackTimer removed in timers.Where((_, index) => index % 4 == 0).ToArray())
            {
                batch.Remove(removed);
                timers.Remove(removed);
                Assert.False(removed.IsArmed);
            }

            // When all are taken, then their order is the law's.
            List<TimerEntry> taken = [];
            while (batch.TryTake(out TimerEntry? timer))
            {
                Assert.False(timer.IsArmed);
                taken.Add(timer);
            }

            Assert.Equal(timers.OrderBy(t => t.Due).ThenBy(t => t.OwnerIndex).ThenBy(t => t.Sequence), taken);
            Assert.Equal(SimTime.Never, batch.NextDue);
        });
    }

    [Fact]
    public void The_next_due_time_is_that_of_the_first()
    {
        TimerBatch batch = new();
        batch.Add(new CallbackTimer(() => { }) { Due = new SimTime(9) });
        batch.Add(new CallbackTimer(() => { }) { Due = new SimTime(7) });

        Assert.Equal(new SimTime(7), batch.NextDue);
        Assert.Equal(2, batch.Count);
    }
}
