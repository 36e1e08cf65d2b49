using System.Collections.Generic;
using Netemu.Bgp.Pipe;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Bgp.Scenarios;

/// <summary>
/// One route reflector with N clients that announce K prefixes each, on the pipe in virtual time: every client parses its
/// own copy of every UPDATE that is reflected to it. Calico's timers.
/// </summary>
public sealed class ReflectorScenario
{
    private const uint AsNumber = 64512;
    private const int BlockBits = 26;
    private static readonly IPv4Address s_firstNode = new(10, 0, 0, 1);
    private static readonly IPv4Address s_firstBlock = new(172, 16, 0, 0);

    private readonly EventLoop _loop = new();
    private readonly List<BgpSpeaker> _speakers = [];

    public ReflectorScenario(int clients, int prefixesPerClient, long seed = 1)
    {
        PipeNetwork network = new(_loop, Duration.FromMicroseconds(50));
        BgpTables tables = new();
        BgpNeighborConfiguration peer = new() { RemoteAs = AsNumber };
        BgpNeighborConfiguration client = peer with { RouteReflectorClient = true };
        for (int i = 0; i <= clients; i++)
        {
            // The reflector is the first speaker.
            IPv4Address address = s_firstNode.Add(i);
            BgpSpeaker speaker = new(
                new BgpSpeakerConfiguration
                {
                    Name = i == 0 ? "rr" : $"n{i}",
                    As = AsNumber,
                    RouterId = address,
                    Timers = BgpTimers.Of(TimerProfile.CalicoBird),
                },
                new BgpServices
                {
                    Scheduler = _loop,
                    Transport = network.AddNode(address),
                    Random = new RandomSource(seed, $"n{i}/bgp"),
                    Tables = tables,
                });
            for (int j = 1; i == 0 && j <= clients; j++)
            {
                speaker.AddNeighbor(new BgpNeighbor(s_firstNode.Add(j), client));
            }

            for (int k = 0; i > 0 && k < prefixesPerClient; k++)
            {
                long block = ((i - 1L) * prefixesPerClient) + k;
                InternetAddress prefix = s_firstBlock.Add(block << (IPv4Address.Bits - BlockBits));
                speaker.Announce(new BgpNetwork(new InternetPrefix(prefix, BlockBits)));
            }

            if (i > 0)
            {
                speaker.AddNeighbor(new BgpNeighbor(s_firstNode, peer));
            }

            _speakers.Add(speaker);
        }

        ExpectedRoutes = clients * prefixesPerClient;
    }

    /// <summary>The routes that each speaker must have in the end.</summary>
    public int ExpectedRoutes { get; }

    public IReadOnlyList<BgpSpeaker> Speakers => _speakers;

    /// <summary>Runs until every speaker has every route. False if that takes over a minute of virtual time.</summary>
    public bool RunToConvergence()
    {
        foreach (BgpSpeaker speaker in _speakers)
        {
            speaker.Start();
        }

        SimTime limit = SimTime.Zero + Duration.FromSeconds(60);
        while (_loop.Now < limit)
        {
            _loop.RunUntil(_loop.Now + Duration.FromMilliseconds(100));
            if (_speakers.TrueForAll(s => s.RouteCount(AddressFamily.IPv4) == ExpectedRoutes && s.Pending == BgpPending.None))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>UPDATE messages received by all.</summary>
    public long CountUpdates()
    {
        long updates = 0;
        foreach (BgpSpeaker speaker in _speakers)
        {
            foreach (BgpSession session in speaker.Neighbors)
            {
                updates += session.Counters.UpdatesReceived;
            }
        }

        return updates;
    }
}
