using System.Collections.Generic;

namespace Netemu.Topologies.Model.Steps;

/// <summary>Creates or replaces objects in the store.</summary>
public sealed class ApplyChange : StepAction
{
    public override string Kind => "apply";

    public IReadOnlyList<ManifestDocument> Manifests { get; internal set; } = [];
}
