using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>
/// What a node's netfilter should contain: takes the calculation graph's messages and renders chains and sets. Pure: a
/// driver asks for the difference with <see cref="TakeChange"/> and applies it, or compares the whole with what is there.
/// <code>
///   messages --&gt; policies, profiles, endpoints (dirty) --TakeChange--&gt; renderers --&gt; ChainStore --&gt; table changes
///            \-&gt; members ---------------------------------------------------------&gt; SetStore ---&gt; set changes
/// </code>
/// </summary>
public sealed class DataplaneModel : IDataplaneMessageSink
{
    private ImmutableArray<AddressFamily> _families = [AddressFamily.IPv4, AddressFamily.IPv6];

    private readonly RenderingCache _cache;
    private readonly ChainStore _chains = new();
    private readonly SetStore _sets = new();
    private readonly ClusterSets _clusterSets = new();
    private readonly SortedDictionary<ResourceKey, ActivePolicyUpdate> _policies = [];
    private readonly SortedDictionary<string, ActiveProfileUpdate> _profiles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ResourceKey, WorkloadEndpointUpdate> _workloads = [];
    private readonly SortedDictionary<ResourceKey, HostEndpointUpdate> _hosts = [];
    private readonly SortedDictionary<string, HostDevice> _devices = new(StringComparer.Ordinal);
    private readonly SortedSet<ResourceKey> _dirtyPolicies = [];
    private readonly SortedSet<string> _dirtyProfiles = new(StringComparer.Ordinal);
    private readonly SortedSet<ResourceKey> _dirtyWorkloads = [];
    private FelixConfiguration _configuration = new(new ObjectMetadata("default"));
    private IReadOnlyList<InternetPrefix> _serviceRanges = [];
    private bool _isAllDirty = true;
    private bool _areRangesDirty = true;
    private bool _isDispatchDirty = true;
    private bool _areHostsDirty = true;

    /// <summary>The nodes of one emulation share a <paramref name="cache"/>; a model on its own has one on its own.</summary>
    public DataplaneModel(RenderingCache? cache = null)
    {
        _cache = cache ?? new RenderingCache();
        foreach (string id in new[] { IPSetNames.AllPools, IPSetNames.MasqueradePools, IPSetNames.AllHosts, IPSetNames.AllVxlanHosts })
        {
            _sets.Replace(id, IPSetType.Net, MemberVersion.Of([]));
        }
    }

    public FelixConfiguration Configuration => _configuration;

    /// <summary>
    /// Whether ip6tables is written as well (ipv6Support): a host on which IPv6 is off has no use for it. Switching it on
    /// writes everything for IPv6.
    /// </summary>
    public bool HasIPv6
    {
        get => _families.Length > 1;
        set
        {
            if (value != HasIPv6)
            {
                _families = value ? [AddressFamily.IPv4, AddressFamily.IPv6] : [AddressFamily.IPv4];
                _sets.ChooseFamilies(_families);
                _isAllDirty = true;
            }
        }
    }

    /// <summary>The workloads by key, with the tiers that apply to them.</summary>
    public IReadOnlyCollection<WorkloadEndpointUpdate> Workloads => _workloads.Values;

    /// <summary>Replaces the host's devices (without workloads' and tunnels').</summary>
    public void UpdateDevices(IEnumerable<HostDevice> devices)
    {
        _devices.Clear();
        foreach (HostDevice device in devices)
        {
            _devices[device.Name] = device;
        }

        _areHostsDirty = true;
    }

    public void OnMessage(DataplaneMessage message)
    {
        switch (message)
        {
            case ConfigurationUpdate update:
                _configuration = update.Configuration;
                _isAllDirty = true;
                break;
            case ServiceRangesUpdate update:
                _serviceRanges = update.Ranges;
                _areRangesDirty = true;
                break;
            case IPSetUpdate update:
                _sets.Replace(update.Id, update.Type, update.Members);
                break;
            case IPSetDeltaUpdate update:
                _sets.Change(update.Id, update.Added, update.Removed, update.Members);
                break;
            case IPSetRemove remove:
                _sets.Remove(remove.Id);
                break;
            case ActivePolicyUpdate update:
                UpdatePolicy(update.Policy, update);
                break;
            case ActivePolicyRemove remove:
                UpdatePolicy(remove.Policy, null);
                break;
            case ActiveProfileUpdate update:
                _profiles[update.Profile] = update;
                _dirtyProfiles.Add(update.Profile);
                break;
            case ActiveProfileRemove remove:
                _profiles.Remove(remove.Profile);
                _dirtyProfiles.Add(remove.Profile);
                break;
            case WorkloadEndpointUpdate update:
                UpdateWorkload(update.Key, update);
                break;
            case WorkloadEndpointRemove remove:
                UpdateWorkload(remove.Key, null);
                break;
            case HostEndpointUpdate update:
                _hosts[update.Key] = update;
                _areHostsDirty = true;
                break;
            case HostEndpointRemove remove:
                _hosts.Remove(remove.Key);
                _areHostsDirty = true;
                break;
            default:
                _clusterSets.OnMessage(message);
                break;
        }
    }

    /// <summary>The chains of a table that should be there, by name.</summary>
    public IReadOnlyList<Chain> ChainsOf(TableKey table)
    {
        Render();
        return _chains.ChainsOf(table);
    }

    /// <summary>The sets of a family that should be there, by name.</summary>
    public IReadOnlyList<RenderedSet> SetsOf(AddressFamily family)
    {
        _clusterSets.Flush(_sets);
        return _families.Contains(family) ? _sets.SetsOf(family) : [];
    }

    /// <summary>The rules at the start of a built-in chain.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<ChainRule>>> Hooks(TableKey table) =>
        new StaticRenderer(table.Family, _configuration).Hooks(table.Table);

    /// <summary>The rules at the end of a built-in chain.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<ChainRule>>> Appended(TableKey table) =>
        new StaticRenderer(table.Family, _configuration).Appended(table.Table);

    /// <summary>The difference since the last call.</summary>
    public DataplaneChange TakeChange()
    {
        Render();
        (IReadOnlyList<SetChange> sets, IReadOnlyList<string> removedSets) = _sets.TakeChanges();
        return new DataplaneChange(sets, _chains.TakeChanges(), removedSets);
    }

    private void UpdatePolicy(ResourceKey key, ActivePolicyUpdate? update)
    {
        _policies.TryGetValue(key, out ActivePolicyUpdate? before);
        if (before?.Selector != update?.Selector)
        {
            // Group chains follow the selectors of neighbours.
            _dirtyWorkloads.UnionWith(_workloads.Values.Where(workload => Uses(workload, key)).Select(workload => workload.Key));
            _areHostsDirty |= _hosts.Count > 0;
        }

        if (update is null)
        {
            _policies.Remove(key);
        }
        else
        {
            _policies[key] = update;
        }

        _dirtyPolicies.Add(key);
    }

    private static bool Uses(WorkloadEndpointUpdate workload, ResourceKey policy) =>
        workload.Tiers.Any(tier => tier.Ingress.Contains(policy) || tier.Egress.Contains(policy));

    private void UpdateWorkload(ResourceKey key, WorkloadEndpointUpdate? update)
    {
        _workloads.TryGetValue(key, out WorkloadEndpointUpdate? before);
        _isDispatchDirty |= before?.Endpoint.InterfaceName != update?.Endpoint.InterfaceName
            || before?.Endpoint.Nats.Count > 0 || update?.Endpoint.Nats.Count > 0
            || before?.Endpoint.AllowSpoofedSourcePrefixes.Count > 0 || update?.Endpoint.AllowSpoofedSourcePrefixes.Count > 0;
        if (update is null)
        {
            _workloads.Remove(key);
        }
        else
        {
            _workloads[key] = update;
        }

        _dirtyWorkloads.Add(key);
    }

    private void Render()
    {
        _clusterSets.Flush(_sets);
        if (_isAllDirty)
        {
            _dirtyPolicies.UnionWith(_policies.Keys);
            _dirtyProfiles.UnionWith(_profiles.Keys);
            _dirtyWorkloads.UnionWith(_workloads.Keys);
            _isDispatchDirty = true;
            _areHostsDirty = true;
            _areRangesDirty = true;
            _chains.Replace("static", [.. _families.SelectMany(family => _cache.StaticChainsOf(_configuration, family))]);
        }

        if (_areHostsDirty)
        {
            // What host endpoints use is rendered into mangle as well.
            _dirtyPolicies.UnionWith(_policies.Keys);
            _dirtyProfiles.UnionWith(_profiles.Keys);
        }

        foreach (ResourceKey key in _dirtyPolicies)
        {
            _chains.Replace($"policy {key}", _policies.TryGetValue(key, out ActivePolicyUpdate? policy) ? PolicyChains(policy) : []);
        }

        foreach (string name in _dirtyProfiles)
        {
            _chains.Replace($"profile {name}", _profiles.TryGetValue(name, out ActiveProfileUpdate? profile) ? ProfileChains(profile) : []);
        }

        foreach (ResourceKey key in _dirtyWorkloads)
        {
            _chains.Replace($"workload {key}", _workloads.TryGetValue(key, out WorkloadEndpointUpdate? workload) ? WorkloadChains(workload) : []);
        }

        if (_isDispatchDirty)
        {
            _chains.Replace("dispatch", [.. _families.SelectMany(DispatchChains)]);
            _chains.Replace("nat", [.. _families.SelectMany(NatChains)]);
            _chains.Replace("sources", [.. _families.SelectMany(SourceChains)]);
        }

        if (_areRangesDirty)
        {
            _chains.Replace("services", [.. _families.SelectMany(family =>
                In(family, NetfilterTable.Filter, [new StaticRenderer(family, _configuration).CidrBlock(_serviceRanges)]))]);
        }

        if (_areHostsDirty)
        {
            HostEndpointRenderer hosts = new(_configuration, _cache, SelectorOf);
            _chains.Replace("hosts", [.. _families.SelectMany(family => hosts.Render(family, HostsByDevice()))]);
        }

        _dirtyPolicies.Clear();
        _dirtyProfiles.Clear();
        _dirtyWorkloads.Clear();
        _isAllDirty = _isDispatchDirty = _areHostsDirty = _areRangesDirty = false;
    }

    private string? SelectorOf(ResourceKey policy) =>
        _policies.TryGetValue(policy, out ActivePolicyUpdate? update) ? update.Selector : null;

    private IEnumerable<(TableKey, Chain)> NatChains(AddressFamily family) => In(
        family,
        NetfilterTable.Nat,
        new StaticRenderer(family, _configuration).Nat([.. _workloads.Values.SelectMany(workload => workload.Endpoint.Nats)]));

    private IEnumerable<(TableKey, Chain)> SourceChains(AddressFamily family) => In(
        family,
        NetfilterTable.Raw,
        [new StaticRenderer(family, _configuration).ReversePathSkip(_workloads.Values.Select(workload => workload.Endpoint))]);

    /// <summary>
    /// A policy's chains stand in the table of its stage. The egress policy of host endpoints is asked in mangle too, for
    /// the host's own packets that were DNAT-ed.
    /// </summary>
    private List<(TableKey, Chain)> PolicyChains(ActivePolicyUpdate policy)
    {
        NetfilterTable table = policy.IsUntracked ? NetfilterTable.Raw
            : policy.IsPreDnat ? NetfilterTable.Mangle
            : NetfilterTable.Filter;
        bool isAlsoInMangle = table == NetfilterTable.Filter
            && _hosts.Values.Any(host => host.Tiers.Any(tier => tier.Egress.Contains(policy.Policy)));
        return [.. _families.SelectMany(family => InTables(family, table, isAlsoInMangle, RenderingCache.ChainsOf(policy, _configuration, family)))];
    }

    private List<(TableKey, Chain)> ProfileChains(ActiveProfileUpdate profile)
    {
        bool isAlsoInMangle = _hosts.Values.Any(host => host.Endpoint.Profiles.Contains(profile.Profile));
        return
        [
            .. _families.SelectMany(family => InTables(
                family, NetfilterTable.Filter, isAlsoInMangle, RenderingCache.ChainsOf(profile, _configuration, family))),
        ];
    }

    /// <summary>The chains, which are ingress and egress, in their table, and the egress one in mangle where it is needed.</summary>
    private static IEnumerable<(TableKey, Chain)> InTables(
        AddressFamily family, NetfilterTable table, bool isAlsoInMangle, IReadOnlyList<Chain> chains) =>
        In(family, table, chains).Concat(isAlsoInMangle ? In(family, NetfilterTable.Mangle, [chains[1]]) : []);

    private List<(TableKey, Chain)> WorkloadChains(WorkloadEndpointUpdate workload) =>
    [
        .. _families.SelectMany(family => In(
            family, NetfilterTable.Filter, new EndpointRenderer(_cache.EndpointRulesOf(_configuration, family), SelectorOf).RenderWorkload(workload))),
    ];

    private IEnumerable<(TableKey, Chain)> DispatchChains(AddressFamily family)
    {
        string[] devices = [.. _workloads.Values.Select(workload => workload.Endpoint.InterfaceName).Distinct(StringComparer.Ordinal)];
        ChainRule[] unknown = [new ChainRule(RuleMatch.Any, RuleRenderer.DenyTarget(_configuration), "Unknown interface")];
        return
        [
            .. In(family, NetfilterTable.Filter, DispatchRenderer.Render(
                ChainNames.FromWorkloadDispatch, devices, isIncoming: true, ChainNames.FromWorkload, unknown)),
            .. In(family, NetfilterTable.Filter, DispatchRenderer.Render(
                ChainNames.ToWorkloadDispatch, devices, isIncoming: false, ChainNames.ToWorkload, unknown)),
        ];
    }

    /// <summary>
    /// The endpoint of each device: by name, else by an expected address; "*" stands for all others, itself under that
    /// name. Of two endpoints for one device the first by key counts.
    /// </summary>
    private SortedDictionary<string, HostEndpointUpdate> HostsByDevice()
    {
        SortedDictionary<string, HostEndpointUpdate> found = new(StringComparer.Ordinal);
        foreach (HostEndpointUpdate host in _hosts.Values)
        {
            if (host.Endpoint.InterfaceName.Length > 0)
            {
                found.TryAdd(host.Endpoint.InterfaceName, host);
                continue;
            }

            foreach (HostDevice device in _devices.Values)
            {
                if (device.Addresses.Any(host.Endpoint.ExpectedIPs.Contains))
                {
                    found.TryAdd(device.Name, host);
                }
            }
        }

        return found;
    }

    private static IEnumerable<(TableKey, Chain)> In(AddressFamily family, NetfilterTable table, IReadOnlyList<Chain> chains) =>
        chains.Select(chain => (new TableKey(family, table), chain));
}
