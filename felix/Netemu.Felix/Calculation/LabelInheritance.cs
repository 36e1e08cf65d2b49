using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Gives every endpoint its own labels over those of its profiles, and hands changes to the two indexes: policies against
/// local endpoints, and IP sets against all. A profile's label change touches the endpoints that name it and no others.
/// </summary>
internal sealed class LabelInheritance(ActiveRulesCalculator activeRules, IPSetMemberIndex members)
{
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

        if (endpoint is null)
        {
            if (before is not null)
            {
                activeRules.RemoveEndpoint(key);
                members.RemoveEndpoint(key);
            }

            return;
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

    private void Publish(ResourceKey key, LabelledEndpoint endpoint)
    {
        LabelSet labels = endpoint.OwnLabels;
        foreach (string profile in endpoint.Profiles)
        {
            labels = _profileLabels.TryGetValue(profile, out LabelSet? inherited) ? labels.Over(inherited) : labels;
        }

        activeRules.UpdateEndpoint(key, endpoint, labels);
        members.UpdateEndpoint(key, endpoint, labels);
    }
}
