using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// A family of emulations: parameters give cells, each cell is run by itself and gives one row. A row depends on its cell
/// and on nothing else, so cells can run in any order, side by side, or on other machines.
/// </summary>
public abstract class Experiment
{
    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it shows, in one sentence.</summary>
    public abstract string Summary { get; }

    public abstract IReadOnlyList<ExperimentParameter> Parameters { get; }

    public abstract IReadOnlyList<ExperimentColumn> Columns { get; }

    /// <summary>All cells, in the order of the table.</summary>
    public abstract IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments);

    /// <summary>Runs one cell.</summary>
    public abstract ExperimentRow Run(ExperimentCell cell, ExperimentContext context);

    /// <summary>What the rows together say: findings, plots, and failures that no single row can see.</summary>
    public abstract ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows);

    /// <summary>Every combination of the values of some parameters, the last one changing fastest.</summary>
    protected static IReadOnlyList<ExperimentCell> Product(ExperimentArguments arguments, params string[] names)
    {
        List<SortedDictionary<string, string>> combinations = [new(StringComparer.Ordinal)];
        foreach (string name in names)
        {
            List<SortedDictionary<string, string>> longer = [];
            foreach (SortedDictionary<string, string> prefix in combinations)
            {
                foreach (string value in arguments.Texts(name))
                {
                    longer.Add(new SortedDictionary<string, string>(prefix, StringComparer.Ordinal) { [name] = value });
                }
            }

            combinations = longer;
        }

        List<ExperimentCell> cells = [];
        foreach (SortedDictionary<string, string> values in combinations)
        {
            cells.Add(new ExperimentCell(cells.Count, names, values));
        }

        return cells;
    }

    /// <summary>Finds an experiment by name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out Experiment? found)
    {
        found = null;
        foreach (Experiment candidate in ExperimentRegistry.All)
        {
            found = candidate.Name == name ? candidate : found;
        }

        return found is not null;
    }
}
