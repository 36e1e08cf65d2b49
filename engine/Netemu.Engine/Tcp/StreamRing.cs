using System;
using Netemu.Core.Wire;

namespace Netemu.Engine.Tcp;

/// <summary>
/// A queue of bytes in a rented ring that grows with its content and is given back when it is empty. Bytes past
/// <see cref="Count"/> may be put in place ahead of time (<see cref="Place"/>): segments that came out of order.
/// </summary>
/// <remarks>
/// <code>
/// ring:  ....|== Count bytes ==|~~ placed, with holes ~~|....
///           head              head + Count
/// </code>
/// </remarks>
internal struct StreamRing
{
    private byte[]? _bytes;
    private int _head;

    /// <summary>The bytes queued.</summary>
    public int Count { get; private set; }

    /// <summary>Appends; the caller has checked its limit.</summary>
    public void Write(StreamBufferPool pool, ReadOnlySpan<byte> source)
    {
        Place(pool, source, 0);
        Count += source.Length;
    }

    /// <summary>Stores bytes <paramref name="offset"/> past the end without counting them.</summary>
    public void Place(StreamBufferPool pool, ReadOnlySpan<byte> source, int offset)
    {
        int end = Count + offset + source.Length;
        if (_bytes is null || end > _bytes.Length)
        {
            Grow(pool, end);
        }

        byte[] bytes = _bytes!;
        int start = (_head + Count + offset) & (bytes.Length - 1);
        int first = Math.Min(source.Length, bytes.Length - start);
        source[..first].CopyTo(bytes.AsSpan(start));
        source[first..].CopyTo(bytes);
    }

    /// <summary>Counts bytes that were placed before: the hole in front of them is filled.</summary>
    public void Advance(int count) => Count += count;

    /// <summary>Copies from the queue without taking.</summary>
    public readonly void Peek(int offset, Span<byte> destination)
    {
        byte[] bytes = _bytes!;
        int start = (_head + offset) & (bytes.Length - 1);
        int first = Math.Min(destination.Length, bytes.Length - start);
        bytes.AsSpan(start, first).CopyTo(destination);
        bytes.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    /// <summary><see cref="Peek"/> that returns the sum of what it copies (<see cref="InternetChecksum.Sum"/>).</summary>
    public readonly uint CopyAndSum(int offset, Span<byte> destination)
    {
        byte[] bytes = _bytes!;
        int start = (_head + offset) & (bytes.Length - 1);
        if (destination.Length <= bytes.Length - start)
        {
            return InternetChecksum.CopyAndSum(bytes.AsSpan(start, destination.Length), destination);
        }

        Peek(offset, destination);
        return InternetChecksum.Sum(destination);
    }

    /// <summary>Drops the first <paramref name="count"/> bytes; <paramref name="keep"/> says that bytes are placed behind.</summary>
    public void Discard(StreamBufferPool pool, int count, bool keep = false)
    {
        Count -= count;
        if (Count == 0 && !keep)
        {
            Clear(pool);
        }
        else
        {
            _head = (_head + count) & (_bytes!.Length - 1);
        }
    }

    public void Clear(StreamBufferPool pool)
    {
        if (_bytes is not null)
        {
            pool.Return(_bytes);
            _bytes = null;
        }

        _head = 0;
        Count = 0;
    }

    private void Grow(StreamBufferPool pool, int size)
    {
        byte[] grown = pool.Rent(size);
        if (_bytes is not null)
        {
            // What was placed ahead moves too: the whole old ring, unrolled.
            _bytes.AsSpan(_head).CopyTo(grown);
            _bytes.AsSpan(0, _head).CopyTo(grown.AsSpan(_bytes.Length - _head));
            pool.Return(_bytes);
        }

        _bytes = grown;
        _head = 0;
    }
}
