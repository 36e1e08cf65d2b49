using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Ipam;

/// <summary>What the CNI plugin asks for: addresses of one family for one container on one host.</summary>
public sealed record IpamRequest(string Host, string HandleId)
{
    /// <summary>The host's labels: pools are chosen by them.</summary>
    public LabelSet HostLabels { get; init; } = LabelSet.Empty;

    /// <summary>The labels of the pod's namespace; null for a request without one, which fits no namespace selector.</summary>
    public LabelSet? NamespaceLabels { get; init; }

    public AddressFamily Family { get; init; } = AddressFamily.IPv4;

    public int Count { get; init; } = 1;

    public PoolUse Use { get; init; } = PoolUse.Workload;

    /// <summary>The pools that an annotation names: their selectors and assignment mode do not count then.</summary>
    public IReadOnlyList<InternetPrefix> RequestedPools { get; init; } = [];

    /// <summary>Pod, namespace and node, for people.</summary>
    public LabelSet Attributes { get; init; } = LabelSet.Empty;
}
