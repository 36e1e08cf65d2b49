using System.Collections.Generic;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Calculation;

/// <summary>
/// What every Felix computes alike about the whole cluster: labels with those of profiles, the members of IP sets, which
/// policy selects which endpoint, and where every prefix is. A graph on its own has an index on its own; the graphs of one
/// emulation share one, so that a thousand nodes do not keep a thousand copies of thirty thousand endpoints. A node sees of
/// it what concerns its own endpoints, the sets that it uses, and the prefixes that it has routes for.
/// </summary>
public sealed class ClusterIndex
{
    private readonly LabelInheritance _labels;
    private readonly IPSetMemberIndex _members = new();
    private readonly PolicyIndex _policies = new();
    private readonly ClusterRoutes _routes;

    public ClusterIndex()
    {
        _labels = new LabelInheritance(_members, _policies);
        _routes = new ClusterRoutes(_members);
        _members.Open(IPSetNames.AllHosts);
        _members.Open(IPSetNames.AllVxlanHosts);
        _policies.UpdateProfile(Profile.DefaultAllowName, Profile.DefaultAllow);
    }

    /// <summary>Selector evaluations so far.</summary>
    public long Evaluations => _members.Evaluations + _policies.Evaluations;

    /// <summary>What the nodes' data planes render alike.</summary>
    public RenderingCache Rendering { get; } = new();

    /// <summary>Where the cluster's prefixes are.</summary>
    internal ClusterRoutes Routes => _routes;

    /// <summary>The settings of a cluster without any; one object, so that what is rendered by them is shared as well.</summary>
    internal FelixConfiguration Defaults { get; } = new(new ObjectMetadata("default"));

    /// <summary>True for the kinds that this index takes instead of a node's graph.</summary>
    public static bool Takes(ResourceKind kind) => kind is not (ResourceKind.Tier or ResourceKind.FelixConfiguration or ResourceKind.BgpConfiguration);

    /// <summary>Takes all events of a watch.</summary>
    public void Update(IEnumerable<StoreEvent> events)
    {
        foreach (StoreEvent change in events)
        {
            Update(change.Key, change.Value);
        }
    }

    /// <summary>Takes the new value of a resource, or null for one that is gone; what does not concern it is passed over.</summary>
    public void Update(ResourceKey key, Resource? value)
    {
        switch (key.Kind)
        {
            case ResourceKind.Pod:
                UpdateWorkload(key, value is Pod pod ? WorkloadEndpoints.FromPod(pod) : null);
                break;
            case ResourceKind.WorkloadEndpoint:
                UpdateWorkload(key, value as WorkloadEndpoint);
                break;
            case ResourceKind.HostEndpoint:
                UpdateHost(key, value as HostEndpoint);
                break;
            case ResourceKind.NetworkSet or ResourceKind.GlobalNetworkSet:
                UpdateSet(key, value as NetworkSet);
                break;
            case ResourceKind.EndpointSlice:
                _members.UpdateSlice(key, value as EndpointSlice);
                break;
            case ResourceKind.NetworkPolicy or ResourceKind.GlobalNetworkPolicy:
                _policies.UpdatePolicy(key, value is NetworkPolicy policy ? PolicyConversion.Convert(policy) : null);
                break;
            case ResourceKind.KubernetesNetworkPolicy:
                _policies.UpdatePolicy(
                    key, value is KubernetesNetworkPolicy kubernetes ? KubernetesPolicyConversion.Convert(kubernetes) : null);
                break;
            case ResourceKind.KubernetesNode:
                _routes.UpdateKubernetesNode(key.Name, value as KubernetesNode);
                break;
            case ResourceKind.Node:
                _routes.UpdateNode(key.Name, value as Node);
                break;
            case ResourceKind.IPPool:
                _routes.UpdatePool(key, value as IPPool);
                break;
            case ResourceKind.IpamBlock:
                _routes.UpdateBlock(key, value as IpamBlock);
                break;
            case ResourceKind.Profile or ResourceKind.Namespace or ResourceKind.ServiceAccount:
                (string name, Profile? profile) = ProfileOf(key, value);
                UpdateProfile(name, profile ?? (name == Profile.DefaultAllowName ? Profile.DefaultAllow : null));
                break;
        }
    }

    internal IndexSubscription Subscribe(string node, INodeListener listener, ICalculationOutput output, bool waits)
    {
        IndexSubscription subscription = new(this, node, listener, output, waits);
        _labels.Subscribe(subscription);
        return subscription;
    }

    /// <summary>The node is gone: it hears of nothing any more.</summary>
    internal void Unsubscribe(IndexSubscription subscription)
    {
        _labels.Unsubscribe(subscription);
        _members.Unsubscribe(subscription);
    }

    internal MemberVersion Activate(IndexSubscription subscription, IPSetKey set) => _members.Activate(subscription, set);

    internal void Deactivate(IndexSubscription subscription, IPSetKey set) => _members.Deactivate(subscription, set);

    /// <summary>Uses a set that stands for the cluster itself and is always there.</summary>
    internal MemberVersion Use(IndexSubscription subscription, string id) => _members.Use(subscription, id);

    internal MemberVersion VersionOf(string set) => _members.VersionOf(set);

    /// <summary>The profile of that name with its rules; one that does not exist has none: it allows nothing.</summary>
    internal ScannedProfile ProfileOf(string name) => _policies.ProfileOf(name);

    /// <summary>The profile that a resource is or stands for, by name.</summary>
    private static (string Name, Profile? Value) ProfileOf(ResourceKey key, Resource? value) => key.Kind switch
    {
        ResourceKind.Profile => (key.Name, value as Profile),
        ResourceKind.Namespace => (
            Profile.NamespaceNamePrefix + key.Name, value is KubernetesNamespace ns ? WorkloadEndpoints.ProfileOf(ns) : null),
        _ => (
            $"{Profile.ServiceAccountNamePrefix}{key.Namespace}.{key.Name}",
            value is ServiceAccount account ? WorkloadEndpoints.ProfileOf(account) : null),
    };

    private void UpdateProfile(string name, Profile? profile)
    {
        _policies.UpdateProfile(name, profile);
        _labels.TellOfProfile(name);
        _labels.UpdateProfile(name, profile?.LabelsToApply ?? LabelSet.Empty);
    }

    private void UpdateWorkload(ResourceKey key, WorkloadEndpoint? endpoint) =>
        _labels.UpdateEndpoint(key, endpoint is null ? null : new LabelledEndpoint(
            endpoint.Metadata.Labels, endpoint.Profiles, HostPrefixes(endpoint.Addresses), endpoint.Ports)
        {
            Policed = endpoint,
            Node = endpoint.Node,
        });

    private void UpdateHost(ResourceKey key, HostEndpoint? endpoint) =>
        _labels.UpdateEndpoint(key, endpoint is null ? null : new LabelledEndpoint(
            endpoint.Metadata.Labels, endpoint.Profiles, HostPrefixes(endpoint.ExpectedIPs), endpoint.Ports)
        {
            Policed = endpoint,
            Node = endpoint.Node,
        });

    /// <summary>A namespaced set inherits its namespace's labels; a global one nothing.</summary>
    private void UpdateSet(ResourceKey key, NetworkSet? set)
    {
        LabelledEndpoint? endpoint = set switch
        {
            null => null,
            { Namespace: "" } => new LabelledEndpoint(set.Metadata.Labels, [], set.Nets, []),
            _ => new LabelledEndpoint(
                set.Metadata.Labels.With(WellKnownLabels.Namespace, set.Namespace),
                [Profile.NamespaceNamePrefix + set.Namespace],
                set.Nets,
                []),
        };
        _labels.UpdateEndpoint(key, endpoint);
    }

    private static InternetPrefix[] HostPrefixes(IReadOnlyList<InternetAddress> addresses)
    {
        InternetPrefix[] prefixes = new InternetPrefix[addresses.Count];
        for (int i = 0; i < prefixes.Length; i++)
        {
            prefixes[i] = InternetPrefix.Host(addresses[i]);
        }

        return prefixes;
    }
}
