using System;
using System.Collections.Generic;
using System.Globalization;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"route-map NAME permit|deny SEQ" and the lines under it.</summary>
public sealed partial class FrrReader
{
    private bool ReadRouteMapHead(FrrWords words, bool negated)
    {
        string name = words.Next();
        if (negated && words.AtEnd)
        {
            configuration.RouteMaps.Remove(name);
            return Leave(Context.Top);
        }

        if (words.Take("optimization"))
        {
            return true;
        }

        bool permit = Permits(words);
        int sequence = (int)words.Number(1, 65535);
        if (!configuration.RouteMaps.TryGetValue(name, out SortedDictionary<int, FrrRouteMapEntry>? map))
        {
            configuration.RouteMaps[name] = map = [];
        }

        if (negated)
        {
            map.Remove(sequence);
            return Leave(Context.Top);
        }

        if (!map.TryGetValue(sequence, out FrrRouteMapEntry? entry))
        {
            map[sequence] = entry = new FrrRouteMapEntry(permit);
        }

        entry.Permit = permit;
        _entry = entry;
        return Leave(Context.RouteMap);
    }

    private bool ReadRouteMapLine(FrrWords words, bool negated)
    {
        FrrRouteMapEntry entry = _entry!;
        if (words.Take("match"))
        {
            (string key, Func<FrrConfiguration, PolicyMatch> match) = ReadMatch(words, negated);
            entry.Matches.Remove(key);
            if (!negated)
            {
                entry.Matches[key] = match;
            }

            return true;
        }

        if (words.Take("set"))
        {
            (string key, Func<FrrConfiguration, PolicyAction>? action) = ReadSet(words, negated);
            entry.Sets.RemoveAll(set => set.Key == key);
            if (!negated && action is not null)
            {
                entry.Sets.Add((key, action));
            }

            return true;
        }

        if (words.Take("continue"))
        {
            entry.Continue = negated ? Drop<int?>(words) : words.TryNumber(out uint at) ? (int)at : 0;
            return true;
        }

        if (words.Take("on-match"))
        {
            entry.Continue = negated ? Drop<int?>(words)
                : words.Take("next") ? 0
                : words.Take("goto") ? (int)words.Number(1, 65535)
                : throw new FrrSyntaxException("'next' or 'goto' is missing");
            return true;
        }

        if (words.Take("call"))
        {
            entry.Call = negated ? Drop<string>(words) : words.Next();
            return true;
        }

        if (words.Take("description"))
        {
            words.Rest();
            return true;
        }

        return false;
    }

    private static (string Key, Func<FrrConfiguration, PolicyMatch> Match) ReadMatch(FrrWords words, bool negated)
    {
        if (words.Take("ip", "address") || words.Take("ipv6", "address"))
        {
            if (words.Take("prefix-len"))
            {
                int length = (int)words.Number(0, 128);
                return ("address prefix-len", _ => new PolicyMatch.PrefixLength(length));
            }

            bool isList = words.Take("prefix-list");
            string? name = negated && words.AtEnd ? null : words.Next();
            return (isList ? "address prefix-list" : "address", c => PrefixListOf(c, name!));
        }

        if (words.Take("ip", "next-hop") || words.Take("ipv6", "next-hop"))
        {
            bool isList = words.Take("prefix-list");
            if (!isList && (words.Take("address") || InternetAddress.TryParse(words.Peek, out _)))
            {
                InternetAddress address = words.Address();
                return ("next-hop", _ => new PolicyMatch.NextHop(new InternetPrefix(address, address.IsIPv4 ? 32 : 128)));
            }

            string name = words.Next();
            return ("next-hop", c => c.PrefixLists.TryGetValue(name, out SortedDictionary<int, PrefixListEntry>? list)
                ? new PolicyMatch.NextHopList([.. list.Values])
                : new PolicyMatch.Nothing());
        }

        string word = words.Next();
        switch (word)
        {
            case "as-path":
                string path = words.Next();
                return (word, c => c.AsPathLists.TryGetValue(path, out List<(bool, PolicyMatch.AsPathRegex)>? paths)
                    ? new PolicyMatch.AsPathList(paths)
                    : new PolicyMatch.Nothing());
            case "community":
                string list = words.Next();
                bool exact = words.Take("exact-match");
                return (word, c => c.CommunityLists.TryGetValue(list, out CommunityList? found)
                    ? new PolicyMatch.InCommunityList(found, exact)
                    : new PolicyMatch.Nothing());
            case "large-community":
                string large = words.Next();
                bool exactly = words.Take("exact-match");
                return (word, c => c.LargeCommunityLists.TryGetValue(large, out CommunityList? found)
                    ? new PolicyMatch.InLargeCommunityList(found, exactly)
                    : new PolicyMatch.Nothing());
            case "metric":
                uint metric = words.Number();
                return (word, _ => new PolicyMatch.Med(metric));
            case "local-preference":
                uint preference = words.Number();
                return (word, _ => new PolicyMatch.LocalPref(preference));
            case "origin":
                Origin origin = ReadOrigin(words);
                return (word, _ => new PolicyMatch.RouteOrigin(origin));
            case "interface":
                string device = words.Next();
                return (word, _ => new PolicyMatch.FromInterface(device));
            case "peer" when words.Take("local"):
                return (word, _ => new PolicyMatch.Source(PolicyRouteSource.Local));
            case "peer":
                InternetAddress peer = words.Address();
                return (word, _ => new PolicyMatch.Peer(peer));
            case "source-protocol":
                string protocol = words.Next();
                return (word, _ => protocol == "bgp"
                    ? new PolicyMatch.Not(new PolicyMatch.Source(PolicyRouteSource.Local))
                    : new PolicyMatch.Source(PolicyRouteSource.Local));
            default:
                throw new FrrSyntaxException($"'match {word}' is not known");
        }
    }

    private static PolicyMatch PrefixListOf(FrrConfiguration configuration, string name) =>
        configuration.PrefixLists.TryGetValue(name, out SortedDictionary<int, PrefixListEntry>? list)
            ? new PolicyMatch.PrefixList([.. list.Values])
            : new PolicyMatch.Nothing();

    private static (string Key, Func<FrrConfiguration, PolicyAction>? Action) ReadSet(FrrWords words, bool negated)
    {
        if (negated)
        {
            string taken = words.Next();
            words.Rest();
            return (taken, null);
        }

        string word = words.Next();
        switch (word)
        {
            case "metric":
                return (word, ReadMetric(words));
            case "local-preference":
                return (word, ReadLocalPreference(words));
            case "weight":
                ushort weight = (ushort)words.Number(0, ushort.MaxValue);
                return (word, _ => new PolicyAction.SetWeight(weight));
            case "origin":
                Origin origin = ReadOrigin(words);
                return (word, _ => new PolicyAction.SetOrigin(origin));
            case "community":
                return (word, ReadSetCommunity(words));
            case "large-community":
                return (word, ReadSetLargeCommunity(words));
            case "extcommunity":
                return ($"{word} {words.Peek}", ReadSetExtended(words));
            case "comm-list":
                string name = words.Next();
                return words.Take("delete")
                    ? (word, c => new PolicyAction.RemoveMatchingCommunities(c.CommunityLists.GetValueOrDefault(name) ?? new CommunityList(name)))
                    : throw new FrrSyntaxException("'delete' is missing");
            case "large-comm-list":
                string large = words.Next();
                return words.Take("delete")
                    ? (word, c => new PolicyAction.RemoveMatchingLargeCommunities(c.LargeCommunityLists.GetValueOrDefault(large) ?? new CommunityList(large)))
                    : throw new FrrSyntaxException("'delete' is missing");
            case "as-path":
                return ReadSetAsPath(words);
            case "ip" or "ipv6":
                return ReadSetNextHop(words, word);
            case "originator-id":
                IPv4Address originator = words.IPv4();
                return (word, _ => new PolicyAction.SetOriginatorId(originator));
            case "atomic-aggregate":
                return (word, _ => new PolicyAction.SetAtomicAggregate());
            case "aggregator":
                if (!words.Take("as"))
                {
                    throw new FrrSyntaxException("'as' is missing");
                }

                uint number = words.As();
                IPv4Address address = words.IPv4();
                return (word, _ => new PolicyAction.SetAggregator(number, address));
            case "tag":
                words.Number();
                return (word, null);
            default:
                throw new FrrSyntaxException($"'set {word}' is not known");
        }
    }

    private static Func<FrrConfiguration, PolicyAction> ReadMetric(FrrWords words)
    {
        string text = words.Next();
        long value = Signed(text);
        return text[0] is '+' or '-' ? _ => new PolicyAction.AddMed(value) : _ => new PolicyAction.SetMed((uint)value);
    }

    private static Func<FrrConfiguration, PolicyAction> ReadLocalPreference(FrrWords words)
    {
        string text = words.Next();
        long value = Signed(text);
        return text[0] is '+' or '-' ? _ => new PolicyAction.AddLocalPref(value) : _ => new PolicyAction.SetLocalPref((uint)value);
    }

    private static long Signed(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value <= uint.MaxValue
            ? value
            : throw new FrrSyntaxException($"'{text}' is not a number");

    private static Func<FrrConfiguration, PolicyAction> ReadSetCommunity(FrrWords words)
    {
        List<Community> communities = [];
        bool additive = false;
        while (!words.AtEnd)
        {
            string word = words.Next();
            if (word == "additive")
            {
                additive = true;
            }
            else if (word != "none")
            {
                communities.Add(Community.TryParse(word, out Community community)
                    ? community
                    : throw new FrrSyntaxException($"'{word}' is not a community"));
            }
        }

        return _ => new PolicyAction.SetCommunities(communities, additive);
    }

    private static Func<FrrConfiguration, PolicyAction> ReadSetLargeCommunity(FrrWords words)
    {
        List<LargeCommunity> communities = [];
        bool additive = false;
        while (!words.AtEnd)
        {
            string word = words.Next();
            if (word == "additive")
            {
                additive = true;
            }
            else if (word != "none")
            {
                communities.Add(LargeCommunity.TryParse(word, out LargeCommunity community)
                    ? community
                    : throw new FrrSyntaxException($"'{word}' is not a large community"));
            }
        }

        return _ => new PolicyAction.SetLargeCommunities(communities, additive);
    }

    /// <summary>"rt AS:N" and "soo AS:N" (RFC 4360 sections 4 and 5), of two-octet or four-octet ASes.</summary>
    private static Func<FrrConfiguration, PolicyAction> ReadSetExtended(FrrWords words)
    {
        if (words.Take("none"))
        {
            return _ => new PolicyAction.SetExtendedCommunities([], Additive: false);
        }

        byte subtype = words.Take("rt") ? (byte)2 : words.Take("soo") ? (byte)3 : throw new FrrSyntaxException("'rt' or 'soo' is missing");
        List<ulong> communities = [];
        while (!words.AtEnd)
        {
            string word = words.Next();
            string[] parts = word.Split(':');
            if (parts.Length == 2 && InternetAddress.TryParse(parts[0], out InternetAddress id) && id.IsIPv4
                && ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort local))
            {
                communities.Add(0x0100_0000_0000_0000UL | ((ulong)subtype << 48) | ((ulong)id.IPv4.Value << 16) | local);
                continue;
            }

            if (parts.Length != 2
                || !uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
                || !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint value))
            {
                throw new FrrSyntaxException($"'{word}' is not AS:number");
            }

            communities.Add(number <= ushort.MaxValue
                ? ((ulong)subtype << 48) | ((ulong)number << 32) | value
                : 0x0200_0000_0000_0000UL | ((ulong)subtype << 48) | ((ulong)number << 16) | (ushort)value);
        }

        return _ => new PolicyAction.SetExtendedCommunities(communities, Additive: false);
    }

    private static (string Key, Func<FrrConfiguration, PolicyAction> Action) ReadSetAsPath(FrrWords words)
    {
        if (words.Take("prepend", "last-as"))
        {
            int count = (int)words.Number(1, 10);
            return ("as-path prepend", _ => new PolicyAction.PrependLastAs(count));
        }

        bool prepends = words.Take("prepend");
        if (!prepends && !words.Take("exclude"))
        {
            throw new FrrSyntaxException("'prepend' or 'exclude' is missing");
        }

        List<uint> numbers = [];
        while (!words.AtEnd)
        {
            numbers.Add(words.As());
        }

        return prepends
            ? ("as-path prepend", _ => new PolicyAction.PrependAsPath(numbers))
            : ("as-path exclude", _ => new PolicyAction.ExcludeAs(numbers));
    }

    private static (string Key, Func<FrrConfiguration, PolicyAction>? Action) ReadSetNextHop(FrrWords words, string family)
    {
        if (!words.Take("next-hop"))
        {
            throw new FrrSyntaxException("'next-hop' is missing");
        }

        string key = $"{family} next-hop";
        if (words.Take("prefer-global"))
        {
            // Which of two next hops the kernel gets; the global one is what FibNextHops takes anyway.
            return ($"{key} prefer-global", null);
        }

        if (words.Take("local"))
        {
            InternetAddress local = words.Address();
            return local.IsIPv6 && local.IPv6.IsLinkLocal
                ? ($"{key} local", _ => new PolicyAction.SetLinkLocalNextHop(local.IPv6))
                : throw new FrrSyntaxException("a link-local address is needed here");
        }

        words.Take("global");
        if (words.Take("peer-address"))
        {
            return (key, _ => new PolicyAction.SetNextHopSelf());
        }

        if (words.Take("unchanged"))
        {
            return (key, _ => new PolicyAction.KeepNextHop());
        }

        InternetAddress address = words.Address();
        return (key, _ => new PolicyAction.SetNextHop(address));
    }

    private static Origin ReadOrigin(FrrWords words) => words.Take("igp") ? Origin.Igp
        : words.Take("egp") ? Origin.Egp
        : words.Take("incomplete") ? Origin.Incomplete
        : throw new FrrSyntaxException($"'{words.Peek}' is not igp, egp or incomplete");
}
