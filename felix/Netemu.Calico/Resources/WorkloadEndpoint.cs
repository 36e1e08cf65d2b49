using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>A workload's interface on a node: made from a Pod, or given.</summary>
public sealed record WorkloadEndpoint(ObjectMetadata Metadata, string Node, string InterfaceName) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.WorkloadEndpoint;

    public string Orchestrator { get; init; } = "k8s";

    public string Workload { get; init; } = string.Empty;

    public string Endpoint { get; init; } = "eth0";

    public MacAddress? Mac { get; init; }

    /// <summary>The workload's own addresses.</summary>
    public IReadOnlyList<InternetAddress> Addresses { get; init; } = [];

    /// <summary>Floating addresses: outside, and the workload's address that each stands for.</summary>
    public IReadOnlyList<(InternetAddress External, InternetAddress Internal)> Nats { get; init; } = [];

    public IReadOnlyList<string> Profiles { get; init; } = [];

    public IReadOnlyList<NamedPort> Ports { get; init; } = [];

    /// <summary>Source addresses besides its own that the workload may send from.</summary>
    public IReadOnlyList<InternetPrefix> AllowSpoofedSourcePrefixes { get; init; } = [];
}
