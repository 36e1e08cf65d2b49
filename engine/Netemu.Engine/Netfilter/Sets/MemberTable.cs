using System;
using System.Collections.Generic;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>
/// A set by open addressing with linear probing, at most half full; the default key marks a free slot and is never a
/// member. Where a member stands follows from stable hashes.
/// </summary>
internal sealed class MemberTable<TKey>
    where TKey : struct, IEquatable<TKey>
{
    private const int SmallestTable = 8;

    private TKey[] _keys = new TKey[SmallestTable];
    private int _mask = SmallestTable - 1;

    public int Count { get; private set; }

    public MemberTable<TKey> Clone() => new() { _keys = [.. _keys], _mask = _mask, Count = Count };

    public bool Contains(TKey key)
    {
        TKey[] keys = _keys;
        for (int i = key.GetHashCode() & _mask; (uint)i < (uint)keys.Length; i = (i + 1) & _mask)
        {
            if (keys[i].Equals(key))
            {
                return true;
            }

            if (keys[i].Equals(default))
            {
                break;
            }
        }

        return false;
    }

    public bool Add(TKey key)
    {
        if (Contains(key))
        {
            return false;
        }

        if ((Count + 1) * 2 > _keys.Length)
        {
            Grow();
        }

        Place(key);
        Count++;
        return true;
    }

    public bool Remove(TKey key)
    {
        if (!Contains(key))
        {
            return false;
        }

        int hole = key.GetHashCode() & _mask;
        while (!_keys[hole].Equals(key))
        {
            hole = (hole + 1) & _mask;
        }

        for (int i = (hole + 1) & _mask; !_keys[i].Equals(default); i = (i + 1) & _mask)
        {
            int home = _keys[i].GetHashCode() & _mask;
            if (((i - home) & _mask) >= ((i - hole) & _mask))
            {
                _keys[hole] = _keys[i];
                hole = i;
            }
        }

        _keys[hole] = default;
        Count--;
        return true;
    }

    /// <summary>The members, in no order that anybody may show.</summary>
    public IEnumerable<TKey> Keys()
    {
        foreach (TKey key in _keys)
        {
            if (!key.Equals(default))
            {
                yield return key;
            }
        }
    }

    private void Place(TKey key)
    {
        int i = key.GetHashCode() & _mask;
        while (!_keys[i].Equals(default))
        {
            i = (i + 1) & _mask;
        }

        _keys[i] = key;
    }

    private void Grow()
    {
        TKey[] old = _keys;
        _keys = new TKey[old.Length * 2];
        _mask = _keys.Length - 1;
        foreach (TKey key in old)
        {
            if (!key.Equals(default))
            {
                Place(key);
            }
        }
    }
}
