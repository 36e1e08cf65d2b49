using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Bgp;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Topologies.Experiments.Labs;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// A cluster's way from full mesh to route reflectors, with packets between all pairs of nodes each 10 ms: first the new
/// sessions and then the end of the mesh loses nothing; the other way round every pair is cut for as long as sessions take.
/// Graceful restart does not help: a peer that is removed from the configuration sends Cease (RFC 4724 section 4).
/// </summary>
public sealed class Migration : Experiment
{
    private static readonly Duration s_limit = Duration.FromSeconds(120);
    private static readonly Duration s_interval = Duration.FromMilliseconds(10);
    private static readonly Duration s_look = Duration.FromMilliseconds(1);

    public override string Name => "migration";

    public override string Summary => "From full mesh to route reflectors under traffic: the safe order loses nothing, the other one the time of a session.";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("nodes", ParameterKind.Numbers, "20", "Nodes") { Minimum = 3, Maximum = 200 },
        new("rr", ParameterKind.Numbers, "2", "Route reflectors") { Minimum = 1, Maximum = 16 },
        new("order", ParameterKind.Words, "safe,unsafe", "safe: reflectors first; unsafe: the mesh ends first") { Words = ["safe", "unsafe"] },
        new("graceful-restart", ParameterKind.Switch, "false,true", "Graceful restart on all sessions"),
        new("seed", ParameterKind.Numbers, "1", "Timers' jitter derives from it"),
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("nodes", "nodes"),
        new("rr", "route reflectors"),
        new("order", "what comes first"),
        new("gracefulRestart", "whether sessions have graceful restart"),
        new("sent", "packets sent between all pairs"),
        new("lost", "packets lost"),
        new("pairsCut", "pairs that lost any"),
        new("worstOutageSeconds", "the longest outage of a pair: packets lost in a row, times 10 ms"),
        new("setupSeconds", "from the end of the mesh until the last route is back; 0 in the safe order"),
        new("wallSeconds", "wall time of the cell", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments) =>
        Product(arguments, "nodes", "rr", "order", "graceful-restart", "seed");

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        long started = context.Clock();
        int nodes = cell.Number("nodes");
        int reflectors = cell.Number("rr");
        bool safe = cell.Text("order") == "safe";
        bool graceful = cell.Switch("graceful-restart");
        ExperimentRow row = new(cell.Index, cell.Key);
        EmulatedLab lab = Build(nodes, reflectors, graceful, cell.Number("seed"));
        lab.Start();
        bool up = lab.RunUntil(context, s_limit, () => HasAllRoutes(lab, nodes)) && lab.RunUntilQuiet(context, s_limit);
        PairTraffic traffic = new([.. lab.Speakers.Take(nodes).Select(s => s.Node!.Root)], PodAddress, s_interval);
        lab.Do(traffic.Start);
        lab.RunFor(Duration.FromSeconds(1));
        Duration setup = safe
            ? Safely(lab, nodes, reflectors, graceful, context)
            : Unsafely(lab, nodes, reflectors, graceful, context);
        up &= lab.RunUntil(context, s_limit, () => HasAllRoutes(lab, nodes)) && lab.RunUntilQuiet(context, s_limit);
        lab.RunFor(Duration.FromSeconds(1));
        lab.Do(traffic.Stop);
        lab.RunFor(Duration.FromSeconds(1));
        if (!up)
        {
            row.Failures.Add("routes are missing in the end");
        }

        Check(row, traffic, setup, safe, nodes);
        row.Hash = lab.Hash;
        return row.With("nodes", nodes).With("rr", reflectors).With("order", cell.Text("order")).With("gracefulRestart", cell.Text("graceful-restart"))
            .With("sent", traffic.Sent).With("lost", traffic.Lost).With("pairsCut", traffic.PairsCut)
            .With("worstOutageSeconds", s_interval * traffic.LongestLoss)
            .With("setupSeconds", setup)
            .With("wallSeconds", Duration.FromNanoseconds(context.Clock() - started));
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        foreach (ExperimentRow row in rows)
        {
            conclusion.Findings.Add(
                $"{row["order"]} order{(row["gracefulRestart"] == "true" ? " with graceful restart" : string.Empty)}: {row["lost"]} of {row["sent"]} packets lost, "
                + $"the worst pair for {row["worstOutageSeconds"]} s; sessions took {row["setupSeconds"]} s.");
        }

        PlotSpec plot = new("Packets lost by a migration", "nodes", "packets");
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(r => $"{r["order"]}{(r["gracefulRestart"] == "true" ? ", GR" : string.Empty)}"))
        {
            plot.Add(group.Key, group, "nodes", "lost");
        }

        conclusion.Plots.Add(plot);
        return conclusion;
    }

    private static void Check(ExperimentRow row, PairTraffic traffic, Duration setup, bool safe, int nodes)
    {
        if (safe)
        {
            row.Expect("packets lost", 0, traffic.Lost);
            return;
        }

        row.Expect("pairs cut", (long)nodes * (nodes - 1), traffic.PairsCut);
        long difference = Math.Abs((s_interval * traffic.LongestLoss).Nanoseconds - setup.Nanoseconds);
        if (difference > 2 * s_interval.Nanoseconds)
        {
            row.Failures.Add(string.Create(
                CultureInfo.InvariantCulture, $"the worst outage is not the time of session set-up within 20 ms: {difference / 1_000_000} ms apart"));
        }
    }

    /// <summary>Reflectors first; once all routes have come from them too, the mesh ends.</summary>
    private static Duration Safely(EmulatedLab lab, int nodes, int reflectors, bool graceful, ExperimentContext context)
    {
        lab.Do(() => AddReflectorSessions(lab, nodes, reflectors, graceful));
        long sides = 2L * ((nodes * (nodes - 1) / 2) + (nodes * reflectors) + (reflectors * (reflectors - 1) / 2));
        lab.RunUntil(context, s_limit, () => lab.Tally.EstablishedSides >= sides);
        lab.RunUntilQuiet(context, s_limit);
        lab.Do(() => EndMesh(lab, nodes));
        return Duration.Zero;
    }

    private static Duration Unsafely(EmulatedLab lab, int nodes, int reflectors, bool graceful, ExperimentContext context)
    {
        SimTime start = lab.Now;
        lab.Do(() => EndMesh(lab, nodes));
        lab.Do(() => AddReflectorSessions(lab, nodes, reflectors, graceful));
        lab.RunFor(Duration.FromMilliseconds(100));

        // Looked at often: the second reflector's routes come right after, and change best paths that carry packets already.
        lab.RunUntil(context, s_limit, () => HasAllRoutes(lab, nodes), s_look);
        return lab.LastRouteChange() - start;
    }

    private static void EndMesh(EmulatedLab lab, int nodes)
    {
        for (int i = 0; i < nodes; i++)
        {
            for (int j = 0; j < nodes; j++)
            {
                if (i != j)
                {
                    lab.Speakers[i].Speaker!.RemoveNeighbor(Racks.AddressOf(j, flat: true));
                }
            }
        }
    }

    private static void AddReflectorSessions(EmulatedLab lab, int nodes, int reflectors, bool graceful)
    {
        BgpNeighborConfiguration peer = PeerOf(graceful);
        for (int i = 0; i < nodes + reflectors; i++)
        {
            for (int j = i < nodes ? nodes : 0; j < nodes + reflectors; j++)
            {
                if (i != j)
                {
                    bool client = i >= nodes && j < nodes;
                    lab.Speakers[i].Speaker!.AddNeighbor(
                        new BgpNeighbor(Racks.AddressOf(j, flat: true), client ? peer with { RouteReflectorClient = true } : peer));
                }
            }
        }
    }

    private static BgpNeighborConfiguration PeerOf(bool graceful) => new() { RemoteAs = 64512, GracefulRestart = graceful };

    /// <summary>Nodes with their mesh, and reflectors without sessions; each node has a block of pods of its own.</summary>
    private static EmulatedLab Build(int nodes, int reflectors, bool graceful, long seed)
    {
        EmulatedLab lab = new(seed) { InstallsRoutes = true };
        BgpTimers timers = BgpTimers.Of(TimerProfile.CalicoBird);
        IPv4Address cluster = Racks.AddressOf(nodes, flat: true);
        for (int i = 0; i < nodes + reflectors; i++)
        {
            bool isReflector = i >= nodes;
            LabSpeaker speaker = lab.AddRouter(new LabSpeaker(isReflector ? $"rr{i - nodes}" : $"n{i}", Racks.AddressOf(i, flat: true), 64512)
            {
                Timers = timers,
                ClusterId = isReflector ? cluster : default,
            });
            if (isReflector)
            {
                continue;
            }

            for (int j = 0; j < nodes; j++)
            {
                if (i != j)
                {
                    speaker.Neighbors.Add(new BgpNeighbor(Racks.AddressOf(j, flat: true), PeerOf(graceful)));
                }
            }

            DummyDevice pods = new(speaker.Node!.Root, "pods");
            speaker.Node.Root.IPv4.AddAddress(pods, new InterfaceAddress<IPv4Address>(PodAddress(i), 26));
            pods.SetUp(true);
            speaker.Networks.Add(new BgpNetwork(new InternetPrefix(PodAddress(i), 26)));
        }

        Racks.Connect(lab, flat: true);
        return lab;
    }

    private static IPv4Address PodAddress(int node) => new IPv4Address(172, 16, 0, 1).Add(64L * node);

    private static bool HasAllRoutes(EmulatedLab lab, int nodes)
    {
        for (int i = 0; i < nodes; i++)
        {
            if (lab.Speakers[i].Speaker!.RouteCount(AddressFamily.IPv4) != nodes)
            {
                return false;
            }
        }

        return true;
    }
}
