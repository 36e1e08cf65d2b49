using System;

namespace Netemu.Bgp.Pipe;

/// <summary>Bytes on their way, one write after the other; used again when all have arrived.</summary>
internal sealed class PipeBuffer(int size)
{
    private readonly byte[] _bytes = new byte[size];

    /// <summary>Bytes taken.</summary>
    public int Used { get; private set; }

    /// <summary>Payloads that somebody will still read.</summary>
    public int Outstanding { get; set; }

    public bool HasRoomFor(int length) => _bytes.Length - Used >= length;

    /// <summary>Takes a copy of bytes if there is room for them.</summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        if (!HasRoomFor(bytes.Length))
        {
            return false;
        }

        bytes.CopyTo(_bytes.AsSpan(Used));
        Used += bytes.Length;
        return true;
    }

    /// <summary>Forgets the last bytes.</summary>
    public void TakeBack(int length) => Used -= length;

    public ReadOnlyMemory<byte> Slice(int start, int length) => _bytes.AsMemory(start, length);

    public void Clear() => Used = 0;
}
