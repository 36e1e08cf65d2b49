using System.Collections.Generic;
using Netemu.Bgp;
using Netemu.Bgp.Service;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Topologies.Experiments.Labs;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// A clique of ASes with a stub AS that begins a prefix behind the first of them, over emulated TCP. The stub stands
/// outside, since an origin that is a clique member can save a round.
/// </summary>
internal static class Clique
{
    private const uint FirstAs = 65001;
    private static readonly IPv4Address s_firstRouter = new(10, 255, 0, 1);
    private static readonly InternetPrefix s_prefix = InternetPrefix.Parse("198.51.100.0/24");

    /// <summary>Timers that do nothing of their own while an experiment runs: hold timers are off.</summary>
    public static BgpTimers TimersOf(Duration mrai) => new()
    {
        HoldTime = 0,
        ConnectDelay = Duration.Zero,
        ConnectRetry = Duration.FromSeconds(5),
        AdvertisementIntervalExternal = mrai,
        AdvertisementIntervalInternal = mrai,
    };

    public static EmulatedLab Build(int nodes, long seed, BgpTimers timers, ServiceTimes? service)
    {
        EmulatedLab lab = new(seed, service);
        RandomSource delays = new(seed, "clique/delays");
        BgpNeighborConfiguration template = new() { RemoteAs = 0, SendBackToSender = true };
        List<LabSpeaker> clique = [];
        for (int i = 0; i < nodes; i++)
        {
            clique.Add(lab.AddRouter(new LabSpeaker($"as{FirstAs + i}", s_firstRouter.Add(i), FirstAs + (uint)i) { Timers = timers }));
        }

        LabSpeaker stub = lab.AddRouter(
            new LabSpeaker("stub", s_firstRouter.Add(nodes), FirstAs + (uint)nodes) { Timers = timers });
        for (int i = 0; i < nodes; i++)
        {
            for (int j = i + 1; j < nodes; j++)
            {
                lab.Peer(clique[i], clique[j], Draw(delays), template);
            }
        }

        lab.Peer(clique[0], stub, Draw(delays), template);
        return lab;
    }

    /// <summary>
    /// Sessions, announcement, rest until every interval is over, then the withdrawal; the time to the last UPDATE. The
    /// tally holds what came after the withdrawal.
    /// </summary>
    public static Duration RunWithdrawal(EmulatedLab lab, Duration mrai, ExperimentContext context, ExperimentRow row)
    {
        Duration limit = Duration.FromSeconds(200_000);
        lab.Start();
        bool up = lab.RunUntil(context, Duration.FromSeconds(60), () => lab.Tally.EstablishedSides >= SidesOf(lab));
        LabSpeaker stub = lab.Speakers[^1];
        lab.Do(() => stub.Speaker!.Announce(new BgpNetwork(s_prefix)));
        bool quiet = up && lab.RunUntilQuiet(context, limit);
        lab.RunFor(mrai * 2);
        lab.Tally.Reset();
        SimTime start = lab.Now;
        lab.Do(() => stub.Speaker!.Withdraw(s_prefix));
        quiet = quiet && lab.RunUntilQuiet(context, limit);
        if (!quiet)
        {
            row.Failures.Add(up ? "not converged in time" : "not all sessions came up");
        }

        return lab.Tally.LastUpdate - start;
    }

    private static int SidesOf(EmulatedLab lab)
    {
        int sides = 0;
        foreach (LabSpeaker speaker in lab.Speakers)
        {
            sides += speaker.Neighbors.Count;
        }

        return sides;
    }

    /// <summary>
    /// 26 to 50 ms: no two links in a row are shorter than one, so that the withdrawal itself reaches everybody before any
    /// news of it does. With 10 to 50 ms one run in twenty is a round short.
    /// </summary>
    private static Duration Draw(RandomSource random) => Duration.FromMicroseconds(random.NextBetween(26_000, 50_000));
}
