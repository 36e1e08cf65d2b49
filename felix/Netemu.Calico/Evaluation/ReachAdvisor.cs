using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Evaluation;

/// <summary>
/// Looks for the smallest single change that turns a verdict around, by trying: one label of one pod, then one policy less,
/// then one policy more. Every suggestion has been evaluated.
/// </summary>
public static class ReachAdvisor
{
    private const string SuggestedName = "suggested";

    /// <summary>The first change that works, or null.</summary>
    public static ReachSuggestion? FirstFlip(IReadOnlyList<Resource> resources, Flow flow)
    {
        ClusterState state = new(resources);
        bool now = new PolicyEvaluator(state).EvaluateWorkloads(flow).IsAllowed;
        foreach ((string description, IReadOnlyList<Resource> changed) in Candidates(resources, state, flow, now))
        {
            PolicyVerdict verdict = new PolicyEvaluator(new ClusterState(changed)).EvaluateWorkloads(flow);
            if (verdict.IsAllowed != now)
            {
                return new ReachSuggestion(description, verdict, changed);
            }
        }

        return null;
    }

    private static IEnumerable<(string, IReadOnlyList<Resource>)> Candidates(
        IReadOnlyList<Resource> resources, ClusterState state, Flow flow, bool isAllowedNow)
    {
        Pod[] ends =
        [
            .. resources.OfType<Pod>().Where(pod => pod.Addresses.Contains(flow.Source)),
            .. resources.OfType<Pod>().Where(pod => pod.Addresses.Contains(flow.Destination)),
        ];
        foreach (Pod pod in ends)
        {
            foreach ((string key, string value) in LabelsInUse(state))
            {
                if (pod.Metadata.Labels[key] != value)
                {
                    yield return ($"label pod {pod.Namespace}/{pod.Name} with {key}={value}", Relabel(resources, pod, pod.Metadata.Labels.With(key, value)));
                }
            }

            foreach ((string key, string value) in pod.Metadata.Labels)
            {
                LabelSet without = LabelSet.From(pod.Metadata.Labels.Where(label => label.Key != key));
                yield return ($"remove label {key}={value} of pod {pod.Namespace}/{pod.Name}", Relabel(resources, pod, without));
            }
        }

        foreach (Resource policy in resources.Where(resource => resource is NetworkPolicy or KubernetesNetworkPolicy))
        {
            yield return ($"delete {Policy.DisplayNameOf(policy.Key)}", [.. resources.Where(resource => resource.Key != policy.Key)]);
        }

        yield return (
            isAllowedNow ? "add a policy that denies the flow" : "add a policy that allows the flow",
            [.. resources, Suggested(flow, isAllowedNow ? RuleAction.Deny : RuleAction.Allow)]);
    }

    /// <summary>The labels that policies' selectors speak of with a value, in order.</summary>
    private static IEnumerable<(string Key, string Value)> LabelsInUse(ClusterState state)
    {
        SortedSet<(string, string)> labels = [];
        foreach (Policy policy in state.Policies)
        {
            IEnumerable<Selector?> selectors = policy.Ingress.Concat(policy.Egress)
                .SelectMany(rule => new[] { rule.Source.Selector, rule.Destination.Selector })
                .Append(policy.Selector);
            foreach (Selector? selector in selectors)
            {
                labels.UnionWith(selector?.ComparedLabels ?? []);
            }
        }

        return labels.Where(label => !label.Item1.StartsWith("projectcalico.org/", System.StringComparison.Ordinal)
            && !label.Item1.StartsWith(WellKnownLabels.NamespacePrefix, System.StringComparison.Ordinal)
            && !label.Item1.StartsWith(WellKnownLabels.ServiceAccountPrefix, System.StringComparison.Ordinal));
    }

    private static Resource[] Relabel(IReadOnlyList<Resource> resources, Pod pod, LabelSet labels) =>
    [
        .. resources.Select(resource => resource.Key == pod.Key ? pod with { Metadata = pod.Metadata with { Labels = labels } } : resource),
    ];

    /// <summary>A policy for exactly this flow, before all others of its tier.</summary>
    private static NetworkPolicy Suggested(Flow flow, RuleAction action)
    {
        PortMatch port = new((ushort)flow.DestinationPort, (ushort)flow.DestinationPort);
        RuleSpec rule = new(action)
        {
            Protocol = flow.Protocol,
            Source = new EntityRule { Nets = [InternetPrefix.Host(flow.Source)] },
            Destination = new EntityRule { Nets = [InternetPrefix.Host(flow.Destination)], Ports = flow.Protocol.HasPorts ? [port] : [] },
        };
        RuleSpec rest = new(RuleAction.Pass);
        return new NetworkPolicy(new ObjectMetadata(SuggestedName), new PolicySpec
        {
            Order = decimal.MinValue,
            Types = PolicyDirection.Ingress | PolicyDirection.Egress,
            Ingress = action == RuleAction.Deny ? [rule, rest] : [rule],
            Egress = action == RuleAction.Deny ? [rule, rest] : [rule],
        });
    }
}
