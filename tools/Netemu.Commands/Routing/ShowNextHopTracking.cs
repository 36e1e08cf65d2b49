using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;

namespace Netemu.Commands.Routing;

/// <summary>
/// "show ip|ipv6 nht [ADDRESS]" of zebra (print_rnh): the addresses that bgpd and staticd have asked it to watch, and the route
/// that leads to each. bgpd asks for its neighbours, the next hops of their paths, and the networks that must have a route.
/// </summary>
internal static class ShowNextHopTracking
{
    // The sockets of zebra's clients, as they come where zebra, staticd and bgpd are started in this order.
    private const string Static = " static(fd 15)";
    private const string Bgp = " bgp(fd 32)";

    /// <summary>False if its words are not known.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="daemon">The node's router.</param>
    /// <param name="command">The whole command.</param>
    /// <param name="output">What is printed.</param>
    public static bool TryRun(NetworkNamespace space, RoutingDaemon daemon, string command, StringBuilder output)
    {
        List<string> words = [.. command.Split(' ')];
        AddressFamily family = words[1] == "ip" ? AddressFamily.IPv4 : AddressFamily.IPv6;
        words.RemoveRange(0, 3);
        InternetAddress only = default;
        if (words is ["vrf", "default" or "all", ..])
        {
            words.RemoveRange(0, 2);
        }

        if (words.Count > 1 || (words is [string word] && (!InternetAddress.TryParse(word, out only) || only.IsIPv4 != (family == AddressFamily.IPv4))))
        {
            return false;
        }

        List<ZebraRoute> routes = ZebraTable.Of(space, daemon, family);
        foreach ((InternetPrefix prefix, Watch watch) in Watches(daemon, family))
        {
            if (only.IsNone || prefix.Address == only)
            {
                Append(output, prefix, watch, routes);
            }
        }

        return true;
    }

    private static SortedDictionary<InternetPrefix, Watch> Watches(RoutingDaemon daemon, AddressFamily family)
    {
        SortedDictionary<InternetPrefix, Watch> watches = [];
        foreach (InternetPrefix prefix in daemon.Model?.Invoke().CheckedNetworks ?? [])
        {
            Add(watches, family, prefix.Address, prefix.Length, new Watch(IsBgps: true));
        }

        foreach (BgpSession session in daemon.Speaker.Neighbors)
        {
            Add(watches, family, session.Address, null, new Watch(IsBgps: true) { IsConnected = IsOnLink(session) });
        }

        // An IPv4 route may have an IPv6 next hop (RFC 8950).
        foreach (BgpPath path in daemon.Speaker.Paths(AddressFamily.IPv4).Concat(daemon.Speaker.Paths(AddressFamily.IPv6)))
        {
            if (path is { Peer: { } peer, Rejection: PathRejection.None or PathRejection.NextHopUnreachable } && path.Attributes.LinkLocalNextHop.IsUnspecified)
            {
                Add(watches, family, path.Attributes.NextHop, null, new Watch(IsBgps: true) { IsConnected = IsOnLink(peer) });
            }
        }

        foreach (InternetAddress gateway in daemon.Model?.Invoke().StaticRoutes.Select(route => route.Gateway) ?? [])
        {
            Add(watches, family, gateway, null, new Watch(IsStatics: true));
        }

        return watches;
    }

    private static void Add(SortedDictionary<InternetPrefix, Watch> watches, AddressFamily family, InternetAddress address, int? length, Watch watch)
    {
        if (address.IsNone || address.IsIPv4 != (family == AddressFamily.IPv4) || (address.IsIPv6 && address.IPv6.IsLinkLocal))
        {
            return;
        }

        InternetPrefix prefix = new(address, length ?? (address.IsIPv4 ? 32 : 128));
        Watch known = watches.GetValueOrDefault(prefix);
        watches[prefix] = new Watch(known.IsBgps || watch.IsBgps, known.IsStatics || watch.IsStatics) { IsConnected = known.IsConnected || watch.IsConnected };
    }

    /// <summary>Of an external neighbour that is not several hops away the link is asked for.</summary>
    private static bool IsOnLink(BgpSession session) => !session.IsInternal && !session.Configuration.Multihop && session.Configuration.TtlSecurityHops <= 1;

    private static void Append(StringBuilder output, InternetPrefix prefix, Watch watch, List<ZebraRoute> routes)
    {
        // Not by the default route ("ip nht resolve-via-default").
        ZebraRoute? way = routes
            .Where(route => route.IsSelected && route.Prefix.Length > 0 && route.Prefix.Length <= prefix.Length && route.Prefix.Contains(prefix.Address)
                && (!watch.IsConnected || route.Code is 'C' or 'S'))
            .MaxBy(route => route.Prefix.Length);
        string connected = watch.IsConnected ? "(Connected)" : "";
        output.Append(CultureInfo.InvariantCulture, $"{prefix.Address}{connected}\n");
        output.Append(way is null ? $" unresolved{connected}\n" : $" resolved via {way.Name}\n");
        foreach (ZebraHop hop in way?.Hops.Where(hop => !hop.IsResolver) ?? [])
        {
            output.Append(' ').Append(Words(hop)).Append('\n');
        }

        output.Append(" Client list:").Append(watch.IsStatics ? Static : "").Append(watch.IsBgps ? Bgp : "").Append('\n');
    }

    private static string Words(ZebraHop hop) => hop.IsBlackhole ? "is directly connected, Null0"
        : hop.Gateway is null ? $"is directly connected, {hop.Device}"
        : hop.Gateway.Contains(':', StringComparison.Ordinal) ? $"{hop.Gateway}{(hop.IsRecursive ? "" : $", via {hop.Device}")}"
        : $"via {hop.Gateway}{(hop.IsRecursive ? "" : $", {hop.Device}")}";

    private readonly record struct Watch(bool IsBgps = false, bool IsStatics = false)
    {
        /// <summary>The address must be on a link.</summary>
        public bool IsConnected { get; init; }
    }
}
