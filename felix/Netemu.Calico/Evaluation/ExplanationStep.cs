using Netemu.Calico.Resources;

namespace Netemu.Calico.Evaluation;

/// <summary>
/// A rule that was asked on the way to a verdict: it matched (<see cref="RuleClause.None"/>), or the clause that did not
/// hold. The tier is null for a profile's rule.
/// </summary>
public sealed record ExplanationStep(string? Tier, ResourceKey Source, int RuleIndex, RuleAction Action, RuleClause Mismatch)
{
    public bool IsMatch => Mismatch == RuleClause.None;

    public override string ToString() =>
        $"{Tier ?? "profile"} {Policies.Policy.DisplayNameOf(Source)}#{RuleIndex} {Action}: {(IsMatch ? "matches" : $"no, {Mismatch}")}";
}
