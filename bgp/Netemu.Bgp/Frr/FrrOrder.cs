using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Netemu.Bgp.Frr;

/// <summary>In which order bgpd writes the lines of a block: a line stands where the longest words stand that it begins with.</summary>
internal static class FrrOrder
{
    public static ImmutableArray<string> Router { get; } =
    [
        "bgp router-id", "bgp suppress-fib-pending", "bgp log-neighbor-changes", "bgp suppress-duplicates", "bgp hard-administrative-reset",
        "bgp always-compare-med", "bgp ebgp-requires-policy", "bgp default ipv4-unicast", "bgp default ipv6-unicast",
        "bgp default show-hostname", "bgp default show-nexthop-hostname", "bgp default local-preference", "bgp default subgroup-pkt-queue-max",
        "bgp client-to-client", "bgp cluster-id", "bgp disable-ebgp-connected-route-check", "bgp fast-external-failover",
        "bgp confederation identifier", "bgp confederation peers", "bgp deterministic-med", "update-delay", "bgp max-med on-startup", "bgp max-med administrative", "write-quanta",
        "read-quanta", "coalesce-time", "bgp graceful-shutdown", "bgp long-lived-graceful-restart", "bgp graceful-restart stalepath-time",
        "bgp graceful-restart restart-time", "bgp graceful-restart notification", "bgp graceful-restart select-defer-time",
        "bgp graceful-restart", "bgp graceful-restart-disable", "bgp graceful-restart preserve-fw-state", "bgp graceful-restart rib-stale-time",
        "bgp bestpath as-path ignore", "bgp bestpath as-path confed", "bgp bestpath as-path multipath-relax", "bgp route-reflector",
        "bgp bestpath compare-routerid", "bgp bestpath med", "bgp network import-check", "timers bgp", "bgp minimum-holdtime",
        "bgp conditional-advertisement", "neighbor", "bgp listen limit", "bgp listen range", "bgp default shutdown", "bgp shutdown",
    ];

    public static ImmutableArray<string> Neighbor { get; } =
    [
        "local-as", "description", "shutdown", "bfd", "password", "solo", "port", "tcp-mss", "passive", "ebgp-multihop", "local-role",
        "ttl-security", "disable-connected-check", "enforce-first-as", "update-source", "advertisement-interval", "timers", "timers connect",
        "timers delayopen", "capability dynamic", "capability extended-nexthop", "dont-capability-negotiate", "override-capability",
        "strict-capability-match", "sender-as-path-loop-detection", "graceful-restart", "graceful-restart-helper", "graceful-restart-disable",
    ];

    public static ImmutableArray<string> NeighborOfFamily { get; } =
    [
        "activate", "addpath-tx-all-paths", "addpath-tx-bestpath-per-AS", "disable-addpath-rx", "capability orf", "route-reflector-client",
        "next-hop-self", "remove-private-AS", "as-override", "send-community", "default-originate", "soft-reconfiguration", "maximum-prefix",
        "route-server-client", "nexthop-local", "allowas-in", "soo", "weight", "distribute-list", "prefix-list", "route-map", "unsuppress-map",
        "advertise-map", "filter-list", "attribute-unchanged",
    ];

    /// <summary>The lines in the order of a table; of equals, and of those that it does not know, as they come.</summary>
    public static IEnumerable<string> Sort(IEnumerable<string> lines, ImmutableArray<string> order) => lines.OrderBy(line => Place(line, order));

    private static int Place(string line, ImmutableArray<string> order)
    {
        string words = line.StartsWith("no ", StringComparison.Ordinal) ? line[3..] : line;
        (int place, int length) = (order.Length, 0);
        for (int i = 0; i < order.Length; i++)
        {
            bool begins = words.StartsWith(order[i], StringComparison.OrdinalIgnoreCase) && (words.Length == order[i].Length || words[order[i].Length] == ' ');
            if (begins && order[i].Length > length)
            {
                (place, length) = (i, order[i].Length);
            }
        }

        return place;
    }
}
