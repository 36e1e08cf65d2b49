using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Netemu.Bgp.Show;

/// <summary>
/// vtysh takes the first letters of a word for the word: "sh ip bgp sum". A word that is one is never expanded, nor is what
/// somebody has named.
/// </summary>
public static class ShowAbbreviations
{
    /// <summary>Of two words with the same beginning the first one is meant.</summary>
    private static readonly ImmutableArray<string> _words =
    [
        "show", "clear", "configure", "terminal", "write", "memory", "ip", "ipv4", "ipv6", "bgp", "bfd", "bmp", "unicast", "summary",
        "neighbors", "neighbor", "advertised-routes", "received-routes", "filtered-routes", "routes", "route", "route-map", "json",
        "community", "community-list", "large-community", "regexp", "dampening", "dampened-paths", "flap-statistics", "parameters",
        "longer-prefixes", "prefix-list", "cidr-only", "bestpath", "multipath", "failed", "established", "all", "vrf", "default",
        "log", "connected", "static", "kernel", "peers", "peer", "interface", "soft", "in", "out", "brief", "running-config", "startup-config",
        "no-header", "bgpd", "zebra", "staticd", "bfdd", "peer-group", "nexthop", "access-list", "as-path-access-list", "extcommunity-list",
        "large-community-list", "detail", "end", "exit", "update-groups", "statistics", "nht", "prefix",
    ];

    /// <summary>After these comes what somebody has named or written.</summary>
    private static readonly ImmutableArray<string> _namers =
        ["neighbors", "neighbor", "community", "large-community", "regexp", "prefix-list", "route-map", "community-list", "vrf",
        "access-list", "as-path-access-list", "extcommunity-list", "large-community-list", "peer-group"];

    /// <summary>The words of a command, each in full.</summary>
    public static List<string> Expand(string command)
    {
        List<string> words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        for (int i = 0; i < words.Count; i++)
        {
            if (i > 0 && words[i - 1] == "regexp")
            {
                // The rest is one expression.
                break;
            }

            bool named = i > 0 && _namers.Contains(words[i - 1]) && words[i] != "json";
            words[i] = named || _words.Contains(words[i])
                ? words[i]
                : _words.FirstOrDefault(word => word.StartsWith(words[i], StringComparison.Ordinal)) ?? words[i];
        }

        return words;
    }
}
