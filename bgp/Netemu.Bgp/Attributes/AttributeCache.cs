using System;
using System.Runtime.CompilerServices;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// Remembers what attribute bytes were read to: a thousand receivers of one UPDATE parse it once. Reading attributes is
/// a pure function of the bytes and the kind of session, so this is visible in nothing but time. Direct-mapped; it grows
/// while many entries push each other out, up to a bound. An entry whose set is gone counts as none.
/// </summary>
/// <remarks>
/// <code>
/// hash -> slot (number of an entry + 1) -> entry, in the order of adding
/// </code>
/// What neighbours send comes in the same order to the next receiver. So the entry after the one that was found last is tried
/// before any hash is computed, and entries are read one after the other.
/// </remarks>
internal sealed class AttributeCache
{
    private const int InitialSize = 1 << 10;
    private const int LargestSize = 1 << 18;

    private int[] _slots = new int[InitialSize];
    private Entry[] _entries = new Entry[InitialSize / 4];
    private int _count;
    private int _following;
    private int _pushedOut;

    public PathAttributes? Find(ReadOnlySpan<byte> bytes, AttributeContext context)
    {
        int number = _following;
        if (number >= _count || !_entries[number].Holds(bytes, context))
        {
            number = SlotOf(Hash(bytes, context)) - 1;
            if (number < 0 || !_entries[number].Holds(bytes, context))
            {
                return null;
            }
        }

        _following = number + 1;
        return _entries[number].Set is { Id: not 0 } set ? set : null;
    }

    public void Add(ReadOnlySpan<byte> bytes, AttributeContext context, PathAttributes set)
    {
        uint hash = Hash(bytes, context);
        ref int slot = ref SlotOf(hash);
        if (slot == 0)
        {
            if (_count == _entries.Length)
            {
                Array.Resize(ref _entries, _count * 2);
            }

            slot = ++_count;
        }
        else
        {
            _pushedOut += _entries[slot - 1].Set.Id != 0 ? 1 : 0;
        }

        _entries[slot - 1] = new Entry(hash, context, bytes, set);
        if (_pushedOut > _slots.Length / 8 && _slots.Length < LargestSize)
        {
            Grow();
        }
    }

    private static uint Hash(ReadOnlySpan<byte> bytes, AttributeContext context) => ByteHash.Compute(bytes, (ulong)context);

    private ref int SlotOf(uint hash) => ref _slots[hash & (_slots.Length - 1)];

    private void Grow()
    {
        _slots = new int[_slots.Length * 4];
        _pushedOut = 0;
        int kept = 0;
        foreach (ref readonly Entry entry in _entries.AsSpan(0, _count))
        {
            if (entry.Set.Id != 0)
            {
                _entries[kept++] = entry;
                SlotOf(entry.Hash) = kept;
            }
        }

        _entries.AsSpan(kept, _count - kept).Clear();
        _count = kept;
    }

    /// <summary>What some bytes were read to: a cache line, in which they stand themselves if they are few.</summary>
    private struct Entry
    {
        public readonly uint Hash;
        public readonly PathAttributes Set;
        private readonly AttributeContext _context;
        private readonly ushort _length;
        private readonly byte[]? _long;
        private FewBytes _few;

        public Entry(uint hash, AttributeContext context, ReadOnlySpan<byte> bytes, PathAttributes set)
        {
            Hash = hash;
            _context = context;
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

        public readonly bool Holds(ReadOnlySpan<byte> bytes, AttributeContext context) =>
            _context == context && bytes.SequenceEqual(_long is null ? ((ReadOnlySpan<byte>)_few)[.._length] : _long);
    }

    [InlineArray(Size)]
    private struct FewBytes
    {
        public const int Size = 40;

        private byte _first;
    }
}
