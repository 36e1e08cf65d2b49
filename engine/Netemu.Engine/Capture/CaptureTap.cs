using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Capture;

/// <summary>A captured device: hands its frames to the capture.</summary>
internal sealed class CaptureTap(PacketCapture capture, NetDevice device, int handle, int snapLength) : IFrameTap
{
    public NetDevice Device => device;

    /// <summary>The interface's handle in the pcapng writer.</summary>
    public int Interface => handle;

    public int SnapLength => snapLength;

    public void Seen(Frame frame, NetDevice device, bool outgoing) => capture.Collect(this, frame, outgoing);
}
