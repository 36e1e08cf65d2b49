using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Netemu.Bgp;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Routing;

/// <summary>"show [ip] bgp nexthop": the next hops of paths and the addresses of neighbours, and the way to each in MAIN.</summary>
internal static class ShowBgpNextHops
{
    public static bool IsAsked(string command) => command is "show bgp nexthop" or "show ip bgp nexthop" or "show bgp nexthop detail" or "show ip bgp nexthop detail";

    public static string Text(NetworkNamespace space, BgpSpeaker speaker)
    {
        SortedDictionary<InternetAddress, (int Paths, string? Peer, string? Device)> cache = [];
        foreach (BgpPath path in speaker.Paths(AddressFamily.IPv4).Concat(speaker.Paths(AddressFamily.IPv6)))
        {
            InternetAddress address = path.Attributes.LinkLocalNextHop.IsUnspecified ? path.Attributes.NextHop : path.Attributes.LinkLocalNextHop;
            bool isInTable = path.Rejection is PathRejection.None or PathRejection.NextHopUnreachable;
            if (isInTable && path.Peer is { } peer && !address.IsNone)
            {
                (int paths, string? name, string? device) = cache.GetValueOrDefault(address);
                cache[address] = (paths + 1, name, IsOnLink(address) ? peer.Configuration.Interface : device);
            }
        }

        List<(InternetAddress Address, string Peer)> links = [];
        foreach (BgpSession session in speaker.Neighbors)
        {
            if (IsOnLink(session.Address))
            {
                links.Add((session.Address, session.Name));
                continue;
            }

            (int paths, string? _, string? device) = cache.GetValueOrDefault(session.Address);
            cache[session.Address] = (paths, session.Name, device);
        }

        StringBuilder text = new("Current BGP nexthop cache:\n");
        foreach ((InternetAddress address, (int paths, string? peer, string? device)) in cache)
        {
            Append(text, space, speaker, address, paths, peer, device);
        }

        foreach ((InternetAddress address, string peer) in links)
        {
            text.Append(CultureInfo.InvariantCulture, $" {address} valid [IGP metric 0], #paths 0, peer {peer}\n\n");
        }

        return text.ToString();
    }

    private static bool IsOnLink(InternetAddress address) => address.IsIPv6 && address.IPv6.IsLinkLocal;

    private static void Append(
        StringBuilder text, NetworkNamespace space, BgpSpeaker speaker, InternetAddress address, int paths, string? peer, string? device)
    {
        string of = $"#paths {paths}{(peer is null ? "" : $", peer {peer}")}";
        string? way = device is not null ? $"if {device}"
            : address.IsIPv4 ? Way(space.IPv4.Routes, address.IPv4) : Way(space.IPv6.Routes, address.IPv6);
        uint metric = 0;
        bool isValid = speaker.Services.NextHops?.TryResolve(address, out metric) ?? true;
        text.Append(way is not null && isValid
            ? string.Create(CultureInfo.InvariantCulture, $" {address} valid [IGP metric {metric}], {of}\n  {way}\n\n")
            : string.Create(CultureInfo.InvariantCulture, $" {address} invalid, {of}\n\n"));
    }

    /// <summary>Over which device, or by which gateway.</summary>
    private static string? Way<TAddress>(RoutingTables<TAddress> tables, TAddress address)
        where TAddress : struct, IIPAddress<TAddress> =>
        tables.Main.Lookup(address) is not { Type: RouteType.Unicast, NextHop: { Device: { } device } hop } ? null
            : hop.HasGateway ? $"gate {hop.Gateway}" : $"if {device.Name}";
}
