using System.Collections.Generic;

namespace Netemu.Topologies.Experiments;

/// <summary>A plot of lines with points.</summary>
public sealed record PlotSpec(string Title, string XLabel, string YLabel)
{
    public bool IsLogX { get; init; }

    public bool IsLogY { get; init; }

    public List<PlotSeries> Series { get; } = [];

    /// <summary>Adds a series from rows; rows without one of the two numbers are left out.</summary>
    public void Add(string name, IEnumerable<ExperimentRow> rows, string x, string y)
    {
        List<(double X, double Y)> points = [];
        foreach (ExperimentRow row in rows)
        {
            if (row.Number(x) is { } atX && row.Number(y) is { } atY && (!IsLogX || atX > 0) && (!IsLogY || atY > 0))
            {
                points.Add((atX, atY));
            }
        }

        if (points.Count > 0)
        {
            Series.Add(new PlotSeries(name, points));
        }
    }
}
