using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// Writes a speaker's best paths into MAIN, as zebra or BIRD's kernel protocol does: a next hop that is not on a link is
/// replaced by the gateway that leads to it, and again when the tables change. Routes of other protocols are left alone.
/// </summary>
public sealed class FibRouteSink : IRouteSink
{
    private readonly NetworkNamespace _space;
    private readonly FibNextHops _nextHops;
    private readonly RouteProtocol _protocol;
    private readonly uint _metric;
    private readonly Table<IPv4Address> _ipv4;
    private readonly Table<IPv6Address> _ipv6;
    private readonly CallbackTimer _refresh;
    private NetDevice? _tunnel;

    public FibRouteSink(NetworkNamespace space, FibNextHops nextHops, RouteProtocol protocol, uint metric)
    {
        _space = space;
        _nextHops = nextHops;
        _protocol = protocol;
        _metric = metric;
        _ipv4 = new Table<IPv4Address>(space.IPv4.Routes, IsOwnIPv4);
        _ipv6 = new Table<IPv6Address>(space.IPv6.Routes, static _ => false);
        _refresh = new CallbackTimer(Refresh);
        nextHops.MedOf = prefix => DistanceOf is null ? null : Find(prefix)?.Med;
        nextHops.Changed += () => space.Node.Schedule(_refresh, space.Node.Now);
    }

    /// <summary>True while next hops wait to be resolved again.</summary>
    public bool IsPending => _refresh.IsArmed;

    /// <summary>How to turn a route of a pool to another device (Calico's krt_tunnel); null leaves routes as they are.</summary>
    public Func<InternetPrefix, InternetAddress, string?>? TunnelDevice { get; init; }

    /// <summary>Whether a prefix is programmed at all (Calico's kernel filter); null takes all.</summary>
    public Predicate<InternetPrefix>? Programs { get; init; }

    /// <summary>
    /// The administrative distance of a route, by the neighbour of its best path: it is the metric in MAIN, so that of one
    /// prefix the nearest is used, as zebra selects it. Null gives every route one metric.
    /// </summary>
    public Func<BgpRoute, InternetAddress, uint>? DistanceOf { get; set; }

    /// <summary>What the speaker has given of a prefix; null for nothing.</summary>
    public BgpRoute? Find(InternetPrefix prefix) => prefix.IsIPv4 ? _ipv4.Find(prefix.IPv4) : _ipv6.Find(prefix.IPv6);

    /// <summary>The next hops that the speaker has given for a prefix, in the order of their addresses.</summary>
    public IReadOnlyList<FibNextHop> NextHopsOf(InternetPrefix prefix) =>
        [.. (prefix.IsIPv4 ? _ipv4.NextHopsOf(prefix.IPv4) : _ipv6.NextHopsOf(prefix.IPv6)).OrderBy(hop => hop.Address)];

    public void Install(in BgpRoute route, ReadOnlySpan<BgpNextHop> nextHops)
    {
        FibNextHop[] addresses = new FibNextHop[nextHops.Length];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = _nextHops.Locate(nextHops[i]);
        }

        Wish wish = new(addresses, route, nextHops.IsEmpty ? default : nextHops[0].Peer);
        _nextHops.IsSuppressed = true;
        if (route.Prefix.IsIPv4)
        {
            Put(_ipv4, route.Prefix.IPv4, wish);
        }
        else
        {
            Put(_ipv6, route.Prefix.IPv6, wish);
        }

        _nextHops.IsSuppressed = false;
    }

    public void Remove(InternetPrefix prefix)
    {
        _nextHops.IsSuppressed = true;
        if (prefix.IsIPv4)
        {
            _ipv4.Remove(prefix.IPv4);
        }
        else
        {
            _ipv6.Remove(prefix.IPv6);
        }

        _nextHops.IsSuppressed = false;
    }

    public void RestartEnding()
    {
        _ipv4.BeginRestart();
        _ipv6.BeginRestart();
    }

    public void RestartEnded()
    {
        _nextHops.IsSuppressed = true;
        _ipv4.EndRestart();
        _ipv6.EndRestart();
        _nextHops.IsSuppressed = false;
    }

    /// <summary>The routes that a speaker before this one left in MAIN are this one's: it replaces or removes them.</summary>
    public void Adopt()
    {
        uint? metric = DistanceOf is null ? _metric : null;
        _ipv4.Adopt(_protocol, metric);
        _ipv6.Adopt(_protocol, metric);
    }

    /// <summary>What is programmed, or the way to a tunnel, may be different now: every route is looked at again.</summary>
    public void Reconsider() => _space.Node.Schedule(_refresh, _space.Node.Now);

    private bool IsOwnIPv4(IPv4Address address) => _space.IPv4.IsLocal(address);

    private void Put<TAddress>(Table<TAddress> table, Prefix<TAddress> prefix, in Wish wish)
        where TAddress : struct, IIPAddress<TAddress>
    {
        table.Wanted[prefix] = wish;
        table.Program(prefix, BuildRoute(table, prefix, wish));
    }

    private void Refresh()
    {
        _nextHops.IsSuppressed = true;
        Refresh(_ipv4);
        Refresh(_ipv6);
        _nextHops.IsSuppressed = false;
    }

    private void Refresh<TAddress>(Table<TAddress> table)
        where TAddress : struct, IIPAddress<TAddress>
    {
        foreach ((Prefix<TAddress> prefix, Wish wish) in table.Wanted.OrderBy(wanted => wanted.Key).ToArray())
        {
            table.Program(prefix, BuildRoute(table, prefix, wish));
        }
    }

    /// <summary>The route as the tables want it now; null while no next hop is reachable.</summary>
    private Route<TAddress>? BuildRoute<TAddress>(Table<TAddress> table, Prefix<TAddress> prefix, in Wish wish)
        where TAddress : struct, IIPAddress<TAddress>
    {
        uint metric = DistanceOf?.Invoke(wish.Route, wish.Peer) ?? _metric;
        if (wish.Route.IsDiscard)
        {
            return new Route<TAddress>
            {
                Prefix = prefix,
                Protocol = _protocol,
                Metric = metric,
                Type = RouteType.Blackhole,
                NextHop = new NextHop<TAddress>(null, default, hasGateway: false),
            };
        }

        if (Programs is not null && !Programs(new InternetPrefix(InternetAddress.From(prefix.Address), prefix.Length)))
        {
            return null;
        }

        List<NextHop<TAddress>> hops = new(wish.NextHops.Length);
        foreach (FibNextHop wanted in wish.NextHops)
        {
            InternetAddress address = wanted.Address;
            if (_nextHops.TryOnLink(wanted, out NextHop<TAddress>? onLink))
            {
                if (onLink is not null && !hops.Exists(onLink.IsLike))
                {
                    hops.Add(onLink);
                }
            }
            else if (address.TryGet(out TAddress nextHop) && table.Resolve(prefix, nextHop) is { } hop)
            {
                NextHop<TAddress>? chosen = ThroughTunnel(prefix, address, nextHop, out bool isTunnelled) ?? (isTunnelled ? null : hop);
                if (chosen is not null && !hops.Exists(h => ReferenceEquals(h.Device, chosen.Device) && h.Gateway.Equals(chosen.Gateway)))
                {
                    hops.Add(chosen);
                }
            }
        }

        return hops.Count == 0
            ? null
            : new Route<TAddress>
            {
                Prefix = prefix,
                Protocol = _protocol,
                Metric = metric,
                NextHop = hops[0],
                Group = hops.Count > 1 ? [.. hops] : null,
            };
    }

    /// <summary>The way through a tunnel, if the prefix has one: none while the tunnel's device is not there.</summary>
    private NextHop<TAddress>? ThroughTunnel<TAddress>(
        Prefix<TAddress> prefix, InternetAddress address, TAddress nextHop, out bool isTunnelled)
        where TAddress : struct, IIPAddress<TAddress>
    {
        string? device = TunnelDevice?.Invoke(new InternetPrefix(InternetAddress.From(prefix.Address), prefix.Length), address);
        isTunnelled = device is not null;
        return device is not null && TunnelNamed(device) is { IsUp: true } tunnel
            ? new NextHop<TAddress>(tunnel, nextHop, hasGateway: true, onLink: true)
            : null;
    }

    /// <summary>The device of that name: the last one as long as it is there, without a look at all the others' names.</summary>
    private NetDevice? TunnelNamed(string name)
    {
        if (_tunnel is null || _tunnel.Name != name || !_space.Devices.Contains(_tunnel))
        {
            _tunnel = _space.FindDevice(name);
        }

        return _tunnel;
    }

    /// <summary>A best path as the speaker gave it, and the neighbour that it came from.</summary>
    private readonly record struct Wish(FibNextHop[] NextHops, BgpRoute Route, InternetAddress Peer);

    /// <summary>What is wanted and what stands in MAIN, for one family.</summary>
    private sealed class Table<TAddress>(RoutingTables<TAddress> routes, Predicate<TAddress> isOwn)
        where TAddress : struct, IIPAddress<TAddress>
    {
        private readonly Dictionary<Prefix<TAddress>, Route<TAddress>> _installed = [];

        /// <summary>What stood here before a restart and has not been installed again.</summary>
        private HashSet<Prefix<TAddress>>? _stale;

        public void BeginRestart() => _stale = [.. _installed.Keys];

        public void EndRestart()
        {
            if (_stale is not null)
            {
                foreach (Prefix<TAddress> prefix in _stale.Order())
                {
                    Remove(prefix);
                }
            }

            _stale = null;
        }

        public void Adopt(RouteProtocol protocol, uint? metric)
        {
            foreach (Route<TAddress> route in routes.Main.Routes())
            {
                if (route.Protocol == protocol && (metric is null || route.Metric == metric))
                {
                    _installed[route.Prefix] = route;
                }
            }
        }

        public BgpRoute? Find(Prefix<TAddress> prefix) => Wanted.TryGetValue(prefix, out Wish wish) ? wish.Route : null;

        public FibNextHop[] NextHopsOf(Prefix<TAddress> prefix) => Wanted.TryGetValue(prefix, out Wish wish) ? wish.NextHops : [];

        /// <summary>By prefix; whoever walks it to program sorts it.</summary>
        public Dictionary<Prefix<TAddress>, Wish> Wanted { get; } = [];

        public void Remove(Prefix<TAddress> prefix)
        {
            Wanted.Remove(prefix);
            Program(prefix, null);
        }

        public void Program(Prefix<TAddress> prefix, Route<TAddress>? route)
        {
            _stale?.Remove(prefix);
            if (_installed.TryGetValue(prefix, out Route<TAddress>? old))
            {
                if (route is not null && IsSame(old, route) && ReferenceEquals(Find(prefix, old.Metric), old))
                {
                    return;
                }

                _installed.Remove(prefix);
                routes.Remove(old);
            }

            if (route is not null && routes.Add(route))
            {
                _installed.Add(prefix, route);
            }
        }

        /// <summary>The way to a next hop: on a link, or by the gateway of the route that leads there. Never by itself.</summary>
        public NextHop<TAddress>? Resolve(Prefix<TAddress> prefix, TAddress nextHop)
        {
            if (isOwn(nextHop))
            {
                return null;
            }

            Route<TAddress>? way = routes.Main.Lookup(nextHop);
            if (way is not null && way.Prefix == prefix && _installed.TryGetValue(prefix, out Route<TAddress>? own) && ReferenceEquals(own, way))
            {
                way = routes.Main.Lookup(nextHop, prefix.Length - 1);
            }

            if (way is not { Type: RouteType.Unicast, NextHop.Device: not null })
            {
                return null;
            }

            return way.NextHop.HasGateway
                ? new NextHop<TAddress>(way.NextHop.Device, way.NextHop.Gateway, hasGateway: true)
                : !way.NextHop.IsDirect
                ? new NextHop<TAddress>(way.NextHop.Device, default, hasGateway: false) { ViaIPv6 = way.NextHop.ViaIPv6 }
                : new NextHop<TAddress>(way.NextHop.Device, nextHop, hasGateway: true);
        }

        private Route<TAddress>? Find(Prefix<TAddress> prefix, uint metric)
        {
            Route<TAddress>? route = routes.Main.Find(prefix);
            while (route is not null && route.Metric != metric)
            {
                route = route.Next;
            }

            return route;
        }

        private static bool IsSame(Route<TAddress> left, Route<TAddress> right)
        {
            if (left.NextHopCount != right.NextHopCount || left.Type != right.Type || left.Metric != right.Metric)
            {
                return false;
            }

            for (int i = 0; i < left.NextHopCount; i++)
            {
                NextHop<TAddress> a = left.NextHops[i];
                NextHop<TAddress> b = right.NextHops[i];
                if (!a.IsLike(b))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
