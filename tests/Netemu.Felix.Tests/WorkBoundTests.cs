using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;
using Netemu.Felix.Calculation;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

/// <summary>The work of one change is in proportion to what it touches, not to the size of the cluster.</summary>
public sealed class WorkBoundTests
{
    private const int Policies = 1_000;
    private const int Pods = 5_000;

    [Fact]
    public void One_change_in_a_large_cluster_touches_only_what_it_concerns()
    {
        // Given 5,000 pods with 100 here, and 1,000 policies of which each selects five pods and admits five others.
        RecordedDataplane dataplane = new();
        CalculationGraph graph = new("n1", dataplane.Model);
        for (int i = 0; i < Pods; i++)
        {
            graph.Update(PodOf(i, i % Policies).Key, PodOf(i, i % Policies));
        }

        for (int i = 0; i < Policies; i++)
        {
            graph.Update(PolicyOf(i, 80).Key, PolicyOf(i, 80));
        }

        graph.Flush();
        dataplane.ApplyRendered();

        // When one policy's rule changes.
        long before = graph.Evaluations;
        graph.Update(PolicyOf(5, 81).Key, PolicyOf(5, 81));
        graph.Flush();
        DataplaneChange change = dataplane.ApplyRendered();

        // Then no selector is evaluated, and that policy's ingress chain is written for both families.
        Assert.Equal(0, graph.Evaluations - before);
        Assert.Empty(change.Sets);
        Assert.All(change.Tables, table => Assert.Equal([ChainNames.Policy(PolicyOf(5, 80).Key, PolicyDirection.Ingress)], table.Updated.Select(chain => chain.Name)));

        // When a pod elsewhere moves from one application to another.
        before = graph.Evaluations;
        graph.Update(PodOf(1_501, 7).Key, PodOf(1_501, 7));
        graph.Flush();
        change = dataplane.ApplyRendered();

        // Then a handful of selectors is evaluated, and one member appears in the one set that a local policy uses.
        Assert.InRange(graph.Evaluations - before, 1, 10);
        Assert.Empty(change.Tables);
        SetChange set = Assert.Single(change.Sets);
        Assert.Equal((false, 1, 0), (set.IsReplaced, set.Added.Count, set.Removed.Count));
    }

    [Fact]
    public void Policies_that_select_no_local_endpoint_cost_nothing_further()
    {
        int messages = 0;
        CalculationGraph graph = new("n9", new Counter(() => messages++));
        graph.Flush();
        int idle = messages;
        for (int i = 0; i < 500; i++)
        {
            graph.Update(PodOf(i, i).Key, PodOf(i, i));
            graph.Update(PolicyOf(i, 80).Key, PolicyOf(i, 80));
        }

        graph.Flush();

        Assert.Equal(idle, messages);
    }

    private static Pod PodOf(int index, int app) => new(new ObjectMetadata($"p{index}", "red") { Labels = LabelSet.Of(("app", $"a{app}")) })
    {
        NodeName = index < 100 ? "n1" : "n2",
        Addresses = [new IPv4Address(0x0A00_0000u + (uint)index)],
    };

    private static NetworkPolicy PolicyOf(int index, ushort port) => new(new ObjectMetadata($"g{index}"), new PolicySpec
    {
        Selector = Selector.Equal("app", $"a{index}"),
        Ingress =
        [
            new RuleSpec(RuleAction.Allow)
            {
                Protocol = IPProtocol.Tcp,
                Source = new EntityRule { Selector = Selector.Equal("app", $"a{(index + 1) % Policies}") },
                Destination = new EntityRule { Ports = [new PortMatch(port, port)] },
            },
        ],
    });

    private sealed class Counter(System.Action count) : IDataplaneMessageSink
    {
        public void OnMessage(DataplaneMessage message) => count();
    }
}
