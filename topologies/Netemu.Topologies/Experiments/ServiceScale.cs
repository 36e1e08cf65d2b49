using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Engine.Benchmarks;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// Services on a node against their number: kube-proxy's chain of a rule for each against one rule that computes the
/// backend. A kernel walks half the chain for the first packet of a connection; a known connection walks none of it.
/// </summary>
public sealed class ServiceScale : Experiment
{
    private const long Budget = 100_000_000;

    public override string Name => "service-scale";

    public override string Summary => "Services as DNAT chains against a map: rules a kernel would visit, and nanoseconds here (measured).";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("services", ParameterKind.Numbers, "10,100,1000,10000", "Services of the node") { Minimum = 1, Maximum = 100_000 },
        new("variant", ParameterKind.Words, "chains,map", "chains (a rule, a chain and a backend's chain each) or map (one rule)")
        {
            Words = ["chains", "map"],
        },
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("variant", "how a service becomes a backend"),
        new("services", "services of the node"),
        new("visited", "rules that a kernel visits for the first packet of a connection, mean over all services"),
        new("firstNanoseconds", "what translation adds to the first packet of a connection", IsMeasured: true),
        new("laterNanoseconds", "what it adds to a packet of a known connection", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments) => Product(arguments, "variant", "services");

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        int services = cell.Number("services");
        ServiceVariant variant = cell.Text("variant") == "map" ? ServiceVariant.Map : ServiceVariant.Chains;
        ExperimentRow row = new ExperimentRow(cell.Index, cell.Key)
            .With("variant", cell.Text("variant")).With("services", services);
        long visited = new ServiceScenario(variant, services, isEstablished: false).CountVisitedRules();

        // The jump, the service's place in the chain, and a rule each in the service's chain and the backend's.
        long expected = variant == ServiceVariant.Map ? services : (services * (services + 1L) / 2) + (3L * services);
        row.Expect("rules visited over all services", expected, visited);
        return row.WithRatio("visited", (double)visited / services)
            .WithRatio("firstNanoseconds", Added(variant, services, isEstablished: false, context))
            .WithRatio("laterNanoseconds", Added(variant, services, isEstablished: true, context));
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        PlotSpec visited = new("Rules visited by a kernel", "services", "rules") { IsLogX = true, IsLogY = true };
        PlotSpec time = new("First packet of a connection, here", "services", "ns") { IsLogX = true };
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(r => r["variant"]))
        {
            visited.Add(group.Key, group, "services", "visited");
            time.Add(group.Key, group, "services", "firstNanoseconds");
            List<(double, double)> points = [.. group.Select(r => (r.Number("services") ?? 0, r.Number("visited") ?? 0))];
            if (LeastSquares.LogLogSlope(points) is { } slope)
            {
                conclusion.Findings.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{group.Key}: the rules that a first packet visits grow as N^{slope:0.00}."));
            }
        }

        conclusion.Plots.Add(visited);
        conclusion.Plots.Add(time);
        conclusion.Findings.Add("A known connection is translated by its entry in the connection table, whatever the rules are.");
        return conclusion;
    }

    private static double Added(ServiceVariant variant, int services, bool isEstablished, ExperimentContext context)
    {
        BenchFigures without = new ServiceScenario(ServiceVariant.None, services, isEstablished).Run(context.Clock, Budget);
        BenchFigures with = new ServiceScenario(variant, services, isEstablished).Run(context.Clock, Budget);
        context.ThrowIfInterrupted();
        return with.NanosecondsEach - without.NanosecondsEach;
    }
}
