using System;
using System.Collections.Generic;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Felix.Tests;

/// <summary>
/// Agents that run hear of one change after the other, each of one object: after each, packets have the fate that the naive
/// evaluator says of the state now, in verdict and in reason. FsCheck chooses the cluster and the changes, prints the seed of
/// what fails and shortens the list of changes. NETEMU_PROBES sets how many packets are sent (100000 for a soak).
/// </summary>
public sealed class RunningAgentsAgainstEvaluatorTests
{
    private const int ChangesPerCluster = 40;
    private const int FlowsPerChange = 8;

    private static readonly int _probes =
        int.TryParse(Environment.GetEnvironmentVariable("NETEMU_PROBES"), CultureInfo.InvariantCulture, out int asked) ? asked : 3_000;

    [Fact]
    public void After_every_single_change_packets_end_as_the_policies_say()
    {
        int sent = 0;
        Dictionary<VerdictReason, int> reasons = [];
        Arbitrary<int[]> histories = ArbMap.Default.GeneratorFor<int>().ArrayOf(ChangesPerCluster + 1).ToArbitrary();
        int clusters = Math.Max(4, _probes / (ChangesPerCluster * FlowsPerChange / 2));
        Prop.ForAll(histories, history => sent += Run(history, reasons))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(clusters));

        Assert.True(sent >= _probes, $"{sent} packets");
        Assert.All(
            [VerdictReason.PolicyRule, VerdictReason.EndOfTier, VerdictReason.ProfileRule],
            reason => Assert.True(reasons.GetValueOrDefault(reason) > sent / 100, $"{reason}: {reasons.GetValueOrDefault(reason)}"));
    }

    /// <summary>The first number makes the cluster, each further one a change and the packets after it.</summary>
    private static int Run(int[] history, Dictionary<VerdictReason, int> reasons)
    {
        if (history.Length == 0)
        {
            return 0;
        }

        // Given agents on two nodes with a cluster's state in force.
        List<Resource> state = new RandomCluster(new RandomSource(history[0], "running-agents")).State();
        using PolicySite site = new(state);
        int sent = 0;
        for (int step = 1; step < history.Length; step++)
        {
            // When one object changes.
            RandomCluster change = new(new RandomSource(history[step], $"running-agents/{step}"));
            state = change.Changed(state);
            site.Change(state);
            site.RunFor(Duration.FromMicroseconds(1));

            // Then every packet from now on is judged by the state as it is now.
            PacketComparison comparison = new(site, new ClusterState(state), reasons);
            for (int i = 0; i < FlowsPerChange; i++)
            {
                sent += comparison.Compare(change.Flow(), $"cluster {history[0]}, step {step} of [{string.Join(' ', history)}]") ? 1 : 0;
            }
        }

        return sent;
    }
}
