using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// Remembers what attribute bytes were read to: a thousand receivers of one UPDATE parse it once. Reading attributes is
/// a pure function of the bytes and the kind of session, so this is visible in nothing but time. An entry whose set is gone
/// counts as none; when there are very many entries it begins anew.
/// </summary>
/// <remarks>
/// <code>
/// hash -> slot (number of an entry + 1), and the slots after it -> entry, in the order of adding
/// </code>
/// What neighbours send comes in the same order to the next receiver. So the entry after the one that was found last is tried
/// before any hash is computed, and entries are read one after the other.
/// </remarks>
internal sealed class AttributeCache
{
    private const int InitialSlots = 1 << 10;
    private const int MostEntries = 1 << 18;

    private int[] _slots = new int[InitialSlots];
    private Entry[] _entries = new Entry[InitialSlots / 4];
    private int _following;

    /// <summary>The number of entries.</summary>
    public int Count { get; private set; }

    public PathAttributes? Find(ReadOnlySpan<byte> bytes, AttributeContext context)
    {
        int number = _following;
        if (number >= Count || !_entries[number].Holds(bytes, context))
        {
            number = _slots[SlotOf(bytes, context, Hash(bytes, context))] - 1;
            if (number < 0)
            {
                return null;
            }
        }

        _following = number + 1;
        return _entries[number].Set is { Id: not 0 } set ? set : null;
    }

    public void Add(ReadOnlySpan<byte> bytes, AttributeContext context, PathAttributes set)
    {
        if (Count * 2 >= _slots.Length)
        {
            MakeRoom();
        }

        uint hash = Hash(bytes, context);
        ref int slot = ref _slots[SlotOf(bytes, context, hash)];
        if (slot == 0)
        {
            if (Count == _entries.Length)
            {
                Array.Resize(ref _entries, Count * 2);
            }

            slot = ++Count;
        }

        _entries[slot - 1] = new Entry(hash, context, bytes, set);
    }

    private static uint Hash(ReadOnlySpan<byte> bytes, AttributeContext context) => ByteHash.Compute(bytes, (ulong)context);

    /// <summary>Where the entry of bytes is, or the free slot where it would be.</summary>
    private int SlotOf(ReadOnlySpan<byte> bytes, AttributeContext context, uint hash)
    {
        int mask = _slots.Length - 1;
        int slot = (int)hash & mask;
        while (_slots[slot] is > 0 and int number
            && (_entries[number - 1].Hash != hash || !_entries[number - 1].Holds(bytes, context)))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    /// <summary>Forgets the entries whose sets are gone, or all if there are too many, and spreads the others over more slots.</summary>
    private void MakeRoom()
    {
        int kept = 0;
        foreach (ref readonly Entry entry in _entries.AsSpan(0, Count))
        {
            if (entry.Set.Id != 0)
            {
                _entries[kept++] = entry;
            }
        }

        kept = kept < MostEntries ? kept : 0;
        _entries.AsSpan(kept, Count - kept).Clear();
        Count = kept;
        _slots = new int[kept * 4 >= _slots.Length ? _slots.Length * 2 : _slots.Length];
        for (int number = 0; number < kept; number++)
        {
            ref readonly Entry entry = ref _entries[number];
            _slots[SlotOf(entry.Bytes, entry.Context, entry.Hash)] = number + 1;
        }
    }

    /// <summary>What some bytes were read to: a cache line, in which they stand themselves if they are few.</summary>
    private struct Entry
    {
        public readonly uint Hash;
        public readonly PathAttributes Set;
        public readonly AttributeContext Context;
        private readonly ushort _length;
        private readonly byte[]? _long;
        private FewBytes _few;

        public Entry(uint hash, AttributeContext context, ReadOnlySpan<byte> bytes, PathAttributes set)
        {
            Hash = hash;
            Context = context;
            Set = set;
            _length = (ushort)bytes.Length;
            if (bytes.Length <= FewBytes.Size)
            {
                bytes.CopyTo(_few);
            }
            else
            {
                _long = bytes.ToArray();
            }
        }

        [UnscopedRef]
        public readonly ReadOnlySpan<byte> Bytes => _long is null ? ((ReadOnlySpan<byte>)_few)[.._length] : _long;

        public readonly bool Holds(ReadOnlySpan<byte> bytes, AttributeContext context) => Context == context && bytes.SequenceEqual(Bytes);
    }

    [InlineArray(Size)]
    private struct FewBytes
    {
        public const int Size = 40;

        private byte _first;
    }
}
