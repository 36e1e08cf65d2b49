using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Routing;

/// <summary>"show ip route [bgp|connected|static|kernel] [PREFIX|ADDRESS] [json]", of a namespace's MAIN table in zebra's words.</summary>
internal static class ShowIpRoute
{
    private const string Legend =
        "Codes: K - kernel route, C - connected, S - static, R - RIP,\n"
        + "       O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,\n"
        + "       T - Table, v - VNC, V - VNC-Direct, A - Babel, F - PBR,\n"
        + "       f - OpenFabric,\n"
        + "       > - selected route, * - FIB route, q - queued, r - rejected, b - backup\n"
        + "       t - trapped, o - offload failure\n\n";

    /// <summary>False if its words are not known.</summary>
    public static bool TryRun(NetworkNamespace space, string command, StringBuilder output)
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

        List<Line> lines = isIPv4 ? Lines(space.IPv4.Routes.Main) : Lines(space.IPv6.Routes.Main);
        lines = [.. lines.Where(line => (only is null || line.Code == only) && Fits(line.Prefix, prefix, lines))];
        output.Append(json ? Json(lines) : Legend + string.Concat(lines.Select(Text)));
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

    private static List<Line> Lines<TAddress>(RouteTable<TAddress> table)
        where TAddress : struct, IIPAddress<TAddress>
    {
        List<Line> lines = [];
        foreach (Route<TAddress> route in table.Routes())
        {
            InternetPrefix prefix = new(InternetAddress.From(route.Prefix.Address), route.Prefix.Length);
            lines.Add(new Line(prefix, CodeOf(route.Protocol), route.Metric, route.Type, HopsOf(route)));
        }

        return [.. lines.OrderBy(line => line.Prefix)];
    }

    private static List<string> HopsOf<TAddress>(Route<TAddress> route)
        where TAddress : struct, IIPAddress<TAddress>
    {
        List<string> hops = [];
        foreach (NextHop<TAddress> hop in route.NextHops)
        {
            string device = hop.Device?.Name ?? "";
            hops.Add(route.Type != RouteType.Unicast ? "unreachable (blackhole)"
                : hop.HasGateway ? $"via {hop.Gateway}, {device}"
                : !hop.IsDirect ? $"via {hop.ViaIPv6}, {device}"
                : $"is directly connected, {device}");
        }

        return hops;
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
        string distance = line.Code == 'C' ? "" : string.Create(
            CultureInfo.InvariantCulture, $" [{(line.Code == 'B' ? 20 : 1)}/{(line.Code == 'B' ? 0 : line.Metric)}]");
        StringBuilder text = new();
        for (int i = 0; i < line.Hops.Count; i++)
        {
            string head = i == 0 ? $"{line.Code}>* {line.Prefix}{distance} " : "  *" + new string(' ', line.Prefix.ToString().Length + distance.Length + 2);
            text.Append(head).Append(line.Hops[i]).Append(line.Code == 'C' ? "" : ", weight 1").Append('\n');
        }

        return text.ToString();
    }

    private static string Json(List<Line> lines) =>
        "{" + string.Join(",", lines.Select(line =>
            $"\"{line.Prefix}\":[{{\"prefix\":\"{line.Prefix}\",\"protocol\":\"{NameOf(line.Code)}\",\"selected\":true,\"installed\":true,"
            + $"\"nexthops\":[{string.Join(",", line.Hops.Select(HopJson))}]}}]")) + "}\n";

    private static string HopJson(string hop)
    {
        string[] parts = hop.Split(", ");
        string device = parts.Length > 1 ? $"\"interfaceName\":\"{parts[1]}\"," : "";
        return parts[0].StartsWith("via ", StringComparison.Ordinal)
            ? $"{{\"ip\":\"{parts[0][4..]}\",{device}\"active\":true}}"
            : $"{{\"directlyConnected\":{(parts[0].StartsWith("is", StringComparison.Ordinal) ? "true" : "false")},{device}\"active\":true}}";
    }

    private static string NameOf(char code) => code switch
    {
        'C' => "connected",
        'S' => "static",
        'B' => "bgp",
        _ => "kernel",
    };

    private sealed record Line(InternetPrefix Prefix, char Code, uint Metric, RouteType Type, List<string> Hops);
}
