using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>One route as `ip route` prints it (print_route).</summary>
internal static class RouteText
{
    public static void Print<TAddress>(IpPrinter printer, Route<TAddress> route, RouteFilter<TAddress> filter, IpOptions options)
        where TAddress : struct, IIPAddress<TAddress>
    {
        bool isIPv6 = FamilyView<TAddress>.IsIPv6;
        printer.OpenObject();
        PrintDestination(printer, route, options);
        NextHop<TAddress>? single = route.Group is null ? route.NextHop : null;
        if (route.NexthopId != 0)
        {
            printer.Any("nhid", route.NexthopId, $"nhid {route.NexthopId} ");
        }

        if (single is not null && filter.Gateway is null)
        {
            PrintGateway(printer, single);
        }

        // IPv6 hangs routes that lead nowhere on the loopback device.
        string? device = single?.Device?.Name ?? ((isIPv6 || route.NexthopId != 0) && single is not null ? "lo" : null);
        if (device is not null && filter.Device is null)
        {
            printer.Any("dev", device, $"dev {device} ");
        }

        if (filter.IsAllTables && (options.Details || route.Table != RouteTable<TAddress>.MainId))
        {
            string table = RouteNames.OfTable(route.Table);
            printer.Any("table", table, $"table {table} ");
        }

        if ((route.Protocol != RouteProtocol.Boot || options.Details) && filter.Protocol is null)
        {
            string protocol = RouteNames.OfProtocol(route.Protocol);
            printer.Any("protocol", protocol, $"proto {protocol} ");
        }

        // IPv6 has no scopes: the kernel reports all as global.
        RouteScope scope = isIPv6 ? RouteScope.Universe : route.Scope;
        if ((scope != RouteScope.Universe || options.Details) && filter.Scope is null)
        {
            printer.Any("scope", RouteNames.OfScope(scope), $"scope {RouteNames.OfScope(scope)} ");
        }

        // Connected IPv6 routes keep their source to themselves: it is the engine's note of whose route it is.
        if (filter.Source is null && !route.PreferredSource.IsUnspecified && !(isIPv6 && route.Protocol == RouteProtocol.Kernel))
        {
            printer.Any("prefsrc", route.PreferredSource.ToString()!, $"src {route.PreferredSource} ");
        }

        bool isOwn = isIPv6 && route.Type is RouteType.Local or RouteType.Anycast;
        uint metric = route.Metric == 0 && isIPv6 && !isOwn ? 1024 : route.Metric;
        if (isOwn || (metric != 0 && filter.Metric is null))
        {
            printer.Any("metric", metric, $"metric {metric} ");
        }

        PrintFlags(printer, single, route);
        PrintExpiry(printer, route);
        PrintMetrics(printer, route);

        if (isIPv6)
        {
            string preference = route.Preference switch { > 0 => "high", < 0 => "low", _ => "medium" };
            printer.Any("pref", preference, $"pref {preference}");
        }

        if (route.Group is not null)
        {
            PrintGroup(printer, route, options);
        }

        printer.Text("\n");
        printer.CloseObject();
    }

    /// <summary>Whole seconds until a route of an advertisement ends.</summary>
    private static void PrintExpiry<TAddress>(IpPrinter printer, Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (route.Expires < SimTime.Never && route.NextHop.Device is { } device)
        {
            long left = Math.Max(0, (route.Expires - device.Node.Now).Nanoseconds / 1_000_000_000);
            printer.Any("expires", (uint)left, $"expires {left.ToString(CultureInfo.InvariantCulture)}sec ");
        }
    }

    private static void PrintMetrics<TAddress>(IpPrinter printer, Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (route.Mtu <= 0 && route.HopLimit <= 0)
        {
            return;
        }

        printer.OpenArray("metrics");
        printer.OpenObject();
        if (route.Mtu > 0)
        {
            printer.Any("mtu", route.Mtu, $"mtu {route.Mtu} ");
        }

        if (route.HopLimit > 0)
        {
            printer.Any("hoplimit", route.HopLimit, $"hoplimit {route.HopLimit} ");
        }

        printer.CloseObject();
        printer.CloseArray();
    }

    /// <summary>dead, onlink, linkdown: what is wrong or special with a next hop (print_rt_flags).</summary>
    public static IEnumerable<string> Flags<TAddress>(NextHop<TAddress>? hop, RouteType type)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (hop is null)
        {
            yield break;
        }

        if (hop.IsDead)
        {
            yield return "dead";
        }

        if (hop.OnLink)
        {
            yield return "onlink";
        }

        if (hop.Device is { HasCarrier: false } && type != RouteType.Local)
        {
            yield return "linkdown";
        }
    }

    private static void PrintDestination<TAddress>(IpPrinter printer, Route<TAddress> route, IpOptions options)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (route.Type != RouteType.Unicast || options.Details)
        {
            string type = RouteNames.OfType(route.Type);
            printer.Any("type", type, $"{type} ");
        }

        string destination = route.Prefix.Length == 0 ? "default"
            : route.Prefix.Length == TAddress.Bits ? route.Prefix.Address.ToString()!
            : route.Prefix.ToString();
        printer.Any("dst", destination, $"{destination} ");
    }

    private static void PrintFlags<TAddress>(IpPrinter printer, NextHop<TAddress>? hop, Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress>
    {
        printer.OpenArray("flags");
        foreach (string flag in hop is null ? GroupFlags(route) : Flags(hop, route.Type))
        {
            printer.Element(flag);
            printer.Text($"{flag} ");
        }

        printer.CloseArray();
    }

    /// <summary>A multipath route is linkdown as a whole when every member is (fib_dump_info).</summary>
    private static IEnumerable<string> GroupFlags<TAddress>(Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress>
    {
        foreach (NextHop<TAddress> hop in route.NextHops)
        {
            if (hop.Device is not { HasCarrier: false })
            {
                return [];
            }
        }

        return ["linkdown"];
    }

    /// <summary>The gateway; one of the other family with its name (print_rta_gateway, print_rta_via).</summary>
    internal static void PrintGateway<TAddress>(IpPrinter printer, NextHop<TAddress> hop)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (hop.HasGateway)
        {
            printer.Any("gateway", hop.Gateway.ToString()!, $"via {hop.Gateway} ");
        }
        else if (!hop.IsDirect)
        {
            printer.OpenObject("via");
            printer.Any("family", "inet6", "via inet6 ");
            printer.Any("host", hop.ViaIPv6.ToString(), $"{hop.ViaIPv6} ");
            printer.CloseObject();
        }
    }

    private static void PrintGroup<TAddress>(IpPrinter printer, Route<TAddress> route, IpOptions options)
        where TAddress : struct, IIPAddress<TAddress>
    {
        printer.OpenArray("nexthops");
        foreach (NextHop<TAddress> hop in route.NextHops)
        {
            printer.OpenObject();
            printer.Text($"{options.LineBreak}\tnexthop ");
            PrintGateway(printer, hop);
            if (hop.Device is not null)
            {
                printer.Any("dev", hop.Device.Name, $"dev {hop.Device.Name} ");
            }

            printer.Any("weight", hop.Weight, $"weight {hop.Weight.ToString(CultureInfo.InvariantCulture)} ");
            PrintFlags(printer, hop, route);
            printer.CloseObject();
        }

        printer.CloseArray();
    }
}
