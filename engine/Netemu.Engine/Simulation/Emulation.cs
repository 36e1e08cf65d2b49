using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Edges;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Simulation;

/// <summary>
/// One network and its virtual time. Runs in windows no longer than the shortest link between shards: what is sent inside
/// a window arrives after it, so each shard takes its arrivals of the window by itself.
/// </summary>
public sealed partial class Emulation
{
    /// <summary>Links at least this long separate shards.</summary>
    internal const long ShardBoundary = 1_000;

    /// <summary>The longest window, for networks without a boundary.</summary>
    private const long LongestWindow = 10_000_000;

    /// <summary>From so many shards on, what a window needs of them is taken not to be in the cache, however few have work in it.</summary>
    private const int WarmFrom = 256;

    /// <summary>Links of so many windows' length part regions.</summary>
    private const int RegionBoundary = 16;

    /// <summary>After so many windows by turns all shards meet at one instant, so that what was collected meanwhile is bounded.</summary>
    private const int WindowsByTurns = 64;

    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, Node> _nodesByName = new(StringComparer.Ordinal);
    private readonly List<Link> _links = [];
    private readonly List<Shard> _shards = [];
    private readonly List<ShardRegion> _active = [];
    private readonly TimingWheel _wheel = new();
    private readonly BarrierQueue _barriers = new();
    private readonly Action<TimerEntry> _toShard;
    private readonly RandomSource _shuffle;
    private WindowWarmer? _warmer;
    private long _now;
    private long _window = LongestWindow;

    /// <summary>The shortest link between two regions.</summary>
    private long _lookahead = long.MaxValue;

    /// <summary>While a window runs, timers due before this are with their shards, all others in the wheel.</summary>
    private long _timersKnownUntil = long.MinValue;
    private bool _structureChanged = true;

    public Emulation(EmulationOptions options)
    {
        Options = options;
        _toShard = ToShard;
        _shuffle = new RandomSource(options.Seed, "emulation/shard-order");
    }

    /// <summary>Raised for every frame that a namespace drops, before the frame ends; null costs nothing.</summary>
    public Action<NetworkNamespace, Frame, DropReason>? FrameDropped { get; set; }

    /// <summary>Raised whenever all shards have run to one instant, for what collects output in order: after a window, or several by turns.</summary>
    public event Action<SimTime>? WindowEnded;

    public EmulationOptions Options { get; }

    public FramePool Frames { get; } = new();

    /// <summary>Room for the batches of channels; one worker runs an emulation, so that one is enough.</summary>
    internal BatchScratch BatchScratch { get; } = new();

    /// <summary>The buffers of byte streams.</summary>
    internal StreamBufferPool StreamBuffers { get; } = new();

    public IReadOnlyList<Node> Nodes => _nodes;

    public IReadOnlyList<Link> Links => _links;

    /// <summary>
    /// Names of machines with their addresses, as containerlab puts them into every hosts file: set before the run begins, and
    /// the same for all nodes.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, InternetAddress>> HostNames { get; set; } = [];

    public IReadOnlyList<Shard> Shards
    {
        get
        {
            EnsureStructure();
            return _shards;
        }
    }

    /// <summary>The instant that everything before has been run; inside an event, ask the node.</summary>
    public SimTime Now => new(_now);

    /// <summary>True when the frame limit ended the run.</summary>
    public bool FrameLimitReached => Options.MaximumFrames > 0 && Frames.Accounting.Sent >= Options.MaximumFrames;

    /// <summary>What virtual time is tied to; null lets it run as fast as the machine.</summary>
    public IPace? Pace { get; set; }

    /// <summary>The instant of the earliest work; <see cref="SimTime.Never"/> if there is none.</summary>
    public SimTime NextWork => new(Math.Min(EarliestWork(), _barriers.NextTime));

    /// <summary>True after a barrier event, while other events of its instant are still to come.</summary>
    public bool IsInstantOpen { get; private set; }

    /// <summary>The number of windows run so far; several that were run by turns count as one.</summary>
    public long Windows { get; private set; }

    /// <summary>True until the first step: changes take effect at once, as if they had always been so.</summary>
    public bool IsBuilding { get; private set; } = true;

    /// <summary>True when nothing is in flight, armed or planned.</summary>
    public bool IsIdle => NextWork == SimTime.Never;

    /// <summary>Bridge ports that spanning tree has listening or learning.</summary>
    public int UnsettledPorts { get; internal set; }

    /// <summary>The number of armed timers.</summary>
    public int ArmedTimers => _wheel.Count;

    public Node AddNode(string name)
    {
        Node node = new(this, _nodes.Count, name);
        if (!_nodesByName.TryAdd(name, node))
        {
            throw new ArgumentException($"Node '{name}' exists.", nameof(name));
        }

        _nodes.Add(node);
        _structureChanged = true;
        return node;
    }

    /// <summary>The node of that name, or null.</summary>
    public Node? FindNode(string name) => _nodesByName.GetValueOrDefault(name);

    /// <summary>Joins two Ethernet devices that have no cable yet.</summary>
    public Link Connect(EthernetDevice a, EthernetDevice b, LinkOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Delay.Nanoseconds, 1);
        Link link = new(_links.Count, a, b, options);
        _links.Add(link);
        _structureChanged = true;
        a.Attach(link, options);
        b.Attach(link, options);
        return link;
    }

    /// <summary>Changes a link's structural delay, at a barrier. Frames in flight keep their arrival times.</summary>
    public void SetDelay(Link link, Duration delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay.Nanoseconds, 1);
        link.DelayNanoseconds = delay.Nanoseconds;
        _structureChanged = true;
    }

    /// <summary>Cuts or mends a cable, at a barrier: frames in flight are lost, both ends see their carrier change.</summary>
    public void SetLinkState(Link link, bool up) => link.SetState(up);

    /// <summary>
    /// Takes a node down, at a barrier: its namespaces, sockets, tables and timers are gone; its cables lose carrier.
    /// </summary>
    public void ShutDown(Node node)
    {
        node.Reset();
        node.IsUp = false;
    }

    /// <summary>Lets a node that is down boot again, empty, at a barrier; the caller builds what is in it.</summary>
    public void Boot(Node node)
    {
        node.Incarnation++;
        node.IsUp = true;
    }

    /// <summary>Plans <paramref name="action"/> to run alone, before every other event of its instant.</summary>
    public void AtBarrier(SimTime time, Action action) => _barriers.Add(time < Now ? Now : time, action);

    /// <summary>The hash of the whole run: the nodes' states, folded in the order of declaration.</summary>
    public ulong ComputeHash()
    {
        RunHash hash = default;
        foreach (Node node in _nodes)
        {
            hash.AddText(node.Name);
            hash.AddNumber(node.Hash.Value);
        }

        return hash.Value;
    }

    /// <summary>The frames that queues, links and tables hold, counted by walking all of them.</summary>
    public long CountHeldFrames()
    {
        long held = 0;
        foreach (Link link in _links)
        {
            held += link.AToB.Count + link.BToA.Count;
        }

        foreach (Node node in _nodes)
        {
            held += node.Detour.Count;
            foreach (NetworkNamespace space in node.Namespaces)
            {
                held += space.CountHeldFrames();
            }
        }

        foreach (Shard shard in _shards)
        {
            held += shard.QueuedFrames;
        }

        return held;
    }

    internal void NoteDrop(NetworkNamespace space, Frame frame, DropReason reason) => FrameDropped?.Invoke(space, frame, reason);
}
