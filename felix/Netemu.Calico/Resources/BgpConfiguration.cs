using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Resources;

/// <summary>BGP's cluster-wide settings ("default") or those of one node ("node.NAME"); null means not set here.</summary>
public sealed record BgpConfiguration(ObjectMetadata Metadata) : Resource(Metadata)
{
    public const uint DefaultAsNumber = 64512;

    public const ushort DefaultListenPort = 179;

    public override ResourceKind Kind => ResourceKind.BgpConfiguration;

    public uint? AsNumber { get; init; }

    public bool? NodeToNodeMeshEnabled { get; init; }

    public ushort? ListenPort { get; init; }

    public IReadOnlyList<InternetPrefix> ServiceClusterIPs { get; init; } = [];

    public IReadOnlyList<InternetPrefix> ServiceExternalIPs { get; init; } = [];

    public IReadOnlyList<InternetPrefix> ServiceLoadBalancerIPs { get; init; } = [];

    public bool ServiceLoadBalancerAggregation { get; init; } = true;

    public IReadOnlyList<NamedCommunity> Communities { get; init; } = [];

    public IReadOnlyList<PrefixAdvertisement> PrefixAdvertisements { get; init; } = [];

    public string? NodeMeshPassword { get; init; }

    public Duration NodeMeshMaxRestartTime { get; init; } = Duration.FromSeconds(120);

    public IReadOnlyList<string> IgnoredInterfaces { get; init; } = [];

    /// <summary>logSeverityScreen Debug: BIRD tells everything.</summary>
    public bool LogsDebug { get; init; }

    /// <summary>bindMode NodeIP: BIRD listens on the node's address only.</summary>
    public bool BindsNodeIP { get; init; }

    /// <summary>Which cluster routes BIRD programs; null leaves it to what Felix does not do.</summary>
    public BirdRouteProgramming? ProgramClusterRoutes { get; init; }
}
