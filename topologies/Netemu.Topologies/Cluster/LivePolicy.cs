using Netemu.Bgp.Policy;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// A policy that may change under running sessions, as BIRD's filters do at a reload. Sessions with one policy share one
/// object, and with it their update group.
/// </summary>
internal sealed class LivePolicy
{
    /// <summary>What the policy says now, and the configuration that it was made of, to see a change.</summary>
    private RoutePolicy _rules;

    public LivePolicy(string name, RoutePolicy rules)
    {
        _rules = rules;
        Policy = new RoutePolicy
        {
            Name = name,
            Rules = [new PolicyRule { Name = name, Conditions = [new Ask(this)], Verdict = PolicyVerdict.Accept }],
            Default = PolicyVerdict.Reject,
        };
    }

    /// <summary>What sessions are configured with; always this object.</summary>
    public RoutePolicy Policy { get; }

    public void Replace(RoutePolicy rules) => _rules = rules;

    /// <summary>Accepts what the rules accept, and does their actions.</summary>
    private sealed record Ask(LivePolicy Owner) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => Owner._rules.Evaluate(route);
    }
}
