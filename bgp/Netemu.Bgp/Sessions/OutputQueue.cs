using System;
using System.Collections.Generic;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sessions;

/// <summary>Bytes that a stream has not taken yet, in order.</summary>
internal sealed class OutputQueue
{
    private readonly Queue<ReadOnlyMemory<byte>> _chunks = [];
    private int _taken;

    /// <summary>When the neighbour will have taken nothing for too long (RFC 9687).</summary>
    public SimTime Due { get; set; } = SimTime.Never;

    public bool IsEmpty => _chunks.Count == 0;

    /// <summary>Takes a copy, in pieces that the collector need not treat as large objects.</summary>
    public void Enqueue(ReadOnlySpan<byte> bytes)
    {
        const int Piece = 1 << 16;
        for (; bytes.Length > Piece; bytes = bytes[Piece..])
        {
            _chunks.Enqueue(bytes[..Piece].ToArray());
        }

        _chunks.Enqueue(bytes.ToArray());
    }

    /// <summary>Takes bytes that never change: neighbours that are slow together share them.</summary>
    public void Enqueue(ReadOnlyMemory<byte> bytes) => _chunks.Enqueue(bytes);

    /// <summary>Writes until the stream takes no more; true if all is gone.</summary>
    public bool Drain(IByteStream stream)
    {
        while (_chunks.TryPeek(out ReadOnlyMemory<byte> chunk))
        {
            _taken += stream.WriteShared(chunk[_taken..]);
            if (_taken < chunk.Length)
            {
                return false;
            }

            _chunks.Dequeue();
            _taken = 0;
        }

        return true;
    }
}
