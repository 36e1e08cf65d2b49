using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Processes;

namespace Netemu.Engine.Simulation;

/// <summary>
/// A machine: the owner of namespaces, timers, chance and everything that runs in it. Only its shard's step touches its
/// state; other nodes reach it through links.
/// </summary>
public sealed class Node : IScheduler
{
    private readonly List<NetworkNamespace> _namespaces = [];
    private long _timerSequence;
    private RunHash _hash;
    private Shard? _shard;
    private int _macs;
    private ProcessTable? _processes;

    internal Node(Emulation emulation, int index, string name)
    {
        Emulation = emulation;
        Index = index;
        Name = name;
        Detour = new Detour(this);
        Root = new NetworkNamespace(this, string.Empty, 0);
        _namespaces.Add(Root);
    }

    public Emulation Emulation { get; }

    /// <summary>The declaration index: it decides orders that can be seen.</summary>
    public int Index { get; }

    public string Name { get; }

    /// <summary>Counts how often the node has been brought up; random streams and events carry it.</summary>
    public int Incarnation { get; internal set; }

    /// <summary>False from a node-down step until the node is rebuilt.</summary>
    public bool IsUp { get; internal set; } = true;

    /// <summary>The namespace that the node boots with.</summary>
    public NetworkNamespace Root { get; private set; }

    /// <summary>All namespaces, the root one first, then in the order of their creation.</summary>
    public IReadOnlyList<NetworkNamespace> Namespaces => _namespaces;

    /// <summary>What runs on the node; made with the first process.</summary>
    public ProcessTable Processes => _processes ??= new ProcessTable();

    public SimTime Now => _shard is null ? Emulation.Now : _shard.Now;

    /// <summary>The state of the run hash; see <see cref="RunHash"/>.</summary>
    public ref RunHash Hash => ref _hash;

    /// <summary>The shard that runs the node. Asking for it before the start lays the shards out.</summary>
    internal Shard Shard
    {
        get => _shard ?? Emulation.ShardOf(this);
        set => _shard = value;
    }

    /// <summary>The same, or null before the shards have been laid out.</summary>
    internal Shard? ShardOrNull => _shard;

    internal Detour Detour { get; }

    /// <summary>How many tunnels the packet that is being sent is inside of (the kernel's xmit_recursion).</summary>
    internal int TunnelDepth { get; set; }

    internal ProcessTable? ProcessesOrNull => _processes;

    public void Schedule(TimerEntry timer, SimTime due) => Emulation.Schedule(this, timer, due, ++_timerSequence);

    public void Cancel(TimerEntry timer) => Emulation.Cancel(this, timer);

    /// <summary>
    /// A MAC address that no other device of the run has: locally administered, from the node's index and a counter. Linux
    /// draws one at random; this one can be read.
    /// </summary>
    public MacAddress NextMac() => new(0x0200_0000_0000 | ((ulong)(Index + 1) << 16) | (ushort)++_macs);

    /// <summary>A stream of chance named "node/purpose", with the incarnation after the first.</summary>
    public RandomSource Random(string purpose) =>
        new(Emulation.Options.Seed, Incarnation == 0 ? $"{Name}/{purpose}" : $"{Name}#{Incarnation}/{purpose}");

    /// <summary>Adds a network namespace (ip netns add).</summary>
    public NetworkNamespace AddNamespace(string name)
    {
        if (FindNamespace(name) is not null)
        {
            throw new ArgumentException($"Namespace '{name}' exists in node '{Name}'.", nameof(name));
        }

        NetworkNamespace added = new(this, name, _namespaces.Count);
        _namespaces.Add(added);
        return added;
    }

    /// <summary>The namespace of that name, or null; the root namespace has the empty name.</summary>
    public NetworkNamespace? FindNamespace(string name)
    {
        foreach (NetworkNamespace candidate in _namespaces)
        {
            if (candidate.Name == name)
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>Removes a namespace with all its devices (ip netns del).</summary>
    public void RemoveNamespace(NetworkNamespace removed)
    {
        removed.Destroy();
        _namespaces.Remove(removed);
    }

    /// <summary>Destroys everything in the node; its links stay. Only at a barrier.</summary>
    internal void Reset()
    {
        Detour.DropAll(Frames.DropReason.NodeDown);
        foreach (NetworkNamespace space in _namespaces)
        {
            space.Destroy();
        }

        _namespaces.Clear();
        _processes = null;
        Root = new NetworkNamespace(this, string.Empty, 0);
        _namespaces.Add(Root);
    }

    public override string ToString() => Name;
}
