using Netemu.Engine.Frames;

namespace Netemu.Engine.Devices;

/// <summary>Takes every frame that a device receives, before the namespace sees it (the kernel's rx_handler).</summary>
public interface IReceiveHandler
{
    /// <summary>Handles a frame received by <paramref name="device"/> and takes ownership of it.</summary>
    void Handle(Frame frame, NetDevice device);

    /// <summary>The device went up or down, or its carrier changed.</summary>
    void StateChanged(NetDevice device);
}
