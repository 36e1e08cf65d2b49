using System;
using System.Numerics;

namespace Netemu.Engine.Routing.Lpm;

/// <content>
/// Many addresses level by level: the loads of one level do not wait for each other, and no branch waits for a load.
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
        Span<ulong> high = stackalloc ulong[BatchSize];
        Span<ulong> low = stackalloc ulong[Skips ? BatchSize : 1];
        Span<int> active = stackalloc int[BatchSize];
        Span<int> atLeaf = stackalloc int[BatchSize];
        int activeCount = 0;
        int leafCount = 0;
        int[] root = _root;
        for (int i = 0; i < addresses.Length; i++)
        {
            ulong h = High(addresses[i]);
            ulong l = Low(addresses[i]);
            int entry = NodeFlag;
            if (root.Length != 0)
            {
                entry = root[(int)(h >> (64 - RootBits))];
                Advance(ref h, ref l, RootBits);
            }

            high[i] = h;
            if (Skips)
            {
                low[i] = l;
            }

            values[i] = entry;
        }

        for (int i = 0; i < addresses.Length; i++)
        {
            active[activeCount] = i;
            activeCount += values[i] < NoMatch ? 1 : 0;
            values[i] = values[i] < NoMatch ? values[i] - NodeFlag : values[i];
        }

        int[] words = _pool.Words;
        while (activeCount > 0)
        {
            int still = 0;
            for (int a = 0; a < activeCount; a++)
            {
                int i = active[a];
                ref readonly CompressedTrieNode node = ref BlockPool.NodeAt(words, values[i]);
                ulong h = high[i];
                ulong l = Skips ? low[i] : 0;
                if (Skips && !node.IsBranch)
                {
                    int count = node.BitCount;
                    bool match = h >> (64 - count) == node.Vector;
                    bool done = !match | node.IsEnd;
                    values[i] = match ? node.NodeBase : node.LeafBase;
                    active[still] = i;
                    still += done ? 0 : 1;
                    Advance(ref h, ref l, done ? 1 : count);
                    high[i] = h;
                    low[i] = l;
                    continue;
                }

                int slot = (int)(h >> (64 - Stride));
                ulong below = (1UL << slot) - 1;
                int child = node.NodeBase + (BlockPool.NodeSize * BitOperations.PopCount(node.Vector & below));
                int run = BitOperations.PopCount(node.LeafVector & ((below << 1) | 1)) - 1;
                int leaf = node.HasWideLeaves ? node.LeafBase - run : (2 * node.LeafBase) + run;
                int more = (int)(node.Vector >> slot) & 1;
                values[i] = more != 0 ? child : leaf;
                active[still] = i;
                atLeaf[leafCount] = i;
                still += more;
                leafCount += more ^ 1;
                Advance(ref h, ref l, Stride);
                high[i] = h;
                if (Skips)
                {
                    low[i] = l;
                }
            }

            activeCount = still;
        }

        for (int a = 0; a < leafCount; a++)
        {
            int i = atLeaf[a];
            int leaf = values[i];
            values[i] = leaf < 0 ? words[~leaf] : NarrowLeaf(words, leaf >> 1, leaf & 1);
        }

        for (int i = 0; i < addresses.Length; i++)
        {
            values[i] = values[i] >= 0 ? values[i] : _default;
        }
    }
}
