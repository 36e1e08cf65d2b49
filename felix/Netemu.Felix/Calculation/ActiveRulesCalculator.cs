using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Counts which policies and profiles the endpoints of this node need: active from the first endpoint to the last. Which
/// policy selects which endpoint comes from <see cref="PolicyIndex"/>; a policy that selects none here is never heard of.
/// </summary>
internal sealed class ActiveRulesCalculator(RuleScanner scanner, PolicyResolver resolver, ClusterIndex index)
{
    private readonly Dictionary<ResourceKey, int> _matches = [];
    private readonly Dictionary<string, int> _profileUsers = new(StringComparer.Ordinal);
    private readonly Dictionary<ResourceKey, IReadOnlyList<string>> _endpointProfiles = [];

    public void UpdateEndpoint(ResourceKey key, LabelledEndpoint endpoint)
    {
        ReplaceProfiles(key, endpoint.Profiles);
        resolver.UpdateEndpoint(key, endpoint.Policed!);
    }

    public void RemoveEndpoint(ResourceKey key)
    {
        ReplaceProfiles(key, []);
        resolver.RemoveEndpoint(key);
    }

    public void StartMatch(ScannedPolicy policy, ResourceKey endpoint)
    {
        ResourceKey key = policy.Policy.Key;
        int count = _matches.GetValueOrDefault(key);
        _matches[key] = count + 1;
        if (count == 0)
        {
            UpdatePolicy(policy);
        }

        resolver.MatchStarted(key, endpoint);
    }

    public void StopMatch(ScannedPolicy policy, ResourceKey endpoint)
    {
        ResourceKey key = policy.Policy.Key;
        resolver.MatchStopped(key, endpoint);
        if (--_matches[key] == 0)
        {
            _matches.Remove(key);
            scanner.PolicyInactive(key);
            resolver.UpdatePolicy(key, null);
        }
    }

    /// <summary>A policy that selects an endpoint of this node, new or changed.</summary>
    public void UpdatePolicy(ScannedPolicy policy)
    {
        resolver.UpdatePolicy(policy.Policy.Key, policy.Policy);
        scanner.PolicyActive(policy);
    }

    public void UpdateProfile(string name)
    {
        if (_profileUsers.ContainsKey(name))
        {
            scanner.ProfileActive(name, index.ProfileOf(name));
        }
    }

    private void ReplaceProfiles(ResourceKey endpoint, IReadOnlyList<string> profiles)
    {
        _endpointProfiles.Remove(endpoint, out IReadOnlyList<string>? before);
        foreach (string name in profiles)
        {
            int users = _profileUsers.GetValueOrDefault(name);
            _profileUsers[name] = users + 1;
            if (users == 0)
            {
                scanner.ProfileActive(name, index.ProfileOf(name));
            }
        }

        if (profiles.Count > 0)
        {
            _endpointProfiles.Add(endpoint, profiles);
        }

        foreach (string name in before ?? [])
        {
            if (--_profileUsers[name] == 0)
            {
                _profileUsers.Remove(name);
                scanner.ProfileInactive(name);
            }
        }
    }
}
