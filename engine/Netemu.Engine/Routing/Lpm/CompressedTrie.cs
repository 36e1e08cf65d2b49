using System.Numerics;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// The compiled form of a <see cref="BinaryTrie{TAddress}"/> for forwarding: a multibit trie of 6 bits a level with
/// population-count vectors (Asai and Ohara, Poptrie, SIGCOMM 2015), so that levels end on /24. Large tables have a
/// direct root of 18 bits. IPv6 skips what has only one way to go on.
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
    private const int RootBits = 3 * Stride;

    // Below about 10,000 prefixes the 1 MiB of a direct root is not paid back; half of it before the root goes again.
    private const int DirectRootAbove = 10_240;
    private const int DirectRootUntil = DirectRootAbove / 2;

    // A root entry is a value of at least -1, or a node's index from here.
    private const int NodeFlag = int.MinValue;

    private readonly BinaryTrie<TAddress> _source;
    private readonly BlockPool<CompressedTrieNode> _nodes = new();
    private readonly BlockPool<int> _leaves = new();
    private int[] _root = [];
    private int _default = NoMatch;
    private bool _stale = true;

    public CompressedTrie(BinaryTrie<TAddress> source)
    {
        _source = source;
    }

    /// <summary>The bytes of the arrays that a lookup reads, free blocks included.</summary>
    public long MemoryBytes =>
        ((long)_nodes.Items.Length * Unsafe.SizeOf<CompressedTrieNode>()) + (sizeof(int) * ((long)_leaves.Items.Length + _root.Length));

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

    private int LookupCompiled(TAddress address)
    {
        int index = 0;
        int offset = 0;
        int[] root = _root;
        if (root.Length != 0)
        {
            int entry = root[address.ExtractBits(0, RootBits)];
            if (entry >= NoMatch)
            {
                return entry;
            }

            index = entry - NodeFlag;
            offset = RootBits;
        }

        CompressedTrieNode[] nodes = _nodes.Items;
        while (true)
        {
            ref readonly CompressedTrieNode node = ref nodes[index];
            if (Skips && !node.IsBranch)
            {
                if (Window(address, offset) >> (64 - node.BitCount) != node.Vector)
                {
                    return node.LeafBase;
                }

                if (node.IsEnd)
                {
                    return node.NodeBase;
                }

                index = node.NodeBase;
                offset += node.BitCount;
                continue;
            }

            ulong bit = 1UL << (int)address.ExtractBits(offset, Stride);
            if ((node.Vector & bit) == 0)
            {
                return _leaves.Items[node.LeafBase + BitOperations.PopCount(node.LeafVector & (bit | (bit - 1))) - 1];
            }

            index = node.NodeBase + BitOperations.PopCount(node.Vector & (bit - 1));
            offset += Stride;
        }
    }

    /// <summary>64 bits of the address from <paramref name="offset"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Window(TAddress address, int offset) =>
        ((ulong)address.ExtractBits(offset, 32) << 32) | address.ExtractBits(offset + 32, 32);
}
