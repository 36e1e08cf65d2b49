using System;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Devices.Tun;

/// <summary>The process at the other end of a TUN/TAP device: who has opened /dev/net/tun.</summary>
public interface ITunReader
{
    /// <summary>
    /// The stack has sent a packet (or a frame, on a TAP device) out of the device; the bytes are valid during the call only.
    /// None if it was taken, else why not.
    /// </summary>
    DropReason OnPacket(TunDevice device, ReadOnlySpan<byte> packet);
}
