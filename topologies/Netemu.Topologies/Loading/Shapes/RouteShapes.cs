using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of routes, rules, neighbours and forwarding entries, in iproute2's words.</summary>
internal static class RouteShapes
{
    private static readonly Value<RouteKind> KindWord = Values.Word(
        "a type of route",
        ("unicast", RouteKind.Unicast),
        ("local", RouteKind.Local),
        ("broadcast", RouteKind.Broadcast),
        ("anycast", RouteKind.Anycast),
        ("multicast", RouteKind.Multicast),
        ("blackhole", RouteKind.Blackhole),
        ("unreachable", RouteKind.Unreachable),
        ("prohibit", RouteKind.Prohibit),
        ("throw", RouteKind.Throw));

    private static readonly Value<RouteScope> ScopeWord = Values.Word(
        "a scope",
        ("global", RouteScope.Global),
        ("site", RouteScope.Site),
        ("link", RouteScope.Link),
        ("host", RouteScope.Host),
        ("nowhere", RouteScope.Nowhere));

    /// <summary>A prefix, or <c>default</c>, which has no family of its own.</summary>
    private static readonly Value<InternetPrefix?> Target = new ScalarValue<InternetPrefix?>(
        "a prefix or 'default'",
        static (string text, out InternetPrefix? value) =>
        {
            value = null;
            if (text is "default" or "any" or "all")
            {
                return null;
            }

            InternetPrefix probe = default;
            bool ok = InternetPrefix.TryParse(text, out probe) || TryArithmetic(text, out probe);
            value = ok ? probe : null;
            return !ok ? ScalarFault.Plain : HasHostBits(text, probe) ? ScalarFault.WithHint($"bits are set beyond the prefix: write {probe}") : null;
        },
        static () => Values.Pattern("^(default|any|all|[0-9a-fA-F:.]+(/[0-9]+)?)$", orNumber: false));

    public static ObjectShape<NextHopSpec> NextHop { get; } = new("nexthop", "a next hop", static () => new())
    {
        { "via", Values.Address, (s, v) => s.Via = v, "The gateway." },
        { "dev", Values.LocalDevice("next hop device"), (s, v) => s.Device = v, "The device." },
        { "weight", Values.Integer(1, 256, "a weight"), (s, v) => s.Weight = v, "The share of flows (1)." },
        { "onlink", Values.Boolean, (s, v) => s.Onlink = v, "The gateway is on the device, whatever its addresses say." },
    };

    public static ObjectShape<RouteSpec> Route { get; } = new("route", "a route", static () => new())
    {
        { "to", Target, SetTarget, "The destination, or 'default'.", Presence.Required },
        { "via", Values.Address, (s, v) => s.Via = v, "The gateway." },
        { "dev", Values.LocalDevice("route device"), (s, v) => s.Device = v, "The device." },
        { "type", KindWord, (s, v) => s.Kind = v, "The type (unicast)." },
        { "table", Values.Table, (s, v) => s.Table = v, "The table (main)." },
        { "metric", Values.UInt32("a metric"), (s, v) => s.Metric = v, "The metric." },
        { "src", Values.Address, (s, v) => s.Source = v, "The preferred source address." },
        { "scope", ScopeWord, (s, v) => s.Scope = v, "The scope." },
        { "onlink", Values.Boolean, (s, v) => s.Onlink = v, "The gateway is on the device, whatever its addresses say." },
        { "mtu", Values.Integer(68, 65_535, "an MTU"), (s, v) => s.Mtu = v, "The MTU of the path." },
        { "nexthops", Values.List(NextHop), (s, v) => s.NextHops = v, "Several next hops." },
        { "family", Values.Family, (s, v) => s.Family = v, "The family of 'default' where nothing else says it." },
    };

    /// <summary>What a rule takes of an address: a prefix, or every one, as <c>ip rule</c> says it.</summary>
    private static readonly Value<InternetPrefix?> Selector = new ScalarValue<InternetPrefix?>(
        "a prefix such as 10.0.0.0/24, or 'all'",
        static (string text, out InternetPrefix? value) =>
        {
            InternetPrefix prefix = default;
            ScalarFault? fault = text == "all" ? null : Values.ParsePrefix(text, out prefix);
            value = text == "all" ? null : prefix;
            return fault;
        },
        static () => Values.Pattern("^(all|[0-9a-fA-F:.]+(/[0-9]+)?)$", orNumber: false));

    public static ObjectShape<RuleSpec> Rule { get; } = new("rule", "a rule", static () => new())
    {
        OtherWords = new Dictionary<string, string>
        {
            ["pref"] = "priority",
            ["preference"] = "priority",
            ["order"] = "priority",
            ["dsfield"] = "tos",
            ["mark"] = "fwmark",
            ["dev"] = "iif",
            ["type"] = "action",
            ["suppress_prefixlength"] = "suppress-prefixlength",
        },
        Fields =
        {
            { "priority", Values.UInt32("a priority"), (s, v) => s.Priority = v, "The preference: lower is tried first." },
            { "from", Selector, (s, v) => s.From = v, "The source, or 'all'." },
            { "to", Selector, (s, v) => s.To = v, "The destination, or 'all'." },
            { "fwmark", Values.Mark, (s, v) => (s.Mark, s.MarkMask) = (v.Mark, v.Mask), "The mark, with a mask." },
            { "iif", Values.Name, (s, v) => s.InputDevice = v, "The input device; lo for local packets." },
            { "oif", Values.Name, (s, v) => s.OutputDevice = v, "The device that the socket is bound to." },
            { "tos", Values.Integer(0, 255), (s, v) => s.Tos = v, "The type of service." },
            { "ipproto", Values.Protocol, (s, v) => s.Protocol = v, "The IP protocol." },
            { "sport", Values.PortRange, (s, v) => s.SourcePorts = v, "Source ports." },
            { "dport", Values.PortRange, (s, v) => s.DestinationPorts = v, "Destination ports." },
            { "not", Values.Boolean, (s, v) => s.Invert = v, "Inverts the match." },
            { "action", Values.Word(
                "an action",
                ("lookup", RuleAction.Lookup),
                ("nop", RuleAction.Nop),
                ("blackhole", RuleAction.Blackhole),
                ("unreachable", RuleAction.Unreachable),
                ("prohibit", RuleAction.Prohibit)), (s, v) => s.Action = v, "What happens (lookup)." },
            { "table", Values.Table, (s, v) => s.Table = v, "The table to look up (main)." },
            { "lookup", Values.Table, (s, v) => s.Table = v, "The same." },
            { "goto", Values.UInt32("a priority"), (s, v) => (s.Action, s.GotoPriority) = (RuleAction.Goto, v), "The priority of the rule to go on with." },
            { "suppress-prefixlength", Values.Integer(0, 128), (s, v) => s.SuppressPrefixLength = v, "Routes this short do not count." },
            { "family", Values.Family, (s, v) => s.StatedFamily = v, "The family where from and to do not say it." },
        },
    };

    public static ObjectShape<NeighbourSpec> Neighbour { get; } = new("neighbour", "a neighbour", static () => new())
    {
        { "ip", Values.Address, (s, v) => s.Address = v, "The protocol address.", Presence.Required },
        { "mac", Values.Mac, (s, v) => s.Mac = v, "The link-layer address." },
        { "dev", Values.LocalDevice("neighbour device"), (s, v) => s.Device = v, "The device.", Presence.Required },
        { "proxy", Values.Boolean, (s, v) => s.Proxy = v, "Answer for this address." },
    };

    public static ObjectShape<FdbSpec> Fdb { get; } = new("fdb", "a forwarding entry", static () => new())
    {
        { "mac", Values.Mac, (s, v) => s.Mac = v, "The station's address.", Presence.Required },
        { "dev", Values.LocalDevice("forwarding entry device"), (s, v) => s.Device = v, "The port or vxlan.", Presence.Required },
        { "dst", Values.Address, (s, v) => s.Destination = v, "The remote end behind a vxlan." },
        { "vlan", Values.Integer(1, 4094, "a VLAN"), (s, v) => s.Vlan = v, "The VLAN." },
        { "vni", Values.Integer(0, 0xFF_FFFF, "a VNI"), (s, v) => s.Vni = v, "The VNI, where it differs from the device's." },
        { "port", Values.Port, (s, v) => s.Port = v, "The UDP port, where it differs from the device's." },
        { "master", Values.Boolean, (s, v) => s.Master = v, "The entry is the bridge's rather than the device's own." },
    };

    /// <summary>Linux refuses such an IPv4 route ("Invalid prefix for given prefix length"), and masks an IPv6 one.</summary>
    private static bool HasHostBits(string text, InternetPrefix prefix) =>
        prefix.IsIPv4 && Arithmetic.TrySplit(text, out ReadOnlySpan<char> start, out long offset) && offset == 0
        && start.IndexOf('/') is var slash and > 0
        && IPv4Address.TryParse(start[..slash], out IPv4Address written) && written != prefix.Address.IPv4;

    private static bool TryArithmetic(string text, out InternetPrefix prefix)
    {
        prefix = default;
        return Arithmetic.TrySplit(text, out ReadOnlySpan<char> start, out long offset)
            && InternetPrefix.TryParse(start, out InternetPrefix first)
            && Move(first, offset, out prefix);
    }

    private static bool Move(InternetPrefix prefix, long offset, out InternetPrefix moved)
    {
        InternetAddress address = prefix.IsIPv4 ? prefix.Address.IPv4.Add(offset) : prefix.Address.IPv6.Add(offset);
        moved = new InternetPrefix(address, prefix.Length);
        return true;
    }

    private static void SetTarget(RouteSpec route, InternetPrefix? target)
    {
        route.ToDefault = target is null;
        route.To = target ?? default;
    }
}
