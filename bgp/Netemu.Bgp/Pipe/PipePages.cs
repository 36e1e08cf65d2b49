using System;
using System.Collections.Generic;

namespace Netemu.Bgp.Pipe;

/// <summary>A first-in first-out store of bytes in pages of 64 KiB, which are used again.</summary>
internal sealed class PipePages
{
    private const int PageSize = 1 << 16;

    private readonly Queue<byte[]> _full = [];
    private readonly Stack<byte[]> _free = [];
    private byte[] _tail = new byte[PageSize];
    private int _tailEnd;
    private byte[] _head;
    private int _headStart;

    public PipePages() => _head = _tail;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_tailEnd == PageSize)
            {
                _full.Enqueue(_tail = _free.Count > 0 ? _free.Pop() : new byte[PageSize]);
                _tailEnd = 0;
            }

            int length = Math.Min(bytes.Length, PageSize - _tailEnd);
            bytes[..length].CopyTo(_tail.AsSpan(_tailEnd));
            _tailEnd += length;
            bytes = bytes[length..];
        }
    }

    /// <summary>The next bytes, at most <paramref name="length"/>; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Take(int length)
    {
        if (_headStart == PageSize)
        {
            _free.Push(_head);
            _head = _full.Dequeue();
            _headStart = 0;
        }

        int taken = Math.Min(length, PageSize - _headStart);
        _headStart += taken;
        return _head.AsMemory(_headStart - taken, taken);
    }
}
