namespace Netemu.Engine.Devices.Ipvlan;

/// <summary>Whether children of one parent reach each other (ipvlan.rst section 5).</summary>
public enum IpvlanIsolation : byte
{
    /// <summary>They do, directly.</summary>
    Bridge,

    /// <summary>They do not.</summary>
    Private,

    /// <summary>Everything goes outside; a reflecting switch or router brings it back.</summary>
    Vepa,
}
