using System;
using System.Linq;
using Netemu.Core.Time;
using Netemu.Engine.Frames;
using Netemu.Engine.Queueing;

namespace Netemu.Engine.Tests.Queueing;

/// <summary>
/// What netem draws follows what was asked for: 100,000 packets with each of 20 seeds pass chi-square or Kolmogorov-Smirnov
/// at p > 0.001, seed by seed where one seed is enough and over all seeds together. What is asked for is as net/sched/sch_netem.c has
/// it: loss_event, loss_gilb_ell, loss_4state, tabledist, and the tables of tc-netem(8).
/// </summary>
public sealed class NetemDistributionTests
{
    private const int Packets = 100_000;
    private const int Seeds = 20;
    private const double Significance = 0.001;

    /// <summary>The smallest of 20 values may be 20 times smaller by chance alone (Bonferroni).</summary>
    private const double OneOfAll = Significance / Seeds;

    [Theory]
    [InlineData(1_000)]
    [InlineData(50_000)]
    [InlineData(300_000)]
    public void Random_loss_has_the_share_that_was_asked_for(int partsPerMillion)
    {
        double total = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            using QueueBench bench = new(new NetemDiscipline(new NetemOptions { Loss = NetemOptions.Share(partsPerMillion, 1_000_000) }), seed);
            bench.Send(Packets);

            long lost = bench.Emulation.Frames.Accounting[DropReason.ImpairLoss];
            Assert.Equal(Packets, lost + bench.Departures.Count);
            double chiSquare = Statistics.ChiSquare(lost, Packets, partsPerMillion / 1e6);
            Assert.True(Statistics.ChiSquareTail(chiSquare, 1) > OneOfAll, $"seed {seed}: {lost} lost");
            total += chiSquare;
        }

        Assert.True(Statistics.ChiSquareTail(total, Seeds) > Significance, $"chi-square {total} of {Seeds} degrees");
    }

    [Fact]
    public void Duplicates_corrupted_and_reordered_frames_have_their_shares()
    {
        double duplicated = 0;
        double corrupted = 0;
        double reordered = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            using QueueBench bench = new(
                new NetemDiscipline(new NetemOptions
                {
                    Limit = int.MaxValue,
                    Delay = Duration.FromMilliseconds(1),
                    Duplicate = NetemOptions.Share(2, 100),
                    Reorder = NetemOptions.Share(25, 100),
                    Gap = 1,
                }),
                seed);
            bench.Send(Packets);
            bench.Run(Duration.FromSeconds(1));
            duplicated += Statistics.ChiSquare(bench.Departures.Count - Packets, Packets, 0.02);
            reordered += Statistics.ChiSquare(bench.Departures.Count(d => d.Time == 0), bench.Departures.Count, 0.25);

            using QueueBench other = new(new NetemDiscipline(new NetemOptions { Corrupt = NetemOptions.Share(1, 100) }), seed);
            other.Send(Packets, 64, f => f.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked);
            corrupted += Statistics.ChiSquare(Corrupted(other), Packets, 0.01);
        }

        Assert.True(Statistics.ChiSquareTail(duplicated, Seeds) > Significance);
        Assert.True(Statistics.ChiSquareTail(corrupted, Seeds) > Significance);
        Assert.True(Statistics.ChiSquareTail(reordered, Seeds) > Significance);
    }

    [Fact]
    public void Gilbert_Elliott_loses_in_bursts_of_geometric_length()
    {
        // Given 1 % into the bad state and 25 % back: bursts of 4 on average, 1/26 of all packets lost.
        double chiSquare = 0;
        long lost = 0;
        int degrees = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            using QueueBench bench = new(
                new NetemDiscipline(new NetemOptions
                {
                    LossModel = new LossModel.GilbertElliott(NetemOptions.Share(1, 100), NetemOptions.Share(25, 100)),
                }),
                seed);
            bench.Send(Packets);

            int[] bursts = Bursts(bench, longest: 9);
            long count = bursts.Sum();
            lost += Packets - bench.Departures.Count;
            for (int length = 1; length < bursts.Length; length++)
            {
                // The last class takes all longer ones.
                double share = length < bursts.Length - 1 ? 0.25 * Math.Pow(0.75, length - 1) : Math.Pow(0.75, length - 1);
                chiSquare += Math.Pow(bursts[length] - (count * share), 2) / (count * share);
            }

            degrees += bursts.Length - 2;
        }

        Assert.True(Statistics.ChiSquareTail(chiSquare, degrees) > Significance, $"chi-square {chiSquare} of {degrees} degrees");
        Assert.InRange(lost / (double)(Packets * Seeds), 0.97 / 26, 1.03 / 26);
    }

    [Theory]
    [InlineData(nameof(NetemDistribution.Uniform))]
    [InlineData(nameof(NetemDistribution.Normal))]
    [InlineData(nameof(NetemDistribution.Pareto))]
    [InlineData(nameof(NetemDistribution.Paretonormal))]
    public void Jitter_has_the_distribution_that_was_asked_for(string name)
    {
        NetemDistribution distribution = Enum.Parse<NetemDistribution>(name);
        for (int seed = 1; seed <= Seeds; seed++)
        {
            double[] values = Jitter(distribution, seed);

            double p = Statistics.KolmogorovSmirnov(values, x => Distribution(distribution, x));
            Assert.True(p > OneOfAll, $"seed {seed}: p = {p}");
        }
    }

    [Fact]
    public void The_tables_are_what_their_formulas_say()
    {
        for (int i = 0; i < 4096; i++)
        {
            double u = (i + 0.5) / 4096;
            double normal = InverseNormal(u);
            double pareto = (Math.Pow(1 - u, -1.0 / 3) - 1.5) * 4 / 3;

            Assert.InRange(NetemTables.Table(NetemDistribution.Normal)[i] - Clamp(normal), -1, 1);
            Assert.InRange(NetemTables.Table(NetemDistribution.Pareto)[i] - Clamp(pareto), -1, 1);
            Assert.InRange(NetemTables.Table(NetemDistribution.Paretonormal)[i] - Clamp((normal / 4) + (pareto * 3 / 4)), -1, 1);
        }
    }

    private static double Clamp(double value) => Math.Clamp(Math.Round(8192 * value), short.MinValue, short.MaxValue);

    /// <summary>Delays of 100,000 frames around 100 ms, in units of the jitter of 10 ms.</summary>
    private static double[] Jitter(NetemDistribution distribution, int seed)
    {
        using QueueBench bench = new(
            new NetemDiscipline(new NetemOptions
            {
                Limit = int.MaxValue,
                Delay = Duration.FromMilliseconds(100),
                Jitter = Duration.FromMilliseconds(10),
                Distribution = distribution,
            }),
            seed);
        bench.Send(Packets);
        bench.Run(Duration.FromSeconds(1));
        Assert.Equal(Packets, bench.Departures.Count);
        return [.. bench.Departures.Select(d => (d.Time - 100_000_000) / 10_000_000.0)];
    }

    private static double Distribution(NetemDistribution distribution, double x) => distribution switch
    {
        NetemDistribution.Uniform => Math.Clamp((x + 1) / 2, 0, 1),
        NetemDistribution.Normal => Statistics.NormalDistribution(x),
        NetemDistribution.Pareto => Pareto(x),
        _ => Bisect(u => (InverseNormal(u) / 4) + (((Math.Pow(1 - u, -1.0 / 3) - 1.5) * 4 / 3) * 3 / 4), x),
    };

    /// <summary>The tables end at four times the jitter (32,767 / 8,192).</summary>
    private static double Pareto(double x) => x >= 3.9998 ? 1 : x <= -2.0 / 3 ? 0 : 1 - Math.Pow((x * 3 / 4) + 1.5, -3);

    private static double InverseNormal(double u) => Bisect(x => Statistics.NormalDistribution((x * 20) - 10), u) * 20 - 10;

    /// <summary>Where a rising function of 0 to 1 reaches <paramref name="value"/>.</summary>
    private static double Bisect(Func<double, double> function, double value)
    {
        if (value >= 3.9998)
        {
            return 1;
        }

        double low = 0;
        double high = 1;
        for (int i = 0; i < 40; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = function(middle) < value ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static int[] Bursts(QueueBench bench, int longest)
    {
        int[] bursts = new int[longest + 1];
        int previous = -1;
        foreach ((int number, long _) in bench.Departures)
        {
            int length = number - previous - 1;
            if (length > 0)
            {
                bursts[Math.Min(length, longest)]++;
            }

            previous = number;
        }

        return bursts;
    }

    private static long Corrupted(QueueBench bench)
    {
        long corrupted = 0;
        for (int i = 0; i < bench.Departures.Count; i++)
        {
            corrupted += bench.Flags[i] == 0 ? 1 : 0;
        }

        return corrupted;
    }
}
