using System;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing;

/// <summary>A route of one table. Routes of one prefix form a list by metric, the least first.</summary>
public sealed class Route<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    public required Prefix<TAddress> Prefix { get; init; }

    public RouteType Type { get; init; } = RouteType.Unicast;

    public RouteProtocol Protocol { get; init; } = RouteProtocol.Boot;

    public RouteScope Scope { get; init; }

    public uint Metric { get; init; }

    /// <summary>The source address that local senders prefer; unspecified for none.</summary>
    public TAddress PreferredSource { get; init; }

    /// <summary>The route's own MTU, or 0.</summary>
    public int Mtu { get; init; }

    /// <summary>The next hop, or the first of several.</summary>
    public required NextHop<TAddress> NextHop { get; init; }

    /// <summary>All next hops of a multipath route; null for one.</summary>
    public NextHop<TAddress>[]? Group { get; init; }

    /// <summary>Number of next hops.</summary>
    public int NextHopCount => Group?.Length ?? 1;

    /// <summary>The table that holds it.</summary>
    public uint Table { get; internal set; }

    /// <summary>The next route of the same prefix, of a higher metric.</summary>
    internal Route<TAddress>? Next;

    public ReadOnlySpan<NextHop<TAddress>> NextHops => Group is null ? new ReadOnlySpan<NextHop<TAddress>>([NextHop]) : Group;

    /// <summary>True while some next hop can carry packets; routes without device always can.</summary>
    public bool IsUsable
    {
        get
        {
            if (Group is null)
            {
                return !NextHop.IsDead;
            }

            foreach (NextHop<TAddress> hop in Group)
            {
                if (!hop.IsDead)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// The next hop for a flow: members by weight over the hash's range, dead ones passed over (fib_select_multipath).
    /// </summary>
    public NextHop<TAddress> Select(uint flowHash)
    {
        if (Group is null)
        {
            return NextHop;
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
}
