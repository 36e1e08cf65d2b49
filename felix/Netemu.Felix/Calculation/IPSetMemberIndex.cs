using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Keeps the members of the active IP sets: the label index of their selectors against all endpoints and network sets of
/// the cluster. Two endpoints may contribute one member, so members are counted.
/// </summary>
internal sealed class IPSetMemberIndex : ILabelIndexListener<ResourceKey>
{
    private readonly LabelIndex<ResourceKey> _index;
    private readonly Dictionary<ResourceKey, LabelledEndpoint> _endpoints = [];
    private readonly Dictionary<Selector, HashSet<IPSetKey>> _bySelector = [];
    private readonly Dictionary<IPSetKey, Dictionary<IPSetMember, int>> _members = [];
    private readonly ServiceMemberIndex _services;
    private readonly ICalculationOutput _output;

    public IPSetMemberIndex(ICalculationOutput output)
    {
        _output = output;
        _services = new ServiceMemberIndex(output);
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

    public void Activate(IPSetKey set)
    {
        _output.OnIPSetAdded(set.Id, set.Type);
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

    public void Deactivate(IPSetKey set)
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

        _output.OnIPSetRemoved(set.Id);
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
                _output.OnMemberAdded(set.Id, member);
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
                _output.OnMemberRemoved(set.Id, member);
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
