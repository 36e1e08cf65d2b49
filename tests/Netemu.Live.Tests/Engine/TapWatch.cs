using System.Collections.Generic;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Live.Tests.Engine;

/// <summary>A tap on one device.</summary>
internal sealed class TapWatch : IFrameWatch, IFrameTap
{
    private readonly NetDevice _device;
    private readonly List<string> _lines = [];

    public TapWatch(NetDevice device)
    {
        _device = device;
        device.AddTap(this);
    }

    public void Seen(Frame frame, NetDevice device, bool outgoing) =>
        _lines.Add($"{(outgoing ? "out" : "in")} {FrameText.Of(frame.Bytes)}");

    public IReadOnlyList<string> Frames()
    {
        IReadOnlyList<string> lines = Tally.Of(_lines);
        _lines.Clear();
        return lines;
    }

    public void Dispose() => _device.RemoveTap(this);
}
