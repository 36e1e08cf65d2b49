using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Bgp;
using Netemu.Core.Time;
using Netemu.Topologies.Experiments.Labs;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// Labovitz et al., "Delayed Internet Routing Convergence": n ASes in a clique, a stub AS behind one of them withdraws its
/// prefix. The clique tries longer and longer paths, one round each advertisement interval: n-3 rounds, and n-2 where
/// withdrawals wait for the interval too.
/// </summary>
public sealed class CliqueWithdrawal : Experiment
{
    public override string Name => "clique-tdown";

    public override string Summary => "Path hunting after a withdrawal in a clique of n ASes: n-3 rounds of the advertisement interval.";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("nodes", ParameterKind.Numbers, "4-15", "ASes in the clique") { Minimum = 4, Maximum = 40 },
        new("mrai", ParameterKind.Durations, "30s", "MinRouteAdvertisementInterval, without jitter"),
        new("wrate", ParameterKind.Switch, "false", "Withdrawals wait for the interval too"),
        new("seed", ParameterKind.Numbers, "1", "The delays of links, 26 to 50 ms, derive from it"),
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("nodes", "ASes in the clique"),
        new("mrai", "advertisement interval"),
        new("wrate", "whether withdrawals wait"),
        new("seed", "seed"),
        new("convergenceSeconds", "from the withdrawal to the last UPDATE"),
        new("rounds", "whole intervals in it"),
        new("announcements", "prefixes announced after the withdrawal"),
        new("withdrawals", "prefixes withdrawn"),
        new("longestPath", "the longest AS_PATH tried"),
        new("packets", "packets sent in the whole run"),
        new("wallSeconds", "wall time of the cell", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments) =>
        Product(arguments, "nodes", "mrai", "wrate", "seed");

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        long started = context.Clock();
        int nodes = cell.Number("nodes");
        Duration mrai = cell.Duration("mrai");
        BgpTimers timers = Clique.TimersOf(mrai) with { Jitter = false, RateLimitWithdrawals = cell.Switch("wrate") };
        EmulatedLab lab = Clique.Build(nodes, cell.Number("seed"), timers, service: null);
        ExperimentRow row = new(cell.Index, cell.Key);
        Duration time = Clique.RunWithdrawal(lab, mrai, context, row);
        row.With("nodes", nodes).With("mrai", cell.Text("mrai")).With("wrate", cell.Text("wrate")).With("seed", cell.Text("seed"))
            .With("convergenceSeconds", time)
            .With("announcements", lab.Tally.Announced)
            .With("withdrawals", lab.Tally.Withdrawn)
            .With("longestPath", lab.Tally.LongestPath)
            .With("packets", lab.Packets)
            .With("wallSeconds", Duration.FromNanoseconds(context.Clock() - started));
        row.Hash = lab.Hash;
        if (mrai > Duration.Zero)
        {
            Check(row, time, mrai, cell.Switch("wrate") ? nodes - 2 : nodes - 3);
        }

        return row;
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        PlotSpec time = new("Convergence after a withdrawal in a clique", "ASes", "seconds");
        PlotSpec messages = new("Messages after a withdrawal in a clique", "ASes", "prefixes") { IsLogY = true };
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(r => $"MRAI {r["mrai"]}{(r["wrate"] == "true" ? ", WRATE" : string.Empty)}"))
        {
            time.Add(group.Key, group, "nodes", "convergenceSeconds");
            messages.Add(group.Key, group, "nodes", "announcements");
        }

        conclusion.Plots.Add(time);
        conclusion.Plots.Add(messages);
        int exact = rows.Count(r => r.Failures.Count == 0);
        conclusion.Findings.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{exact} of {rows.Count} runs took exactly n-3 rounds of the interval (n-2 where withdrawals wait), with a remainder under 1 s."));
        return conclusion;
    }

    private static void Check(ExperimentRow row, Duration time, Duration mrai, long expected)
    {
        long rounds = time.Nanoseconds / mrai.Nanoseconds;
        long rest = time.Nanoseconds % mrai.Nanoseconds;
        row.With("rounds", rounds);
        row.Expect("rounds", expected, rounds);
        if (rest >= Math.Min(Duration.FromSeconds(1).Nanoseconds, mrai.Nanoseconds))
        {
            row.Failures.Add($"the remainder of {Duration.FromNanoseconds(rest)} is not under 1 s");
        }
    }
}
