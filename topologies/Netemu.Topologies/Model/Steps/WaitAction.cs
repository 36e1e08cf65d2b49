using Netemu.Core.Time;

namespace Netemu.Topologies.Model.Steps;

/// <summary>Lets time pass.</summary>
public sealed class WaitAction : StepAction
{
    public override string Kind => "wait";

    public Duration Time { get; internal set; }
}
