using System;
using Netemu.Core.Time;

namespace Netemu.Topologies.Running;

/// <summary>How far a run goes, and who may stop it.</summary>
public sealed record RunOptions
{
    /// <summary>Runs to this instant; null runs to the end of the steps and then until converged.</summary>
    public SimTime? Until { get; init; }

    /// <summary>The most virtual time that waiting for convergence may take.</summary>
    public SimTime Limit { get; init; } = SimTime.Zero + Duration.FromSeconds(3600);

    /// <summary>Asked after every window: whether somebody wants the run to end now.</summary>
    public Func<bool> IsInterrupted { get; init; } = static () => false;

    /// <summary>Told about every step as it ends, for progress.</summary>
    public Action<StepReport>? StepEnded { get; init; }

    /// <summary>Told before every step, so that captures take in devices that commands have made.</summary>
    public Action? BeforeStep { get; init; }
}
