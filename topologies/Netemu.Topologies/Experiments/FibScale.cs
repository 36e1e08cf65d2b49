using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Benchmarks;

namespace Netemu.Topologies.Experiments;

/// <summary>The forwarding table against its size: lookups, memory and updates of a routing table as the Internet's.</summary>
public sealed class FibScale : Experiment
{
    public override string Name => "fib-scale";

    public override string Summary => "Longest-prefix match against the number of prefixes: lookups, memory, updates (measured).";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("prefixes", ParameterKind.Numbers, "100,1000,10000,100000,1000000", "Prefixes") { Minimum = 1, Maximum = 4_000_000 },
        new("family", ParameterKind.Words, "4", "4 or 6") { Words = ["4", "6"] },
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("prefixes", "prefixes"),
        new("family", "address family"),
        new("bytesPerPrefix", "memory that lookups read, per prefix", IsMeasured: true),
        new("lookupNanoseconds", "a lookup among independent ones", IsMeasured: true),
        new("dependentNanoseconds", "a lookup that waits for the one before", IsMeasured: true),
        new("loadNanoseconds", "insertion, per prefix", IsMeasured: true),
        new("updateMicroseconds", "a change with the lookup that applies it, mean", IsMeasured: true),
        new("worstUpdateMicroseconds", "the worst of 10,000", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments) => Product(arguments, "family", "prefixes");

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        int prefixes = cell.Number("prefixes");
        LpmFigures figures = cell.Text("family") == "4"
            ? LpmScenario.Run<IPv4Address>(prefixes, context.Clock)
            : LpmScenario.Run<IPv6Address>(prefixes, context.Clock);
        context.ThrowIfInterrupted();
        return new ExperimentRow(cell.Index, cell.Key)
            .With("prefixes", prefixes).With("family", cell.Text("family"))
            .WithRatio("bytesPerPrefix", figures.BytesPerPrefix)
            .WithRatio("lookupNanoseconds", figures.RandomLookupNanoseconds)
            .WithRatio("dependentNanoseconds", figures.DependentLookupNanoseconds)
            .WithRatio("loadNanoseconds", figures.LoadNanosecondsPerPrefix + figures.CompileNanosecondsPerPrefix)
            .WithRatio("updateMicroseconds", figures.UpdateMicroseconds)
            .WithRatio("worstUpdateMicroseconds", figures.WorstUpdateMicroseconds);
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        foreach ((string column, string title, string axis) in new[]
        {
            ("lookupNanoseconds", "A lookup", "ns"), ("bytesPerPrefix", "Memory that lookups read", "bytes a prefix"), ("updateMicroseconds", "An update", "us"),
        })
        {
            PlotSpec plot = new(title, "prefixes", axis) { IsLogX = true, IsLogY = column != "lookupNanoseconds" };
            foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(r => $"IPv{r["family"]}"))
            {
                plot.Add(group.Key, group, "prefixes", column);
            }

            conclusion.Plots.Add(plot);
        }

        foreach (ExperimentRow row in rows)
        {
            conclusion.Findings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{row["prefixes"]} IPv{row["family"]} prefixes: {row["lookupNanoseconds"]} ns a lookup, {row["bytesPerPrefix"]} bytes a prefix, {row["updateMicroseconds"]} us an update."));
        }

        return conclusion;
    }
}
