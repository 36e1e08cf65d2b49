using System;
using System.Runtime.InteropServices;

namespace Netemu.Engine.Frames;

/// <summary>
/// Cuts frame buffers of one size from pinned arrays, so that each begins at the beginning of a cache line: the headers of a
/// frame, behind a headroom of one line, then lie in one line instead of two.
/// </summary>
internal sealed class BufferSlab(int size, int sizeClass)
{
    private const int CacheLine = 64;
    private const int LargestPieces = 256;

    /// <summary>Larger pieces gain nothing.</summary>
    private const int LargestSize = 2048;

    private byte[] _array = [];
    private int _next;
    private int _pieces = 8;

    public FrameBuffer Cut()
    {
        if (size > LargestSize)
        {
            return new FrameBuffer(new byte[size], 0, sizeClass);
        }

        if (_next + size > _array.Length)
        {
            _array = GC.AllocateArray<byte>((_pieces * size) + CacheLine, pinned: true);
            _next = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) & (CacheLine - 1));
            _pieces = Math.Min(_pieces * 2, LargestPieces);
        }

        FrameBuffer buffer = new(_array, _next, sizeClass);
        _next += size;
        return buffer;
    }
}
