using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>Keeps the members of the IP sets that stand for Services: the addresses, with ports for destinations.</summary>
internal sealed class ServiceMemberIndex(IMemberOutput output)
{
    private readonly Dictionary<ResourceKey, EndpointSlice> _slices = [];
    private readonly Dictionary<(string Namespace, string Name), SortedSet<ResourceKey>> _slicesOfService = [];
    private readonly Dictionary<(string Namespace, string Name), HashSet<IPSetKey>> _active = [];
    private readonly Dictionary<IPSetKey, HashSet<IPSetMember>> _members = [];

    public void UpdateSlice(ResourceKey key, EndpointSlice? slice)
    {
        if (_slices.Remove(key, out EndpointSlice? before))
        {
            (string, string) old = (before.Namespace, before.ServiceName);
            if (_slicesOfService[old].Remove(key) && _slicesOfService[old].Count == 0)
            {
                _slicesOfService.Remove(old);
            }

            if (slice is null || slice.ServiceName != before.ServiceName)
            {
                Refresh(old);
            }
        }

        if (slice is null)
        {
            return;
        }

        _slices.Add(key, slice);
        (string, string) service = (slice.Namespace, slice.ServiceName);
        if (!_slicesOfService.TryGetValue(service, out SortedSet<ResourceKey>? slices))
        {
            slices = [];
            _slicesOfService.Add(service, slices);
        }

        slices.Add(key);
        Refresh(service);
    }

    public void Activate(IPSetKey set)
    {
        (string, string) service = ServiceOf(set);
        if (!_active.TryGetValue(service, out HashSet<IPSetKey>? sets))
        {
            sets = [];
            _active.Add(service, sets);
        }

        sets.Add(set);
        _members.Add(set, []);
        Refresh(service);
    }

    /// <summary>The members of an active set.</summary>
    public IReadOnlyCollection<IPSetMember> MembersOf(IPSetKey set) => _members[set];

    public void Deactivate(IPSetKey set)
    {
        (string, string) service = ServiceOf(set);
        _members.Remove(set);
        if (_active[service].Remove(set) && _active[service].Count == 0)
        {
            _active.Remove(service);
        }
    }

    private static (string, string) ServiceOf(IPSetKey set) => (set.Service!.Value.Namespace, set.Service.Value.Name);

    private void Refresh((string Namespace, string Name) service)
    {
        if (!_active.TryGetValue(service, out HashSet<IPSetKey>? sets))
        {
            return;
        }

        foreach (IPSetKey set in sets)
        {
            HashSet<IPSetMember> before = _members[set];
            HashSet<IPSetMember> after = MembersOf(service, set.Type == IPSetType.IPAndPort);
            _members[set] = after;
            foreach (IPSetMember member in after)
            {
                if (!before.Contains(member))
                {
                    output.OnMemberAdded(set.Id, member);
                }
            }

            foreach (IPSetMember member in before)
            {
                if (!after.Contains(member))
                {
                    output.OnMemberRemoved(set.Id, member);
                }
            }
        }
    }

    private HashSet<IPSetMember> MembersOf((string, string) service, bool withPorts)
    {
        HashSet<IPSetMember> members = [];
        if (!_slicesOfService.TryGetValue(service, out SortedSet<ResourceKey>? keys))
        {
            return members;
        }

        foreach (ResourceKey key in keys)
        {
            EndpointSlice slice = _slices[key];
            foreach (ServiceEndpoint endpoint in slice.Endpoints)
            {
                foreach (InternetAddress address in endpoint.Addresses)
                {
                    InternetPrefix net = InternetPrefix.Host(address);
                    if (!withPorts)
                    {
                        members.Add(new IPSetMember(net));
                        continue;
                    }

                    foreach (NamedPort port in slice.Ports)
                    {
                        members.Add(new IPSetMember(net, port.Protocol, port.Port));
                    }
                }
            }
        }

        return members;
    }
}
