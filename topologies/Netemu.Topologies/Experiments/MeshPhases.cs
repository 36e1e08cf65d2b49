using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Experiments.Labs;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// The life of one network of <see cref="MeshVsReflector"/>, phase by phase: sessions up, routes, rest, a new prefix, a
/// node lost and back, a reflector lost. Each phase ends when nothing changes any more.
/// </summary>
internal sealed class MeshPhases(BgpLab lab, ExperimentRow row, ClosedForms forms, ExperimentContext context, bool isExact)
{
    private const int BlockBits = 26;
    private static readonly IPv4Address s_firstBlock = new(172, 16, 0, 0);

    /// <summary>The prefixes of a node: /26 blocks, as Calico's IPAM gives them out.</summary>
    public static IEnumerable<BgpNetwork> NetworksOf(int node, int prefixes) =>
        Enumerable.Range(0, prefixes).Select(k => BlockAt(((long)node * prefixes) + k));

    public void Run(bool losses, Duration limit, Duration holdLimit, Duration rest, long memoryBefore)
    {
        lab.Start();
        if (!Reaches("sessions", lab.RunUntil(context, limit, () => lab.Tally.EstablishedSides >= 2 * forms.Sessions)))
        {
            return;
        }

        lab.RunUntilQuiet(context, limit);
        row.Expect("sessions", forms.Sessions, lab.Tally.EstablishedSides / 2);
        row.With("sessions", lab.Tally.EstablishedSides / 2).With("setupSeconds", lab.Tally.LastEstablished - SimTime.Zero);
        ColdStart(limit, memoryBefore);
        Rest(rest);
        NewPrefix(limit);
        if (losses)
        {
            LoseNode(limit, holdLimit);
            if (forms.Reflectors > 0)
            {
                LoseReflector(limit, holdLimit);
            }
        }
    }

    private static BgpNetwork BlockAt(long number) =>
        new(new InternetPrefix(s_firstBlock.Add(number << (IPv4Address.Bits - BlockBits)), BlockBits));

    /// <summary>Every node announces at the same instant, with all sessions up: no copy can overtake the original.</summary>
    private void ColdStart(Duration limit, long memoryBefore)
    {
        lab.Tally.Reset();
        SimTime start = lab.Now;
        lab.Do(() =>
        {
            for (int i = 0; i < forms.Nodes; i++)
            {
                lab.Speakers[i].Networks.AddRange(NetworksOf(i, forms.Prefixes));
                lab.Speakers[i].Networks.ForEach(lab.Speakers[i].Speaker!.Announce);
            }
        });
        Reaches("cold start", lab.RunUntilQuiet(context, limit));
        if (isExact)
        {
            row.Expect("advertisements", forms.ColdStart, lab.Tally.Announced);
        }

        BgpSpeaker node = lab.Speakers[0].Speaker!;
        row.Expect("Loc-RIB", forms.LocRib, node.RouteCount(AddressFamily.IPv4));
        row.Expect("Adj-RIB-In of a node", forms.RibInClient, Received(node));
        row.With("advertisements", lab.Tally.Announced)
            .With("updates", lab.Tally.Updates)
            .With("updateBytes", lab.Tally.Bytes)
            .With("bytes", lab.WireBytes)
            .With("packets", lab.Packets)
            .With("drops", lab.Drops)
            .With("ribInClient", Received(node))
            .With("locRib", node.RouteCount(AddressFamily.IPv4))
            .With("ribOutClient", Sent(node))
            .With("convergenceSeconds", lab.Tally.LastUpdate - start)
            .With("peakBytes", GC.GetTotalMemory(forceFullCollection: true) - memoryBefore);
        if (forms.Reflectors > 0)
        {
            BgpSpeaker reflector = lab.Speakers[forms.Nodes].Speaker!;
            row.With("ribInReflector", Received(reflector)).With("ribOutReflector", Sent(reflector));
        }
    }

    private void Rest(Duration rest)
    {
        lab.Tally.Reset();
        long before = Keepalives();
        lab.RunFor(rest);
        row.WithRatio("keepalivesPerSecond", (Keepalives() - before) * 1_000.0 / rest.Milliseconds);
        row.Expect("UPDATEs at rest", 0, lab.Tally.Updates);
    }

    private void NewPrefix(Duration limit)
    {
        BgpNetwork added = BlockAt((long)forms.Nodes * forms.Prefixes);
        lab.Tally.Reset();
        lab.Do(() => lab.Speakers[0].Speaker!.Announce(added));
        Reaches("new prefix", lab.RunUntilQuiet(context, limit));
        row.With("changeUpdates", lab.Tally.Announced);
        if (isExact)
        {
            row.Expect("one new prefix", forms.NewPrefix, lab.Tally.Announced);
        }

        lab.Tally.Reset();
        lab.Do(() => lab.Speakers[0].Speaker!.Withdraw(added.Prefix));
        Reaches("prefix withdrawn", lab.RunUntilQuiet(context, limit));
        row.Expect("one prefix withdrawn", forms.NewPrefix, isExact ? lab.Tally.Withdrawn : forms.NewPrefix);
    }

    /// <summary>The last node loses power; its neighbours hear of it when their hold timers fire. Then it is back.</summary>
    private void LoseNode(Duration limit, Duration holdLimit)
    {
        LabSpeaker lost = lab.Speakers[forms.Nodes - 1];
        int sessions = lost.Neighbors.Count;
        lab.Tally.Reset();
        lab.PowerOff(lost);
        Reaches("node loss", lab.RunUntil(context, holdLimit, () => lab.Tally.LostSides >= sessions));
        lab.RunUntilQuiet(context, holdLimit);
        row.With("lossWithdrawals", lab.Tally.Withdrawn).With("lossUpdates", lab.Tally.Announced);
        if (isExact)
        {
            row.Expect("withdrawals on node loss", forms.LossWithdrawals, lab.Tally.Withdrawn);
            row.Expect("announcements on node loss", 0, lab.Tally.Announced);
        }

        lab.Tally.Reset();
        lab.PowerOn(lost);
        Reaches("node return", lab.RunUntil(context, limit, () => lab.Tally.EstablishedSides >= 2 * forms.Sessions));
        lab.RunUntilQuiet(context, limit);
        row.With("returnAdvertisements", lab.Tally.Announced);
        if (isExact)
        {
            row.Expect("advertisements on return", forms.Return, lab.Tally.Announced);
        }
    }

    private void LoseReflector(Duration limit, Duration holdLimit)
    {
        LabSpeaker lost = lab.Speakers[forms.Nodes];
        int sessions = lost.Neighbors.Count;
        lab.Tally.Reset();
        lab.PowerOff(lost);
        Reaches("reflector loss", lab.RunUntil(context, holdLimit, () => lab.Tally.LostSides >= sessions));
        lab.RunUntilQuiet(context, limit);
        long left = 0;
        for (int i = 0; i < forms.Nodes; i++)
        {
            left += lab.Speakers[i].Speaker!.RouteCount(AddressFamily.IPv4);
        }

        long routes = (forms.LocRib * forms.Nodes) - left;
        row.With("reflectorLossRoutes", routes).With("reflectorLossSessions", lab.Tally.LostSides);
        row.Expect("routes lost with a reflector", forms.ReflectorLossRoutes, routes);
        row.Expect("sessions lost with a reflector", forms.ReflectorLossSessions, lab.Tally.LostSides);
    }

    private bool Reaches(string phase, bool reached)
    {
        if (!reached)
        {
            row.Failures.Add($"{phase}: not reached in time");
        }

        return reached;
    }

    private static long Received(BgpSpeaker speaker) =>
        speaker.Neighbors.Sum(s => (long)s.PrefixesReceived(AddressFamily.IPv4));

    private static long Sent(BgpSpeaker speaker) => speaker.Neighbors.Sum(s => (long)s.PrefixesSent(AddressFamily.IPv4));

    private long Keepalives()
    {
        long count = 0;
        foreach (LabSpeaker speaker in lab.Speakers)
        {
            foreach (BgpSession session in speaker.Speaker!.Neighbors)
            {
                count += session.Counters.KeepalivesReceived;
            }
        }

        return count;
    }
}
