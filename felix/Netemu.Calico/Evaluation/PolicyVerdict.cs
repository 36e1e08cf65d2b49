using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Evaluation;

/// <summary>
/// A verdict at one endpoint, direction and stage, with its reason: the deciding tier, the policies of it that select the
/// endpoint in this direction, and the rule that decided, by the policy (or profile) and the index as written.
/// </summary>
public sealed record PolicyVerdict(bool IsAllowed, VerdictReason Reason)
{
    public string? Tier { get; init; }

    /// <summary>The policies of the deciding tier that selected the endpoint, in order, staged ones left out.</summary>
    public IReadOnlyList<ResourceKey> Policies { get; init; } = [];

    /// <summary>The policy or profile whose rule decided; null at the end of a tier.</summary>
    public ResourceKey? DecidedBy { get; init; }

    /// <summary>The deciding rule's index as written; null at the end of a tier.</summary>
    public int? RuleIndex { get; init; }
}
