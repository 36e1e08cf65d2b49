using System;
using System.Collections.Generic;
using System.Numerics;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// A path-compressed binary trie in one array: at most two nodes a prefix (20 bytes each for IPv4, 32 for IPv6).
/// Every node's prefix contains those of its children; the root is always the default prefix, with or without a value.
/// </summary>
internal sealed class BinaryTrie<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    public const int None = 0;
    public const int NoValue = -1;

    private BinaryTrieNode<TAddress>[] _nodes;
    private int _used = 1;
    private int _free = None;

    public BinaryTrie(int capacity)
    {
        _nodes = new BinaryTrieNode<TAddress>[Math.Max(capacity, 4)];
        _nodes[0].Value = NoValue;
    }

    /// <summary>The prefixes in the trie.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<BinaryTrieNode<TAddress>> Nodes => _nodes;

    /// <summary>The value of the default prefix, -1 if there is none.</summary>
    public int DefaultValue => _nodes[0].Value;

    /// <summary>Adds or replaces; returns the value that was there, or -1.</summary>
    public int Set(Prefix<TAddress> prefix, int value)
    {
        int at = 0;
        while (_nodes[at].Length != prefix.Length)
        {
            int bit = (int)prefix.Address.ExtractBits(_nodes[at].Length, 1);
            int child = bit == 0 ? _nodes[at].Zero : _nodes[at].One;
            if (child == None)
            {
                int leaf = Allocate(prefix.Address, prefix.Length, value);
                Link(at, bit, leaf);
                Count++;
                return NoValue;
            }

            int common = Math.Min(CommonBits(prefix.Address, _nodes[child].Address), Math.Min(prefix.Length, _nodes[child].Length));
            if (common == _nodes[child].Length)
            {
                at = child;
                continue;
            }

            int above = Allocate(prefix.Address.Mask(common), common, common == prefix.Length ? value : NoValue);
            Link(at, bit, above);
            Link(above, (int)_nodes[child].Address.ExtractBits(common, 1), child);
            if (common < prefix.Length)
            {
                int leaf = Allocate(prefix.Address, prefix.Length, value);
                Link(above, (int)prefix.Address.ExtractBits(common, 1), leaf);
            }

            Count++;
            return NoValue;
        }

        int old = _nodes[at].Value;
        _nodes[at].Value = value;
        Count += old == NoValue ? 1 : 0;
        return old;
    }

    /// <summary>Removes; returns the value that was there, or -1.</summary>
    public int Remove(Prefix<TAddress> prefix)
    {
        int above = None;
        int parent = None;
        int at = 0;
        while (_nodes[at].Length < prefix.Length)
        {
            int child = ChildTowards(at, prefix.Address);
            if (child == None)
            {
                return NoValue;
            }

            above = parent;
            parent = at;
            at = child;
        }

        int old = _nodes[at].Value;
        if (old == NoValue || _nodes[at].Length != prefix.Length || !_nodes[at].Address.Equals(prefix.Address))
        {
            return NoValue;
        }

        _nodes[at].Value = NoValue;
        Count--;
        if (at != 0 && SpliceOut(parent, at) && parent != 0 && _nodes[parent].Value == NoValue)
        {
            SpliceOut(above, parent);
        }

        return old;
    }

    public int Find(Prefix<TAddress> prefix)
    {
        int at = FindSubtree(prefix.Address, prefix.Length, out _);
        return (at != None || prefix.Length == 0) && _nodes[at].Length == prefix.Length ? _nodes[at].Value : NoValue;
    }

    public bool TryFindLongest(TAddress address, out PrefixEntry<TAddress> entry)
    {
        int best = NoValue;
        int at = 0;
        do
        {
            if (CommonBits(address, _nodes[at].Address) < _nodes[at].Length)
            {
                break;
            }

            best = _nodes[at].Value == NoValue ? best : at;
            at = _nodes[at].Length == TAddress.Bits ? None : ChildTowards(at, address);
        }
        while (at != None);

        entry = best == NoValue ? default : EntryOf(best);
        return best != NoValue;
    }

    /// <summary>
    /// The topmost node other than the root whose prefix lies in the first <paramref name="length"/> bits of
    /// <paramref name="address"/>, and the value inherited from above it, the default's left out.
    /// </summary>
    public int FindSubtree(TAddress address, int length, out int inherited)
    {
        inherited = NoValue;
        int at = 0;
        while (_nodes[at].Length < length)
        {
            inherited = at == 0 || _nodes[at].Value == NoValue ? inherited : _nodes[at].Value;
            int child = ChildTowards(at, address);
            if (child == None || CommonBits(_nodes[child].Address, address) < Math.Min(length, (int)_nodes[child].Length))
            {
                return None;
            }

            at = child;
        }

        return at;
    }

    /// <summary>In order of address, shorter prefixes first.</summary>
    public IEnumerable<PrefixEntry<TAddress>> Entries()
    {
        Stack<int> pending = new();
        pending.Push(0);
        while (pending.TryPop(out int at))
        {
            if (_nodes[at].Value != NoValue)
            {
                yield return EntryOf(at);
            }

            if (_nodes[at].One != None)
            {
                pending.Push(_nodes[at].One);
            }

            if (_nodes[at].Zero != None)
            {
                pending.Push(_nodes[at].Zero);
            }
        }
    }

    /// <summary>The number of leading bits that two addresses have in common.</summary>
    private static int CommonBits(TAddress left, TAddress right)
    {
        for (int offset = 0; offset < TAddress.Bits; offset += 32)
        {
            uint difference = left.ExtractBits(offset, 32) ^ right.ExtractBits(offset, 32);
            if (difference != 0)
            {
                return offset + BitOperations.LeadingZeroCount(difference);
            }
        }

        return TAddress.Bits;
    }

    private PrefixEntry<TAddress> EntryOf(int at) =>
        new(new Prefix<TAddress>(_nodes[at].Address, _nodes[at].Length), _nodes[at].Value);

    private int ChildTowards(int at, TAddress address) =>
        address.ExtractBits(_nodes[at].Length, 1) == 0 ? _nodes[at].Zero : _nodes[at].One;

    private void Link(int parent, int bit, int child)
    {
        if (bit == 0)
        {
            _nodes[parent].Zero = child;
        }
        else
        {
            _nodes[parent].One = child;
        }
    }

    /// <summary>Takes a node without a value out; false if it must stay as a branch between two children.</summary>
    private bool SpliceOut(int parent, int at)
    {
        if (_nodes[at].Zero != None && _nodes[at].One != None)
        {
            return false;
        }

        Link(parent, _nodes[parent].Zero == at ? 0 : 1, _nodes[at].Zero | _nodes[at].One);
        _nodes[at] = new BinaryTrieNode<TAddress> { Zero = _free, Value = NoValue };
        _free = at;
        return true;
    }

    private int Allocate(TAddress address, int length, int value)
    {
        int index = _free;
        if (index != None)
        {
            _free = _nodes[index].Zero;
        }
        else
        {
            if (_used == _nodes.Length)
            {
                Array.Resize(ref _nodes, _used + Math.Max(_used / 2, 4));
            }

            index = _used++;
        }

        _nodes[index] = new BinaryTrieNode<TAddress> { Address = address, Length = (byte)length, Value = value };
        return index;
    }
}
