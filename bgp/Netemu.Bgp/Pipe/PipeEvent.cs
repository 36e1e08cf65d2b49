using Netemu.Core.Streams;

namespace Netemu.Bgp.Pipe;

/// <summary>Something on its way to a stream: 16 bytes, as a mesh has millions on their way at once.</summary>
/// <param name="Target">The stream that it happens to.</param>
/// <param name="Payload">For <see cref="PipeEventKind.Data"/>, the number of the bytes that arrive.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Reason">Why the stream is over, for <see cref="PipeEventKind.Closed"/>.</param>
internal readonly record struct PipeEvent(
    PipeStream Target, int Payload, PipeEventKind Kind = PipeEventKind.Data, StreamCloseReason Reason = default);
