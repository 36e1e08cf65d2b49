using System;
using System.Collections.Generic;

namespace Netemu.Bgp.Pipe;

/// <summary>
/// The bytes that are on their way, by number. A speaker tells a thousand neighbours the same: what is written again and
/// again stands once, and is still in the cache when the last of them reads it.
/// </summary>
internal sealed class PipePayloads
{
    /// <summary>No payload.</summary>
    public const int None = -1;

    private const int BufferSize = 1 << 16;
    private const int MostSpareBuffers = 4;

    private readonly Stack<PipeBuffer> _spare = [];
    private PipePayload[] _payloads = new PipePayload[16];
    private PipeBuffer _writing = new(BufferSize);
    private int _used;
    private int _free = None;

    /// <summary>What was shared, copied and extended last; what is the same takes no other place.</summary>
    private int _shared = None;
    private int _copied = None;
    private int _extended = None;

    /// <summary>Bytes that arrive; valid until they are released.</summary>
    public ReadOnlyMemory<byte> this[int payload] => _payloads[payload].Bytes;

    /// <summary>Reads where bytes begin, to have them in the cache.</summary>
    public int Touch(int payload) => _payloads[payload].Bytes.Span[0];

    /// <summary>Bytes that never change: no copy is taken.</summary>
    public int Share(ArraySegment<byte> bytes)
    {
        if (_shared != None && _payloads[_shared] is var last
            && ReferenceEquals(last.Holder, bytes.Array) && last.Start == bytes.Offset && last.Length == bytes.Count)
        {
            return Use(_shared);
        }

        return _shared = Add(new PipePayload(bytes.Array, bytes.Offset, bytes.Count, 1));
    }

    /// <summary>Takes a copy of bytes.</summary>
    public int Copy(ReadOnlySpan<byte> bytes)
    {
        if (_copied != None && _payloads[_copied].Bytes.Span.SequenceEqual(bytes))
        {
            return Use(_copied);
        }

        return _copied = Append(bytes, []);
    }

    /// <summary>Has an event bring more bytes after those of a copy, and gives the number of all of them.</summary>
    public int Extend(int payload, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> first = _payloads[payload].Bytes.Span;
        if (_extended != None && _extended != payload && IsSum(_payloads[_extended].Bytes.Span, first, bytes))
        {
            Release(payload);
            return Use(_extended);
        }

        ref PipePayload grown = ref _payloads[payload];
        if (grown.Users == 1 && grown.IsAtEnd && _writing.TryAdd(bytes))
        {
            grown.Length += bytes.Length;
            _copied = _copied == payload ? None : _copied;
            return _extended = payload;
        }

        int whole = Append(first, bytes);
        Release(payload);
        return _extended = whole;
    }

    /// <summary>An event has been dealt with: it reads its bytes no more.</summary>
    public void Release(int payload)
    {
        ref PipePayload released = ref _payloads[payload];
        if (--released.Users > 0)
        {
            return;
        }

        if (released.Holder is PipeBuffer buffer)
        {
            GiveBack(buffer, released);
        }

        released = new PipePayload(null, _free, 0, 0);
        _free = payload;
        _shared = _shared == payload ? None : _shared;
        _copied = _copied == payload ? None : _copied;
        _extended = _extended == payload ? None : _extended;
    }

    private static bool IsSum(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        whole.Length == first.Length + second.Length && whole.StartsWith(first) && whole.EndsWith(second);

    private int Use(int payload)
    {
        _payloads[payload].Users++;
        return payload;
    }

    private int Append(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int length = first.Length + second.Length;
        if (!_writing.HasRoomFor(length))
        {
            _writing = length <= BufferSize && _spare.TryPop(out PipeBuffer? spare) ? spare : new PipeBuffer(Math.Max(BufferSize, length));
        }

        int start = _writing.Used;
        _writing.TryAdd(first);
        _writing.TryAdd(second);
        _writing.Outstanding++;
        return Add(new PipePayload(_writing, start, length, 1));
    }

    private int Add(in PipePayload added)
    {
        int place = _free;
        if (place != None)
        {
            _free = _payloads[place].Start;
        }
        else
        {
            place = _used++;
            if (place == _payloads.Length)
            {
                Array.Resize(ref _payloads, place * 2);
            }
        }

        _payloads[place] = added;
        return place;
    }

    private void GiveBack(PipeBuffer buffer, in PipePayload released)
    {
        if (released.IsAtEnd)
        {
            buffer.TakeBack(released.Length);
        }

        if (--buffer.Outstanding > 0)
        {
            return;
        }

        buffer.Clear();
        if (!ReferenceEquals(buffer, _writing) && _spare.Count < MostSpareBuffers)
        {
            _spare.Push(buffer);
        }
    }
}
