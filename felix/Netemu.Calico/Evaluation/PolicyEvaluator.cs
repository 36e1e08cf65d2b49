using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Evaluation;

/// <summary>
/// Decides flows by reading the policies from top to bottom, as their documentation words it. Nothing is cached and nothing
/// is shared with Felix's rendering except the conversion of policies: what Felix programs is checked against this.
/// </summary>
public sealed class PolicyEvaluator(ClusterState state)
{
    private static readonly IPProtocol _ipip = new(4);

    private readonly RuleMatching _matching = new(state);

    /// <summary>The verdict of one endpoint on a packet that leaves it (egress) or comes to it (ingress).</summary>
    public PolicyVerdict Evaluate(
        PolicyEndpoint endpoint, PolicyDirection direction, Flow flow, PolicyStage stage = PolicyStage.Normal) =>
        BeforePolicy(endpoint, direction, flow, stage)
        ?? ByTiers(endpoint, direction, flow, stage)
        ?? AfterTiers(endpoint, direction, flow, stage);

    /// <summary>
    /// The verdict on a packet between two workloads, or a workload and an address that is none: the source's egress, then
    /// the destination's ingress. The last verdict asked is the answer.
    /// </summary>
    public PolicyVerdict EvaluateWorkloads(Flow flow)
    {
        PolicyEndpoint? source = state.WorkloadAt(flow.Source);
        PolicyEndpoint? destination = state.WorkloadAt(flow.Destination);

        // A pod's packets to itself never leave its namespace.
        if (source is not null && source == destination)
        {
            return new PolicyVerdict(true, VerdictReason.NotPoliced);
        }

        PolicyVerdict verdict = source is null
            ? new PolicyVerdict(true, VerdictReason.NotPoliced)
            : Evaluate(source, PolicyDirection.Egress, flow);
        return verdict.IsAllowed && destination is not null
            ? Evaluate(destination, PolicyDirection.Ingress, flow)
            : verdict;
    }

    /// <summary>The policies that a stage asks, by tier in order; tiers that select nothing are left out.</summary>
    public IReadOnlyList<(Tier Tier, IReadOnlyList<Policy> Policies)> TiersOf(
        PolicyEndpoint endpoint, PolicyDirection direction, PolicyStage stage)
    {
        List<(Tier, IReadOnlyList<Policy>)> tiers = [];
        foreach (Tier tier in state.Tiers)
        {
            Policy[] policies =
            [
                .. state.Policies.Where(policy =>
                    policy.Tier == tier.Name
                    && IsAskedIn(policy, endpoint, stage)
                    && policy.Types.HasFlag(direction)
                    && policy.Selector.Matches(endpoint.Labels)),
            ];
            if (policies.Length > 0)
            {
                tiers.Add((tier, policies));
            }
        }

        return tiers;
    }

    private static bool IsAskedIn(Policy policy, PolicyEndpoint endpoint, PolicyStage stage) => stage switch
    {
        PolicyStage.Untracked => endpoint.IsHost && policy.DoNotTrack,
        PolicyStage.PreDnat => endpoint.IsHost && policy.PreDnat,
        PolicyStage.Forward => endpoint.IsHost && policy.ApplyOnForward && !policy.DoNotTrack && !policy.PreDnat,
        _ => !policy.DoNotTrack && !policy.PreDnat,
    };

    private PolicyVerdict? BeforePolicy(PolicyEndpoint endpoint, PolicyDirection direction, Flow flow, PolicyStage stage)
    {
        // Before connection tracking there is no state: a doNotTrack policy hits established connections as well.
        if (stage != PolicyStage.Untracked)
        {
            if (flow.State is ConnectionState.Established or ConnectionState.Related)
            {
                return new PolicyVerdict(true, VerdictReason.Established);
            }

            if (flow.State == ConnectionState.Invalid && stage != PolicyStage.PreDnat
                && !state.ConfigurationOf(endpoint.Node).DisableConntrackInvalidCheck)
            {
                return new PolicyVerdict(false, VerdictReason.InvalidState);
            }
        }

        if (endpoint.IsHost && stage != PolicyStage.Forward && IsFailsafe(endpoint, direction, flow))
        {
            return new PolicyVerdict(true, VerdictReason.Failsafe);
        }

        return endpoint.IsWorkload && direction == PolicyDirection.Egress && IsEncapsulated(endpoint, flow)
            ? new PolicyVerdict(false, VerdictReason.EncapsulatedByWorkload)
            : null;
    }

    private PolicyVerdict? ByTiers(PolicyEndpoint endpoint, PolicyDirection direction, Flow flow, PolicyStage stage)
    {
        bool dropsAtEnd = stage is PolicyStage.Normal or PolicyStage.Forward;
        foreach ((Tier tier, IReadOnlyList<Policy> policies) in TiersOf(endpoint, direction, stage))
        {
            Policy[] enforced = [.. policies.Where(policy => !policy.IsStaged)];
            ResourceKey[] keys = [.. enforced.Select(policy => policy.Key)];
            (Policy Policy, Rule Rule)? decision = Decide(enforced, direction, flow);
            if (decision is { Rule.Action: RuleAction.Pass })
            {
                continue;
            }

            if (decision is var (policy, rule))
            {
                return new PolicyVerdict(rule.Action == RuleAction.Allow, VerdictReason.PolicyRule)
                {
                    Tier = tier.Name,
                    Policies = keys,
                    DecidedBy = policy.Key,
                    RuleIndex = rule.WrittenIndex,
                };
            }

            if (dropsAtEnd && enforced.Length > 0 && tier.DefaultAction != RuleAction.Pass)
            {
                return new PolicyVerdict(false, VerdictReason.EndOfTier) { Tier = tier.Name, Policies = keys };
            }
        }

        return null;
    }

    private PolicyVerdict AfterTiers(PolicyEndpoint endpoint, PolicyDirection direction, Flow flow, PolicyStage stage)
    {
        if (stage != PolicyStage.Normal)
        {
            return new PolicyVerdict(true, VerdictReason.NotPoliced);
        }

        foreach (string name in endpoint.Profiles)
        {
            if (state.ProfileNamed(name) is not { } profile)
            {
                continue;
            }

            IReadOnlyList<RuleSpec> written = direction == PolicyDirection.Ingress ? profile.Ingress : profile.Egress;
            Rule? rule = PolicyConversion.ConvertRules(written).FirstOrDefault(rule =>
                rule.Action is RuleAction.Allow or RuleAction.Deny && _matching.Matches(rule, flow));
            if (rule is not null)
            {
                return new PolicyVerdict(rule.Action == RuleAction.Allow, VerdictReason.ProfileRule)
                {
                    DecidedBy = profile.Key,
                    RuleIndex = rule.WrittenIndex,
                };
            }
        }

        return new PolicyVerdict(false, VerdictReason.NoProfileMatched);
    }

    /// <summary>The first rule of the tier that allows, denies or passes.</summary>
    private (Policy Policy, Rule Rule)? Decide(Policy[] policies, PolicyDirection direction, Flow flow)
    {
        foreach (Policy policy in policies)
        {
            foreach (Rule rule in policy.RulesOf(direction))
            {
                if (rule.Action != RuleAction.Log && _matching.Matches(rule, flow))
                {
                    return (policy, rule);
                }
            }
        }

        return null;
    }

    private bool IsFailsafe(PolicyEndpoint endpoint, PolicyDirection direction, Flow flow)
    {
        FelixConfiguration configuration = state.ConfigurationOf(endpoint.Node);
        IReadOnlyList<FailsafePort> ports = direction == PolicyDirection.Ingress
            ? configuration.FailsafeInbound
            : configuration.FailsafeOutbound;
        return ports.Any(failsafe =>
            failsafe.Protocol == flow.Protocol
            && failsafe.Port == flow.DestinationPort
            && (failsafe.Net is not { } net
                || net.Contains(direction == PolicyDirection.Ingress ? flow.Source : flow.Destination)));
    }

    private bool IsEncapsulated(PolicyEndpoint endpoint, Flow flow)
    {
        FelixConfiguration configuration = state.ConfigurationOf(endpoint.Node);
        return (flow.Protocol == IPProtocol.Udp && flow.DestinationPort == configuration.VxlanPort
                && !configuration.AllowVxlanPacketsFromWorkloads)
            || (flow.Protocol == _ipip && !configuration.AllowIpipPacketsFromWorkloads);
    }
}
