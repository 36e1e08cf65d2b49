using System;
using System.Collections.Generic;
using Netemu.Bgp.Updates;

namespace Netemu.Bgp.Tests;

/// <summary>A group's members against a sorted set.</summary>
public sealed class MemberSetTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 64)]
    [InlineData(3, 1000)]
    [InlineData(4, 65_536)]
    public void Members_come_in_ascending_order_whoever_joined_first(int seed, int numbers)
    {
        Random random = new(seed);
        MemberSet members = new();
        SortedSet<ushort> expected = [];
        for (int i = 0; i < 500; i++)
        {
            ushort member = (ushort)random.Next(numbers);
            if (random.Next(3) == 0)
            {
                members.Remove(member);
                expected.Remove(member);
            }
            else
            {
                members.Add(member);
                expected.Add(member);
            }

            Assert.Equal(expected.Count, members.Count);
        }

        List<ushort> walked = [];
        Span<ushort> some = stackalloc ushort[7];
        int next = 0;
        for (int count = members.Take(ref next, some); count > 0; count = members.Take(ref next, some))
        {
            walked.AddRange(some[..count]);
        }

        Assert.Equal(expected, walked);
        members.Clear();
        next = 0;
        Assert.Equal(0, members.Take(ref next, some));
    }
}
