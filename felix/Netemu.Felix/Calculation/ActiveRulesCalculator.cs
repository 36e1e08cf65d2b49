using System;
using System.Collections.Generic;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Finds the policies and profiles that some endpoint of this node needs: the label index of policies' selectors against
/// local endpoints. A policy that matches no local endpoint costs nothing further. Policies with one selector share its
/// entry in the index.
/// </summary>
internal sealed class ActiveRulesCalculator : ILabelIndexListener<ResourceKey>
{
    private readonly LabelIndex<ResourceKey> _index;
    private readonly Dictionary<ResourceKey, Policy> _policies = [];
    private readonly Dictionary<Selector, SortedSet<ResourceKey>> _bySelector = [];
    private readonly Dictionary<ResourceKey, int> _matches = [];
    private readonly Dictionary<string, Profile> _profiles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _profileUsers = new(StringComparer.Ordinal);
    private readonly Dictionary<ResourceKey, IReadOnlyList<string>> _endpointProfiles = [];
    private readonly RuleScanner _scanner;
    private readonly PolicyResolver _resolver;

    public ActiveRulesCalculator(RuleScanner scanner, PolicyResolver resolver)
    {
        _scanner = scanner;
        _resolver = resolver;
        _index = new LabelIndex<ResourceKey>(this);
    }

    /// <summary>How often a policy's selector has been tried on an endpoint.</summary>
    public long Evaluations => _index.Evaluations;

    public void UpdateEndpoint(ResourceKey key, LabelledEndpoint endpoint, LabelSet labels)
    {
        ReplaceProfiles(key, endpoint.Profiles);
        _resolver.UpdateEndpoint(key, endpoint.Policed!);
        _index.UpdateItem(key, labels);
    }

    public void RemoveEndpoint(ResourceKey key)
    {
        _index.RemoveItem(key);
        ReplaceProfiles(key, []);
        _resolver.RemoveEndpoint(key);
    }

    public void UpdatePolicy(ResourceKey key, Policy? policy)
    {
        _policies.TryGetValue(key, out Policy? before);
        if (before is not null && policy is not null && before.Selector.Equals(policy.Selector))
        {
            _policies[key] = policy;
            _resolver.UpdatePolicy(key, policy);
            if (_matches.ContainsKey(key))
            {
                _scanner.PolicyActive(policy);
            }

            return;
        }

        if (before is not null)
        {
            RemovePolicy(before);
        }

        if (policy is not null)
        {
            AddPolicy(policy);
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
            _profiles[name] = profile;
        }

        if (_profileUsers.ContainsKey(name))
        {
            PublishProfile(name);
        }
    }

    public void OnMatchStarted(Selector selector, ResourceKey item)
    {
        foreach (ResourceKey policy in _bySelector[selector])
        {
            StartMatch(_policies[policy], item);
        }
    }

    public void OnMatchStopped(Selector selector, ResourceKey item)
    {
        foreach (ResourceKey policy in _bySelector[selector])
        {
            StopMatch(_policies[policy], item);
        }
    }

    private void AddPolicy(Policy policy)
    {
        _policies.Add(policy.Key, policy);
        _resolver.UpdatePolicy(policy.Key, policy);
        if (_bySelector.TryGetValue(policy.Selector, out SortedSet<ResourceKey>? shared))
        {
            shared.Add(policy.Key);
            foreach (ResourceKey endpoint in _index.MatchesOf(policy.Selector))
            {
                StartMatch(policy, endpoint);
            }

            return;
        }

        _bySelector.Add(policy.Selector, [policy.Key]);
        _index.AddSelector(policy.Selector);
    }

    private void RemovePolicy(Policy policy)
    {
        SortedSet<ResourceKey> shared = _bySelector[policy.Selector];
        if (shared.Count == 1)
        {
            _index.RemoveSelector(policy.Selector);
            _bySelector.Remove(policy.Selector);
        }
        else
        {
            shared.Remove(policy.Key);
            foreach (ResourceKey endpoint in _index.MatchesOf(policy.Selector))
            {
                StopMatch(policy, endpoint);
            }
        }

        _policies.Remove(policy.Key);
        _resolver.UpdatePolicy(policy.Key, null);
    }

    private void StartMatch(Policy policy, ResourceKey endpoint)
    {
        int count = _matches.GetValueOrDefault(policy.Key);
        _matches[policy.Key] = count + 1;
        if (count == 0)
        {
            _scanner.PolicyActive(policy);
        }

        _resolver.MatchStarted(policy.Key, endpoint);
    }

    private void StopMatch(Policy policy, ResourceKey endpoint)
    {
        _resolver.MatchStopped(policy.Key, endpoint);
        if (--_matches[policy.Key] == 0)
        {
            _matches.Remove(policy.Key);
            _scanner.PolicyInactive(policy.Key);
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
                PublishProfile(name);
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
                _scanner.ProfileInactive(name);
            }
        }
    }

    /// <summary>A profile that does not exist has no rules: it allows nothing.</summary>
    private void PublishProfile(string name) => _scanner.ProfileActive(
        name, _profiles.TryGetValue(name, out Profile? profile) ? profile : new Profile(new ObjectMetadata(name)));
}
