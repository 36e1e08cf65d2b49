namespace Netemu.Calico.Ipam;

/// <summary>Why a request got fewer addresses than it asked for.</summary>
public enum IpamError : byte
{
    None,

    /// <summary>No enabled pool fits the host, the namespace and the use.</summary>
    NoPool,

    /// <summary>A pool that the request names does not exist or is disabled.</summary>
    PoolNotFound,

    /// <summary>Every block is full, or not for this host.</summary>
    NoFreeAddress,

    /// <summary>The host has as many blocks as it may claim and may not borrow.</summary>
    BlockLimit,

    /// <summary>A fixed address is in no enabled pool.</summary>
    AddressOutsidePools,

    /// <summary>A fixed address is held by another handle.</summary>
    AddressInUse,

    /// <summary>A fixed address was given back too short a time ago (ipCooldownSeconds).</summary>
    AddressCooling,

    /// <summary>A fixed address lies in another host's block, and affinity is strict.</summary>
    StrictAffinity,

    /// <summary>An annotation of the Pod is not what the CNI plugin can read.</summary>
    MalformedAnnotation,

    /// <summary>Too many lost races for the same objects.</summary>
    Contention,
}
