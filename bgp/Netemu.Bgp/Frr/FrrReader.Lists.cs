using System;
using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>Prefix lists, access lists, AS-path lists and community lists.</summary>
public sealed partial class FrrReader
{
    /// <summary>Community lists whose names are numbers from here on are expanded.</summary>
    private const uint FirstExpanded = 100;

    private bool ReadLists(FrrWords words, bool negated)
    {
        if (words.Take("ip", "prefix-list"))
        {
            return ReadPrefixList(words, negated, AddressFamily.IPv4);
        }

        if (words.Take("ipv6", "prefix-list"))
        {
            return ReadPrefixList(words, negated, AddressFamily.IPv6);
        }

        if (words.Take("access-list"))
        {
            return ReadAccessList(words, negated, AddressFamily.IPv4);
        }

        if (words.Take("ipv6", "access-list"))
        {
            return ReadAccessList(words, negated, AddressFamily.IPv6);
        }

        if (words.Take("bgp", "as-path", "access-list") || words.Take("ip", "as-path", "access-list"))
        {
            return ReadAsPathList(words, negated);
        }

        if (words.Take("bgp", "community-list") || words.Take("ip", "community-list"))
        {
            return ReadCommunityList(words, negated, configuration.CommunityLists, ReadCommunities);
        }

        if (words.Take("bgp", "extcommunity-list") || words.Take("ip", "extcommunity-list"))
        {
            return ReadCommunityList(words, negated, configuration.ExtendedCommunityLists, ReadExtendedCommunities);
        }

        return (words.Take("bgp", "large-community-list") || words.Take("ip", "large-community-list"))
            && ReadCommunityList(words, negated, configuration.LargeCommunityLists, ReadLargeCommunities);
    }

    private bool ReadPrefixList(FrrWords words, bool negated, AddressFamily family)
    {
        FrrLists<PrefixListEntry> lists = configuration.PrefixLists(family);
        string name = words.Next();
        if (words.Take("description"))
        {
            string text = words.Rest();
            lists.Of(name).Description = negated ? null : text;
            lists.Tidy();
            return true;
        }

        if (negated && words.AtEnd)
        {
            lists.Remove(name);
            return true;
        }

        int? sequence = ReadSequence(words);
        if (negated && words.AtEnd)
        {
            return Take(lists, name, sequence, "");
        }

        int start = words.Position;
        bool permit = Permits(words);
        PrefixListEntry entry;
        if (words.Take("any"))
        {
            entry = new PrefixListEntry(Everything(family), permit) { MinimumLength = 0, MaximumLength = Width(family) };
        }
        else
        {
            InternetPrefix prefix = words.Prefix(family);
            int? minimum = words.Take("ge") ? (int)words.Number(0, 128) : null;
            int? maximum = words.Take("le") ? (int)words.Number(0, 128) : null;
            minimum ??= words.Take("ge") ? (int)words.Number(0, 128) : null;
            entry = new PrefixListEntry(prefix, permit) { MinimumLength = minimum, MaximumLength = maximum };
        }

        return Keep(lists, name, sequence, words.TextFrom(start), entry, negated);
    }

    /// <summary>"access-list NAME permit PREFIX|any [exact-match]": a prefix list with other words.</summary>
    private bool ReadAccessList(FrrWords words, bool negated, AddressFamily family)
    {
        FrrLists<PrefixListEntry> lists = configuration.AccessLists(family);
        string name = words.Next();
        if (words.Take("remark"))
        {
            string text = words.Rest();
            lists.Of(name).Description = negated ? null : text;
            lists.Tidy();
            return true;
        }

        if (negated && words.AtEnd)
        {
            lists.Remove(name);
            return true;
        }

        int? sequence = ReadSequence(words);
        int start = words.Position;
        bool permit = Permits(words);
        InternetPrefix prefix = words.Take("any") ? Everything(family) : family == AddressFamily.IPv4 ? words.AccessPrefix() : words.Prefix(family);
        bool exact = words.Take("exact-match");
        PrefixListEntry entry = new(prefix, permit)
        {
            MinimumLength = prefix.Length,
            MaximumLength = exact ? prefix.Length : Width(family),
        };
        return Keep(lists, name, sequence, words.TextFrom(start), entry, negated);
    }

    private bool ReadAsPathList(FrrWords words, bool negated)
    {
        string name = words.Next();
        if (negated && words.AtEnd)
        {
            configuration.AsPathLists.Remove(name);
            return true;
        }

        int? sequence = ReadSequence(words);
        int start = words.Position;
        bool permit = Permits(words);
        string pattern = words.Rest();
        PolicyMatch.AsPathRegex expression = Compiled(pattern, static text => new PolicyMatch.AsPathRegex(text));
        return Keep(configuration.AsPathLists, name, sequence, words.TextFrom(start), (permit, expression), negated);
    }

    private static bool ReadCommunityList(
        FrrWords words, bool negated, FrrLists<CommunityListEntry> lists, Func<FrrWords, IReadOnlyList<string>> readCommunities)
    {
        bool expanded = words.Take("expanded");
        bool standard = !expanded && words.Take("standard");
        string name = words.Next();
        if (negated && words.AtEnd)
        {
            lists.Remove(name);
            return true;
        }

        expanded |= !standard && uint.TryParse(name, out uint number) && number >= FirstExpanded;
        if (lists.Find(name) is { } known && known.IsExpanded != expanded)
        {
            throw new FrrSyntaxException($"'{name}' is a list of the other kind");
        }

        int? sequence = ReadSequence(words);
        int start = words.Position;
        bool permit = Permits(words);
        CommunityListEntry entry = expanded
            ? Compiled(words.Rest(), text => CommunityListEntry.Expanded(permit, text))
            : CommunityListEntry.Standard(permit, readCommunities(words));
        Keep(lists, name, sequence, words.TextFrom(start), entry, negated);
        if (lists.Find(name) is { } list)
        {
            list.IsExpanded = expanded;
        }

        return true;
    }

    private static List<string> ReadCommunities(FrrWords words)
    {
        List<string> communities = [];
        while (!words.AtEnd)
        {
            string word = words.Next();
            communities.Add(Community.TryParse(word, out Community community)
                ? community.ToString()
                : throw new FrrSyntaxException($"'{word}' is not a community"));
        }

        return communities;
    }

    private static List<string> ReadLargeCommunities(FrrWords words)
    {
        List<string> communities = [];
        while (!words.AtEnd)
        {
            string word = words.Next();
            communities.Add(LargeCommunity.TryParse(word, out LargeCommunity community)
                ? community.ToString()
                : throw new FrrSyntaxException($"'{word}' is not a large community"));
        }

        return communities;
    }

    /// <summary>"rt AS:N soo AS:N ...": each with its kind before it.</summary>
    private static List<string> ReadExtendedCommunities(FrrWords words)
    {
        List<string> communities = [];
        while (!words.AtEnd)
        {
            byte subtype = ReadSubtype(words);
            communities.Add(words.ExtendedCommunity(subtype).ToString());
        }

        return communities;
    }

    private static byte ReadSubtype(FrrWords words) => words.Take("rt") ? ExtendedCommunity.RouteTarget
        : words.Take("soo") ? ExtendedCommunity.SiteOfOrigin
        : throw new FrrSyntaxException("'rt' or 'soo' is missing");

    private static T Compiled<T>(string pattern, Func<string, T> compile)
    {
        try
        {
            return compile(pattern);
        }
        catch (ArgumentException)
        {
            throw new FrrSyntaxException($"can't compile regexp {pattern}");
        }
    }

    private static bool Permits(FrrWords words) => words.Take("permit")
        || (words.Take("deny") ? false : throw new FrrSyntaxException($"'{words.Peek}' is not 'permit' or 'deny'"));

    private static int? ReadSequence(FrrWords words) => words.Take("seq") ? (int)words.Number(1) : null;

    private static InternetPrefix Everything(AddressFamily family) => InternetPrefix.Parse(family == AddressFamily.IPv4 ? "0.0.0.0/0" : "::/0");

    private static int Width(AddressFamily family) => family == AddressFamily.IPv4 ? 32 : 128;

    private static bool Keep<T>(FrrLists<T> lists, string name, int? sequence, string text, T entry, bool negated)
    {
        if (negated)
        {
            return Take(lists, name, sequence, text);
        }

        lists.Of(name).Add(sequence, text, entry);
        return true;
    }

    private static bool Take<T>(FrrLists<T> lists, string name, int? sequence, string text)
    {
        lists.Find(name)?.Remove(sequence, text);
        lists.Tidy();
        return true;
    }
}
