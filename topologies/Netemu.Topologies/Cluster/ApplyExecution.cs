using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// Creates or replaces objects in a running cluster (kubectl apply). An invalid object is rejected and the old one stays;
/// the step says why.
/// </summary>
internal sealed class ApplyExecution(ClusterExtension cluster, ApplyChange change, StepContext context) : StepExecution
{
    private readonly List<string> _rejected = [];
    private readonly List<ResourceKey> _applied = [];

    public override void Begin()
    {
        cluster.Write(resources =>
        {
            foreach (ManifestDocument manifest in change.Manifests)
            {
                _rejected.AddRange(resources.Apply(manifest.Root, _applied));
            }
        });
        Finish(context.Now);
    }

    public override ObservedMapping Observe() => new ObservedMapping()
        .With("outcome", _rejected.Count == 0 ? "applied" : "rejected")
        .With("applied", _applied.Count)
        .WithList("rejected", _rejected.Select(r => (ObservedValue)r));
}
