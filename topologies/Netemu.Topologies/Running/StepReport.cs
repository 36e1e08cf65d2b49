using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Running;

/// <summary>What became of one step.</summary>
public sealed class StepReport
{
    internal StepReport(StepSpec step) => Step = step;

    public StepSpec Step { get; }

    /// <summary>False for a step that the run's end came before.</summary>
    public bool HasRun { get; internal set; }

    public SimTime Start { get; internal set; }

    public SimTime End { get; internal set; }

    /// <summary>What was seen; empty for a step that has not run.</summary>
    public ObservedMapping Observed { get; internal set; } = new();

    /// <summary>Frames at the devices that the step named, from its start to the next one's.</summary>
    public IReadOnlyList<FrameCount> Frames { get; internal set; } = [];

    /// <summary>Whether what was expected was seen; null where nothing is expected.</summary>
    public bool? Passed { get; internal set; }

    /// <summary>What is different from what was expected, for people.</summary>
    public string? Difference { get; internal set; }
}
