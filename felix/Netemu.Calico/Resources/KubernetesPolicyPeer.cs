using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>Pods by namespace and label, or an address block with exceptions.</summary>
public sealed record KubernetesPolicyPeer
{
    public LabelSelector? PodSelector { get; init; }

    public LabelSelector? NamespaceSelector { get; init; }

    public InternetPrefix? IPBlock { get; init; }

    public IReadOnlyList<InternetPrefix> Except { get; init; } = [];
}
