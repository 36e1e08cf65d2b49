using System;
using Netemu.Core.Addresses;
using Netemu.Core.Routing;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// Resolves BGP's next hops through a namespace's routing tables. Changes that the speaker's own sink makes do not count:
/// its routes never make one of its next hops reachable that was not before.
/// </summary>
public sealed class FibNextHops : INextHopResolver
{
    private readonly NetworkNamespace _space;

    public FibNextHops(NetworkNamespace space)
    {
        _space = space;
        space.IPv4.Routes.Changed += OnChanged;
        space.IPv6.Routes.Changed += OnChanged;
    }

    public event Action? Changed;

    /// <summary>Set while the sink writes.</summary>
    internal bool IsSuppressed { get; set; }

    public bool TryResolve(InternetAddress nextHop, out uint metric)
    {
        // A link-local next hop is on the link that its session runs on.
        if (nextHop.IsIPv6 && nextHop.IPv6.IsLinkLocal)
        {
            metric = 0;
            return true;
        }

        bool reachable;
        (reachable, metric) = nextHop.IsIPv4 ? Look(_space.IPv4.Routes, nextHop.IPv4) : Look(_space.IPv6.Routes, nextHop.IPv6);
        return reachable;
    }

    /// <summary>
    /// The interior cost is the metric of the route that leads there; what is on a link costs nothing, whatever the
    /// kernel's metric of such a route is (256 for IPv6).
    /// </summary>
    private static (bool Reachable, uint Metric) Look<TAddress>(RoutingTables<TAddress> tables, TAddress nextHop)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (tables.Resolve(nextHop)?.Type is not (RouteType.Unicast or RouteType.Local))
        {
            return (false, 0);
        }

        return tables.Main.Lookup(nextHop) is { } route && route.Protocol != RouteProtocol.Kernel ? (true, route.Metric) : (true, 0);
    }

    /// <summary>Stops listening to the tables.</summary>
    internal void Detach()
    {
        _space.IPv4.Routes.Changed -= OnChanged;
        _space.IPv6.Routes.Changed -= OnChanged;
    }

    private void OnChanged()
    {
        if (!IsSuppressed)
        {
            Changed?.Invoke();
        }
    }
}
