using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Keeps the members of the active IP sets: the label index of their selectors against all endpoints and network sets of
/// the cluster. Two endpoints may contribute one member, so members are counted. A set is active while some node uses it;
/// each of those hears of its members. Sets that stand for the cluster itself are open always.
/// </summary>
internal sealed class IPSetMemberIndex : ILabelIndexListener<ResourceKey>, IMemberOutput
{
    private readonly Dictionary<IPSetKey, ActiveSet> _active = [];
    private readonly Dictionary<string, ActiveSet> _byId = new(StringComparer.Ordinal);
    private readonly LabelIndex<ResourceKey> _index;
    private readonly Dictionary<ResourceKey, LabelledEndpoint> _endpoints = [];
    private readonly Dictionary<Selector, List<IPSetKey>> _bySelector = [];
    private readonly ServiceMemberIndex _services;

    public IPSetMemberIndex()
    {
        _services = new ServiceMemberIndex(this);
        _index = new LabelIndex<ResourceKey>(this);
    }

    /// <summary>How often an IP set's selector has been tried on an endpoint.</summary>
    public long Evaluations => _index.Evaluations;

    public void UpdateSlice(ResourceKey key, EndpointSlice? slice) => _services.UpdateSlice(key, slice);

    public void UpdateEndpoint(ResourceKey key, LabelledEndpoint endpoint, LabelSet labels)
    {
        // First what the selectors that stay gain and lose by new addresses and ports, then the selectors that change.
        if (_endpoints.TryGetValue(key, out LabelledEndpoint? before) && !HasSameMembers(before, endpoint))
        {
            foreach (Selector selector in _index.SelectorsOf(key))
            {
                foreach (IPSetKey set in _bySelector[selector])
                {
                    AddMembers(set, endpoint);
                    RemoveMembers(set, before);
                }
            }
        }

        _endpoints[key] = endpoint;
        _index.UpdateItem(key, labels);
    }

    public void RemoveEndpoint(ResourceKey key)
    {
        _index.RemoveItem(key);
        _endpoints.Remove(key);
    }

    /// <summary>A node uses a set from now on; gives the members as they are.</summary>
    public MemberVersion Activate(IndexSubscription subscription, IPSetKey set)
    {
        if (!_active.TryGetValue(set, out ActiveSet? active))
        {
            active = new ActiveSet(set.Id);
            _active.Add(set, active);
            _byId.Add(set.Id, active);
            Start(set, active);
        }

        active.Users.Add(subscription);
        return active.Version();
    }

    public void Deactivate(IndexSubscription subscription, IPSetKey set)
    {
        ActiveSet active = _active[set];
        active.Users.Remove(subscription);
        if (active.Users.Count == 0)
        {
            _active.Remove(set);
            _byId.Remove(set.Id);
            Stop(set);
        }
    }

    /// <summary>Opens a set that stands for the cluster itself.</summary>
    public void Open(string id) => _byId.Add(id, new ActiveSet(id));

    /// <summary>A node uses an open set from now on.</summary>
    public MemberVersion Use(IndexSubscription subscription, string id)
    {
        ActiveSet set = _byId[id];
        set.Users.Add(subscription);
        return set.Version();
    }

    /// <summary>The members of an active or open set as they are.</summary>
    public MemberVersion VersionOf(string id) => _byId[id].Version();

    /// <summary>A node that is gone uses nothing any more.</summary>
    public void Unsubscribe(IndexSubscription subscription)
    {
        foreach (IPSetKey set in _active.Where(pair => pair.Value.Users.Contains(subscription)).Select(pair => pair.Key).ToArray())
        {
            Deactivate(subscription, set);
        }

        foreach (ActiveSet open in _byId.Values)
        {
            open.Users.Remove(subscription);
        }
    }

    /// <summary>One more contributes a member to a set that is active or open.</summary>
    public void OnMemberAdded(string id, IPSetMember member) => _byId[id].Add(member);

    public void OnMemberRemoved(string id, IPSetMember member) => _byId[id].Remove(member);

    public void OnMatchStarted(Selector selector, ResourceKey item)
    {
        foreach (IPSetKey set in _bySelector[selector])
        {
            AddMembers(set, _endpoints[item]);
        }
    }

    public void OnMatchStopped(Selector selector, ResourceKey item)
    {
        foreach (IPSetKey set in _bySelector[selector])
        {
            RemoveMembers(set, _endpoints[item]);
        }
    }

    private void Start(IPSetKey set, ActiveSet active)
    {
        if (set.Selector is not { } selector)
        {
            _services.Activate(set);
            return;
        }

        if (_bySelector.TryGetValue(selector, out List<IPSetKey>? shared))
        {
            shared.Add(set);
            foreach (ResourceKey endpoint in _index.MatchesOf(selector))
            {
                foreach (IPSetMember member in MembersOf(set, _endpoints[endpoint]))
                {
                    active.Add(member);
                }
            }

            return;
        }

        _bySelector.Add(selector, [set]);
        _index.AddSelector(selector);
    }

    /// <summary>The members go with the set: nothing is counted down one by one.</summary>
    private void Stop(IPSetKey set)
    {
        if (set.Selector is not { } selector)
        {
            _services.Deactivate(set);
            return;
        }

        List<IPSetKey> shared = _bySelector[selector];
        shared.Remove(set);
        if (shared.Count == 0)
        {
            _index.RemoveSelector(selector);
            _bySelector.Remove(selector);
        }
    }

    private static bool HasSameMembers(LabelledEndpoint left, LabelledEndpoint right) =>
        left.Nets.SequenceEqual(right.Nets) && left.Ports.SequenceEqual(right.Ports);

    private void AddMembers(IPSetKey set, LabelledEndpoint endpoint)
    {
        ActiveSet active = _active[set];
        foreach (IPSetMember member in MembersOf(set, endpoint))
        {
            active.Add(member);
        }
    }

    private void RemoveMembers(IPSetKey set, LabelledEndpoint endpoint)
    {
        ActiveSet active = _active[set];
        foreach (IPSetMember member in MembersOf(set, endpoint))
        {
            active.Remove(member);
        }
    }

    private static IEnumerable<IPSetMember> MembersOf(IPSetKey set, LabelledEndpoint endpoint)
    {
        if (set.PortName is null)
        {
            foreach (InternetPrefix net in endpoint.Nets)
            {
                yield return new IPSetMember(net);
            }

            yield break;
        }

        foreach (NamedPort port in endpoint.Ports)
        {
            if (port.Name != set.PortName || port.Protocol != set.Protocol)
            {
                continue;
            }

            foreach (InternetPrefix net in endpoint.Nets)
            {
                yield return new IPSetMember(net, port.Protocol, port.Port);
            }
        }
    }
}
