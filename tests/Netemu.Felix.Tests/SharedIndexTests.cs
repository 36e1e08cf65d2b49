using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Randomness;
using Netemu.Felix.Calculation;

namespace Netemu.Felix.Tests;

/// <summary>The graphs that share an index end where graphs with an index of their own do, whenever each of them listens.</summary>
public sealed class SharedIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nodes_that_share_an_index_compute_what_each_would_alone(int seed)
    {
        // Given two nodes with one index, and for each a graph on its own.
        RandomSource random = new(seed, "shared-index");
        RandomCluster cluster = new(random);
        ClusterIndex index = new();
        Dictionary<string, (CalculationGraph Alone, RecordedDataplane Expected, CalculationGraph Sharing, RecordedDataplane Actual)> nodes = [];
        foreach (string node in RandomCluster.Nodes)
        {
            RecordedDataplane expected = new();
            RecordedDataplane actual = new();
            nodes.Add(node, (new CalculationGraph(node, expected), expected, new CalculationGraph(node, actual, index), actual));
        }

        List<Resource> before = [];
        for (int round = 0; round < 40; round++)
        {
            // When the cluster changes, and the nodes take the news now or some rounds later.
            List<Resource> after = cluster.State();
            List<(ResourceKey Key, Resource? Value)> changes =
            [
                .. before.Where(old => after.TrueForAll(now => now.Key != old.Key)).Select(old => (old.Key, (Resource?)null)),
                .. after.Select(now => (now.Key, (Resource?)now)),
            ];
            changes.ForEach(change => index.Update(change.Key, change.Value));
            foreach ((CalculationGraph alone, _, CalculationGraph sharing, _) in nodes.Values)
            {
                changes.ForEach(change => alone.Update(change.Key, change.Value));
                changes.ForEach(change => sharing.Update(change.Key, change.Value));
                if (random.NextBelow(2) == 0)
                {
                    sharing.TakeNews();
                    sharing.Flush();
                }
            }

            before = after;
        }

        // Then, with everything taken, they agree in every message and every chain.
        foreach ((CalculationGraph alone, RecordedDataplane expected, CalculationGraph sharing, RecordedDataplane actual) in nodes.Values)
        {
            alone.Flush();
            expected.ApplyRendered();
            sharing.TakeNews();
            sharing.Flush();
            actual.ApplyRendered();
            Assert.Equal(expected.Dump(), actual.Dump());
        }
    }

    [Fact]
    public void A_node_that_starts_later_learns_what_is_there_already()
    {
        RandomCluster cluster = new(new RandomSource(7, "shared-index"));
        List<Resource> state = cluster.State();
        ClusterIndex index = new();
        state.ForEach(resource => index.Update(resource.Key, resource));
        RecordedDataplane expected = new();
        CalculationGraph alone = new("n1", expected);
        RecordedDataplane actual = new();

        CalculationGraph late = new("n1", actual, index);
        state.ForEach(resource => alone.Update(resource.Key, resource));
        state.ForEach(resource => late.Update(resource.Key, resource));
        late.TakeNews();
        alone.Flush();
        late.Flush();
        expected.ApplyRendered();
        actual.ApplyRendered();

        Assert.Equal(expected.Dump(), actual.Dump());
    }
}
