using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

/// <summary>
/// Packets through emulated nodes with Felix on them have the fate that the naive evaluator says: random clusters, random
/// flows, random changes, in verdict and in reason. NETEMU_PROBES sets how many packets are sent (100000 for a soak).
/// </summary>
public sealed class PacketsAgainstEvaluatorTests
{
    private const int FlowsPerState = 60;

    private static readonly int _probes =
        int.TryParse(Environment.GetEnvironmentVariable("NETEMU_PROBES"), CultureInfo.InvariantCulture, out int asked) ? asked : 3_000;

    [Fact]
    public void Every_packet_ends_as_the_policies_say()
    {
        const int Seed = 1;
        RandomSource random = new(Seed, "packets");
        RandomCluster cluster = new(random);
        Dictionary<VerdictReason, int> reasons = [];
        int sent = 0;
        for (int round = 0; sent < _probes; round++)
        {
            // Given two nodes with the state's Pods, and an outside.
            List<Resource> state = cluster.State();
            ClusterState reference = new(state);
            PolicyEvaluator evaluator = new(reference);
            using PolicySite site = new(state);
            for (int i = 0; i < FlowsPerState; i++)
            {
                Flow flow = cluster.Flow();
                PolicyEndpoint? source = reference.WorkloadAt(flow.Source);
                PolicyEndpoint? destination = reference.WorkloadAt(flow.Destination);
                bool isOwn = source == destination || flow.State != ConnectionState.New;

                // An ICMP error without a connection is INVALID to connection tracking, never new.
                bool isError = flow.Protocol == Calico.Resources.IPProtocol.Icmp && flow.IcmpType != (int)IcmpType.EchoRequest;
                if (isOwn || isError || flow.Destination.Family != flow.Source.Family)
                {
                    continue;
                }

                // When a packet is sent.
                (bool allowed, RuleOrigin? origin) = site.Send(flow);
                sent++;

                // Then it arrives or is dropped, and by the rule, as the evaluator says.
                PolicyVerdict verdict = evaluator.EvaluateWorkloads(flow);
                string context = $"seed {Seed} round {round}: {flow}\n{verdict}\npacket: {allowed} {origin} {site.Last}";
                Assert.True(verdict.IsAllowed == allowed, context);
                if (verdict.Reason is VerdictReason.PolicyRule or VerdictReason.ProfileRule)
                {
                    Assert.True(origin?.Source == verdict.DecidedBy && origin?.RuleIndex == verdict.RuleIndex, context);
                }
                else if (verdict.Reason == VerdictReason.EndOfTier)
                {
                    Assert.True(origin is { Source: null } && origin.Tier == verdict.Tier, context);
                }

                reasons[verdict.Reason] = reasons.GetValueOrDefault(verdict.Reason) + 1;
            }
        }

        Assert.All(
            [VerdictReason.PolicyRule, VerdictReason.EndOfTier, VerdictReason.ProfileRule],
            reason => Assert.True(reasons.GetValueOrDefault(reason) > _probes / 100, $"{reason}: {reasons.GetValueOrDefault(reason)}"));
    }
}
