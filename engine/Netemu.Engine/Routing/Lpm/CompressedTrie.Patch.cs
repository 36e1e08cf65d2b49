using System;
using System.Numerics;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing.Lpm;

/// <content>Changes after the first compilation: the lowest node that holds all of the change is made anew.</content>
internal sealed partial class CompressedTrie<TAddress>
{
    private const int SmallestJournal = 64;

    // Compiling one prefix costs about a sixth of patching it: beyond this part of the table, all is compiled.
    private const int RecompileDivisor = 8;

    private Prefix<TAddress>[] _journal = [];
    private int _journalCount;
    private bool _compiled;

    /// <summary>Notes that the source's value for <paramref name="prefix"/> has changed.</summary>
    public void Changed(Prefix<TAddress> prefix)
    {
        _stale = true;
        if (!_compiled)
        {
            return;
        }

        if (_journalCount >= Math.Max(SmallestJournal, _source.Count / RecompileDivisor))
        {
            _compiled = false;
            _journal = [];
            _journalCount = 0;
            return;
        }

        if (_journalCount == _journal.Length)
        {
            Array.Resize(ref _journal, Math.Max(4, _journalCount * 2));
        }

        _journal[_journalCount++] = prefix;
    }

    private void Refresh()
    {
        _stale = false;
        if (!_compiled || WantedRootBits != _rootBits || Scattered())
        {
            CompileAll();
            _compiled = true;
            _journalCount = 0;
            return;
        }

        for (int i = 0; i < _journalCount; i++)
        {
            Patch(_journal[i]);
        }

        _journalCount = 0;
    }

    /// <summary>Whether more is free than in use: a compilation puts the rest together.</summary>
    private bool Scattered() => _pool.FreeWords > _pool.UsedWords + SmallestJournal;

    private void Patch(Prefix<TAddress> prefix)
    {
        if (prefix.Length == 0)
        {
            _default = _source.DefaultValue;
            return;
        }

        int index = 0;
        int offset = 0;
        if (_root.Length != 0)
        {
            int entry = _root[prefix.Address.ExtractBits(0, _rootBits)];
            index = entry - NodeFlag;
            offset = _rootBits;
            if (prefix.Length <= _rootBits || entry >= NoMatch || !Stays(prefix, ref index, ref offset))
            {
                PatchRoot(prefix.Address, Math.Min((int)prefix.Length, _rootBits));
                return;
            }
        }

        while (prefix.Length > offset + Stride)
        {
            CompressedTrieNode node = _pool.Node(index);
            int slot = (int)prefix.Address.ExtractBits(offset, Stride);
            int child = ChildIndex(node, slot);
            int childOffset = offset + Stride;
            if (!node.HasChild(slot) || !Stays(prefix, ref child, ref childOffset))
            {
                break;
            }

            index = child;
            offset = childOffset;
        }

        PatchBranch(prefix, index, offset);
    }

    /// <summary>
    /// Whether the node at <paramref name="offset"/> on the prefix's way need not be replaced as a whole; moves past
    /// skips to the branch where the search goes on.
    /// </summary>
    private bool Stays(Prefix<TAddress> prefix, ref int index, ref int offset)
    {
        int source = _source.FindSubtree(prefix.Address, offset, out _);
        if (source == BinaryTrie<TAddress>.None)
        {
            return false;
        }

        BinaryTrieNode<TAddress> top = _source.Nodes[source];
        if (top.IsLeaf && (Skips || top.Length == offset))
        {
            return false;
        }

        while (true)
        {
            CompressedTrieNode node = _pool.Node(index);
            if (node.IsBranch)
            {
                return true;
            }

            int end = offset + node.BitCount;
            if (node.IsEnd || prefix.Length <= end || top.Length < end
                || Window(prefix.Address, offset) >> (64 - node.BitCount) != node.Vector)
            {
                return false;
            }

            index = node.NodeBase;
            offset = end;
        }
    }

    /// <summary>Compiles the root's slots under the first <paramref name="length"/> bits of an address.</summary>
    private void PatchRoot(TAddress address, int length)
    {
        int first = (int)address.Mask(length).ExtractBits(0, _rootBits);
        Span<int> slots = _root.AsSpan(first, 1 << (_rootBits - length));
        foreach (int entry in slots)
        {
            if (entry < NoMatch)
            {
                FreeChildren(_pool.Node(entry - NodeFlag));
                _pool.Free(entry - NodeFlag, BlockPool.NodeSize);
            }
        }

        int source = _source.FindSubtree(address, length, out int inherited);
        slots.Fill(inherited);
        if (source != BinaryTrie<TAddress>.None)
        {
            ExpandIntoRoot(source);
        }
    }

    /// <summary>Makes a branch anew in place; slots outside the prefix keep their children.</summary>
    private void PatchBranch(Prefix<TAddress> prefix, int index, int offset)
    {
        Span<int> values = stackalloc int[Slots];
        Span<int> children = stackalloc int[Slots];
        int source = _source.FindSubtree(prefix.Address, offset, out int inherited);
        values.Fill(inherited);
        if (source != BinaryTrie<TAddress>.None || offset == 0)
        {
            Expand(source, offset, values, children);
        }

        int first = (int)prefix.Address.ExtractBits(offset, Stride);
        int count = 1 << Math.Max(0, offset + Stride - prefix.Length);
        CompressedTrieNode old = _pool.Node(index);
        ulong kept = 0;
        for (ulong rest = old.Vector; rest != 0; rest &= rest - 1)
        {
            int slot = BitOperations.TrailingZeroCount(rest);
            bool affected = slot >= first && slot < first + count;
            if (affected || children[slot] == BinaryTrie<TAddress>.None)
            {
                FreeChildren(_pool.Node(ChildIndex(old, slot)));
            }
            else
            {
                kept |= 1UL << slot;
            }
        }

        CompressedTrieNode made = Assemble(offset, values, children, old, kept);
        _pool.Node(index) = made;
        FreeBlocks(old);
    }

    /// <summary>Frees all that a node leads to, but not the node.</summary>
    private void FreeChildren(CompressedTrieNode node)
    {
        if (node.IsBranch)
        {
            for (ulong rest = node.Vector; rest != 0; rest &= rest - 1)
            {
                FreeChildren(_pool.Node(ChildIndex(node, BitOperations.TrailingZeroCount(rest))));
            }

            FreeBlocks(node);
        }
        else if (!node.IsEnd)
        {
            FreeChildren(_pool.Node(node.NodeBase));
            _pool.Free(node.NodeBase, BlockPool.NodeSize);
        }
    }

    private void FreeBlocks(CompressedTrieNode branch)
    {
        if (branch.Vector != 0)
        {
            _pool.FreeNodes(branch.NodeBase, branch.Vector);
        }

        if (branch.LeafWords != 0)
        {
            _pool.Free(branch.HasWideLeaves ? ~branch.LeafBase : branch.LeafBase, branch.LeafWords);
        }
    }
}
