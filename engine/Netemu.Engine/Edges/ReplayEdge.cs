using System;
using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Edges;

/// <summary>Repeats what came in at a device, at the same instants; what is sent to it is gone.</summary>
internal sealed class ReplayEdge : IEdge
{
    private readonly Queue<(SimTime Stamp, byte[] Bytes)> _input = new();

    public void Add(SimTime stamp, ReadOnlySpan<byte> bytes) => _input.Enqueue((stamp, bytes.ToArray()));

    public void Poll(EdgeDevice device, SimTime arrival)
    {
    }

    public DropReason Send(ReadOnlySpan<byte> bytes, FrameFlags flags) => DropReason.None;

    public void Flush()
    {
    }

    public void SetCarrier(bool carrier)
    {
    }

    public void InputTaken(EdgeDevice device)
    {
        if (_input.TryDequeue(out (SimTime Stamp, byte[] Bytes) next))
        {
            device.Replay(device.Node.Emulation.Frames.Rent(next.Bytes), next.Stamp);
        }
    }
}
