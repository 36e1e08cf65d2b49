using System;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Pipe;

/// <summary>Something on its way to a stream: 32 bytes, as a mesh has a million on their way at once.</summary>
internal struct PipeEvent(PipeStream target, PipeEventKind kind)
{
    public readonly PipeStream Target = target;

    /// <summary>What the bytes lie in: the pipe's own <see cref="PipeBuffer"/>, or an array that is never changed.</summary>
    private readonly object? _payload;
    private readonly int _start;
    private int _length;

    /// <summary>The event after this one in its turn, or the next free place; -1 at the end.</summary>
    public int Next;
    public readonly PipeEventKind Kind = kind;

    /// <summary>Why the stream is over, for <see cref="PipeEventKind.Closed"/>.</summary>
    public StreamCloseReason Reason;

    /// <summary>Bytes that arrive, in the pipe's own copy.</summary>
    public PipeEvent(PipeStream target, PipeBuffer buffer, int length)
        : this(target, PipeEventKind.Data)
    {
        _payload = buffer;
        _start = buffer.Used - length;
        _length = length;
    }

    /// <summary>Bytes that arrive, and that never change.</summary>
    public PipeEvent(PipeStream target, ArraySegment<byte> bytes)
        : this(target, PipeEventKind.Data)
    {
        _payload = bytes.Array;
        _start = bytes.Offset;
        _length = bytes.Count;
    }

    /// <summary>What arrives, for <see cref="PipeEventKind.Data"/>.</summary>
    public readonly ReadOnlyMemory<byte> Bytes => _payload is PipeBuffer buffer
        ? buffer.Slice(_start, _length)
        : ((byte[]?)_payload).AsMemory(_start, _length);

    /// <summary>Where these bytes lie, if they are the pipe's own copy.</summary>
    public readonly PipeBuffer? Buffer => _payload as PipeBuffer;

    /// <summary>Takes the next bytes of its buffer in as well.</summary>
    public void Extend(int length) => _length += length;
}
