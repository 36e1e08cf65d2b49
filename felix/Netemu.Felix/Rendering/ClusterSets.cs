using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>Keeps the sets that stand for the cluster itself: pools, masqueraded pools, nodes, VXLAN endpoints.</summary>
internal sealed class ClusterSets
{
    private readonly Dictionary<InternetPrefix, RouteUpdate> _pools = [];
    private readonly Dictionary<(string Node, AddressFamily Family), InternetAddress> _hosts = [];
    private readonly Dictionary<string, IPv4Address> _tunnels = new(StringComparer.Ordinal);
    private bool _hostsChanged;
    private bool _tunnelsChanged;

    public void OnMessage(DataplaneMessage message, SetStore sets)
    {
        switch (message)
        {
            case RouteUpdate { Type: RouteType.Pool } pool:
                _pools[pool.Destination] = pool;
                sets.Change(IPSetNames.AllPools, [new IPSetMember(pool.Destination)], []);
                sets.Change(
                    IPSetNames.MasqueradePools,
                    pool.NatOutgoing ? [new IPSetMember(pool.Destination)] : [],
                    pool.NatOutgoing ? [] : [new IPSetMember(pool.Destination)]);
                break;
            case RouteRemove remove when _pools.Remove(remove.Destination):
                sets.Change(IPSetNames.AllPools, [], [new IPSetMember(remove.Destination)]);
                sets.Change(IPSetNames.MasqueradePools, [], [new IPSetMember(remove.Destination)]);
                break;
            case HostAddressUpdate update:
                _hosts[(update.Node, update.Address.Family)] = update.Address;
                _hostsChanged = true;
                break;
            case HostAddressRemove remove:
                _hosts.Remove((remove.Node, remove.Family));
                _hostsChanged = true;
                break;
            case VxlanTunnelEndpointUpdate update:
                _tunnels[update.Node] = update.NodeAddress;
                _tunnelsChanged = true;
                break;
            case VxlanTunnelEndpointRemove remove:
                _tunnels.Remove(remove.Node);
                _tunnelsChanged = true;
                break;
        }
    }

    /// <summary>Brings the sets of nodes up to date, once for however many nodes came and went.</summary>
    public void Flush(SetStore sets)
    {
        if (_hostsChanged)
        {
            _hostsChanged = false;
            ReplaceHosts(sets);
        }

        if (_tunnelsChanged)
        {
            _tunnelsChanged = false;
            ReplaceTunnels(sets);
        }
    }

    /// <summary>Two nodes may claim one address for a while, so the whole is built anew.</summary>
    private void ReplaceHosts(SetStore sets)
    {
        List<IPSetMember> members = [];
        foreach (InternetAddress address in _hosts.Values)
        {
            members.Add(new IPSetMember(new InternetPrefix(address, address.IsIPv4 ? 32 : 128)));
        }

        sets.Replace(IPSetNames.AllHosts, IPSetType.Net, members);
    }

    private void ReplaceTunnels(SetStore sets)
    {
        List<IPSetMember> members = [];
        foreach (IPv4Address address in _tunnels.Values)
        {
            members.Add(new IPSetMember(new InternetPrefix(address, 32)));
        }

        sets.Replace(IPSetNames.AllVxlanHosts, IPSetType.Net, members);
    }
}
