using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

/// <summary>
/// A data plane that applies messages and rendered differences as a kernel would, and insists on the order: nothing refers
/// to what is not there, nothing is removed while it is referred to, nothing is changed into what it is.
/// </summary>
internal sealed class RecordedDataplane : IDataplaneMessageSink
{
    private readonly SortedDictionary<string, SortedSet<IPSetMember>> _sets = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ResourceKey, ActivePolicyUpdate> _policies = [];
    private readonly SortedDictionary<string, ActiveProfileUpdate> _profiles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ResourceKey, DataplaneMessage> _endpoints = [];
    private readonly SortedDictionary<InternetPrefix, RouteUpdate> _routes = [];
    private readonly SortedDictionary<TableKey, SortedDictionary<string, Chain>> _tables = [];
    private readonly SortedDictionary<string, SortedSet<IPSetMember>> _kernelSets = new(StringComparer.Ordinal);

    public DataplaneModel Model { get; } = new();

    public int Messages { get; private set; }

    public IReadOnlyDictionary<string, Chain> Filter => _tables[new TableKey(AddressFamily.IPv4, NetfilterTable.Filter)];

    public IReadOnlyDictionary<InternetPrefix, RouteUpdate> Routes => _routes;

    public IReadOnlyDictionary<string, SortedSet<IPSetMember>> KernelSets => _kernelSets;

    public IReadOnlyDictionary<string, SortedSet<IPSetMember>> Sets => _sets;

    public IReadOnlyDictionary<ResourceKey, DataplaneMessage> Endpoints => _endpoints;

    public IReadOnlyDictionary<ResourceKey, ActivePolicyUpdate> Policies => _policies;

    public IReadOnlyDictionary<string, Chain> Table(NetfilterTable table) => _tables[new TableKey(AddressFamily.IPv4, table)];

    public void OnMessage(DataplaneMessage message)
    {
        Messages++;
        Model.OnMessage(message);
        switch (message)
        {
            case IPSetUpdate update:
                _sets[update.Id] = [.. update.Members.Sorted];
                break;
            case IPSetDeltaUpdate update:
                Assert.All(update.Added, member => Assert.True(_sets[update.Id].Add(member)));
                Assert.All(update.Removed, member => Assert.True(_sets[update.Id].Remove(member)));
                Assert.Equal(_sets[update.Id], update.Members.Sorted);
                break;
            case IPSetRemove remove:
                Assert.True(_sets.Remove(remove.Id));
                Assert.DoesNotContain(remove.Id, ReferredSets());
                break;
            case ActivePolicyUpdate update:
                _policies[update.Policy] = update;
                Assert.Subset(_sets.Keys.ToHashSet(), ReferredSets());
                break;
            case ActivePolicyRemove remove:
                Assert.True(_policies.Remove(remove.Policy));
                Assert.DoesNotContain(remove.Policy, ReferredPolicies());
                break;
            case ActiveProfileUpdate update:
                _profiles[update.Profile] = update;
                Assert.Subset(_sets.Keys.ToHashSet(), ReferredSets());
                break;
            case ActiveProfileRemove remove:
                Assert.True(_profiles.Remove(remove.Profile));
                break;
            case WorkloadEndpointUpdate update:
                _endpoints[update.Key] = update;
                Assert.Subset(_policies.Keys.ToHashSet(), ReferredPolicies());
                Assert.All(update.Endpoint.Profiles, profile => Assert.Contains(profile, _profiles.Keys));
                break;
            case HostEndpointUpdate update:
                _endpoints[update.Key] = update;
                Assert.Subset(_policies.Keys.ToHashSet(), ReferredPolicies());
                break;
            case WorkloadEndpointRemove remove:
                Assert.True(_endpoints.Remove(remove.Key));
                break;
            case HostEndpointRemove remove:
                Assert.True(_endpoints.Remove(remove.Key));
                break;
            case RouteUpdate update:
                _routes[update.Destination] = update;
                break;
            case RouteRemove remove:
                Assert.True(_routes.Remove(remove.Destination));
                break;
        }
    }

    /// <summary>Applies the rendered difference: set additions, each table at once, set deletions.</summary>
    public DataplaneChange ApplyRendered()
    {
        DataplaneChange change = Model.TakeChange();
        foreach (SetChange set in change.Sets)
        {
            SortedSet<IPSetMember> members = set.IsReplaced ? [] : _kernelSets[set.Name];
            Assert.All(set.Added, member => Assert.True(members.Add(member)));
            Assert.All(set.Removed, member => Assert.True(members.Remove(member)));
            _kernelSets[set.Name] = members;
        }

        foreach (TableChange table in change.Tables)
        {
            if (!_tables.TryGetValue(table.Table, out SortedDictionary<string, Chain>? chains))
            {
                chains = new SortedDictionary<string, Chain>(StringComparer.Ordinal);
                _tables.Add(table.Table, chains);
            }

            Assert.All(table.Removed, name => Assert.True(chains.Remove(name)));
            foreach (Chain chain in table.Updated)
            {
                chains[chain.Name] = chain;
            }

            foreach (ChainRule rule in chains.Values.SelectMany(chain => chain.Rules))
            {
                Assert.True(rule.Target.Chain is null || chains.ContainsKey(rule.Target.Chain), $"{table.Table}: no chain for {rule}");
                Assert.All(rule.Match.Sets, set => Assert.Contains(set.Name, _kernelSets.Keys));
            }

            Assert.All(chains.Keys, name => Assert.InRange(name.Length, 1, 28));
        }

        Assert.All(change.RemovedSets, name => Assert.True(_kernelSets.Remove(name)));
        return change;
    }

    /// <summary>Everything that is there, as text.</summary>
    public string Dump()
    {
        StringBuilder text = new();
        foreach ((TableKey table, SortedDictionary<string, Chain> chains) in _tables)
        {
            foreach (Chain chain in chains.Values)
            {
                text.AppendLine($"{table} {chain.Name}");
                chain.Rules.ToList().ForEach(rule => text.AppendLine($"  {rule} {rule.Origin}"));
            }
        }

        foreach ((string name, SortedSet<IPSetMember> members) in _kernelSets)
        {
            text.AppendLine($"{name}: {string.Join(' ', members)}");
        }

        foreach (RouteUpdate route in _routes.Values)
        {
            text.AppendLine($"{route}");
        }

        return text.ToString();
    }

    private HashSet<string> ReferredSets()
    {
        IEnumerable<ActiveRule> rules = _policies.Values.SelectMany(policy => policy.Ingress.Concat(policy.Egress))
            .Concat(_profiles.Values.SelectMany(profile => profile.Ingress.Concat(profile.Egress)));
        return [.. rules.SelectMany(rule => SetsOf(rule.Source).Concat(SetsOf(rule.Destination)))];
    }

    private static IEnumerable<string> SetsOf(EntityMatch entity) =>
        entity.IPSets.Concat(entity.NotIPSets).Concat(entity.IPPortSets).Concat(entity.NamedPortSets).Concat(entity.NotNamedPortSets);

    private HashSet<ResourceKey> ReferredPolicies() =>
    [
        .. _endpoints.Values.SelectMany(endpoint => endpoint switch
        {
            WorkloadEndpointUpdate workload => workload.Tiers,
            HostEndpointUpdate host => [.. host.Tiers, .. host.UntrackedTiers, .. host.PreDnatTiers, .. host.ForwardTiers],
            _ => [],
        }).SelectMany(tier => tier.Ingress.Concat(tier.Egress)),
    ];
}
