using System.Collections.Generic;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;

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

    public PacketTrace()
    {
        _events = [];
        _branches = new Counter();
    }

    private PacketTrace(List<TraceEvent> events, Counter branches)
    {
        _events = events;
        _branches = branches;
        _branch = ++branches.Value;
    }

    /// <summary>All decisions so far, those of branches among them, in the order they were made.</summary>
    public IReadOnlyList<TraceEvent> Events => _events;

    /// <summary>Where the packet is, so that a drop can say where it happened.</summary>
    public NetworkNamespace? Where { get; private set; }

    /// <summary>Writes down one decision.</summary>
    public void Add(NetworkNamespace where, TraceStage stage, string detail, NetDevice? device = null)
    {
        Where = where;
        _events.Add(new TraceEvent(where.Node.Now, where.QualifiedName, device?.Name, stage, detail, DropReason.None, _branch));
    }

    internal void Dropped(DropReason reason) =>
        _events.Add(new TraceEvent(
            Where?.Node.Now ?? default, Where?.QualifiedName ?? string.Empty, null, TraceStage.Drop, reason.ToString(), reason, _branch));

    internal PacketTrace Branch() => new(_events, _branches) { Where = Where };

    private sealed class Counter
    {
        public int Value;
    }
}
