using System;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Cluster;

/// <summary>Finds what a step names by kind, namespace and name.</summary>
internal static class ObjectLookup
{
    /// <summary>Of kinds that Kubernetes and Calico share, the one of the given group, else the one that has such an object.</summary>
    public static ResourceKey? Find(ResourceStore store, ObjectRef target)
    {
        bool isCalico = target.ApiVersion?.Contains("projectcalico.org", StringComparison.Ordinal) == true;
        bool isKubernetes = target.ApiVersion is not null && !isCalico;
        return target.Kind switch
        {
            "NetworkPolicy" => (isCalico ? null : Get(ResourceKind.KubernetesNetworkPolicy)) ?? (isKubernetes ? null : Get(ResourceKind.NetworkPolicy)),
            "Node" => (isCalico ? null : Get(ResourceKind.KubernetesNode)) ?? (isKubernetes ? null : Get(ResourceKind.Node)),
            "IPAMConfig" => Get(ResourceKind.IpamConfiguration),
            _ => Enum.TryParse(target.Kind, ignoreCase: true, out ResourceKind kind) ? Get(kind) : null,
        };

        ResourceKey? Get(ResourceKind kind)
        {
            foreach (string space in new[] { target.Namespace ?? "default", string.Empty })
            {
                ResourceKey key = new(kind, space, target.Name);
                if (store.Get(key) is not null)
                {
                    return key;
                }
            }

            // A namespace that is not given stands for the only object of that name.
            foreach (StoredResource stored in target.Namespace is null ? store.List(kind) : [])
            {
                if (stored.Key.Name == target.Name)
                {
                    return stored.Key;
                }
            }

            return null;
        }
    }
}
