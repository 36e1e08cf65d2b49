using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Tracing;
using Netemu.Felix.Dataplane;

namespace Netemu.Felix.Tests;

/// <summary>
/// With service times as they were measured, an update is in force bit by bit: sets, each table, sets. A packet that comes in
/// between is judged by what is installed at that instant, which the naive interpreter of chains says. NETEMU_UPDATES sets how
/// many updates there are (10000 for a soak).
/// </summary>
public sealed class UpdateWindowTests
{
    private const int PacketsPerUpdate = 4;

    private static readonly int _updates =
        int.TryParse(Environment.GetEnvironmentVariable("NETEMU_UPDATES"), CultureInfo.InvariantCulture, out int asked) ? asked : 300;

    [Fact]
    public void A_packet_within_an_update_is_judged_by_the_sets_and_tables_installed_at_that_instant()
    {
        // Given two nodes whose agents need milliseconds for each table.
        RandomSource random = new(5, "windows");
        RandomCluster cluster = new(random);
        List<Resource> state = cluster.State();
        ClusterState pods = new(state);
        using PolicySite site = new(state, FelixServiceTime.Calibrated);
        site.RunFor(Duration.FromSeconds(1));
        List<(PacketTrace Trace, Flow Flow)> packets = [];
        for (int update = 0; update < _updates; update++)
        {
            // When one object after the other changes, also while the last change is still being written, and packets pass.
            state = cluster.Changed(state);
            site.Change(state);
            for (int i = 0; i < PacketsPerUpdate; i++)
            {
                site.RunFor(Duration.FromNanoseconds(100_003 + random.NextBelow(9_000_000)));
                if (NextFlow(cluster, pods) is { } flow)
                {
                    packets.Add((site.Launch(flow), flow));
                }
            }
        }

        site.RunFor(Duration.FromSeconds(1));

        // Then each has the fate that the tables and sets of that place and instant give it.
        int allowed = 0;
        int amid = 0;
        foreach ((PacketTrace trace, Flow flow) in packets)
        {
            if (Judge(site, pods, trace, flow) is not var (isExpected, isAmid))
            {
                continue;
            }

            string context = string.Join('\n', trace.Events.Select(e => $"{e.Time} {e.Namespace} {e.Stage} {e.Detail}"));
            Assert.True(isExpected == site.HasArrived(trace, flow), $"{flow}: expected {isExpected}\n{context}");
            allowed += isExpected ? 1 : 0;
            amid += isAmid ? 1 : 0;
        }

        // And there were windows, packets in them, and a count of both.
        Assert.InRange(allowed, packets.Count / 20, packets.Count * 19 / 20);
        Assert.True(amid > packets.Count / 20, $"{amid} of {packets.Count} packets within an update");
        Assert.All(RandomCluster.Nodes, node => Assert.True(
            site.StatisticsOf(node) is { Windows: > 0 } seen && seen.WindowTime >= seen.LongestWindow && seen.LongestWindow > Duration.Zero,
            $"{site.StatisticsOf(node)}"));
    }

    /// <summary>A flow whose endpoints have one place, and whose packets no earlier one made known to connection tracking.</summary>
    private static Flow? NextFlow(RandomCluster cluster, ClusterState pods)
    {
        for (int attempt = 0; attempt < 30; attempt++)
        {
            Flow flow = cluster.Flow() with { State = ConnectionState.New };
            bool isUnique = flow.SourcePort == 40_000 || (flow.Protocol == IPProtocol.Icmp && flow.IcmpType == 8);
            PolicyEndpoint? source = pods.WorkloadAt(flow.Source);
            PolicyEndpoint? destination = pods.WorkloadAt(flow.Destination);
            if (isUnique && source != destination && flow.Source != flow.Destination
                && (source is not null || !IsPodAddress(flow.Source)) && (destination is not null || !IsPodAddress(flow.Destination)))
            {
                return flow;
            }
        }

        return null;
    }

    private static bool IsPodAddress(Core.Addresses.InternetAddress address) => address.IPv4.Value >> 24 == 10;

    /// <summary>Null where a step took effect in the very nanosecond of the packet: both orders are right.</summary>
    private static (bool IsAllowed, bool IsAmid)? Judge(PolicySite site, ClusterState pods, PacketTrace trace, Flow flow)
    {
        PolicyEndpoint? source = pods.WorkloadAt(flow.Source);
        PolicyEndpoint? destination = pods.WorkloadAt(flow.Destination);
        bool isAmid = false;
        foreach (string node in new[] { source?.Node, destination?.Node }.OfType<string>().Distinct())
        {
            TraceEvent? passed = trace.Events.Where(e => e.Namespace == node && e.Branch == 0 && e.Stage == TraceStage.Forward)
                .Select(e => (TraceEvent?)e).FirstOrDefault();
            if (passed is not { } at)
            {
                return (false, isAmid);
            }

            InstalledTables.Version installed = site.InstalledOn(node).At(at.Time);
            if (installed.Since == at.Time)
            {
                return null;
            }

            isAmid |= installed.IsAmidUpdate;
            ChainInterpreter interpreter = new(installed.Filter, installed.Sets);
            if (!interpreter.Forward(
                source?.Node == node ? source.InterfaceName : "eth0", destination?.Node == node ? destination.InterfaceName : "eth0", flow))
            {
                return (false, isAmid);
            }
        }

        return (true, isAmid);
    }
}
