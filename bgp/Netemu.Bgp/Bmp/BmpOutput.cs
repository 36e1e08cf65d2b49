using System;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Bmp;

/// <summary>Bytes that a station has not taken yet. Who fills it stops at a mark, so it stays small.</summary>
internal sealed class BmpOutput
{
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    public int Length => _end - _start;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _end < bytes.Length)
        {
            byte[] target = _bytes.Length - Length < bytes.Length
                ? new byte[Math.Max(4096, (Length + bytes.Length) * 2)]
                : _bytes;
            _bytes.AsSpan(_start, Length).CopyTo(target);
            (_bytes, _start, _end) = (target, 0, Length);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Writes until the stream takes no more; true if all is gone.</summary>
    public bool Drain(IByteStream stream)
    {
        while (Length > 0)
        {
            int taken = stream.Write(_bytes.AsSpan(_start, Length));
            if (taken == 0)
            {
                return false;
            }

            _start += taken;
        }

        Clear();
        return true;
    }

    public void Clear() => (_start, _end) = (0, 0);
}
