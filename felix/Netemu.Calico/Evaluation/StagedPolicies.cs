using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Evaluation;

/// <summary>What a cluster would be if its staged policies were enforced.</summary>
public static class StagedPolicies
{
    /// <summary>Each staged policy replaces the enforced one of its name, or deletes it.</summary>
    public static IReadOnlyList<Resource> Enforce(IEnumerable<Resource> resources)
    {
        SortedDictionary<ResourceKey, Resource> result = [];
        List<Resource> staged = [];
        foreach (Resource resource in resources)
        {
            if (resource is NetworkPolicy { IsStaged: true } or KubernetesNetworkPolicy { IsStaged: true })
            {
                staged.Add(resource);
            }
            else
            {
                result[resource.Key] = resource;
            }
        }

        foreach (Resource resource in staged.OrderBy(resource => resource.Key))
        {
            (Resource enforced, StagedAction action) = resource switch
            {
                NetworkPolicy policy => (policy with { IsStaged = false }, policy.StagedAction),
                KubernetesNetworkPolicy policy => ((Resource)(policy with { IsStaged = false }), policy.StagedAction),
                _ => (resource, StagedAction.Set),
            };
            if (action == StagedAction.Delete)
            {
                result.Remove(enforced.Key);
            }
            else
            {
                result[enforced.Key] = enforced;
            }
        }

        return [.. result.Values];
    }

    /// <summary>The flows whose verdict would change, with the verdict now and then.</summary>
    public static IReadOnlyList<(Flow Flow, PolicyVerdict Now, PolicyVerdict Then)> Preview(
        IReadOnlyList<Resource> resources, IEnumerable<Flow> flows)
    {
        PolicyEvaluator now = new(new ClusterState(resources));
        PolicyEvaluator then = new(new ClusterState(Enforce(resources)));
        return
        [
            .. flows.Select(flow => (Flow: flow, Now: now.EvaluateWorkloads(flow), Then: then.EvaluateWorkloads(flow)))
                .Where(change => change.Now.IsAllowed != change.Then.IsAllowed),
        ];
    }
}
