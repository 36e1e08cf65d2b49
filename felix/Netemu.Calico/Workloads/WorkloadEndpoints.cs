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
            Nats = FloatingAddresses(pod),
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
    public static LabelSet LabelsOf(Pod pod) => LabelSet.From(
    [
        .. pod.Metadata.Labels,
        KeyValuePair.Create(WellKnownLabels.Namespace, pod.Namespace),
        KeyValuePair.Create(WellKnownLabels.Orchestrator, WellKnownLabels.OrchestratorKubernetes),
        KeyValuePair.Create(WellKnownLabels.ServiceAccount, pod.ServiceAccountName),
    ]);

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

    /// <summary>The pools that annotations name: the pod's before its namespace's.</summary>
    public static IReadOnlyList<InternetPrefix> RequestedPools(Pod pod, KubernetesNamespace? inNamespace)
    {
        IReadOnlyList<string> names = ListAnnotation(pod.Metadata, PoolsAnnotation);
        if (names.Count == 0 && inNamespace is not null)
        {
            names = ListAnnotation(inNamespace.Metadata, PoolsAnnotation);
        }

        return [.. names.Where(text => InternetPrefix.TryParse(text, out _)).Select(text => InternetPrefix.Parse(text))];
    }

    private static LabelSet Inherited(ObjectMetadata metadata, string prefix) => LabelSet.From(
    [
        .. metadata.Labels.Select(label => KeyValuePair.Create(prefix + label.Key, label.Value)),
        KeyValuePair.Create(prefix + WellKnownLabels.Name, metadata.Name),
    ]);

    private static (InternetAddress, InternetAddress)[] FloatingAddresses(Pod pod) =>
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
