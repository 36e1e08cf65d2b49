using System.Collections.Generic;
using System.Linq;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Cluster;

/// <summary>Merges fields into an object of a running cluster (kubectl patch --type merge); an invalid result is rejected.</summary>
internal sealed class PatchExecution(ClusterExtension cluster, PatchChange change, StepContext context) : StepExecution
{
    private readonly List<string> _rejected = [];
    private string _outcome = "patched";

    public override void Begin()
    {
        if (ObjectLookup.Find(cluster.Store!, change.Target) is not { } key)
        {
            _outcome = "not found";
        }
        else
        {
            cluster.Write(resources => _rejected.AddRange(resources.Patch(key, change.Patch)));
            _outcome = _rejected.Count == 0 ? _outcome : "rejected";
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() => new ObservedMapping()
        .With("outcome", _outcome)
        .WithList("rejected", _rejected.Select(r => (ObservedValue)r));
}
