using System;
using System.Collections.Generic;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Which policy selects which endpoint: the label index of policies' selectors against the endpoints of the nodes that
/// listen. A node hears of the policies that select an endpoint of its own and of no others, so that a policy costs the
/// nodes that it concerns. Policies with one selector share its entry in the index.
/// </summary>
internal sealed class PolicyIndex : ILabelIndexListener<ResourceKey>
{
    private readonly LabelIndex<ResourceKey> _index;
    private readonly Dictionary<ResourceKey, ScannedPolicy> _policies = [];
    private readonly Dictionary<Selector, SortedSet<ResourceKey>> _bySelector = [];
    private readonly Dictionary<ResourceKey, List<IndexSubscription>> _nodes = [];
    private readonly Dictionary<string, ScannedProfile> _profiles = new(StringComparer.Ordinal);

    public PolicyIndex() => _index = new LabelIndex<ResourceKey>(this);

    /// <summary>How often a policy's selector has been tried on an endpoint.</summary>
    public long Evaluations => _index.Evaluations;

    /// <summary>An endpoint is on the node of these subscriptions, with these labels.</summary>
    public void UpdateEndpoint(ResourceKey key, List<IndexSubscription> node, LabelSet labels)
    {
        _nodes[key] = node;
        _index.UpdateItem(key, labels);
    }

    public void RemoveEndpoint(ResourceKey key)
    {
        _index.RemoveItem(key);
        _nodes.Remove(key);
    }

    /// <summary>Tells a subscription of the policies that select an endpoint already.</summary>
    public void Replay(IndexSubscription subscription, ResourceKey endpoint)
    {
        foreach (Selector selector in _index.SelectorsOf(endpoint))
        {
            foreach (ResourceKey policy in _bySelector[selector])
            {
                subscription.OnMatch(_policies[policy], endpoint, isStarted: true);
            }
        }
    }

    public void UpdatePolicy(ResourceKey key, Policy? policy)
    {
        _policies.TryGetValue(key, out ScannedPolicy? before);
        if (before is not null && policy is not null && before.Policy.Selector.Equals(policy.Selector))
        {
            Replace(new ScannedPolicy(policy));
            return;
        }

        if (before is not null)
        {
            Remove(before);
        }

        if (policy is not null)
        {
            Add(new ScannedPolicy(policy));
        }
    }

    public void UpdateProfile(string name, Profile? profile)
    {
        if (profile is null)
        {
            _profiles.Remove(name);
        }
        else
        {
            _profiles[name] = new ScannedProfile(name, profile);
        }
    }

    public ScannedProfile ProfileOf(string name) => _profiles.GetValueOrDefault(name) ?? new ScannedProfile(name, null);

    public void OnMatchStarted(Selector selector, ResourceKey item)
    {
        foreach (ResourceKey policy in _bySelector[selector])
        {
            Tell(_policies[policy], item, isStarted: true);
        }
    }

    public void OnMatchStopped(Selector selector, ResourceKey item)
    {
        foreach (ResourceKey policy in _bySelector[selector])
        {
            Tell(_policies[policy], item, isStarted: false);
        }
    }

    private void Add(ScannedPolicy policy)
    {
        ResourceKey key = policy.Policy.Key;
        Selector selector = policy.Policy.Selector;
        _policies.Add(key, policy);
        if (_bySelector.TryGetValue(selector, out SortedSet<ResourceKey>? shared))
        {
            shared.Add(key);
            foreach (ResourceKey endpoint in _index.MatchesOf(selector))
            {
                Tell(policy, endpoint, isStarted: true);
            }

            return;
        }

        _bySelector.Add(selector, [key]);
        _index.AddSelector(selector);
    }

    private void Remove(ScannedPolicy policy)
    {
        ResourceKey key = policy.Policy.Key;
        Selector selector = policy.Policy.Selector;
        SortedSet<ResourceKey> shared = _bySelector[selector];
        if (shared.Count == 1)
        {
            _index.RemoveSelector(selector);
            _bySelector.Remove(selector);
        }
        else
        {
            shared.Remove(key);
            foreach (ResourceKey endpoint in _index.MatchesOf(selector))
            {
                Tell(policy, endpoint, isStarted: false);
            }
        }

        _policies.Remove(key);
    }

    /// <summary>Other rules for the same endpoints: each node that has one of them hears of it once.</summary>
    private void Replace(ScannedPolicy policy)
    {
        _policies[policy.Policy.Key] = policy;
        HashSet<List<IndexSubscription>> told = [];
        foreach (ResourceKey endpoint in _index.MatchesOf(policy.Policy.Selector))
        {
            List<IndexSubscription> node = _nodes[endpoint];
            if (told.Add(node))
            {
                node.ForEach(subscription => subscription.OnPolicy(policy));
            }
        }
    }

    private void Tell(ScannedPolicy policy, ResourceKey endpoint, bool isStarted)
    {
        foreach (IndexSubscription subscription in _nodes[endpoint])
        {
            subscription.OnMatch(policy, endpoint, isStarted);
        }
    }
}
