using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing.Lpm;

/// <summary>
/// A forwarding table's match: from an address to the value of the longest prefix that contains it. Up to 16 prefixes are
/// scanned; more are compiled into a multibit trie at the first lookup, and changes are patched into it at the next.
/// </summary>
public sealed class LongestPrefixMatch<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    // Up to about 10,000 prefixes the 1 MiB of a direct root is not paid back.
    private const int DirectRootAbove = 10_240;

    // So few lookups overlap by themselves: going through them stage by stage costs more than it gains.
    private const int SmallestBatch = 5;

    private readonly PrefixTable<TAddress> _table = new();
    private readonly IArena _arena;
    private readonly int _directRootAbove;
    private CompressedTrie<TAddress>? _compiled;

    public LongestPrefixMatch(IArena? arena = null)
        : this(arena ?? ManagedArena.Instance, DirectRootAbove)
    {
    }

    internal LongestPrefixMatch(IArena arena, int directRootAbove)
    {
        _arena = arena;
        _directRootAbove = directRootAbove;
    }

    /// <summary>Goes up with every change: what was looked up under another generation must be looked up again.</summary>
    public uint Generation { get; private set; }

    public int Count => _table.Count;

    /// <summary>The bytes that lookups read; the table that they are compiled from is not counted above 16 prefixes.</summary>
    public long MemoryBytes =>
        _compiled?.MemoryBytes ?? (long)_table.Scanned.Length * Unsafe.SizeOf<PrefixEntry<TAddress>>();

    /// <summary>The value of the longest prefix that contains <paramref name="address"/>, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Lookup(TAddress address)
    {
        CompressedTrie<TAddress>? compiled = _compiled;
        return compiled is not null ? compiled.Lookup(address) : LookupWithoutTrie(address);
    }

    /// <summary>
    /// <see cref="Lookup(TAddress)"/> for many addresses at once, whose cache misses then overlap: a third faster in large
    /// tables. The results hold for the present <see cref="Generation"/>.
    /// </summary>
    public void Lookup(ReadOnlySpan<TAddress> addresses, Span<int> values)
    {
        if (addresses.Length >= SmallestBatch && Compiled() is CompressedTrie<TAddress> compiled)
        {
            compiled.Lookup(addresses, values);
            return;
        }

        for (int i = 0; i < addresses.Length; i++)
        {
            values[i] = Lookup(addresses[i]);
        }
    }

    /// <summary>Reads what a lookup reads before it knows an address.</summary>
    internal int Touch() => _compiled?.Touch() ?? _table.Count;

    /// <summary>The longest prefix that contains <paramref name="address"/>, for those who ask why; slower.</summary>
    public bool TryFindLongest(TAddress address, out PrefixEntry<TAddress> entry) => _table.TryFindLongest(address, out entry);

    /// <summary>The value of exactly this prefix.</summary>
    public bool TryFind(Prefix<TAddress> prefix, out int value) => _table.TryFind(prefix, out value);

    /// <summary>Adds or replaces; values are at least zero. Returns the value that was there, or -1.</summary>
    public int Set(Prefix<TAddress> prefix, int value)
    {
        int old = _table.Set(prefix, value);
        if (old != value)
        {
            Changed(prefix);
        }

        return old;
    }

    /// <summary>Returns the value that was there, or -1.</summary>
    public int Remove(Prefix<TAddress> prefix)
    {
        int old = _table.Remove(prefix);
        if (old >= 0)
        {
            Changed(prefix);
        }

        return old;
    }

    public void Clear()
    {
        _table.Clear();
        _compiled = null;
        Generation++;
    }

    /// <summary>In order of address, shorter prefixes first. The table must not change meanwhile.</summary>
    public IEnumerable<PrefixEntry<TAddress>> Entries() => _table.Entries();

    private void Changed(Prefix<TAddress> prefix)
    {
        Generation++;
        if (_table.Trie is null)
        {
            _compiled = null;
            return;
        }

        _compiled?.Changed(prefix);
    }

    private int LookupWithoutTrie(TAddress address) =>
        _table.Trie is null ? _table.Scan(address) : Compiled()!.Lookup(address);

    /// <summary>The trie, which from now on exists; null for a table that is scanned.</summary>
    private CompressedTrie<TAddress>? Compiled()
    {
        if (_compiled is null && _table.Trie is not null)
        {
            _compiled = new CompressedTrie<TAddress>(_table.Trie, _arena, _directRootAbove);
        }

        return _compiled;
    }
}
