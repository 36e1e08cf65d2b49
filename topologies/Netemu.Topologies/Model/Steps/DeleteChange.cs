using System.Collections.Generic;

namespace Netemu.Topologies.Model.Steps;

/// <summary>Removes objects from the store.</summary>
public sealed class DeleteChange : StepAction
{
    public override string Kind => "delete";

    public IReadOnlyList<ObjectRef> Targets { get; internal set; } = [];
}
