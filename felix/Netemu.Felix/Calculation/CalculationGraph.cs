using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;
using Netemu.Felix.Sequencing;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Felix's calculation graph for one node: store updates in, data plane messages out. Updates are cheap and may come in any
/// order; <see cref="Flush"/> sends what has changed on balance. The messages depend on the current resources only, however
/// they came about, and references to what does not exist (yet, or any more) are no error.
/// <code>
///   ClusterIndex: endpoints, profiles --&gt; LabelInheritance --&gt; IPSetMemberIndex &lt;-- endpoint slices
///        |                                        \-----------&gt; PolicyIndex &lt;-- policies
///        |        ClusterRoutes &lt;-- nodes, pools, blocks
///   IndexSubscription: this node's part, in order
///        |  endpoints, matches, policies, profiles         members
///        v                                                    v
///   ActiveRulesCalculator --&gt; RuleScanner --&gt; sets --&gt; EventSequencer
///        |                                                    ^
///        +---&gt; PolicyResolver (tiers) -- endpoints -----------+
///        +---&gt; L3RouteResolver -- routes, tunnels ------------+
/// </code>
/// </summary>
public sealed class CalculationGraph : INodeListener
{
    private readonly string _node;
    private readonly EventSequencer _sequencer;
    private readonly ClusterIndex _index;
    private readonly IndexSubscription _subscription;
    private readonly bool _isShared;
    private readonly PolicyResolver _resolver;
    private readonly ActiveRulesCalculator _activeRules;
    private readonly L3RouteResolver _routes;
    private FelixConfiguration? _clusterConfiguration;
    private FelixConfiguration? _nodeConfiguration;

    /// <summary>
    /// A graph for <paramref name="node"/>. With a <paramref name="shared"/> index the graph leaves endpoints to whoever
    /// feeds that index, and takes its news with the events that it gets itself.
    /// </summary>
    public CalculationGraph(string node, IDataplaneMessageSink sink, ClusterIndex? shared = null)
    {
        _node = node;
        _isShared = shared is not null;
        _index = shared ?? new ClusterIndex();
        _sequencer = new EventSequencer(sink);
        _resolver = new PolicyResolver(_sequencer);
        RuleScanner scanner = new(_sequencer);
        _activeRules = new ActiveRulesCalculator(scanner, _resolver, _index);
        _routes = new L3RouteResolver(node, _index.Routes, _sequencer);
        foreach (Tier tier in Tier.BuiltIn)
        {
            _resolver.UpdateTier(tier.Name, tier);
        }

        _subscription = _index.Subscribe(node, this, _sequencer, waits: _isShared);
        scanner.Sets = _subscription;
        _subscription.Use(IPSetNames.AllHosts);
        _subscription.Use(IPSetNames.AllVxlanHosts);
        _sequencer.OnConfiguration(_index.Defaults);
    }

    /// <summary>Selector evaluations so far: the graph's work, for tests and benchmarks.</summary>
    public long Evaluations => _index.Evaluations;

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
        IsDirty |= _subscription.HasNews || _routes.HasNews;
        _subscription.Take();
        _routes.Take();
    }

    /// <summary>Takes the new value of a resource, or null for one that is gone.</summary>
    public void Update(ResourceKey key, Resource? value)
    {
        if (!_isShared)
        {
            _index.Update(key, value);
        }

        IsDirty |= !_isShared || !ClusterIndex.Takes(key.Kind);
        switch (key.Kind)
        {
            case ResourceKind.Tier:
                _resolver.UpdateTier(key.Name, value as Tier ?? Tier.BuiltIn.FirstOrDefault(tier => tier.Name == key.Name));
                break;
            case ResourceKind.FelixConfiguration:
                UpdateConfiguration(key.Name, value as FelixConfiguration);
                break;
            case ResourceKind.BgpConfiguration when key.Name == "default":
                BgpConfiguration? bgp = value as BgpConfiguration;
                _sequencer.OnServiceRanges(
                    bgp is null ? [] : [.. bgp.ServiceClusterIPs, .. bgp.ServiceExternalIPs, .. bgp.ServiceLoadBalancerIPs]);
                break;
        }
    }

    /// <summary>Sends everything that has changed since the last flush.</summary>
    public void Flush()
    {
        IsDirty = false;
        if (!_isShared)
        {
            TakeNews();
            IsDirty = false;
        }

        _resolver.Flush();
        _routes.Flush();
        _sequencer.Flush();
    }

    /// <summary>The node is gone: a shared index forgets it.</summary>
    public void Detach()
    {
        _index.Unsubscribe(_subscription);
        _routes.Detach();
    }

    void INodeListener.OnEndpoint(ResourceKey key, LabelledEndpoint? endpoint)
    {
        if (endpoint is null)
        {
            _routes.UpdateWorkload(key, [], []);
            _activeRules.RemoveEndpoint(key);
            return;
        }

        if (endpoint.Policed is WorkloadEndpoint workload)
        {
            _routes.UpdateWorkload(key, workload.Addresses, [.. workload.Nats.Select(nat => nat.External)]);
        }

        _activeRules.UpdateEndpoint(key, endpoint);
    }

    void INodeListener.OnMatchStarted(ScannedPolicy policy, ResourceKey endpoint) => _activeRules.StartMatch(policy, endpoint);

    void INodeListener.OnMatchStopped(ScannedPolicy policy, ResourceKey endpoint) => _activeRules.StopMatch(policy, endpoint);

    void INodeListener.OnPolicy(ScannedPolicy policy) => _activeRules.UpdatePolicy(policy);

    void INodeListener.OnProfile(string name) => _activeRules.UpdateProfile(name);

    /// <summary>The node's own settings stand over the cluster's, field by field.</summary>
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

        FelixConfiguration cluster = _clusterConfiguration ?? _index.Defaults;
        FelixConfiguration inForce = _nodeConfiguration?.Over(cluster) ?? cluster;
        _sequencer.OnConfiguration(inForce);
        _routes.UpdateConfiguration(inForce);
    }
}
