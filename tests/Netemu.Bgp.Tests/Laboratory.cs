using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Pipe;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Routing;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>Speakers on one pipe network in virtual time.</summary>
internal sealed class Laboratory
{
    private readonly Dictionary<BgpSpeaker, PipeTransport> _transports = [];
    private int _nodes;

    public Laboratory() => Network = new PipeNetwork(Loop, Duration.FromMilliseconds(1));

    public EventLoop Loop { get; } = new();

    public PipeNetwork Network { get; }

    public BgpTables Tables { get; } = new();

    public List<BgpSpeaker> Speakers { get; } = [];

    public Dictionary<BgpSpeaker, RecordingSink> Sinks { get; } = [];

    public static InternetAddress AddressOf(int node) => InternetAddress.Parse($"10.0.0.{node}");

    public static InternetAddress IPv6AddressOf(int node) => InternetAddress.Parse($"fd00::{node}");

    public static IPv4Address RouterId(int node) => IPv4Address.Parse($"10.0.0.{node}");

    public static BgpTimers Timers { get; } = BgpTimers.Of(TimerProfile.Rfc4271) with
    {
        AdvertisementIntervalExternal = Duration.Zero,
        AdvertisementIntervalInternal = Duration.Zero,
    };

    /// <summary>Node N has the addresses 10.0.0.N and fd00::N and the router id 10.0.0.N.</summary>
    public BgpSpeaker Add(int node, uint asNumber, Func<BgpSpeakerConfiguration, BgpSpeakerConfiguration>? configure = null,
        INextHopResolver? resolver = null, Func<IByteStreamTransport, IByteStreamTransport>? transport = null,
        IBgpObserver? observer = null)
    {
        PipeTransport pipe = Network.AddNode(AddressOf(node), IPv6AddressOf(node));
        BgpSpeakerConfiguration configuration = new()
        {
            Name = $"r{node}",
            As = asNumber,
            RouterId = RouterId(node),
            Timers = Timers,
        };
        RecordingSink sink = new();
        BgpSpeaker speaker = new(configure?.Invoke(configuration) ?? configuration, new BgpServices
        {
            Scheduler = Loop,
            Transport = transport?.Invoke(pipe) ?? pipe,
            Random = new RandomSource(1, $"r{node}/bgp"),
            Tables = Tables,
            RouteSink = sink,
            Observer = observer,
            NextHops = resolver,
            IsLocalAddress = address => address == AddressOf(node) || address == IPv6AddressOf(node),
        });
        _nodes++;
        _transports.Add(speaker, pipe);
        Sinks.Add(speaker, sink);
        Speakers.Add(speaker);
        return speaker;
    }

    public PipeTransport TransportOf(BgpSpeaker speaker) => _transports[speaker];

    public void StartAll()
    {
        foreach (BgpSpeaker speaker in Speakers)
        {
            speaker.Start();
        }
    }

    public void Run(long seconds) => Loop.RunUntil(Loop.Now + Duration.FromSeconds(seconds));

    public static BgpNeighborConfiguration Peer(uint asNumber) => new()
    {
        RemoteAs = asNumber,
        NextHop = NextHopMode.Automatic,
    };

    public static void Join(BgpSpeaker left, BgpSpeaker right, Func<BgpNeighborConfiguration, BgpNeighborConfiguration>? both = null)
    {
        both ??= configuration => configuration;
        left.AddNeighbor(new BgpNeighbor(right.Configuration.RouterId, both(Peer(right.Configuration.As))));
        right.AddNeighbor(new BgpNeighbor(left.Configuration.RouterId, both(Peer(left.Configuration.As))));
    }

    public static BgpNetwork Originate(string prefix) => new(InternetPrefix.Parse(prefix));

    public static BgpSession Session(BgpSpeaker from, BgpSpeaker to) => from.FindNeighbor(to.Configuration.RouterId)!;

    /// <summary>"10.1.0.0/16 via 10.0.0.1 as [65001] best OnlyPath", one line a path, sorted.</summary>
    public static string Describe(BgpSpeaker speaker, AddressFamily family = AddressFamily.IPv4) =>
        string.Join("\n", speaker.Paths(family).Select(Describe).Order(StringComparer.Ordinal));

    public static string Describe(BgpPath path) =>
        $"{path.Prefix} via {(path.Attributes.NextHop.IsNone ? "self" : path.Attributes.NextHop)} as [{path.Attributes.AsPath.ToString()}] "
        + (path.IsBest ? $"best {path.Reason}" : path.Rejection != 0 ? $"rejected {path.Rejection}" : $"lost {path.Reason}");
}
