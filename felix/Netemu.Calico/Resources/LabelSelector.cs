using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Selectors;

namespace Netemu.Calico.Resources;

/// <summary>A Kubernetes label selector; an empty one selects everything.</summary>
public sealed record LabelSelector(LabelSet MatchLabels, IReadOnlyList<LabelSelectorRequirement> MatchExpressions)
{
    public static LabelSelector Everything { get; } = new(LabelSet.Empty, []);

    /// <summary>The same condition as a Calico selector.</summary>
    public Selector ToSelector() => Selector.And(
    [
        .. MatchLabels.Select(label => Selector.Equal(label.Key, label.Value)),
        .. MatchExpressions.Select(ToSelector),
    ]);

    private static Selector ToSelector(LabelSelectorRequirement requirement) => requirement.Operator switch
    {
        LabelSelectorOperator.In => Selector.In(requirement.Key, [.. requirement.Values]),
        LabelSelectorOperator.NotIn => Selector.NotIn(requirement.Key, [.. requirement.Values]),
        LabelSelectorOperator.Exists => Selector.Has(requirement.Key),
        _ => Selector.Has(requirement.Key).Not(),
    };
}
