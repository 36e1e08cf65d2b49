using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Model;
using EngineScope = Netemu.Engine.Routing.RouteScope;

namespace Netemu.Topologies.Building;

/// <summary>Fills one namespace's tables: routes, rules, neighbours and forwarding entries, by iproute2's rules.</summary>
internal sealed class TableBuilder(NetworkNamespace space, DiagnosticBag diagnostics)
{
    /// <summary>The metric of IPv6 routes that give none (IP6_RT_PRIO_USER).</summary>
    private const uint DefaultMetricIPv6 = 1024;

    public void Build(NamespaceSpec specification)
    {
        foreach (RouteSpec route in specification.Routes)
        {
            if (route.To.IsIPv4)
            {
                AddRoute(route, route.To.IPv4, space.IPv4.Routes);
            }
            else
            {
                AddRoute(route, route.To.IPv6, space.IPv6.Routes);
            }
        }

        foreach (RuleSpec rule in specification.Rules)
        {
            if (rule.Family == AddressFamily.IPv4)
            {
                AddRule(rule, space.IPv4.Routes);
            }
            else
            {
                AddRule(rule, space.IPv6.Routes);
            }
        }

        foreach (NeighbourSpec neighbour in specification.Neighbours)
        {
            AddNeighbour(neighbour);
        }

        foreach (FdbSpec entry in specification.Fdb)
        {
            AddFdb(entry);
        }
    }

    private void AddRoute<TAddress>(RouteSpec route, Prefix<TAddress> prefix, RoutingTables<TAddress> tables)
        where TAddress : struct, IIPAddress<TAddress>
    {
        List<NextHop<TAddress>> hops = [];
        bool leadsNowhere = route.Kind is RouteKind.Blackhole or RouteKind.Unreachable or RouteKind.Prohibit or RouteKind.Throw;
        if (leadsNowhere)
        {
            hops.Add(new NextHop<TAddress>(null, default, hasGateway: false));
        }
        else if (route.NextHops.Count == 0)
        {
            hops.AddIfAny(ResolveHop(route, route.Via, route.Device, 1, route.Onlink, tables));
        }

        foreach (NextHopSpec hop in route.NextHops)
        {
            hops.AddIfAny(ResolveHop(route, hop.Via, hop.Device, hop.Weight, hop.Onlink || route.Onlink, tables));
        }

        if (hops.Count < System.Math.Max(1, route.NextHops.Count))
        {
            return;
        }

        bool isIPv4 = TAddress.Family == AddressFamily.IPv4;
        TAddress source = default;
        route.Source?.TryGet(out source);
        Route<TAddress> added = new()
        {
            Prefix = prefix,
            Type = (RouteType)route.Kind,
            Protocol = RouteProtocol.Boot,
            Scope = ScopeOf(route, !hops[0].IsDirect || leadsNowhere),
            Metric = route.Metric ?? (isIPv4 ? 0 : DefaultMetricIPv6),
            PreferredSource = source,
            Mtu = route.Mtu ?? 0,
            NextHop = hops[0],
            Group = hops.Count > 1 ? [.. hops] : null,
        };
        if (!tables.Add(added, route.Table))
        {
            diagnostics.Error(
                BuildCode.AlreadyExists, $"'{space.QualifiedName}' has a route to {route.To} with this metric already", route.Range);
        }
    }

    /// <summary>ip's rule: host for local routes, link for what has no gateway, else global.</summary>
    private static EngineScope ScopeOf(RouteSpec route, bool isGlobal) =>
        route.Scope is { } stated ? (EngineScope)stated
        : route.Kind is RouteKind.Local ? EngineScope.Host
        : isGlobal || route.To.IsIPv6 ? EngineScope.Universe
        : EngineScope.Link;

    private NextHop<TAddress>? ResolveHop<TAddress>(
        RouteSpec route, InternetAddress? via, string? deviceName, int weight, bool onLink, RoutingTables<TAddress> tables)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NetDevice? device = null;
        if (deviceName is not null && (device = space.FindDevice(deviceName)) is null)
        {
            diagnostics.Error(BuildCode.UnknownDevice, $"'{space.QualifiedName}' has no device '{deviceName}'", route.Range);
            return null;
        }

        if (via is null)
        {
            device ??= route.Kind == RouteKind.Local ? space.Loopback : null;
            if (device is null)
            {
                diagnostics.Error(BuildCode.UnknownDevice, $"the route to {route.To} has neither 'via' nor 'dev'", route.Range);
                return null;
            }

            return new NextHop<TAddress>(device, default, hasGateway: false, weight);
        }

        if (TAddress.Family == AddressFamily.IPv4 && via.Value.IsIPv6)
        {
            return ResolveViaIPv6<TAddress>(route, via.Value.IPv6, device, weight);
        }

        if (!via.Value.TryGet(out TAddress gateway))
        {
            diagnostics.Error(BuildCode.MixedFamilies, $"{via} cannot be the gateway of {route.To}: another address family", route.Range);
            return null;
        }

        if (onLink && device is not null)
        {
            return new NextHop<TAddress>(device, gateway, hasGateway: true, weight, onLink: true);
        }

        // fib_check_nh: the gateway must be on a link of this namespace, and not be its own address.
        NetDevice? found = FindLink(gateway, device, tables);
        if (found is null)
        {
            diagnostics.Error(
                BuildCode.InvalidGateway,
                $"'{space.QualifiedName}' cannot reach the gateway {via} of {route.To} directly",
                route.Range,
                "a gateway must be in the prefix of an address of a device that is up, or be 'onlink'");
            return null;
        }

        return new NextHop<TAddress>(found, gateway, hasGateway: true, weight, onLink);
    }

    /// <summary>An IPv4 route by an IPv6 gateway (RFC 8950; fib_check_nh_v6_gw).</summary>
    private NextHop<TAddress>? ResolveViaIPv6<TAddress>(RouteSpec route, IPv6Address gateway, NetDevice? device, int weight)
        where TAddress : struct, IIPAddress<TAddress>
    {
        NetDevice? way = FindLink(gateway, device, space.IPv6.Routes);
        if (way is null)
        {
            diagnostics.Error(
                BuildCode.InvalidGateway,
                $"'{space.QualifiedName}' cannot reach the gateway {gateway} of {route.To} directly",
                route.Range,
                "a link-local gateway needs its device: {to: ..., via: \"fe80::1\", dev: eth1}");
            return null;
        }

        return new NextHop<TAddress>(way, default, hasGateway: false, weight) { ViaIPv6 = gateway };
    }

    private static NetDevice? FindLink<TAddress>(TAddress gateway, NetDevice? device, RoutingTables<TAddress> tables)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (gateway.IsLinkLocal && device is not null && TAddress.Family == AddressFamily.IPv6)
        {
            return device;
        }

        for (int length = TAddress.Bits; length >= 0; length--)
        {
            Route<TAddress>? route = tables.Main.Find(new Prefix<TAddress>(gateway, length));
            for (; route is not null; route = route.Next)
            {
                if (route.NextHop.IsDirect && route.NextHop.Device is { IsUp: true } way && (device is null || ReferenceEquals(way, device)))
                {
                    return tables.AddressType(gateway) == RouteType.Local ? null : way;
                }
            }
        }

        return null;
    }

    private void AddRule<TAddress>(RuleSpec rule, RoutingTables<TAddress> tables)
        where TAddress : struct, IIPAddress<TAddress>
    {
        // fib_default_rule_pref: one below the first rule that is not the local one.
        uint priority = rule.Priority ?? tables.Rules.Where(r => r.Priority > 0).Min(r => r.Priority) - 1;
        tables.AddRule(new RoutingRule<TAddress>(priority)
        {
            From = PrefixOf<TAddress>(rule.From),
            To = PrefixOf<TAddress>(rule.To),
            InputDevice = rule.InputDevice,
            OutputDevice = rule.OutputDevice,
            Mark = (rule.Mark ?? 0) & rule.MarkMask,
            MarkMask = rule.Mark is null ? 0 : rule.MarkMask,
            TypeOfService = rule.Tos is { } tos ? (byte)tos : null,
            IPProtocol = (byte?)rule.Protocol,
            SourcePorts = rule.SourcePorts is { } source ? (source.First, source.Last) : null,
            DestinationPorts = rule.DestinationPorts is { } target ? (target.First, target.Last) : null,
            Table = rule.Table,
            Type = rule.Action is RuleAction.Lookup or RuleAction.Goto or RuleAction.Nop ? RouteType.Unicast : (RouteType)rule.Action,
            GotoPriority = rule.GotoPriority,
            IsNop = rule.Action == RuleAction.Nop,
            SuppressPrefixLength = rule.SuppressPrefixLength ?? -1,
            Inverted = rule.Invert,
        });
    }

    private static Prefix<TAddress>? PrefixOf<TAddress>(InternetPrefix? prefix)
        where TAddress : struct, IIPAddress<TAddress> =>
        prefix is { } given && given.Address.TryGet(out TAddress address) ? new Prefix<TAddress>(address, given.Length) : null;

    private void AddNeighbour(NeighbourSpec neighbour)
    {
        if (space.FindDevice(neighbour.Device) is not { } device)
        {
            diagnostics.Error(BuildCode.UnknownDevice, $"'{space.QualifiedName}' has no device '{neighbour.Device}'", neighbour.Range);
            return;
        }

        if (neighbour.Address.IsIPv4)
        {
            AddNeighbour(space.IPv4.Neighbours, device, neighbour.Address.IPv4, neighbour);
        }
        else
        {
            AddNeighbour(space.IPv6.Neighbours, device, neighbour.Address.IPv6, neighbour);
        }
    }

    private static void AddNeighbour<TAddress>(
        NeighbourTable<TAddress> table, NetDevice device, TAddress address, NeighbourSpec neighbour)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (neighbour.Proxy)
        {
            table.AddProxy(device, address);
        }
        else if (neighbour.Mac is { } mac)
        {
            table.Set(device, address, mac, NudState.Permanent);
        }
    }

    private void AddFdb(FdbSpec entry)
    {
        if (space.FindDevice(entry.Device) is not { } device)
        {
            diagnostics.Error(BuildCode.UnknownDevice, $"'{space.QualifiedName}' has no device '{entry.Device}'", entry.Range);
            return;
        }

        if (device is VxlanDevice vxlan && !entry.Master)
        {
            AddVxlan(vxlan, entry);
            return;
        }

        if (device.Master is not BridgeDevice bridge || entry.Destination is not null)
        {
            diagnostics.Unsupported(
                BuildCode.UnsupportedOption, "forwarding entries other than those of a bridge's port are not supported yet", entry.Range);
            return;
        }

        bridge.Fdb.Add(entry.Mac, bridge.FindPort(device)!, entry.Vlan ?? 0);
    }

    /// <summary>An entry of a VXLAN's own table; the default entry and groups take one far end after another.</summary>
    private void AddVxlan(VxlanDevice device, FdbSpec entry)
    {
        if (entry.Destination is not { } destination)
        {
            diagnostics.Error(
                BuildCode.WrongDevice, $"the entry {entry.Mac} of vxlan '{entry.Device}' needs the key 'dst'", entry.Range);
            return;
        }

        VxlanRemote remote = new(destination, (ushort)(entry.Port ?? 0), entry.Vni);
        Errno error = entry.Mac.IsZero || entry.Mac.IsMulticast ? device.Fdb.Append(entry.Mac, remote) : device.Fdb.Add(entry.Mac, remote);
        if (error != Errno.None)
        {
            diagnostics.Error(BuildCode.AlreadyExists, $"'{device.QualifiedName}' has an entry {entry.Mac} already", entry.Range);
        }
    }
}
