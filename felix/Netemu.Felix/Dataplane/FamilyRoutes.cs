using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Dataplane;

/// <summary>
/// The routes of one family that Felix owns in a namespace's main table: what is wanted and what has been written. What
/// cannot be written yet (a device that is not there, a gateway that nothing leads to) stays pending; routes of other
/// writers are left alone.
/// </summary>
internal sealed class FamilyRoutes<TAddress>(NetworkNamespace space, RoutingTables<TAddress> tables)
    where TAddress : struct, IIPAddress<TAddress>
{
    /// <summary>IPv6 routes have the metric that `ip -6 route add` gives them (IP6_RT_PRIO_USER).</summary>
    private const uint MetricIPv6 = 1024;

    private readonly SortedDictionary<Prefix<TAddress>, RenderedRoute> _wanted = [];
    private readonly Dictionary<Prefix<TAddress>, Route<TAddress>> _installed = [];
    private readonly SortedSet<Prefix<TAddress>> _pending = [];

    /// <summary>True while something that is wanted could not be written yet.</summary>
    public bool HasPending => _pending.Count > 0;

    /// <summary>Wants a route, or none; says whether a route to a device of this host was taken away or led elsewhere.</summary>
    public bool Set(Prefix<TAddress> prefix, RenderedRoute? route)
    {
        bool wasLocal = _wanted.TryGetValue(prefix, out RenderedRoute? before) && before is { IsBlackhole: false, Gateway: null };
        if (before == route)
        {
            return false;
        }

        if (route is null)
        {
            _wanted.Remove(prefix);
        }
        else
        {
            _wanted[prefix] = route;
        }

        _pending.Add(prefix);
        return wasLocal;
    }

    /// <summary>A device came, went or changed: routes by it, and routes that wait for it, are looked at again.</summary>
    public void OnDeviceChanged(string device)
    {
        foreach ((Prefix<TAddress> prefix, RenderedRoute wanted) in _wanted)
        {
            bool concerns = wanted.Device == device || (wanted.Device is null && wanted.Gateway is not null);
            if (concerns && !(_installed.TryGetValue(prefix, out Route<TAddress>? route) && IsThere(prefix, route)))
            {
                _pending.Add(prefix);
            }
        }
    }

    /// <summary>Writes what is pending; says whether anything changed.</summary>
    public bool Apply()
    {
        if (_pending.Count == 0)
        {
            return false;
        }

        bool changed = false;
        Prefix<TAddress>[] pending = [.. _pending];
        _pending.Clear();
        foreach (Prefix<TAddress> prefix in pending)
        {
            RenderedRoute? wanted = _wanted.GetValueOrDefault(prefix);
            Route<TAddress>? route = wanted is null ? null : Build(prefix, wanted);
            if (_installed.Remove(prefix, out Route<TAddress>? old))
            {
                tables.Remove(old);
                changed = true;
            }

            if (route is not null)
            {
                Displace(route);
            }

            if (route is not null && tables.Add(route))
            {
                _installed.Add(prefix, route);
                changed = true;
            }
            else if (wanted is not null)
            {
                _pending.Add(prefix);
            }
        }

        return changed;
    }

    /// <summary>
    /// Compares with the table: what somebody removed becomes pending again, and a route of Felix's protocol and devices
    /// that it does not want is taken away. Says whether anything was wrong.
    /// </summary>
    public bool Resync(Func<NetDevice, bool> isOwnDevice)
    {
        bool wrong = false;
        foreach ((Prefix<TAddress> prefix, Route<TAddress> route) in _installed)
        {
            if (!IsThere(prefix, route))
            {
                _pending.Add(prefix);
                wrong = true;
            }
        }

        List<Route<TAddress>> strangers = [];
        foreach (Route<TAddress> route in tables.Main.Routes())
        {
            if (route.Protocol == RouteProtocol.Boot && route.NextHop.Device is { } device && isOwnDevice(device)
                && !(_installed.TryGetValue(route.Prefix, out Route<TAddress>? own) && ReferenceEquals(own, route)))
            {
                strangers.Add(route);
            }
        }

        foreach (Route<TAddress> stranger in strangers)
        {
            tables.Remove(stranger);
        }

        return wrong || strangers.Count > 0;
    }

    /// <summary>
    /// Felix writes with NLM_F_REPLACE: another's route of that prefix and metric (BIRD's to a block that has just become this
    /// node's own) goes.
    /// </summary>
    private void Displace(Route<TAddress> route)
    {
        for (Route<TAddress>? present = tables.Main.Find(route.Prefix); present is not null; present = present.Next)
        {
            if (present.Metric == route.Metric && present.Protocol != RouteProtocol.Kernel)
            {
                tables.Remove(present);
                return;
            }
        }
    }

    private bool IsThere(Prefix<TAddress> prefix, Route<TAddress> route)
    {
        for (Route<TAddress>? present = tables.Main.Find(prefix); present is not null; present = present.Next)
        {
            if (ReferenceEquals(present, route))
            {
                return true;
            }
        }

        return false;
    }

    private Route<TAddress>? Build(Prefix<TAddress> prefix, RenderedRoute wanted)
    {
        uint metric = typeof(TAddress) == typeof(IPv6Address) ? MetricIPv6 : 0;
        if (wanted.IsBlackhole)
        {
            return new Route<TAddress>
            {
                Prefix = prefix,
                Type = RouteType.Blackhole,
                Protocol = RouteProtocol.Boot,
                Metric = metric,
                NextHop = new NextHop<TAddress>(null, default, hasGateway: false),
            };
        }

        TAddress gateway = default;
        bool hasGateway = wanted.Gateway is { } given && given.TryGet(out gateway);
        NetDevice? device = wanted.Device is not null ? space.FindDevice(wanted.Device) : DeviceTo(gateway);
        return device is not { IsUp: true } ? null : new Route<TAddress>
        {
            Prefix = prefix,
            Protocol = RouteProtocol.Boot,
            Metric = metric,
            Scope = hasGateway || metric > 0 ? RouteScope.Universe : RouteScope.Link,
            NextHop = new NextHop<TAddress>(device, gateway, hasGateway, onLink: wanted.IsOnLink),
        };
    }

    /// <summary>The device on whose link a gateway is; null while no connected route leads to it.</summary>
    private NetDevice? DeviceTo(TAddress gateway) =>
        tables.Main.Lookup(gateway) is { Type: RouteType.Unicast, NextHop: { IsDirect: true, Device: { } device } } ? device : null;
}
