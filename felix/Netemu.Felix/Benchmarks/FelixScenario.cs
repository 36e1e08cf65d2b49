using System;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;
using Netemu.Felix.Calculation;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Benchmarks;

/// <summary>
/// Felix's own benchmark sizes (felix/calc/calc_graph_bench_test.go): many endpoints of which 200 are local, 10,000
/// policies by label. Measures a cold start and then one policy change after the other, from the resource to the difference
/// that would be written.
/// </summary>
public sealed class FelixScenario : IDataplaneMessageSink
{
    public const int Local = 200;
    private const int Applications = 10_000;
    private const int Ports = 60_000;

    private readonly DataplaneModel _model = new() { HasIPv6 = false };
    private readonly CalculationGraph _graph;
    private readonly int _endpoints;
    private int _round;
    private readonly int _policies;

    public FelixScenario(int endpoints, int policies)
    {
        _endpoints = endpoints;
        _policies = policies;
        _graph = new CalculationGraph("n0", this);
    }

    public void OnMessage(DataplaneMessage message) => _model.OnMessage(message);

    /// <summary>Feeds everything and renders it; gives the number of rules and of set members that came out.</summary>
    public (int Rules, int Members) ColdStart()
    {
        _graph.Update(Key(ResourceKind.Namespace, string.Empty, "bench"), new KubernetesNamespace(new ObjectMetadata("bench")));
        for (int i = 0; i < _endpoints; i++)
        {
            Pod pod = PodOf(i);
            _graph.Update(pod.Key, pod);
        }

        for (int i = 0; i < _policies; i++)
        {
            NetworkPolicy policy = PolicyOf(i, 80);
            _graph.Update(policy.Key, policy);
        }

        DataplaneChange change = Take();
        return (change.Tables.Sum(t => t.Updated.Sum(c => c.Rules.Count)), change.Sets.Sum(s => s.Added.Count));
    }

    /// <summary>One change of one policy after the other; the times in units of the clock, and what each cost in work.</summary>
    public (long[] Times, long Evaluations, long Chains, long Allocated) Change(int changes, Func<long> clock)
    {
        long[] times = new long[changes];
        long evaluations = _graph.Evaluations;
        long chains = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < changes; i++)
        {
            // Every other one selects an endpoint of this node: its chain is written anew.
            int index = i % 2 == 0 ? (i / 2) % Local : i % _policies;
            NetworkPolicy policy = PolicyOf(index, (ushort)(81 + (_round++ % Ports)));
            long start = clock();
            _graph.Update(policy.Key, policy);
            DataplaneChange change = Take();
            times[i] = clock() - start;
            chains += change.Tables.Sum(t => t.Updated.Count + t.Removed.Count);
        }

        return (times, _graph.Evaluations - evaluations, chains, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private DataplaneChange Take()
    {
        _graph.Flush();
        return _model.TakeChange();
    }

    private static ResourceKey Key(ResourceKind kind, string inNamespace, string name) => new(kind, inNamespace, name);

    private static Pod PodOf(int index) => new(new ObjectMetadata($"p{index}", "bench")
    {
        Labels = LabelSet.Of(("app", $"a{index % Applications}"), ("tier", $"t{index % 7}")),
    })
    {
        NodeName = index < Local ? "n0" : $"n{1 + (index / Local)}",
        Addresses = [new IPv4Address(0x0A00_0000u + (uint)index)],
    };

    private static NetworkPolicy PolicyOf(int index, ushort port) => new(new ObjectMetadata($"policy-{index}", "bench"), new PolicySpec
    {
        Selector = Selector.Equal("app", $"a{index % Applications}"),
        Ingress =
        [
            new RuleSpec(RuleAction.Allow)
            {
                Protocol = IPProtocol.Tcp,
                Source = new EntityRule { Selector = Selector.Equal("app", $"a{(index + 1) % Applications}") },
                Destination = new EntityRule { Ports = [new PortMatch(port, port)] },
            },
        ],
    });
}
