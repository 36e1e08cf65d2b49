using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;

namespace Netemu.Bgp.Tests;

/// <summary>The memory of attribute bytes: it may forget, but what it says must be so.</summary>
public sealed class AttributeCacheTests
{
    private readonly PathAttributeTable _table = new();
    private readonly AttributeCache _cache = new();

    [Fact]
    public void What_was_added_is_found_in_any_order_and_for_its_kind_of_session_only()
    {
        // Given a mesh of neighbours' attributes, short and long ones.
        PathAttributes[] sets = new PathAttributes[2_000];
        for (int i = 0; i < sets.Length; i++)
        {
            _cache.Add(BytesOf(i), AttributeContext.Internal, sets[i] = Held(i));
        }

        // Then all are known, in a row and backwards.
        Assert.Equal(sets.Length, CountKnown([.. Enumerable.Range(0, sets.Length)], sets));
        Assert.Equal(sets.Length, CountKnown([.. Enumerable.Range(0, sets.Length).Reverse()], sets));
        for (int i = 0; i < sets.Length; i++)
        {
            Assert.Null(_cache.Find(BytesOf(i), AttributeContext.FourOctetAs));
            Assert.Null(_cache.Find(BytesOf(i).AsSpan(1), AttributeContext.Internal));
        }
    }

    [Fact]
    public void It_never_answers_with_what_was_not_added_or_is_gone()
    {
        // Given more attributes than fit at first, which come, change their reading, go, and are asked for at random.
        RandomSource random = new(3, "attribute-cache");
        Dictionary<(int, AttributeContext), PathAttributes> expected = [];
        int found = 0;
        for (int round = 0; round < 100_000; round++)
        {
            int number = (int)(random.NextChance(1, 2) ? round % 3_000 : random.NextBelow(3_000));
            AttributeContext context = random.NextChance(1, 4) ? AttributeContext.FourOctetAs : AttributeContext.Internal;
            switch (random.NextBelow(4))
            {
                case 0:
                    PathAttributes set = Held(number);
                    _cache.Add(BytesOf(number), context, set);
                    expected[(number, context)] = set;
                    break;
                case 1 when expected.Remove((number, context), out PathAttributes? gone) && gone.Id != 0:
                    _table.Release(gone.Id, gone.References);
                    break;
                default:
                    PathAttributes? seen = _cache.Find(BytesOf(number), context);
                    found += seen is null ? 0 : 1;
                    Assert.True(seen is null || (seen.Id != 0 && ReferenceEquals(seen, expected[(number, context)])));
                    break;
            }
        }

        Assert.InRange(found, 10_000, 100_000);
    }

    [Fact]
    public void However_many_come_it_holds_what_came_last_and_takes_bounded_room()
    {
        // Given a table of a million, each with attributes of its own that somebody holds.
        PathAttributes last = Held(0);
        for (int i = 0; i < 1_000_000; i++)
        {
            last = Held(i);
            _cache.Add(BytesOf(i), AttributeContext.Internal, last);
        }

        Assert.Same(last, _cache.Find(BytesOf(999_999), AttributeContext.Internal));
        Assert.InRange(_cache.Count, 1, 1 << 18);
    }

    private int CountKnown(int[] numbers, PathAttributes[] sets)
    {
        int known = 0;
        foreach (int number in numbers)
        {
            if (_cache.Find(BytesOf(number), AttributeContext.Internal) is PathAttributes found)
            {
                Assert.Same(sets[number], found);
                known++;
            }
        }

        return known;
    }

    /// <summary>The set of a number, which somebody holds.</summary>
    private PathAttributes Held(int number)
    {
        PathAttributes set = _table.Intern([], new IPv4Address((uint)number), default);
        _table.Acquire(set.Id);
        return set;
    }

    /// <summary>From 21 to 84 bytes, distinct by the number.</summary>
    private static byte[] BytesOf(int number)
    {
        byte[] bytes = new byte[21 + (number % 64)];
        BitConverter.TryWriteBytes(bytes.AsSpan(5), number);
        return bytes;
    }
}
