namespace Netemu.Engine.Devices;

/// <summary>What has changed in a device, for those that stand on it (the kernel's netdevice notifier).</summary>
internal enum LowerChange : byte
{
    /// <summary>Up, down, or the carrier.</summary>
    State,
    Mac,
    Mtu,

    /// <summary>The device is going away; who stands on it goes too.</summary>
    Removed,
}
