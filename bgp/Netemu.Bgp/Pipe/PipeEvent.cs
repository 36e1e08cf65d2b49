using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Pipe;

/// <summary>Something on its way to a stream; the bytes of data lie in the network's pages, or in its queue of shared ones.</summary>
internal readonly record struct PipeEvent(
    SimTime Due, PipeStream Target, PipeEventKind Kind, StreamCloseReason Reason, int Length);
