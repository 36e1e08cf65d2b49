namespace Netemu.Engine.Devices.Vxlan;

/// <summary>Where an entry comes from, and whether it ages or moves.</summary>
public enum VxlanFdbState : byte
{
    /// <summary>Learned from a frame, or added `dynamic`: ages and moves.</summary>
    Reachable,

    /// <summary>Added `static` (NUD_NOARP).</summary>
    Static,

    /// <summary>Added `permanent`, which is the default.</summary>
    Permanent,
}
