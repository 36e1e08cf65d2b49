namespace Netemu.Calico.Ipam;

/// <summary>What `calicoctl ipam check` complains about.</summary>
public enum IpamFindingKind : byte
{
    /// <summary>An address is allocated, and no workload or tunnel has it.</summary>
    Leaked,

    /// <summary>A workload has an address that is not allocated.</summary>
    NotAllocated,

    /// <summary>Two workloads have one address.</summary>
    DoubleOwner,

    /// <summary>A handle and the blocks disagree about the number of addresses.</summary>
    HandleMismatch,

    /// <summary>An affinity and a block's owner disagree.</summary>
    AffinityMismatch,

    /// <summary>An address was given out of another host's block: the owner's blackhole route covers it.</summary>
    Borrowed,
}
