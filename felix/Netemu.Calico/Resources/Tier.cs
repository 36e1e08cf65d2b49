namespace Netemu.Calico.Resources;

/// <summary>A rank of policies: tiers are asked in order, null last.</summary>
public sealed record Tier(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.Tier;

    public decimal? Order { get; init; }

    /// <summary>What happens if policies of the tier select an endpoint and none decides: Deny or Pass.</summary>
    public RuleAction DefaultAction { get; init; } = RuleAction.Deny;

    /// <summary>The tiers that exist without being written.</summary>
    public static Tier[] BuiltIn =>
    [
        new(new ObjectMetadata("kube-admin")) { Order = 1_000, DefaultAction = RuleAction.Pass },
        new(new ObjectMetadata(PolicySpec.DefaultTier)) { Order = 1_000_000 },
        new(new ObjectMetadata("kube-baseline")) { Order = 10_000_000, DefaultAction = RuleAction.Pass },
    ];
}
