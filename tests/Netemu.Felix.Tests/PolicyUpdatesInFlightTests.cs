using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Tracing;

namespace Netemu.Felix.Tests;

/// <summary>
/// Policies change while packets are on their way: each packet is judged on each node by the policies that this node had in
/// force at that instant, never by a mixture. NETEMU_UPDATES sets how many updates there are (10000 for a soak).
/// </summary>
public sealed class PolicyUpdatesInFlightTests
{
    private const int PacketsPerUpdate = 3;

    private static readonly int _updates =
        int.TryParse(Environment.GetEnvironmentVariable("NETEMU_UPDATES"), CultureInfo.InvariantCulture, out int asked) ? asked : 400;

    [Fact]
    public void Every_packet_in_flight_is_judged_by_the_tables_that_are_installed_where_it_passes()
    {
        // Given two nodes with Pods that stay, and packets that need longer than an update.
        RandomSource random = new(4, "in-flight");
        RandomCluster cluster = new(random);
        List<Resource> around = [.. cluster.State().Where(r => !IsPolicy(r))];
        using PolicySite site = new(around);
        List<(SimTime At, PolicyEvaluator Evaluator, ClusterState State)> states = [StateAt(site.Now, around)];
        List<(PacketTrace Trace, Flow Flow)> packets = [];
        for (int update = 0; update < _updates; update++)
        {
            // When one set of policies after the other comes into force, 40 us apart, with packets in between.
            List<Resource> now = [.. around, .. cluster.State().Where(IsPolicy)];
            site.Change(now);
            states.Add(StateAt(site.Now, now));
            for (int i = 0; i < PacketsPerUpdate; i++)
            {
                site.RunFor(Duration.FromNanoseconds(1_003 + random.NextBelow(12_000)));
                if (NextFlow(cluster, states[^1].State) is { } flow)
                {
                    packets.Add((site.Launch(flow), flow));
                }
            }

            site.RunFor(Duration.FromNanoseconds(1_007 + random.NextBelow(3_000)));
        }

        site.RunFor(Duration.FromMilliseconds(50));

        // Then its fate is what the evaluator says of the policies of that place and instant.
        int allowed = 0;
        int changedOnTheWay = 0;
        foreach ((PacketTrace trace, Flow flow) in packets)
        {
            PolicyEndpoint? source = states[0].State.WorkloadAt(flow.Source);
            PolicyEndpoint? destination = states[0].State.WorkloadAt(flow.Destination);
            (int Index, bool IsAllowed) egress = Judge(states, trace, source, PolicyDirection.Egress, flow);
            (int Index, bool IsAllowed) ingress = egress.IsAllowed
                ? Judge(states, trace, destination, PolicyDirection.Ingress, flow)
                : (egress.Index, true);
            bool expected = egress.IsAllowed && ingress.IsAllowed;
            string context = string.Join('\n', trace.Events.Select(e => $"{e.Time} {e.Namespace} {e.Stage} {e.Detail}"));
            Assert.True(expected == site.HasArrived(trace, flow), $"{flow}: expected {expected}\n{context}");
            allowed += expected ? 1 : 0;
            changedOnTheWay += egress.Index >= 0 && ingress.Index >= 0 && egress.Index != ingress.Index ? 1 : 0;
        }

        Assert.InRange(allowed, packets.Count / 20, packets.Count * 19 / 20);
        Assert.True(changedOnTheWay > packets.Count / 50, $"{changedOnTheWay} of {packets.Count} packets saw a change between two nodes");
        Assert.True(site.StatisticsOf("n1").Updates >= _updates, $"{site.StatisticsOf("n1")}");
    }

    private static bool IsPolicy(Resource resource) => resource is NetworkPolicy or KubernetesNetworkPolicy or Tier;

    private static (SimTime At, PolicyEvaluator Evaluator, ClusterState State) StateAt(SimTime at, List<Resource> resources)
    {
        ClusterState state = new(resources);
        return (at, new PolicyEvaluator(state), state);
    }

    /// <summary>A flow between two workloads, or one and the outside, that no packet before it belonged to.</summary>
    private static Flow? NextFlow(RandomCluster cluster, ClusterState state)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            Flow flow = cluster.Flow() with { State = ConnectionState.New };
            bool isUnique = flow.SourcePort == 40_000 || (flow.Protocol == IPProtocol.Icmp && flow.IcmpType == 8);
            PolicyEndpoint? source = state.WorkloadAt(flow.Source);
            PolicyEndpoint? destination = state.WorkloadAt(flow.Destination);
            if (isUnique && source != destination && flow.Source != flow.Destination
                && (source is not null || !IsPodAddress(flow.Source)) && (destination is not null || !IsPodAddress(flow.Destination)))
            {
                return flow;
            }
        }

        return null;
    }

    private static bool IsPodAddress(Core.Addresses.InternetAddress address) => address.IPv4.Value >> 24 == 10;

    /// <summary>The verdict on the endpoint's node at the instant at which the packet passed there, and by which update.</summary>
    private static (int Index, bool IsAllowed) Judge(
        List<(SimTime At, PolicyEvaluator Evaluator, ClusterState State)> states,
        PacketTrace trace,
        PolicyEndpoint? endpoint,
        PolicyDirection direction,
        Flow flow)
    {
        if (endpoint is null)
        {
            return (-1, true);
        }

        TraceEvent passed = trace.Events.First(e => e.Namespace == endpoint.Node && e.Branch == 0);
        int index = states.FindLastIndex(state => state.At <= passed.Time);
        PolicyEndpoint now = states[index].State.WorkloadAt(direction == PolicyDirection.Egress ? flow.Source : flow.Destination)!;
        return (index, states[index].Evaluator.Evaluate(now, direction, flow).IsAllowed);
    }
}
