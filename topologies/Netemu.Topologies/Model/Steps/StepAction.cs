using System.Collections.Generic;
using Netemu.Topologies.Expectations;

namespace Netemu.Topologies.Model.Steps;

/// <summary>What a step does: a probe, a check or a change. <see cref="Kind"/> is its word in the file.</summary>
public abstract class StepAction : Spec
{
    public abstract string Kind { get; }

    /// <summary>What the action's own keys say must be seen; the loader joins it with the step's <c>expect</c>.</summary>
    internal List<KeyValuePair<string, ExpectedValue>> Inline { get; } = [];
}
