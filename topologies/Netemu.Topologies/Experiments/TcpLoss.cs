using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Netfilter.Text;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tcp;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// Mathis, Semke, Mahdavi, Ott: "The Macroscopic Behavior of the TCP Congestion Avoidance Algorithm" (1997): the rate of a
/// Reno flow against random loss is MSS * C / (RTT * sqrt(p)), C = sqrt(3/2). Our growth counts bytes (RFC 3465), so delayed
/// acknowledgments do not make it C = sqrt(3/4).
/// </summary>
public sealed class TcpLoss : Experiment
{
    private const ushort Port = 5001;
    private const int SegmentSize = 1448;

    /// <summary>sqrt(3/2).</summary>
    private const double Constant = 1.2247;
    private const double Tolerance = 0.25;
    private const double SlopeTolerance = 0.05;

    public override string Name => "tcp-loss";

    public override string Summary => "The rate of a Reno flow against random loss and round-trip time: MSS * 1.22 / (RTT * sqrt(p)).";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("rtt", ParameterKind.Durations, "10ms,50ms,100ms", "Round-trip times"),
        new("loss", ParameterKind.Words, "0.0001,0.001,0.01", "Probabilities that a data segment is lost"),
        new("events", ParameterKind.Numbers, "100", "Loss events that a run is long enough for") { Minimum = 10, Maximum = 100_000 },
        new("seed", ParameterKind.Numbers, "1-20", "Seeds") { Minimum = 0 },
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("rtt", "round-trip time"),
        new("rttSeconds", "the same, in seconds"),
        new("loss", "probability of loss"),
        new("events", "loss events that the run is long enough for"),
        new("seed", "seed"),
        new("seconds", "virtual time measured"),
        new("goodput", "bytes per second at the receiver"),
        new("model", "what the formula says"),
        new("ratio", "goodput / model"),
        new("retransmissions", "segments sent again"),
        new("timeouts", "retransmission timeouts"),
        new("wallSeconds", "wall time of the cell", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments) => Product(arguments, "rtt", "loss", "events", "seed");

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        long started = context.Clock();
        Duration rtt = cell.Duration("rtt");
        double loss = double.Parse(cell.Text("loss"), CultureInfo.InvariantCulture);
        double model = SegmentSize * Constant / (rtt.Nanoseconds / 1e9 * Math.Sqrt(loss));
        Receiver receiver = new();
        Emulation emulation = Build(cell, receiver, out Node sender);

        // Twenty loss events to forget the beginning, then as many as asked for.
        double perEvent = SegmentSize / (loss * model);
        Duration warmUp = Duration.FromNanoseconds((long)(20 * perEvent * 1e9));
        Duration measured = Duration.FromNanoseconds((long)(cell.Number("events") * perEvent * 1e9));
        Advance(emulation, warmUp, context);
        long before = receiver.Count;
        Advance(emulation, measured, context);
        double goodput = (receiver.Count - before) / (measured.Nanoseconds / 1e9);
        TcpCounters counters = sender.Root.Tcp.Counters;
        ExperimentRow row = new(cell.Index, cell.Key) { Hash = emulation.ComputeHash() };
        return row.With("rtt", cell.Text("rtt")).With("rttSeconds", rtt).With("loss", cell.Text("loss")).With("events", cell.Number("events"))
            .With("seed", cell.Number("seed")).With("seconds", measured).With("goodput", (long)goodput).With("model", (long)model)
            .WithRatio("ratio", goodput / model).With("retransmissions", counters.RetransSegs).With("timeouts", counters.Timeouts)
            .With("wallSeconds", Duration.FromNanoseconds(context.Clock() - started));
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        PlotSpec plot = new("Reno against random loss", "probability of loss", "bytes per second") { IsLogX = true, IsLogY = true };
        List<(string Rtt, double Seconds, double Loss, double Goodput)> means = [];
        foreach (IGrouping<(string Rtt, string Loss), ExperimentRow> group in rows.GroupBy(r => (r["rtt"], r["loss"])))
        {
            double ratio = group.Average(r => r.Number("ratio") ?? 0);
            double goodput = group.Average(r => r.Number("goodput") ?? 0);
            means.Add((group.Key.Rtt, group.First().Number("rttSeconds") ?? 0, double.Parse(group.Key.Loss, CultureInfo.InvariantCulture), goodput));
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"RTT {group.Key.Rtt}, p {group.Key.Loss}: {ratio:0.00} of the formula, mean of {group.Count()} seeds (C = {ratio * Constant:0.00}).");
            conclusion.Findings.Add(line);
            if (Math.Abs(ratio - 1) > Tolerance)
            {
                conclusion.Failures.Add($"not within 25 %: {line}");
            }
        }

        foreach (IGrouping<string, (string Rtt, double Seconds, double Loss, double Goodput)> group in means.GroupBy(m => m.Rtt))
        {
            plot.Series.Add(new PlotSeries($"RTT {group.Key}", [.. group.Select(m => (m.Loss, m.Goodput))]));
            plot.Series.Add(new PlotSeries(
                $"RTT {group.Key}, formula",
                [.. group.Select(m => (m.Loss, SegmentSize * Constant / (m.Seconds * Math.Sqrt(m.Loss))))]));
            CheckSlope(conclusion, $"against p at RTT {group.Key}", [.. group.Select(m => (m.Loss, m.Goodput))], -0.5);
        }

        foreach (IGrouping<double, (string Rtt, double Seconds, double Loss, double Goodput)> group in means.GroupBy(m => m.Loss))
        {
            CheckSlope(
                conclusion,
                string.Create(CultureInfo.InvariantCulture, $"against RTT at p {group.Key}"),
                [.. group.Select(m => (m.Seconds, m.Goodput))],
                -1);
        }

        conclusion.Plots.Add(plot);
        return conclusion;
    }

    private static void CheckSlope(ExperimentConclusion conclusion, string what, IReadOnlyList<(double X, double Y)> points, double expected)
    {
        if (points.Count < 2 || LeastSquares.LogLogSlope(points) is not { } slope)
        {
            return;
        }

        string line = string.Create(CultureInfo.InvariantCulture, $"log-log slope {what}: {slope:0.000}, must be {expected} +- {SlopeTolerance}");
        conclusion.Findings.Add(line + ".");
        if (Math.Abs(slope - expected) > SlopeTolerance)
        {
            conclusion.Failures.Add(line);
        }
    }

    private static void Advance(Emulation emulation, Duration duration, ExperimentContext context)
    {
        SimTime end = emulation.Now + duration;
        while (emulation.Now < end)
        {
            context.ThrowIfInterrupted();
            SimTime step = emulation.Now + Duration.FromSeconds(1);
            emulation.RunUntil(step < end ? step : end);
        }
    }

    /// <summary>sender - router - receiver; the router drops data segments at random, acknowledgments never.</summary>
    private static Emulation Build(ExperimentCell cell, Receiver receiver, out Node sender)
    {
        Emulation emulation = new(new EmulationOptions { Seed = cell.Number("seed") });
        sender = emulation.AddNode("sender");
        Node router = emulation.AddNode("router");
        Node target = emulation.AddNode("receiver");
        router.Root.SetForwarding(true);
        LinkOptions link = new() { Delay = cell.Duration("rtt") / 4, RateBitsPerSecond = 10_000_000_000, QueueLimit = 1 << 16 };
        emulation.Connect(Device(sender, "10.0.1.1"), Device(router, "10.0.1.254"), link);
        emulation.Connect(Device(router, "10.0.2.254"), Device(target, "10.0.2.1"), link);
        Gateway(sender, "10.0.1.254");
        Gateway(target, "10.0.2.254");
        sender.Root.WritableSettings.Tcp.CongestionControl = TcpCongestionControl.Reno;
        IptablesCommand.Run(
            router.Root.Netfilter,
            AddressFamily.IPv4,
            ["-A", "FORWARD", "-s", "10.0.1.1", "-m", "statistic", "--mode", "random", "--probability", cell.Text("loss"), "-j", "DROP"]);
        target.Root.Tcp.Listen(default, Port, receiver, out _);
        sender.Root.Tcp.Connect(InternetAddress.Parse("10.0.2.1"), Port, StreamOptions.Default, new Source());
        return emulation;
    }

    private static EthernetDevice Device(Node node, string address)
    {
        EthernetDevice device = new(node.Root, $"eth{node.Root.Devices.Count - 1}");
        node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(IPv4Address.Parse(address), 24));
        device.SetUp(true);
        return device;
    }

    private static void Gateway(Node node, string via) => node.Root.IPv4.Routes.Add(new Engine.Routing.Route<IPv4Address>
    {
        Prefix = Prefix<IPv4Address>.Parse("0.0.0.0/0"),
        NextHop = new Engine.Routing.NextHop<IPv4Address>(node.Root.FindDevice("eth0"), IPv4Address.Parse(via), hasGateway: true),
    });

    /// <summary>Always has something to send.</summary>
    private sealed class Source : IByteStreamHandler
    {
        private readonly byte[] _chunk = new byte[65_536];

        public void OnConnected(IByteStream stream) => OnWritable(stream);

        public void OnReadable(IByteStream stream)
        {
        }

        public void OnWritable(IByteStream stream)
        {
            while (stream.Write(_chunk) == _chunk.Length)
            {
            }
        }

        public void OnClosed(IByteStream stream, StreamCloseReason reason)
        {
        }
    }

    /// <summary>Counts what arrives.</summary>
    private sealed class Receiver : IByteStreamAcceptor, IByteStreamHandler
    {
        private readonly byte[] _buffer = new byte[65_536];

        public long Count { get; private set; }

        public IByteStreamHandler Accept(IByteStream stream) => this;

        public void OnConnected(IByteStream stream)
        {
        }

        public void OnReadable(IByteStream stream)
        {
            int count;
            while ((count = stream.Read(_buffer)) > 0)
            {
                Count += count;
            }
        }

        public void OnWritable(IByteStream stream)
        {
        }

        public void OnClosed(IByteStream stream, StreamCloseReason reason)
        {
        }
    }
}
