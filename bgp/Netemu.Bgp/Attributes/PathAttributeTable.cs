using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// The interning table of path attributes, shared by the speakers of one emulation. Sets are reference-counted by the
/// routes that hold them, and the ids of sets that nobody holds are used again.
/// </summary>
public sealed class PathAttributeTable
{
    private const int InitialBuckets = 256;

    private readonly List<int> _freeIds = [];
    private PathAttributes?[] _byId = new PathAttributes?[InitialBuckets];
    private PathAttributes?[] _buckets = new PathAttributes?[InitialBuckets];
    private int _idsUsed = 1;

    /// <summary>The number of distinct sets.</summary>
    public int Count { get; private set; }

    /// <summary>The set of an id that a route holds. Id 0 is no set.</summary>
    public PathAttributes this[int id] => _byId[id]!;

    /// <summary>
    /// The one set with these canonical bytes and next hop. It lives until <see cref="Release"/> has been called as
    /// often
    /// as <see cref="Acquire"/>, or until <see cref="Discard"/> if nobody wanted it.
    /// </summary>
    internal PathAttributes Intern(
        ReadOnlySpan<byte> canonical, InternetAddress nextHop, IPv6Address linkLocal, ushort weight = 0, uint tag = 0)
    {
        uint hash = ByteHash.Compute(canonical, ByteHash.Mix(nextHop) ^ weight ^ (tag << 16));
        for (PathAttributes? set = _buckets[hash & (_buckets.Length - 1)]; set is not null; set = set.NextInBucket)
        {
            if (set.Hash == hash
                && set.NextHop == nextHop
                && set.LinkLocalNextHop == linkLocal
                && set.Weight == weight
                && set.Tag == tag
                && set.Bytes.SequenceEqual(canonical))
            {
                return set;
            }
        }

        return Add(new PathAttributes(canonical, nextHop, linkLocal, weight, tag, hash));
    }

    internal void Acquire(int id, int times = 1) => _byId[id]!.References += times;

    internal void Release(int id, int times = 1)
    {
        PathAttributes set = _byId[id]!;
        set.References -= times;
        Discard(set);
    }

    /// <summary>Gives an interned set back if no route holds it.</summary>
    internal void Discard(PathAttributes set)
    {
        if (set.References > 0 || set.Id == 0)
        {
            return;
        }

        ref PathAttributes? link = ref _buckets[set.Hash & (_buckets.Length - 1)];
        if (ReferenceEquals(link, set))
        {
            link = set.NextInBucket;
        }
        else
        {
            PathAttributes previous = link!;
            while (!ReferenceEquals(previous.NextInBucket, set))
            {
                previous = previous.NextInBucket!;
            }

            previous.NextInBucket = set.NextInBucket;
        }

        _byId[set.Id] = null;
        _freeIds.Add(set.Id);
        set.Id = 0;
        Count--;
    }

    private PathAttributes Add(PathAttributes set)
    {
        if (Count >= _buckets.Length)
        {
            Rehash(_buckets.Length * 2);
        }

        set.Id = TakeId();
        _byId[set.Id] = set;
        ref PathAttributes? head = ref _buckets[set.Hash & (_buckets.Length - 1)];
        set.NextInBucket = head;
        head = set;
        Count++;
        return set;
    }

    private int TakeId()
    {
        if (_freeIds.Count > 0)
        {
            int id = _freeIds[^1];
            _freeIds.RemoveAt(_freeIds.Count - 1);
            return id;
        }

        if (_idsUsed == _byId.Length)
        {
            Array.Resize(ref _byId, _byId.Length * 2);
        }

        return _idsUsed++;
    }

    private void Rehash(int size)
    {
        PathAttributes?[] old = _buckets;
        _buckets = new PathAttributes?[size];
        foreach (PathAttributes? head in old)
        {
            PathAttributes? set = head;
            while (set is not null)
            {
                PathAttributes? following = set.NextInBucket;
                ref PathAttributes? bucket = ref _buckets[set.Hash & (size - 1)];
                set.NextInBucket = bucket;
                bucket = set;
                set = following;
            }
        }
    }
}
