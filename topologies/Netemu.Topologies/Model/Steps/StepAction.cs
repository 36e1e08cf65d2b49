namespace Netemu.Topologies.Model.Steps;

/// <summary>What a step does: a probe, a check or a change. <see cref="Kind"/> is its word in the file.</summary>
public abstract class StepAction : Spec
{
    public abstract string Kind { get; }
}
