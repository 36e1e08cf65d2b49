using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;
using Set = Netemu.Bgp.Frr.FrrClauseStatement<Netemu.Bgp.Policy.PolicyAction>;

namespace Netemu.Bgp.Frr;

/// <summary>What a route map can do to a route.</summary>
internal static class FrrSetStatements
{
    public static ImmutableArray<Set> All { get; } =
    [
        new("metric", w => Does(Counted(w, value => new PolicyAction.AddMed(value), value => new PolicyAction.SetMed(value)))) { IsOfLibrary = true },
        new("local-preference", w => Does(Counted(w, value => new PolicyAction.AddLocalPref(value), value => new PolicyAction.SetLocalPref(value)))),
        new("weight", w => Does(new PolicyAction.SetWeight((ushort)w.Number(0, ushort.MaxValue)))),
        new("origin", w => Does(new PolicyAction.SetOrigin(w.Origin()))),
        new("community", w => Does(ReadCommunities(w))),
        new("large-community", w => Does(ReadLargeCommunities(w))),
        new("extcommunity none", _ => Does(new PolicyAction.SetExtendedCommunities([], Additive: false))),
        new("extcommunity rt", w => Does(ReadExtended(w, ExtendedCommunity.RouteTarget))),
        new("extcommunity soo", w => Does(ReadExtended(w, ExtendedCommunity.SiteOfOrigin))),
        new("comm-list", w => Delete(w, c => c.CommunityLists, list => new PolicyAction.RemoveMatchingCommunities(list))),
        new("large-comm-list", w => Delete(w, c => c.LargeCommunityLists, list => new PolicyAction.RemoveMatchingLargeCommunities(list))),
        new("as-path prepend", w => Does(new PolicyAction.PrependAsPath(ReadAses(w)))),
        new("as-path prepend last-as", w => Does(new PolicyAction.PrependLastAs((int)w.Number(1, 10)))) { Key = "as-path prepend" },
        new("as-path exclude", w => Does(new PolicyAction.ExcludeAs(ReadAses(w)))),
        .. NextHops("ip"),
        .. NextHops("ipv6"),
        new("originator-id", w => Does(new PolicyAction.SetOriginatorId(w.IPv4()))),
        new("atomic-aggregate", _ => Does(new PolicyAction.SetAtomicAggregate())),
        new("aggregator as", w => Does(new PolicyAction.SetAggregator(w.As(), w.IPv4()))) { Key = "aggregator" },
        new("tag", w => Does(new PolicyAction.SetTag(w.Number(1)))) { IsOfLibrary = true },
    ];

    private static IEnumerable<Set> NextHops(string ip)
    {
        string key = $"{ip} next-hop";
        return
        [
            new(key, w => Does(new PolicyAction.SetNextHop(w.Address()))) { IsOfLibrary = ip == "ip" },
            new($"{key} global", w => Does(new PolicyAction.SetNextHop(w.Address()))) { Key = key },
            new($"{key} peer-address", _ => Does(new PolicyAction.SetNextHopSelf())) { Key = key },
            new($"{key} unchanged", _ => Does(new PolicyAction.KeepNextHop())) { Key = key },
            new($"{key} local", w => Does(new PolicyAction.SetLinkLocalNextHop(ReadLinkLocal(w)))) { IsOfLibrary = ip == "ipv6" },

            // Which of two next hops the kernel gets; the global one is what FibNextHops takes anyway.
            new($"{key} prefer-global", _ => null),
        ];
    }

    private static Func<FrrConfiguration, PolicyAction> Does(PolicyAction action) => _ => action;

    /// <summary>"N", or "+N" and "-N" to what is there.</summary>
    private static PolicyAction Counted(FrrWords words, Func<long, PolicyAction> add, Func<uint, PolicyAction> set)
    {
        string text = words.Next();
        bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value <= uint.MaxValue;
        return !isNumber ? throw new FrrSyntaxException($"'{text}' is not a number")
            : text[0] is '+' or '-' ? add(value)
            : set((uint)value);
    }

    private static PolicyAction.SetCommunities ReadCommunities(FrrWords words)
    {
        List<Community> communities = [];
        bool additive = ReadSet(words, word => communities.Add(Community.TryParse(word, out Community community)
            ? community
            : throw new FrrSyntaxException($"'{word}' is not a community")));
        return new PolicyAction.SetCommunities(communities, additive);
    }

    private static PolicyAction.SetLargeCommunities ReadLargeCommunities(FrrWords words)
    {
        List<LargeCommunity> communities = [];
        bool additive = ReadSet(words, word => communities.Add(LargeCommunity.TryParse(word, out LargeCommunity community)
            ? community
            : throw new FrrSyntaxException($"'{word}' is not a large community")));
        return new PolicyAction.SetLargeCommunities(communities, additive);
    }

    /// <summary>"none", or values and "additive" among them, which is what is returned.</summary>
    private static bool ReadSet(FrrWords words, Action<string> add)
    {
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
                add(word);
            }
        }

        return additive;
    }

    /// <summary>
    /// "rt AS:N" and "soo AS:N" (RFC 4360 sections 4 and 5), of two-octet or four-octet ASes: bgpd adds them to what is there,
    /// whether they are called additive or not.
    /// </summary>
    private static PolicyAction.SetExtendedCommunities ReadExtended(FrrWords words, byte subtype)
    {
        List<ulong> communities = [];
        while (!words.AtEnd)
        {
            communities.Add(words.ExtendedCommunity(subtype).Value);
        }

        return new PolicyAction.SetExtendedCommunities(communities, Additive: true);
    }

    private static Func<FrrConfiguration, PolicyAction> Delete(
        FrrWords words, Func<FrrConfiguration, FrrLists<CommunityListEntry>> lists, Func<CommunityList, PolicyAction> make)
    {
        string name = words.Next();
        return words.Take("delete") ? c => make(FrrCompiler.CommunityList(lists(c), name)) : throw new FrrSyntaxException("'delete' is missing");
    }

    private static List<uint> ReadAses(FrrWords words)
    {
        List<uint> numbers = [];
        while (!words.AtEnd)
        {
            numbers.Add(words.As());
        }

        return numbers;
    }

    private static IPv6Address ReadLinkLocal(FrrWords words) => words.Address() is { IsIPv6: true, IPv6.IsLinkLocal: true } address
        ? address.IPv6
        : throw new FrrSyntaxException("a link-local address is needed here");
}
