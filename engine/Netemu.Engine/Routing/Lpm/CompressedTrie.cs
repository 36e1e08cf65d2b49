using System.Numerics;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// The compiled form of a <see cref="BinaryTrie{TAddress}"/> for forwarding: a multibit trie of 6 bits a level with
/// population-count vectors (Asai and Ohara, Poptrie, SIGCOMM 2015), so that levels end on /24. Large tables have a
/// direct root of 12 or 18 bits. IPv6 skips what has only one way to go on.
/// <code>
///   IPv4  root or 6|6|6, then 6 (/24), 6 (/30), 2
///   IPv6  root or 6|6|6, then 6 or a skip of up to 60 bits, ..., or an end of up to 64 bits
/// </code>
/// The default prefix is not pushed into the leaves, so that its change costs nothing. Changes are noted and applied
/// at the next lookup: node by node, or all at once when there are many.
/// </summary>
internal sealed partial class CompressedTrie<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private const int NoMatch = -1;
    private const int Stride = 6;
    private const int Slots = 1 << Stride;
    private const int ShortRootBits = 2 * Stride;
    private const int LongRootBits = 3 * Stride;

    // From here on the 16 KiB of a short root are paid back by the two levels that it saves; of them a small table's
    // lookups touch few lines.
    private const int ShortRootAbove = 256;

    // A root entry is a value of at least -1, or a node's index from here.
    private const int NodeFlag = int.MinValue;

    private readonly BinaryTrie<TAddress> _source;
    private readonly IArena _arena;
    private readonly int _directRootAbove;
    private readonly BlockPool _pool;
    private int[] _root = [];
    private int _rootBits;
    private int _default = NoMatch;
    private bool _stale = true;

    public CompressedTrie(BinaryTrie<TAddress> source, IArena arena, int directRootAbove)
    {
        _directRootAbove = directRootAbove;
        _source = source;
        _arena = arena;
        _pool = new BlockPool(arena);
    }

    /// <summary>How many bits the direct root should cover. A root goes again when half of the prefixes that called for it are left.</summary>
    private int WantedRootBits =>
        Wants(_directRootAbove, LongRootBits) ? LongRootBits : Wants(ShortRootAbove, ShortRootBits) ? ShortRootBits : 0;

    /// <summary>The bytes of the arrays that a lookup reads, free blocks included.</summary>
    public long MemoryBytes => sizeof(int) * ((long)_pool.Words.Length + _root.Length);

    private bool Wants(int above, int bits) => _source.Count > (_rootBits < bits ? above : above / 2);

    /// <summary>Only IPv6 has long ways without a fork; for IPv4 the test would cost more than it saves.</summary>
    private static bool Skips => TAddress.Bits > 64;

    /// <summary>The value of the longest prefix that contains <paramref name="address"/>, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Lookup(TAddress address)
    {
        if (_stale)
        {
            Refresh();
        }

        int value = LookupCompiled(address);
        return value >= 0 ? value : _default;
    }

    /// <summary>Reads what a lookup reads before it knows an address.</summary>
    public int Touch() => _root.Length + _pool.Words.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int LookupCompiled(TAddress address)
    {
        int[] root = _root;
        if (root.Length == 0)
        {
            return Walk(High(address), Low(address), index: 0);
        }

        ulong high = High(address);
        int entry = root[(int)(high >> (64 - _rootBits))];
        return entry >= NoMatch ? entry : WalkFromRoot(address, entry);
    }

    private int WalkFromRoot(TAddress address, int entry)
    {
        ulong high = High(address);
        ulong low = Low(address);
        Advance(ref high, ref low, _rootBits);
        return Walk(high, low, entry - NodeFlag);
    }

    /// <summary>From a node down; the bits that are still to be looked at are at the top of the first argument.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Walk(ulong high, ulong low, int index)
    {
        int[] words = _pool.Words;
        while (true)
        {
            ref readonly CompressedTrieNode node = ref BlockPool.NodeAt(words, index);
            if (Skips && !node.IsBranch)
            {
                int count = node.BitCount;
                if (high >> (64 - count) != node.Vector)
                {
                    return node.LeafBase;
                }

                if (node.IsEnd)
                {
                    return node.NodeBase;
                }

                index = node.NodeBase;
                Advance(ref high, ref low, count);
                continue;
            }

            int slot = (int)(high >> (64 - Stride));
            ulong below = (1UL << slot) - 1;
            if (!node.HasChild(slot))
            {
                int run = BitOperations.PopCount(node.LeafVector & ((below << 1) | 1)) - 1;
                return node.HasWideLeaves ? words[~node.LeafBase + run] : NarrowLeaf(words, node.LeafBase, run);
            }

            index = node.NodeBase + (BlockPool.NodeSize * BitOperations.PopCount(node.Vector & below));
            Advance(ref high, ref low, Stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NarrowLeaf(int[] words, int leafBase, int run) =>
        (int)(((uint)words[leafBase + (run >> 1)] >> ((run & 1) << 4)) & 0xFFFF) - 1;

    /// <summary>Moves on by 1 to 63 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance(ref ulong high, ref ulong low, int bits)
    {
        high <<= bits;
        if (Skips)
        {
            high |= low >> (64 - bits);
            low <<= bits;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(TAddress address) =>
        typeof(TAddress) == typeof(IPv6Address)
            ? Unsafe.BitCast<TAddress, IPv6Address>(address).High
            : (ulong)address.ExtractBits(0, 32) << 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Low(TAddress address) =>
        typeof(TAddress) == typeof(IPv6Address) ? Unsafe.BitCast<TAddress, IPv6Address>(address).Low : 0;

    /// <summary>64 bits of the address from <paramref name="offset"/>.</summary>
    private static ulong Window(TAddress address, int offset) =>
        ((ulong)address.ExtractBits(offset, 32) << 32) | address.ExtractBits(offset + 32, 32);
}
