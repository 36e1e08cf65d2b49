using System;
using Netemu.Bgp.Policy;

namespace Netemu.Bgp.Frr;

/// <summary>
/// A "match" or "set" of a route map: the words that say what it is of, so that "no" and the next one find it, all its
/// words, and what it comes to once lists can be looked up; null where it makes no difference here.
/// </summary>
internal sealed record FrrClause<T>(string Key, string Words, Func<FrrConfiguration, T>? Make)
{
    /// <summary>What FRR's library knows of route maps, and so every daemon has in its configuration.</summary>
    public bool IsOfLibrary => typeof(T) == typeof(PolicyMatch)
        ? Key is "metric" || IsZebras
        : Key is "metric" or "tag" or "ipv6 next-hop local" || (Key == "ip next-hop" && char.IsAsciiDigit(Words[^1]));

    /// <summary>What zebra asks of a route itself.</summary>
    public bool IsZebras => typeof(T) == typeof(PolicyMatch)
        && Key is "interface" or "tag" or "source-protocol" or "ip address" or "ip address prefix-list" or "ip address prefix-len" or "ip next-hop"
            or "ip next-hop prefix-list" or "ipv6 address" or "ipv6 address prefix-list" or "ipv6 address prefix-len";
}
