using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Topologies.Building;

/// <summary><c>routes: auto</c>: static shortest paths by link delay, from every namespace that forwards to every prefix.</summary>
internal static class AutomaticRoutes
{
    public static void Install(BuiltTopology built)
    {
        foreach (Node node in built.Emulation.Nodes)
        {
            Install(node);
        }
    }

    public static void Install(Node node)
    {
        foreach (NetworkNamespace space in node.Namespaces)
        {
            Install(space, space.IPv4.Routes);
            Install(space, space.IPv6.Routes);
        }
    }

    private static void Install<TAddress>(NetworkNamespace space, RoutingTables<TAddress> tables)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (!ShortestPaths<TAddress>.Forwards(space))
        {
            return;
        }

        foreach (ReachedPrefix<TAddress> reached in ShortestPaths<TAddress>.From(space))
        {
            // What is connected or written down in the file wins.
            if (tables.Main.Find(reached.Prefix) is null)
            {
                tables.Add(RouteTo(reached));
            }
        }
    }

    internal static Route<TAddress> RouteTo<TAddress>(ReachedPrefix<TAddress> reached)
        where TAddress : struct, IIPAddress<TAddress> => new()
        {
            Prefix = reached.Prefix,
            Protocol = RouteProtocol.Static,
            Scope = RouteScope.Universe,
            Metric = TAddress.Family == AddressFamily.IPv4 ? 0u : 1024u,
            NextHop = new NextHop<TAddress>(reached.Device, reached.Gateway, reached.HasGateway),
        };
}
