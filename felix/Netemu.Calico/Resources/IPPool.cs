using System.Collections.Generic;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>A range that workloads get addresses from, in blocks of one size, and how packets between them travel.</summary>
public sealed record IPPool(ObjectMetadata Metadata, InternetPrefix Cidr) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.IPPool;

    /// <summary>The prefix length of a block: 26, or 122 for IPv6, by default.</summary>
    public int BlockSize { get; init; } = DefaultBlockSize(Cidr);

    public EncapsulationMode IpipMode { get; init; }

    public EncapsulationMode VxlanMode { get; init; }

    /// <summary>Masquerade what leaves for an address in no pool.</summary>
    public bool NatOutgoing { get; init; }

    /// <summary>No new addresses; those given out stay.</summary>
    public bool Disabled { get; init; }

    public bool DisableBgpExport { get; init; }

    public Selector NodeSelector { get; init; } = Selector.All;

    /// <summary>The namespaces whose pods may use the pool; null for all.</summary>
    public Selector? NamespaceSelector { get; init; }

    public IReadOnlyList<PoolUse> AllowedUses { get; init; } = [PoolUse.Workload, PoolUse.Tunnel];

    public PoolAssignmentMode AssignmentMode { get; init; }

    public static int DefaultBlockSize(InternetPrefix cidr) => cidr.IsIPv4 ? 26 : 122;
}
