using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Core.Randomness;
using Netemu.Felix.Calculation;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

/// <summary>What the rendered chains do is what the policies say: random clusters, random flows, verdict and reason.</summary>
public sealed class DataplaneAgainstEvaluatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Chains_and_evaluator_agree_in_verdict_and_reason(int seed)
    {
        RandomSource random = new(seed, "against-evaluator");
        RandomCluster cluster = new(random);
        Dictionary<VerdictReason, int> reasons = [];
        for (int round = 0; round < 150; round++)
        {
            // Given a cluster, calculated and rendered on each node.
            List<Resource> state = cluster.State();
            ClusterState reference = new(state);
            PolicyEvaluator evaluator = new(reference);
            Dictionary<string, RecordedDataplane> nodes = [];
            foreach (string node in RandomCluster.Nodes)
            {
                nodes.Add(node, new RecordedDataplane());
                CalculationGraph graph = new(node, nodes[node]);
                state.ForEach(resource => graph.Update(resource.Key, resource));
                graph.Flush();
                nodes[node].ApplyRendered();
            }

            for (int i = 0; i < 60; i++)
            {
                // When a packet crosses the source's and the destination's node.
                Flow flow = cluster.Flow();
                PolicyEndpoint? source = reference.WorkloadAt(flow.Source);
                PolicyEndpoint? destination = reference.WorkloadAt(flow.Destination);
                if ((source is null && destination is null) || source == destination)
                {
                    continue;
                }

                (bool allowed, RuleOrigin? origin) = Cross(nodes, source, destination, flow);

                // Then the evaluator says the same.
                PolicyVerdict verdict = evaluator.EvaluateWorkloads(flow);
                string context = $"seed {seed} round {round}: {flow}\n{verdict}\nchains: {allowed} {origin}";
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

        // And every way to a verdict has been taken often.
        Assert.All(
            [VerdictReason.PolicyRule, VerdictReason.EndOfTier, VerdictReason.ProfileRule, VerdictReason.NoProfileMatched, VerdictReason.Established],
            reason => Assert.True(reasons.GetValueOrDefault(reason) > 50, $"{reason}: {reasons.GetValueOrDefault(reason)}"));
    }

    private static (bool Allowed, RuleOrigin? Origin) Cross(
        Dictionary<string, RecordedDataplane> nodes, PolicyEndpoint? source, PolicyEndpoint? destination, Flow flow)
    {
        RuleOrigin? origin = null;
        string[] path = [.. new[] { source?.Node, destination?.Node }.OfType<string>().Distinct()];
        foreach (string node in path)
        {
            ChainInterpreter interpreter = new(nodes[node].Filter, nodes[node].KernelSets);
            bool allowed = interpreter.Forward(
                source?.Node == node ? source.InterfaceName : "eth0",
                destination?.Node == node ? destination.InterfaceName : "eth0",
                flow);
            origin = interpreter.Origin;
            if (!allowed)
            {
                return (false, origin);
            }
        }

        return (true, origin);
    }
}
