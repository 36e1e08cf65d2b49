using System;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing;

/// <summary>
/// What routes of many prefixes have in common: type, next hops, preferred source (the kernel's fib_info). One object for
/// all routes of a table that are alike in it, so that forwarding touches few of them; it is what a lookup gives.
/// </summary>
public sealed class RouteInfo<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    internal RouteInfo(Route<TAddress> route)
    {
        Type = route.Type;
        Scope = route.Scope;
        Protocol = route.Protocol;
        PreferredSource = route.PreferredSource;
        Mtu = route.Mtu;
        NextHop = route.NextHop;
        Group = route.Group;
        Buckets = route.Buckets;
    }

    public RouteType Type { get; }

    public RouteScope Scope { get; }

    public RouteProtocol Protocol { get; }

    /// <summary>The source address that local senders prefer; unspecified for none.</summary>
    public TAddress PreferredSource { get; }

    /// <summary>The route's own MTU, or 0.</summary>
    public int Mtu { get; }

    /// <summary>The next hop, or the first of several.</summary>
    public NextHop<TAddress> NextHop { get; }

    /// <summary>All next hops of a multipath route; null for one.</summary>
    public NextHop<TAddress>[]? Group { get; }

    /// <summary>The buckets of a resilient group; null for a group by weights alone.</summary>
    public ResilientBuckets? Buckets { get; }

    public ReadOnlySpan<NextHop<TAddress>> NextHops => Group is null ? new ReadOnlySpan<NextHop<TAddress>>([NextHop]) : Group;

    /// <summary>True while some next hop can carry packets; routes without device always can.</summary>
    public bool IsUsable => Group is null ? !NextHop.IsDead : Array.Exists(Group, h => !h.IsDead);

    /// <summary>How many routes refer to it.</summary>
    internal int References;

    /// <summary>
    /// The next hop for a flow: members by weight over the hash's range, dead ones passed over (fib_select_multipath).
    /// </summary>
    public NextHop<TAddress> Select(uint flowHash)
    {
        if (Group is null)
        {
            return NextHop;
        }

        if (Buckets is not null)
        {
            return Group[Buckets.Pick(flowHash)];
        }

        int total = 0;
        foreach (NextHop<TAddress> hop in Group)
        {
            total += hop.IsDead ? 0 : hop.Weight;
        }

        if (total == 0)
        {
            return NextHop;
        }

        // The upper bound of each member's share of a 31-bit range, as the kernel's fib_rebalance sets it.
        long value = flowHash >> 1;
        long share = 0;
        foreach (NextHop<TAddress> hop in Group)
        {
            if (hop.IsDead)
            {
                continue;
            }

            share += hop.Weight;
            if (value < (share << 31) / total)
            {
                return hop;
            }
        }

        return Group[^1];
    }

    /// <summary>True if a route says the same.</summary>
    internal bool IsLike(Route<TAddress> route)
    {
        if (Type != route.Type || Scope != route.Scope || Protocol != route.Protocol || Mtu != route.Mtu
            || !PreferredSource.Equals(route.PreferredSource) || !ReferenceEquals(Buckets, route.Buckets))
        {
            return false;
        }

        if (Group is null || route.Group is null)
        {
            return Group is null && route.Group is null && NextHop.IsLike(route.NextHop);
        }

        if (Group.Length != route.Group.Length)
        {
            return false;
        }

        for (int i = 0; i < Group.Length; i++)
        {
            if (!Group[i].IsLike(route.Group[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same content as a route, for hashing.</summary>
    internal Route<TAddress> AsRoute() => new()
    {
        Prefix = default,
        Type = Type,
        Scope = Scope,
        Protocol = Protocol,
        PreferredSource = PreferredSource,
        Mtu = Mtu,
        NextHop = NextHop,
        Group = Group,
        Buckets = Buckets,
    };

    /// <summary>A hash of what <see cref="IsLike"/> compares, to find candidates.</summary>
    internal static uint HashOf(Route<TAddress> route) =>
        route.PreferredSource.StableHash()
        ^ (route.NextHop.Gateway.StableHash() * 31)
        ^ ((uint)(route.NextHop.Device?.Index ?? 0) * 0x9E3779B1)
        ^ ((uint)route.Type << 24) ^ ((uint)route.NextHopCount << 16) ^ ((uint)route.Protocol << 8);
}
