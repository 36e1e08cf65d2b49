using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;
using Match = Netemu.Bgp.Frr.FrrClauseStatement<Netemu.Bgp.Policy.PolicyMatch>;

namespace Netemu.Bgp.Frr;

/// <summary>What a route map can ask of a route.</summary>
internal static class FrrMatchStatements
{
    public static ImmutableArray<Match> All { get; } =
    [
        .. OfFamily("ip", AddressFamily.IPv4),
        .. OfFamily("ipv6", AddressFamily.IPv6),
        new("as-path", w => Named(w.Next(), c => c.AsPathLists, paths => new PolicyMatch.AsPathList(paths.Values))),
        new("community", w => InList(w.Next(), w.Take("exact-match"), c => c.CommunityLists, (list, exact) => new PolicyMatch.InCommunityList(list, exact))),
        new("large-community", w => InList(w.Next(), w.Take("exact-match"), c => c.LargeCommunityLists, (list, exact) => new PolicyMatch.InLargeCommunityList(list, exact))),
        new("extcommunity", w => InList(w.Next(), false, c => c.ExtendedCommunityLists, (list, exact) => new PolicyMatch.InExtendedCommunityList(list, exact))),
        new("metric", w => Is(new PolicyMatch.Med(w.Number()))) { IsOfLibrary = true },
        new("local-preference", w => Is(new PolicyMatch.LocalPref(w.Number()))),
        new("origin", w => Is(new PolicyMatch.RouteOrigin(w.Origin()))),
        new("tag", w => Is(new PolicyMatch.Tag(w.Number(1)))) { IsOfLibrary = true, IsZebras = true },
        new("interface", w => Is(new PolicyMatch.FromInterface(w.Next()))) { IsOfLibrary = true, IsZebras = true },
        new("peer", w => Is(new PolicyMatch.Peer(w.Address()))),
        new("peer local", _ => Is(new PolicyMatch.Source(PolicyRouteSource.Local))) { Key = "peer" },
        new("rpki", w => Is(Validated(w))),
        new("source-protocol", w => Is(FromProtocol(w.Next()))) { IsOfLibrary = true, IsZebras = true },
    ];

    private static IEnumerable<Match> OfFamily(string ip, AddressFamily family) =>
    [
        new($"{ip} address", w => InPrefixes(w.Next(), c => c.AccessLists(family))) { IsOfLibrary = true, IsZebras = true },
        new($"{ip} address prefix-list", w => InPrefixes(w.Next(), c => c.PrefixLists(family))) { IsOfLibrary = true, IsZebras = true },
        new($"{ip} address prefix-len", w => Is(new PolicyMatch.PrefixLength((int)w.Number(0, 128)))) { IsOfLibrary = true, IsZebras = true },
        new($"{ip} next-hop", w => w.TryAddress(out InternetAddress address) ? NextHop(address) : NextHopIn(w.Next(), c => c.AccessLists(family)))
        {
            IsOfLibrary = family == AddressFamily.IPv4,
            IsZebras = family == AddressFamily.IPv4,
        },
        new($"{ip} next-hop address", w => NextHop(w.Address())),
        new($"{ip} next-hop prefix-list", w => NextHopIn(w.Next(), c => c.PrefixLists(family)))
        {
            IsOfLibrary = family == AddressFamily.IPv4,
            IsZebras = family == AddressFamily.IPv4,
        },
    ];

    private static Func<FrrConfiguration, PolicyMatch> Is(PolicyMatch match) => _ => match;

    /// <summary>What a list comes to; one that is not there permits nothing.</summary>
    private static Func<FrrConfiguration, PolicyMatch> Named<T>(string name, Func<FrrConfiguration, FrrLists<T>> lists, Func<FrrList<T>, PolicyMatch> make) =>
        c => lists(c).Find(name) is { } list ? make(list) : new PolicyMatch.Nothing();

    private static Func<FrrConfiguration, PolicyMatch> InPrefixes(string name, Func<FrrConfiguration, FrrLists<PrefixListEntry>> lists) =>
        c => FrrCompiler.PrefixList(lists(c).Find(name));

    private static Func<FrrConfiguration, PolicyMatch> NextHop(InternetAddress address) =>
        Is(new PolicyMatch.NextHop(InternetPrefix.Host(address)));

    private static Func<FrrConfiguration, PolicyMatch> NextHopIn(string name, Func<FrrConfiguration, FrrLists<PrefixListEntry>> lists) =>
        Named(name, lists, list => new PolicyMatch.NextHopList(list.Values));

    private static Func<FrrConfiguration, PolicyMatch> InList(
        string name, bool exact, Func<FrrConfiguration, FrrLists<CommunityListEntry>> lists, Func<CommunityList, bool, PolicyMatch> make) =>
        c => make(FrrCompiler.CommunityList(lists(c), name), exact);

    /// <summary>
    /// RFC 6811. Without a cache that it has all of, bgpd validates nothing, and no route is valid, invalid or not found
    /// (RPKI_NOT_BEING_USED): there is no cache here.
    /// </summary>
    private static PolicyMatch.Nothing Validated(FrrWords words) => words.Take("valid") || words.Take("invalid") || words.Take("notfound")
        ? new PolicyMatch.Nothing()
        : throw new FrrSyntaxException($"'{words.Peek}' is not valid, invalid or notfound");

    private static PolicyMatch FromProtocol(string protocol)
    {
        PolicyMatch local = new PolicyMatch.Source(PolicyRouteSource.Local);
        return protocol == "bgp" ? new PolicyMatch.Not(local) : local;
    }
}
