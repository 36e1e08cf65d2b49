using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Topologies.Model;
using RouteScope = Netemu.Engine.Routing.RouteScope;

namespace Netemu.Topologies.Building;

/// <summary>
/// <c>kind: outside</c>: a node to which every address is local, but for the prefixes of the topology, which it routes. It
/// is what <c>ip route add local default dev lo</c> makes of a host, with the exceptions beside it in the local table.
/// </summary>
internal static class OutsideRoutes
{
    public static void Install(BuiltTopology built)
    {
        foreach (NodeSpec node in built.Nodes)
        {
            Install(built, node);
        }
    }

    public static void Install(BuiltTopology built, NodeSpec node)
    {
        if (node.Kind != NodeKind.Outside)
        {
            return;
        }

        NetworkNamespace space = built.Emulation.FindNode(node.Name)!.Root;
        space.WritableSettings.IpNonlocalBind = true;
        Install(space, space.IPv4.Routes);
        Install(space, space.IPv6.Routes);
        foreach (InternetPrefix prefix in built.Extensions.SelectMany(e => e.OwnPrefixes))
        {
            if (prefix.IsIPv4)
            {
                Leave(space.IPv4.Routes, prefix.IPv4);
            }
            else
            {
                Leave(space.IPv6.Routes, prefix.IPv6);
            }
        }
    }

    /// <summary>What somebody else gives out is not the outside's: it has no route there, as the internet has none to a Pod.</summary>
    private static void Leave<TAddress>(RoutingTables<TAddress> tables, Prefix<TAddress> prefix)
        where TAddress : struct, IIPAddress<TAddress> =>
        tables.Add(
            new Route<TAddress> { Prefix = prefix, Type = RouteType.Unreachable, Protocol = RouteProtocol.Static, NextHop = new NextHop<TAddress>(null, default, hasGateway: false) },
            RouteTable<TAddress>.LocalId);

    private static void Install<TAddress>(NetworkNamespace space, RoutingTables<TAddress> tables)
        where TAddress : struct, IIPAddress<TAddress>
    {
        const uint Local = RouteTable<TAddress>.LocalId;
        foreach ((NetDevice device, InterfaceAddress<TAddress> address) in ShortestPaths<TAddress>.AddressesOf(space).ToArray())
        {
            if (!device.IsLoopback)
            {
                tables.Add(
                    new Route<TAddress>
                    {
                        Prefix = address.Prefix,
                        Protocol = RouteProtocol.Static,
                        Scope = RouteScope.Link,
                        PreferredSource = address.Address,
                        NextHop = new NextHop<TAddress>(device, default, hasGateway: false),
                    },
                    Local);
            }
        }

        foreach (ReachedPrefix<TAddress> reached in ShortestPaths<TAddress>.From(space))
        {
            tables.Add(AutomaticRoutes.RouteTo(reached), Local);
        }

        tables.Add(
            new Route<TAddress>
            {
                Prefix = Prefix<TAddress>.Default,
                Type = RouteType.Local,
                Protocol = RouteProtocol.Static,
                Scope = RouteScope.Host,
                NextHop = new NextHop<TAddress>(space.Loopback, default, hasGateway: false),
            },
            Local);
    }
}
