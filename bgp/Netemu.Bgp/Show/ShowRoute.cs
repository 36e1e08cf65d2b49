using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp ipv4 unicast PREFIX": every path of one prefix, with why it is or is not the best.</summary>
public static class ShowRoute
{
    /// <summary>What communities ask of whoever has the route, in the order in which bgpd looks for them.</summary>
    private static readonly ImmutableArray<(string Name, string Words)> s_asked =
    [
        ("accept-own", "accept own local route exported and imported in different VRF"),
        ("route-filter-translated-v4", "mark translated RTs for VPNv4 route filtering"),
        ("route-filter-v4", "attach RT as-is for VPNv4 route filtering"),
        ("route-filter-translated-v6", "mark translated RTs for VPNv6 route filtering"),
        ("route-filter-v6", "attach RT as-is for VPNv6 route filtering"),
        ("llgr-stale", "mark routes to be retained for a longer time. Requires support for Long-lived BGP Graceful Restart"),
        ("no-llgr", "mark routes to not be treated according to Long-lived BGP Graceful Restart operations"),
        ("accept-own-nexthop", "accept local nexthop"),
        ("blackhole", "inform peer to blackhole prefix"),
        ("no-export", "not advertised to EBGP peer"),
        ("no-advertise", "not advertised to any peer"),
        ("local-AS", "not advertised outside local AS"),
        ("no-peer", "inform EBGP peer not to advertise to their EBGP peers"),
    ];

    /// <param name="speaker">The router that is asked.</param>
    /// <param name="prefix">The prefix, exactly.</param>
    /// <param name="which">"bestpath", "multipath", or null for every path.</param>
    public static string Text(BgpSpeaker speaker, InternetPrefix prefix, string? which = null)
    {
        List<BgpPath> paths = PathsOf(speaker, prefix);
        if (paths.Count == 0)
        {
            return "% Network not in table\n";
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture,
            $"BGP routing table entry for {prefix}, version {speaker.TableVersion(prefix.Family)}\n");
        text.Append(CultureInfo.InvariantCulture, $"Paths: ({paths.Count} available, ");
        int best = paths.FindIndex(path => path.IsBest);
        text.Append(best >= 0 ? string.Create(CultureInfo.InvariantCulture, $"best #{best + 1}") : "no best path").Append(", table default");
        text.Append(best >= 0 ? Restriction(speaker, paths[best]) : "").Append(")\n");
        List<string> told = AdvertisedTo(speaker, prefix);
        text.Append(told.Count == 0
            ? "  Not advertised to any peer\n"
            : $"  Advertised to non peer-group peers:\n  {string.Join(' ', told)}\n");
        foreach (BgpPath path in paths.Where(path => IsChosen(path, which)))
        {
            AppendPath(text, speaker, path);
        }

        return text.ToString();
    }

    /// <summary>The newest one first. A route that has come back is shown where there is no other one, to say why.</summary>
    private static List<BgpPath> PathsOf(BgpSpeaker speaker, InternetPrefix prefix)
    {
        List<BgpPath> paths = [.. speaker.PathsOf(prefix).OrderByDescending(path => path.Arrival)];
        return paths.Exists(path => !IsLoop(path)) ? paths.FindAll(path => !IsLoop(path)) : paths;
    }

    /// <summary>It has been here, or in this AS, before.</summary>
    internal static bool IsLoop(in BgpPath path) => path.Rejection is Rib.PathRejection.AsLoop or Rib.PathRejection.OriginatorLoop
        or Rib.PathRejection.ClusterLoop or Rib.PathRejection.ConfederationLoop;

    private static bool IsChosen(in BgpPath path, string? which) => which switch
    {
        "bestpath" => path.IsBest,
        "multipath" => path.IsBest || path.IsMultipath,
        _ => true,
    };

    /// <summary>Whom the best path does not go to, by its communities or by an aggregate (route_vty_out_detail_header).</summary>
    private static string Restriction(BgpSpeaker speaker, in BgpPath best) =>
        WhatItsCommunityAsks(best.Attributes)
        + (speaker.IsSuppressed(best.Prefix) ? ", Advertisements suppressed by an aggregate." : "");

    private static string WhatItsCommunityAsks(PathAttributes set)
    {
        foreach ((string name, string words) in s_asked)
        {
            if (Community.TryParse(name, out Community community) && set.HasCommunity(community))
            {
                return $", {words}";
            }
        }

        return "";
    }

    public static string Json(BgpSpeaker speaker, InternetPrefix prefix, string? which = null) => ShowJson.Write(json =>
    {
        List<BgpPath> paths = PathsOf(speaker, prefix);
        json.WriteStartObject();
        if (paths.Count > 0)
        {
            json.WriteString("prefix", prefix.ToString());
            json.WriteNumber("version", speaker.TableVersion(prefix.Family));
            List<string> told = AdvertisedTo(speaker, prefix);
            if (told.Count > 0)
            {
                json.WriteStartObject("advertisedTo");
                foreach (string peer in told)
                {
                    json.WriteStartObject(peer);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            json.WriteStartArray("paths");
            foreach (BgpPath path in paths.Where(path => IsChosen(path, which)))
            {
                WritePath(json, speaker, path);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    });

    /// <summary>The next hop, and beside a global one from IPv6 the link-local one, which is used.</summary>
    /// <param name="json">Where it is written.</param>
    /// <param name="path">The path.</param>
    /// <param name="isWhole">With what stands in the page of one prefix only.</param>
    internal static void WriteNextHops(Utf8JsonWriter json, BgpPath path, bool isWhole)
    {
        InternetAddress nextHop = path.Attributes.NextHop;
        bool isIPv6 = nextHop.IsNone ? path.Prefix.IsIPv6 : nextHop.IsIPv6;
        InternetAddress linkLocal = LinkLocalOf(path);
        json.WriteStartArray("nexthops");
        json.WriteStartObject();
        json.WriteString("ip", nextHop.IsNone ? isIPv6 ? "::" : "0.0.0.0" : nextHop.ToString());
        json.WriteString("afi", isIPv6 ? "ipv6" : "ipv4");
        if (isIPv6)
        {
            json.WriteString("scope", "global");
        }

        if (isWhole)
        {
            bool isAccessible = path.Rejection != Rib.PathRejection.NextHopUnreachable;
            json.WriteNumber("metric", isAccessible ? path.Metric : 0);
            json.WriteBoolean("accessible", isAccessible);
        }

        ShowJson.WriteIf(json, "used", linkLocal.IsNone || !isWhole);
        json.WriteEndObject();
        if (!linkLocal.IsNone)
        {
            json.WriteStartObject();
            json.WriteString("ip", linkLocal.ToString());
            json.WriteString("afi", "ipv6");
            json.WriteString("scope", "link-local");
            ShowJson.WriteIf(json, "accessible", isWhole);
            ShowJson.WriteIf(json, "used", isWhole);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The link-local next hop; none where the path has a global one only.</summary>
    private static InternetAddress LinkLocalOf(in BgpPath path) =>
        !path.Attributes.LinkLocalNextHop.IsUnspecified ? path.Attributes.LinkLocalNextHop
        : path.Attributes.NextHop is { IsIPv6: true } address && address.IPv6.IsLinkLocal ? address
        : default;

    private static List<string> AdvertisedTo(BgpSpeaker speaker, InternetPrefix prefix) =>
    [
        .. speaker.Neighbors
            .Where(session => speaker.IsAdvertised(session, prefix))
            .OrderBy(session => session.Address)
            .Select(session => session.Name),
    ];

    private static void AppendPath(StringBuilder text, BgpSpeaker speaker, in BgpPath path)
    {
        PathAttributes set = path.Attributes;
        string asPath = set.AsPath.ToString();
        text.Append("  ").Append(asPath.Length > 0 ? asPath : "Local");
        if (Aggregator(set) is var (aggregatorAs, aggregator))
        {
            text.Append(CultureInfo.InvariantCulture, $", (aggregated by {aggregatorAs} {aggregator})");
        }

        text.Append(path.Peer?.Configuration.RouteReflectorClient == true ? ", (Received from a RR-client)" : "");
        text.Append(path.Peer?.Configuration.RouteServerClient == true ? ", (Received from a RS-client)" : "");
        text.Append(path.IsStale ? ", (stale)" : "").Append('\n');
        text.Append("    ").Append(set.NextHop.IsNone ? ShowWords.NextHop(path) : set.NextHop.ToString());
        text.Append(path.Rejection == Rib.PathRejection.NextHopUnreachable ? " (inaccessible)" : "");
        IPv4Address origin = set.TryGetOriginatorId(out IPv4Address originator) ? originator : path.Peer?.RemoteIdentifier ?? speaker.Configuration.RouterId;
        text.Append(CultureInfo.InvariantCulture, $" from {path.Peer?.Name ?? (path.Prefix.IsIPv6 ? "::" : "0.0.0.0")} ({origin})\n");
        text.Append(LinkLocalOf(path) is { IsNone: false } linkLocal ? $"    ({linkLocal}) (used)\n" : "");
        text.Append(CultureInfo.InvariantCulture, $"      Origin {ShowWords.OriginName(set.Origin)}");
        text.Append(set.HasMed || path.Peer is null ? $", metric {set.Med}" : "");
        text.Append(set.HasLocalPref ? $", localpref {set.LocalPref}" : "");
        text.Append(path.Peer is null ? $", weight {ShowWords.LocalWeight}" : set.Weight != 0 ? $", weight {set.Weight}" : "");
        text.Append(set.Tag != 0 ? $", tag {set.Tag}" : "");
        text.Append(path.Rejection == 0 ? ", valid" : $", invalid ({path.Rejection})");
        text.Append(path.Peer is not null ? $", {ShowWords.Kind(speaker, path.Peer)}"
            : speaker.IsAggregate(path.Prefix) ? ", aggregated, local" : IsRedistributed(path) ? ", sourced" : ", sourced, local");
        text.Append(set.TryGet(AttributeType.AtomicAggregate, out _) ? ", atomic-aggregate" : "");
        text.Append(path.IsMultipath ? ", multipath" : "");
        text.Append(path.IsBest ? $", best ({ShowWords.Reason(path.Reason)})" : "").Append('\n');
        AppendIfAny(text, "Community", ShowWords.Community(set));
        AppendIfAny(text, "Extended Community", ShowWords.ExtendedCommunity(set));
        AppendIfAny(text, "Large Community", ShowWords.LargeCommunity(set));
        if (!originator.IsUnspecified)
        {
            text.Append(CultureInfo.InvariantCulture, $"      Originator: {originator}, Cluster list: {Clusters(set)}\n");
        }

        if (LongLivedSeconds(path) is long seconds)
        {
            text.Append(CultureInfo.InvariantCulture, $"      Time until Long-lived stale route deleted: {seconds}\n");
        }
    }

    /// <summary>bgpd says "local" of a "network" and not of what is redistributed, whose origin is unknown unless a map sets one.</summary>
    private static bool IsRedistributed(in BgpPath path) => path.Peer is null && path.Attributes.Origin == Origin.Incomplete;

    /// <summary>Seconds until a long-lived stale route goes (RFC 9494); null for any other.</summary>
    private static long? LongLivedSeconds(in BgpPath path) =>
        path.IsStale ? path.Peer?.LongLivedRemaining(path.Prefix.Family)?.Milliseconds / 1000 : null;

    private static void AppendIfAny(StringBuilder text, string name, string value)
    {
        if (value.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"      {name}: {value}\n");
        }
    }

    /// <summary>AGGREGATOR (RFC 4271 section 5.1.7), of four octets since RFC 6793; null if there is none.</summary>
    private static (uint As, IPv4Address Id)? Aggregator(PathAttributes set) =>
        set.TryGet(AttributeType.Aggregator, out ReadOnlySpan<byte> value)
            ? (BinaryPrimitives.ReadUInt32BigEndian(value), IPv4Address.Read(value[4..]))
            : null;

    private static string Clusters(PathAttributes set)
    {
        PathAttributesBuilder builder = new();
        builder.Load(set);
        return string.Join(' ', builder.ClusterList);
    }

    private static void WritePath(Utf8JsonWriter json, BgpSpeaker speaker, BgpPath path)
    {
        PathAttributes set = path.Attributes;
        json.WriteStartObject();
        json.WriteStartObject("aspath");
        json.WriteString("string", set.AsPath.IsEmpty ? "Local" : set.AsPath.ToString());
        WriteSegments(json, set.AsPath);
        json.WriteNumber("length", set.AsPathLength);
        json.WriteEndObject();
        if (Aggregator(set) is var (aggregatorAs, aggregator))
        {
            json.WriteNumber("aggregatorAs", aggregatorAs);
            json.WriteString("aggregatorId", aggregator.ToString());
        }

        json.WriteString("origin", ShowWords.OriginName(set.Origin));
        if (set.HasMed || path.Peer is null)
        {
            json.WriteNumber("metric", set.Med);
        }

        if (set.HasLocalPref)
        {
            json.WriteNumber("locPrf", set.LocalPref);
        }

        if (path.Peer is null)
        {
            json.WriteNumber("weight", ShowWords.LocalWeight);
            json.WriteBoolean(speaker.IsAggregate(path.Prefix) ? "aggregated" : "sourced", true);
            ShowJson.WriteIf(json, "local", !IsRedistributed(path));
        }
        else if (set.Weight != 0)
        {
            json.WriteNumber("weight", set.Weight);
        }

        if (set.Tag != 0)
        {
            json.WriteNumber("tag", set.Tag);
        }

        if (set.TryGet(AttributeType.AtomicAggregate, out _))
        {
            json.WriteBoolean("atomicAggregate", true);
        }

        json.WriteBoolean("valid", path.Rejection == 0);
        if (path.Rejection != 0)
        {
            json.WriteString("rejection", path.Rejection.ToString());
        }

        if (path.IsMultipath)
        {
            json.WriteBoolean("multipath", true);
        }

        if (path.IsBest)
        {
            json.WriteStartObject("bestpath");
            json.WriteBoolean("overall", true);
            json.WriteString("selectionReason", ShowWords.Reason(path.Reason));
            json.WriteEndObject();
        }

        if (path.IsStale)
        {
            json.WriteBoolean("stale", true);
        }

        if (LongLivedSeconds(path) is long seconds)
        {
            json.WriteNumber("llgrSecondsRemaining", seconds);
        }

        WriteList(json, "community", ShowWords.Community(set));
        WriteList(json, "extendedCommunity", ShowWords.ExtendedCommunity(set));
        WriteList(json, "largeCommunity", ShowWords.LargeCommunity(set));

        if (set.TryGetOriginatorId(out IPv4Address originator))
        {
            json.WriteString("originatorId", originator.ToString());
            json.WriteStartObject("clusterList");
            json.WriteStartArray("list");
            foreach (string cluster in Clusters(set).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                json.WriteStringValue(cluster);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        ShowJson.WriteIf(json, "rxedFromRrClient", path.Peer?.Configuration.RouteReflectorClient == true);
        ShowJson.WriteIf(json, "rxedFromRsClient", path.Peer?.Configuration.RouteServerClient == true);
        WriteNextHops(json, path, isWhole: true);
        WritePeer(json, speaker, path.Peer, path.Prefix.IsIPv6);
        json.WriteEndObject();
    }

    /// <summary>A text and its words; well-known communities are in camel case among the words, as in FRR.</summary>
    private static void WriteList(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("string", value);
        if (name != "extendedCommunity")
        {
            json.WriteStartArray("list");
            foreach (string word in value.Split(' '))
            {
                json.WriteStringValue(name == "community" ? ShowWords.CamelCase(word) : word);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteSegments(Utf8JsonWriter json, AsPath path)
    {
        json.WriteStartArray("segments");
        for (ReadOnlySpan<byte> rest = path.Bytes; rest.Length > 0; rest = rest[AsPath.SegmentSize(rest)..])
        {
            json.WriteStartObject();
            json.WriteString("type", (AsPathSegmentType)rest[0] switch
            {
                AsPathSegmentType.AsSet => "as-set",
                AsPathSegmentType.AsConfedSequence => "as-confed-sequence",
                AsPathSegmentType.AsConfedSet => "as-confed-set",
                _ => "as-sequence",
            });
            json.WriteStartArray("list");
            for (int i = 0; i < rest[1]; i++)
            {
                json.WriteNumberValue(BinaryPrimitives.ReadUInt32BigEndian(rest[(2 + (i * 4))..]));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePeer(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession? peer, bool isIPv6)
    {
        json.WriteStartObject("peer");
        json.WriteString("peerId", peer?.Address.ToString() ?? (isIPv6 ? "::" : "0.0.0.0"));
        json.WriteString("routerId", (peer?.RemoteIdentifier ?? speaker.Configuration.RouterId).ToString());
        if (peer is not null)
        {
            if (peer.Configuration.Interface is { } device)
            {
                json.WriteString("interface", device);
            }

            json.WriteString("type", ShowWords.Kind(speaker, peer));
        }

        json.WriteEndObject();
    }
}
