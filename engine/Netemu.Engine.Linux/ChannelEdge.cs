using System;
using System.Threading;
using System.Threading.Channels;
using Netemu.Core.Time;
using Netemu.Engine.Edges;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Linux;

/// <summary>
/// An edge whose outer side is a program on threads of its own: a bounded channel each way, written with
/// <c>TryWrite</c> only. A full one is a counted drop; nobody waits for the other side.
/// </summary>
public sealed class ChannelEdge : IEdge
{
    private readonly Channel<byte[]> _input;
    private readonly Channel<byte[]> _output;
    private readonly Action _wake;
    private long _lost;

    /// <param name="capacity">Frames that each direction holds.</param>
    /// <param name="wake">Ends the engine's wait when something has been written; called on the writer's thread.</param>
    public ChannelEdge(int capacity, Action? wake = null)
    {
        BoundedChannelOptions options = new(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait };
        _input = Channel.CreateBounded<byte[]>(options);
        _output = Channel.CreateBounded<byte[]>(options);
        _wake = wake ?? (static () => { });
    }

    /// <summary>What the emulation has sent, for the program to read.</summary>
    public ChannelReader<byte[]> Output => _output.Reader;

    /// <summary>Frames that the program offered while the channel was full.</summary>
    public long LostInput => Interlocked.Read(ref _lost);

    /// <summary>True while the emulated side is up.</summary>
    public bool HasCarrier { get; private set; }

    /// <summary>Offers a frame to the emulation, from any thread; false, and counted, if there is no room.</summary>
    public bool TryWrite(byte[] frame)
    {
        if (!_input.Writer.TryWrite(frame))
        {
            Interlocked.Increment(ref _lost);
            return false;
        }

        _wake();
        return true;
    }

    public void Poll(EdgeDevice device, SimTime arrival)
    {
        while (device.Room > 0 && _input.Reader.TryRead(out byte[]? frame))
        {
            device.Accept(device.Node.Emulation.Frames.Rent(frame), arrival);
        }
    }

    public DropReason Send(ReadOnlySpan<byte> bytes, FrameFlags flags) =>
        _output.Writer.TryWrite(bytes.ToArray()) ? DropReason.None : DropReason.EdgeQueueFull;

    public void Flush()
    {
    }

    public void SetCarrier(bool carrier) => HasCarrier = carrier;
}
