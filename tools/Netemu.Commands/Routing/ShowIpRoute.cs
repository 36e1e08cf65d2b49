using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;

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
        if (words is ["summary", ..])
        {
            return ShowRouteSummary.TryRun(ZebraTable.Of(space, daemon, isIPv4 ? AddressFamily.IPv4 : AddressFamily.IPv6), words[1..], json, output);
        }

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

        List<ZebraRoute> lines = ZebraTable.Of(space, daemon, isIPv4 ? AddressFamily.IPv4 : AddressFamily.IPv6);
        lines = [.. lines.Where(line => (only is null || line.Code == only) && Fits(line.Prefix, prefix, lines))];
        output.Append(json ? Json(lines)
            : prefix is not null ? string.Concat(lines.Select(Entry))
            : (isIPv4 ? Legend : LegendIPv6) + string.Concat(lines.Select(Text)));
        return true;
    }

    /// <summary>A whole prefix must be there; an address is looked up.</summary>
    private static bool Fits(InternetPrefix candidate, InternetPrefix? wanted, List<ZebraRoute> all)
    {
        if (wanted is not { } prefix)
        {
            return true;
        }

        bool isHost = prefix.IsHost;
        return candidate == prefix
            || (isHost && candidate.Contains(prefix) && candidate.Length == all.Where(l => l.Prefix.Contains(prefix)).Max(l => l.Prefix.Length));
    }

    private static string Text(ZebraRoute line)
    {
        string distance = line.Code == 'C' ? "" : string.Create(CultureInfo.InvariantCulture, $" [{line.Distance}/{line.Metric}]");
        StringBuilder text = new();
        for (int i = 0; i < line.Hops.Count; i++)
        {
            ZebraHop hop = line.Hops[i];
            string mark = line.IsInstalled && !hop.IsRecursive ? "*" : " ";
            string head = i == 0
                ? $"{line.Code}{(line.IsSelected ? '>' : ' ')}{mark} {line.Prefix}{distance} "
                : $"  {mark}" + new string(' ', line.Prefix.ToString().Length + distance.Length + 2 + (hop.IsResolver ? 2 : 0));
            text.Append(head).Append(hop.Text).Append(line.Code == 'C' ? "" : ", weight 1").Append('\n');
        }

        return text.ToString();
    }

    /// <summary>"show ip route PREFIX" has an entry in sentences.</summary>
    private static string Entry(ZebraRoute line)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Routing entry for {line.Prefix}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Known via \"{line.Name}\", distance {line.Distance}, metric {line.Metric}{(line.Tag != 0 ? $", tag {line.Tag}" : "")}{(line.IsSelected ? ", best" : "")}\n");
        foreach (ZebraHop hop in line.Hops)
        {
            string way = hop.Gateway is { } gateway ? hop.IsRecursive ? $"{gateway} (recursive)" : $"{gateway}, via {hop.Device}"
                : hop.IsBlackhole ? hop.Text : $"directly connected, {hop.Device}";
            text.Append(CultureInfo.InvariantCulture, $"  {(line.IsInstalled && !hop.IsRecursive ? '*' : ' ')} {(hop.IsResolver ? "  " : "")}{way}{(line.Code == 'C' ? "" : ", weight 1")}\n");
        }

        return text.Append('\n').ToString();
    }

    private static string Json(List<ZebraRoute> lines) =>
        "{" + string.Join(",", lines.GroupBy(line => line.Prefix).Select(
            lines => $"\"{lines.Key}\":[{string.Join(",", lines.Select(EntryJson))}]")) + "}\n";

    private static string EntryJson(ZebraRoute line) =>
            $"{{\"prefix\":\"{line.Prefix}\",\"prefixLen\":{line.Prefix.Length},\"protocol\":\"{line.Name}\",\"vrfId\":0,\"vrfName\":\"default\","
            + (line.IsSelected ? "\"selected\":true,\"destSelected\":true," : "") + $"\"distance\":{line.Distance},\"metric\":{line.Metric},{(line.IsSelected ? "\"installed\":true," : "")}{(line.Tag != 0 ? $"\"tag\":{line.Tag}," : "")}\"table\":254,"
            + $"\"nexthops\":[{string.Join(",", line.Hops.Select(hop => HopJson(line, hop)))}]}}";

    private static string HopJson(ZebraRoute line, ZebraHop hop)
    {
        string family = hop.Gateway is null ? "" : $"\"ip\":\"{hop.Gateway}\",\"afi\":\"{(hop.Gateway.Contains(':', StringComparison.Ordinal) ? "ipv6" : "ipv4")}\",";
        return "{" + (line.IsInstalled && !hop.IsRecursive ? "\"fib\":true," : "")
            + (hop.IsBlackhole ? "\"unreachable\":true,\"blackhole\":true," : hop.Gateway is null ? "\"directlyConnected\":true," : family)
            + (hop.Device is null ? "" : $"\"interfaceName\":\"{hop.Device}\",")
            + (hop.IsRecursive ? "\"recursive\":true," : "") + (hop.IsResolver ? "\"resolver\":true," : "")
            + "\"active\":true" + (line.Code == 'C' ? "}" : ",\"weight\":1}");
    }
}
