using System;
using System.Collections.Generic;
using System.Linq;

namespace Netemu.Cli.Scale;

/// <summary>A mean with the half width of its 95 % confidence interval (Student's t).</summary>
internal readonly record struct Estimate(double Mean, double HalfWidth)
{
    // The 97.5 % quantile of Student's t for 1 to 30 degrees of freedom; beyond, Cornish and Fisher's first terms.
    private static readonly double[] s_quantiles =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    public static Estimate Of(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        int freedom = values.Count - 1;
        if (freedom == 0)
        {
            return new Estimate(mean, 0);
        }

        double variance = values.Sum(v => (v - mean) * (v - mean)) / freedom;
        const double Normal = 1.959964;
        double quantile = freedom <= s_quantiles.Length
            ? s_quantiles[freedom - 1]
            : Normal + (((Normal * Normal * Normal) + Normal) / (4 * freedom));
        return new Estimate(mean, quantile * Math.Sqrt(variance / values.Count));
    }
}
