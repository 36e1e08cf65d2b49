using System.Collections.Generic;

namespace Netemu.Topologies.Experiments;

/// <summary>One line of a plot.</summary>
public sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points);
