using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Workloads;

/// <summary>Makes workload endpoints of Pods, as libcalico-go's Kubernetes conversion does.</summary>
public static class WorkloadEndpoints
{
    public const string FixedAddressesAnnotation = "cni.projectcalico.org/ipAddrs";

    public const string FixedAddressesWithoutIpamAnnotation = "cni.projectcalico.org/ipAddrsNoIpam";

    public const string PoolsAnnotation = "cni.projectcalico.org/ipv4pools";

    public const string IPv6PoolsAnnotation = "cni.projectcalico.org/ipv6pools";

    public const string FloatingAddressesAnnotation = "cni.projectcalico.org/floatingIPs";

    public const string SourcePrefixesAnnotation = "cni.projectcalico.org/allowedSourcePrefixes";

    /// <summary>The endpoint's key in the store: NODE-k8s-POD-eth0, dashes in names doubled.</summary>
    public static ResourceKey KeyOf(Pod pod) =>
        new(ResourceKind.WorkloadEndpoint, pod.Namespace, $"{Escape(pod.NodeName)}-k8s-{Escape(pod.Name)}-eth0");

    /// <summary>The endpoint, or null for a pod on the host's network, without a node or an address, or that has ended.</summary>
    public static WorkloadEndpoint? FromPod(Pod pod)
    {
        if (pod.HostNetwork || pod.NodeName.Length == 0 || pod.Addresses.Count == 0 || pod.IsFinished)
        {
            return null;
        }

        ObjectMetadata metadata = new(KeyOf(pod).Name, pod.Namespace)
        {
            Labels = LabelsOf(pod),
            Annotations = pod.Metadata.Annotations,
        };
        return new WorkloadEndpoint(metadata, pod.NodeName, WorkloadInterface.NameOf(pod.Namespace, pod.Name))
        {
            Source = pod.Source,
            Workload = pod.Name,
            Addresses = pod.Addresses,
            Nats = FloatingAddressesOf(pod),
            Profiles =
            [
                Profile.NamespaceNamePrefix + pod.Namespace,
                $"{Profile.ServiceAccountNamePrefix}{pod.Namespace}.{pod.ServiceAccountName}",
            ],
            // Container ports without a name cannot be named by a rule.
            Ports =
            [
                .. pod.Ports.Where(port => port.Name.Length > 0).Select(port => new NamedPort(port.Name, port.Protocol, port.Port)),
            ],
            AllowSpoofedSourcePrefixes = SourcePrefixes(pod),
        };
    }

    /// <summary>The pod's own labels and those that Calico adds.</summary>
    public static LabelSet LabelsOf(Pod pod) =>
        LabelsOf(pod.Metadata, WellKnownLabels.OrchestratorKubernetes, pod.ServiceAccountName);

    /// <summary>
    /// An endpoint's own labels and those that Calico adds when it stores it (libcalico-go/lib/clientv3/workloadendpoint.go);
    /// what looks like a label of its namespace or service account is taken away, so that nobody passes for another's.
    /// </summary>
    public static LabelSet LabelsOf(ObjectMetadata metadata, string orchestrator, string? serviceAccount)
    {
        List<KeyValuePair<string, string>> labels =
        [
            .. metadata.Labels.Where(label => !label.Key.StartsWith(WellKnownLabels.NamespacePrefix, StringComparison.Ordinal)
                && !label.Key.StartsWith(WellKnownLabels.ServiceAccountPrefix, StringComparison.Ordinal)),
            KeyValuePair.Create(WellKnownLabels.Namespace, metadata.Namespace),
            KeyValuePair.Create(WellKnownLabels.Orchestrator, orchestrator),
        ];
        if (!string.IsNullOrEmpty(serviceAccount))
        {
            labels.Add(KeyValuePair.Create(WellKnownLabels.ServiceAccount, serviceAccount));
        }

        return LabelSet.From(labels);
    }

    /// <summary>The profile kns.NS of a namespace: it allows both ways, and hands the namespace's labels down.</summary>
    public static Profile ProfileOf(KubernetesNamespace value) => Profile.DefaultAllow with
    {
        Metadata = new ObjectMetadata(Profile.NamespaceNamePrefix + value.Name),
        Source = value.Source,
        LabelsToApply = Inherited(value.Metadata, WellKnownLabels.NamespacePrefix),
    };

    /// <summary>The profile ksa.NS.SA of a service account: labels only.</summary>
    public static Profile ProfileOf(ServiceAccount value) =>
        new(new ObjectMetadata($"{Profile.ServiceAccountNamePrefix}{value.Namespace}.{value.Name}"))
        {
            Source = value.Source,
            LabelsToApply = Inherited(value.Metadata, WellKnownLabels.ServiceAccountPrefix),
        };

    /// <summary>The list of an annotation in JSON form; empty where it is absent or no list of strings.</summary>
    public static IReadOnlyList<string> ListAnnotation(ObjectMetadata metadata, string name)
    {
        if (metadata.Annotations[name] is not { } text)
        {
            return [];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array
                && document.RootElement.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? [.. document.RootElement.EnumerateArray().Select(item => item.GetString()!)]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The fixed addresses that a pod's annotation asks for.</summary>
    public static IReadOnlyList<InternetAddress> FixedAddresses(Pod pod) =>
    [
        .. ListAnnotation(pod.Metadata, FixedAddressesAnnotation)
            .Concat(ListAnnotation(pod.Metadata, FixedAddressesWithoutIpamAnnotation))
            .Where(text => InternetAddress.TryParse(text, out _))
            .Select(text => InternetAddress.Parse(text)),
    ];

    /// <summary>
    /// The pools that annotations ask for, by cidr or by name, the pod's before its namespace's; null if one of the names is
    /// no pool's.
    /// </summary>
    public static IReadOnlyList<InternetPrefix>? RequestedPools(Pod pod, KubernetesNamespace? inNamespace, IReadOnlyCollection<IPPool> pools)
    {
        List<InternetPrefix> requested = [];
        foreach (string annotation in new[] { PoolsAnnotation, IPv6PoolsAnnotation })
        {
            IReadOnlyList<string> names = ListAnnotation(pod.Metadata, annotation);
            if (names.Count == 0 && inNamespace is not null)
            {
                names = ListAnnotation(inNamespace.Metadata, annotation);
            }

            foreach (string name in names)
            {
                if (InternetPrefix.TryParse(name, out InternetPrefix cidr))
                {
                    requested.Add(cidr);
                }
                else if (pools.FirstOrDefault(pool => pool.Name == name) is { } pool)
                {
                    requested.Add(pool.Cidr);
                }
                else
                {
                    return null;
                }
            }
        }

        return requested;
    }

    /// <summary>The first annotation of the CNI plugin's that does not say what it must, or null.</summary>
    public static string? MalformedAnnotation(ObjectMetadata metadata)
    {
        foreach (string name in new[] { FixedAddressesAnnotation, FixedAddressesWithoutIpamAnnotation, FloatingAddressesAnnotation })
        {
            if (IsMalformed(metadata, name) || !ListAnnotation(metadata, name).All(text => InternetAddress.TryParse(text, out _)))
            {
                return name;
            }
        }

        return IsMalformed(metadata, PoolsAnnotation) ? PoolsAnnotation
            : IsMalformed(metadata, IPv6PoolsAnnotation) ? IPv6PoolsAnnotation
            : IsMalformed(metadata, SourcePrefixesAnnotation)
                || !ListAnnotation(metadata, SourcePrefixesAnnotation).All(text => InternetPrefix.TryParse(text, out _)) ? SourcePrefixesAnnotation
            : null;
    }

    /// <summary>There is something that is no list, or an empty one written otherwise than as `[]`.</summary>
    private static bool IsMalformed(ObjectMetadata metadata, string name) =>
        metadata.Annotations[name] is { Length: > 0 } text && ListAnnotation(metadata, name).Count == 0
        && text.Replace(" ", string.Empty, StringComparison.Ordinal) != "[]";

    private static LabelSet Inherited(ObjectMetadata metadata, string prefix) => LabelSet.From(
    [
        .. metadata.Labels.Select(label => KeyValuePair.Create(prefix + label.Key, label.Value)),
        KeyValuePair.Create(prefix + WellKnownLabels.Name, metadata.Name),
    ]);

    /// <summary>The pod's floating addresses, each with its own of that family.</summary>
    public static (InternetAddress External, InternetAddress Internal)[] FloatingAddressesOf(Pod pod) =>
    [
        .. ListAnnotation(pod.Metadata, FloatingAddressesAnnotation)
            .Where(text => InternetAddress.TryParse(text, out _))
            .Select(text => InternetAddress.Parse(text))
            .Where(external => pod.Addresses.Any(address => address.Family == external.Family))
            .Select(external => (external, pod.Addresses.First(address => address.Family == external.Family))),
    ];

    private static InternetPrefix[] SourcePrefixes(Pod pod) =>
    [
        .. ListAnnotation(pod.Metadata, SourcePrefixesAnnotation)
            .Where(text => InternetPrefix.TryParse(text, out _))
            .Select(text => InternetPrefix.Parse(text)),
    ];

    private static string Escape(string name) => name.Replace("-", "--", StringComparison.Ordinal);
}
