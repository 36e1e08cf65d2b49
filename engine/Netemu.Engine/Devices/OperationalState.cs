namespace Netemu.Engine.Devices;

/// <summary>The state that `ip link` prints after "state" (RFC 2863 ifOperStatus, as the kernel names it).</summary>
public enum OperationalState : byte
{
    Unknown,
    Up,
    Down,
    LowerLayerDown,
    Dormant,
}
