using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>"show bgp ipv4 unicast": the table, one line a path.</summary>
public static class ShowRoutes
{
    private const int NetworkWidth = 17;
    private const int NextHopWidth = 16;

    public static string Text(BgpSpeaker speaker, AddressFamily family) => Text(speaker, family, Sorted(speaker, family));

    /// <summary>The table of some paths only: of one neighbour, or with one community.</summary>
    internal static string Text(BgpSpeaker speaker, AddressFamily family, IReadOnlyList<BgpPath> paths)
    {
        IEnumerable<BgpPath> all = speaker.Paths(family).Where(path => !IsRefused(path));
        if (paths.Count == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"No BGP prefixes displayed, {all.DistinctBy(path => path.Prefix).Count()} exist\n");
        }

        StringBuilder text = new();
        int routes = AppendTable(text, speaker, family, paths);
        text.Append(CultureInfo.InvariantCulture, $"\nDisplayed  {routes} routes and {all.Count()} total paths\n");
        return text.ToString();
    }

    /// <summary>What a neighbour has told or is told; how many of it policy has rejected stands behind.</summary>
    internal static string NeighborText(BgpSpeaker speaker, AddressFamily family, IReadOnlyList<BgpPath> paths, int filtered)
    {
        StringBuilder text = new();
        AppendTable(text, speaker, family, paths);
        if (paths.Count == 0)
        {
            return text.ToString();
        }

        text.Append(CultureInfo.InvariantCulture, $"\nTotal number of prefixes {paths.Count}");
        text.Append(filtered > 0 ? $" ({filtered} filtered)\n" : "\n");
        return text.ToString();
    }

    /// <summary>The heading and a line for each path; how many prefixes there are.</summary>
    private static int AppendTable(StringBuilder text, BgpSpeaker speaker, AddressFamily family, IReadOnlyList<BgpPath> paths)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"BGP table version is {speaker.TableVersion(family)}, local router ID is {speaker.Configuration.RouterId}, vrf id 0\n");
        text.Append(CultureInfo.InvariantCulture, $"Default local pref {speaker.Configuration.DefaultLocalPref}, local AS {speaker.Configuration.As}\n");
        text.Append("Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,\n");
        text.Append("               i internal, r RIB-failure, S Stale, R Removed\n");
        text.Append("Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self\n");
        text.Append("Origin codes:  i - IGP, e - EGP, ? - incomplete\n");
        text.Append("RPKI validation codes: V valid, I invalid, N Not found\n\n");
        text.Append("   Network          Next Hop            Metric LocPrf Weight Path\n");
        InternetPrefix? last = null;
        int routes = 0;
        foreach (BgpPath path in paths)
        {
            AppendPath(text, speaker, path, path.Prefix != last);
            routes += path.Prefix != last ? 1 : 0;
            last = path.Prefix;
        }

        return routes;
    }

    public static string Json(BgpSpeaker speaker, AddressFamily family) =>
        Json(speaker, family, "routes", Sorted(speaker, family));

    internal static string Json(BgpSpeaker speaker, AddressFamily family, string key, IReadOnlyList<BgpPath> paths) => ShowJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("vrfId", 0);
        json.WriteString("vrfName", "default");
        json.WriteNumber("tableVersion", speaker.TableVersion(family));
        json.WriteString("routerId", speaker.Configuration.RouterId.ToString());
        json.WriteNumber("defaultLocPrf", speaker.Configuration.DefaultLocalPref);
        json.WriteNumber("localAS", speaker.Configuration.As);
        json.WriteStartObject(key);
        foreach (IGrouping<InternetPrefix, BgpPath> route in paths.GroupBy(path => path.Prefix))
        {
            json.WriteStartArray(route.Key.ToString());
            foreach (BgpPath path in route)
            {
                WritePath(json, speaker, path);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>
    /// "advertisedRoutes" and "receivedRoutes" have one object a prefix, in other words than the table.
    /// </summary>
    internal static string NeighborJson(
        BgpSpeaker speaker, AddressFamily family, string key, IReadOnlyList<BgpPath> paths, int filtered, bool headed) => ShowJson.Write(json =>
    {
        json.WriteStartObject();
        if (headed)
        {
            json.WriteNumber("bgpTableVersion", speaker.TableVersion(family));
            json.WriteString("bgpLocalRouterId", speaker.Configuration.RouterId.ToString());
            json.WriteNumber("defaultLocPrf", speaker.Configuration.DefaultLocalPref);
            json.WriteNumber("localAS", speaker.Configuration.As);
            WriteCodes(json, "bgpStatusCodes", _statusCodes);
            WriteCodes(json, "bgpOriginCodes", _originCodes);
        }

        json.WriteStartObject(key);
        foreach (BgpPath path in paths.GroupBy(path => path.Prefix).Select(route => route.First()))
        {
            json.WriteStartObject(path.Prefix.ToString());
            json.WriteString("addrPrefix", path.Prefix.Address.ToString());
            json.WriteNumber("prefixLen", path.Prefix.Length);
            json.WriteString("network", path.Prefix.ToString());
            json.WriteString(path.Prefix.IsIPv4 ? "nextHop" : "nextHopGlobal", ShowWords.NextHop(path));
            if (path.Attributes.HasMed)
            {
                json.WriteNumber("metric", path.Attributes.Med);
            }

            if (path.Attributes.HasLocalPref)
            {
                json.WriteNumber("locPrf", path.Attributes.LocalPref);
            }

            json.WriteNumber("weight", path.Attributes.Weight);
            json.WriteString("path", path.Attributes.AsPath.ToString());
            json.WriteString("bgpOriginCode", ShowWords.OriginLetter(path.Attributes.Origin).ToString());
            json.WriteStartObject("appliedStatusSymbols");
            json.WriteBoolean("*", true);
            json.WriteBoolean(">", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteNumber("totalPrefixCounter", paths.Count);
        json.WriteNumber("filteredPrefixCounter", filtered);
        json.WriteEndObject();
    });

    private static readonly ImmutableArray<(string Name, string Code)> _statusCodes =
    [
        ("suppressed", "s"), ("damped", "d"), ("history", "h"), ("valid", "*"), ("best", ">"), ("multipath", "="),
        ("internal", "i"), ("ribFailure", "r"), ("stale", "S"), ("removed", "R"),
    ];

    private static readonly ImmutableArray<(string Name, string Code)> _originCodes = [("igp", "i"), ("egp", "e"), ("incomplete", "?")];

    private static void WriteCodes(Utf8JsonWriter json, string name, ImmutableArray<(string Name, string Code)> codes)
    {
        json.WriteStartObject(name);
        foreach ((string word, string code) in codes)
        {
            json.WriteString(word, code);
        }

        json.WriteEndObject();
    }

    /// <summary>
    /// By prefix; of each the newest path first, as bgpd's list of them is. What was refused when it came is not in FRR's table: a
    /// prefix by itself and "filtered-routes" show it.
    /// </summary>
    internal static List<BgpPath> Sorted(BgpSpeaker speaker, AddressFamily family) =>
    [
        .. speaker.Paths(family).Where(path => !IsRefused(path)).OrderBy(path => path.Prefix).ThenByDescending(path => path.Arrival),
    ];

    /// <summary>bgp_update denies it before it has a place in the table.</summary>
    internal static bool IsRefused(in BgpPath path) =>
        path.Rejection is not (Rib.PathRejection.None or Rib.PathRejection.NextHopUnreachable or Rib.PathRejection.Damped);

    private static void AppendPath(StringBuilder text, BgpSpeaker speaker, in BgpPath path, bool first)
    {
        text.Append(path.Rejection == Rib.PathRejection.Damped ? 'd'
                : path.Rejection != 0 ? ' '
                : path.IsBest && speaker.IsSuppressed(path.Prefix) ? 's' : '*')
            .Append(path.IsStale ? 'S' : path.IsBest ? '>' : path.IsMultipath ? '=' : ' ')
            .Append(path.IsInternal ? 'i' : ' ');
        AppendColumn(text, first ? path.Prefix.ToString() : "", NetworkWidth, 3 + NetworkWidth);
        AppendColumn(text, ShowWords.NextHop(path), NextHopWidth, 3 + NetworkWidth + NextHopWidth);
        bool isLocal = path.Peer is null;
        string metric = path.Attributes.HasMed || isLocal ? $"{path.Attributes.Med}" : "";
        string localPref = path.Attributes.HasLocalPref ? $"{path.Attributes.LocalPref}" : "";
        string asPath = path.Attributes.AsPath.ToString();
        text.Append(CultureInfo.InvariantCulture,
            $"{metric,10}{localPref,7}{WeightOf(path),7} {asPath}{(asPath.Length > 0 ? " " : "")}");
        text.Append(ShowWords.OriginLetter(path.Attributes.Origin)).Append('\n');
    }

    private static int WeightOf(in BgpPath path) =>
        path.Attributes.Weight != 0 || path.Peer is not null ? path.Attributes.Weight : ShowWords.LocalWeight;

    // What is too wide goes on a line of its own, and the rest starts below its column.
    private static void AppendColumn(StringBuilder text, string value, int width, int column)
    {
        text.Append(value.PadRight(width));
        if (value.Length >= width)
        {
            text.Append('\n').Append(' ', column);
        }
    }

    private static void WritePath(Utf8JsonWriter json, BgpSpeaker speaker, BgpPath path)
    {
        json.WriteStartObject();
        ShowJson.WriteIf(json, "suppressed", path.IsBest && speaker.IsSuppressed(path.Prefix));
        ShowJson.WriteIf(json, "stale", path.IsStale);
        ShowJson.WriteIf(json, "valid", path.Rejection == 0);
        ShowJson.WriteIf(json, "damped", path.Rejection == Rib.PathRejection.Damped);
        ShowJson.WriteIf(json, "multipath", path.IsMultipath && !path.IsBest);

        if (path.IsBest)
        {
            json.WriteBoolean("bestpath", true);
            json.WriteString("selectionReason", ShowWords.Reason(path.Reason));
        }

        json.WriteString("pathFrom", path.IsInternal ? "internal" : "external");
        json.WriteString("prefix", path.Prefix.Address.ToString());
        json.WriteNumber("prefixLen", path.Prefix.Length);
        json.WriteString("network", path.Prefix.ToString());
        if (path.Attributes.HasMed || path.Peer is null)
        {
            json.WriteNumber("metric", path.Attributes.Med);
        }

        if (path.Attributes.HasLocalPref)
        {
            json.WriteNumber("locPrf", path.Attributes.LocalPref);
        }

        json.WriteNumber("weight", WeightOf(path));
        json.WriteString("peerId", path.Peer is null ? "(unspec)" : path.Peer.Address.ToString());
        json.WriteString("path", path.Attributes.AsPath.ToString());
        json.WriteString("origin", ShowWords.OriginName(path.Attributes.Origin));
        ShowRoute.WriteNextHops(json, path, isWhole: false);
        json.WriteEndObject();
    }
}
