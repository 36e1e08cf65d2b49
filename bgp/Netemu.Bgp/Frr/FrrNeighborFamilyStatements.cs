using System;
using System.Collections.Immutable;
using Netemu.Core.Time;
using static Netemu.Bgp.Frr.FrrNeighborStatement;

namespace Netemu.Bgp.Frr;

/// <summary>The lines of a neighbour that are of a family, what it is told and taken from, in the order in which bgpd writes them.</summary>
internal static class FrrNeighborFamilyStatements
{
    public static ImmutableArray<FrrNeighborStatement> All { get; } =
    [
        new("activate", line => line.PutName("activate", line.IsNegated ? "no" : "yes")),
        Switch("addpath-tx-all-paths", (c, on) => c with { AddPathSend = on, AddPathBestOfAs = false }, (c, _) => c is { AddPathSend: true, AddPathBestOfAs: false }, AddPathSend),
        Switch("addpath-tx-bestpath-per-AS", (c, on) => c with { AddPathSend = on, AddPathBestOfAs = on }, (c, _) => c is { AddPathSend: true, AddPathBestOfAs: true }, AddPathSend),
        Switch("disable-addpath-rx", (c, on) => c with { AddPathReceive = !on }, (c, _) => !c.AddPathReceive),

        // ORF moves a prefix list of ours to the neighbour, which changes what is sent but not what is kept.
        Neutral("capability orf prefix-list", w => w.Take("both") || w.Take("send") || w.Take("receive"), "capability orf"),
        Switch("route-reflector-client", (c, on) => c with { RouteReflectorClient = on }, (c, _) => c.RouteReflectorClient),
        Value(
            "next-hop-self", w => w.Take("force") || w.Take("all") ? NextHopMode.Self : NextHopMode.SelfUnlessReflected, (c, mode, _) => c with { NextHop = mode },
            (c, _) => c.NextHop == NextHopMode.Self ? "force" : c.NextHop == NextHopMode.SelfUnlessReflected ? "" : null, NextHopMode.Automatic),
        Value("remove-private-AS", ReadPrivateAs, (c, mode, _) => c with { RemovePrivateAs = mode }, (c, _) => PrivateAsWords(c.RemovePrivateAs), PrivateAsMode.Keep, "remove-private-as"),
        Switch("as-override", (c, on) => c with { AsOverride = on }, (c, _) => c.AsOverride),
        SendCommunity("send-community", CommunityKinds.Standard),
        SendCommunity("send-community standard", CommunityKinds.Standard),
        SendCommunity("send-community extended", CommunityKinds.Extended),
        SendCommunity("send-community large", CommunityKinds.Large),
        SendCommunity("send-community both", CommunityKinds.Standard | CommunityKinds.Extended),
        SendCommunity("send-community all", CommunityKinds.All),
        Value(
            "default-originate", w => (On: true, Map: w.Take("route-map") ? w.Next() : null),
            (c, originate, compiler) => c with { DefaultOriginate = originate.On, DefaultOriginatePolicy = originate.On ? compiler.WithMetric(0, originate.Map) : null },
            (c, _) => c.DefaultOriginate ? "" : null),
        Neutral("soft-reconfiguration inbound", key: "soft-reconfiguration"),
        Removable(
            "maximum-prefix", ReadMaximumPrefix,
            (c, maximum, _) => c with
            {
                MaximumPrefixes = maximum.Limit,
                MaximumPrefixesWarningOnly = maximum.Warns,
                MaximumPrefixesRestart = maximum.Restart,
                MaximumPrefixesCountsRefused = maximum.Forces,
            },
            (c, _) => c with { MaximumPrefixes = 0 },
            (c, _) => c.MaximumPrefixes > 0 ? $"{c.MaximumPrefixes}{(c.MaximumPrefixesWarningOnly ? " warning-only" : "")}" : null),
        Switch("route-server-client", (c, on) => c with { RouteServerClient = on }, (c, _) => c.RouteServerClient),
        Neutral("nexthop-local unchanged", key: "nexthop-local"),
        Value(
            "allowas-in", ReadOwnAs, (c, own, _) => c with { AllowedOwnAs = own.Times, AllowsOwnOrigin = own.Origin },
            (c, _) => c.AllowsOwnOrigin ? "origin" : c.AllowedOwnAs > 0 ? $"{c.AllowedOwnAs}" : null),
        Value("weight", w => (ushort)w.Number(0, ushort.MaxValue), (c, weight, _) => c with { Weight = weight }, (c, _) => c.Weight > 0 ? $"{c.Weight}" : null),
        new(DistributeList, line => ReadFilter(DistributeList, line)),
        new(PrefixList, line => ReadFilter(PrefixList, line)),
        new(RouteMap, line => ReadFilter(RouteMap, line), (c, _) =>
        [
            .. c.Import is { } import ? [($"{RouteMap} in", $"{RouteMap} {import.Name} in")] : ImmutableArray<(string, string)>.Empty,
            .. c.Export is { } export ? [($"{RouteMap} out", $"{RouteMap} {export.Name} out")] : ImmutableArray<(string, string)>.Empty,
        ]),
        new("unsuppress-map", ReadUnsuppressMap),
        new("advertise-map", ReadAdvertiseMap),
        new("filter-list", line => ReadFilter("filter-list", line)),
        Value(
            "attribute-unchanged", ReadUnchanged,
            (c, kept, _) => c with { KeepsAsPath = kept.AsPath, KeepsMed = kept.Med, NextHop = kept.NextHop ? NextHopMode.Unchanged : NextHopMode.Automatic },
            (c, _) => UnchangedWords(c)),
    ];

    private const string AddPathSend = "addpath-tx";

    private const string RouteMap = "route-map";

    private const string PrefixList = "prefix-list";

    private const string DistributeList = "distribute-list";

    /// <summary>"remove-private-AS [all] [replace-AS]".</summary>
    private static PrivateAsMode ReadPrivateAs(FrrWords words)
    {
        bool all = words.Take("all");
        return words.Take("replace-AS")
            ? all ? PrivateAsMode.Replace : PrivateAsMode.ReplaceIfAllPrivate
            : all ? PrivateAsMode.Remove : PrivateAsMode.RemoveIfAllPrivate;
    }

    private static string? PrivateAsWords(PrivateAsMode mode) => mode switch
    {
        PrivateAsMode.RemoveIfAllPrivate => "",
        PrivateAsMode.Remove => "all",
        PrivateAsMode.Replace => "all replace-AS",
        PrivateAsMode.ReplaceIfAllPrivate => "replace-AS",
        _ => null,
    };

    /// <summary>Each kind of communities is a setting for itself; all are sent by default, so it is "no" that is said.</summary>
    private static FrrNeighborStatement SendCommunity(string words, CommunityKinds kinds) => new(
        words,
        line =>
        {
            bool negated = line.IsNegated;
            foreach ((CommunityKinds kind, string key) in _communityKinds)
            {
                if ((kinds & kind) != 0)
                {
                    line.Settings[key] = FrrPeer.Setting.Of(line.Peer.Name, negated ? $"no {key}" : key, (c, _) => c with
                    {
                        SendCommunities = negated ? c.SendCommunities & ~kind : c.SendCommunities | kind,
                    });
                }
            }

            return true;
        },
        (c, _) => _communityKinds.Contains((kinds, words)) && (c.SendCommunities & kinds) == 0 ? [(words, $"no {words}")] : []);

    private static readonly ImmutableArray<(CommunityKinds Kind, string Key)> _communityKinds =
    [
        (CommunityKinds.Standard, "send-community"), (CommunityKinds.Extended, "send-community extended"), (CommunityKinds.Large, "send-community large"),
    ];

    /// <summary>"maximum-prefix N [THRESHOLD] [warning-only] [restart MINUTES] [force]".</summary>
    private static (int Limit, bool Warns, Duration Restart, bool Forces) ReadMaximumPrefix(FrrWords words)
    {
        int limit = (int)Math.Min(int.MaxValue, words.Number(1));
        words.TryNumber(out _);
        bool warns = words.Take("warning-only");
        Duration restart = words.Take("restart") ? Duration.FromSeconds(60 * words.Number(1, 65535)) : Duration.Zero;
        return (limit, warns, restart, words.Take("force"));
    }

    /// <summary>"allowas-in [TIMES|origin]".</summary>
    private static (int Times, bool Origin) ReadOwnAs(FrrWords words) =>
        words.Take("origin") ? (0, true) : (words.TryNumber(out uint number) ? (int)number : 3, false);

    /// <summary>"KIND NAME in|out".</summary>
    private static bool ReadFilter(string kind, FrrNeighborLine line)
    {
        string name = line.Words.Next();
        string direction = line.Words.Next();
        if (direction is not ("in" or "out"))
        {
            throw new FrrSyntaxException($"'{direction}' is not 'in' or 'out'");
        }

        string key = $"{kind} {direction}";
        if (line.IsNegated)
        {
            return line.TakeBack(key, (c, _) => direction == "in" ? c with { Import = null } : c with { Export = null });
        }

        if ((kind == PrefixList && line.Settings.ContainsKey($"{DistributeList} {direction}"))
            || (kind == DistributeList && line.Settings.ContainsKey($"{PrefixList} {direction}")))
        {
            throw new FrrSyntaxException("Prefix/distribute list can not co-exist");
        }

        return line.PutName(key, name);
    }

    private static bool ReadUnsuppressMap(FrrNeighborLine line)
    {
        string map = line.Words.Next();
        return line.IsNegated ? line.TakeBack("unsuppress-map", null) : line.PutName("unsuppress-map", map);
    }

    /// <summary>"advertise-map NAME exist-map|non-exist-map NAME".</summary>
    private static bool ReadAdvertiseMap(FrrNeighborLine line)
    {
        const string key = "advertise-map";
        string routes = line.Words.Next();
        bool isPresent = line.Words.Take("exist-map");
        if (!isPresent && !line.Words.Take("non-exist-map"))
        {
            throw new FrrSyntaxException($"'{line.Words.Peek}' is not exist-map or non-exist-map");
        }

        string condition = line.Words.Next();
        if (line.IsNegated)
        {
            return line.TakeBack(key, null);
        }

        line.Settings[key] = new FrrPeer.Setting(line.Words, null, routes) { Condition = (condition, isPresent) };
        return true;
    }

    /// <summary>"attribute-unchanged [as-path] [next-hop] [med]", and without a word all three.</summary>
    private static (bool AsPath, bool NextHop, bool Med) ReadUnchanged(FrrWords words)
    {
        (bool AsPath, bool NextHop, bool Med) kept = words.AtEnd ? (true, true, true) : default;
        while (!words.AtEnd)
        {
            string what = words.Next();
            kept = (kept.AsPath || what == "as-path", kept.NextHop || what == "next-hop", kept.Med || what == "med");
        }

        return kept;
    }

    private static string? UnchangedWords(BgpNeighborConfiguration neighbor)
    {
        string words = (neighbor.KeepsAsPath ? " as-path" : "") + (neighbor.NextHop == NextHopMode.Unchanged ? " next-hop" : "") + (neighbor.KeepsMed ? " med" : "");
        return words.Length > 0 ? words[1..] : null;
    }
}
