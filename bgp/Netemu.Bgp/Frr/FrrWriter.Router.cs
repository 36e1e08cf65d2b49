using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Bgp.Bmp;
using Netemu.Bgp.Damping;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <content>"router bgp" and its families.</content>
public sealed partial class FrrWriter
{
    /// <summary>The sources of "redistribute" in the order of zebra's numbers.</summary>
    private static readonly ImmutableArray<string> _sources = ["kernel", "connected", "static"];

    private void WriteRouter(FrrRouter router)
    {
        Line($"router bgp {router.As}");
        foreach (string line in FrrOrder.Sort([.. RouterLines(router), .. router.OtherLines, .. NeighborLines(router)], FrrOrder.Router))
        {
            Line(" " + line);
        }

        foreach (AddressFamily family in new[] { AddressFamily.IPv4, AddressFamily.IPv6 })
        {
            string[] lines = [.. FamilyLines(router, family)];
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

    /// <summary>What differs from the defaults.</summary>
    private IEnumerable<string> RouterLines(FrrRouter router)
    {
        (string Words, bool? Value, bool Default)[] switches =
        [
            ("bgp always-compare-med", router.AlwaysCompareMed, false),
            ("bgp ebgp-requires-policy", router.ShowsPolicyRequired, true),
            ("bgp default ipv4-unicast", router.DefaultIPv4Unicast, true),
            ("bgp default ipv6-unicast", router.DefaultIPv6Unicast, false),
            ("bgp client-to-client reflection", router.ClientToClient, true),
            ("bgp disable-ebgp-connected-route-check", router.DisableConnectedCheck, false),
            ("bgp deterministic-med", router.DeterministicMed, _configuration.IsDatacenter),
            ("bgp graceful-shutdown", router.GracefulShutdown, false),
            ("bgp graceful-restart notification", router.GracefulNotification, true),
            ("bgp graceful-restart", router.GracefulRestart, false),
            ("bgp graceful-restart-disable", router.GracefulRestartDisabled, false),
            ("bgp graceful-restart preserve-fw-state", router.PreservesForwarding, false),
            ("bgp bestpath as-path ignore", router.IgnoreAsPath, false),
            ("bgp bestpath as-path confed", router.CountConfederation, false),
            ("bgp bestpath as-path multipath-relax", router.MultipathRelax, _configuration.IsDatacenter),
            ("bgp bestpath compare-routerid", router.CompareRouterId, false),
            ("bgp bestpath med missing-as-worst", router.MissingAsWorst, false),
            ("bgp route-reflector allow-outbound-policy", router.ReflectsWithPolicy, false),
            ("bgp network import-check", router.ImportCheck && router.Base is null, true),
            ("bgp default shutdown", router.DefaultShutdown, false),
        ];
        foreach ((string words, bool? value, bool byDefault) in switches)
        {
            if (value is { } set && set != byDefault)
            {
                yield return set ? words : "no " + words;
            }
        }

        (string Words, string? Value)[] values =
        [
            ("bgp router-id", router.RouterId?.ToString()),
            ("bgp cluster-id", router.ClusterId?.ToString()),
            ("bgp default local-preference", Unless(router.DefaultLocalPref, 100)),
            ("bgp max-med administrative", router.MaximumMed is FrrRouter.DefaultMaximumMed ? "" : router.MaximumMed?.ToString()),
            ("bgp max-med on-startup", router.StartupMed is not { } startup ? null
                : $"{startup.Seconds} {(startup.Med == FrrRouter.DefaultMaximumMed ? "" : startup.Med.ToString(CultureInfo.InvariantCulture))}"),
            ("bgp conditional-advertisement timer", Unless(router.ConditionTimer, 60)),
            ("bgp confederation identifier", Unless(router.ConfederationId, 0)),
            ("bgp confederation peers", router.ConfederationPeers.Count == 0 ? null : string.Join(' ', router.ConfederationPeers)),
            ("bgp long-lived-graceful-restart stale-time", router.LongLivedStaleTime?.ToString()),
            ("bgp graceful-restart stalepath-time", Unless(router.StalePathTime, 360)),
            ("bgp graceful-restart restart-time", Unless(router.RestartTime, 120)),
            ("bgp graceful-restart select-defer-time", Unless(router.SelectDeferTime, 360)),
            ("timers bgp", TimersOf(router)),
            ("bgp listen limit", Unless((uint)router.ListenLimit, 0)),
            ("bgp shutdown", !router.IsShutdown ? null : router.ShutdownMessage.Length > 0 ? "message " + router.ShutdownMessage : ""),
        ];
        foreach ((string words, string? value) in values)
        {
            if (value is not null)
            {
                yield return $"{words} {value}".TrimEnd();
            }
        }

        foreach ((InternetPrefix prefix, string group) in router.ListenRanges.OrderBy(range => range.Prefix))
        {
            yield return $"bgp listen range {prefix} peer-group {group}";
        }
    }

    private static string? Unless(uint? value, uint byDefault) => value is { } set && set != byDefault ? set.ToString() : null;

    private string? TimersOf(FrrRouter router) => router.Timers is not { } timers
        || timers == (_configuration.IsDatacenter ? ((ushort)3, (ushort)9) : ((ushort)60, (ushort)180)) ? null : $"{timers.Keepalive} {timers.Hold}";

    private IEnumerable<string> FamilyLines(FrrRouter router, AddressFamily family)
    {
        if (router.Distances.TryGetValue(family, out (byte External, byte Internal, byte Local) distances) && distances != FrrDistances.Default)
        {
            yield return $"distance bgp {distances.External} {distances.Internal} {distances.Local}";
        }

        foreach (FrrSourceDistance source in router.SourceDistances.Values.Where(source => source.Prefix.Family == family))
        {
            yield return $"distance {source.Distance} {source.Prefix} {source.AccessList}";
        }

        foreach (FrrNetwork network in router.Networks.Values.Where(network => network.Prefix.Family == family))
        {
            yield return $"network {network.Prefix}{Map(network.RouteMap)}{(network.IsBackDoor ? " backdoor" : "")}";
        }

        foreach (FrrAggregate aggregate in router.Aggregates.Values.Where(aggregate => aggregate.Prefix.Family == family))
        {
            yield return $"aggregate-address {aggregate.Prefix}{(aggregate.AsSet ? " as-set" : "")}{(aggregate.SummaryOnly ? " summary-only" : "")}{Map(aggregate.RouteMap)}{(aggregate.SuppressMap is null ? "" : $" suppress-map {aggregate.SuppressMap}")}";
        }

        foreach (FrrRedistribution source in router.Redistributions.Where(source => source.Family == family).OrderBy(source => _sources.IndexOf(source.Source)))
        {
            yield return $"redistribute {source.Source}{(source.Metric is uint metric ? $" metric {metric}" : "")}{Map(source.RouteMap)}";
        }

        if (family == AddressFamily.IPv4 && router.Damping is { } damping)
        {
            yield return DampeningLine(damping);
        }

        foreach (string line in NeighborLinesOf(router, family))
        {
            yield return line;
        }

        // They hold for both families here, and are written where FRR's files have them.
        if (family == AddressFamily.IPv4 && router.MaximumPaths is int paths)
        {
            yield return $"maximum-paths {paths}";
        }

        if (family == AddressFamily.IPv4 && router.MaximumPathsIbgp is int inside)
        {
            yield return $"maximum-paths ibgp {inside}{(router.EqualClusterLength ? " equal-cluster-length" : "")}";
        }

        if (router.TableMaps.TryGetValue(family, out string? map))
        {
            yield return $"table-map {map}";
        }
    }

    private static string Map(string? name) => name is null ? "" : $" route-map {name}";

    private static string DampeningLine(FlapDamping damping) => damping == FlapDamping.Default
        ? "bgp dampening"
        : $"bgp dampening {Minutes(damping.HalfLife)} {damping.ReuseThreshold} {damping.SuppressThreshold} {Minutes(damping.MaximumSuppress)}";

    private static long Minutes(Netemu.Core.Time.Duration time) => time.Milliseconds / 60_000;

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
