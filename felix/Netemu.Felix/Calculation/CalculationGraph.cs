using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Store;
using Netemu.Felix.Messages;
using Netemu.Felix.Sequencing;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Felix's calculation graph for one node: store updates in, data plane messages out. Updates are cheap and may come in any
/// order; <see cref="Flush"/> sends what has changed on balance. The messages depend on the current resources only, however
/// they came about, and references to what does not exist (yet, or any more) are no error.
/// <code>
///   EndpointIndex: endpoints, sets, profiles' labels --&gt; LabelInheritance --&gt; IPSetMemberIndex &lt;-- endpoint slices
///                                    own endpoints  |                          ^  |  members of active sets
///                                                   v             active sets  |  v
///   Update -- policies, profiles --&gt; ActiveRulesCalculator --&gt; RuleScanner ----+  |
///    |                                 |                        | policies        |
///    +-- tiers ------------------&gt; PolicyResolver               v                 v
///    |                                 +-- endpoints -----&gt; EventSequencer &lt;------+
///    +-- nodes, pools, blocks --&gt; L3RouteResolver -- routes, tunnels --^
/// </code>
/// </summary>
public sealed class CalculationGraph : ILocalEndpointListener
{
    private readonly string _node;
    private readonly EventSequencer _sequencer;
    private readonly EndpointIndex _index;
    private readonly IndexSubscription _subscription;
    private readonly bool _isShared;
    private readonly PolicyResolver _resolver;
    private readonly ActiveRulesCalculator _activeRules;
    private readonly L3RouteResolver _routes;
    private readonly FelixConfiguration _defaults = new(new ObjectMetadata("default"));
    private FelixConfiguration? _clusterConfiguration;
    private FelixConfiguration? _nodeConfiguration;

    /// <summary>
    /// A graph for <paramref name="node"/>. With a <paramref name="shared"/> index the graph leaves endpoints to whoever
    /// feeds that index, and takes its news with the events that it gets itself.
    /// </summary>
    public CalculationGraph(string node, IDataplaneMessageSink sink, EndpointIndex? shared = null)
    {
        _node = node;
        _isShared = shared is not null;
        _index = shared ?? new EndpointIndex();
        _sequencer = new EventSequencer(sink);
        _resolver = new PolicyResolver(_sequencer);
        RuleScanner scanner = new(_sequencer);
        _activeRules = new ActiveRulesCalculator(scanner, _resolver);
        _routes = new L3RouteResolver(node, _sequencer);
        foreach (Tier tier in Tier.BuiltIn)
        {
            _resolver.UpdateTier(tier.Name, tier);
        }

        _subscription = _index.Subscribe(node, this, _sequencer, waits: _isShared);
        scanner.Sets = _subscription;
        _activeRules.UpdateProfile(Profile.DefaultAllowName, Profile.DefaultAllow);
        _sequencer.OnConfiguration(_defaults);
    }

    /// <summary>Selector evaluations so far: the graph's work, for tests and benchmarks.</summary>
    public long Evaluations => _activeRules.Evaluations + _index.Evaluations;

    /// <summary>True while updates wait for the next flush.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Takes all events of a watch.</summary>
    public void Update(IEnumerable<StoreEvent> events)
    {
        TakeNews();
        foreach (StoreEvent change in events)
        {
            Update(change.Key, change.Value);
        }
    }

    /// <summary>Takes what a shared index has learned about this node's endpoints and sets.</summary>
    public void TakeNews()
    {
        IsDirty |= _subscription.HasNews;
        _subscription.Take();
    }

    /// <summary>Takes the new value of a resource, or null for one that is gone.</summary>
    public void Update(ResourceKey key, Resource? value)
    {
        if (!_isShared)
        {
            _index.Update(key, value);
        }

        if (EndpointIndex.Takes(key.Kind))
        {
            IsDirty |= !_isShared;
            return;
        }

        IsDirty = true;
        if (EndpointIndex.ProfileOf(key, value) is { Name.Length: > 0 } profile)
        {
            _activeRules.UpdateProfile(
                profile.Name, profile.Value ?? (profile.Name == Profile.DefaultAllowName ? Profile.DefaultAllow : null));
            return;
        }

        switch (key.Kind)
        {
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

    /// <summary>The node is gone: a shared index forgets it.</summary>
    public void Detach() => _index.Unsubscribe(_subscription);

    void ILocalEndpointListener.UpdateLocalEndpoint(ResourceKey key, LabelledEndpoint endpoint, LabelSet labels)
    {
        if (endpoint.Policed is WorkloadEndpoint workload)
        {
            _routes.UpdateWorkload(key, workload.Addresses);
        }

        _activeRules.UpdateEndpoint(key, endpoint, labels);
    }

    void ILocalEndpointListener.RemoveLocalEndpoint(ResourceKey key)
    {
        _routes.UpdateWorkload(key, []);
        _activeRules.RemoveEndpoint(key);
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
}
