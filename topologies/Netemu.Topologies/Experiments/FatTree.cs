using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Topologies.Experiments.Labs;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// RFC 7938 in a k-ary fat-tree: one rack's prefix is withdrawn. With the RFC's plan (one AS for all cores, one per pod's
/// aggregation layer, one per rack) loop checks end it at once; with an AS of its own for each switch the fabric hunts.
/// </summary>
public sealed class FatTree : Experiment
{
    private const uint CoreAs = 64512;
    private const uint FirstPodAs = 64600;
    private const uint FirstRackAs = 65000;
    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("198.51.100.0/24");
    private static readonly IPv4Address s_firstRouter = new(10, 255, 0, 1);

    // FRR and most switches send a route back to the peer that it came from.
    private static readonly BgpNeighborConfiguration s_template = new() { RemoteAs = 0, SendBackToSender = true };
    private static readonly Duration s_limit = Duration.FromSeconds(3_600);

    public override string Name => "rfc7938";

    public override string Summary => "A prefix withdrawn in a fat-tree: the AS plan of RFC 7938 against an AS per switch.";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("k", ParameterKind.Numbers, "4,6,8", "Ports of a switch, even") { Minimum = 2, Maximum = 16 },
        new("plan", ParameterKind.Words, "rfc7938,unique", "AS numbers: rfc7938 or unique") { Words = ["rfc7938", "unique"] },
        new("mrai", ParameterKind.Durations, "0s,5s", "MinRouteAdvertisementInterval"),
        new("nagle", ParameterKind.Switch, "false", "Small messages wait for the acknowledgment of the one before (RFC 896), which gathers them"),
        new("max-updates", ParameterKind.Numbers, "100000", "UPDATEs after which a run is given up") { Minimum = 1 },
        new("seed", ParameterKind.Numbers, "1", "The delays of links, 1 to 3 ms, derive from it"),
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("k", "ports of a switch"),
        new("plan", "AS numbers"),
        new("mrai", "advertisement interval"),
        new("seed", "seed"),
        new("switches", "switches"),
        new("sessions", "sessions"),
        new("outcome", "converged or given up"),
        new("convergenceSeconds", "from the withdrawal to the last UPDATE"),
        new("announcements", "prefixes announced after the withdrawal"),
        new("withdrawals", "prefixes withdrawn"),
        new("messages", "the sum of both"),
        new("longestPath", "the longest AS_PATH tried"),
        new("wallSeconds", "wall time of the cell", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments) =>
        Product(arguments, "k", "mrai", "plan", "nagle", "max-updates", "seed");

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        long started = context.Clock();
        int k = cell.Number("k");
        ExperimentRow row = new ExperimentRow(cell.Index, cell.Key)
            .With("k", k).With("plan", cell.Text("plan")).With("mrai", cell.Text("mrai")).With("seed", cell.Text("seed"));
        if (k % 2 != 0)
        {
            row.Failures.Add("k must be even");
            return row;
        }

        EmulatedLab lab = Build(k, cell.Text("plan") == "rfc7938", cell.Duration("mrai"), cell.Switch("nagle"), cell.Number("seed"));
        LabSpeaker rack = lab.Speakers[^1];
        long sessions = lab.Speakers.Sum(s => (long)s.Neighbors.Count) / 2;
        lab.Start();
        bool up = lab.RunUntil(context, s_limit, () => lab.Tally.EstablishedSides == 2 * sessions);
        lab.Do(() => rack.Speaker!.Announce(new BgpNetwork(s_prefix)));
        up &= lab.RunUntilQuiet(context, s_limit);
        lab.RunFor(cell.Duration("mrai") * 2);
        lab.Tally.Reset();
        SimTime start = lab.Now;
        lab.Do(() => rack.Speaker!.Withdraw(s_prefix));
        long most = cell.Number("max-updates");
        bool quiet = false;
        lab.RunUntil(context, s_limit, () => lab.Tally.Updates > most || (quiet = lab.RunUntilQuiet(context, Duration.FromMilliseconds(200))));
        if (!up)
        {
            row.Failures.Add("the fabric did not come up");
        }

        row.Expect("switches", 5L * k * k / 4, lab.Speakers.Count);
        row.Expect("sessions", (long)k * k * k / 2, sessions);
        row.Hash = lab.Hash;
        return row.With("switches", lab.Speakers.Count)
            .With("sessions", sessions)
            .With("outcome", quiet ? "converged" : "given up")
            .With("convergenceSeconds", lab.Tally.LastUpdate - start)
            .With("announcements", lab.Tally.Announced)
            .With("withdrawals", lab.Tally.Withdrawn)
            .With("messages", lab.Tally.Announced + lab.Tally.Withdrawn)
            .With("longestPath", lab.Tally.LongestPath)
            .With("wallSeconds", Duration.FromNanoseconds(context.Clock() - started));
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        PlotSpec plot = new("Messages after one withdrawal in a fat-tree", "k", "prefixes in UPDATEs") { IsLogY = true };
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(r => $"{r["plan"]}, MRAI {r["mrai"]}"))
        {
            plot.Add(group.Key, group, "k", "messages");
        }

        conclusion.Plots.Add(plot);
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(r => $"k={r["k"]}, MRAI {r["mrai"]}"))
        {
            conclusion.Findings.Add(group.Key + ": " + string.Join(
                " against ",
                group.Select(r => $"{r["messages"]} messages and paths up to {r["longestPath"]} ({r["plan"]}, {r["outcome"]} after {r["convergenceSeconds"]} s)")) + ".");
        }

        return conclusion;
    }

    /// <summary>Cores, then pod by pod aggregation and rack switches; the last one is the rack that withdraws.</summary>
    private static EmulatedLab Build(int k, bool planned, Duration mrai, bool nagle, long seed)
    {
        EmulatedLab lab = new(seed) { HasNagle = nagle };
        RandomSource delays = new(seed, "fat-tree/delays");
        BgpTimers timers = Clique.TimersOf(mrai) with { Jitter = false };
        int half = k / 2;
        int number = 0;
        LabSpeaker AddSwitch(string name, uint plannedAs)
        {
            uint asNumber = planned ? plannedAs : FirstRackAs + (uint)number;
            return lab.AddRouter(new LabSpeaker(name, s_firstRouter.Add(number++), asNumber) { Timers = timers });
        }

        List<LabSpeaker> cores = [];
        for (int i = 0; i < half * half; i++)
        {
            cores.Add(AddSwitch($"core{i}", CoreAs));
        }

        uint racks = 0;
        for (int pod = 0; pod < k; pod++)
        {
            List<LabSpeaker> aggregation = [];
            for (int i = 0; i < half; i++)
            {
                aggregation.Add(AddSwitch($"agg{pod}-{i}", FirstPodAs + (uint)pod));
            }

            for (int i = 0; i < half; i++)
            {
                LabSpeaker rack = AddSwitch($"rack{pod}-{i}", FirstRackAs + racks++);
                aggregation.ForEach(a => lab.Peer(a, rack, Draw(delays), s_template));
            }

            for (int i = 0; i < half; i++)
            {
                for (int j = 0; j < half; j++)
                {
                    lab.Peer(cores[(i * half) + j], aggregation[i], Draw(delays), s_template);
                }
            }
        }

        return lab;
    }

    private static Duration Draw(RandomSource random) => Duration.FromMicroseconds(random.NextBetween(1_000, 3_000));
}
