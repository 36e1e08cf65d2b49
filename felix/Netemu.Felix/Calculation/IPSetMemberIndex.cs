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
/// each of those hears of its members.
/// </summary>
internal sealed class IPSetMemberIndex : ILabelIndexListener<ResourceKey>, IMemberOutput
{
    private readonly Dictionary<IPSetKey, List<IndexSubscription>> _users = [];
    private readonly Dictionary<string, List<IndexSubscription>> _usersById = new(System.StringComparer.Ordinal);
    private readonly LabelIndex<ResourceKey> _index;
    private readonly Dictionary<ResourceKey, LabelledEndpoint> _endpoints = [];
    private readonly Dictionary<Selector, HashSet<IPSetKey>> _bySelector = [];
    private readonly Dictionary<IPSetKey, Dictionary<IPSetMember, int>> _members = [];
    private readonly ServiceMemberIndex _services;
    private IndexSubscription? _starting;

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

    public void Activate(IndexSubscription subscription, IPSetKey set)
    {
        if (_users.TryGetValue(set, out List<IndexSubscription>? users))
        {
            foreach (IPSetMember member in set.Selector is null ? _services.MembersOf(set) : (IEnumerable<IPSetMember>)_members[set].Keys)
            {
                subscription.OnPresent(set.Id, member);
            }

            users.Add(subscription);
            return;
        }

        // The first user hears of the members as they are found.
        _starting = subscription;
        Start(set);
        _starting = null;
        List<IndexSubscription> first = [subscription];
        _users.Add(set, first);
        _usersById.Add(set.Id, first);
    }

    public void Deactivate(IndexSubscription subscription, IPSetKey set)
    {
        List<IndexSubscription> users = _users[set];
        users.Remove(subscription);
        if (users.Count == 0)
        {
            _users.Remove(set);
            _usersById.Remove(set.Id);
            Stop(set);
        }
    }

    /// <summary>A node that is gone uses nothing any more.</summary>
    public void Unsubscribe(IndexSubscription subscription)
    {
        foreach (IPSetKey set in _users.Where(pair => pair.Value.Contains(subscription)).Select(pair => pair.Key).ToArray())
        {
            Deactivate(subscription, set);
        }
    }

    public void OnMemberAdded(string id, IPSetMember member) => Tell(id, member, true);

    public void OnMemberRemoved(string id, IPSetMember member) => Tell(id, member, false);

    private void Tell(string id, IPSetMember member, bool isAdded)
    {
        if (_usersById.TryGetValue(id, out List<IndexSubscription>? users))
        {
            foreach (IndexSubscription user in users)
            {
                user.OnMember(id, member, isAdded);
            }
        }
        else if (isAdded)
        {
            _starting?.OnPresent(id, member);
        }
    }

    private void Start(IPSetKey set)
    {
        if (set.Selector is not { } selector)
        {
            _services.Activate(set);
            return;
        }

        _members.Add(set, []);
        if (_bySelector.TryGetValue(selector, out HashSet<IPSetKey>? shared))
        {
            shared.Add(set);
            foreach (ResourceKey endpoint in _index.MatchesOf(selector))
            {
                AddMembers(set, _endpoints[endpoint]);
            }

            return;
        }

        _bySelector.Add(selector, [set]);
        _index.AddSelector(selector);
    }

    private void Stop(IPSetKey set)
    {
        if (set.Selector is not { } selector)
        {
            _services.Deactivate(set);
        }
        else
        {
            // The members go with the set: nothing is counted down one by one.
            _members.Remove(set);
            HashSet<IPSetKey> shared = _bySelector[selector];
            shared.Remove(set);
            if (shared.Count == 0)
            {
                _index.RemoveSelector(selector);
                _bySelector.Remove(selector);
            }
        }
    }

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

    private static bool HasSameMembers(LabelledEndpoint left, LabelledEndpoint right) =>
        left.Nets.SequenceEqual(right.Nets) && left.Ports.SequenceEqual(right.Ports);

    private void AddMembers(IPSetKey set, LabelledEndpoint endpoint)
    {
        Dictionary<IPSetMember, int> members = _members[set];
        foreach (IPSetMember member in MembersOf(set, endpoint))
        {
            int count = members.GetValueOrDefault(member);
            members[member] = count + 1;
            if (count == 0)
            {
                OnMemberAdded(set.Id, member);
            }
        }
    }

    private void RemoveMembers(IPSetKey set, LabelledEndpoint endpoint)
    {
        Dictionary<IPSetMember, int> members = _members[set];
        foreach (IPSetMember member in MembersOf(set, endpoint))
        {
            if (--members[member] == 0)
            {
                members.Remove(member);
                OnMemberRemoved(set.Id, member);
            }
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
