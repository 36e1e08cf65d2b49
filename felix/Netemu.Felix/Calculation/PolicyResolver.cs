using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Orders the policies that select each local endpoint by tier and order. It works at the flush, on the endpoints that
/// something has changed for since the last one.
/// </summary>
internal sealed class PolicyResolver(ICalculationOutput output)
{
    private readonly Dictionary<ResourceKey, Resource> _endpoints = [];
    private readonly Dictionary<ResourceKey, HashSet<ResourceKey>> _policiesOf = [];
    private readonly Dictionary<ResourceKey, HashSet<ResourceKey>> _endpointsOf = [];
    private readonly Dictionary<ResourceKey, Policy> _policies = [];
    private readonly SortedDictionary<string, Tier> _tiers = new(StringComparer.Ordinal);
    private readonly SortedSet<ResourceKey> _dirty = [];

    public void UpdateEndpoint(ResourceKey key, Resource endpoint)
    {
        _endpoints[key] = endpoint;
        _dirty.Add(key);
    }

    public void RemoveEndpoint(ResourceKey key)
    {
        if (_endpoints.Remove(key))
        {
            _dirty.Add(key);
        }
    }

    public void UpdatePolicy(ResourceKey key, Policy? policy)
    {
        bool moved = true;
        if (policy is null)
        {
            _policies.Remove(key);
        }
        else
        {
            moved = !_policies.TryGetValue(key, out Policy? before) || !HasSamePlace(before, policy);
            _policies[key] = policy;
        }

        if (moved && _endpointsOf.TryGetValue(key, out HashSet<ResourceKey>? endpoints))
        {
            _dirty.UnionWith(endpoints);
        }
    }

    public void UpdateTier(string name, Tier? tier)
    {
        if (tier is null)
        {
            _tiers.Remove(name);
        }
        else
        {
            _tiers[name] = tier;
        }

        _dirty.UnionWith(_endpoints.Keys);
    }

    public void MatchStarted(ResourceKey policy, ResourceKey endpoint)
    {
        Add(_policiesOf, endpoint, policy);
        Add(_endpointsOf, policy, endpoint);
        _dirty.Add(endpoint);
    }

    public void MatchStopped(ResourceKey policy, ResourceKey endpoint)
    {
        Remove(_policiesOf, endpoint, policy);
        Remove(_endpointsOf, policy, endpoint);
        _dirty.Add(endpoint);
    }

    public void Flush()
    {
        foreach (ResourceKey key in _dirty)
        {
            switch (_endpoints.GetValueOrDefault(key))
            {
                case null:
                    output.OnEndpointRemoved(key);
                    break;
                case HostEndpoint host:
                    output.OnEndpoint(key, new HostEndpointUpdate(
                        key,
                        host,
                        TiersOf(key, static policy => !policy.DoNotTrack && !policy.PreDnat),
                        TiersOf(key, static policy => policy.DoNotTrack),
                        TiersOf(key, static policy => policy.PreDnat),
                        TiersOf(key, static policy => policy is { ApplyOnForward: true, DoNotTrack: false, PreDnat: false })));
                    break;
                case WorkloadEndpoint workload:
                    output.OnEndpoint(key, new WorkloadEndpointUpdate(
                        key, workload, TiersOf(key, static policy => !policy.DoNotTrack && !policy.PreDnat)));
                    break;
            }
        }

        _dirty.Clear();
    }

    private static bool HasSamePlace(Policy before, Policy after) =>
        before.Tier == after.Tier && before.Order == after.Order && before.Types == after.Types
        && before.IsStaged == after.IsStaged && before.DoNotTrack == after.DoNotTrack && before.PreDnat == after.PreDnat
        && before.ApplyOnForward == after.ApplyOnForward;

    /// <summary>
    /// The enforced policies of a stage by tier. A policy whose tier does not exist counts in no tier, and staged policies
    /// are not enforced.
    /// </summary>
    private List<EndpointTier> TiersOf(ResourceKey endpoint, Func<Policy, bool> isInStage)
    {
        if (!_policiesOf.TryGetValue(endpoint, out HashSet<ResourceKey>? keys))
        {
            return [];
        }

        List<EndpointTier> tiers = [];
        IEnumerable<IGrouping<string, Policy>> byTier = keys
            .Select(key => _policies[key])
            .Where(policy => !policy.IsStaged && isInStage(policy))
            .Order(PolicyOrder.Policies)
            .GroupBy(policy => policy.Tier, StringComparer.Ordinal);
        foreach (IGrouping<string, Policy> group in byTier)
        {
            if (_tiers.TryGetValue(group.Key, out Tier? tier))
            {
                tiers.Add(new EndpointTier(
                    tier.Name,
                    tier.DefaultAction,
                    KeysOf(group, PolicyDirection.Ingress),
                    KeysOf(group, PolicyDirection.Egress)));
            }
        }

        tiers.Sort((left, right) => PolicyOrder.Tiers.Compare(_tiers[left.Name], _tiers[right.Name]));
        return tiers;
    }

    private static ResourceKey[] KeysOf(IEnumerable<Policy> policies, PolicyDirection direction) =>
        [.. policies.Where(policy => policy.Types.HasFlag(direction)).Select(policy => policy.Key)];

    private static void Add(Dictionary<ResourceKey, HashSet<ResourceKey>> index, ResourceKey key, ResourceKey value)
    {
        if (!index.TryGetValue(key, out HashSet<ResourceKey>? values))
        {
            values = [];
            index.Add(key, values);
        }

        values.Add(value);
    }

    private static void Remove(Dictionary<ResourceKey, HashSet<ResourceKey>> index, ResourceKey key, ResourceKey value)
    {
        if (index.TryGetValue(key, out HashSet<ResourceKey>? values) && values.Remove(value) && values.Count == 0)
        {
            index.Remove(key);
        }
    }
}
