using Netemu.Core.Time;

namespace Netemu.Calico.Resources;

/// <summary>IPAM's cluster-wide settings (the object "default").</summary>
public sealed record IpamConfiguration(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.IpamConfiguration;

    /// <summary>A host never takes an address from another host's block.</summary>
    public bool StrictAffinity { get; init; }

    public bool AutoAllocateBlocks { get; init; } = true;

    /// <summary>How many blocks a host may claim; 0 means the default of 20.</summary>
    public int MaxBlocksPerHost { get; init; }

    /// <summary>How long an address that was given back rests before anyone gets it again.</summary>
    public Duration Cooldown { get; init; }
}
