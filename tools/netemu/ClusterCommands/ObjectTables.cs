using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Workloads;

namespace Netemu.Cli.ClusterCommands;

/// <summary>The tables of `kubectl get` and `calicoctl get`, by kind.</summary>
internal static class ObjectTables
{
    private const string None = "<none>";

    public static string Write(IReadOnlyList<Resource> objects, bool withNamespace, bool isWide, bool isCalico)
    {
        TextTable? table = null;
        foreach (Resource value in objects)
        {
            (string[] header, string[] cells) = isCalico ? CalicoRow(value, isWide) : KubernetesRow(value, isWide);
            table ??= new TextTable(withNamespace ? ["NAMESPACE", .. header] : header);
            table.Add(withNamespace ? [value.Namespace, .. cells] : cells);
        }

        return table?.ToString() ?? (isCalico ? new TextTable(withNamespace ? ["NAMESPACE", "NAME"] : ["NAME"]).ToString() : string.Empty);
    }

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

    /// <summary>A Pod as `kubectl describe` shows it, as far as the network is concerned.</summary>
    public static string Describe(Pod pod, string hostAddress)
    {
        string[] ports = [.. pod.Ports.Select(port => string.Create(CultureInfo.InvariantCulture,
            $"{port.Port}/{port.Protocol.ToString()!.ToUpperInvariant()}{(port.Name.Length > 0 ? $" ({port.Name})" : string.Empty)}"))];
        (string Name, string Value)[] lines =
        [
            ("Name:", pod.Name),
            ("Namespace:", pod.Namespace),
            ("Service Account:", pod.ServiceAccountName),
            ("Node:", pod.NodeName.Length == 0 ? None : $"{pod.NodeName}/{hostAddress}"),
            ("Labels:", LabelText(pod.Metadata.Labels)),
            ("Annotations:", LabelText(pod.Metadata.Annotations)),
            ("Status:", pod.NodeName.Length == 0 ? "Pending" : $"{pod.Phase}"),
            ("IP:", pod.HostNetwork ? hostAddress : pod.Addresses.Count > 0 ? $"{pod.Addresses[0]}" : None),
            ("IPs:", pod.Addresses.Count > 0 ? string.Join(", ", pod.Addresses) : None),
            ("Ports:", ports.Length > 0 ? string.Join(", ", ports) : None),
            ("Ready:", pod.IsReady ? "True" : "False"),
        ];
        return string.Concat(lines.Select(line => $"{line.Name,-17}{line.Value}\n"));
    }

    private static string LabelText(LabelSet labels)
    {
        string text = string.Join("\n" + new string(' ', 17), labels.Select(label => $"{label.Key}={label.Value}"));
        return text.Length == 0 ? None : text;
    }

    private static (string[] Header, string[] Cells) KubernetesRow(Resource value, bool isWide)
    {
        switch (value)
        {
            case Pod pod:
                bool isPlaced = pod.NodeName.Length > 0;
                string[] cells =
                    [pod.Name, pod.IsReady && !pod.IsFinished && isPlaced ? "1/1" : "0/1", isPlaced ? pod.Phase.ToString() : "Pending", "0"];
                return isWide
                    ? (["NAME", "READY", "STATUS", "RESTARTS", "IP", "NODE"], [.. cells, pod.Addresses.Count > 0 ? $"{pod.Addresses[0]}" : None, isPlaced ? pod.NodeName : None])
                    : (["NAME", "READY", "STATUS", "RESTARTS"], cells);
            case KubernetesNode node:
                return (["NAME", "STATUS", "INTERNAL-IP"], [node.Name, "Ready", node.InternalIPs.Count > 0 ? $"{node.InternalIPs[0]}" : None]);
            case KubernetesNamespace:
                return (["NAME", "STATUS"], [value.Name, "Active"]);
            case Service service:
                return (
                    ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)"],
                    [
                        service.Name, service.Type.ToString(),
                        service.ClusterIPs.Count > 0 ? $"{service.ClusterIPs[0]}" : "None",
                        service.ExternalIPs.Concat(service.LoadBalancerIPs).Select(a => a.ToString()).DefaultIfEmpty(None).First(),
                        string.Join(",", service.Ports.Select(p =>
                            string.Create(CultureInfo.InvariantCulture, $"{p.Port}{(p.NodePort > 0 ? $":{p.NodePort}" : string.Empty)}/{p.Protocol.ToString().ToUpperInvariant()}"))),
                    ]);
            case EndpointSlice slice:
                return (
                    ["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS"],
                    [
                        slice.Name, slice.Endpoints.Any(e => e.Addresses.Any(a => a.IsIPv6)) ? "IPv6" : "IPv4",
                        string.Join(",", slice.Ports.Select(p => p.Port.ToString(CultureInfo.InvariantCulture)).DefaultIfEmpty("<unset>")),
                        string.Join(",", slice.Endpoints.SelectMany(e => e.Addresses).Select(a => a.ToString()).DefaultIfEmpty("<unset>")),
                    ]);
            case KubernetesNetworkPolicy policy:
                return (["NAME", "POD-SELECTOR"], [policy.Name, SelectorText(policy.PodSelector)]);
            case WorkloadController controller:
                string count = controller.Replicas.ToString(CultureInfo.InvariantCulture);
                return (["NAME", "READY"], [controller.Name, controller.Kind == ResourceKind.DaemonSet ? "all" : $"{count}/{count}"]);
            default:
                return CalicoRow(value, isWide);
        }
    }

    private static (string[] Header, string[] Cells) CalicoRow(Resource value, bool isWide)
    {
        switch (value)
        {
            case Node node:
                return isWide
                    ? (["NAME", "ASN", "IPV4", "IPV6"], [node.Name, node.AsNumber is { } number ? $"{number}" : "(64512)", $"{node.IPv4Address}", $"{node.IPv6Address}"])
                    : (["NAME"], [node.Name]);
            case IPPool pool:
                return isWide
                    ? (
                        ["NAME", "CIDR", "NAT", "IPIPMODE", "VXLANMODE", "DISABLED", "DISABLEBGPEXPORT", "SELECTOR"],
                        [
                            pool.Name, $"{pool.Cidr}", Word(pool.NatOutgoing), $"{pool.IpipMode}", $"{pool.VxlanMode}", Word(pool.Disabled),
                            Word(pool.DisableBgpExport), pool.NodeSelector.ToString(),
                        ])
                    : (["NAME", "CIDR", "SELECTOR"], [pool.Name, $"{pool.Cidr}", pool.NodeSelector.ToString()]);
            case BgpPeer peer:
                return (
                    ["NAME", "PEERIP", "NODE", "ASN"],
                    [
                        peer.Name, peer.PeerIP?.ToString() ?? peer.PeerSelector?.ToString() ?? string.Empty,
                        peer.Node ?? peer.NodeSelector?.ToString() ?? "(global)", peer.AsNumber is { } asn ? $"{asn}" : "0",
                    ]);
            case BgpConfiguration configuration:
                return (
                    ["NAME", "LOGSEVERITY", "MESHENABLED", "ASNUMBER"],
                    [configuration.Name, configuration.LogsDebug ? "Debug" : "Info", Word(configuration.NodeToNodeMeshEnabled ?? true), $"{configuration.AsNumber ?? BgpConfiguration.DefaultAsNumber}"]);
            case NetworkPolicy policy:
                return (
                    ["NAME", "TIER", "ORDER", "SELECTOR"],
                    [policy.Name, policy.Spec.Tier, policy.Spec.Order?.ToString(CultureInfo.InvariantCulture) ?? string.Empty, PolicyConversion.Convert(policy).Selector.ToString()]);
            case Tier tier:
                return (["NAME", "ORDER", "DEFAULTACTION"], [tier.Name, tier.Order?.ToString(CultureInfo.InvariantCulture) ?? string.Empty, $"{tier.DefaultAction}"]);
            case NetworkSet set:
                return (["NAME", "NETS"], [set.Name, string.Join(",", set.Nets)]);
            case HostEndpoint host:
                return (["NAME", "NODE", "INTERFACE", "IPS"], [host.Name, host.Node, host.InterfaceName, string.Join(",", host.ExpectedIPs)]);
            case WorkloadEndpoint workload:
                return (
                    ["WORKLOAD", "NODE", "NETWORKS", "INTERFACE"],
                    [workload.Workload, workload.Node, string.Join(",", workload.Addresses.Select(a => $"{a}/{(a.IsIPv4 ? 32 : 128)}")), workload.InterfaceName]);
            case BlockAffinity affinity:
                return (["NAME", "NODE", "CIDR", "STATE"], [affinity.Name, affinity.Node, $"{affinity.Cidr}", $"{affinity.State}".ToLowerInvariant()]);
            default:
                return (["NAME"], [value.Name]);
        }
    }

    /// <summary>A Pod as calicoctl shows it: the workload endpoint that it becomes; null for one that becomes none.</summary>
    public static Resource? AsEndpoint(Resource value) => value is Pod pod ? WorkloadEndpoints.FromPod(pod) : value;

    /// <summary>kind/name, as kubectl names an object in messages: the group stands behind Calico's kinds.</summary>
    public static string NameOf(ResourceKey key)
    {
        (string version, string kind) = ManifestWriter.TypeOf(key.Kind);
        int slash = version.IndexOf('/', System.StringComparison.Ordinal);
        string group = slash < 0 ? string.Empty : "." + version[..slash];
        return $"{kind.ToLowerInvariant()}{group}/{key.Name}";
    }

    private static string Word(bool value) => value ? "true" : "false";
}
