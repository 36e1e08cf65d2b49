using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// Prefixes with values of at least zero, always in order (address, then shorter first). Up to
/// <see cref="ScanLimit"/> entries lie in one sorted array, more in a path-compressed binary trie.
/// An empty table owns no storage.
/// </summary>
public sealed class PrefixTable<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    /// <summary>The largest table that is kept, and looked up, as an array.</summary>
    public const int ScanLimit = 16;

    // A table that shrinks becomes an array again here, well below the limit: flapping at the limit costs no rebuild.
    private const int ShrinkLimit = ScanLimit / 2;

    private PrefixEntry<TAddress>[] _entries = [];
    private int _count;
    private BinaryTrie<TAddress>? _trie;

    public int Count => _trie?.Count ?? _count;

    /// <summary>The trie of a table above the limit, otherwise null.</summary>
    internal BinaryTrie<TAddress>? Trie => _trie;

    /// <summary>The entries in order while there is no trie.</summary>
    internal ReadOnlySpan<PrefixEntry<TAddress>> Scanned => _entries.AsSpan(0, _count);

    /// <summary>Adds or replaces; returns the value that was there, or -1.</summary>
    public int Set(Prefix<TAddress> prefix, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        if (_trie is not null)
        {
            return _trie.Set(prefix, value);
        }

        int at = PositionOf(prefix);
        if (at < _count && _entries[at].Prefix == prefix)
        {
            int old = _entries[at].Value;
            _entries[at] = new PrefixEntry<TAddress>(prefix, value);
            return old;
        }

        if (_count == ScanLimit)
        {
            BecomeTrie();
            return _trie!.Set(prefix, value);
        }

        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(2, _count * 2));
        }

        Array.Copy(_entries, at, _entries, at + 1, _count - at);
        _entries[at] = new PrefixEntry<TAddress>(prefix, value);
        _count++;
        return -1;
    }

    /// <summary>Removes; returns the value that was there, or -1.</summary>
    public int Remove(Prefix<TAddress> prefix)
    {
        if (_trie is not null)
        {
            int removed = _trie.Remove(prefix);
            if (_trie.Count <= ShrinkLimit)
            {
                BecomeArray();
            }

            return removed;
        }

        int at = PositionOf(prefix);
        if (at == _count || _entries[at].Prefix != prefix)
        {
            return -1;
        }

        int old = _entries[at].Value;
        _count--;
        Array.Copy(_entries, at + 1, _entries, at, _count - at);
        return old;
    }

    public void Clear()
    {
        _entries = [];
        _count = 0;
        _trie = null;
    }

    /// <summary>The value of exactly this prefix.</summary>
    public bool TryFind(Prefix<TAddress> prefix, out int value)
    {
        if (_trie is not null)
        {
            value = _trie.Find(prefix);
            return value >= 0;
        }

        int at = PositionOf(prefix);
        bool found = at < _count && _entries[at].Prefix == prefix;
        value = found ? _entries[at].Value : -1;
        return found;
    }

    /// <summary>The longest prefix that contains <paramref name="address"/>.</summary>
    public bool TryFindLongest(TAddress address, out PrefixEntry<TAddress> entry)
    {
        if (_trie is not null)
        {
            return _trie.TryFindLongest(address, out entry);
        }

        for (int i = _count - 1; i >= 0; i--)
        {
            if (_entries[i].Prefix.Contains(address))
            {
                entry = _entries[i];
                return true;
            }
        }

        entry = default;
        return false;
    }

    /// <summary>
    /// The value of the longest match in a table without a trie, or -1. What contains an address is nested, and an outer
    /// prefix precedes an inner one: the last entry that matches is the longest.
    /// </summary>
    internal int Scan(TAddress address)
    {
        PrefixEntry<TAddress>[] entries = _entries;
        for (int i = _count - 1; (uint)i < (uint)entries.Length; i--)
        {
            ref readonly PrefixEntry<TAddress> entry = ref entries[i];
            if (address.Mask(entry.Prefix.Length).Equals(entry.Prefix.Address))
            {
                return entry.Value;
            }
        }

        return -1;
    }

    /// <summary>In order of address, shorter prefixes first. The table must not change meanwhile.</summary>
    public IEnumerable<PrefixEntry<TAddress>> Entries()
    {
        if (_trie is not null)
        {
            foreach (PrefixEntry<TAddress> entry in _trie.Entries())
            {
                yield return entry;
            }

            yield break;
        }

        for (int i = 0; i < _count; i++)
        {
            yield return _entries[i];
        }
    }

    /// <summary>Where the prefix is, or belongs.</summary>
    private int PositionOf(Prefix<TAddress> prefix)
    {
        int at = 0;
        while (at < _count && _entries[at].Prefix.CompareTo(prefix) < 0)
        {
            at++;
        }

        return at;
    }

    private void BecomeTrie()
    {
        _trie = new BinaryTrie<TAddress>(4 * ScanLimit);
        foreach (PrefixEntry<TAddress> entry in Scanned)
        {
            _trie.Set(entry.Prefix, entry.Value);
        }

        _entries = [];
        _count = 0;
    }

    private void BecomeArray()
    {
        _entries = new PrefixEntry<TAddress>[ScanLimit];
        foreach (PrefixEntry<TAddress> entry in _trie!.Entries())
        {
            _entries[_count++] = entry;
        }

        _trie = null;
    }
}
