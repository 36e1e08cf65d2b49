namespace Netemu.Topologies.Model.Steps;

/// <summary>Ends a process, the speaker (<c>bgp</c>) or the agent (<c>felix</c>) without a farewell.</summary>
public sealed class KillChange : StepAction
{
    public override string Kind => "kill";

    public EndpointRef In { get; internal set; } = null!;

    public string Process { get; internal set; } = string.Empty;
}
