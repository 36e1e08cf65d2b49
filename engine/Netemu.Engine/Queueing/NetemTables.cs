using System;

namespace Netemu.Engine.Queueing;

/// <summary>
/// The tables of netem's distributions: 4,096 values of the inverse of the distribution function, in units of 1/8192 of
/// the jitter. The numbers stand in files beside this one; a test computes them anew from their formulas.
/// </summary>
internal static partial class NetemTables
{
    /// <summary>NETEM_DIST_SCALE.</summary>
    private const long Scale = 8192;

    /// <summary>A delay in nanoseconds (tabledist of net/sched/sch_netem.c); never negative.</summary>
    public static long Draw(NetemOptions options, CorrelatedRandom random)
    {
        long mean = options.Delay.Nanoseconds;
        long spread = options.Jitter.Nanoseconds;
        if (spread == 0)
        {
            return mean;
        }

        uint draw = random.Next(options.DelayCorrelation);
        if (options.Distribution == NetemDistribution.Uniform)
        {
            return Math.Max(0, mean - spread + (long)(((UInt128)(ulong)(2 * spread) * draw) >> 32));
        }

        ReadOnlySpan<short> table = Table(options.Distribution);
        long t = table[(int)(draw >> 20)];
        long x = (spread % Scale) * t;
        x += x >= 0 ? Scale / 2 : -(Scale / 2);
        return Math.Max(0, (x / Scale) + ((spread / Scale) * t) + mean);
    }

    internal static ReadOnlySpan<short> Table(NetemDistribution distribution) => distribution switch
    {
        NetemDistribution.Normal => Normal,
        NetemDistribution.Pareto => Pareto,
        NetemDistribution.Paretonormal => Paretonormal,
        _ => [],
    };
}
