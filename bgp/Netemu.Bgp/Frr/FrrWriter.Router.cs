using System.Linq;
using Netemu.Bgp.Bmp;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <content>"router bgp" and its families.</content>
public sealed partial class FrrWriter
{
    private void WriteRouter(FrrRouter router)
    {
        Line($"router bgp {router.As}");
        FrrScope scope = new(router, AddressFamily.IPv4, _configuration.IsDatacenter);
        foreach (string line in FrrRouterStatements.All.SelectMany(statement => statement.Write(scope)))
        {
            Line(" " + line);
        }

        foreach (AddressFamily family in new[] { AddressFamily.IPv4, AddressFamily.IPv6 })
        {
            string[] lines = [.. FrrFamilyStatements.All.SelectMany(statement => statement.Write(scope with { Family = family }))];
            if (lines.Length > 0)
            {
                Line(" !");
                Line($" address-family {(family == AddressFamily.IPv4 ? "ipv4" : "ipv6")} unicast");
                foreach (string line in lines)
                {
                    Line("  " + line);
                }

                Line(" exit-address-family");
            }
        }

        foreach (FrrBmpTargets targets in router.BmpTargets)
        {
            WriteTargets(targets);
        }

        Line("exit");
        Line("!");
    }

    private void WriteTargets(FrrBmpTargets targets)
    {
        Line(" !");
        Line($" bmp targets {targets.Name}");
        if (targets.StatisticsInterval.Milliseconds > 0)
        {
            Line($"  bmp stats interval {targets.StatisticsInterval.Milliseconds}");
        }

        foreach ((BmpFeeds feed, string words) in new[]
        {
            (BmpFeeds.IPv4PrePolicy, "ipv4 unicast pre-policy"), (BmpFeeds.IPv4PostPolicy, "ipv4 unicast post-policy"),
            (BmpFeeds.IPv6PrePolicy, "ipv6 unicast pre-policy"), (BmpFeeds.IPv6PostPolicy, "ipv6 unicast post-policy"),
        })
        {
            if ((targets.Feeds & feed) != 0)
            {
                Line($"  bmp monitor {words}");
            }
        }

        foreach (BmpStation station in targets.Stations)
        {
            Line($"  bmp connect {station.Address} port {station.Port} min-retry {station.MinimumRetry.Milliseconds} max-retry {station.MaximumRetry.Milliseconds}"
                + (targets.Sources.TryGetValue((station.Address, station.Port), out string? device) ? $" source-interface {device}" : ""));
        }

        Line(" exit");
    }
}
