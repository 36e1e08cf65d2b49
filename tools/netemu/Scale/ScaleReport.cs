using System.Collections.Generic;
using System.Linq;
using Netemu.Topologies.Experiments;

namespace Netemu.Cli.Scale;

/// <summary>Everything that a report shows.</summary>
internal sealed record ScaleReport(
    Experiment Experiment, ExperimentArguments Arguments, ScaleOutcome Outcome, ExperimentConclusion Conclusion)
{
    public IReadOnlyList<ExperimentRow> Rows => Outcome.Rows;

    public string Command => Arguments.ToCommand(Experiment.Name);

    /// <summary>What is not as it must be, each with the cell it belongs to.</summary>
    public IEnumerable<string> Failures =>
        Rows.SelectMany(r => r.Failures.Select(f => $"{r.Key}: {f}")).Concat(Conclusion.Failures);

    public bool HasFailures => Failures.Any();
}
