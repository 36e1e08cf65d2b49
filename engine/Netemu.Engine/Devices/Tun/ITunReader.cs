using System;

namespace Netemu.Engine.Devices.Tun;

/// <summary>The process at the other end of a TUN/TAP device: who has opened /dev/net/tun.</summary>
public interface ITunReader
{
    /// <summary>
    /// The stack has sent a packet (or a frame, on a TAP device) out of the device; the bytes are valid during the call only.
    /// </summary>
    void OnPacket(TunDevice device, ReadOnlySpan<byte> packet);
}
