using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

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

    /// <summary>
    /// The next hop, or the first of several. A table that takes the route puts its own object of the same content here.
    /// </summary>
    public required NextHop<TAddress> NextHop { get; set; }

    /// <summary>All next hops of a multipath route; null for one.</summary>
    public NextHop<TAddress>[]? Group { get; set; }

    /// <summary>When the route ends by itself (IPv6, learned from advertisements); never for the others.</summary>
    public SimTime Expires { get; set; } = SimTime.Never;

    /// <summary>The hop limit that a router has given for this route (IPv6); 0 for none.</summary>
    public int HopLimit { get; set; }

    /// <summary>The preference of a router (RFC 4191): 1 high, 0 medium, -1 low.</summary>
    public int Preference { get; set; }

    /// <summary>The next hop object that the route is made of; 0 for none.</summary>
    public uint NexthopId { get; init; }

    /// <summary>The buckets of a resilient group.</summary>
    public ResilientBuckets? Buckets { get; init; }

    /// <summary>Number of next hops.</summary>
    public int NextHopCount => Group?.Length ?? 1;

    /// <summary>The table that holds it.</summary>
    public uint Table { get; internal set; }

    /// <summary>The next route of the same prefix, of a higher metric.</summary>
    public Route<TAddress>? Next { get; internal set; }

    /// <summary>What it shares with routes alike; set while a table holds it.</summary>
    internal int InfoId = -1;

    public ReadOnlySpan<NextHop<TAddress>> NextHops => Group is null ? new ReadOnlySpan<NextHop<TAddress>>([NextHop]) : Group;

    /// <summary>True while some next hop can carry packets; routes without device always can.</summary>
    public bool IsUsable => Group is null ? !NextHop.IsDead : Array.Exists(Group, h => !h.IsDead);
}
