using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Randomness;
using Netemu.Felix.Calculation;

namespace Netemu.Felix.Tests;

/// <summary>The data plane depends on the state alone: whatever way the calculation graph came, it ends at the same place.</summary>
public sealed class StateSequenceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_way_through_the_states_ends_in_the_same_data_plane(int seed)
    {
        RandomCluster cluster = new(new RandomSource(seed, "states"));
        List<List<Resource>> states = [.. Enumerable.Range(0, 25).Select(_ => cluster.State())];
        List<Resource> last = states[^1];
        string expected = Replay([last], flushEachResource: false).Dump();

        Assert.Equal(expected, Replay(states, flushEachResource: false).Dump());
        Assert.Equal(expected, Replay(states, flushEachResource: true).Dump());
        Assert.Equal(expected, Replay([.. Enumerable.Reverse(states), last], flushEachResource: false).Dump());
        Assert.Equal(expected, Replay([.. states.SelectMany(state => new[] { state, [] }), last], flushEachResource: false).Dump());
        Assert.Equal(expected, Replay([.. states, .. Enumerable.Reverse(states), last], flushEachResource: true).Dump());
        Assert.Equal(expected, Squash([.. states, .. Enumerable.Reverse(states), last]).Dump());
    }

    [Fact]
    public void An_empty_cluster_leaves_nothing_behind()
    {
        RandomCluster cluster = new(new RandomSource(9, "states"));
        string expected = Replay([[]], flushEachResource: false).Dump();

        Assert.Equal(expected, Replay([cluster.State(), cluster.State(), []], flushEachResource: true).Dump());
    }

    [Fact]
    public void The_same_state_again_sends_nothing()
    {
        List<Resource> state = new RandomCluster(new RandomSource(5, "states")).State();
        RecordedDataplane dataplane = new();
        CalculationGraph graph = new("n1", dataplane);
        state.ForEach(resource => graph.Update(resource.Key, resource));
        graph.Flush();
        dataplane.ApplyRendered();

        state.ForEach(resource => graph.Update(resource.Key, resource));
        graph.Flush();

        Assert.True(dataplane.ApplyRendered().IsEmpty);
    }

    /// <summary>One flush at the end of all changes.</summary>
    private static RecordedDataplane Squash(List<List<Resource>> states)
    {
        RecordedDataplane dataplane = new();
        CalculationGraph graph = new("n1", dataplane);
        List<Resource> before = [];
        foreach (List<Resource> state in states)
        {
            Move(graph, before, state, () => { });
            before = state;
        }

        graph.Flush();
        dataplane.ApplyRendered();
        return dataplane;
    }

    private static RecordedDataplane Replay(List<List<Resource>> states, bool flushEachResource)
    {
        RecordedDataplane dataplane = new();
        CalculationGraph graph = new("n1", dataplane);
        List<Resource> before = [];
        foreach (List<Resource> state in states)
        {
            Move(graph, before, state, flushEachResource ? Flush : () => { });
            Flush();
            before = state;
        }

        return dataplane;

        void Flush()
        {
            graph.Flush();
            dataplane.ApplyRendered();
        }
    }

    private static void Move(CalculationGraph graph, List<Resource> before, List<Resource> after, System.Action afterEach)
    {
        foreach (Resource gone in before.Where(old => after.All(now => now.Key != old.Key)))
        {
            graph.Update(gone.Key, null);
            afterEach();
        }

        foreach (Resource resource in after)
        {
            graph.Update(resource.Key, resource);
            afterEach();
        }
    }
}
