namespace Netemu.Topologies.Model.Steps;

/// <summary>A counter of a device or namespace by its name.</summary>
public sealed class CounterCheck : StepAction
{
    public override string Kind => "counter";

    public EndpointRef In { get; internal set; } = null!;

    public string? Device { get; internal set; }

    public string Name { get; internal set; } = string.Empty;
}
