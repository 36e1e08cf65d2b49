using System;
using System.Runtime.CompilerServices;

namespace Netemu.Engine.Routing.Lpm;

/// <content>
/// Many addresses stage by stage: within a stage no load waits for another, and no branch for a load, so that cache
/// misses overlap.
/// </content>
internal sealed partial class CompressedTrie<TAddress>
{
    private const int BatchSize = 64;

    public void Lookup(ReadOnlySpan<TAddress> addresses, Span<int> values)
    {
        if (_stale)
        {
            Refresh();
        }

        if (_rootBits < LongRootBits)
        {
            // What a small table's lookups read is in the cache, or a core has several of them under way at once by itself.
            int fallback = _default;
            for (int i = 0; i < addresses.Length; i++)
            {
                int value = LookupCompiled(addresses[i]);
                values[i] = value >= 0 ? value : fallback;
            }

            return;
        }

        while (addresses.Length > BatchSize)
        {
            LookupBatch(addresses[..BatchSize], values);
            addresses = addresses[BatchSize..];
            values = values[BatchSize..];
        }

        LookupBatch(addresses, values);
    }

    private void LookupBatch(ReadOnlySpan<TAddress> addresses, Span<int> values)
    {
        int[] root = _root;
        int shift = 64 - _rootBits;
        for (int i = 0; i < addresses.Length; i++)
        {
            values[i] = root[(int)(High(addresses[i]) >> shift)];
        }

        Touch(values[..addresses.Length]);
        for (int i = 0; i < addresses.Length; i++)
        {
            int entry = values[i];
            int value = entry >= NoMatch ? entry : WalkFromRoot(addresses[i], entry);
            values[i] = value >= 0 ? value : _default;
        }
    }

    /// <summary>Brings the nodes of root entries into the cache: the sum of their first words is of no interest.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Touch(ReadOnlySpan<int> entries)
    {
        int[] words = _pool.Words;
        int sum = 0;
        foreach (int entry in entries)
        {
            int index = entry < NoMatch ? entry - NodeFlag : 0;
            sum += index < words.Length ? words[index] : 0;
        }

        return sum;
    }
}
