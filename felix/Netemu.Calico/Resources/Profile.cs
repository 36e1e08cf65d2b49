using System.Collections.Generic;
using Netemu.Calico.Selectors;

namespace Netemu.Calico.Resources;

/// <summary>Rules and labels that endpoints take from the profiles they name.</summary>
public sealed record Profile(ObjectMetadata Metadata) : Resource(Metadata)
{
    public const string NamespaceNamePrefix = "kns.";

    public const string ServiceAccountNamePrefix = "ksa.";

    public const string DefaultAllowName = "projectcalico-default-allow";

    public override ResourceKind Kind => ResourceKind.Profile;

    public LabelSet LabelsToApply { get; init; } = LabelSet.Empty;

    public IReadOnlyList<RuleSpec> Ingress { get; init; } = [];

    public IReadOnlyList<RuleSpec> Egress { get; init; } = [];

    /// <summary>The built-in profile that allows both ways.</summary>
    public static Profile DefaultAllow { get; } = new(new ObjectMetadata(DefaultAllowName))
    {
        Ingress = [new RuleSpec(RuleAction.Allow)],
        Egress = [new RuleSpec(RuleAction.Allow)],
    };
}
