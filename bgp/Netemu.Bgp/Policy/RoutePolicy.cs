using System.Collections.Generic;

namespace Netemu.Bgp.Policy;

/// <summary>
/// An ordered list of rules: the first terminal one decides, and what earlier ones have set stays set. Immutable; it
/// serves FRR's route maps, Calico's BGPFilter and BIRD's generated filters alike.
/// </summary>
public sealed record RoutePolicy
{
    public string Name { get; init; } = "";

    public IReadOnlyList<PolicyRule> Rules { get; init; } = [];

    /// <summary>What happens to a route that no terminal rule matches.</summary>
    public PolicyVerdict Default { get; init; } = PolicyVerdict.Reject;

    /// <summary>Counts the routes that have been through it; null where nobody asks.</summary>
    public PolicyCounter? Invoked { get; init; }

    public static RoutePolicy AcceptAll { get; } = new() { Name = "accept-all", Default = PolicyVerdict.Accept };

    public static RoutePolicy RejectAll { get; } = new() { Name = "reject-all" };

    /// <summary>Runs the rules; actions change the builder of the route.</summary>
    /// <returns>True if the route is accepted.</returns>
    public bool Evaluate(in PolicyRoute route)
    {
        PolicyCounter.Increment(Invoked);
        bool accepted = false;
        for (int i = 0; i < Rules.Count; i++)
        {
            PolicyRule rule = Rules[i];
            if (!rule.Matches(route))
            {
                continue;
            }

            PolicyCounter.Increment(rule.Matched);
            foreach (PolicyAction action in rule.Actions)
            {
                action.Apply(route);
            }

            if (rule.Verdict == PolicyVerdict.Accept && rule.ContinueAt is int next && next > i)
            {
                // What was accepted stays so unless a later rule rejects it.
                accepted = true;
                i = next - 1;
            }
            else if (rule.Verdict != PolicyVerdict.Next)
            {
                return rule.Verdict == PolicyVerdict.Accept;
            }
        }

        return accepted || Default == PolicyVerdict.Accept;
    }
}
