namespace Netemu.Engine.Devices.Ipvlan;

/// <summary>The mode of all ipvlan devices of one parent (Documentation/networking/ipvlan.rst section 4).</summary>
public enum IpvlanMode : byte
{
    /// <summary>Switches by IP address; broadcasts and ARP work.</summary>
    L2,

    /// <summary>The parent's namespace routes for the children; no broadcast, no ARP. The kernel's default.</summary>
    L3,

    /// <summary>Like L3, and what comes in passes the parent's netfilter.</summary>
    L3S,
}
