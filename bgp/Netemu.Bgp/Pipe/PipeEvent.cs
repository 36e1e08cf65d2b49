using System;
using Netemu.Core.Streams;

namespace Netemu.Bgp.Pipe;

/// <summary>Something on its way to a stream.</summary>
internal struct PipeEvent(PipeStream target, PipeEventKind kind)
{
    public readonly PipeStream Target = target;

    /// <summary>What arrives, for <see cref="PipeEventKind.Data"/>.</summary>
    public ReadOnlyMemory<byte> Bytes;

    /// <summary>Where these bytes lie, if they are the pipe's own copy.</summary>
    public PipeBuffer? Buffer;

    /// <summary>The event after this one in its turn, or the next free place; -1 at the end.</summary>
    public int Next;
    public readonly PipeEventKind Kind = kind;

    /// <summary>Why the stream is over, for <see cref="PipeEventKind.Closed"/>.</summary>
    public StreamCloseReason Reason;
}
