namespace Netemu.Topologies.Model.Steps;

/// <summary>A command in a namespace or a pod.</summary>
public sealed class ExecAction : StepAction
{
    public override string Kind => "exec";

    public EndpointRef In { get; internal set; } = null!;

    public string Command { get; internal set; } = string.Empty;
}
