using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Topologies.Model;
using Netemu.Topologies.Results;

namespace Netemu.Topologies.Running;

/// <summary>A step of a run, with what is known about it so far.</summary>
internal sealed class StepPlan(StepSpec step, StepExecution execution)
{
    public StepSpec Step => step;

    public StepExecution Execution => execution;

    public List<FrameCounter> Counters { get; } = [];

    /// <summary>False for a step that the run's end came before.</summary>
    public bool HasBegun { get; set; }

    /// <summary>What was counted for a step that went on in the background after the next one had begun.</summary>
    public List<FrameGroup> BackgroundFrames { get; set; } = [];

    public SimTime Start { get; set; }

    /// <summary>When a check has ended, which may look again and again for a while; null for what ends by itself.</summary>
    public SimTime? LastLook { get; set; }
}
