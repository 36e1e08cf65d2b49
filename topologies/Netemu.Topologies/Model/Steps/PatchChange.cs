using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Model.Steps;

/// <summary>Merges fields into an object of the store (RFC 7396).</summary>
public sealed class PatchChange : StepAction
{
    public override string Kind => "patch";

    public ObjectRef Target { get; internal set; } = null!;

    /// <summary>The merge patch.</summary>
    public YamlMapping Patch { get; internal set; } = null!;
}
