using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Core.Randomness;

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
            using PolicySite site = new(state);
            PacketComparison comparison = new(site, reference, reasons);
            for (int i = 0; i < FlowsPerState; i++)
            {
                // When a packet is sent, then it arrives or is dropped, and by the rule, as the evaluator says.
                sent += comparison.Compare(cluster.Flow(), $"seed {Seed} round {round}") ? 1 : 0;
            }
        }

        Assert.All(
            [VerdictReason.PolicyRule, VerdictReason.EndOfTier, VerdictReason.ProfileRule],
            reason => Assert.True(reasons.GetValueOrDefault(reason) > _probes / 100, $"{reason}: {reasons.GetValueOrDefault(reason)}"));
    }
}
