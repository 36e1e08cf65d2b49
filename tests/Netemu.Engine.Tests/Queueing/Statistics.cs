using System;
using System.Linq;

namespace Netemu.Engine.Tests.Queueing;

/// <summary>The two tests that say whether what was drawn follows the distribution that was asked for.</summary>
internal static class Statistics
{
    /// <summary>The probability of a chi-square at least this large, by Wilson and Hilferty's cube root; good from 1 degree on.</summary>
    public static double ChiSquareTail(double chiSquare, int degrees)
    {
        if (degrees == 1)
        {
            return 2 * (1 - NormalDistribution(Math.Sqrt(chiSquare)));
        }

        double k = degrees;
        double z = (Math.Cbrt(chiSquare / k) - (1 - (2 / (9 * k)))) / Math.Sqrt(2 / (9 * k));
        return 1 - NormalDistribution(z);
    }

    /// <summary>Chi-square of one count of hits among <paramref name="trials"/>.</summary>
    public static double ChiSquare(long hits, long trials, double probability)
    {
        double expected = trials * probability;
        double rest = trials - expected;
        return (Math.Pow(hits - expected, 2) / expected) + (Math.Pow(trials - hits - rest, 2) / rest);
    }

    /// <summary>The probability of a distance as large as that between the values and the distribution (Kolmogorov, Smirnov).</summary>
    public static double KolmogorovSmirnov(double[] values, Func<double, double> distribution)
    {
        double[] sorted = [.. values.Order()];
        double distance = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double expected = distribution(sorted[i]);
            int last = i;
            while (last + 1 < sorted.Length && sorted[last + 1] == sorted[i])
            {
                last++;
            }

            // Where many values are equal (a clamped tail), only the upper end of the step is compared.
            distance = Math.Max(distance, Math.Abs(((last + 1.0) / sorted.Length) - expected));
            i = last;
        }

        double x = distance * Math.Sqrt(sorted.Length);
        double sum = 0;
        for (int k = 1; k < 100; k++)
        {
            sum += ((k & 1) == 1 ? 2 : -2) * Math.Exp(-2 * k * k * x * x);
        }

        return x < 0.2 ? 1 : Math.Clamp(sum, 0, 1);
    }

    /// <summary>The standard normal distribution (Abramowitz and Stegun 7.1.26, error below 1.5e-7).</summary>
    public static double NormalDistribution(double x)
    {
        double t = 1 / (1 + (0.3275911 * Math.Abs(x) / Math.Sqrt(2)));
        double y = 1 - (((((((((1.061405429 * t) - 1.453152027) * t) + 1.421413741) * t) - 0.284496736) * t) + 0.254829592) * t
            * Math.Exp(-x * x / 2));
        return (1 + (x < 0 ? -y : y)) / 2;
    }
}
