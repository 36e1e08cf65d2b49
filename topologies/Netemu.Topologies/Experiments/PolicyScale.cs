using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Engine.Benchmarks;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// Policy on the path of packets against its size: a chain of rules as a kernel walks it, packet by packet, against what
/// the compiled chain, a set, and the table of known connections cost here.
/// </summary>
public sealed class PolicyScale : Experiment
{
    private const long Budget = 300_000_000;

    public override string Name => "policy-scale";

    public override string Summary => "Rules, sets and known connections: rules a kernel would visit, and nanoseconds per hop here (measured).";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("rules", ParameterKind.Numbers, "10,100,1000,10000", "Rules of a chain, or members of a set") { Minimum = 1, Maximum = 100_000 },
        new("variant", ParameterKind.Words, "rules,established,set", "rules, established (a known connection first) or set")
        {
            Words = ["rules", "established", "set"],
        },
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("variant", "what a packet meets"),
        new("rules", "rules of the chain, or members of the set"),
        new("visited", "rules that a kernel visits for each packet"),
        new("nanoseconds", "cost of policy per hop: the difference to the same chain of routers without", IsMeasured: true),
        new("hopNanoseconds", "a hop with policy", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments) => Product(arguments, "variant", "rules");

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        int rules = cell.Number("rules");
        PolicyVariant variant = cell.Text("variant") switch
        {
            "established" => PolicyVariant.Established,
            "set" => PolicyVariant.Set,
            _ => PolicyVariant.EveryPacket,
        };
        BenchFigures without = new PolicyScenario(PolicyVariant.None, 0).Run(context.Clock, Budget);
        BenchFigures with = new PolicyScenario(variant, rules).Run(context.Clock, Budget);
        context.ThrowIfInterrupted();

        // A packet of none of the rules is seen by all of them; a known connection by the first; a set is one rule and the verdict.
        int visited = variant switch
        {
            PolicyVariant.Established => 1,
            PolicyVariant.Set => 2,
            _ => rules,
        };
        return new ExperimentRow(cell.Index, cell.Key)
            .With("variant", cell.Text("variant")).With("rules", rules).With("visited", visited)
            .WithRatio("nanoseconds", with.NanosecondsEach - without.NanosecondsEach)
            .WithRatio("hopNanoseconds", with.NanosecondsEach);
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        PlotSpec plot = new("Policy per hop", "rules", "ns") { IsLogX = true };
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(r => r["variant"]))
        {
            plot.Add(group.Key, group, "rules", "nanoseconds");
            List<(double, double)> points = [.. group.Select(r => (r.Number("rules") ?? 0, r.Number("nanoseconds") ?? 0))];
            if (LeastSquares.Slope(points) is { } slope)
            {
                conclusion.Findings.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{group.Key}: {slope * 1000:0.0} ns more for each 1,000 rules (a kernel: about 2,600)."));
            }
        }

        conclusion.Plots.Add(plot);
        return conclusion;
    }
}
