using System.Collections.Generic;
using Netemu.Calico.Evaluation;
using Netemu.Core.Wire;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

/// <summary>One packet through a site against the naive evaluator of a state: the verdict and who gave it.</summary>
internal sealed class PacketComparison(PolicySite site, ClusterState reference, Dictionary<VerdictReason, int> reasons)
{
    private readonly PolicyEvaluator _evaluator = new(reference);

    /// <summary>Sends a packet of the flow and compares; false for a flow of which no packet can be made.</summary>
    public bool Compare(Flow flow, string context)
    {
        PolicyEndpoint? source = reference.WorkloadAt(flow.Source);
        PolicyEndpoint? destination = reference.WorkloadAt(flow.Destination);
        bool isOwn = source == destination || flow.State != ConnectionState.New;

        // An ICMP error without a connection is INVALID to connection tracking, never new.
        bool isError = flow.Protocol == Calico.Resources.IPProtocol.Icmp && flow.IcmpType != (int)IcmpType.EchoRequest;
        if (isOwn || isError || flow.Destination.Family != flow.Source.Family)
        {
            return false;
        }

        (bool allowed, RuleOrigin? origin) = site.Send(flow);
        PolicyVerdict verdict = _evaluator.EvaluateWorkloads(flow);
        string told = $"{context}: {flow}\n{verdict}\npacket: {allowed} {origin} {site.Last}";
        Assert.True(verdict.IsAllowed == allowed, told);
        if (verdict.Reason is VerdictReason.PolicyRule or VerdictReason.ProfileRule)
        {
            Assert.True(
                origin?.Source == verdict.DecidedBy && origin?.RuleIndex == verdict.RuleIndex
                    && (verdict.Reason == VerdictReason.ProfileRule || origin?.Tier == verdict.Tier),
                told);
        }
        else if (verdict.Reason == VerdictReason.EndOfTier)
        {
            Assert.True(origin is { Source: null } && origin.Tier == verdict.Tier, told);
        }
        else
        {
            // No policy's and no profile's rule may claim what none of them decided.
            Assert.True(allowed || origin?.Source is null, told);
        }

        reasons[verdict.Reason] = reasons.GetValueOrDefault(verdict.Reason) + 1;
        return true;
    }
}
