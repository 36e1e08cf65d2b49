using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;

namespace Netemu.Engine.Routing;

/// <summary>
/// A next hop with an id of its own (struct nexthop, `ip nexthop`): one way out, nowhere at all, or a group of others. Many
/// routes refer to one; what changes in it changes in all of them.
/// </summary>
public sealed class NexthopObject
{
    internal NexthopObject(uint id) => Id = id;

    public uint Id { get; }

    public AddressFamily Family { get; internal set; }

    /// <summary>The gateway; null for what is on the link.</summary>
    public InternetAddress? Gateway { get; internal set; }

    /// <summary>The way out; null for a blackhole and for a group.</summary>
    public NetDevice? Device { get; internal set; }

    public bool OnLink { get; internal set; }

    public bool IsBlackhole { get; internal set; }

    public RouteProtocol Protocol { get; internal set; }

    /// <summary>The members of a group with their weights, by id; empty for a single one.</summary>
    public IReadOnlyList<(NexthopObject Hop, int Weight)> Members => MemberList;

    /// <summary>The table of a resilient group; null for the others.</summary>
    public ResilientBuckets? Buckets { get; internal set; }

    /// <summary>True for a group, also for one that has lost members.</summary>
    public bool IsGroup { get; internal set; }

    internal List<(NexthopObject Hop, int Weight)> MemberList { get; } = [];

    /// <summary>The next hops that a route of this family gets.</summary>
    internal NextHop<TAddress>[] ToHops<TAddress>()
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (!IsGroup)
        {
            return [ToHop<TAddress>(1)];
        }

        NextHop<TAddress>[] hops = new NextHop<TAddress>[MemberList.Count];
        for (int i = 0; i < hops.Length; i++)
        {
            hops[i] = MemberList[i].Hop.ToHop<TAddress>(MemberList[i].Weight);
        }

        return hops;
    }

    /// <summary>True if this is a blackhole, or a group of one.</summary>
    internal bool LeadsNowhere => IsBlackhole || (IsGroup && MemberList.Count == 1 && MemberList[0].Hop.IsBlackhole);

    private NextHop<TAddress> ToHop<TAddress>(int weight)
        where TAddress : struct, IIPAddress<TAddress>
    {
        TAddress gateway = default;
        bool has = Gateway is { } given && given.TryGet(out gateway);
        return new NextHop<TAddress>(Device, gateway, has, weight, OnLink);
    }
}
