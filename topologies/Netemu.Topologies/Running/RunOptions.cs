using System;
using Netemu.Core.Time;
using Netemu.Engine.Edges;
using Netemu.Topologies.Results;

namespace Netemu.Topologies.Running;

/// <summary>How far a run goes, and who may stop or watch it.</summary>
public sealed record RunOptions
{
    /// <summary>Runs to this instant; null runs to the end of the steps and then until converged.</summary>
    public SimTime? Until { get; init; }

    /// <summary>The most virtual time that a run without <see cref="Until"/> takes.</summary>
    public SimTime Limit { get; init; } = SimTime.Zero + Duration.FromSeconds(3600);

    /// <summary>False builds and converges the network, but leaves the steps of the file out.</summary>
    public bool RunsSteps { get; init; } = true;

    /// <summary>False keeps quiet about steps that cannot run: for a look at the network without them.</summary>
    public bool ChecksSteps { get; init; } = true;

    /// <summary>Asked after every window: whether somebody wants the run to end now.</summary>
    public Func<bool> IsInterrupted { get; init; } = static () => false;

    /// <summary>Where the decisions of a live run are written down, so that it can be run again; null for nowhere.</summary>
    public EdgeRecording? Recording { get; init; }

    /// <summary>A recorded run to be run again: its decisions are followed; null for none.</summary>
    public EdgeReplay? Replay { get; init; }

    /// <summary>Told about every step as it ends, for progress.</summary>
    public Action<StepRecord>? StepEnded { get; init; }

    /// <summary>Called before every step, so that captures take in devices that commands have made.</summary>
    public Action? BeforeStep { get; init; }
}
