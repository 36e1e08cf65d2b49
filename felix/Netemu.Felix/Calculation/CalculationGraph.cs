using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;
using Netemu.Felix.Sequencing;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Felix's calculation graph for one node: store updates in, data plane messages out. Updates are cheap and may come in any
/// order; <see cref="Flush"/> sends what has changed on balance. The messages depend on the current resources only, however
/// they came about, and references to what does not exist (yet, or any more) are no error.
/// <code>
///   Update -- endpoints, sets --&gt; LabelInheritance --&gt; ActiveRulesCalculator --&gt; RuleScanner --&gt; IPSetMemberIndex
///    |            profiles ---------^   |                    ^   |  |                                   ^   |
///    |            policies -------------+--------------------+   |  +-- policies, profiles --+          |   |
///    |            tiers ------------&gt; PolicyResolver &lt;-----------+                          |          |   |
///    |                                  |  endpoints                                        v          |   v
///    +-- nodes, pools, blocks --&gt; L3RouteResolver -- routes, tunnels --------------&gt; EventSequencer &lt;---+ members
///    +-- endpoint slices ----------------------------------------------------------------------------&gt;--+
/// </code>
/// </summary>
public sealed class CalculationGraph
{
    private readonly string _node;
    private readonly EventSequencer _sequencer;
    private readonly IPSetMemberIndex _members;
    private readonly PolicyResolver _resolver;
    private readonly ActiveRulesCalculator _activeRules;
    private readonly LabelInheritance _labels;
    private readonly L3RouteResolver _routes;
    private readonly FelixConfiguration _defaults = new(new ObjectMetadata("default"));
    private FelixConfiguration? _clusterConfiguration;
    private FelixConfiguration? _nodeConfiguration;

    public CalculationGraph(string node, IDataplaneMessageSink sink)
    {
        _node = node;
        _sequencer = new EventSequencer(sink);
        _members = new IPSetMemberIndex(_sequencer);
        _resolver = new PolicyResolver(_sequencer);
        _activeRules = new ActiveRulesCalculator(new RuleScanner(_members, _sequencer), _resolver);
        _labels = new LabelInheritance(_activeRules, _members);
        _routes = new L3RouteResolver(node, _sequencer);
        foreach (Tier tier in Tier.BuiltIn)
        {
            _resolver.UpdateTier(tier.Name, tier);
        }

        UpdateProfile(Profile.DefaultAllowName, null);
        _sequencer.OnConfiguration(_defaults);
    }

    /// <summary>Selector evaluations so far: the graph's work, for tests and benchmarks.</summary>
    public long Evaluations => _activeRules.Evaluations + _members.Evaluations;

    /// <summary>True while updates wait for the next flush.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Takes all events of a watch.</summary>
    public void Update(IEnumerable<StoreEvent> events)
    {
        foreach (StoreEvent change in events)
        {
            Update(change.Key, change.Value);
        }
    }

    /// <summary>Takes the new value of a resource, or null for one that is gone.</summary>
    public void Update(ResourceKey key, Resource? value)
    {
        IsDirty = true;
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
            case ResourceKind.Profile:
                UpdateProfile(key.Name, value as Profile);
                break;
            case ResourceKind.Namespace:
                UpdateProfile(
                    Profile.NamespaceNamePrefix + key.Name,
                    value is KubernetesNamespace ns ? WorkloadEndpoints.ProfileOf(ns) : null);
                break;
            case ResourceKind.ServiceAccount:
                UpdateProfile(
                    $"{Profile.ServiceAccountNamePrefix}{key.Namespace}.{key.Name}",
                    value is ServiceAccount account ? WorkloadEndpoints.ProfileOf(account) : null);
                break;
            case ResourceKind.NetworkPolicy or ResourceKind.GlobalNetworkPolicy:
                _activeRules.UpdatePolicy(key, value is NetworkPolicy policy ? PolicyConversion.Convert(policy) : null);
                break;
            case ResourceKind.KubernetesNetworkPolicy:
                _activeRules.UpdatePolicy(
                    key, value is KubernetesNetworkPolicy kubernetes ? KubernetesPolicyConversion.Convert(kubernetes) : null);
                break;
            case ResourceKind.Tier:
                _resolver.UpdateTier(key.Name, value as Tier ?? Tier.BuiltIn.FirstOrDefault(tier => tier.Name == key.Name));
                break;
            case ResourceKind.EndpointSlice:
                _members.UpdateSlice(key, value as EndpointSlice);
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
            case ResourceKind.FelixConfiguration:
                UpdateConfiguration(key.Name, value as FelixConfiguration);
                break;
        }
    }

    /// <summary>Sends everything that has changed since the last flush.</summary>
    public void Flush()
    {
        IsDirty = false;
        _resolver.Flush();
        _routes.Flush();
        _sequencer.Flush();
    }

    private void UpdateWorkload(ResourceKey key, WorkloadEndpoint? endpoint)
    {
        bool isLocal = endpoint?.Node == _node;
        _routes.UpdateWorkload(key, isLocal ? endpoint!.Addresses : []);
        _labels.UpdateEndpoint(key, endpoint is null ? null : new LabelledEndpoint(
            endpoint.Metadata.Labels, endpoint.Profiles, HostPrefixes(endpoint.Addresses), endpoint.Ports)
        {
            Local = isLocal ? endpoint : null,
        });
    }

    private void UpdateHost(ResourceKey key, HostEndpoint? endpoint) =>
        _labels.UpdateEndpoint(key, endpoint is null ? null : new LabelledEndpoint(
            endpoint.Metadata.Labels, endpoint.Profiles, HostPrefixes(endpoint.ExpectedIPs), endpoint.Ports)
        {
            Local = endpoint.Node == _node ? endpoint : null,
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

    private void UpdateProfile(string name, Profile? profile)
    {
        if (profile is null && name == Profile.DefaultAllowName)
        {
            profile = Profile.DefaultAllow;
        }

        _activeRules.UpdateProfile(name, profile);
        _labels.UpdateProfile(name, profile?.LabelsToApply ?? LabelSet.Empty);
    }

    /// <summary>The node's own settings replace the cluster's as a whole.</summary>
    private void UpdateConfiguration(string name, FelixConfiguration? configuration)
    {
        if (name == "default")
        {
            _clusterConfiguration = configuration;
        }
        else if (name == "node." + _node)
        {
            _nodeConfiguration = configuration;
        }
        else
        {
            return;
        }

        _sequencer.OnConfiguration(_nodeConfiguration ?? _clusterConfiguration ?? _defaults);
    }

    private static InternetPrefix[] HostPrefixes(IReadOnlyList<InternetAddress> addresses) =>
        [.. addresses.Select(address => new InternetPrefix(address, address.IsIPv4 ? 32 : 128))];
}
