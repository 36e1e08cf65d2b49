using System;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Engine.Routing.Lpm;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// Longest-prefix match over a table of <see cref="PrefixMix"/> with 256 next-hop groups: memory, lookups, compilation,
/// changes. The clock counts nanoseconds and is the caller's.
/// </summary>
public static class LpmScenario
{
    private const int AddressCount = 1 << 20;
    private const int BatchSize = 64;
    private const int NextHopGroups = 256;
    private const int Rounds = 20;
    private const int Updates = 10_000;

    public static LpmFigures Run<TAddress>(int prefixes, Func<long> clock, IArena? arena = null)
        where TAddress : struct, IIPAddress<TAddress>
    {
        RandomSource random = new(1, "bench/lpm");
        Prefix<TAddress>[] drawn = PrefixMix.Draw<TAddress>(prefixes, random);
        TAddress[] addresses = new TAddress[AddressCount];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = PrefixMix.DrawInside(drawn[random.NextBelow(prefixes)], random);
        }

        LongestPrefixMatch<TAddress> table = new(arena);
        long start = clock();
        foreach (Prefix<TAddress> prefix in drawn)
        {
            table.Set(prefix, (int)random.NextBelow(NextHopGroups));
        }

        long loaded = clock();
        table.Lookup(addresses[0]);
        long compiled = clock();
        double bytes = table.MemoryBytes;

        long independent = Best(clock, () => LookupAll(table, addresses));
        long batch = Best(clock, () => LookupBatches(table, addresses));
        long dependent = Best(clock, () => LookupChain(table, addresses));
        (long update, long worst) = Update(table, drawn, random, clock);
        return new LpmFigures(
            TAddress.Family,
            prefixes,
            (double)independent / AddressCount,
            (double)batch / AddressCount,
            (double)dependent / AddressCount,
            bytes / prefixes,
            (double)(loaded - start) / prefixes,
            (double)(compiled - loaded) / prefixes,
            update / 1_000.0,
            worst / 1_000.0);
    }

    /// <summary>The shortest of a few rounds: the others were disturbed.</summary>
    private static long Best(Func<long> clock, Func<long> round)
    {
        long best = long.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            long start = clock();
            GC.KeepAlive(round());
            best = Math.Min(best, clock() - start);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long LookupAll<TAddress>(LongestPrefixMatch<TAddress> table, TAddress[] addresses)
        where TAddress : struct, IIPAddress<TAddress>
    {
        long sum = 0;
        foreach (TAddress address in addresses)
        {
            sum += table.Lookup(address);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long LookupBatches<TAddress>(LongestPrefixMatch<TAddress> table, TAddress[] addresses)
        where TAddress : struct, IIPAddress<TAddress>
    {
        Span<int> values = stackalloc int[BatchSize];
        long sum = 0;
        for (int i = 0; i < addresses.Length; i += BatchSize)
        {
            table.Lookup(addresses.AsSpan(i, BatchSize), values);
            sum += values[i % BatchSize];
        }

        return sum;
    }

    /// <summary>Every address waits for the last result, of which it adds the sign: nothing, as all addresses match.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long LookupChain<TAddress>(LongestPrefixMatch<TAddress> table, TAddress[] addresses)
        where TAddress : struct, IIPAddress<TAddress>
    {
        int last = 0;
        foreach (TAddress address in addresses)
        {
            last = table.Lookup(address.Add(last >> 31));
        }

        return last;
    }

    /// <summary>Withdraws and announces prefixes one by one, with a lookup after each: the mean, and the worst.</summary>
    private static (long Mean, long Worst) Update<TAddress>(
        LongestPrefixMatch<TAddress> table, Prefix<TAddress>[] prefixes, RandomSource random, Func<long> clock)
        where TAddress : struct, IIPAddress<TAddress>
    {
        int updates = Math.Min(Updates, prefixes.Length);
        long worst = 0;
        long begin = clock();
        long start = begin;
        for (int i = 0; i < updates; i++)
        {
            Prefix<TAddress> prefix = prefixes[random.NextBelow(prefixes.Length)];
            int value = table.Remove(prefix);
            table.Lookup(prefix.Address);
            table.Set(prefix, value);
            table.Lookup(prefix.Address);
            long end = clock();
            worst = Math.Max(worst, end - start);
            start = end;
        }

        return ((start - begin) / (2 * updates), worst / 2);
    }
}
