using System;
using Netemu.Bgp;
using Netemu.Core.Addresses;
using Netemu.Core.Routing;
using Netemu.Engine.Devices;
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

    /// <summary>The device over which a neighbour is spoken to; null while that is not known.</summary>
    internal Func<InternetAddress, NetDevice?>? DeviceOf { get; set; }

    /// <summary>A link-local next hop is on the link of the neighbour that named it (RFC 2545 section 3).</summary>
    internal FibNextHop Locate(in BgpNextHop nextHop)
    {
        InternetAddress address = nextHop.LinkLocal.IsUnspecified ? nextHop.Address : nextHop.LinkLocal;
        return address.IsIPv6 && address.IPv6.IsLinkLocal
            ? new FibNextHop(address, DeviceOf?.Invoke(nextHop.Peer))
            : new FibNextHop(address, null);
    }

    /// <summary>
    /// The way to a next hop on a link, or to an IPv6 one for an IPv4 route (RFC 8950): false if neither is the case, null if
    /// it can't be reached now.
    /// </summary>
    internal bool TryOnLink<TAddress>(in FibNextHop nextHop, out NextHop<TAddress>? hop)
        where TAddress : struct, IIPAddress<TAddress>
    {
        hop = null;
        IPv6Address gateway = nextHop.Address.IPv6;
        NetDevice? device = nextHop.Device;
        bool isIPv4Route = TAddress.Family == AddressFamily.IPv4;
        if (!nextHop.Address.IsIPv6 || (device is null && !isIPv4Route))
        {
            return false;
        }

        if (device is null)
        {
            if (_space.IPv6.Routes.Main.Lookup(gateway) is not { Type: RouteType.Unicast, NextHop: { Device: { } way } onWay })
            {
                return true;
            }

            device = way;
            gateway = onWay.HasGateway ? onWay.Gateway : gateway;
        }

        if (device.IsRunning)
        {
            hop = isIPv4Route
                ? new NextHop<TAddress>(device, default, hasGateway: false) { ViaIPv6 = gateway }
                : InternetAddress.From(gateway).TryGet(out TAddress same) ? new NextHop<TAddress>(device, same, hasGateway: true) : null;
        }

        return true;
    }

    /// <summary>The MULTI_EXIT_DISC of one of the speaker's routes in MAIN whose metric is a distance; null for any other.</summary>
    internal Func<InternetPrefix, uint?>? MedOf { get; set; }

    /// <summary>The interior cost is the metric of the route that leads there.</summary>
    private (bool Reachable, uint Metric) Look<TAddress>(RoutingTables<TAddress> tables, TAddress nextHop)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (tables.Resolve(nextHop)?.Type is not (RouteType.Unicast or RouteType.Local))
        {
            return (false, 0);
        }

        return (true, tables.Main.Lookup(nextHop) is { } route ? MetricOf(route) : 0);
    }

    /// <summary>
    /// What is on a link costs nothing, whatever the kernel's metric of such a route is (256 for IPv6), and nor does a static
    /// route: what stands in its metric is a distance. So it is of the speaker's own routes, whose metric is MULTI_EXIT_DISC.
    /// </summary>
    private uint MetricOf<TAddress>(Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress> => route.Protocol switch
        {
            RouteProtocol.Kernel or RouteProtocol.Static => 0,
            RouteProtocol.Bgp when MedOf is not null => MedOf(new InternetPrefix(InternetAddress.From(route.Prefix.Address), route.Prefix.Length)) ?? route.Metric,
            _ => route.Metric,
        };

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
