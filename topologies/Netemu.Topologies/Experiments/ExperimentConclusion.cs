using System.Collections.Generic;

namespace Netemu.Topologies.Experiments;

/// <summary>What an experiment's rows together say.</summary>
public sealed class ExperimentConclusion
{
    /// <summary>Sentences for the report, each by itself.</summary>
    public List<string> Findings { get; } = [];

    public List<PlotSpec> Plots { get; } = [];

    /// <summary>Failures of the experiment as a whole; those of rows stand in the rows.</summary>
    public List<string> Failures { get; } = [];
}
