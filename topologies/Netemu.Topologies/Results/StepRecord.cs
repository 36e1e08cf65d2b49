using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Topologies.Expectations;

namespace Netemu.Topologies.Results;

/// <summary>One step with its times, what it reports, and the frames that were counted.</summary>
public sealed record StepRecord(
    int Index, int Line, string Kind, SimTime Start, SimTime End, ObservedValue Outcome, IReadOnlyList<FrameGroup> Frames);
