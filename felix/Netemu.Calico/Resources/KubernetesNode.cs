using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>A core/v1 Node: its InternalIP addresses, and in its annotations what Calico keeps of a node.</summary>
public sealed record KubernetesNode(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.KubernetesNode;

    public IReadOnlyList<InternetAddress> InternalIPs { get; init; } = [];

    public IReadOnlyList<InternetPrefix> PodCidrs { get; init; } = [];

    public bool Unschedulable { get; init; }
}
