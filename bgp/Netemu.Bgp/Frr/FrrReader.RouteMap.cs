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
        FrrRouteMap? map = configuration.FindRouteMap(name);
        if (negated && words.AtEnd)
        {
            configuration.RouteMaps.RemoveAll(other => other.Name == name);
            return Leave(Context.Top);
        }

        if (words.Take("optimization"))
        {
            if (map is not null)
            {
                map.IsOptimized = !negated;
            }

            return true;
        }

        bool permit = Permits(words);
        int sequence = (int)words.Number(1, 65535);
        if (negated)
        {
            map?.Entries.Remove(sequence);
            configuration.RouteMaps.RemoveAll(other => other.Entries.Count == 0);
            return Leave(Context.Top);
        }

        if (map is null)
        {
            map = new FrrRouteMap(name);
            configuration.RouteMaps.Add(map);
        }

        if (!map.Entries.TryGetValue(sequence, out FrrRouteMapEntry? entry))
        {
            map.Entries[sequence] = entry = new FrrRouteMapEntry(permit);
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
            int start = words.Position;
            if (negated)
            {
                FrrRouteMapEntry.Remove(entry.Matches, words.Rest());
                return true;
            }

            (string key, Func<FrrConfiguration, PolicyMatch> match) = ReadMatch(words);
            FrrRouteMapEntry.Put(entry.Matches, new FrrClause<PolicyMatch>(key, words.TextFrom(start), match));
            return true;
        }

        if (words.Take("set"))
        {
            int start = words.Position;
            if (negated)
            {
                FrrRouteMapEntry.Remove(entry.Sets, words.Rest());
                return true;
            }

            (string key, Func<FrrConfiguration, PolicyAction>? action) = ReadSet(words);
            FrrRouteMapEntry.Put(entry.Sets, new FrrClause<PolicyAction>(key, words.TextFrom(start), action));
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
            string text = words.Rest();
            entry.Description = negated ? null : text;
            return true;
        }

        return false;
    }

    private static (string Key, Func<FrrConfiguration, PolicyMatch> Match) ReadMatch(FrrWords words)
    {
        bool isIPv6 = words.Peek == "ipv6";
        AddressFamily family = isIPv6 ? AddressFamily.IPv6 : AddressFamily.IPv4;
        if (words.Take("ip", "address") || words.Take("ipv6", "address"))
        {
            return ReadMatchAddress(words, isIPv6 ? "ipv6 address" : "ip address", family);
        }

        if (words.Take("ip", "next-hop") || words.Take("ipv6", "next-hop"))
        {
            return ReadMatchNextHop(words, isIPv6 ? "ipv6 next-hop" : "ip next-hop", family);
        }

        string word = words.Next();
        switch (word)
        {
            case "as-path":
                string path = words.Next();
                return (word, c => c.AsPathLists.Find(path) is { } paths
                    ? new PolicyMatch.AsPathList(paths.Values)
                    : new PolicyMatch.Nothing());
            case "community":
                string list = words.Next();
                bool exact = words.Take("exact-match");
                return (word, c => new PolicyMatch.InCommunityList(CommunityListOf(c.CommunityLists, list), exact));
            case "large-community":
                string large = words.Next();
                bool exactly = words.Take("exact-match");
                return (word, c => new PolicyMatch.InLargeCommunityList(CommunityListOf(c.LargeCommunityLists, large), exactly));
            case "extcommunity":
                string extended = words.Next();
                return (word, c => new PolicyMatch.InExtendedCommunityList(CommunityListOf(c.ExtendedCommunityLists, extended), Exact: false));
            case "metric":
                uint metric = words.Number();
                return (word, _ => new PolicyMatch.Med(metric));
            case "local-preference":
                uint preference = words.Number();
                return (word, _ => new PolicyMatch.LocalPref(preference));
            case "origin":
                Origin origin = ReadOrigin(words);
                return (word, _ => new PolicyMatch.RouteOrigin(origin));
            case "tag":
                uint tag = words.Number(1);
                return (word, _ => new PolicyMatch.Tag(tag));
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

    private static (string Key, Func<FrrConfiguration, PolicyMatch> Match) ReadMatchAddress(FrrWords words, string key, AddressFamily family)
    {
        if (words.Take("prefix-len"))
        {
            int length = (int)words.Number(0, 128);
            return ($"{key} prefix-len", _ => new PolicyMatch.PrefixLength(length));
        }

        bool isList = words.Take("prefix-list");
        string name = words.Next();
        return isList
            ? ($"{key} prefix-list", c => FrrCompiler.PrefixList(c.PrefixLists(family).Find(name)))
            : (key, c => FrrCompiler.PrefixList(c.AccessLists(family).Find(name)));
    }

    private static (string Key, Func<FrrConfiguration, PolicyMatch> Match) ReadMatchNextHop(FrrWords words, string key, AddressFamily family)
    {
        if (words.Take("address") || InternetAddress.TryParse(words.Peek, out _))
        {
            InternetAddress address = words.Address();
            return ($"{key} address", _ => new PolicyMatch.NextHop(new InternetPrefix(address, address.IsIPv4 ? 32 : 128)));
        }

        bool isList = words.Take("prefix-list");
        string name = words.Next();
        return (isList ? $"{key} prefix-list" : key, c => (isList ? c.PrefixLists(family) : c.AccessLists(family)).Find(name) is { } list
            ? new PolicyMatch.NextHopList(list.Values)
            : new PolicyMatch.Nothing());
    }

    /// <summary>A list that nobody has made permits nothing, as one without entries.</summary>
    private static CommunityList CommunityListOf(FrrLists<CommunityListEntry> lists, string name) =>
        new(name, lists.Find(name)?.Values ?? []);

    private static (string Key, Func<FrrConfiguration, PolicyAction>? Action) ReadSet(FrrWords words)
    {
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
                    ? (word, c => new PolicyAction.RemoveMatchingCommunities(CommunityListOf(c.CommunityLists, name)))
                    : throw new FrrSyntaxException("'delete' is missing");
            case "large-comm-list":
                string large = words.Next();
                return words.Take("delete")
                    ? (word, c => new PolicyAction.RemoveMatchingLargeCommunities(CommunityListOf(c.LargeCommunityLists, large)))
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
                uint tag = words.Number(1);
                return (word, _ => new PolicyAction.SetTag(tag));
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

        byte subtype = ReadSubtype(words);
        List<ulong> communities = [];
        while (!words.AtEnd)
        {
            communities.Add(ReadExtended(words, subtype).Value);
        }

        // bgpd adds them to what is there, whether they are called additive or not.
        return _ => new PolicyAction.SetExtendedCommunities(communities, Additive: true);
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
