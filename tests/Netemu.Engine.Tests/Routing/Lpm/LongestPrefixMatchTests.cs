using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Engine.Routing.Lpm;

namespace Netemu.Engine.Tests.Routing.Lpm;

public sealed class LongestPrefixMatchTests
{
    [Fact]
    public void An_empty_table_matches_nothing_and_owns_nothing()
    {
        LongestPrefixMatch<IPv4Address> table = new();

        Assert.Equal(-1, table.Lookup(IPv4Address.Parse("10.0.0.1")));
        Assert.Equal(0, table.MemoryBytes);
        Assert.Empty(table.Entries());
        Assert.Equal(-1, table.Remove(Prefix<IPv4Address>.Default));
        Assert.Equal(0u, table.Generation);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(20_000)]
    public void The_longest_of_nested_prefixes_wins_in_every_form_of_the_table(int others)
    {
        // Given nested prefixes, and so many others that the table is scanned, compiled, or compiled with a direct root.
        LongestPrefixMatch<IPv4Address> table = new();
        Set(table, "0.0.0.0/0", 1);
        Set(table, "10.0.0.0/8", 2);
        Set(table, "10.1.0.0/16", 3);
        Set(table, "10.1.2.0/24", 4);
        Set(table, "10.1.2.128/25", 5);
        Set(table, "10.1.2.200/32", 6);
        for (int i = 0; i < others; i++)
        {
            table.Set(new Prefix<IPv4Address>(new IPv4Address(0xC0000000u + ((uint)i << 8)), 24), 7);
        }

        Assert.Equal(1, Lookup(table, "9.255.255.255"));
        Assert.Equal(2, Lookup(table, "10.255.0.1"));
        Assert.Equal(3, Lookup(table, "10.1.255.255"));
        Assert.Equal(4, Lookup(table, "10.1.2.127"));
        Assert.Equal(5, Lookup(table, "10.1.2.128"));
        Assert.Equal(5, Lookup(table, "10.1.2.201"));
        Assert.Equal(6, Lookup(table, "10.1.2.200"));
        Assert.Equal(1, Lookup(table, "255.255.255.255"));

        // When prefixes go away, the next shorter ones take over.
        table.Remove(Prefix<IPv4Address>.Parse("10.1.2.200/32"));
        table.Remove(Prefix<IPv4Address>.Parse("10.1.2.0/24"));
        table.Remove(Prefix<IPv4Address>.Parse("0.0.0.0/0"));
        Assert.Equal(5, Lookup(table, "10.1.2.200"));
        Assert.Equal(3, Lookup(table, "10.1.2.1"));
        Assert.Equal(-1, Lookup(table, "9.255.255.255"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(20_000)]
    public void IPv6_prefixes_that_share_long_ways_are_told_apart(int others)
    {
        LongestPrefixMatch<IPv6Address> table = new();
        table.Set(Prefix<IPv6Address>.Parse("2001:db8::/32"), 1);
        table.Set(Prefix<IPv6Address>.Parse("2001:db8:0:1::/64"), 2);
        table.Set(Prefix<IPv6Address>.Parse("2001:db8:0:1::1/128"), 3);
        table.Set(Prefix<IPv6Address>.Parse("2001:db8:0:1:8000::/66"), 4);
        for (int i = 0; i < others; i++)
        {
            table.Set(new Prefix<IPv6Address>(new IPv6Address(0x3FFE_0000_0000_0000UL + ((ulong)i << 20), 0), 48), 5);
        }

        Assert.Equal(-1, table.Lookup(IPv6Address.Parse("2001:db7::1")));
        Assert.Equal(1, table.Lookup(IPv6Address.Parse("2001:db8::1")));
        Assert.Equal(1, table.Lookup(IPv6Address.Parse("2001:db8:0:2::1")));
        Assert.Equal(2, table.Lookup(IPv6Address.Parse("2001:db8:0:1::")));
        Assert.Equal(2, table.Lookup(IPv6Address.Parse("2001:db8:0:1::3")));
        Assert.Equal(3, table.Lookup(IPv6Address.Parse("2001:db8:0:1::1")));
        Assert.Equal(4, table.Lookup(IPv6Address.Parse("2001:db8:0:1:bfff::1")));
        Assert.Equal(2, table.Lookup(IPv6Address.Parse("2001:db8:0:1:c000::1")));
    }

    [Fact]
    public void The_generation_goes_up_with_every_change_and_with_nothing_else()
    {
        LongestPrefixMatch<IPv4Address> table = new();
        Set(table, "10.0.0.0/8", 1);
        Assert.Equal(1u, table.Generation);
        Set(table, "10.0.0.0/8", 1);
        table.Remove(Prefix<IPv4Address>.Parse("10.0.0.0/9"));
        Lookup(table, "10.0.0.1");
        Assert.Equal(1u, table.Generation);
        Set(table, "10.0.0.0/8", 2);
        Assert.Equal(2u, table.Generation);
        table.Remove(Prefix<IPv4Address>.Parse("10.0.0.0/8"));
        Assert.Equal(3u, table.Generation);
    }

    [Fact]
    public void Negative_values_are_refused()
    {
        LongestPrefixMatch<IPv4Address> table = new();

        Assert.Throws<ArgumentOutOfRangeException>(() => table.Set(Prefix<IPv4Address>.Default, -1));
    }

    [Theory]
    [InlineData(1, 40, 8, 10_000)]
    [InlineData(2, 40, 32, 20)]
    [InlineData(3, 2_000, 16, 10_000)]
    [InlineData(4, 2_000, 32, 10_000)]
    [InlineData(5, 4_000, 20, 1_000)]
    [InlineData(6, 4_000, 32, 1_000)]
    public void IPv4_agrees_with_the_oracle_under_churn(int seed, int size, int spread, int directRootAbove) =>
        AgreesUnderChurn<IPv4Address>(seed, size, spread, directRootAbove);

    [Theory]
    [InlineData(1, 40, 8, 10_000)]
    [InlineData(2, 40, 128, 20)]
    [InlineData(3, 2_000, 40, 10_000)]
    [InlineData(4, 2_000, 128, 10_000)]
    [InlineData(5, 4_000, 30, 1_000)]
    [InlineData(6, 4_000, 128, 1_000)]
    public void IPv6_agrees_with_the_oracle_under_churn(int seed, int size, int spread, int directRootAbove) =>
        AgreesUnderChurn<IPv6Address>(seed, size, spread, directRootAbove);

    [Theory]
    [InlineData(10, 26)]
    [InlineData(500, 26)]
    [InlineData(500, 18)]
    [InlineData(3_000, 26)]
    [InlineData(3_000, 18)]
    public void A_batch_of_any_size_gives_what_single_lookups_give(int size, int longest)
    {
        // Given a table with, from 1,000 prefixes, a direct root; if none is longer than /18, a root without a node.
        RandomSource random = new(9, "lpm");
        LongestPrefixMatch<IPv4Address> table = new(ManagedArena.Instance, directRootAbove: 1_000);
        for (int i = 0; i < size; i++)
        {
            table.Set(new Prefix<IPv4Address>(Any<IPv4Address>(random), (int)random.NextBetween(8, longest)), i);
        }

        foreach (int count in (int[])[0, 1, 63, 64, 65, 128, 200])
        {
            IPv4Address[] addresses = [.. Enumerable.Range(0, count).Select(_ => Any<IPv4Address>(random))];
            int[] values = new int[count];

            table.Lookup(addresses, values);

            Assert.Equal(addresses.Select(table.Lookup), values);
        }
    }

    [Fact]
    public void Lookups_and_changes_allocate_nothing_once_the_table_is_compiled()
    {
        LongestPrefixMatch<IPv4Address> table = new();
        for (uint i = 0; i < 1_000; i++)
        {
            table.Set(new Prefix<IPv4Address>(new IPv4Address(0x0A000000 + (i << 8)), 24), (int)i);
        }

        Prefix<IPv4Address> flapping = Prefix<IPv4Address>.Parse("10.0.7.0/24");
        table.Lookup(flapping.Address);
        Flap(table, flapping);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Flap(table, flapping);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Memory_stays_bounded_when_all_prefixes_are_replaced_many_times()
    {
        // Given 12,000 prefixes, compiled.
        RandomSource random = new(7, "lpm");
        LongestPrefixMatch<IPv4Address> table = new();
        List<Prefix<IPv4Address>> present = [];
        for (int i = 0; i < 12_000; i++)
        {
            present.Add(Anywhere(random));
            table.Set(present[i], i);
        }

        table.Lookup(default);
        long before = table.MemoryBytes;

        // When each is replaced five times by another, with a lookup after each change.
        for (int i = 0; i < 60_000; i++)
        {
            int at = (int)random.NextBelow(present.Count);
            table.Remove(present[at]);
            table.Lookup(present[at].Address);
            present[at] = Anywhere(random);
            table.Set(present[at], i);
            table.Lookup(present[at].Address);
        }

        // Then the trie has at most doubled.
        Assert.InRange(table.MemoryBytes, 0, 2 * before);
    }

    private static void AgreesUnderChurn<TAddress>(int seed, int size, int spread, int directRootAbove)
        where TAddress : struct, IIPAddress<TAddress>
    {
        RandomSource random = new(seed, "lpm");
        LongestPrefixMatch<TAddress> table = new(ManagedArena.Instance, directRootAbove);
        NaivePrefixes<TAddress> oracle = new();
        List<Prefix<TAddress>> known = [];
        for (int step = 0; step < size * 4; step++)
        {
            // Growth, then as many removals as additions, then decline down to an empty table.
            bool grow = step < size || (step < size * 2 && (int)random.NextBelow(2) == 0);
            Prefix<TAddress> prefix;
            if (grow || known.Count == 0)
            {
                prefix = (int)random.NextBelow(8) == 0 && known.Count > 0 ? known[(int)random.NextBelow(known.Count)] : Grow(random, known, spread);
                int value = (int)random.NextBelow(4) == 0 ? ValueOf(random) : (int)random.NextBelow(3);
                int old = oracle.Find(prefix);
                Assert.Equal(old, table.Set(prefix, value));
                oracle.Set(prefix, value);
                known.Add(prefix);
            }
            else
            {
                int at = (int)random.NextBelow(known.Count);
                prefix = known[at];
                known[at] = known[^1];
                known.RemoveAt(known.Count - 1);
                Assert.Equal(oracle.Find(prefix), table.Remove(prefix));
                oracle.Remove(prefix);
            }

            if ((int)random.NextBelow(3) != 0)
            {
                continue;
            }

            Check(table, oracle, prefix.Address);
            Check(table, oracle, prefix.Address.Last(prefix.Length));
            Check(table, oracle, prefix.Address.Add(-1));
            Check(table, oracle, prefix.Address.Last(prefix.Length).Add(1));
            Check(table, oracle, Any<TAddress>(random));
            if (known.Count > 0)
            {
                Prefix<TAddress> other = known[(int)random.NextBelow(known.Count)];
                Check(table, oracle, other.Address.Last(other.Length));
                Check(table, oracle, other.Address.Last(other.Length).Add(1));
            }

            if (step % (size / 4) == 0)
            {
                Assert.Equal(oracle.Sorted, table.Entries().Select(e => (e.Prefix, e.Value)));
            }
        }

        Assert.Equal(oracle.Count, table.Count);
        Assert.Equal(oracle.Sorted, table.Entries().Select(e => (e.Prefix, e.Value)));
    }

    private static void Flap(LongestPrefixMatch<IPv4Address> table, Prefix<IPv4Address> prefix)
    {
        for (int i = 0; i < 100; i++)
        {
            table.Remove(prefix);
            Assert.True(table.Lookup(prefix.Address) < 0);
            table.Set(prefix, i);
            Assert.True(table.Lookup(prefix.Address) == i);
        }
    }

    private static void Check<TAddress>(LongestPrefixMatch<TAddress> table, NaivePrefixes<TAddress> oracle, TAddress address)
        where TAddress : struct, IIPAddress<TAddress>
    {
        int expected = oracle.Lookup(address);
        int actual = table.Lookup(address);
        if (expected != actual)
        {
            Assert.Fail($"{address}: expected {expected}, found {actual}");
        }

        TAddress[] batch = [address, TAddress.Any, address.Add(1), address];
        int[] values = new int[4];
        table.Lookup(batch, values);
        Assert.Equal([expected, table.Lookup(TAddress.Any), table.Lookup(address.Add(1)), expected], values);
        Prefix<TAddress> exact = new(address, (int)((uint)expected % (uint)(TAddress.Bits + 1)));
        Assert.Equal(oracle.Find(exact) >= 0, table.TryFind(exact, out int found));
        Assert.Equal(oracle.Find(exact), found);
        Assert.Equal(expected, table.TryFindLongest(address, out PrefixEntry<TAddress> entry) ? entry.Value : -1);
        Assert.True(expected < 0 || (entry.Prefix.Contains(address) && oracle.Find(entry.Prefix) == expected));
    }

    /// <summary>A new prefix: anywhere, inside, around or next to a known one; sometimes the default or a host.</summary>
    private static Prefix<TAddress> Grow<TAddress>(RandomSource random, List<Prefix<TAddress>> known, int spread)
        where TAddress : struct, IIPAddress<TAddress>
    {
        int length = (int)random.NextBelow(12) switch
        {
            0 => TAddress.Bits,
            1 => (int)random.NextBelow(10),
            _ => Math.Max(1, (int)random.NextBelow(spread + 1)),
        };
        if (known.Count == 0 || (int)random.NextBelow(10) < 3)
        {
            return new Prefix<TAddress>(Any<TAddress>(random), length);
        }

        Prefix<TAddress> near = known[(int)random.NextBelow(known.Count)];
        return random.NextBelow(3) switch
        {
            0 => new Prefix<TAddress>(near.Address.Last(near.Length).Add(1), near.Length),
            1 => new Prefix<TAddress>(near.Address.Last(near.Length).Add(-(int)random.NextBelow(1000)), Math.Max(length, near.Length)),
            _ => new Prefix<TAddress>(near.Address, length),
        };
    }

    /// <summary>Small, large, and on both sides of what fits a narrow leaf.</summary>
    private static int ValueOf(RandomSource random) => random.NextBelow(8) switch
    {
        0 => ushort.MaxValue - 1,
        1 => ushort.MaxValue,
        2 => int.MaxValue,
        _ => (int)random.NextBelow(1000),
    };

    private static Prefix<IPv4Address> Anywhere(RandomSource random) =>
        new(new IPv4Address(random.NextUInt32()), (int)random.NextBetween(16, 26));

    private static TAddress Any<TAddress>(RandomSource random)
        where TAddress : struct, IIPAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return TAddress.Read(bytes);
    }

    private static void Set(LongestPrefixMatch<IPv4Address> table, string prefix, int value) =>
        table.Set(Prefix<IPv4Address>.Parse(prefix), value);

    private static int Lookup(LongestPrefixMatch<IPv4Address> table, string address) => table.Lookup(IPv4Address.Parse(address));
}
