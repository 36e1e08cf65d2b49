using System;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>Something on its way to a stream.</summary>
internal struct PipeEvent(SimTime due, PipeStream target, PipeEventKind kind)
{
    public readonly SimTime Due = due;
    public readonly PipeStream Target = target;

    /// <summary>The bytes of <see cref="PipeEventKind.SharedData"/>.</summary>
    public ReadOnlyMemory<byte> Shared;

    /// <summary>The number of bytes that lie in the inbox, for <see cref="PipeEventKind.Data"/>.</summary>
    public int Length;
    public readonly PipeEventKind Kind = kind;

    /// <summary>Why the stream is over, for <see cref="PipeEventKind.Closed"/>.</summary>
    public StreamCloseReason Reason;
}
