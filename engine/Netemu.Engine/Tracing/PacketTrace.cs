using System;
using System.Collections.Generic;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter.Rules;

namespace Netemu.Engine.Tracing;

/// <summary>
/// The decisions made on one probe packet, in order, and those on its clones as branches. Recording allocates; frames of
/// ordinary traffic carry none.
/// </summary>
public sealed class PacketTrace
{
    private readonly List<TraceEvent> _events;
    private readonly int _branch;
    private readonly Counter _branches;
    private readonly Action<TraceEvent>? _observer;
    private List<(NetworkNamespace Where, Rule Rule)>? _matchedRules;

    /// <summary>Starts a trace; <paramref name="observer"/> hears of each decision as it is made.</summary>
    public PacketTrace(Action<TraceEvent>? observer)
        : this() => _observer = observer;

    public PacketTrace()
    {
        _events = [];
        _branches = new Counter();
    }

    private PacketTrace(PacketTrace parent)
    {
        _events = parent._events;
        _branches = parent._branches;
        _observer = parent._observer;
        _branch = ++_branches.Value;
        Where = parent.Where;
    }

    /// <summary>0 for the packet itself; its clones, and the packets that it made others send, count from 1.</summary>
    public int BranchNumber => _branch;

    /// <summary>All decisions so far, those of branches among them, in the order they were made.</summary>
    public IReadOnlyList<TraceEvent> Events => _events;

    /// <summary>Where the packet is, so that a drop can say where it happened.</summary>
    public NetworkNamespace? Where { get; private set; }

    /// <summary>The filter rules with a tag that have matched so far, in order, with where: by them a verdict leads to its policy.</summary>
    public IReadOnlyList<(NetworkNamespace Where, Rule Rule)> MatchedRules => _matchedRules ?? [];

    internal void NoteRule(NetworkNamespace where, Rule rule)
    {
        if (rule.Tag is not null)
        {
            (_matchedRules ??= []).Add((where, rule));
        }
    }

    /// <summary>Writes down one decision.</summary>
    public void Add(NetworkNamespace where, TraceStage stage, string detail, NetDevice? device = null)
    {
        Where = where;
        Record(new TraceEvent(where.Node.Now, where.QualifiedName, device?.Name, stage, detail, DropReason.None, _branch));
    }

    internal void Dropped(DropReason reason) =>
        Record(new TraceEvent(
            Where?.Node.Now ?? default, Where?.QualifiedName ?? string.Empty, null, TraceStage.Drop, reason.ToString(), reason, _branch));

    internal PacketTrace Branch() => new(this);

    private void Record(TraceEvent recorded)
    {
        _events.Add(recorded);
        _observer?.Invoke(recorded);
    }

    private sealed class Counter
    {
        public int Value;
    }
}
