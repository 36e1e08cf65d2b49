using System.Collections.Generic;
using Netemu.Bgp.Pipe;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Bgp.Scenarios;

/// <summary>
/// Speakers of one AS on the pipe in virtual time. First all sessions come up, then every
/// announcer announces its prefixes at one instant: sessions and routes are two figures.
/// </summary>
public abstract class PipeScenario
{
    private const int BlockBits = 26;
    private static readonly IPv4Address s_firstNode = new(10, 0, 0, 1);
    private static readonly IPv4Address s_firstBlock = new(172, 16, 0, 0);
    private static readonly Duration s_step = Duration.FromMilliseconds(100);

    private readonly EventLoop _loop = new();
    private readonly BgpTables _tables = new();
    private readonly List<BgpSpeaker> _speakers = [];
    private readonly int _prefixesPerAnnouncer;
    private readonly BgpTimers _timers;
    private readonly long _seed;

    private protected PipeScenario(int prefixesPerAnnouncer, BgpTimers timers, long seed = 1)
    {
        _timers = timers;
        _prefixesPerAnnouncer = prefixesPerAnnouncer;
        _seed = seed;
        Network = new PipeNetwork(_loop, Duration.FromMicroseconds(50));
    }

    public PipeNetwork Network { get; }

    public IReadOnlyList<BgpSpeaker> Speakers => _speakers;

    /// <summary>The routes that each speaker must have in the end.</summary>
    public int ExpectedRoutes { get; private set; }

    /// <summary>Virtual time.</summary>
    public SimTime Now => _loop.Now;

    private protected const uint AsNumber = 64512;

    private protected List<BgpSpeaker> Announcers { get; } = [];

    /// <summary>The address of the speaker that was, or will be, added as number <paramref name="number"/>.</summary>
    private protected static IPv4Address AddressOf(int number) => s_firstNode.Add(number);

    private protected BgpSpeaker AddSpeaker(string name)
    {
        IPv4Address address = AddressOf(_speakers.Count);
        BgpSpeaker speaker = new(
            new BgpSpeakerConfiguration
            {
                Name = name,
                As = AsNumber,
                RouterId = address,
                Timers = _timers,
            },
            new BgpServices
            {
                Scheduler = _loop,
                Transport = Network.AddNode(address),
                Random = new RandomSource(_seed, $"{name}/bgp"),
                Tables = _tables,
            });
        _speakers.Add(speaker);
        return speaker;
    }

    /// <summary>Starts every speaker and runs until all sessions are up. False if that takes over a minute.</summary>
    public bool RunToSessions()
    {
        foreach (BgpSpeaker speaker in _speakers)
        {
            speaker.Start();
        }

        return RunUntilNothingPends();
    }

    /// <summary>
    /// Announces every prefix and runs until every speaker has every route and waits for nothing. False if that takes over
    /// a minute.
    /// </summary>
    public bool RunToRoutes()
    {
        ExpectedRoutes = Announcers.Count * _prefixesPerAnnouncer;
        for (int i = 0; i < Announcers.Count; i++)
        {
            for (int k = 0; k < _prefixesPerAnnouncer; k++)
            {
                long block = ((long)i * _prefixesPerAnnouncer) + k;
                InternetAddress network = s_firstBlock.Add(block << (IPv4Address.Bits - BlockBits));
                Announcers[i].Announce(new BgpNetwork(new InternetPrefix(network, BlockBits)));
            }
        }

        return RunUntilNothingPends()
            && _speakers.TrueForAll(speaker => speaker.RouteCount(AddressFamily.IPv4) == ExpectedRoutes);
    }

    /// <summary>Both, one after the other.</summary>
    public bool RunToConvergence() => RunToSessions() && RunToRoutes();

    /// <summary>Runs on for a while, for instance to see what keepalives cost.</summary>
    public void RunFor(Duration duration) => _loop.RunUntil(_loop.Now + duration);

    /// <summary>UPDATE messages received by all, End-of-RIB among them.</summary>
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

    private bool RunUntilNothingPends()
    {
        SimTime limit = _loop.Now + Duration.FromSeconds(60);
        while (_loop.Now < limit)
        {
            RunFor(s_step);
            if (_speakers.TrueForAll(speaker => speaker.Pending == BgpPending.None))
            {
                return true;
            }
        }

        return false;
    }
}
