using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Workloads;

/// <summary>
/// Makes the Pods of controllers and gives Pods without a node one, round robin in the order of the file. Names are
/// counted instead of random (web-0, web-1, ...), so that a topology can speak of them; a DaemonSet's pod is called after
/// its node.
/// </summary>
public static class PodExpansion
{
    /// <summary>All Pods, given and made; each placed, unless no node fits its node selector.</summary>
    public static IReadOnlyList<Pod> Expand(IEnumerable<Resource> resources, IReadOnlyList<KubernetesNode> nodes)
    {
        List<Pod> pods = [];
        int next = 0;
        foreach (Resource resource in resources)
        {
            if (resource is Pod pod)
            {
                pods.Add(Place(pod, nodes, ref next));
            }
            else if (resource is WorkloadController controller)
            {
                foreach (Pod instance in Instances(controller, nodes))
                {
                    pods.Add(Place(instance, nodes, ref next));
                }
            }
        }

        return pods;
    }

    /// <summary>The Pods that a controller wants, not yet placed but for a DaemonSet's.</summary>
    public static IEnumerable<Pod> Instances(WorkloadController controller, IReadOnlyList<KubernetesNode> nodes) =>
        controller.Kind == ResourceKind.DaemonSet
            ? nodes.Where(node => Fits(controller.Template, node)).Select(node => Instance(controller, node.Name, node.Name))
            : Enumerable.Range(0, controller.Replicas).Select(i => Instance(controller, $"{i}", controller.Template.NodeName));

    /// <summary>Whether a Pod's name is one that the controller gives.</summary>
    public static bool IsInstanceName(WorkloadController controller, string name, IReadOnlyList<KubernetesNode> nodes)
    {
        if (!name.StartsWith(controller.Name + "-", System.StringComparison.Ordinal))
        {
            return false;
        }

        string suffix = name[(controller.Name.Length + 1)..];
        return controller.Kind == ResourceKind.DaemonSet
            ? nodes.Any(node => node.Name == suffix)
            : suffix.Length > 0 && suffix.All(char.IsAsciiDigit);
    }

    private static Pod Instance(WorkloadController controller, string suffix, string nodeName)
    {
        string name = $"{controller.Name}-{suffix}";
        return controller.Template with
        {
            Metadata = controller.Template.Metadata with { Name = name },
            Source = controller.Source,
            NodeName = nodeName,
            Hostname = controller.Kind == ResourceKind.StatefulSet ? name : controller.Template.Hostname,
        };
    }

    /// <summary>Gives a Pod without a node the next one that fits; as it is if none does.</summary>
    public static Pod Place(Pod pod, IReadOnlyList<KubernetesNode> nodes, ref int next)
    {
        if (pod.NodeName.Length > 0)
        {
            return pod;
        }

        for (int i = 0; i < nodes.Count; i++)
        {
            KubernetesNode node = nodes[(next + i) % nodes.Count];
            if (Fits(pod, node) && !node.Unschedulable)
            {
                next = (next + i + 1) % nodes.Count;
                return pod with { NodeName = node.Name };
            }
        }

        return pod;
    }

    private static bool Fits(Pod pod, KubernetesNode node) =>
        pod.NodeSelector.All(label => node.Metadata.Labels[label.Key] == label.Value);
}
