using System.Globalization;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Time;
using Netemu.Topologies.Cluster;

namespace Netemu.Cli.ClusterCommands;

/// <summary>The columns of `kubectl get`, plain and -o wide, kind by kind (kubernetes pkg/printers/internalversion).</summary>
internal static class KubernetesColumns
{
    private const string None = "<none>";
    private const string RolePrefix = "node-role.kubernetes.io/";

    /// <summary>What stands for a kubelet's version: there is no kubelet.</summary>
    private const string Version = "netemu";

    /// <summary>Header and cells of one object; every kind has an AGE.</summary>
    public static (string[] Header, string[] Cells) Of(Resource value, bool isWide, ClusterResources cluster)
    {
        string age = Age(cluster.AgeOf(value.Key));
        switch (value)
        {
            case Pod pod:
                return OfPod(pod, age, isWide);
            case KubernetesNode node:
                return OfNode(node, age, isWide, cluster.IsReady(node.Name));
            case KubernetesNamespace:
                return (["NAME", "STATUS", "AGE"], [value.Name, "Active", age]);
            case Service service:
                return OfService(service, age, isWide);
            case EndpointSlice slice:
                return (
                    ["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"],
                    [
                        slice.Name, slice.Endpoints.Any(e => e.Addresses.Any(a => a.IsIPv6)) ? "IPv6" : "IPv4",
                        string.Join(",", slice.Ports.Select(p => Number(p.Port)).DefaultIfEmpty("<unset>")),
                        string.Join(",", slice.Endpoints.SelectMany(e => e.Addresses).Select(a => a.ToString()).DefaultIfEmpty("<unset>")),
                        age,
                    ]);
            case KubernetesNetworkPolicy policy:
                return (["NAME", "POD-SELECTOR", "AGE"], [policy.Name, SelectorText(policy.PodSelector), age]);
            case ServiceAccount:
                return (["NAME", "SECRETS", "AGE"], [value.Name, "0", age]);
            case WorkloadController controller:
                return OfController(controller, age, [.. cluster.PodsOf(controller)]);
            default:
                return (["NAME", "AGE"], [value.Name, age]);
        }
    }

    private static (string[] Header, string[] Cells) OfPod(Pod pod, string age, bool isWide)
    {
        bool isPlaced = pod.NodeName.Length > 0;
        string[] header = ["NAME", "READY", "STATUS", "RESTARTS", "AGE"];
        string[] cells = [pod.Name, IsReady(pod) ? "1/1" : "0/1", isPlaced ? pod.Phase.ToString() : "Pending", "0", age];
        return isWide
            ? (
                [.. header, "IP", "NODE", "NOMINATED NODE", "READINESS GATES"],
                [.. cells, pod.Addresses.Count > 0 ? $"{pod.Addresses[0]}" : None, isPlaced ? pod.NodeName : None, None, None])
            : (header, cells);
    }

    private static (string[] Header, string[] Cells) OfNode(KubernetesNode node, string age, bool isWide, bool isReady)
    {
        string roles = string.Join(",", node.Metadata.Labels.Where(l => l.Key.StartsWith(RolePrefix, System.StringComparison.Ordinal)).Select(l => l.Key[RolePrefix.Length..]));
        string status = $"{(isReady ? "Ready" : "NotReady")}{(node.Unschedulable ? ",SchedulingDisabled" : string.Empty)}";
        string[] header = ["NAME", "STATUS", "ROLES", "AGE", "VERSION"];
        string[] cells = [node.Name, status, roles.Length == 0 ? None : roles, age, Version];
        return isWide
            ? (
                [.. header, "INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"],
                [.. cells, node.InternalIPs.Count > 0 ? $"{node.InternalIPs[0]}" : None, None, "<unknown>", "<unknown>", "<unknown>"])
            : (header, cells);
    }

    private static (string[] Header, string[] Cells) OfService(Service service, string age, bool isWide)
    {
        string cluster = service.Type == ServiceType.ExternalName ? None : service.ClusterIPs.Count > 0 ? $"{service.ClusterIPs[0]}" : "None";
        string[] outside = [.. service.LoadBalancerIPs.Concat(service.ExternalIPs).Select(a => a.ToString())];
        string external = service.Type == ServiceType.ExternalName ? service.ExternalName ?? None
            : outside.Length > 0 ? string.Join(",", outside)
            : service.Type == ServiceType.LoadBalancer ? "<pending>" : None;
        string ports = string.Join(",", service.Ports.Select(p => string.Create(
            CultureInfo.InvariantCulture, $"{p.Port}{(p.NodePort > 0 ? $":{p.NodePort}" : string.Empty)}/{p.Protocol.ToString().ToUpperInvariant()}")).DefaultIfEmpty(None));
        string[] header = ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"];
        string[] cells = [service.Name, service.Type.ToString(), cluster, external, ports, age];
        return isWide
            ? ([.. header, "SELECTOR"], [.. cells, service.PodSelector is { Count: > 0 } selector ? $"{selector}" : None])
            : (header, cells);
    }

    private static (string[] Header, string[] Cells) OfController(WorkloadController controller, string age, Pod[] pods)
    {
        string current = Number(pods.Length);
        string ready = Number(pods.Count(IsReady));
        string wanted = controller.Kind == ResourceKind.DaemonSet ? current : Number(controller.Replicas);
        return controller.Kind switch
        {
            ResourceKind.Deployment => (["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"], [controller.Name, $"{ready}/{wanted}", current, ready, age]),
            ResourceKind.StatefulSet => (["NAME", "READY", "AGE"], [controller.Name, $"{ready}/{wanted}", age]),
            ResourceKind.DaemonSet => (
                ["NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"],
                [
                    controller.Name, wanted, current, ready, current, ready,
                    controller.Template.NodeSelector.Count == 0 ? None : $"{controller.Template.NodeSelector}", age,
                ]),
            ResourceKind.ReplicaSet => (["NAME", "DESIRED", "CURRENT", "READY", "AGE"], [controller.Name, wanted, current, ready, age]),
            _ => (
                ["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"],
                [controller.Name, pods.All(p => p.IsFinished) ? "Complete" : "Running", $"{Number(pods.Count(p => p.IsFinished))}/{wanted}", age, age]),
        };
    }

    private static bool IsReady(Pod pod) => pod.IsReady && !pod.IsFinished && pod.NodeName.Length > 0;

    /// <summary>A time as k8s.io/apimachinery's duration.HumanDuration writes it.</summary>
    internal static string Age(Duration age)
    {
        long seconds = age.Nanoseconds / 1_000_000_000;
        (long minutes, long hours) = (seconds / 60, seconds / 3600);
        return seconds < 120 ? $"{Number(seconds)}s"
            : minutes < 10 ? With(minutes, "m", seconds % 60, "s")
            : minutes < 180 ? $"{Number(minutes)}m"
            : hours < 8 ? With(hours, "h", minutes % 60, "m")
            : hours < 48 ? $"{Number(hours)}h"
            : hours < 192 ? With(hours / 24, "d", hours % 24, "h")
            : $"{Number(hours / 24)}d";
    }

    private static string With(long major, string unit, long minor, string minorUnit) =>
        $"{Number(major)}{unit}{(minor == 0 ? string.Empty : $"{Number(minor)}{minorUnit}")}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A label selector as kubectl writes it: a=b,c in (d,e),f,!g.</summary>
    private static string SelectorText(LabelSelector selector)
    {
        string text = string.Join(',', selector.MatchLabels.Select(label => $"{label.Key}={label.Value}").Concat(selector.MatchExpressions.Select(
            requirement => requirement.Operator switch
            {
                LabelSelectorOperator.In => $"{requirement.Key} in ({string.Join(',', requirement.Values)})",
                LabelSelectorOperator.NotIn => $"{requirement.Key} notin ({string.Join(',', requirement.Values)})",
                LabelSelectorOperator.Exists => requirement.Key,
                _ => "!" + requirement.Key,
            })));
        return text.Length == 0 ? None : text;
    }
}
