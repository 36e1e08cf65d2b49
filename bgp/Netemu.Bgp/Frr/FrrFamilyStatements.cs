using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Netemu.Bgp.Damping;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Frr;

/// <summary>
/// The lines of a family of "router bgp" in the order in which bgpd writes them. Directly under "router bgp" they are of IPv4.
/// </summary>
internal static class FrrFamilyStatements
{
    /// <summary>The sources of "redistribute" in the order of zebra's numbers.</summary>
    private static readonly ImmutableArray<string> _sources = ["kernel", "connected", "static"];

    public static ImmutableArray<FrrRouterStatement> All { get; } =
    [
        new("distance bgp", ReadDistances, DistanceLines),
        new("distance", ReadSourceDistance, SourceDistanceLines),
        new("network", ReadNetwork, NetworkLines),
        new("aggregate-address", ReadAggregate, AggregateLines),
        new("redistribute", ReadRedistribute, RedistributeLines),
        new("bgp dampening", ReadDampening, DampeningLines),
        new("neighbor", (s, w) => FrrNeighborReader.Read(s, w, inFamily: true), s => FrrNeighborWriter.FamilyLines(s.Router, s.Family)),

        // They hold for both families here, and are written where FRR's files have them.
        new("maximum-paths", ReadMaximumPaths, s => s.Family == AddressFamily.IPv4 && s.Router.MaximumPaths is int paths ? [$"maximum-paths {paths}"] : []),
        new("maximum-paths ibgp", ReadMaximumPathsIbgp, MaximumPathsIbgpLines),
        new("table-map", ReadTableMap, s => s.Router.TableMaps.TryGetValue(s.Family, out string? map) ? [$"table-map {map}"] : []),
    ];

    /// <summary>"distance bgp EXTERNAL INTERNAL LOCAL".</summary>
    private static bool ReadDistances(FrrScope scope, FrrWords words)
    {
        if (words.IsNegated)
        {
            words.Rest();
            scope.Router.Distances.Remove(scope.Family);
            return true;
        }

        scope.Router.Distances[scope.Family] = (Distance(words), Distance(words), Distance(words));
        return true;
    }

    private static IEnumerable<string> DistanceLines(FrrScope scope) =>
        scope.Router.Distances.TryGetValue(scope.Family, out (byte External, byte Internal, byte Local) distances) && distances != FrrDistances.Default
            ? [$"distance bgp {distances.External} {distances.Internal} {distances.Local}"]
            : [];

    /// <summary>"distance N PREFIX [ACCESS-LIST]".</summary>
    private static bool ReadSourceDistance(FrrScope scope, FrrWords words)
    {
        byte distance = Distance(words);
        InternetPrefix prefix = words.Prefix(scope.Family);
        string? list = words.AtEnd ? null : words.Next();
        scope.Router.SourceDistances.Remove(prefix);
        if (!words.IsNegated)
        {
            scope.Router.SourceDistances.Add(prefix, new FrrSourceDistance(prefix, distance, list));
        }

        return true;
    }

    private static IEnumerable<string> SourceDistanceLines(FrrScope scope) => scope.Router.SourceDistances.Values
        .Where(source => source.Prefix.Family == scope.Family)
        .Select(source => $"distance {source.Distance} {source.Prefix} {source.AccessList}");

    private static byte Distance(FrrWords words) => (byte)words.Number(1, byte.MaxValue);

    /// <summary>"network PREFIX [route-map NAME] [backdoor]".</summary>
    private static bool ReadNetwork(FrrScope scope, FrrWords words)
    {
        InternetPrefix prefix = words.Network();
        scope.Router.Networks.Remove(prefix);
        string? map = words.Take("route-map") ? words.Next() : null;
        bool isBackDoor = words.Take("backdoor");
        if (!words.IsNegated)
        {
            scope.Router.Networks[prefix] = new FrrNetwork(prefix) { RouteMap = map, IsBackDoor = isBackDoor };
        }

        return true;
    }

    private static IEnumerable<string> NetworkLines(FrrScope scope) => scope.Router.Networks.Values
        .Where(network => network.Prefix.Family == scope.Family)
        .Select(network => $"network {network.Prefix}{Map(network.RouteMap)}{(network.IsBackDoor ? " backdoor" : "")}");

    /// <summary>"aggregate-address PREFIX [as-set] [summary-only] [route-map NAME] [suppress-map NAME]", in any order.</summary>
    private static bool ReadAggregate(FrrScope scope, FrrWords words)
    {
        InternetPrefix prefix = words.PrefixOrMask();
        FrrAggregate aggregate = new(prefix);
        while (!words.AtEnd)
        {
            aggregate = words.Take("summary-only") ? aggregate with { SummaryOnly = true }
                : words.Take("as-set") ? aggregate with { AsSet = true }
                : words.Take("route-map") ? aggregate with { RouteMap = words.Next() }
                : words.Take("suppress-map") ? aggregate with { SuppressMap = words.Next() }
                : throw new FrrSyntaxException($"'{words.Peek}' is not expected here");
        }

        if (aggregate is { SummaryOnly: true, SuppressMap: not null })
        {
            throw new FrrSyntaxException("'summary-only' and 'suppress-map' can't be used at the same time");
        }

        scope.Router.Aggregates.Remove(prefix);
        if (!words.IsNegated)
        {
            scope.Router.Aggregates[prefix] = aggregate;
        }

        return true;
    }

    private static IEnumerable<string> AggregateLines(FrrScope scope) => scope.Router.Aggregates.Values
        .Where(aggregate => aggregate.Prefix.Family == scope.Family)
        .Select(aggregate => $"aggregate-address {aggregate.Prefix}{(aggregate.AsSet ? " as-set" : "")}{(aggregate.SummaryOnly ? " summary-only" : "")}"
            + $"{Map(aggregate.RouteMap)}{(aggregate.SuppressMap is null ? "" : $" suppress-map {aggregate.SuppressMap}")}");

    /// <summary>"redistribute SOURCE [metric N] [route-map NAME]".</summary>
    private static bool ReadRedistribute(FrrScope scope, FrrWords words)
    {
        string source = words.Next();
        if (!_sources.Contains(source))
        {
            throw new FrrSyntaxException($"'{source}' is not connected, static or kernel");
        }

        FrrRedistribution redistribution = new(source, scope.Family);
        while (!words.AtEnd)
        {
            redistribution = words.Take("route-map") ? redistribution with { RouteMap = words.Next() }
                : words.Take("metric") ? redistribution with { Metric = words.Number() }
                : throw new FrrSyntaxException($"'{words.Peek}' is not expected here");
        }

        scope.Router.Redistributions.RemoveAll(other => other.Source == source && other.Family == scope.Family);
        if (!words.IsNegated)
        {
            scope.Router.Redistributions.Add(redistribution);
        }

        return true;
    }

    private static IEnumerable<string> RedistributeLines(FrrScope scope) => scope.Router.Redistributions
        .Where(source => source.Family == scope.Family)
        .OrderBy(source => _sources.IndexOf(source.Source))
        .Select(source => $"redistribute {source.Source}{(source.Metric is uint metric ? $" metric {metric}" : "")}{Map(source.RouteMap)}");

    /// <summary>"bgp dampening [HALF-LIFE [REUSE SUPPRESS MAXIMUM]]", in minutes and penalties (RFC 2439).</summary>
    private static bool ReadDampening(FrrScope scope, FrrWords words)
    {
        scope.Router.Damping = words.IsNegated ? words.Drop<FlapDamping?>() : Damping(words);
        return true;
    }

    private static FlapDamping Damping(FrrWords words)
    {
        if (!words.TryNumber(out uint halfLife))
        {
            return FlapDamping.Default;
        }

        FlapDamping damping = new() { HalfLife = Minutes(halfLife), MaximumSuppress = Minutes(4 * halfLife) };
        if (!words.TryNumber(out uint reuse))
        {
            return damping;
        }

        damping = damping with { ReuseThreshold = (int)reuse, SuppressThreshold = (int)words.Number(1, 20000) };
        return damping with { MaximumSuppress = Minutes(words.Number(1, 255)) };
    }

    private static IEnumerable<string> DampeningLines(FrrScope scope) => scope.Family != AddressFamily.IPv4 || scope.Router.Damping is not { } damping ? []
        : damping == FlapDamping.Default ? ["bgp dampening"]
        : [$"bgp dampening {Minutes(damping.HalfLife)} {damping.ReuseThreshold} {damping.SuppressThreshold} {Minutes(damping.MaximumSuppress)}"];

    private static Duration Minutes(uint minutes) => Duration.FromSeconds(minutes * 60);

    private static long Minutes(Duration time) => time.Milliseconds / 60_000;

    private static bool ReadMaximumPaths(FrrScope scope, FrrWords words)
    {
        scope.Router.MaximumPaths = words.IsNegated ? words.Drop<int?>() : (int)words.Number(1, 256);
        return true;
    }

    /// <summary>"maximum-paths ibgp N [equal-cluster-length]".</summary>
    private static bool ReadMaximumPathsIbgp(FrrScope scope, FrrWords words)
    {
        scope.Router.MaximumPathsIbgp = words.IsNegated ? words.Drop<int?>() : (int)words.Number(1, 256);
        scope.Router.EqualClusterLength = words.Take("equal-cluster-length");
        return true;
    }

    private static IEnumerable<string> MaximumPathsIbgpLines(FrrScope scope) => scope.Family == AddressFamily.IPv4 && scope.Router.MaximumPathsIbgp is int paths
        ? [$"maximum-paths ibgp {paths}{(scope.Router.EqualClusterLength ? " equal-cluster-length" : "")}"]
        : [];

    private static bool ReadTableMap(FrrScope scope, FrrWords words)
    {
        string map = words.Next();
        scope.Router.TableMaps.Remove(scope.Family);
        if (!words.IsNegated)
        {
            scope.Router.TableMaps[scope.Family] = map;
        }

        return true;
    }

    private static string Map(string? name) => name is null ? "" : $" route-map {name}";
}
