using System;

namespace Netemu.Bgp.Pipe;

/// <summary>Bytes on their way, or a free place for some.</summary>
/// <param name="Holder">What they lie in: a <see cref="PipeBuffer"/>, or an array that is never changed; null for a free place.</param>
/// <param name="Start">Where they begin in it; of a free place, the next free one.</param>
/// <param name="Length">Their number.</param>
/// <param name="Users">Events that bring them.</param>
internal record struct PipePayload(object? Holder, int Start, int Length, int Users)
{
    public readonly ReadOnlyMemory<byte> Bytes => Holder is PipeBuffer buffer
        ? buffer.Slice(Start, Length)
        : ((byte[]?)Holder).AsMemory(Start, Length);

    /// <summary>True if they are the pipe's own copy and the last thing in their buffer.</summary>
    public readonly bool IsAtEnd => Holder is PipeBuffer buffer && Start + Length == buffer.Used;
}
