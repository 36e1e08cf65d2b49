using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Calico.Policies;

/// <summary>A policy of any kind in the one form that is evaluated and rendered.</summary>
public sealed record Policy(ResourceKey Key, string Tier, decimal? Order, Selector Selector, PolicyDirection Types)
{
    public IReadOnlyList<Rule> Ingress { get; init; } = [];

    public IReadOnlyList<Rule> Egress { get; init; } = [];

    public bool ApplyOnForward { get; init; }

    public bool PreDnat { get; init; }

    public bool DoNotTrack { get; init; }

    public bool IsStaged { get; init; }

    /// <summary>The key as people write it, kind by its manifest's word: NetworkPolicy/red/db.</summary>
    public string DisplayName => DisplayNameOf(Key);

    public IReadOnlyList<Rule> RulesOf(PolicyDirection direction) =>
        direction == PolicyDirection.Ingress ? Ingress : Egress;

    public static string DisplayNameOf(ResourceKey key)
    {
        string kind = key.Kind switch
        {
            ResourceKind.KubernetesNetworkPolicy => "NetworkPolicy",
            _ => key.Kind.ToString(),
        };
        return key.Namespace.Length == 0 ? $"{kind}/{key.Name}" : $"{kind}/{key.Namespace}/{key.Name}";
    }
}
