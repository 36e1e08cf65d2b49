using System.Collections.Generic;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Testing;

/// <summary>Writes down the frames of a device: when, in which direction, which bytes.</summary>
public sealed class FrameRecorder : IFrameTap
{
    private readonly List<RecordedFrame> _frames = [];

    public FrameRecorder(NetDevice device) => device.AddTap(this);

    public IReadOnlyList<RecordedFrame> Frames => _frames;

    public IReadOnlyList<RecordedFrame> Received => _frames.FindAll(f => !f.Outgoing);

    public IReadOnlyList<RecordedFrame> Sent => _frames.FindAll(f => f.Outgoing);

    public void Seen(Frame frame, NetDevice device, bool outgoing) =>
        _frames.Add(new RecordedFrame(device.Node.Now, outgoing, frame.Bytes.ToArray()));
}
