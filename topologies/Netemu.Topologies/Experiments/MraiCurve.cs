using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Service;
using Netemu.Core.Time;
using Netemu.Topologies.Experiments.Labs;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// Griffin and Premore, "An Experimental Analysis of BGP Convergence Time": with a processing delay for each UPDATE, the
/// time to converge against the advertisement interval is a V. Too short floods the queues, too long waits for nothing.
/// </summary>
public sealed class MraiCurve : Experiment
{
    public override string Name => "mrai-curve";

    public override string Summary => "Convergence in a clique against the advertisement interval, with processing delay: a V.";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("nodes", ParameterKind.Numbers, "15", "ASes in the clique") { Minimum = 4, Maximum = 40 },
        new("mrai", ParameterKind.Durations, "4s,6s,8s,9s,10s,11s,12s,15s,20s,30s", "MinRouteAdvertisementInterval, jitter 25 %"),
        new("processing", ParameterKind.Durations, "1s", "Processing delay of an UPDATE: uniform from 0 to this"),
        new("wrate", ParameterKind.Switch, "false", "Withdrawals wait for the interval too"),
        new("seed", ParameterKind.Numbers, "1-4", "Seeds; the curve is their mean"),
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("nodes", "ASes in the clique"),
        new("mrai", "advertisement interval"),
        new("mraiSeconds", "the same in seconds"),
        new("processing", "longest processing delay"),
        new("wrate", "whether withdrawals wait"),
        new("seed", "seed"),
        new("convergenceSeconds", "from the withdrawal to the last UPDATE served"),
        new("updates", "UPDATEs after the withdrawal"),
        new("longestPath", "the longest AS_PATH tried"),
        new("wallSeconds", "wall time of the cell", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments) =>
        Product(arguments, "nodes", "processing", "wrate", "mrai", "seed");

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        long started = context.Clock();
        Duration mrai = cell.Duration("mrai");
        BgpTimers timers = Clique.TimersOf(mrai) with { Jitter = true, RateLimitWithdrawals = cell.Switch("wrate") };
        ServiceTimes service = new() { UpdateSpread = cell.Duration("processing") };
        EmulatedLab lab = Clique.Build(cell.Number("nodes"), cell.Number("seed"), timers, service);
        ExperimentRow row = new(cell.Index, cell.Key);
        Duration time = Clique.RunWithdrawal(lab, mrai, context, row);
        row.Hash = lab.Hash;
        return row.With("nodes", cell.Text("nodes")).With("mrai", cell.Text("mrai")).With("mraiSeconds", mrai)
            .With("processing", cell.Text("processing")).With("wrate", cell.Text("wrate")).With("seed", cell.Text("seed"))
            .With("convergenceSeconds", time)
            .With("updates", lab.Tally.Updates)
            .With("longestPath", lab.Tally.LongestPath)
            .With("wallSeconds", Duration.FromNanoseconds(context.Clock() - started));
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        PlotSpec time = new("Convergence against the advertisement interval", "MRAI (s)", "seconds (mean of seeds)") { IsLogY = true };
        PlotSpec updates = new("UPDATEs against the advertisement interval", "MRAI (s)", "UPDATEs (mean of seeds)") { IsLogY = true };
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(r => $"n={r["nodes"]}{(r["wrate"] == "true" ? ", WRATE" : string.Empty)}"))
        {
            List<(double X, double Y)> curve = MeanOf(group, "convergenceSeconds");
            time.Series.Add(new PlotSeries(group.Key, curve));
            updates.Series.Add(new PlotSeries(group.Key, MeanOf(group, "updates")));
            Describe(group.Key, curve, conclusion);
        }

        conclusion.Plots.Add(time);
        conclusion.Plots.Add(updates);
        return conclusion;
    }

    private static List<(double X, double Y)> MeanOf(IEnumerable<ExperimentRow> rows, string column) =>
    [
        .. rows.Where(r => r.Number(column) is not null).GroupBy(r => r.Number("mraiSeconds") ?? 0)
            .OrderBy(g => g.Key).Select(g => (g.Key, g.Average(r => r.Number(column) ?? 0))),
    ];

    private static void Describe(string name, List<(double X, double Y)> curve, ExperimentConclusion conclusion)
    {
        if (curve.Count < 3)
        {
            return;
        }

        (double place, double least) = curve.MinBy(p => p.Y);
        double? left = LeastSquares.Slope([.. curve.Where(p => p.X <= place)]);
        double? right = LeastSquares.Slope([.. curve.Where(p => p.X >= place)]);
        conclusion.Findings.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: least convergence time {least:0.0} s at MRAI {place:0.##} s; slope {left ?? double.NaN:0.0} to its left, {right ?? double.NaN:0.0} to its right."));
        if (name == "n=15" && curve[0].X < 8 && curve[^1].X > 12 && (place is < 8 or > 12))
        {
            conclusion.Failures.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: the minimum at {place:0.##} s is not between 8 and 12 s"));
        }
    }
}
