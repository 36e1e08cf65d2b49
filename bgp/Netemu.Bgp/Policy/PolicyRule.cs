using System.Collections.Generic;

namespace Netemu.Bgp.Policy;

/// <summary>One rule: if every match holds (none always does), its actions are done and its verdict counts.</summary>
public sealed record PolicyRule
{
    /// <summary>FRR's sequence number, or a name; for people only.</summary>
    public string Name { get; init; } = "";

    public IReadOnlyList<PolicyMatch> Conditions { get; init; } = [];

    public IReadOnlyList<PolicyAction> Actions { get; init; } = [];

    /// <summary>
    /// Where evaluation goes on after the rule was accepted (FRR's "continue" and "on-match"); null ends it.
    /// </summary>
    public int? ContinueAt { get; init; }

    public PolicyVerdict Verdict { get; init; } = PolicyVerdict.Accept;

    /// <summary>Counts the routes that it has matched; null where nobody asks.</summary>
    public PolicyCounter? Matched { get; init; }

    internal bool Matches(in PolicyRoute route)
    {
        foreach (PolicyMatch match in Conditions)
        {
            if (!match.Matches(route))
            {
                return false;
            }
        }

        return true;
    }
}
