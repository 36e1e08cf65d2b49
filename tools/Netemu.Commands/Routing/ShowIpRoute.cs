using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp;
using Netemu.Bgp.Frr;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Topologies.Bgp;

namespace Netemu.Commands.Routing;

/// <summary>"show ip route [bgp|connected|static|kernel] [PREFIX|ADDRESS] [json]", of a namespace's MAIN table in zebra's words.</summary>
internal static class ShowIpRoute
{
    private const string Legend =
        "Codes: K - kernel route, C - connected, S - static, R - RIP,\n"
        + "       O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,\n"
        + "       T - Table, v - VNC, V - VNC-Direct, A - Babel, F - PBR,\n"
        + "       f - OpenFabric,\n"
        + Flags;

    private const string LegendIPv6 =
        "Codes: K - kernel route, C - connected, S - static, R - RIPng,\n"
        + "       O - OSPFv3, I - IS-IS, B - BGP, N - NHRP, T - Table,\n"
        + "       v - VNC, V - VNC-Direct, A - Babel, F - PBR,\n"
        + "       f - OpenFabric,\n"
        + Flags;

    private const string Flags =
        "       > - selected route, * - FIB route, q - queued, r - rejected, b - backup\n"
        + "       t - trapped, o - offload failure\n\n";

    private const int ExternalDistance = 20;

    private const int InternalDistance = 200;

    /// <summary>False if its words are not known.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="daemon">Knows the distances of BGP routes, and which are internal; null for a node without one.</param>
    /// <param name="command">The whole command.</param>
    /// <param name="output">What is printed.</param>
    public static bool TryRun(NetworkNamespace space, RoutingDaemon? daemon, string command, StringBuilder output)
    {
        List<string> words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        bool isIPv4 = words[1] == "ip";
        words.RemoveRange(0, 3);
        bool json = words.Remove("json");
        char? only = null;
        InternetPrefix? prefix = null;
        foreach (string word in words)
        {
            switch (word)
            {
                case "bgp":
                    only = 'B';
                    break;
                case "connected":
                    only = 'C';
                    break;
                case "static":
                    only = 'S';
                    break;
                case "kernel":
                    only = 'K';
                    break;
                default:
                    if (!InternetPrefix.TryParse(word, out InternetPrefix wanted))
                    {
                        return false;
                    }

                    prefix = wanted;
                    break;
            }
        }

        List<Line> lines = isIPv4 ? [.. Lines(space.IPv4.Routes.Main, daemon), .. Hosts(space)] : Lines(space.IPv6.Routes.Main, daemon);
        lines = [.. lines.OrderBy(line => line.Prefix).ThenBy(line => line.Distance)];
        for (int i = 1; i < lines.Count; i++)
        {
            // Of one prefix the nearest is selected.
            lines[i] = lines[i] with { IsSelected = lines[i].Prefix != lines[i - 1].Prefix };
        }

        lines = [.. lines.Where(line => (only is null || line.Code == only) && Fits(line.Prefix, prefix, lines))];
        output.Append(json ? Json(lines)
            : prefix is not null ? string.Concat(lines.Select(Entry))
            : (isIPv4 ? Legend : LegendIPv6) + string.Concat(lines.Select(Text)));
        return true;
    }

    /// <summary>A whole prefix must be there; an address is looked up.</summary>
    private static bool Fits(InternetPrefix candidate, InternetPrefix? wanted, List<Line> all)
    {
        if (wanted is not { } prefix)
        {
            return true;
        }

        bool isHost = prefix.Length == (prefix.IsIPv4 ? 32 : 128);
        return candidate == prefix
            || (isHost && candidate.Contains(prefix) && candidate.Length == all.Where(l => l.Prefix.Contains(prefix)).Max(l => l.Prefix.Length));
    }

    private static IEnumerable<Line> Hosts(NetworkNamespace space) => ConnectedHosts.Of(space).Select(own => new Line(
        new InternetPrefix(own.Address, 32), 'C', 0, 0, [new Hop(null, own.Device.Name)]));

    private static List<Line> Lines<TAddress>(RouteTable<TAddress> table, RoutingDaemon? daemon)
        where TAddress : struct, IIPAddress<TAddress>
    {
        List<Line> lines = [];
        IReadOnlyList<FrrStaticRoute> known = daemon?.Model?.Invoke().StaticRoutes ?? [];
        foreach (Route<TAddress> route in table.Routes())
        {
            InternetPrefix prefix = new(InternetAddress.From(route.Prefix.Address), route.Prefix.Length);
            char code = CodeOf(route.Protocol);
            BgpRoute? given = code == 'B' ? daemon?.Installed?.Invoke(prefix) : null;
            (int distance, uint metric) = code switch
            {
                // Without distances in MAIN they are bgpd's own; the metric is MULTI_EXIT_DISC.
                'B' => (
                    daemon is { HasDistances: true } ? (int)route.Metric
                        : given is { IsInternal: true } ? InternalDistance : ExternalDistance,
                    given?.Med ?? 0),
                'S' => (Distance(route.Metric), 0u),
                'K' => (0, route.Metric),
                _ => (0, 0u),
            };
            uint tag = code switch
            {
                'B' => given?.Tag ?? 0,
                'S' => known.FirstOrDefault(one => one.Prefix == prefix && one.Distance == distance)?.Tag ?? 0,
                _ => 0,
            };
            lines.Add(new Line(prefix, code, distance, metric, code == 'B' && route.Type == RouteType.Unicast ? HopsOf(table, route, daemon, prefix) : HopsOf(route)) { Tag = tag });
        }

        return lines;
    }

    /// <summary>A static route's distance stands in its metric here (`ip route PREFIX VIA 200`).</summary>
    private static int Distance(uint metric) => metric == 0 ? 1 : (int)metric;

    private static List<Hop> HopsOf<TAddress>(Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress>
    {
        List<Hop> hops = [];
        foreach (NextHop<TAddress> hop in route.NextHops)
        {
            hops.Add(new Hop(route.Type != RouteType.Unicast ? null : hop.HasGateway ? hop.Gateway.ToString() : hop.IsDirect ? null : hop.ViaIPv6.ToString(), hop.Device?.Name)
            {
                IsBlackhole = route.Type != RouteType.Unicast,
            });
        }

        return hops;
    }

    /// <summary>
    /// What bgpd has given zebra: a next hop that is not on a link is recursive, and the gateways that lead to it stand behind it.
    /// </summary>
    private static List<Hop> HopsOf<TAddress>(RouteTable<TAddress> table, Route<TAddress> route, RoutingDaemon? daemon, InternetPrefix prefix)
        where TAddress : struct, IIPAddress<TAddress>
    {
        List<Hop> hops = [];
        foreach (FibNextHop given in daemon?.NextHops?.Invoke(prefix) ?? [])
        {
            Route<TAddress>? way = given.Device is null && given.Address.TryGet(out TAddress address) ? table.Lookup(address) : null;
            if (way is null || ReferenceEquals(way, route))
            {
                return HopsOf(route);
            }

            bool isOnLink = !way.NextHop.HasGateway && way.NextHop.IsDirect;
            hops.Add(new Hop(given.Address.ToString(), isOnLink ? way.NextHop.Device?.Name : null) { IsRecursive = !isOnLink });
            hops.AddRange(isOnLink ? [] : HopsOf(way).Select(hop => hop with { IsResolver = true }));
        }

        return hops.Count > 0 ? hops : HopsOf(route);
    }

    private static char CodeOf(RouteProtocol protocol) => protocol switch
    {
        RouteProtocol.Kernel => 'C',
        RouteProtocol.Static or RouteProtocol.Boot => 'S',
        RouteProtocol.Bgp or RouteProtocol.Bird => 'B',
        _ => 'K',
    };

    private static string Text(Line line)
    {
        string distance = line.Code == 'C' ? "" : string.Create(CultureInfo.InvariantCulture, $" [{line.Distance}/{line.Metric}]");
        StringBuilder text = new();
        for (int i = 0; i < line.Hops.Count; i++)
        {
            Hop hop = line.Hops[i];
            string mark = line.IsSelected && !hop.IsRecursive ? "*" : " ";
            string head = i == 0
                ? $"{line.Code}{(line.IsSelected ? '>' : ' ')}{mark} {line.Prefix}{distance} "
                : $"  {mark}" + new string(' ', line.Prefix.ToString().Length + distance.Length + 2 + (hop.IsResolver ? 2 : 0));
            text.Append(head).Append(hop.Text).Append(line.Code == 'C' ? "" : ", weight 1").Append('\n');
        }

        return text.ToString();
    }

    /// <summary>"show ip route PREFIX" has an entry in sentences.</summary>
    private static string Entry(Line line)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Routing entry for {line.Prefix}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Known via \"{NameOf(line.Code)}\", distance {line.Distance}, metric {line.Metric}{(line.Tag != 0 ? $", tag {line.Tag}" : "")}{(line.IsSelected ? ", best" : "")}\n");
        foreach (Hop hop in line.Hops)
        {
            string way = hop.Gateway is { } gateway ? hop.IsRecursive ? $"{gateway} (recursive)" : $"{gateway}, via {hop.Device}"
                : hop.IsBlackhole ? hop.Text : $"directly connected, {hop.Device}";
            text.Append(CultureInfo.InvariantCulture, $"  {(line.IsSelected && !hop.IsRecursive ? '*' : ' ')} {(hop.IsResolver ? "  " : "")}{way}{(line.Code == 'C' ? "" : ", weight 1")}\n");
        }

        return text.Append('\n').ToString();
    }

    private static string Json(List<Line> lines) =>
        "{" + string.Join(",", lines.GroupBy(line => line.Prefix).Select(
            lines => $"\"{lines.Key}\":[{string.Join(",", lines.Select(EntryJson))}]")) + "}\n";

    private static string EntryJson(Line line) =>
            $"{{\"prefix\":\"{line.Prefix}\",\"prefixLen\":{line.Prefix.Length},\"protocol\":\"{NameOf(line.Code)}\",\"vrfId\":0,\"vrfName\":\"default\","
            + (line.IsSelected ? "\"selected\":true,\"destSelected\":true," : "") + $"\"distance\":{line.Distance},\"metric\":{line.Metric},{(line.IsSelected ? "\"installed\":true," : "")}{(line.Tag != 0 ? $"\"tag\":{line.Tag}," : "")}\"table\":254,"
            + $"\"nexthops\":[{string.Join(",", line.Hops.Select(hop => HopJson(line, hop)))}]}}";

    private static string HopJson(Line line, Hop hop)
    {
        string family = hop.Gateway is null ? "" : $"\"ip\":\"{hop.Gateway}\",\"afi\":\"{(hop.Gateway.Contains(':', StringComparison.Ordinal) ? "ipv6" : "ipv4")}\",";
        return "{" + (line.IsSelected && !hop.IsRecursive ? "\"fib\":true," : "")
            + (hop.IsBlackhole ? "\"unreachable\":true,\"blackhole\":true," : hop.Gateway is null ? "\"directlyConnected\":true," : family)
            + (hop.Device is null ? "" : $"\"interfaceName\":\"{hop.Device}\",")
            + (hop.IsRecursive ? "\"recursive\":true," : "") + (hop.IsResolver ? "\"resolver\":true," : "")
            + "\"active\":true" + (line.Code == 'C' ? "}" : ",\"weight\":1}");
    }

    private static string NameOf(char code) => code switch
    {
        'C' => "connected",
        'S' => "static",
        'B' => "bgp",
        _ => "kernel",
    };

    private sealed record Line(InternetPrefix Prefix, char Code, int Distance, uint Metric, List<Hop> Hops)
    {
        public bool IsSelected { get; init; } = true;

        public uint Tag { get; init; }
    }

    /// <summary>A way: over a gateway, or over a device alone.</summary>
    private sealed record Hop(string? Gateway, string? Device)
    {
        public bool IsBlackhole { get; init; }

        /// <summary>Its gateway is on no link: <see cref="IsResolver"/> ones behind it say how it is reached.</summary>
        public bool IsRecursive { get; init; }

        public bool IsResolver { get; init; }

        public string Text => IsBlackhole ? "unreachable (blackhole)"
            : Gateway is null ? $"is directly connected, {Device}"
            : IsRecursive ? $"via {Gateway} (recursive)"
            : $"via {Gateway}, {Device}";
    }
}
