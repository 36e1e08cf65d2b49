using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Workloads;
using Netemu.Topologies.Cluster;

namespace Netemu.Cli.ClusterCommands;

/// <summary>The tables of `kubectl get` and `calicoctl get`, by kind.</summary>
internal static class ObjectTables
{
    private const string None = "<none>";

    public static string Write(IReadOnlyList<Resource> objects, ObjectRequest request, ClusterResources cluster)
    {
        bool isWide = request.Output == "wide";
        TextTable? table = null;
        foreach (Resource value in objects)
        {
            (string[] header, string[] cells) = request.IsCalico ? CalicoColumns.Of(value, isWide, cluster.Store) : KubernetesColumns.Of(value, isWide, cluster);
            cells[0] = request.NamesKinds ? NameOf(value.Key) : cells[0];
            bool withNamespace = request.AllNamespaces && value.Namespace.Length > 0;
            table ??= new TextTable([.. withNamespace ? ["NAMESPACE"] : Array.Empty<string>(), .. header, .. request.ShowsLabels ? ["LABELS"] : Array.Empty<string>()]);
            table.Add(
            [
                .. withNamespace ? [value.Namespace] : Array.Empty<string>(),
                .. cells,
                .. request.ShowsLabels ? [value.Metadata.Labels.Count == 0 ? None : $"{value.Metadata.Labels}"] : Array.Empty<string>(),
            ]);
        }

        // calicoctl leaves a line free behind each table.
        string text = table?.ToString(!request.HidesHeaders) ?? (request.IsCalico ? new TextTable("NAME").ToString() : string.Empty);
        return request.IsCalico ? text + "\n" : text;
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

    /// <summary>A Pod as calicoctl shows it: the workload endpoint that it becomes; null for one that becomes none.</summary>
    public static Resource? AsEndpoint(Resource value) => value is Pod pod ? WorkloadEndpoints.FromPod(pod) : value;

    /// <summary>The resource as the API server calls it in its errors: pods, networkpolicies.networking.k8s.io.</summary>
    public static string PluralOf(ResourceKind kind)
    {
        (string version, string word) = ManifestWriter.TypeOf(kind);
        string name = word.ToLowerInvariant();
        string plural = name.EndsWith('y') ? name[..^1] + "ies" : name.EndsWith('s') ? name : name + "s";
        int slash = version.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? plural : $"{plural}.{version[..slash]}";
    }

    /// <summary>kind/name, as kubectl names an object in messages: the group stands behind Calico's kinds.</summary>
    public static string NameOf(ResourceKey key)
    {
        (string version, string kind) = ManifestWriter.TypeOf(key.Kind);
        int slash = version.IndexOf('/', StringComparison.Ordinal);
        string group = slash < 0 ? string.Empty : "." + version[..slash];
        return $"{kind.ToLowerInvariant()}{group}/{key.Name}";
    }
}
