using System;

namespace Netemu.Bgp.Pipe;

/// <summary>Bytes on their way, one write after the other; used again when all have arrived.</summary>
internal sealed class PipeBuffer(int size)
{
    private readonly byte[] _bytes = new byte[size];

    /// <summary>Bytes taken.</summary>
    public int Used { get; private set; }

    /// <summary>Writes that have not arrived.</summary>
    public int Outstanding { get; set; }

    public bool HasRoomFor(int length) => _bytes.Length - Used >= length;

    /// <summary>Takes a copy of bytes that there is room for.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(Used));
        Used += bytes.Length;
    }

    public ReadOnlyMemory<byte> Slice(int start, int length) => _bytes.AsMemory(start, length);

    public void Clear() => Used = 0;
}
