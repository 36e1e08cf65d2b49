namespace Netemu.Topologies.Model.Steps;

/// <summary>Takes a node down (its state is gone) or up (it boots from its file).</summary>
public sealed class NodeChange : StepAction
{
    public override string Kind => "node";

    public string Name { get; internal set; } = string.Empty;

    public bool Up { get; internal set; }
}
