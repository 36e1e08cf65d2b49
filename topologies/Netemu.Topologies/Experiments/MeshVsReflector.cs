using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Service;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Experiments.Labs;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// An iBGP full mesh of N nodes against R route reflectors that all nodes are clients of: sessions, messages, sizes and
/// times, at the start, at rest, on a change and on losses. What arithmetic says of them must hold exactly.
/// </summary>
public sealed class MeshVsReflector : Experiment
{
    /// <summary>Calico's hold time of 240 s, and some for what follows from it.</summary>
    private static readonly Duration s_holdLimit = Duration.FromSeconds(300);
    private static readonly Duration s_limit = Duration.FromSeconds(600);
    private static readonly Duration s_rest = Duration.FromSeconds(80);

    public override string Name => "mesh-vs-rr";

    public override string Summary => "iBGP full mesh against route reflectors: sessions, advertisements, convergence, memory.";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("nodes", ParameterKind.Numbers, "10,50,100,200", "Nodes that announce prefixes") { Minimum = 2, Maximum = 20_000 },
        new("rr", ParameterKind.Numbers, "0,1,2,3", "Route reflectors; 0, the full mesh, is always run too") { Maximum = 16 },
        new("prefixes", ParameterKind.Numbers, "1", "Prefixes per node") { Minimum = 1, Maximum = 1_000 },
        new("transport", ParameterKind.Words, "tcp", "tcp (emulated) or pipe (same bytes, no packets)") { Words = ["tcp", "pipe"] },
        new("flat", ParameterKind.Switch, "false", "One segment instead of racks of 20 behind routers"),
        new("hierarchy", ParameterKind.Switch, "false", "A cluster for each rack of 20, with reflectors of its own, which are all meshed (RFC 4456 section 7)"),
        new("cluster-ids", ParameterKind.Words, "equal", "CLUSTER_IDs of the reflectors: equal or distinct") { Words = ["equal", "distinct"] },
        new("losses", ParameterKind.Switch, "true", "Also lose a node, bring it back, and lose a reflector"),
        new("seed", ParameterKind.Numbers, "1", "Timers' jitter derives from it"),
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("nodes", "nodes that announce"),
        new("rr", "route reflectors, of each cluster in a hierarchy; 0 is the full mesh"),
        new("reflectors", "route reflectors in all"),
        new("prefixes", "prefixes per node"),
        new("sessions", "sessions"),
        new("advertisements", "prefixes in UPDATEs, cold start"),
        new("updates", "UPDATE messages, cold start"),
        new("updateBytes", "bytes of UPDATEs received, cold start"),
        new("bytes", "bytes that the nodes have sent until the end of the cold start, headers included"),
        new("packets", "packets that the nodes have sent until then; 0 on the pipe"),
        new("drops", "frames dropped until then: everybody sends at once, and queues have ends"),
        new("keepalivesPerSecond", "KEEPALIVEs per second at rest"),
        new("ribInClient", "Adj-RIB-In of a node"),
        new("ribInReflector", "Adj-RIB-In of a reflector"),
        new("locRib", "Loc-RIB of a node"),
        new("ribOutClient", "Adj-RIB-Out of a node"),
        new("ribOutReflector", "Adj-RIB-Out of a reflector"),
        new("setupSeconds", "virtual time until the last session is up"),
        new("convergenceSeconds", "virtual time from the announcement to the last UPDATE, messages served in no time"),
        new("changeUpdates", "advertisements for one new prefix"),
        new("lossWithdrawals", "withdrawals after a node is lost"),
        new("lossUpdates", "announcements after a node is lost"),
        new("returnAdvertisements", "advertisements when it is back"),
        new("reflectorLossRoutes", "routes that nodes have lost with one reflector"),
        new("reflectorLossSessions", "sessions lost with one reflector"),
        new("calibratedSeconds", "virtual time from power-on to the last route, all on one machine that is as fast as BIRD was measured"),
        new("calibratedCpuSeconds", "CPU time of that model"),
        new("wallSeconds", "wall time of the cell", IsMeasured: true),
        new("peakBytes", "live memory after the cold start", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments)
    {
        IReadOnlyList<ExperimentCell> product =
            Product(arguments, "nodes", "prefixes", "rr", "transport", "flat", "hierarchy", "cluster-ids", "losses", "seed");
        if (arguments.Texts("rr").Contains("0"))
        {
            return product;
        }

        // A comparison needs both sides.
        List<ExperimentCell> cells = [];
        foreach (ExperimentCell cell in product)
        {
            if (cell.Text("rr") == arguments.Texts("rr")[0])
            {
                cells.Add(cell.With("rr", "0", cells.Count));
            }

            cells.Add(cell.With("rr", cell.Text("rr"), cells.Count));
        }

        return cells;
    }

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        long started = context.Clock();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        context.BeginBuilding();
        int nodes = cell.Number("nodes");
        int reflectors = cell.Number("rr");
        int prefixes = cell.Number("prefixes");
        ExperimentRow row = new ExperimentRow(cell.Index, cell.Key)
            .With("nodes", nodes).With("rr", reflectors).With("prefixes", prefixes);
        ClosedForms forms = new(nodes, reflectors, prefixes, cell.Switch("hierarchy"));
        row.With("reflectors", forms.AllReflectors);
        BgpLab lab = Build(cell, forms);
        new MeshPhases(lab, row, forms, context, cell.Text("cluster-ids") == "equal").Run(
            cell.Switch("losses"), s_limit, s_holdLimit, s_rest, before);
        row.Hash = lab.Hash;
        Calibrate(cell, row, forms, context);
        return row.With("wallSeconds", Duration.FromNanoseconds(context.Clock() - started));
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        List<string> kinds = [.. rows.Select(r => r["rr"]).Distinct().OrderBy(r => r.Length).ThenBy(r => r, StringComparer.Ordinal)];
        List<string> prefixes = [.. rows.Select(r => r["prefixes"]).Distinct()];
        (string Column, string Title, string Axis)[] plots =
        [
            ("calibratedSeconds", "Convergence on machines as fast as BIRD was measured", "seconds"),
            ("sessions", "Sessions", "sessions"),
            ("advertisements", "Advertisements at cold start", "prefixes"),
            ("keepalivesPerSecond", "Keepalives at rest", "per second"),
            ("peakBytes", "Live memory after the cold start", "bytes"),
        ];
        foreach ((string column, string title, string axis) in plots)
        {
            PlotSpec plot = new(title, "nodes", axis) { IsLogX = true, IsLogY = true };
            foreach (string count in prefixes)
            {
                foreach (string kind in kinds)
                {
                    string name = (kind == "0" ? "mesh" : $"{kind} RR") + (prefixes.Count > 1 ? $", {count} prefixes" : string.Empty);
                    plot.Add(name, rows.Where(r => r["rr"] == kind && r["prefixes"] == count), "nodes", column);
                }
            }

            if (plot.Series.Count > 0)
            {
                conclusion.Plots.Add(plot);
            }
        }

        AddSlopes(rows, kinds, conclusion);
        conclusion.Findings.Add(
            "Reflectors save sessions, and with them keepalives, memory of sessions and configuration: a node has R of them instead of N-1.");
        conclusion.Findings.Add(
            "They do not save advertisements: each of R reflectors sends every route to every client, R·N·(N+R-1)·P in all against N(N-1)P in the mesh.");
        conclusion.Findings.Add(
            "With zero service time both converge within some link delays, or after TCP's 0.2 s and more where a queue has overflowed; the calibrated column shows where the mesh hurts: the work of N(N-1)/2 sessions.");
        return conclusion;
    }

    private static void AddSlopes(IReadOnlyList<ExperimentRow> rows, List<string> kinds, ExperimentConclusion conclusion)
    {
        foreach (string kind in kinds)
        {
            List<string> parts = [];
            foreach (string column in (string[])["sessions", "advertisements", "keepalivesPerSecond", "calibratedCpuSeconds"])
            {
                List<(double, double)> points = [];
                foreach (ExperimentRow row in rows.Where(r => r["rr"] == kind && r["prefixes"] == rows[0]["prefixes"]))
                {
                    if (row.Number("nodes") is { } x && row.Number(column) is { } y)
                    {
                        points.Add((x, y));
                    }
                }

                if (LeastSquares.LogLogSlope(points) is { } slope)
                {
                    parts.Add(string.Create(CultureInfo.InvariantCulture, $"{column} N^{slope:0.00}"));
                }
            }

            if (parts.Count > 0)
            {
                conclusion.Findings.Add($"{(kind == "0" ? "The mesh" : $"With {kind} RR")} grows as: {string.Join(", ", parts)}.");
            }
        }
    }

    private static BgpLab Build(ExperimentCell cell, ClosedForms forms)
    {
        long seed = cell.Number("seed");
        bool flat = cell.Switch("flat");
        bool equalIds = cell.Text("cluster-ids") == "equal";
        if (cell.Text("transport") == "pipe")
        {
            PipeLab pipe = new(seed);
            AddSpeakers(pipe.Add, forms, equalIds, flat);
            return pipe;
        }

        EmulatedLab lab = new(seed);
        AddSpeakers(s => lab.AddRouter(s), forms, equalIds, flat);
        Racks.Connect(lab, flat || forms.Nodes + forms.AllReflectors > Racks.MaximumRacks * Racks.NodesPerRack);
        return lab;
    }

    /// <summary>
    /// Nodes first, then the reflectors, cluster by cluster; neighbours by value of one peer group each, so that they share
    /// update groups. As in Calico's mesh, of two that are alike the one with the greater address connects.
    /// </summary>
    internal static void AddSpeakers(Action<LabSpeaker> add, ClosedForms forms, bool equalIds, bool flat)
    {
        const uint AsNumber = 64512;
        int nodes = forms.Nodes;
        int all = nodes + forms.AllReflectors;
        BgpNeighborConfiguration peer = new() { RemoteAs = AsNumber };
        BgpNeighborConfiguration waits = peer with { Passive = true };
        BgpNeighborConfiguration client = peer with { RouteReflectorClient = true };
        BgpTimers timers = BgpTimers.Of(TimerProfile.CalicoBird);
        int ClusterOf(int machine) => forms.Clusters == 1 ? 0
            : machine < nodes ? machine / ClosedForms.ClusterNodes
            : (machine - nodes) / forms.Reflectors;
        for (int i = 0; i < all; i++)
        {
            bool isReflector = i >= nodes;
            int first = nodes + (ClusterOf(i) * forms.Reflectors);
            LabSpeaker speaker = new(isReflector ? $"rr{i - nodes}" : $"n{i}", Racks.AddressOf(i, flat), AsNumber)
            {
                Timers = timers,
                ClusterId = isReflector && equalIds ? Racks.AddressOf(first, flat) : default,
            };
            for (int j = 0; j < all; j++)
            {
                bool isPeer = forms.Reflectors == 0
                    || (isReflector && j >= nodes)
                    || (isReflector != (j >= nodes) && ClusterOf(i) == ClusterOf(j));
                if (j != i && isPeer)
                {
                    bool isAlike = isReflector == (j >= nodes);
                    BgpNeighborConfiguration kind = isReflector && !isAlike ? client : isAlike && j > i ? waits : peer;
                    speaker.Neighbors.Add(new BgpNeighbor(Racks.AddressOf(j, flat), kind));
                }
            }

            add(speaker);
        }
    }

    /// <summary>The same network as daemons on one machine that works as fast as BIRD was measured, from power-on.</summary>
    private static void Calibrate(ExperimentCell cell, ExperimentRow row, ClosedForms forms, ExperimentContext context)
    {
        PipeLab lab = new(cell.Number("seed"), ServiceTimes.Bird);
        AddSpeakers(lab.Add, forms, equalIds: true, flat: true);
        for (int i = 0; i < forms.Nodes; i++)
        {
            lab.Speakers[i].Networks.AddRange(MeshPhases.NetworksOf(i, forms.Prefixes));
        }

        lab.Start();
        int wanted = forms.Nodes * forms.Prefixes;
        bool converged = lab.RunUntil(context, s_limit, () => lab.Speakers.All(s => s.Speaker!.RouteCount(AddressFamily.IPv4) == wanted));
        if (converged)
        {
            row.With("calibratedSeconds", lab.LastRouteChange() - SimTime.Zero);
        }

        row.With("calibratedCpuSeconds", lab.Server.Busy);
    }
}
