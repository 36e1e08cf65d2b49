using System;
using System.IO;

namespace Netemu.Engine.Pcapng;

/// <summary>
/// The bytes of a stream that are being looked at. The window grows with what really arrives, so that a length that lies
/// costs no memory.
/// </summary>
internal sealed class InputWindow(Stream stream)
{
    private const int InitialSize = 64 * 1024;

    private byte[] _buffer = new byte[InitialSize];
    private int _start;
    private int _end;

    /// <summary>The number of bytes that have arrived and are not yet skipped.</summary>
    public int Available => _end - _start;

    /// <summary>The first <paramref name="length"/> of them.</summary>
    public ReadOnlySpan<byte> Peek(int length) => _buffer.AsSpan(_start, length);

    public void Skip(int length) => _start += length;

    /// <summary>Reads until <paramref name="length"/> bytes are there; false if the stream ends before.</summary>
    public bool Fill(int length)
    {
        while (Available < length)
        {
            MakeRoom(length);
            int read = stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    private void MakeRoom(int length)
    {
        if (_start + length > _buffer.Length && _start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, Available);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }
}
