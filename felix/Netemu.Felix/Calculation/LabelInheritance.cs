using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Gives every endpoint its own labels over those of its profiles, and hands changes on: to the node that the endpoint is
/// on, for policies, and to the index of IP sets. A profile's label change touches the endpoints that name it and no others.
/// </summary>
internal sealed class LabelInheritance(IPSetMemberIndex members, PolicyIndex policies)
{
    private readonly Dictionary<string, List<IndexSubscription>> _subscriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<ResourceKey>> _byNode = new(StringComparer.Ordinal);
    private readonly Dictionary<ResourceKey, LabelledEndpoint> _endpoints = [];
    private readonly Dictionary<string, LabelSet> _profileLabels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<ResourceKey>> _users = new(StringComparer.Ordinal);

    public void UpdateEndpoint(ResourceKey key, LabelledEndpoint? endpoint)
    {
        if (_endpoints.Remove(key, out LabelledEndpoint? before))
        {
            foreach (string profile in before.Profiles)
            {
                if (_users.TryGetValue(profile, out HashSet<ResourceKey>? users) && users.Remove(key) && users.Count == 0)
                {
                    _users.Remove(profile);
                }
            }
        }

        if (before is { Policed: not null } && before.Node != endpoint?.Node)
        {
            _byNode[before.Node].Remove(key);
            policies.RemoveEndpoint(key);
            foreach (IndexSubscription subscription in SubscriptionsOf(before.Node))
            {
                subscription.OnEndpoint(key, null);
            }
        }

        if (endpoint is null)
        {
            if (before is not null)
            {
                members.RemoveEndpoint(key);
            }

            return;
        }

        if (endpoint.Policed is not null)
        {
            if (!_byNode.TryGetValue(endpoint.Node, out SortedSet<ResourceKey>? there))
            {
                there = [];
                _byNode.Add(endpoint.Node, there);
            }

            there.Add(key);
        }

        _endpoints.Add(key, endpoint);
        foreach (string profile in endpoint.Profiles)
        {
            if (!_users.TryGetValue(profile, out HashSet<ResourceKey>? users))
            {
                users = [];
                _users.Add(profile, users);
            }

            users.Add(key);
        }

        Publish(key, endpoint);
    }

    public void UpdateProfile(string name, LabelSet labels)
    {
        if (_profileLabels.GetValueOrDefault(name, LabelSet.Empty).Equals(labels))
        {
            return;
        }

        if (labels.Count == 0)
        {
            _profileLabels.Remove(name);
        }
        else
        {
            _profileLabels[name] = labels;
        }

        if (_users.TryGetValue(name, out HashSet<ResourceKey>? users))
        {
            foreach (ResourceKey key in users)
            {
                Publish(key, _endpoints[key]);
            }
        }
    }

    /// <summary>A node wants to know of its endpoints: those that are there already, and every change from now on.</summary>
    public void Subscribe(IndexSubscription subscription)
    {
        if (!_subscriptions.TryGetValue(subscription.Node, out List<IndexSubscription>? known))
        {
            known = [];
            _subscriptions.Add(subscription.Node, known);
        }

        bool isFirst = known.Count == 0;
        known.Add(subscription);
        foreach (ResourceKey key in _byNode.TryGetValue(subscription.Node, out SortedSet<ResourceKey>? present) ? present : [])
        {
            subscription.OnEndpoint(key, _endpoints[key]);
            if (isFirst)
            {
                policies.UpdateEndpoint(key, known, LabelsOf(_endpoints[key]));
            }
            else
            {
                policies.Replay(subscription, key);
            }
        }
    }

    /// <summary>Which policies select the endpoints of a node is asked only while the node listens.</summary>
    public void Unsubscribe(IndexSubscription subscription)
    {
        if (_subscriptions.GetValueOrDefault(subscription.Node) is not { } known || !known.Remove(subscription) || known.Count > 0)
        {
            return;
        }

        foreach (ResourceKey key in _byNode.TryGetValue(subscription.Node, out SortedSet<ResourceKey>? present) ? present : [])
        {
            policies.RemoveEndpoint(key);
        }
    }

    /// <summary>Tells the nodes of a profile's endpoints that the profile has changed, each once.</summary>
    public void TellOfProfile(string name)
    {
        if (!_users.TryGetValue(name, out HashSet<ResourceKey>? users))
        {
            return;
        }

        HashSet<string> told = new(StringComparer.Ordinal);
        foreach (ResourceKey key in users)
        {
            if (_endpoints[key] is { Policed: not null } endpoint && told.Add(endpoint.Node))
            {
                SubscriptionsOf(endpoint.Node).ForEach(subscription => subscription.OnProfile(name));
            }
        }
    }

    private List<IndexSubscription> SubscriptionsOf(string node) => _subscriptions.GetValueOrDefault(node) ?? [];

    private LabelSet LabelsOf(LabelledEndpoint endpoint)
    {
        LabelSet labels = endpoint.OwnLabels;
        foreach (string profile in endpoint.Profiles)
        {
            labels = _profileLabels.TryGetValue(profile, out LabelSet? inherited) ? labels.Over(inherited) : labels;
        }

        return labels;
    }

    private void Publish(ResourceKey key, LabelledEndpoint endpoint)
    {
        LabelSet labels = LabelsOf(endpoint);
        if (endpoint.Policed is not null && SubscriptionsOf(endpoint.Node) is { Count: > 0 } node)
        {
            node.ForEach(subscription => subscription.OnEndpoint(key, endpoint));
            policies.UpdateEndpoint(key, node, labels);
        }

        members.UpdateEndpoint(key, endpoint, labels);
    }
}
