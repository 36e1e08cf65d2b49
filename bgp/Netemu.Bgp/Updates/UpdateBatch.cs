using System;
using System.Collections.Generic;

namespace Netemu.Bgp.Updates;

/// <summary>
/// Changes to send, gathered by attribute set so that one message carries many prefixes. A bucket is meant for all
/// members, for all but one, or for one: a message never crosses such a border.
/// </summary>
internal sealed class UpdateBatch
{
    public const ushort Nobody = ushort.MaxValue;

    private readonly Dictionary<(int Attributes, ushort Only, ushort Except), int> _index = [];
    private readonly List<Bucket> _buckets = [];
    private Item[] _items = new Item[64];
    private int _count;

    public ReadOnlySpan<Item> Items => _items.AsSpan(0, _count);

    /// <summary>Buckets in the order of their first change; withdrawals have attributes 0.</summary>
    public List<Bucket> Buckets => _buckets;

    public bool IsEmpty => _count == 0;

    public void Clear()
    {
        _index.Clear();
        _buckets.Clear();
        _count = 0;
    }

    /// <summary>Adds a change.</summary>
    /// <param name="attributes">What is announced; 0 for a withdrawal.</param>
    /// <param name="only">The one member it is for, or <see cref="Nobody"/> for all.</param>
    /// <param name="except">The member it is not for, or <see cref="Nobody"/>.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="pathId">Its path identifier.</param>
    public void Add(int attributes, ushort only, ushort except, int prefix, uint pathId)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, _count * 2);
        }

        int bucket = FindBucket(attributes, only, except);
        _items[_count] = new Item(prefix, pathId, -1);
        Bucket target = _buckets[bucket];
        if (target.Tail >= 0)
        {
            _items[target.Tail] = _items[target.Tail] with { Next = _count };
        }

        _buckets[bucket] = target with { Head = target.Head < 0 ? _count : target.Head, Tail = _count };
        _count++;
    }

    private int FindBucket(int attributes, ushort only, ushort except)
    {
        int last = _buckets.Count - 1;
        if (last >= 0
            && _buckets[last].Attributes == attributes
            && _buckets[last].Only == only
            && _buckets[last].Except == except)
        {
            return last;
        }

        if (!_index.TryGetValue((attributes, only, except), out int bucket))
        {
            bucket = _buckets.Count;
            _buckets.Add(new Bucket(attributes, only, except, -1, -1));
            _index.Add((attributes, only, except), bucket);
        }

        return bucket;
    }

    internal readonly record struct Item(int Prefix, uint PathId, int Next);

    internal readonly record struct Bucket(int Attributes, ushort Only, ushort Except, int Head, int Tail);
}
