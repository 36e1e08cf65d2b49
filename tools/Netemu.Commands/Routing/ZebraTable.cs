using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Frr;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Topologies.Bgp;

namespace Netemu.Commands.Routing;

/// <summary>A namespace's MAIN table as zebra has it: with administrative distances, recursive next hops and addresses of 32 bits.</summary>
internal static class ZebraTable
{
    private const int ExternalDistance = 20;

    private const int InternalDistance = 200;

    /// <summary>The routes by prefix; of one prefix the nearest comes first and is selected.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="daemon">Knows the distances of BGP routes, and which are internal; null for a node without one.</param>
    /// <param name="family">Of which family.</param>
    public static List<ZebraRoute> Of(NetworkNamespace space, RoutingDaemon? daemon, AddressFamily family)
    {
        IEnumerable<ZebraRoute> all = family == AddressFamily.IPv4
            ? Lines(space.IPv4.Routes.Main, daemon).Concat(Hosts(space))
            : Lines(space.IPv6.Routes.Main, daemon);
        List<ZebraRoute> routes = [.. all.OrderBy(route => route.Prefix).ThenBy(route => route.Distance)];
        for (int i = 1; i < routes.Count; i++)
        {
            routes[i] = routes[i] with { IsSelected = routes[i].Prefix != routes[i - 1].Prefix };
        }

        return routes;
    }

    private static IEnumerable<ZebraRoute> Hosts(NetworkNamespace space) => ConnectedHosts.Of(space).Select(own => new ZebraRoute(
        new InternetPrefix(own.Address, 32), 'C', 0, 0, [new ZebraHop(null, own.Device.Name)]));

    private static List<ZebraRoute> Lines<TAddress>(RouteTable<TAddress> table, RoutingDaemon? daemon)
        where TAddress : struct, IIPAddress<TAddress>
    {
        List<ZebraRoute> lines = [];
        IReadOnlyList<FrrStaticRoute> known = daemon?.Model?.Invoke().StaticRoutes ?? [];
        foreach (Route<TAddress> route in table.Routes())
        {
            InternetPrefix prefix = new(InternetAddress.From(route.Prefix.Address), route.Prefix.Length);
            char code = CodeOf(route.Protocol);
            BgpRoute? given = code == 'B' ? daemon?.Installed?.Invoke(prefix) : null;
            (int distance, uint metric) = code switch
            {
                // Without distances in MAIN they are bgpd's own; the metric is MULTI_EXIT_DISC.
                'B' => (
                    daemon is { HasDistances: true } ? (int)route.Metric
                        : given is { IsInternal: true } ? InternalDistance : ExternalDistance,
                    given?.Med ?? 0),
                'S' => (Distance(route.Metric), 0u),
                'K' => (0, route.Metric),
                _ => (0, 0u),
            };
            uint tag = code switch
            {
                'B' => given?.Tag ?? 0,
                'S' => known.FirstOrDefault(one => one.Prefix == prefix && one.Distance == distance)?.Tag ?? 0,
                _ => 0,
            };
            List<ZebraHop> hops = code == 'B' && route.Type == RouteType.Unicast ? HopsOf(table, route, daemon, prefix) : HopsOf(route);
            lines.Add(new ZebraRoute(prefix, code, distance, metric, hops)
            {
                Tag = tag,
                IsInternal = given is { IsInternal: true },
            });
        }

        return lines;
    }

    /// <summary>A static route's distance stands in its metric here (`ip route PREFIX VIA 200`).</summary>
    private static int Distance(uint metric) => metric == 0 ? 1 : (int)metric;

    private static List<ZebraHop> HopsOf<TAddress>(Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress>
    {
        List<ZebraHop> hops = [];
        foreach (NextHop<TAddress> hop in route.NextHops)
        {
            hops.Add(new ZebraHop(route.Type != RouteType.Unicast ? null : hop.HasGateway ? hop.Gateway.ToString() : hop.IsDirect ? null : hop.ViaIPv6.ToString(), hop.Device?.Name)
            {
                IsBlackhole = route.Type != RouteType.Unicast,
            });
        }

        return hops;
    }

    /// <summary>
    /// What bgpd has given zebra: a next hop that is not on a link is recursive, and the gateways that lead to it stand behind it.
    /// </summary>
    private static List<ZebraHop> HopsOf<TAddress>(RouteTable<TAddress> table, Route<TAddress> route, RoutingDaemon? daemon, InternetPrefix prefix)
        where TAddress : struct, IIPAddress<TAddress>
    {
        List<ZebraHop> hops = [];
        foreach (FibNextHop given in daemon?.NextHops?.Invoke(prefix) ?? [])
        {
            Route<TAddress>? way = given.Device is null && given.Address.TryGet(out TAddress address) ? table.Lookup(address) : null;
            if (way is null || ReferenceEquals(way, route))
            {
                return HopsOf(route);
            }

            bool isOnLink = !way.NextHop.HasGateway && way.NextHop.IsDirect;
            hops.Add(new ZebraHop(given.Address.ToString(), isOnLink ? way.NextHop.Device?.Name : null) { IsRecursive = !isOnLink });
            hops.AddRange(isOnLink ? [] : HopsOf(way).Select(hop => hop with { IsResolver = true }));
        }

        return hops.Count > 0 ? hops : HopsOf(route);
    }

    private static char CodeOf(RouteProtocol protocol) => protocol switch
    {
        RouteProtocol.Kernel => 'C',
        RouteProtocol.Static or RouteProtocol.Boot => 'S',
        RouteProtocol.Bgp or RouteProtocol.Bird => 'B',
        _ => 'K',
    };
}
