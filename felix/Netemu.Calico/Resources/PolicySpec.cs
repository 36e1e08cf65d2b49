using System.Collections.Generic;
using Netemu.Calico.Selectors;

namespace Netemu.Calico.Resources;

/// <summary>What Calico's policy kinds share; fields of global policies have their defaults in namespaced ones.</summary>
public sealed record PolicySpec
{
    public const string DefaultTier = "default";

    public string Tier { get; init; } = DefaultTier;

    /// <summary>The place in the tier; null comes last.</summary>
    public decimal? Order { get; init; }

    public Selector Selector { get; init; } = Selector.All;

    public Selector? NamespaceSelector { get; init; }

    public Selector? ServiceAccountSelector { get; init; }

    /// <summary>The directions as written; none means that they follow from the rules.</summary>
    public PolicyDirection Types { get; init; }

    public IReadOnlyList<RuleSpec> Ingress { get; init; } = [];

    public IReadOnlyList<RuleSpec> Egress { get; init; } = [];

    public bool ApplyOnForward { get; init; }

    public bool PreDnat { get; init; }

    public bool DoNotTrack { get; init; }

    /// <summary>Absent types: Ingress if only ingress rules or none are given, Egress if only egress, both if both.</summary>
    public PolicyDirection EffectiveTypes =>
        Types != PolicyDirection.None ? Types
        : Egress.Count == 0 ? PolicyDirection.Ingress
        : Ingress.Count == 0 ? PolicyDirection.Egress
        : PolicyDirection.Ingress | PolicyDirection.Egress;
}
