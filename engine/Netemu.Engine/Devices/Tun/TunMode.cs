namespace Netemu.Engine.Devices.Tun;

/// <summary>What passes between a TUN/TAP device and its process: IP packets or Ethernet frames (IFF_TUN, IFF_TAP).</summary>
public enum TunMode : byte
{
    Tun,
    Tap,
}
