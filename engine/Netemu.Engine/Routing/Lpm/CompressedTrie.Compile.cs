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
        _nodes.Clear();
        _leaves.Clear();
        _default = _source.DefaultValue;
        if (_source.Count > (_root.Length == 0 ? DirectRootAbove : DirectRootUntil))
        {
            if (_root.Length == 0)
            {
                _root = new int[1 << RootBits];
            }

            Array.Fill(_root, NoMatch);
            ExpandIntoRoot(source: 0);
        }
        else
        {
            _root = [];
            int top = _nodes.Allocate(1);
            CompressedTrieNode node = CompileBranch(source: 0, offset: 0, NoMatch);
            _nodes.Items[top] = node;
        }

        _nodes.Trim();
        _leaves.Trim();
    }

    /// <summary>Writes a subtree of the source into the root's slots; outer prefixes come before inner ones.</summary>
    private void ExpandIntoRoot(int source)
    {
        BinaryTrieNode<TAddress> node = _source.Nodes[source];
        int slot = (int)node.Address.ExtractBits(0, RootBits);
        if (source != 0 && node.Value >= 0 && node.Length <= RootBits)
        {
            _root.AsSpan(slot, 1 << (RootBits - node.Length)).Fill(node.Value);
        }

        if (node.Length > RootBits || (node.Length == RootBits && !node.IsLeaf))
        {
            int block = _nodes.Allocate(1);
            CompressedTrieNode child = CompileChild(source, RootBits, _root[slot]);
            _nodes.Items[block] = child;
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
        int block = _nodes.Allocate(1);
        CompressedTrieNode child = CompileChild(source, offset + skipped, inherited);
        _nodes.Items[block] = child;
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
            }
        }

        if (runCount > 0)
        {
            node.LeafBase = _leaves.Allocate(runCount);
            runs[..runCount].CopyTo(_leaves.Items.AsSpan(node.LeafBase));
        }

        if (node.Vector != 0)
        {
            node.NodeBase = _nodes.Allocate(BitOperations.PopCount(node.Vector));
        }

        int next = node.NodeBase;
        for (ulong rest = node.Vector; rest != 0; rest &= rest - 1)
        {
            int slot = BitOperations.TrailingZeroCount(rest);
            CompressedTrieNode child = ((kept >> slot) & 1) != 0
                ? _nodes.Items[ChildIndex(old, slot)]
                : CompileChild(children[slot], offset + Stride, values[slot]);
            _nodes.Items[next++] = child;
        }

        return node;
    }

    private static int ChildIndex(in CompressedTrieNode node, int slot) =>
        node.NodeBase + BitOperations.PopCount(node.Vector & ((1UL << slot) - 1));
}
