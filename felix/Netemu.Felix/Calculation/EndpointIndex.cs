using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;

namespace Netemu.Felix.Calculation;

/// <summary>
/// What every Felix computes alike about the endpoints and network sets of the whole cluster: their labels with those of
/// their profiles, and the members of IP sets. A graph on its own has an index on its own; the graphs of one emulation share
/// one, so that a thousand nodes do not keep a thousand copies of thirty thousand endpoints. A node sees of it what concerns
/// its own endpoints and the sets that it uses.
/// </summary>
public sealed class EndpointIndex
{
    private readonly LabelInheritance _labels;
    private readonly IPSetMemberIndex _members = new();

    public EndpointIndex() => _labels = new LabelInheritance(_members);

    /// <summary>Selector evaluations so far.</summary>
    public long Evaluations => _members.Evaluations;

    /// <summary>True for the kinds that this index takes instead of a node's graph.</summary>
    public static bool Takes(ResourceKind kind) => kind is ResourceKind.Pod or ResourceKind.WorkloadEndpoint or ResourceKind.HostEndpoint
        or ResourceKind.NetworkSet or ResourceKind.GlobalNetworkSet or ResourceKind.EndpointSlice;

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
            default:
                if (ProfileOf(key, value) is var (name, profile) && name.Length > 0)
                {
                    _labels.UpdateProfile(name, profile?.LabelsToApply ?? LabelSet.Empty);
                }

                break;
        }
    }

    /// <summary>The profile that a resource is or stands for, by name; an empty name for every other resource.</summary>
    internal static (string Name, Profile? Value) ProfileOf(ResourceKey key, Resource? value) => key.Kind switch
    {
        ResourceKind.Profile => (key.Name, value as Profile),
        ResourceKind.Namespace => (
            Profile.NamespaceNamePrefix + key.Name, value is KubernetesNamespace ns ? WorkloadEndpoints.ProfileOf(ns) : null),
        ResourceKind.ServiceAccount => (
            $"{Profile.ServiceAccountNamePrefix}{key.Namespace}.{key.Name}",
            value is ServiceAccount account ? WorkloadEndpoints.ProfileOf(account) : null),
        _ => (string.Empty, null),
    };

    internal IndexSubscription Subscribe(string node, ILocalEndpointListener endpoints, ICalculationOutput output, bool waits)
    {
        IndexSubscription subscription = new(this, node, endpoints, output, waits);
        _labels.Subscribe(subscription);
        return subscription;
    }

    /// <summary>The node is gone: it hears of nothing any more.</summary>
    internal void Unsubscribe(IndexSubscription subscription)
    {
        _labels.Unsubscribe(subscription);
        _members.Unsubscribe(subscription);
    }

    internal void Activate(IndexSubscription subscription, IPSetKey set) => _members.Activate(subscription, set);

    internal void Deactivate(IndexSubscription subscription, IPSetKey set) => _members.Deactivate(subscription, set);

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
            prefixes[i] = new InternetPrefix(addresses[i], addresses[i].IsIPv4 ? 32 : 128);
        }

        return prefixes;
    }
}
