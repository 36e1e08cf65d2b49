using System;
using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Edges;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Tests.Edges;

/// <summary>A world outside that a test holds in its hands.</summary>
internal sealed class QueueEdge(int capacity) : IEdge
{
    private readonly Queue<byte[]> _input = new();

    public Queue<byte[]> Output { get; } = new();

    public bool HasCarrier { get; private set; }

    public void TryWrite(byte[] frame) => _input.Enqueue(frame);

    public void Poll(EdgeDevice device, SimTime arrival)
    {
        while (_input.TryDequeue(out byte[]? frame))
        {
            device.Accept(device.Node.Emulation.Frames.Rent(frame), arrival);
        }
    }

    public DropReason Send(ReadOnlySpan<byte> bytes, FrameFlags flags)
    {
        if (Output.Count == capacity)
        {
            return DropReason.EdgeQueueFull;
        }

        Output.Enqueue(bytes.ToArray());
        return DropReason.None;
    }

    public void Flush()
    {
    }

    public void SetCarrier(bool carrier) => HasCarrier = carrier;
}
