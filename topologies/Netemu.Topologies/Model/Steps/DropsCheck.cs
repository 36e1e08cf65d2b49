namespace Netemu.Topologies.Model.Steps;

/// <summary>How many frames a node dropped, and why.</summary>
public sealed class DropsCheck : StepAction
{
    public override string Kind => "drops";

    /// <summary>Null counts the whole topology.</summary>
    public EndpointRef? In { get; internal set; }

    /// <summary>The reason's name; null counts all.</summary>
    public string? Reason { get; internal set; }
}
