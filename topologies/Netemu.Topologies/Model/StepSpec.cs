using System.Collections.Generic;
using Netemu.Core.Time;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Model;

/// <summary>
/// One step of a scenario: when it starts, what it does and what must be seen. Steps run in order; each starts when the
/// one before has ended, unless it says when.
/// </summary>
public sealed class StepSpec : Spec
{
    /// <summary>The position in the file, from 0.</summary>
    public int Index { get; internal set; }

    public string? Name { get; internal set; }

    /// <summary>Null: when the step before has ended.</summary>
    public StepTime? At { get; internal set; }

    /// <summary>Waits so long before it starts.</summary>
    public Duration After { get; internal set; }

    public StepAction Action { get; internal set; } = null!;

    /// <summary>What must be seen; null where the step only reports.</summary>
    public ExpectedValue? Expect { get; internal set; }

    /// <summary>How long a check may take to become true.</summary>
    public Duration? Within { get; internal set; }

    /// <summary>How long a probe repeats.</summary>
    public Duration? During { get; internal set; }

    /// <summary>The next step does not wait for this one.</summary>
    public bool Background { get; internal set; }

    /// <summary>Devices whose frames are counted from this step's start to the next one's. Commands may create them.</summary>
    public IReadOnlyList<DeviceRef> Frames { get; internal set; } = [];

    /// <summary><c>by</c> beside <c>expect</c>; the loader joins the two.</summary>
    internal ExpectedValue? ExpectBy { get; set; }
}
