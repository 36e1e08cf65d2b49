using System;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// Remembers what attribute bytes were read to: a thousand receivers of one UPDATE parse it once. Reading attributes is
/// a pure function of the bytes and the kind of session, so this is visible in nothing but time. Direct-mapped; it grows
/// while many entries push each other out, up to a bound. An entry whose set is gone counts as none.
/// </summary>
internal sealed class AttributeCache
{
    private const int InitialSize = 1 << 10;
    private const int LargestSize = 1 << 18;

    private Entry[] _entries = new Entry[InitialSize];
    private int _pushedOut;

    public PathAttributes? Find(ReadOnlySpan<byte> bytes, AttributeContext context)
    {
        uint hash = ByteHash.Compute(bytes, (ulong)context);
        ref Entry entry = ref _entries[hash & (_entries.Length - 1)];
        bool found = entry.Hash == hash
            && entry.Context == context
            && entry.Set is { Id: not 0 }
            && bytes.SequenceEqual(entry.Bytes);
        return found ? entry.Set : null;
    }

    public void Add(ReadOnlySpan<byte> bytes, AttributeContext context, PathAttributes set)
    {
        uint hash = ByteHash.Compute(bytes, (ulong)context);
        ref Entry entry = ref _entries[hash & (_entries.Length - 1)];
        _pushedOut += entry.Set is { Id: not 0 } ? 1 : 0;
        entry = new Entry(hash, context, bytes.ToArray(), set);
        if (_pushedOut > _entries.Length / 8 && _entries.Length < LargestSize)
        {
            Grow();
        }
    }

    private void Grow()
    {
        Entry[] smaller = _entries;
        _entries = new Entry[smaller.Length * 4];
        _pushedOut = 0;
        foreach (Entry entry in smaller)
        {
            if (entry.Set is { Id: not 0 })
            {
                _entries[entry.Hash & (_entries.Length - 1)] = entry;
            }
        }
    }

    private readonly record struct Entry(uint Hash, AttributeContext Context, byte[] Bytes, PathAttributes Set);
}
