using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Routing;

/// <summary>
/// The routing of one namespace and family: LOCAL, MAIN and numbered tables behind the rules. Any writer may write; who
/// reconciles looks at routes of its own protocol only.
/// </summary>
public sealed class RoutingTables<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private readonly Node _node;
    private readonly RouteTable<TAddress> _local = new(RouteTable<TAddress>.LocalId);
    private readonly RouteTable<TAddress> _main = new(RouteTable<TAddress>.MainId);
    private SortedDictionary<uint, RouteTable<TAddress>>? _numbered;
    private List<RoutingRule<TAddress>>? _rules;
    private int _multipath;

    internal RoutingTables(Node node) => _node = node;

    /// <summary>Raised after any change of routes or rules, for what resolves next hops through them.</summary>
    public event Action? Changed;

    public RouteTable<TAddress> Local => _local;

    public RouteTable<TAddress> Main => _main;

    /// <summary>Counts changes of any table or rule.</summary>
    public uint Generation { get; private set; }

    /// <summary>True if a rule looks at protocol or ports, so that a <see cref="FlowKey{TAddress}"/> needs them.</summary>
    public bool NeedsTransport { get; private set; }

    /// <summary>False while the rules are Linux's three: then only the destination counts.</summary>
    public bool HasRules => _rules is not null;

    /// <summary>The rules in the order of priority; null while they are Linux's three of a new namespace.</summary>
    public IReadOnlyList<RoutingRule<TAddress>> Rules => _rules ?? DefaultRules();

    /// <summary>Every table that exists: local, main, then numbered ones in order.</summary>
    public IEnumerable<RouteTable<TAddress>> Tables()
    {
        yield return _local;
        yield return _main;
        if (_numbered is not null)
        {
            foreach (RouteTable<TAddress> table in _numbered.Values)
            {
                yield return table;
            }
        }
    }

    /// <summary>The table of that number, made if <paramref name="create"/>.</summary>
    public RouteTable<TAddress>? Table(uint id, bool create)
    {
        switch (id)
        {
            case RouteTable<TAddress>.LocalId:
                return _local;
            case RouteTable<TAddress>.MainId or 0:
                return _main;
            default:
                if (_numbered is not null && _numbered.TryGetValue(id, out RouteTable<TAddress>? table))
                {
                    return table;
                }

                if (!create)
                {
                    return null;
                }

                table = new RouteTable<TAddress>(id);
                (_numbered ??= []).Add(id, table);
                return table;
        }
    }

    /// <summary>What to do with a packet, or null for no route. Type throw never comes out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RouteInfo<TAddress>? Resolve(in FlowKey<TAddress> flow) =>
        _rules is null ? Resolve(flow.Destination) : ResolveByRules(flow);

    /// <summary>The same for a destination alone; all that there is to say while the rules are Linux's three.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RouteInfo<TAddress>? Resolve(TAddress destination) =>
        _rules is null
            ? _local.ResolveHost(destination) ?? ResolveMain(destination)
            : ResolveByRules(destination);

    /// <summary>The route itself that <see cref="Resolve(in FlowKey{TAddress})"/> would follow, for people to read.</summary>
    public Route<TAddress>? Lookup(in FlowKey<TAddress> flow)
    {
        IReadOnlyList<RoutingRule<TAddress>> rules = Rules;
        for (int i = 0; i < rules.Count; i++)
        {
            RoutingRule<TAddress> rule = rules[i];
            if (rule.IsNop || !rule.Matches(flow))
            {
                continue;
            }

            if (rule.GotoPriority is { } target && _rules is not null)
            {
                i = IndexBefore(i, target);
                continue;
            }

            if (rule.Type != RouteType.Unicast)
            {
                return null;
            }

            Route<TAddress>? route = Table(rule.Table, create: false)?.Lookup(flow.Destination);
            if (route is not null && route.Type != RouteType.Throw && route.Prefix.Length > rule.SuppressPrefixLength)
            {
                return route;
            }
        }

        return null;
    }

    /// <summary>The route for a destination alone, as `ip route get` without options.</summary>
    public Route<TAddress>? Lookup(TAddress destination) =>
        Lookup(new FlowKey<TAddress>(default, destination, null, null, 0, 0));

    /// <summary>What the LOCAL table says an address is: local, broadcast, or anything else as unicast (inet_addr_type).</summary>
    public RouteType AddressType(TAddress address)
    {
        if (address.IsMulticast)
        {
            return RouteType.Multicast;
        }

        return _local.Resolve(address)?.Type ?? RouteType.Unicast;
    }

    /// <summary>
    /// Adds a route; false if one of the same prefix, metric and table exists, or with a <paramref name="place"/> among them one that
    /// also leads the same way.
    /// </summary>
    public bool Add(Route<TAddress> route, uint table = RouteTable<TAddress>.MainId, RoutePlace place = RoutePlace.Only)
    {
        if (!Table(table, create: true)!.Add(route, place))
        {
            return false;
        }

        foreach (NextHop<TAddress> hop in route.NextHops)
        {
            hop.IsDead |= route.Type != RouteType.Local && hop.Device is { } device && IsLinkdown(device);
        }

        _multipath += route.Group is null ? 0 : 1;
        NoteChange(route, added: true);
        return true;
    }

    public bool Remove(Route<TAddress> route)
    {
        if (Table(route.Table, create: false)?.Remove(route) != true)
        {
            return false;
        }

        _multipath -= route.Group is null ? 0 : 1;
        NoteChange(route, added: false);
        return true;
    }

    /// <summary>Adds a rule behind those of the same priority.</summary>
    public void AddRule(RoutingRule<TAddress> rule)
    {
        _rules ??= [.. DefaultRules()];
        int index = _rules.FindIndex(r => r.Priority > rule.Priority);
        _rules.Insert(index < 0 ? _rules.Count : index, rule);
        NeedsTransport = _rules.Exists(r => r.NeedsTransport);
        Generation++;
        Changed?.Invoke();
    }

    /// <summary>Removes the first rule that satisfies the predicate.</summary>
    public bool RemoveRule(Predicate<RoutingRule<TAddress>> predicate)
    {
        _rules ??= [.. DefaultRules()];
        int index = _rules.FindIndex(predicate);
        if (index < 0)
        {
            return false;
        }

        _rules.RemoveAt(index);
        NeedsTransport = _rules.Exists(r => r.NeedsTransport);
        Generation++;
        Changed?.Invoke();
        return true;
    }

    /// <summary>
    /// A device went down: its routes are gone for good, members of groups are passed over (fib_sync_down_dev). Local
    /// routes stay: they belong to the address.
    /// </summary>
    internal void DeviceDown(NetDevice device, bool removeLocal)
    {
        List<Route<TAddress>> dead = [];
        foreach (RouteTable<TAddress> table in Tables())
        {
            foreach (Route<TAddress> route in table.Routes())
            {
                bool touched = false;
                foreach (NextHop<TAddress> hop in route.NextHops)
                {
                    if (ReferenceEquals(hop.Device, device) && (removeLocal || route.Scope != RouteScope.Host || route.Type != RouteType.Local))
                    {
                        hop.IsDead = true;
                        touched = true;
                    }
                }

                if (touched && !route.IsUsable)
                {
                    dead.Add(route);
                }
            }
        }

        foreach (Route<TAddress> route in dead)
        {
            Remove(route);
        }
    }

    /// <summary>A device came up: members of groups that survived count again (fib_sync_up).</summary>
    internal void DeviceUp(NetDevice device)
    {
        if (_multipath == 0)
        {
            return;
        }

        foreach (RouteTable<TAddress> table in Tables())
        {
            foreach (Route<TAddress> route in table.Routes())
            {
                foreach (NextHop<TAddress> hop in route.NextHops)
                {
                    if (ReferenceEquals(hop.Device, device))
                    {
                        hop.IsDead = false;
                    }
                }
            }
        }
    }

    /// <summary>ignore_routes_with_linkdown: next hops without carrier are passed over, and count again with it.</summary>
    internal void CarrierChanged(NetDevice device)
    {
        if (!device.IsUp)
        {
            return;
        }

        bool dead = IsLinkdown(device);
        foreach (RouteTable<TAddress> table in Tables())
        {
            foreach (Route<TAddress> route in table.Routes())
            {
                foreach (NextHop<TAddress> hop in route.NextHops)
                {
                    if (ReferenceEquals(hop.Device, device) && route.Type != RouteType.Local && hop.IsDead != dead)
                    {
                        hop.IsDead = dead;
                        Generation++;
                    }
                }
            }
        }
    }

    /// <summary>IN_DEV_IGNORE_ROUTES_WITH_LINKDOWN ("all" or the device) and ip6_ignore_linkdown (the device), where there is no carrier.</summary>
    private static bool IsLinkdown(NetDevice device)
    {
        if (device.HasCarrier)
        {
            return false;
        }

        InterfaceSettings own = device.Namespace.SettingsOf(device);
        return TAddress.Family == AddressFamily.IPv6
            ? own.IgnoreRoutesWithLinkdownIPv6
            : own.IgnoreRoutesWithLinkdown || device.Namespace.Settings.All.IgnoreRoutesWithLinkdown;
    }

    private static List<RoutingRule<TAddress>> DefaultRules() =>
    [
        new RoutingRule<TAddress>(0) { Table = RouteTable<TAddress>.LocalId },
        new RoutingRule<TAddress>(32766) { Table = RouteTable<TAddress>.MainId },
        new RoutingRule<TAddress>(32767) { Table = RouteTable<TAddress>.DefaultId },
    ];

    private RouteInfo<TAddress>? ResolveMain(TAddress destination)
    {
        RouteInfo<TAddress>? info = _main.Resolve(destination);
        if (info is not null && info.Type != RouteType.Throw)
        {
            return info;
        }

        info = Table(RouteTable<TAddress>.DefaultId, create: false)?.Resolve(destination);
        return info is { Type: RouteType.Throw } ? null : info;
    }

    /// <summary>Out of line, so that those who forward without rules need no room for a key.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private RouteInfo<TAddress>? ResolveByRules(TAddress destination) =>
        ResolveByRules(new FlowKey<TAddress>(default, destination, null, null, 0, 0));

    private RouteInfo<TAddress>? ResolveByRules(in FlowKey<TAddress> flow)
    {
        for (int i = 0; i < _rules!.Count; i++)
        {
            RoutingRule<TAddress> rule = _rules[i];
            if (rule.IsNop || !rule.Matches(flow))
            {
                continue;
            }

            if (rule.GotoPriority is { } target)
            {
                i = IndexBefore(i, target);
                continue;
            }

            if (rule.Type != RouteType.Unicast)
            {
                // A rule's "unreachable" is ENETUNREACH, as if there were no route (fib4_rule_action); a route's is EHOSTUNREACH.
                return rule.Type == RouteType.Unreachable ? null : rule.Verdict;
            }

            RouteTable<TAddress>? table = Table(rule.Table, create: false);
            RouteInfo<TAddress>? info = table?.Resolve(flow.Destination);
            bool suppressed = rule.SuppressPrefixLength >= 0 && info is not null
                && table!.Lookup(flow.Destination)!.Prefix.Length <= rule.SuppressPrefixLength;
            if (info is not null && info.Type != RouteType.Throw && !suppressed)
            {
                return info;
            }
        }

        return null;
    }

    /// <summary>The place before the rule that a goto leads to; the present one if there is none (an unresolved goto does nothing).</summary>
    private int IndexBefore(int index, uint priority)
    {
        int target = _rules!.FindIndex(index + 1, r => r.Priority >= priority);
        return target >= 0 && _rules[target].Priority == priority ? target - 1 : index;
    }

    private void NoteChange(Route<TAddress> route, bool added)
    {
        Generation++;
        Span<byte> encoding = stackalloc byte[16 + 8];
        route.Prefix.Address.Write(encoding);
        encoding[16] = route.Prefix.Length;
        encoding[17] = (byte)route.Type;
        encoding[18] = (byte)route.Protocol;
        encoding[19] = (byte)(added ? 1 : 2);
        encoding[20] = (byte)route.NextHopCount;
        encoding[21..].Clear();
        _node.Hash.AddBytes(encoding);
        foreach (NextHop<TAddress> hop in route.NextHops)
        {
            hop.Gateway.Write(encoding);
            _node.Hash.AddBytes(encoding[..(TAddress.Bits / 8)]);
            _node.Hash.AddNumber((((ulong)route.Table) << 32) ^ ((ulong)(hop.Device?.Index ?? 0) << 8) ^ route.Metric);
        }

        Changed?.Invoke();
    }
}
