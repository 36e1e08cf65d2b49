using System;
using System.Collections.Generic;

namespace Netemu.Topologies.Experiments;

/// <summary>Straight lines through points, for reports.</summary>
internal static class LeastSquares
{
    /// <summary>The slope of the line through the points; null for fewer than two places.</summary>
    public static double? Slope(IReadOnlyList<(double X, double Y)> points)
    {
        double meanX = 0;
        double meanY = 0;
        foreach ((double x, double y) in points)
        {
            meanX += x / points.Count;
            meanY += y / points.Count;
        }

        double above = 0;
        double below = 0;
        foreach ((double x, double y) in points)
        {
            above += (x - meanX) * (y - meanY);
            below += (x - meanX) * (x - meanX);
        }

        return below > 0 ? above / below : null;
    }

    /// <summary>The slope in logarithms: the power of x that y grows with. Points at or below zero are left out.</summary>
    public static double? LogLogSlope(IReadOnlyList<(double X, double Y)> points)
    {
        List<(double, double)> logs = [];
        foreach ((double x, double y) in points)
        {
            if (x > 0 && y > 0)
            {
                logs.Add((Math.Log(x), Math.Log(y)));
            }
        }

        return Slope(logs);
    }
}
