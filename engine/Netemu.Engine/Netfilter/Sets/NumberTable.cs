using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Netemu.Engine.Netfilter.Sets;

/// <summary>
/// A set of numbers of 32 or 64 bits, in buckets of one cache line: a number stands in the bucket that its hash names or, where
/// that is full, in the next one with room. A look compares a bucket as a whole, so that neither the number's place nor how
/// many others are there decides a branch. At most three quarters full.
/// </summary>
/// <remarks>
/// A bucket is filled from its beginning, and zero is a free place (the member zero is kept apart): where the last place is
/// free, nothing has gone on to the next bucket.
/// </remarks>
internal sealed class NumberTable<T>
    where T : unmanaged, IBinaryInteger<T>
{
    private const int CacheLine = 64;

    /// <summary>
    /// In buckets: a smaller table is in the cache anyway, and to pin many small ones would fill a heap of the collector's that
    /// nothing is set aside for when it is told to keep quiet.
    /// </summary>
    private const int AlignedFrom = 1024;

    private T[] _places = [];
    private int _start;
    private int _buckets;
    private bool _hasZero;

    public NumberTable() => Allocate(1);

    private NumberTable(NumberTable<T> other)
    {
        Allocate(other._buckets);
        other.Places.CopyTo(Places);
        _hasZero = other._hasZero;
        Count = other.Count;
    }

    public int Count { get; private set; }

    private static int BucketSize => CacheLine / Unsafe.SizeOf<T>();

    private Span<T> Places => _places.AsSpan(_start, _buckets * BucketSize);

    public NumberTable<T> Clone() => new(this);

    public bool Contains(T number)
    {
        if (number == T.Zero)
        {
            return _hasZero;
        }

        Vector256<T> wanted = Vector256.Create(number);
        int bucket = HomeOf(number);
        while (true)
        {
            ref T first = ref MemoryMarshal.GetReference(PlacesOf(bucket));
            Vector256<T> same = Vector256.Equals(Vector256.LoadUnsafe(ref first), wanted)
                | Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)Vector256<T>.Count), wanted);
            bool found = same != Vector256<T>.Zero;
            if (found | Unsafe.Add(ref first, BucketSize - 1) == T.Zero)
            {
                return found;
            }

            bucket = Next(bucket);
        }
    }

    /// <summary>False if it is a member already.</summary>
    public bool Add(T number)
    {
        if (Contains(number))
        {
            return false;
        }

        Count++;
        if (number == T.Zero)
        {
            _hasZero = true;
            return true;
        }

        if (Count * 4L > _buckets * 3L * BucketSize)
        {
            Grow();
        }

        Place(number);
        return true;
    }

    /// <summary>False if it is no member.</summary>
    public bool Remove(T number)
    {
        if (!Contains(number))
        {
            return false;
        }

        Count--;
        if (number == T.Zero)
        {
            _hasZero = false;
            return true;
        }

        int bucket = HomeOf(number);
        int place = PlacesOf(bucket).IndexOf(number);
        while (place < 0)
        {
            bucket = Next(bucket);
            place = PlacesOf(bucket).IndexOf(number);
        }

        Close(bucket, place);
        return true;
    }

    /// <summary>The members, in no order that anybody may show.</summary>
    public IEnumerable<T> Members()
    {
        if (_hasZero)
        {
            yield return T.Zero;
        }

        for (int i = 0; i < _buckets * BucketSize; i++)
        {
            if (_places[_start + i] != T.Zero)
            {
                yield return _places[_start + i];
            }
        }
    }

    /// <summary>
    /// Frees a place. A bucket that was full has room then, so that a number which has gone past it comes back, and leaves a
    /// place in its turn.
    /// </summary>
    private void Close(int bucket, int place)
    {
        while (TakeOut(bucket, place))
        {
            int hole = bucket;
            do
            {
                bucket = Next(bucket);
                place = FirstPast(hole, bucket);
            }
            while (place < 0 && PlacesOf(bucket)[^1] != T.Zero);

            if (place < 0)
            {
                return;
            }

            Append(PlacesOf(hole), PlacesOf(bucket)[place]);
        }
    }

    /// <summary>Closes a gap with the bucket's last number; true if the bucket was full.</summary>
    private bool TakeOut(int bucket, int place)
    {
        Span<T> places = PlacesOf(bucket);
        int count = places.IndexOf(T.Zero);
        bool full = count < 0;
        int last = (full ? BucketSize : count) - 1;
        places[place] = places[last];
        places[last] = T.Zero;
        return full;
    }

    /// <summary>Where in <paramref name="bucket"/> a number stands whose way there led past <paramref name="hole"/>; -1 for none.</summary>
    private int FirstPast(int hole, int bucket)
    {
        Span<T> places = PlacesOf(bucket);
        for (int i = 0; i < places.Length && places[i] != T.Zero; i++)
        {
            if (Distance(HomeOf(places[i]), bucket) >= Distance(hole, bucket))
            {
                return i;
            }
        }

        return -1;
    }

    private void Place(T number)
    {
        int bucket = HomeOf(number);
        while (PlacesOf(bucket)[^1] != T.Zero)
        {
            bucket = Next(bucket);
        }

        Append(PlacesOf(bucket), number);
    }

    private static void Append(Span<T> places, T number) => places[places.IndexOf(T.Zero)] = number;

    private void Grow()
    {
        Span<T> old = Places;
        Allocate(_buckets + (_buckets + 1) / 2);
        foreach (T number in old)
        {
            if (number != T.Zero)
            {
                Place(number);
            }
        }
    }

    /// <summary>A large table's buckets begin where cache lines do, and stay there.</summary>
    private void Allocate(int buckets)
    {
        bool aligned = buckets >= AlignedFrom;
        _buckets = buckets;
        _places = GC.AllocateArray<T>((buckets + (aligned ? 1 : 0)) * BucketSize, pinned: aligned);
        _start = aligned
            ? (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_places, 0) & (CacheLine - 1)) / Unsafe.SizeOf<T>()
            : 0;
    }

    /// <summary>The same in every process: it decides where a number stands, never an order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int HomeOf(T number) =>
        (int)(((ulong.CreateTruncating(number) * 0x9E3779B97F4A7C15UL) >> 32) * (ulong)_buckets >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<T> PlacesOf(int bucket) => _places.AsSpan(_start + (bucket * BucketSize), BucketSize);

    private int Next(int bucket) => bucket + 1 == _buckets ? 0 : bucket + 1;

    private int Distance(int from, int to) => to >= from ? to - from : to - from + _buckets;
}
