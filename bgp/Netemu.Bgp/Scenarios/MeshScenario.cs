using System.Collections.Generic;
using Netemu.Bgp.Pipe;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Bgp.Scenarios;

/// <summary>
/// An iBGP full mesh of N speakers with K prefixes each, on the pipe in virtual time: every speaker has N-1 sessions, and
/// parses its own copy of every UPDATE. Calico's timers.
/// </summary>
public sealed class MeshScenario
{
    private const uint AsNumber = 64512;
    private static readonly IPv4Address s_firstNode = new(10, 0, 0, 1);
    private static readonly IPv4Address s_firstBlock = new(172, 16, 0, 0);
    private const int BlockBits = 26;

    private readonly EventLoop _loop = new();
    private readonly List<BgpSpeaker> _speakers = [];

    /// <param name="nodes">How many speakers.</param>
    /// <param name="prefixesPerNode">How many /26 blocks each announces.</param>
    /// <param name="seed">The jitter of the timers derives from it.</param>
    public MeshScenario(int nodes, int prefixesPerNode, long seed = 1)
    {
        Network = new PipeNetwork(_loop, Duration.FromMicroseconds(50));
        BgpTables tables = new();
        BgpNeighborConfiguration peer = new() { RemoteAs = AsNumber };
        for (int i = 0; i < nodes; i++)
        {
            IPv4Address address = s_firstNode.Add(i);
            BgpSpeaker speaker = new(
                new BgpSpeakerConfiguration
                {
                    Name = $"n{i}",
                    As = AsNumber,
                    RouterId = address,
                    Timers = BgpTimers.Of(TimerProfile.CalicoBird),
                },
                new BgpServices
                {
                    Scheduler = _loop,
                    Transport = Network.AddNode(address),
                    Random = new RandomSource(seed, $"n{i}/bgp"),
                    Tables = tables,
                });
            for (int j = 0; j < nodes; j++)
            {
                if (j != i)
                {
                    speaker.AddNeighbor(new BgpNeighbor(s_firstNode.Add(j), peer));
                }
            }

            for (int k = 0; k < prefixesPerNode; k++)
            {
                long block = ((long)i * prefixesPerNode) + k;
                InternetAddress network = s_firstBlock.Add(block << (IPv4Address.Bits - BlockBits));
                speaker.Announce(new BgpNetwork(new InternetPrefix(network, BlockBits)));
            }

            _speakers.Add(speaker);
        }

        ExpectedRoutes = nodes * prefixesPerNode;
    }

    public PipeNetwork Network { get; }

    public IReadOnlyList<BgpSpeaker> Speakers => _speakers;

    /// <summary>The routes that each speaker must have in the end.</summary>
    public int ExpectedRoutes { get; }

    /// <summary>Virtual time.</summary>
    public SimTime Now => _loop.Now;

    /// <summary>Runs until every speaker has every route and waits for nothing. False if that takes over a minute.</summary>
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
            if (IsConverged())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Runs on for a while, for instance to see what keepalives cost.</summary>
    public void RunFor(Duration duration) => _loop.RunUntil(_loop.Now + duration);

    /// <summary>UPDATE messages received by all.</summary>
    public long CountUpdates()
    {
        long updates = 0;
        foreach (BgpSpeaker speaker in _speakers)
        {
            foreach (Sessions.BgpSession session in speaker.Neighbors)
            {
                updates += session.Counters.UpdatesReceived;
            }
        }

        return updates;
    }

    private bool IsConverged()
    {
        foreach (BgpSpeaker speaker in _speakers)
        {
            if (speaker.RouteCount(AddressFamily.IPv4) != ExpectedRoutes || speaker.Pending != BgpPending.None)
            {
                return false;
            }
        }

        return true;
    }
}
