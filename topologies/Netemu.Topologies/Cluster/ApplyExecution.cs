using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Resources;
using Netemu.Core.Diagnostics;
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
    private int _applied;

    public override void Begin()
    {
        foreach (ManifestDocument manifest in change.Manifests)
        {
            DiagnosticBag found = new();
            IReadOnlyList<Resource> resources = new ResourceReader(found).Read(manifest.Root);
            if (found.HasErrors)
            {
                _rejected.AddRange(found.Items.Where(d => d.Severity != DiagnosticSeverity.Warning).Select(d => d.ToString()));
                continue;
            }

            _applied += resources.Count;
            cluster.Write(store =>
            {
                foreach (Resource resource in resources)
                {
                    store.Put(resource);
                }
            });
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() => new ObservedMapping()
        .With("outcome", _rejected.Count == 0 ? "applied" : "rejected")
        .With("applied", _applied)
        .WithList("rejected", _rejected.Select(r => (ObservedValue)r));
}
