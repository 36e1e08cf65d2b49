using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>Keeps the sets of pools, and of those whose outgoing packets are masqueraded.</summary>
internal sealed class ClusterSets
{
    private readonly Dictionary<InternetPrefix, RouteUpdate> _pools = [];
    private bool _isChanged;

    public void OnMessage(DataplaneMessage message)
    {
        switch (message)
        {
            case RouteUpdate { Type: RouteType.Pool } pool:
                _pools[pool.Destination] = pool;
                _isChanged = true;
                break;
            case RouteRemove remove when _pools.Remove(remove.Destination):
                _isChanged = true;
                break;
        }
    }

    /// <summary>Brings the sets up to date, once for however many pools came and went.</summary>
    public void Flush(SetStore sets)
    {
        if (!_isChanged)
        {
            return;
        }

        _isChanged = false;
        List<IPSetMember> all = [];
        List<IPSetMember> masqueraded = [];
        foreach (RouteUpdate pool in _pools.Values)
        {
            all.Add(new IPSetMember(pool.Destination));
            if (pool.NatOutgoing)
            {
                masqueraded.Add(new IPSetMember(pool.Destination));
            }
        }

        sets.Replace(IPSetNames.AllPools, IPSetType.Net, MemberVersion.Of(all));
        sets.Replace(IPSetNames.MasqueradePools, IPSetType.Net, MemberVersion.Of(masqueraded));
    }
}
