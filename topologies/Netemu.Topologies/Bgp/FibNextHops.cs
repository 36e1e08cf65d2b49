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

        (RouteType type, RouteProtocol protocol, metric) = nextHop.IsIPv4
            ? Look(_space.IPv4.Routes.Resolve(nextHop.IPv4))
            : Look(_space.IPv6.Routes.Resolve(nextHop.IPv6));

        // What is on a link costs nothing; the kernel's metric of such a route (256 for IPv6) is no interior cost.
        metric = protocol == RouteProtocol.Kernel ? 0 : metric;
        return type is RouteType.Unicast or RouteType.Local;
    }

    private static (RouteType Type, RouteProtocol Protocol, uint Metric) Look<TAddress>(Route<TAddress>? route)
        where TAddress : struct, IIPAddress<TAddress> =>
        route is null ? (RouteType.Unreachable, default, 0) : (route.Type, route.Protocol, route.Metric);

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
