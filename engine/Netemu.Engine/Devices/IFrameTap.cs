using Netemu.Engine.Frames;

namespace Netemu.Engine.Devices;

/// <summary>Sees the frames of a device (AF_PACKET): for capture, ARP monitors and frame counts. Must not keep or change them.</summary>
public interface IFrameTap
{
    void Seen(Frame frame, NetDevice device, bool outgoing);
}
