using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Frr;

namespace Netemu.Bgp.Show;

/// <summary>"show route-map [NAME] [json]": of zebra, which runs none here and knows few clauses, and of bgpd.</summary>
internal static class ShowRouteMaps
{
    public static string Run(FrrConfiguration configuration, string? name, bool json)
    {
        FrrRouteMap[] maps =
        [
            .. configuration.RouteMaps.Where(map => name is null || map.Name == name).OrderBy(map => map.Name, StringComparer.Ordinal),
        ];
        return string.Concat(ShowLists.Daemons.Select(daemon => json
            ? ShowJson.Write(writer => Write(writer, daemon, maps))
            : Text(daemon, maps, name)));
    }

    private static string Text(string daemon, FrrRouteMap[] maps, string? name)
    {
        bool bgpd = daemon == "BGP";
        StringBuilder text = new();
        text.Append(daemon).Append(":\n");
        if (maps.Length == 0 && name is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"{daemon}: 'route-map {name}' not found\n");
        }

        foreach (FrrRouteMap map in maps)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"route-map: {map.Name} Invoked: {(bgpd ? map.Invoked.Count : 0)} Optimization: {(map.IsOptimized ? "enabled" : "disabled")} Processed Change: false\n");
            foreach ((int sequence, FrrRouteMapEntry entry) in map.Entries)
            {
                text.Append(CultureInfo.InvariantCulture, $" {Verdict(entry)}, sequence {sequence} Invoked {(bgpd ? entry.Matched.Count : 0)}\n");
                AppendEntry(text, entry, bgpd);
            }
        }

        return text.ToString();
    }

    private static void AppendEntry(StringBuilder text, FrrRouteMapEntry entry, bool bgpd)
    {
        if (entry.Description is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"  Description:\n    {entry.Description}\n");
        }

        text.Append("  Match clauses:\n");
        foreach (string words in Matches(entry, bgpd))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {words}\n");
        }

        text.Append("  Set clauses:\n");
        foreach (string words in Sets(entry, bgpd))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {words}\n");
        }

        text.Append("  Call clause:\n");
        if (entry.Call is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"    Call {entry.Call}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"  Action:\n    {Action(entry)}\n");
    }

    private static void Write(Utf8JsonWriter json, string daemon, FrrRouteMap[] maps)
    {
        bool bgpd = daemon == "BGP";
        json.WriteStartObject();
        json.WriteStartObject(daemon);
        foreach (FrrRouteMap map in maps)
        {
            json.WriteStartObject(map.Name);
            json.WriteNumber("invoked", bgpd ? map.Invoked.Count : 0);
            json.WriteBoolean("disabledOptimization", !map.IsOptimized);
            json.WriteBoolean("processedChange", false);
            json.WriteStartArray("rules");
            foreach ((int sequence, FrrRouteMapEntry entry) in map.Entries)
            {
                json.WriteStartObject();
                json.WriteNumber("sequenceNumber", sequence);
                json.WriteString("type", Verdict(entry));
                json.WriteNumber("invoked", bgpd ? entry.Matched.Count : 0);
                if (entry.Description is not null)
                {
                    json.WriteString("description", entry.Description);
                }

                WriteWords(json, "matchClauses", Matches(entry, bgpd));
                WriteWords(json, "setClauses", Sets(entry, bgpd));
                if (entry.Call is not null)
                {
                    json.WriteString("callClause", entry.Call);
                }

                json.WriteString("action", Action(entry));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json, string name, IEnumerable<string> all)
    {
        json.WriteStartArray(name);
        foreach (string words in all)
        {
            json.WriteStringValue(words);
        }

        json.WriteEndArray();
    }

    private static string Verdict(FrrRouteMapEntry entry) => entry.Permit ? "permit" : "deny";

    private static IEnumerable<string> Matches(FrrRouteMapEntry entry, bool bgpd) =>
        entry.Matches.Where(match => bgpd || match.Statement.IsZebras).Select(match => match.Words);

    /// <summary>What is deleted is shown by the list's name alone.</summary>
    private static IEnumerable<string> Sets(FrrRouteMapEntry entry, bool bgpd) => entry.Sets.Where(_ => bgpd)
        .Select(set => set.Words.EndsWith(" delete", StringComparison.Ordinal) ? set.Words[..^" delete".Length] : set.Words);

    private static string Action(FrrRouteMapEntry entry) => entry.Continue switch
    {
        null => "Exit routemap",
        0 => "Continue to next entry",
        int next => string.Create(CultureInfo.InvariantCulture, $"Goto {next}"),
    };
}
