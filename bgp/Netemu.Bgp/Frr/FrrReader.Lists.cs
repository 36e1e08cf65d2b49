using System;
using System.Collections.Generic;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>Prefix lists, access lists, AS-path lists and community lists.</summary>
public sealed partial class FrrReader
{
    private const int SequenceStep = 5;

    private bool ReadLists(FrrWords words, bool negated)
    {
        if (words.Take("ip", "prefix-list") || words.Take("ipv6", "prefix-list"))
        {
            return ReadPrefixList(words, negated);
        }

        if (words.Take("access-list") || words.Take("ipv6", "access-list"))
        {
            return ReadAccessList(words, negated);
        }

        if (words.Take("bgp", "as-path", "access-list") || words.Take("ip", "as-path", "access-list"))
        {
            return ReadAsPathList(words, negated);
        }

        if (words.Take("bgp", "community-list") || words.Take("ip", "community-list"))
        {
            return ReadCommunityList(words, negated, configuration.CommunityLists);
        }

        return (words.Take("bgp", "large-community-list") || words.Take("ip", "large-community-list"))
            && ReadCommunityList(words, negated, configuration.LargeCommunityLists);
    }

    private bool ReadPrefixList(FrrWords words, bool negated)
    {
        string name = words.Next();
        if (words.Take("description"))
        {
            words.Rest();
            return true;
        }

        if (negated && words.AtEnd)
        {
            configuration.PrefixLists.Remove(name);
            return true;
        }

        SortedDictionary<int, PrefixListEntry> list = ListOf(configuration.PrefixLists, name);
        int sequence = words.Take("seq") ? (int)words.Number(1) : NextSequence(list);
        if (negated && words.AtEnd)
        {
            return list.Remove(sequence);
        }

        bool permit = Permits(words);
        PrefixListEntry entry;
        if (words.Take("any"))
        {
            entry = new PrefixListEntry(InternetPrefix.Parse("0.0.0.0/0"), permit) { MinimumLength = 0, MaximumLength = 32 };
        }
        else
        {
            InternetPrefix prefix = words.Prefix();
            int? minimum = words.Take("ge") ? (int)words.Number(0, 128) : null;
            int? maximum = words.Take("le") ? (int)words.Number(0, 128) : null;
            minimum ??= words.Take("ge") ? (int)words.Number(0, 128) : null;
            entry = new PrefixListEntry(prefix, permit) { MinimumLength = minimum, MaximumLength = maximum };
        }

        Keep(list, sequence, entry, negated);
        return true;
    }

    /// <summary>"access-list NAME permit PREFIX|any [exact-match]": a prefix list with other words.</summary>
    private bool ReadAccessList(FrrWords words, bool negated)
    {
        string name = words.Next();
        SortedDictionary<int, PrefixListEntry> list = ListOf(configuration.PrefixLists, name);
        if (words.Take("remark"))
        {
            words.Rest();
            return true;
        }

        int sequence = words.Take("seq") ? (int)words.Number(1) : NextSequence(list);
        bool permit = Permits(words);
        bool any = words.Take("any");
        InternetPrefix prefix = any ? InternetPrefix.Parse("0.0.0.0/0") : words.AccessPrefix();
        bool exact = words.Take("exact-match");
        PrefixListEntry entry = new(prefix, permit)
        {
            MinimumLength = prefix.Length,
            MaximumLength = exact ? prefix.Length : prefix.IsIPv4 ? 32 : 128,
        };
        Keep(list, sequence, entry, negated);
        return true;
    }

    private bool ReadAsPathList(FrrWords words, bool negated)
    {
        string name = words.Next();
        if (negated && words.AtEnd)
        {
            return configuration.AsPathLists.Remove(name);
        }

        if (words.Take("seq"))
        {
            words.Number(1);
        }

        bool permit = Permits(words);
        string pattern = words.Rest();
        PolicyMatch.AsPathRegex expression;
        try
        {
            expression = new PolicyMatch.AsPathRegex(pattern);
        }
        catch (ArgumentException)
        {
            throw new FrrSyntaxException($"can't compile regexp {pattern}");
        }

        if (!configuration.AsPathLists.TryGetValue(name, out List<(bool Permit, PolicyMatch.AsPathRegex Expression)>? list))
        {
            configuration.AsPathLists[name] = list = [];
        }

        list.RemoveAll(entry => entry.Expression.Pattern == pattern && entry.Permit == permit);
        if (!negated)
        {
            list.Add((permit, expression));
        }

        return true;
    }

    private static bool ReadCommunityList(FrrWords words, bool negated, Dictionary<string, CommunityList> lists)
    {
        bool expanded = words.Take("expanded");
        bool standard = !expanded && words.Take("standard");
        string name = words.Next();
        if (negated)
        {
            words.Rest();
            return lists.Remove(name);
        }

        // Unnamed kinds: numbers from 100 on are expanded, as in FRR.
        expanded |= !standard && uint.TryParse(name, out uint number) && number >= 100;
        if (words.Take("seq"))
        {
            words.Number(1);
        }

        bool permit = Permits(words);
        if (!lists.TryGetValue(name, out CommunityList? list))
        {
            lists[name] = list = new CommunityList(name);
        }

        if (expanded)
        {
            list.AddExpression(permit, words.Rest());
            return true;
        }

        List<string> communities = [];
        while (!words.AtEnd)
        {
            communities.Add(words.Next());
        }

        list.Add(permit, communities);
        return true;
    }

    private static bool Permits(FrrWords words) => words.Take("permit")
        || (words.Take("deny") ? false : throw new FrrSyntaxException($"'{words.Peek}' is not 'permit' or 'deny'"));

    private static void Keep(SortedDictionary<int, PrefixListEntry> list, int sequence, PrefixListEntry entry, bool negated)
    {
        if (!negated)
        {
            list[sequence] = entry;
            return;
        }

        foreach ((int number, PrefixListEntry other) in list)
        {
            if (other == entry)
            {
                list.Remove(number);
                return;
            }
        }
    }

    private static SortedDictionary<int, PrefixListEntry> ListOf(
        Dictionary<string, SortedDictionary<int, PrefixListEntry>> lists, string name)
    {
        if (!lists.TryGetValue(name, out SortedDictionary<int, PrefixListEntry>? list))
        {
            lists[name] = list = [];
        }

        return list;
    }

    private static int NextSequence<T>(SortedDictionary<int, T> list)
    {
        int last = 0;
        foreach (int sequence in list.Keys)
        {
            last = sequence;
        }

        return (last / SequenceStep * SequenceStep) + SequenceStep;
    }
}
