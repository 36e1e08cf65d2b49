using System.Collections.Generic;
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
    public static string Text(BgpSpeaker speaker, InternetPrefix prefix)
    {
        List<BgpPath> paths = [.. speaker.PathsOf(prefix)];
        if (paths.Count == 0)
        {
            return "% Network not in table\n";
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture,
            $"BGP routing table entry for {prefix}, version {speaker.TableVersion(prefix.Family)}\n");
        text.Append(CultureInfo.InvariantCulture, $"Paths: ({paths.Count} available, ");
        text.Append(paths[0].IsBest ? "best #1" : "no best path").Append(", table default)\n");
        List<string> told = AdvertisedTo(speaker, prefix);
        text.Append(told.Count == 0
            ? "  Not advertised to any peer\n"
            : $"  Advertised to non peer-group peers:\n  {string.Join(' ', told)}\n");
        foreach (BgpPath path in paths)
        {
            AppendPath(text, speaker, path);
        }

        return text.ToString();
    }

    public static string Json(BgpSpeaker speaker, InternetPrefix prefix) => ShowJson.Write(json =>
    {
        List<BgpPath> paths = [.. speaker.PathsOf(prefix)];
        json.WriteStartObject();
        if (paths.Count > 0)
        {
            json.WriteString("prefix", prefix.ToString());
            json.WriteNumber("version", speaker.TableVersion(prefix.Family));
            json.WriteStartObject("advertisedTo");
            foreach (string peer in AdvertisedTo(speaker, prefix))
            {
                json.WriteStartObject(peer);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartArray("paths");
            foreach (BgpPath path in paths)
            {
                WritePath(json, speaker, path);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    });

    internal static void WriteNextHops(Utf8JsonWriter json, BgpPath path)
    {
        json.WriteStartArray("nexthops");
        json.WriteStartObject();
        json.WriteString("ip", ShowWords.NextHop(path));
        json.WriteString("afi", ShowWords.Afi(path.Attributes.NextHop.IsNone ? path.Prefix.Family : path.Attributes.NextHop.Family));
        json.WriteBoolean("used", true);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static List<string> AdvertisedTo(BgpSpeaker speaker, InternetPrefix prefix) =>
    [
        .. speaker.Neighbors
            .Where(session => speaker.IsAdvertised(session, prefix))
            .OrderBy(session => session.Address)
            .Select(session => session.Address.ToString()),
    ];

    private static void AppendPath(StringBuilder text, BgpSpeaker speaker, in BgpPath path)
    {
        PathAttributes set = path.Attributes;
        string asPath = set.AsPath.ToString();
        text.Append("  ").Append(asPath.Length > 0 ? asPath : "Local");
        text.Append(path.Peer?.Configuration.RouteReflectorClient == true ? ", (Received from a RR-client)" : "");
        text.Append(path.IsStale ? ", (stale)" : "").Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"    {ShowWords.NextHop(path)}");
        text.Append(path.Rejection == Rib.PathRejection.NextHopUnreachable ? " (inaccessible)" : "");
        text.Append(CultureInfo.InvariantCulture,
            $" from {path.Peer?.Address.ToString() ?? "0.0.0.0"} ({path.Peer?.RemoteIdentifier ?? speaker.Configuration.RouterId})\n");
        text.Append(CultureInfo.InvariantCulture, $"      Origin {ShowWords.OriginName(set.Origin)}");
        text.Append(set.HasMed || path.Peer is null ? $", metric {set.Med}" : "");
        text.Append(set.HasLocalPref ? $", localpref {set.LocalPref}" : "");
        text.Append(path.Peer is null ? $", weight {ShowWords.LocalWeight}" : "");
        text.Append(path.Rejection == 0 ? ", valid" : $", invalid ({path.Rejection})");
        text.Append(path.Peer is null ? ", sourced, local" : $", {ShowWords.Kind(speaker, path.Peer)}");
        text.Append(path.IsMultipath ? ", multipath" : "");
        text.Append(path.IsBest ? $", best ({ShowWords.Reason(path.Reason)})" : "").Append('\n');
        AppendIfAny(text, "Community", ShowWords.Community(set));
        AppendIfAny(text, "Large Community", ShowWords.LargeCommunity(set));
        if (set.TryGetOriginatorId(out IPv4Address originator))
        {
            text.Append(CultureInfo.InvariantCulture, $"      Originator: {originator}, Cluster list: {Clusters(set)}\n");
        }

        if (LongLivedSeconds(path) is long seconds)
        {
            text.Append(CultureInfo.InvariantCulture, $"      Time until Long-lived stale route deleted: {seconds}\n");
        }
    }

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
        json.WriteNumber("length", set.AsPathLength);
        json.WriteEndObject();
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
            json.WriteBoolean("sourced", true);
            json.WriteBoolean("local", true);
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

        string community = ShowWords.Community(set);
        if (community.Length > 0)
        {
            json.WriteStartObject("community");
            json.WriteString("string", community);
            json.WriteEndObject();
        }

        if (set.TryGetOriginatorId(out IPv4Address originator))
        {
            json.WriteString("originatorId", originator.ToString());
            json.WriteStartObject("clusterList");
            json.WriteString("string", Clusters(set));
            json.WriteEndObject();
        }

        WriteNextHops(json, path);
        WritePeer(json, speaker, path.Peer);
        json.WriteEndObject();
    }

    private static void WritePeer(Utf8JsonWriter json, BgpSpeaker speaker, BgpSession? peer)
    {
        json.WriteStartObject("peer");
        json.WriteString("peerId", peer?.Address.ToString() ?? "0.0.0.0");
        json.WriteString("routerId", (peer?.RemoteIdentifier ?? speaker.Configuration.RouterId).ToString());
        if (peer is not null)
        {
            json.WriteString("type", ShowWords.Kind(speaker, peer));
        }

        json.WriteEndObject();
    }
}
