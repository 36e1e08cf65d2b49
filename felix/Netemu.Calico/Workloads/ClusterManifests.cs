using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Resources;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Workloads;

/// <summary>
/// Makes a complete cluster of the manifests: what Kubernetes' controllers and Calico's operator would add (namespaces, the
/// default pool, the controllers' Pods with their nodes, service addresses), and what the API server would refuse (duplicates,
/// dangling references). The result goes into the store as it is.
/// </summary>
public static class ClusterManifests
{
    private static readonly ImmutableArray<string> _givenNamespaces = ["default", "kube-system"];

    public static IReadOnlyList<Resource> Complete(IReadOnlyList<Resource> resources, DiagnosticBag diagnostics)
    {
        SortedDictionary<ResourceKey, Resource> complete = [];
        foreach (Resource resource in resources)
        {
            if (!complete.TryAdd(resource.Key, resource))
            {
                diagnostics.Error(
                    ResourceCode.Duplicate,
                    $"'{resource.Key}' is there twice",
                    resource.Source,
                    $"the first one is at {complete[resource.Key].Source}");
            }
        }

        AddNamespaces(resources, complete, diagnostics);
        AddPools(resources, complete);
        AddPods(resources, complete, diagnostics);
        foreach (Service service in ServiceAllocation.Allocate(resources.OfType<Service>().DistinctBy(service => service.Key)))
        {
            complete[service.Key] = service;
        }

        CheckReferences([.. complete.Values], [.. complete.Values], diagnostics);
        return [.. complete.Values];
    }

    private static void AddNamespaces(
        IReadOnlyList<Resource> resources, SortedDictionary<ResourceKey, Resource> complete, DiagnosticBag diagnostics)
    {
        foreach (string name in _givenNamespaces)
        {
            complete.TryAdd(new ResourceKey(ResourceKind.Namespace, name), new KubernetesNamespace(new ObjectMetadata(name)));
        }

        foreach (Resource resource in resources.Where(resource => resource.Namespace.Length > 0))
        {
            KubernetesNamespace made = new(new ObjectMetadata(resource.Namespace));
            if (complete.TryAdd(made.Key, made))
            {
                diagnostics.Warning(
                    ResourceCode.ImpliedNamespace,
                    $"namespace '{resource.Namespace}' is not declared: it is made without labels",
                    resource.Source);
            }
        }
    }

    /// <summary>Pools of an Installation, unless pools are given; without both, the operator's default.</summary>
    private static void AddPools(IReadOnlyList<Resource> resources, SortedDictionary<ResourceKey, Resource> complete)
    {
        if (resources.OfType<IPPool>().Any())
        {
            return;
        }

        IPPool[] pools = [.. resources.OfType<Installation>().SelectMany(installation => installation.Pools)];
        if (pools.Length == 0)
        {
            pools =
            [
                new IPPool(new ObjectMetadata("default-ipv4-ippool"), InternetPrefix.Parse("192.168.0.0/16"))
                {
                    IpipMode = EncapsulationMode.Always,
                    NatOutgoing = true,
                },
            ];
        }

        foreach (IPPool pool in pools)
        {
            complete.TryAdd(pool.Key, pool);
        }
    }

    private static void AddPods(
        IReadOnlyList<Resource> resources, SortedDictionary<ResourceKey, Resource> complete, DiagnosticBag diagnostics)
    {
        KubernetesNode[] nodes = [.. resources.OfType<KubernetesNode>()];
        if (nodes.Length == 0)
        {
            nodes = [.. resources.OfType<Node>().Select(node => new KubernetesNode(new ObjectMetadata(node.Name) { Labels = node.Metadata.Labels }))];
        }

        foreach (Pod pod in PodExpansion.Expand(resources, nodes))
        {
            complete[pod.Key] = pod;
            if (pod.NodeName.Length == 0 && nodes.Length > 0)
            {
                diagnostics.Warning(ResourceCode.Unplaced, $"no node fits pod '{pod.Namespace}/{pod.Name}'", pod.Source);
            }
            else if (nodes.Length > 0 && !Array.Exists(nodes, node => node.Name == pod.NodeName))
            {
                diagnostics.Error(
                    ResourceCode.Reference,
                    $"pod '{pod.Namespace}/{pod.Name}' is on unknown node '{pod.NodeName}'",
                    pod.Source,
                    Nearest(pod.NodeName, nodes.Select(node => node.Name)));
            }
        }
    }

    /// <summary>What the API server refuses: a policy in a tier that does not exist, a BGPFilter that is not there.</summary>
    public static void CheckReferences(
        IReadOnlyCollection<Resource> cluster, IReadOnlyCollection<Resource> subjects, DiagnosticBag diagnostics)
    {
        HashSet<string> tiers = [.. Tier.BuiltIn.Select(tier => tier.Name), .. cluster.OfType<Tier>().Select(tier => tier.Name)];
        HashSet<string> filters = [.. cluster.OfType<BgpFilter>().Select(filter => filter.Name)];
        foreach (Resource resource in subjects)
        {
            if (resource is NetworkPolicy policy && !tiers.Contains(policy.Spec.Tier))
            {
                diagnostics.Error(
                    ResourceCode.Reference,
                    $"'{resource.Key}' is in unknown tier '{policy.Spec.Tier}'",
                    resource.Source,
                    Nearest(policy.Spec.Tier, tiers));
            }

            foreach (string filter in (resource as BgpPeer)?.Filters ?? [])
            {
                if (!filters.Contains(filter))
                {
                    diagnostics.Error(
                        ResourceCode.Reference,
                        $"'{resource.Key}' names unknown BGPFilter '{filter}'",
                        resource.Source,
                        filters.Count == 0 ? "there is no BGPFilter" : Nearest(filter, filters));
                }
            }

            if (resource is IPPool pool)
            {
                CheckOverlap(pool, cluster, subjects, diagnostics);
            }
        }
    }

    /// <summary>An address is of one pool at most; of two that overlap, the later one is refused.</summary>
    private static void CheckOverlap(
        IPPool pool, IReadOnlyCollection<Resource> cluster, IReadOnlyCollection<Resource> subjects, DiagnosticBag diagnostics)
    {
        IPPool? other = cluster.OfType<IPPool>().FirstOrDefault(o =>
            o.Key != pool.Key && (o.Cidr.Contains(pool.Cidr.Address) || pool.Cidr.Contains(o.Cidr.Address)));
        if (other is not null && (!subjects.Contains(other) || IsLater(pool, other)))
        {
            diagnostics.Error(
                ResourceCode.Overlap,
                $"IPPool '{pool.Name}' ({pool.Cidr}) overlaps IPPool '{other.Name}' ({other.Cidr})",
                pool.Source,
                "pools share no addresses: choose another cidr, or split the larger pool");
        }
    }

    private static bool IsLater(IPPool one, IPPool other) =>
        (string.CompareOrdinal(one.Source.File, other.Source.File), one.Source.Line.CompareTo(other.Source.Line), one.Key.CompareTo(other.Key)).CompareTo((0, 0, 0)) > 0;

    /// <summary>"did you mean", or the names that there are.</summary>
    private static string Nearest(string word, IEnumerable<string> known)
    {
        string[] names = [.. known.Order(StringComparer.Ordinal)];
        return Spelling.Hint(word, names) ?? $"known: {string.Join(", ", names.Take(8))}{(names.Length > 8 ? ", ..." : string.Empty)}";
    }
}
