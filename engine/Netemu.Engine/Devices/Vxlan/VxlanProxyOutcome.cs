namespace Netemu.Engine.Devices.Vxlan;

/// <summary>What became of a neighbour request that a proxying VXLAN device was to send.</summary>
internal enum VxlanProxyOutcome : byte
{
    /// <summary>Not of a kind that is answered, or the neighbour is not known to be reachable, or it is on the local bridge.</summary>
    Ignored,

    /// <summary>The neighbour table has no entry: an L3 miss.</summary>
    Unknown,
    Answered,
}
