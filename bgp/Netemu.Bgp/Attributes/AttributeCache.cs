using System;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// Remembers what attribute bytes were read to: a thousand receivers of one UPDATE parse it once. Reading attributes is
/// a pure function of the bytes and the kind of session, so this is visible in nothing but time. Direct-mapped and
/// bounded; an entry whose set is gone counts as none.
/// </summary>
internal sealed class AttributeCache
{
    private const int Size = 1 << 14;

    private readonly Entry[] _entries = new Entry[Size];

    public PathAttributes? Find(ReadOnlySpan<byte> bytes, AttributeContext context)
    {
        uint hash = ByteHash.Compute(bytes, (ulong)context);
        ref Entry entry = ref _entries[hash & (Size - 1)];
        bool found = entry.Hash == hash
            && entry.Context == context
            && entry.Set is { Id: not 0 }
            && bytes.SequenceEqual(entry.Bytes);
        return found ? entry.Set : null;
    }

    public void Add(ReadOnlySpan<byte> bytes, AttributeContext context, PathAttributes set)
    {
        uint hash = ByteHash.Compute(bytes, (ulong)context);
        _entries[hash & (Size - 1)] = new Entry(hash, context, bytes.ToArray(), set);
    }

    private readonly record struct Entry(uint Hash, AttributeContext Context, byte[] Bytes, PathAttributes Set);
}
