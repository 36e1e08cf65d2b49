using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
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
            ResourceKey? key = Find(target);
            if (key is null)
            {
                _missing.Add(target.ToString());
                continue;
            }

            cluster.Write(resources =>
            {
                resources.Store.Delete(key.Value);
                if (key.Value.Kind == ResourceKind.Pod)
                {
                    resources.RemovePod(key.Value);
                }
            });
        }

        Finish(context.Now);
    }

    public override ObservedMapping Observe() => new ObservedMapping()
        .With("outcome", _missing.Count == 0 ? "deleted" : "not found")
        .WithList("missing", _missing.Select(m => (ObservedValue)m));

    /// <summary>By kind, namespace and name; of kinds that two groups share, the first that has such an object.</summary>
    private ResourceKey? Find(ObjectRef target)
    {
        bool calico = target.ApiVersion?.Contains("projectcalico.org", StringComparison.Ordinal) == true;
        string kind = target.Kind == "NetworkPolicy" && !calico ? "KubernetesNetworkPolicy" : target.Kind;
        foreach (StoredResource stored in cluster.Store!.ListAll())
        {
            ResourceKey key = stored.Key;
            if (key.Kind.ToString() == kind && key.Name == target.Name && (target.Namespace is null || key.Namespace == target.Namespace))
            {
                return key;
            }
        }

        return null;
    }
}
