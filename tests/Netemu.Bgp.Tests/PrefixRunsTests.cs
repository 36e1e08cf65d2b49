using System.Collections.Generic;
using Netemu.Bgp.Rib;

namespace Netemu.Bgp.Tests;

public sealed class PrefixRunsTests
{
    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 5 })]
    [InlineData(new[] { 1, 2, 3 })]
    [InlineData(new[] { 3, 2, 1 })]
    [InlineData(new[] { 7, 8, 8, 9, 0, 1, 100, 101, 102, 4 })]
    public void Ids_come_back_in_the_order_of_adding(int[] ids)
    {
        PrefixRuns runs = new();
        foreach (int id in ids)
        {
            runs.Add(id);
        }

        Assert.Equal(ids.Length, runs.Count);
        Assert.Equal(ids, Walk(runs));
        Assert.Equal(ids, WalkIds(runs));

        runs.Clear();
        Assert.Equal(0, runs.Count);
        Assert.Empty(Walk(runs));
        Assert.Empty(WalkIds(runs));
    }

    [Fact]
    public void What_is_added_during_a_walk_is_seen_whether_it_makes_a_run_longer_or_begins_one()
    {
        PrefixRuns runs = new();
        runs.Add(10);
        List<int> seen = [];
        foreach ((int first, int count) in runs)
        {
            Assert.Equal(1, count);
            seen.Add(first);
            if (first == 10)
            {
                runs.Add(11);
                runs.Add(3);
            }
        }

        Assert.Equal([10, 11, 3], seen);
    }

    private static List<int> WalkIds(PrefixRuns runs)
    {
        List<int> ids = [];
        foreach (int id in runs.Ids)
        {
            ids.Add(id);
        }

        return ids;
    }

    private static List<int> Walk(PrefixRuns runs)
    {
        List<int> ids = [];
        foreach ((int first, int count) in runs)
        {
            for (int i = 0; i < count; i++)
            {
                ids.Add(first + i);
            }
        }

        return ids;
    }
}
