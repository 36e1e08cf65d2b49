using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Show;

/// <summary>Lists by name. zebra and bgpd each show those that both know, as vtysh asks both.</summary>
internal static class ShowLists
{
    /// <summary>Who answers "show ip prefix-list" and "show route-map".</summary>
    public static IReadOnlyList<string> Daemons { get; } = ["ZEBRA", "BGP"];

    /// <summary>"show ip|ipv6 prefix-list [NAME] [json]".</summary>
    public static string PrefixLists(FrrConfiguration configuration, AddressFamily family, string? name, bool json)
    {
        FrrList<PrefixListEntry>[] lists = Chosen(configuration.PrefixLists(family), name);
        if (name is not null && lists.Length == 0)
        {
            return json ? "" : "% Can't find specified prefix-list\n";
        }

        return string.Concat(Daemons.Select(daemon => json
            ? ShowJson.Write(writer => WritePrefixLists(writer, daemon, family, lists))
            : string.Concat(lists.Select(list => PrefixList(daemon, family, list)))));
    }

    /// <summary>"show ip|ipv6 access-list [NAME]".</summary>
    public static string AccessLists(FrrConfiguration configuration, AddressFamily family, string? name)
    {
        FrrList<PrefixListEntry>[] lists = Chosen(configuration.AccessLists(family), name);
        StringBuilder text = new();
        foreach (string daemon in Daemons.Append("BFD"))
        {
            text.Append(daemon).Append(":\n");
            foreach (FrrList<PrefixListEntry> list in lists)
            {
                text.Append(CultureInfo.InvariantCulture, $"Zebra {(family == AddressFamily.IPv4 ? "IP" : "IPv6")} access list {list.Name}\n");
                foreach ((int sequence, (string words, PrefixListEntry entry)) in list.Entries)
                {
                    string rest = words[(words.IndexOf(' ', StringComparison.Ordinal) + 1)..];
                    text.Append(CultureInfo.InvariantCulture, $"    seq {sequence} {(entry.Permit ? "permit" : "deny  ")} {rest}\n");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>"show bgp as-path-access-list [NAME] [json]".</summary>
    public static string AsPathLists(FrrConfiguration configuration, string? name, bool json)
    {
        FrrList<(bool Permit, PolicyMatch.AsPathRegex Expression)>[] lists = Chosen(configuration.AsPathLists, name);
        return json
            ? ShowJson.Write(writer =>
            {
                writer.WriteStartObject();
                foreach (FrrList<(bool Permit, PolicyMatch.AsPathRegex Expression)> list in lists)
                {
                    writer.WriteStartArray(list.Name);
                    foreach ((int sequence, (string _, (bool permit, PolicyMatch.AsPathRegex expression))) in list.Entries)
                    {
                        writer.WriteStartObject();
                        writer.WriteNumber("sequenceNumber", sequence);
                        writer.WriteString("type", permit ? "permit" : "deny");
                        writer.WriteString("regExp", expression.Pattern);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                }

                writer.WriteEndObject();
            })
            : string.Concat(lists.Select(list => Text($"AS path access list {list.Name}", list)));
    }

    /// <summary>"show bgp community-list|extcommunity-list|large-community-list [NAME [detail]]".</summary>
    public static string CommunityLists(FrrConfiguration configuration, string kind, string? name)
    {
        (FrrLists<CommunityListEntry> lists, string words) = kind switch
        {
            "community-list" => (configuration.CommunityLists, "community"),
            "extcommunity-list" => (configuration.ExtendedCommunityLists, "extended community"),
            _ => (configuration.LargeCommunityLists, "large community"),
        };
        return string.Concat(lists.NumbersFirst.Where(list => name is null || list.Name == name).Select(list => Text(Title(list, words), list)));
    }

    private static string Title(FrrList<CommunityListEntry> list, string words) => (list.IsNumbered, list.IsExpanded) switch
    {
        (true, true) => $"{Capital(words)} (expanded) access list {list.Name}",
        (true, false) => $"{Capital(words)} standard list {list.Name}",
        // Of the three kinds bgpd writes one with a capital here.
        (false, bool expanded) => $"Named {(words == "community" ? "Community" : words)} {(expanded ? "expanded" : "standard")} list {list.Name}",
    };

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    private static string Text<T>(string title, FrrList<T> list) =>
        $"{title}\n{string.Concat(list.Entries.Values.Select(entry => $"    {entry.Words}\n"))}";

    private static FrrList<T>[] Chosen<T>(FrrLists<T> lists, string? name) => [.. lists.Sorted.Where(list => name is null || list.Name == name)];

    private static string PrefixList(string daemon, AddressFamily family, FrrList<PrefixListEntry> list)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture,
            $"{daemon}: {(family == AddressFamily.IPv4 ? "ip" : "ipv6")} prefix-list {list.Name}: {list.Entries.Count} entries\n");
        if (list.Description is not null)
        {
            text.Append("   Description: ").Append(list.Description).Append('\n');
        }

        foreach ((int sequence, (string words, PrefixListEntry _)) in list.Entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"   seq {sequence} {words}\n");
        }

        return text.ToString();
    }

    private static void WritePrefixLists(Utf8JsonWriter json, string daemon, AddressFamily family, FrrList<PrefixListEntry>[] lists)
    {
        json.WriteStartObject();
        json.WriteStartObject(daemon);
        foreach (FrrList<PrefixListEntry> list in lists)
        {
            json.WriteStartObject(list.Name);
            json.WriteString("addressFamily", family == AddressFamily.IPv4 ? "IPv4" : "IPv6");
            json.WriteStartArray("entries");
            foreach ((int sequence, (string _, PrefixListEntry entry)) in list.Entries)
            {
                json.WriteStartObject();
                json.WriteNumber("sequenceNumber", sequence);
                json.WriteString("type", entry.Permit ? "permit" : "deny");
                json.WriteString("prefix", entry.Prefix.ToString());
                if (entry.MinimumLength is int minimum and > 0)
                {
                    json.WriteNumber("minimumPrefixLength", minimum);
                }

                if (entry.MaximumLength is int maximum)
                {
                    json.WriteNumber("maximumPrefixLength", maximum);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (list.Description is not null)
            {
                json.WriteString("description", list.Description);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
