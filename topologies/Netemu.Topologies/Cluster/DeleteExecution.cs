using System.Collections.Generic;
using System.Linq;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Cluster;

/// <summary>Removes objects from a running cluster (kubectl delete); a Pod gives its address back.</summary>
internal sealed class DeleteExecution(ClusterExtension cluster, DeleteChange change, StepContext context) : StepExecution
{
    private readonly List<string> _missing = [];

    public override void Begin()
    {
        foreach (ObjectRef target in change.Targets)
        {
            if (ObjectLookup.Find(cluster.Store!, target) is not { } key)
            {
                _missing.Add(target.ToString());
                continue;
            }

            cluster.Write(resources => resources.Delete(key));
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() => new ObservedMapping()
        .With("outcome", _missing.Count == 0 ? "deleted" : "not found")
        .WithList("missing", _missing.Select(m => (ObservedValue)m));
}
