using System;
using Netemu.Bgp.Attributes;

namespace Netemu.Bgp.Rib;

/// <summary>
/// What an update group has told its members, keyed by prefix and path identifier, with the peer that each route came
/// from: a member holds everything here except what came from itself.
/// </summary>
internal sealed class AdjRibOut(PathAttributeTable attributes, RibPages pages)
{
    private const int DirtyBit = int.MinValue;

    private readonly PagedArray<int> _entries = new(pages.Numbers);
    private readonly PagedArray<Row> _rows = new(pages.Announced);
    private int _freeRow;

    /// <summary>Rows ever used: rows below it are routes or free.</summary>
    public int RowCount { get; private set; }

    /// <summary>The number of routes.</summary>
    public int Count { get; private set; }

    public ref Row this[int row] => ref _rows[row];

    public int FirstRow(int prefix) => (_entries.GetOrDefault(prefix) & ~DirtyBit) - 1;

    /// <summary>True if one of these prefixes is known here, announced or dirty.</summary>
    public bool HasAny(int first, int count)
    {
        while (count > 0)
        {
            if (_entries.Look(first, count, out int covered).ContainsAnyExcept(0))
            {
                return true;
            }

            first += covered;
            count -= covered;
        }

        return false;
    }

    public int Find(int prefix, uint pathId)
    {
        int row = FirstRow(prefix);
        while (row >= 0 && _rows[row].PathId != pathId)
        {
            row = _rows[row].Next - 1;
        }

        return row;
    }

    /// <summary>Sets the dirty bit; false if it was set.</summary>
    public bool TryMarkDirty(int prefix)
    {
        ref int entry = ref _entries.GetOrAdd(prefix);
        bool first = (entry & DirtyBit) == 0;
        entry |= DirtyBit;
        return first;
    }

    public void ClearDirty(int prefix) => _entries[prefix] &= ~DirtyBit;

    public void Add(int prefix, uint pathId, int attributeId, ushort source)
    {
        int row = _freeRow - 1;
        if (row >= 0)
        {
            _freeRow = _rows[row].Next;
        }
        else
        {
            row = RowCount++;
        }

        ref int entry = ref _entries.GetOrAdd(prefix);
        _rows.GetOrAdd(row) = new Row
        {
            Prefix = prefix,
            PathId = pathId,
            Attributes = attributeId,
            Source = source,
            Next = entry & ~DirtyBit,
        };
        entry = (entry & DirtyBit) | (row + 1);
        attributes.Acquire(attributeId);
        Count++;
    }

    public void Replace(int row, int attributeId, ushort source)
    {
        ref Row target = ref _rows[row];
        attributes.Acquire(attributeId);
        attributes.Release(target.Attributes);
        target.Attributes = attributeId;
        target.Source = source;
    }

    public void Remove(int row)
    {
        ref Row target = ref _rows[row];
        ref int entry = ref _entries[target.Prefix];
        if ((entry & ~DirtyBit) == row + 1)
        {
            entry = (entry & DirtyBit) | target.Next;
        }
        else
        {
            int previous = (entry & ~DirtyBit) - 1;
            while (_rows[previous].Next != row + 1)
            {
                previous = _rows[previous].Next - 1;
            }

            _rows[previous].Next = target.Next;
        }

        attributes.Release(target.Attributes);
        target = new Row { Prefix = -1, Next = _freeRow };
        _freeRow = row + 1;
        Count--;
    }

    /// <summary>Gives everything back.</summary>
    public void Clear()
    {
        for (int row = 0; row < RowCount; row++)
        {
            if (_rows[row].Prefix >= 0)
            {
                attributes.Release(_rows[row].Attributes);
            }
        }

        _entries.Clear();
        _rows.Clear();
        RowCount = 0;
        _freeRow = 0;
        Count = 0;
    }

    /// <summary>One route that was announced.</summary>
    internal struct Row
    {
        /// <summary>The prefix id; -1 for a free row.</summary>
        public int Prefix;
        public int Attributes;
        public int Next;
        public uint PathId;

        /// <summary>The peer that the route came from; it does not hold it from us.</summary>
        public ushort Source;

        /// <summary>Marks what is still wanted, within one comparison.</summary>
        public bool Wanted;
    }
}
