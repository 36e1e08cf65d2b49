namespace Netemu.Engine.Devices.Vxlan;

/// <summary>Whether outer packets carry DF (`df unset|set|inherit`).</summary>
public enum VxlanDontFragment : byte
{
    Unset,
    Set,
    Inherit,
}
