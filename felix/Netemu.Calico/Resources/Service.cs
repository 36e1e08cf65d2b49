using System.Collections.Generic;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Resources;

/// <summary>A Kubernetes Service.</summary>
public sealed record Service(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.Service;

    public ServiceType Type { get; init; }

    /// <summary>The virtual addresses; empty for a headless Service or an ExternalName.</summary>
    public IReadOnlyList<InternetAddress> ClusterIPs { get; init; } = [];

    /// <summary>clusterIP: None.</summary>
    public bool IsHeadless { get; init; }

    public IReadOnlyList<InternetAddress> ExternalIPs { get; init; } = [];

    public IReadOnlyList<InternetAddress> LoadBalancerIPs { get; init; } = [];

    /// <summary>Who may come by a load balancer address; empty for everybody.</summary>
    public IReadOnlyList<InternetPrefix> LoadBalancerSourceRanges { get; init; } = [];

    public string? ExternalName { get; init; }

    public IReadOnlyList<ServicePort> Ports { get; init; } = [];

    /// <summary>The pods behind it; null if its EndpointSlices are given by hand.</summary>
    public LabelSet? PodSelector { get; init; }

    /// <summary>Only endpoints on the node that the packet came to.</summary>
    public bool ExternalTrafficLocal { get; init; }

    public bool InternalTrafficLocal { get; init; }

    /// <summary>How long a client stays with its endpoint; null for no affinity.</summary>
    public Duration? ClientIPAffinity { get; init; }

    public bool PublishNotReadyAddresses { get; init; }
}
