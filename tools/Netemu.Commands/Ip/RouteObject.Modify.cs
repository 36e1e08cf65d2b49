using System;
using System.Linq;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>ip route add, replace, change and del, with what the kernel checks (fib_create_info, fib_check_nh).</summary>
internal sealed partial class RouteObject
{
    private static CommandResult Modify<TAddress>(IpContext context, string verb)
        where TAddress : struct, IIPAddress<TAddress>
    {
        RouteRequest<TAddress> request = new();
        while (!context.Arguments.AtEnd)
        {
            request.Take(context.Arguments.Take(), context);
        }

        if (context.Arguments.Error is not null)
        {
            return context.Arguments.Error;
        }

        InterfaceAddress<TAddress> destination = request.Destination ?? default;
        if (!destination.Prefix.Address.Equals(destination.Address))
        {
            return FamilyView<TAddress>.IsIPv6 && verb != "delete" ? Add(context, request, verb) : RtnetlinkError.Extended("Invalid prefix for given prefix length.");
        }

        return verb == "delete" ? Delete(context, request) : Add(context, request, verb);
    }

    private static uint TableOf<TAddress>(RouteRequest<TAddress> request)
        where TAddress : struct, IIPAddress<TAddress> =>
        request.Table
        ?? (request.Type is RouteType.Local or RouteType.Broadcast or RouteType.Anycast
            ? RouteTable<TAddress>.LocalId
            : RouteTable<TAddress>.MainId);

    private static uint MetricOf<TAddress>(RouteRequest<TAddress> request)
        where TAddress : struct, IIPAddress<TAddress> =>
        request.Metric is { } metric and > 0 ? metric : FamilyView<TAddress>.IsIPv6 ? 1024u : 0;

    private static CommandResult Add<TAddress>(IpContext context, RouteRequest<TAddress> request, string verb)
        where TAddress : struct, IIPAddress<TAddress>
    {
        FamilyView<TAddress> family = FamilyView<TAddress>.Of(context.Namespace);
        RouteType type = request.Type ?? RouteType.Unicast;
        RouteScope scope = request.Scope ?? DefaultScope(request, type);
        if (request.NexthopId != 0)
        {
            return AddByObject(context, request, verb);
        }

        NextHop<TAddress>[] hops = new NextHop<TAddress>[Math.Max(1, request.Hops.Count)];
        for (int i = 0; i < hops.Length; i++)
        {
            HopRequest<TAddress> hop = request.Hops.Count > 0 ? request.Hops[i] : request.Hop;
            if (Resolve(family, hop, type, scope, out hops[i]) is { } refused)
            {
                return refused;
            }
        }

        if (request.Source is { } source && !family.IsLocal(source))
        {
            return FamilyView<TAddress>.IsIPv6 ? RtnetlinkError.InvalidArgument : RtnetlinkError.Extended("Invalid prefsrc address.");
        }

        Route<TAddress> route = new()
        {
            Prefix = (request.Destination ?? default).Prefix,
            Type = type,
            Protocol = request.Protocol ?? RouteProtocol.Boot,
            Scope = scope,
            Metric = MetricOf(request),
            PreferredSource = request.Source ?? default,
            Mtu = request.Mtu,
            NextHop = hops[0],
            Group = hops.Length > 1 ? hops : null,
        };
        return Install(family.Routes, route, TableOf(request), verb);
    }

    /// <summary>A route made of a next hop object (fib_create_info with fc_nh_id).</summary>
    private static CommandResult AddByObject<TAddress>(IpContext context, RouteRequest<TAddress> request, string verb)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (context.Namespace.Nexthops.Find(request.NexthopId) is not { } hop)
        {
            return RtnetlinkError.Extended("Nexthop id does not exist.");
        }

        NextHop<TAddress>[] hops = NexthopTable.HopsOf<TAddress>(hop);
        Route<TAddress> route = new()
        {
            Prefix = (request.Destination ?? default).Prefix,
            Type = hop.IsBlackhole ? RouteType.Blackhole : request.Type ?? RouteType.Unicast,
            Protocol = request.Protocol ?? RouteProtocol.Boot,
            Scope = request.Scope ?? RouteScope.Universe,
            Metric = MetricOf(request),
            PreferredSource = request.Source ?? default,
            Mtu = request.Mtu,
            NextHop = hops[0],
            Group = hops.Length > 1 ? hops : null,
            NexthopId = hop.Id,
            Buckets = hops.Length > 1 ? hop.Buckets : null,
        };
        return Install(FamilyView<TAddress>.Of(context.Namespace).Routes, route, TableOf(request), verb);
    }

    private static CommandResult Install<TAddress>(RoutingTables<TAddress> routes, Route<TAddress> route, uint table, string verb)
        where TAddress : struct, IIPAddress<TAddress>
    {
        Route<TAddress>? present = Same(routes, route.Prefix, table).FirstOrDefault(r => r.Metric == route.Metric);
        RoutePlace place = RoutePlace.Only;
        switch (verb)
        {
            case "change" when present is null:
                return RtnetlinkError.NoSuchEntry;
            case "append" when present is not null && FamilyView<TAddress>.IsIPv6 && IsSibling(present) && IsSibling(route):
                // fib6_add_rt2node: routes of one prefix and metric that have gateways become one with several next hops.
                routes.Remove(present);
                route = WithHops(present, [.. present.NextHops, .. route.NextHops]);
                break;
            case "append":
                place = RoutePlace.Last;
                break;
            case "prepend":
                place = RoutePlace.First;
                break;
            case "replace" or "change" when present is not null:
                // The first of several is the one that is replaced.
                routes.Remove(present);
                place = RoutePlace.First;
                break;
            default:
                break;
        }

        return routes.Add(route, table, place) ? CommandResult.Success : RtnetlinkError.FileExists;
    }

    /// <summary>rt6_qualify_for_ecmp: with a gateway, and not made of an object.</summary>
    private static bool IsSibling<TAddress>(Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress> => route is { Type: RouteType.Unicast, NexthopId: 0, NextHop.HasGateway: true };

    private static Route<TAddress> WithHops<TAddress>(Route<TAddress> route, NextHop<TAddress>[] hops)
        where TAddress : struct, IIPAddress<TAddress> => new()
        {
            Prefix = route.Prefix,
            Type = route.Type,
            Protocol = route.Protocol,
            Scope = route.Scope,
            Metric = route.Metric,
            PreferredSource = route.PreferredSource,
            Mtu = route.Mtu,
            NextHop = hops[0],
            Group = hops,
        };

    private static CommandResult Delete<TAddress>(IpContext context, RouteRequest<TAddress> request)
        where TAddress : struct, IIPAddress<TAddress>
    {
        RoutingTables<TAddress> routes = FamilyView<TAddress>.Of(context.Namespace).Routes;
        uint id = TableOf(request);
        if (routes.Table(id, create: false) is null && !FamilyView<TAddress>.IsIPv6)
        {
            return RtnetlinkError.Extended("ipv4: FIB table does not exist.");
        }

        Route<TAddress>? found = Same(routes, (request.Destination ?? default).Prefix, id).FirstOrDefault(r => Matches(r, request));
        if (found is null)
        {
            return RtnetlinkError.NoSuchProcess;
        }

        routes.Remove(found);
        return CommandResult.Success;
    }

    /// <summary>The routes of exactly that prefix, the least metric first.</summary>
    private static Route<TAddress>[] Same<TAddress>(RoutingTables<TAddress> routes, Prefix<TAddress> prefix, uint table)
        where TAddress : struct, IIPAddress<TAddress> =>
        routes.Table(table, create: false) is { } found && found.Find(prefix) is not null
            ? [.. found.Routes().Where(r => r.Prefix == prefix)]
            : [];

    /// <summary>What was said must fit; what was not said does not matter (fib_table_delete, fib_nh_match).</summary>
    private static bool Matches<TAddress>(Route<TAddress> route, RouteRequest<TAddress> request)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if ((request.Type is { } type && route.Type != type)
            || (request.Metric is { } metric && route.Metric != metric)
            || (request.Scope is { } scope && route.Scope != scope)
            || (request.Protocol is { } protocol && route.Protocol != protocol)
            || (request.Source is { } source && !route.PreferredSource.Equals(source)))
        {
            return false;
        }

        if (request.Hops.Count > 0 && request.Hops.Count != route.NextHopCount)
        {
            return false;
        }

        for (int i = 0; i < request.Hops.Count; i++)
        {
            if (!Matches(route.NextHops[i], request.Hops[i]))
            {
                return false;
            }
        }

        return request.Hop.IsEmpty || Matches(route.NextHop, request.Hop);
    }

    private static bool Matches<TAddress>(NextHop<TAddress> hop, HopRequest<TAddress> request)
        where TAddress : struct, IIPAddress<TAddress> =>
        (request.Device is null || ReferenceEquals(hop.Device, request.Device))
        && (request.ViaIPv6 is not { } via || hop.ViaIPv6 == via)
        && (request.Gateway is not { } gateway || (hop.HasGateway && hop.Gateway.Equals(gateway)));

    /// <summary>iproute2 chooses the scope: how far a route without gateway can lead.</summary>
    private static RouteScope DefaultScope<TAddress>(RouteRequest<TAddress> request, RouteType type)
        where TAddress : struct, IIPAddress<TAddress> => type switch
        {
            RouteType.Local => RouteScope.Host,
            RouteType.Broadcast or RouteType.Multicast or RouteType.Anycast => RouteScope.Link,
            RouteType.Unicast when request.Hop is { Gateway: null, ViaIPv6: null } && request.Hops.Count == 0 && !FamilyView<TAddress>.IsIPv6 => RouteScope.Link,
            _ => RouteScope.Universe,
        };

    /// <summary>Checks a next hop and finds its device; null if the kernel takes it (fib_check_nh).</summary>
    private static CommandResult? Resolve<TAddress>(
        FamilyView<TAddress> family, HopRequest<TAddress> request, RouteType type, RouteScope scope, out NextHop<TAddress> hop)
        where TAddress : struct, IIPAddress<TAddress>
    {
        hop = new NextHop<TAddress>(null, default, hasGateway: false);
        if (type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw)
        {
            return request.Gateway is null ? null : RtnetlinkError.InvalidArgument;
        }

        NetDevice? device = request.Device;
        if (request.ViaIPv6 is { } via)
        {
            // fib_check_nh_v6_gw: a link-local gateway needs its device, another one must be on a link.
            NetDevice? link = via.IsLinkLocal ? device : WayTo(FamilyView<IPv6Address>.Of(family.Namespace), via, device);
            hop = new NextHop<TAddress>(link, default, hasGateway: false, request.Weight) { ViaIPv6 = via };
            return link is not null ? null
                : via.IsLinkLocal ? RtnetlinkError.Extended("Egress device not specified.")
                : RtnetlinkError.NoRoute;
        }

        if (request.Gateway is not { } gateway)
        {
            hop = new NextHop<TAddress>(device, default, hasGateway: false, request.Weight);
            return device is null ? RtnetlinkError.NoSuchDevice
                : device.IsUp || type == RouteType.Local ? null
                : FamilyView<TAddress>.IsIPv6 ? RtnetlinkError.Answer("Network is down")
                : RtnetlinkError.Extended("Device for nexthop is not up.");
        }

        if (scope >= RouteScope.Link && !FamilyView<TAddress>.IsIPv6)
        {
            // fib_create_info, fib_check_nh_v4_gw: no gateway is nearer than the link.
            return RtnetlinkError.Extended(
                scope >= RouteScope.Host ? "Route with host scope can not have a gateway."
                : request.OnLink ? "Nexthop has invalid scope."
                : "Nexthop has invalid gateway.");
        }

        if (device is { IsUp: false })
        {
            return FamilyView<TAddress>.IsIPv6 ? RtnetlinkError.Answer("Network is down") : RtnetlinkError.Extended("Nexthop device is not up.");
        }

        if (request.OnLink)
        {
            hop = new NextHop<TAddress>(device, gateway, hasGateway: true, request.Weight, onLink: true);
            return device is not null ? null : RtnetlinkError.Extended("Nexthop device required for onlink.");
        }

        if (gateway.IsLinkLocal && FamilyView<TAddress>.IsIPv6)
        {
            hop = new NextHop<TAddress>(device, gateway, hasGateway: true, request.Weight);
            return device is null ? RtnetlinkError.Extended("Egress device not specified.") : null;
        }

        NetDevice? way = WayTo(family, gateway, device);
        hop = new NextHop<TAddress>(way, gateway, hasGateway: true, request.Weight);
        return way is not null ? null
            : FamilyView<TAddress>.IsIPv6 ? RtnetlinkError.NoRoute
            : RtnetlinkError.Extended("Nexthop has invalid gateway.");
    }

    /// <summary>The device on whose link the gateway lies; null if it is not on any, or not on the one that was named.</summary>
    private static NetDevice? WayTo<TAddress>(FamilyView<TAddress> family, TAddress gateway, NetDevice? device)
        where TAddress : struct, IIPAddress<TAddress>
    {
        Route<TAddress>? route = family.Routes.Lookup(new FlowKey<TAddress>(default, gateway, null, device, 0, 0));
        if (route is { Type: RouteType.Unicast } && device is not null && !ReferenceEquals(route.NextHop.Device, device))
        {
            // Another way is better, but the named device may have one of its own.
            route = family.Routes.Main.Routes().LastOrDefault(r =>
                r.Prefix.Contains(gateway) && r.Type == RouteType.Unicast && ReferenceEquals(r.NextHop.Device, device));
        }

        return route switch
        {
            { Type: RouteType.Local } => FamilyView<TAddress>.IsIPv6 ? null : route.NextHop.Device,
            { Type: RouteType.Unicast, NextHop.IsDirect: true } => route.NextHop.Device,
            _ => null,
        };
    }
}
