using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Engine.Frames;

namespace Netemu.Topologies.Running;

/// <summary>Everything that a run has found out, before it is put into words.</summary>
public sealed class RunSummary
{
    public required string Name { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>The hash of the whole run: equal runs have equal ones.</summary>
    public ulong Hash { get; internal set; }

    public SimTime VirtualTime { get; internal set; }

    public bool Converged { get; internal set; }

    /// <summary>The last change of RIB, FIB, policy or neighbour state.</summary>
    public SimTime ConvergedAt { get; internal set; }

    public RunEnding Ending { get; internal set; }

    public int Nodes { get; internal set; }

    public int Namespaces { get; internal set; }

    /// <summary>How frames began and ended.</summary>
    public required FrameAccounting Frames { get; init; }

    /// <summary>Frames that queues, links and tables held at the end.</summary>
    public long QueuedFrames { get; internal set; }

    /// <summary>Whether sent = delivered + dropped + queued; a run where it is not has found a bug.</summary>
    public bool FramesAreConserved { get; internal set; }

    public IReadOnlyList<StepReport> Steps { get; internal set; } = [];

    public List<string> Warnings { get; } = [];

    /// <summary>Counters of BGP, filled in by the extension that runs it; null without any.</summary>
    public BgpCounts? Bgp { get; set; }
}
