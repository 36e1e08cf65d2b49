using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Calculation;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Sequencing;

/// <summary>
/// Collects what the calculation graph has found out since the last flush, lets opposites cancel out, and sends the rest in
/// the order that the data plane needs: what is depended on first, and removed last.
/// <code>
///   configuration, host addresses,
///   IP sets added, members changed, policies, profiles, endpoints,
///   endpoints removed, profiles removed, policies removed, IP sets removed,
///   routes removed, tunnel endpoints removed, tunnel endpoints added, routes added
/// </code>
/// Inside each group the order is that of the keys: it depends on the state alone, not on the way there.
/// </summary>
internal sealed class EventSequencer(IDataplaneMessageSink sink) : ICalculationOutput
{
    private readonly PendingMap<string, (IPSetType Type, long Life)> _sets = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Dictionary<IPSetMember, bool>> _members = new(StringComparer.Ordinal);
    private readonly PendingMap<ResourceKey, ActivePolicyUpdate> _policies = new();
    private readonly PendingMap<string, ActiveProfileUpdate> _profiles = new(StringComparer.Ordinal);
    private readonly PendingMap<ResourceKey, DataplaneMessage> _endpoints = new();
    private readonly PendingMap<InternetPrefix, RouteUpdate> _routes = new();
    private readonly PendingMap<string, VxlanTunnelEndpointUpdate> _tunnels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemberVersion> _versions = new(StringComparer.Ordinal);
    private readonly PendingMap<string, FelixConfiguration> _configuration = new(StringComparer.Ordinal);

    private IReadOnlyList<InternetPrefix>? _serviceRanges;

    private long _lives;

    /// <summary>
    /// Each life of a set has its number: a set that goes and comes back between two flushes is sent again as a whole,
    /// because its pending members speak of an empty set.
    /// </summary>
    public void OnIPSetAdded(string id, IPSetType type, MemberVersion members)
    {
        _sets.Put(id, (type, ++_lives));
        _versions[id] = members;
    }

    public void OnIPSetRemoved(string id)
    {
        _sets.Remove(id);
        _members.Remove(id);
        _versions.Remove(id);
    }

    public void OnMember(string id, IPSetMember member, bool isAdded) => Change(id, member, isAdded);

    public void OnIPSetVersion(string id, MemberVersion members) => _versions[id] = members;

    public void OnPolicyActive(ActivePolicyUpdate policy) => _policies.Put(policy.Policy, policy);

    public void OnPolicyInactive(ResourceKey policy) => _policies.Remove(policy);

    public void OnProfileActive(ActiveProfileUpdate profile) => _profiles.Put(profile.Profile, profile);

    public void OnProfileInactive(string profile) => _profiles.Remove(profile);

    public void OnEndpoint(ResourceKey key, DataplaneMessage update) => _endpoints.Put(key, update);

    public void OnEndpointRemoved(ResourceKey key) => _endpoints.Remove(key);

    public void OnRoute(RouteUpdate route) => _routes.Put(route.Destination, route);

    public void OnRouteRemoved(InternetPrefix destination) => _routes.Remove(destination);

    public void OnTunnelEndpoint(VxlanTunnelEndpointUpdate endpoint) => _tunnels.Put(endpoint.Node, endpoint);

    public void OnTunnelEndpointRemoved(string node) => _tunnels.Remove(node);

    public void OnConfiguration(FelixConfiguration configuration) => _configuration.Put(string.Empty, configuration);

    public void OnServiceRanges(IReadOnlyList<InternetPrefix> ranges) => _serviceRanges = ranges;

    /// <summary>Sends everything that is pending.</summary>
    public void Flush()
    {
        foreach ((_, FelixConfiguration configuration) in _configuration.TakeUpdates())
        {
            sink.OnMessage(new ConfigurationUpdate(configuration));
        }

        if (_serviceRanges is { } ranges)
        {
            _serviceRanges = null;
            sink.OnMessage(new ServiceRangesUpdate(ranges));
        }

        FlushSets();
        Send(_policies.TakeUpdates());
        Send(_profiles.TakeUpdates());
        Send(_endpoints.TakeUpdates());
        foreach ((ResourceKey key, DataplaneMessage last) in _endpoints.TakeRemovals())
        {
            sink.OnMessage(last is HostEndpointUpdate ? new HostEndpointRemove(key) : new WorkloadEndpointRemove(key));
        }

        foreach ((string profile, _) in _profiles.TakeRemovals())
        {
            sink.OnMessage(new ActiveProfileRemove(profile));
        }

        foreach ((ResourceKey policy, _) in _policies.TakeRemovals())
        {
            sink.OnMessage(new ActivePolicyRemove(policy));
        }

        foreach ((string id, _) in _sets.TakeRemovals())
        {
            sink.OnMessage(new IPSetRemove(id));
        }

        FlushRoutes();
    }

    private void FlushSets()
    {
        foreach ((string id, (IPSetType type, _)) in _sets.TakeUpdates())
        {
            // What is sent whole needs no difference any more.
            _members.Remove(id);
            sink.OnMessage(new IPSetUpdate(id, type, _versions[id]));
        }

        foreach ((string id, Dictionary<IPSetMember, bool> changes) in _members)
        {
            sink.OnMessage(new IPSetDeltaUpdate(
                id,
                MembersOf(changes, true),
                MembersOf(changes, false),
                _versions[id]));
        }

        _members.Clear();
    }

    /// <summary>Those that came, or those that went, in their order.</summary>
    private static IPSetMember[] MembersOf(Dictionary<IPSetMember, bool> changes, bool isAdded)
    {
        int count = 0;
        IPSetMember[] members = new IPSetMember[changes.Count];
        foreach ((IPSetMember member, bool added) in changes)
        {
            if (added == isAdded)
            {
                members[count++] = member;
            }
        }

        System.Array.Resize(ref members, count);
        System.Array.Sort(members);
        return members;
    }

    private void FlushRoutes()
    {
        foreach ((InternetPrefix destination, _) in _routes.TakeRemovals())
        {
            sink.OnMessage(new RouteRemove(destination));
        }

        foreach ((string node, _) in _tunnels.TakeRemovals())
        {
            sink.OnMessage(new VxlanTunnelEndpointRemove(node));
        }

        Send(_tunnels.TakeUpdates());
        Send(_routes.TakeUpdates());
    }

    private void Send<TKey, TMessage>(IEnumerable<(TKey Key, TMessage Message)> updates)
        where TMessage : DataplaneMessage
    {
        foreach ((_, TMessage message) in updates)
        {
            sink.OnMessage(message);
        }
    }

    /// <summary>A change and its opposite cancel out; nothing is left of an empty difference.</summary>
    private void Change(string id, IPSetMember member, bool isAdded)
    {
        if (!_members.TryGetValue(id, out Dictionary<IPSetMember, bool>? changes))
        {
            changes = [];
            _members.Add(id, changes);
        }

        if (changes.TryGetValue(member, out bool pending) && pending != isAdded)
        {
            changes.Remove(member);
            if (changes.Count == 0)
            {
                _members.Remove(id);
            }
        }
        else
        {
            changes[member] = isAdded;
        }
    }
}
