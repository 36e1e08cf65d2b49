using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>Sends copies of frames in turn, for ever: a burst at each interval.</summary>
internal sealed class FrameGenerator(Node node, NetDevice device, byte[][] frames, int burst, Duration interval) : TimerEntry
{
    private int _next;

    public override void Expire()
    {
        for (int i = 0; i < burst; i++)
        {
            Frame frame = node.Emulation.Frames.Rent(frames[_next]);
            frame.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked;
            _next = _next + 1 == frames.Length ? 0 : _next + 1;
            device.Transmit(frame);
        }

        node.Schedule(this, node.Now + interval);
    }
}
