namespace Netemu.Calico.Resources;

/// <summary>How far a host has got with claiming or giving up a block.</summary>
public enum BlockAffinityState : byte
{
    /// <summary>The host wants the block; another may win it.</summary>
    Pending,
    Confirmed,

    /// <summary>The host is giving the block up.</summary>
    PendingDeletion,
}
