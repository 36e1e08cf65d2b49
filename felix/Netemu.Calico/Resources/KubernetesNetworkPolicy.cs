using System.Collections.Generic;

namespace Netemu.Calico.Resources;

/// <summary>A networking.k8s.io/v1 NetworkPolicy, or Calico's staged variant of it.</summary>
public sealed record KubernetesNetworkPolicy(ObjectMetadata Metadata, LabelSelector PodSelector) : Resource(Metadata)
{
    public override ResourceKind Kind =>
        IsStaged ? ResourceKind.StagedKubernetesNetworkPolicy : ResourceKind.KubernetesNetworkPolicy;

    public bool IsStaged { get; init; }

    public StagedAction StagedAction { get; init; }

    /// <summary>As written; none means Ingress, and Egress if there is an egress rule.</summary>
    public PolicyDirection PolicyTypes { get; init; }

    public IReadOnlyList<KubernetesPolicyRule> Ingress { get; init; } = [];

    public IReadOnlyList<KubernetesPolicyRule> Egress { get; init; } = [];

    public PolicyDirection EffectiveTypes =>
        PolicyTypes != PolicyDirection.None ? PolicyTypes
        : Egress.Count == 0 ? PolicyDirection.Ingress
        : PolicyDirection.Ingress | PolicyDirection.Egress;
}
