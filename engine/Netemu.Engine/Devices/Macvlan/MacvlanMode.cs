namespace Netemu.Engine.Devices.Macvlan;

/// <summary>How children of one parent see each other (MACVLAN_MODE_*), in the order of the kernel's bits.</summary>
public enum MacvlanMode : byte
{
    /// <summary>They do not, whatever the switch outside does.</summary>
    Private,

    /// <summary>Everything goes outside; a reflecting switch brings it back (802.1Qbg). The kernel's default.</summary>
    Vepa,

    /// <summary>They talk directly.</summary>
    Bridge,

    /// <summary>One child alone takes over the parent, and its address.</summary>
    Passthru,

    /// <summary>The child gets what listed senders send, whomever that is addressed to.</summary>
    Source,
}
