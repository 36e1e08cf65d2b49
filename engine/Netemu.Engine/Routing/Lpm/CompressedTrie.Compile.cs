using System;
using System.Numerics;

namespace Netemu.Engine.Routing.Lpm;

/// <content>From the binary trie to the compiled one, whole or one node at a time.</content>
internal sealed partial class CompressedTrie<TAddress>
{
    // A chain shorter than two levels is cheaper as a branch with one child.
    private const int ShortestSkip = 2 * Stride;
    private const int LongestSkip = 10 * Stride;

    private void CompileAll()
    {
        _pool.Clear();
        _default = _source.DefaultValue;
        int bits = WantedRootBits;
        if (bits != 0)
        {
            if (bits != _rootBits)
            {
                _root = _arena.Allocate<int>(1 << bits);
            }

            _rootBits = bits;
            Array.Fill(_root, NoMatch);
            ExpandIntoRoot(source: 0);
        }
        else
        {
            _root = [];
            _rootBits = 0;
            int top = _pool.Allocate(BlockPool.NodeSize);
            CompressedTrieNode node = CompileBranch(source: 0, offset: 0, NoMatch);
            _pool.Node(top) = node;
        }

        _pool.Trim();
    }

    /// <summary>Writes a subtree of the source into the root's slots; outer prefixes come before inner ones.</summary>
    private void ExpandIntoRoot(int source)
    {
        BinaryTrieNode<TAddress> node = _source.Nodes[source];
        int slot = (int)node.Address.ExtractBits(0, _rootBits);
        if (source != 0 && node.Value >= 0 && node.Length <= _rootBits)
        {
            _root.AsSpan(slot, 1 << (_rootBits - node.Length)).Fill(node.Value);
        }

        if (node.Length > _rootBits || (node.Length == _rootBits && !node.IsLeaf))
        {
            int block = _pool.Allocate(BlockPool.NodeSize);
            CompressedTrieNode child = CompileChild(source, _rootBits, _root[slot]);
            _pool.Node(block) = child;
            _root[slot] = NodeFlag + block;
            return;
        }

        if (node.Zero != BinaryTrie<TAddress>.None)
        {
            ExpandIntoRoot(node.Zero);
        }

        if (node.One != BinaryTrie<TAddress>.None)
        {
            ExpandIntoRoot(node.One);
        }
    }

    /// <summary>The node for all prefixes of <paramref name="source"/>, which share their first <paramref name="offset"/> bits.</summary>
    private CompressedTrieNode CompileChild(int source, int offset, int inherited)
    {
        if (!Skips)
        {
            return CompileBranch(source, offset, inherited);
        }

        BinaryTrieNode<TAddress> node = _source.Nodes[source];
        int bits = node.Length - offset;
        if (node.IsLeaf && bits <= 64)
        {
            return new CompressedTrieNode
            {
                Vector = Window(node.Address, offset) >> (64 - bits),
                LeafVector = ((ulong)bits << 1) | CompressedTrieNode.EndFlag,
                LeafBase = inherited,
                NodeBase = node.Value,
            };
        }

        if (bits < ShortestSkip)
        {
            return CompileBranch(source, offset, inherited);
        }

        int skipped = Math.Min(bits / Stride * Stride, LongestSkip);
        int block = _pool.Allocate(BlockPool.NodeSize);
        CompressedTrieNode child = CompileChild(source, offset + skipped, inherited);
        _pool.Node(block) = child;
        return new CompressedTrieNode
        {
            Vector = Window(node.Address, offset) >> (64 - skipped),
            LeafVector = (ulong)skipped << 1,
            LeafBase = inherited,
            NodeBase = block,
        };
    }

    private CompressedTrieNode CompileBranch(int source, int offset, int inherited)
    {
        Span<int> values = stackalloc int[Slots];
        Span<int> children = stackalloc int[Slots];
        values.Fill(inherited);
        Expand(source, offset, values, children);
        return Assemble(offset, values, children, old: default, kept: 0);
    }

    /// <summary>Fills the slots' values, and the subtrees of those slots that need a child.</summary>
    private void Expand(int source, int offset, Span<int> values, Span<int> children)
    {
        BinaryTrieNode<TAddress> node = _source.Nodes[source];
        int end = offset + Stride;
        int slot = (int)node.Address.ExtractBits(offset, Stride);
        if (source != 0 && node.Value >= 0 && node.Length <= end)
        {
            values.Slice(slot, 1 << (end - Math.Max(node.Length, offset))).Fill(node.Value);
        }

        if (node.Length > end || (node.Length == end && !node.IsLeaf))
        {
            children[slot] = source;
            return;
        }

        if (node.Zero != BinaryTrie<TAddress>.None)
        {
            Expand(node.Zero, offset, values, children);
        }

        if (node.One != BinaryTrie<TAddress>.None)
        {
            Expand(node.One, offset, values, children);
        }
    }

    /// <summary>Makes a branch; children in <paramref name="kept"/> are taken over from <paramref name="old"/>.</summary>
    private CompressedTrieNode Assemble(
        int offset, ReadOnlySpan<int> values, ReadOnlySpan<int> children, CompressedTrieNode old, ulong kept)
    {
        CompressedTrieNode node = new() { LeafVector = 1 };
        Span<int> runs = stackalloc int[Slots];
        int runCount = 0;
        int largest = NoMatch;
        for (int slot = 0; slot < Slots; slot++)
        {
            if (children[slot] != BinaryTrie<TAddress>.None)
            {
                node.Vector |= 1UL << slot;
            }
            else if (runCount == 0 || values[slot] != runs[runCount - 1])
            {
                node.LeafVector |= runCount == 0 ? 1 : 1UL << slot;
                runs[runCount++] = values[slot];
                largest = Math.Max(largest, values[slot]);
            }
        }

        if (runCount > 0)
        {
            node.LeafBase = AllocateLeaves(runs[..runCount], narrow: largest <= CompressedTrieNode.LargestNarrowValue);
        }

        if (node.Vector != 0)
        {
            node.NodeBase = _pool.AllocateNodes(node.Vector);
        }

        int next = node.NodeBase;
        for (ulong rest = node.Vector; rest != 0; rest &= rest - 1)
        {
            int slot = BitOperations.TrailingZeroCount(rest);
            CompressedTrieNode child = ((kept >> slot) & 1) != 0
                ? _pool.Node(ChildIndex(old, slot))
                : CompileChild(children[slot], offset + Stride, values[slot]);
            _pool.Node(next) = child;
            next += BlockPool.NodeSize;
        }

        return node;
    }

    /// <summary>Writes a branch's leaves and returns its LeafBase.</summary>
    private int AllocateLeaves(ReadOnlySpan<int> runs, bool narrow)
    {
        if (!narrow)
        {
            int wide = _pool.Allocate(runs.Length);
            runs.CopyTo(_pool.Words.AsSpan(wide));
            return ~wide;
        }

        int size = (runs.Length + 1) / 2;
        int start = _pool.Allocate(size);
        Span<int> words = _pool.Words.AsSpan(start, size);
        words.Clear();
        for (int i = 0; i < runs.Length; i++)
        {
            words[i >> 1] |= (runs[i] + 1) << ((i & 1) << 4);
        }

        return start;
    }

    private static int ChildIndex(in CompressedTrieNode node, int slot) =>
        node.NodeBase + (BlockPool.NodeSize * BitOperations.PopCount(node.Vector & ((1UL << slot) - 1)));
}
