using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Evaluation;

/// <summary>Tells how a verdict came about: what was asked, what matched, and why the rest did not.</summary>
public sealed class PolicyExplainer(ClusterState state)
{
    private readonly PolicyEvaluator _evaluator = new(state);
    private readonly RuleMatching _matching = new(state);

    /// <summary>What applies to an endpoint: the policies of each tier that select it, in the order in which they are asked.</summary>
    public IReadOnlyList<(Tier Tier, IReadOnlyList<Policy> Policies)> PoliciesOf(
        PolicyEndpoint endpoint, PolicyDirection direction, PolicyStage stage = PolicyStage.Normal) =>
        _evaluator.TiersOf(endpoint, direction, stage);

    public PolicyExplanation Explain(
        PolicyEndpoint endpoint, PolicyDirection direction, Flow flow, PolicyStage stage = PolicyStage.Normal)
    {
        PolicyVerdict verdict = _evaluator.Evaluate(endpoint, direction, flow, stage);
        bool reachedPolicy = verdict.Reason is VerdictReason.PolicyRule or VerdictReason.EndOfTier or VerdictReason.ProfileRule
            or VerdictReason.NoProfileMatched or VerdictReason.NotPoliced;
        return new PolicyExplanation(endpoint, verdict, reachedPolicy ? Steps(endpoint, direction, flow, stage, verdict) : []);
    }

    /// <summary>Both ends of a flow: the source's egress, and the destination's ingress if the source lets it go.</summary>
    public IReadOnlyList<PolicyExplanation> ExplainWorkloads(Flow flow)
    {
        List<PolicyExplanation> explanations = [];
        PolicyEndpoint? source = state.WorkloadAt(flow.Source);
        PolicyEndpoint? destination = state.WorkloadAt(flow.Destination);
        if (source is not null && source == destination)
        {
            return [];
        }

        if (source is not null)
        {
            explanations.Add(Explain(source, PolicyDirection.Egress, flow));
        }

        if (destination is not null && explanations.TrueForAll(explanation => explanation.Verdict.IsAllowed))
        {
            explanations.Add(Explain(destination, PolicyDirection.Ingress, flow));
        }

        return explanations;
    }

    private List<ExplanationStep> Steps(
        PolicyEndpoint endpoint, PolicyDirection direction, Flow flow, PolicyStage stage, PolicyVerdict verdict)
    {
        List<ExplanationStep> steps = [];
        foreach ((Tier tier, IReadOnlyList<Policy> policies) in _evaluator.TiersOf(endpoint, direction, stage))
        {
            foreach (Policy policy in policies.Where(policy => !policy.IsStaged))
            {
                if (AddSteps(steps, tier.Name, policy.Key, policy.RulesOf(direction), flow) is { } action)
                {
                    if (action == RuleAction.Pass)
                    {
                        break;
                    }

                    return steps;
                }
            }

            if (verdict.Reason == VerdictReason.EndOfTier && verdict.Tier == tier.Name)
            {
                return steps;
            }
        }

        foreach (string name in stage == PolicyStage.Normal ? endpoint.Profiles : [])
        {
            if (state.ProfileNamed(name) is { } profile)
            {
                IReadOnlyList<RuleSpec> rules = direction == PolicyDirection.Ingress ? profile.Ingress : profile.Egress;
                if (AddSteps(steps, null, profile.Key, PolicyConversion.ConvertRules(rules), flow) is not null)
                {
                    return steps;
                }
            }
        }

        return steps;
    }

    /// <summary>Adds the rules up to the first that decides, and gives its action; Log decides nothing.</summary>
    private RuleAction? AddSteps(
        List<ExplanationStep> steps, string? tier, ResourceKey source, IReadOnlyList<Rule> rules, Flow flow)
    {
        foreach (Rule rule in rules)
        {
            RuleClause mismatch = _matching.MismatchOf(rule, flow);
            steps.Add(new ExplanationStep(tier, source, rule.WrittenIndex, rule.Action, mismatch));
            if (mismatch == RuleClause.None && rule.Action != RuleAction.Log)
            {
                return rule.Action;
            }
        }

        return null;
    }
}
