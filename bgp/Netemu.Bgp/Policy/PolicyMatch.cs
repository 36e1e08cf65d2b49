using System.Collections.Generic;
using System.Text.RegularExpressions;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Policy;

/// <summary>A condition on a route.</summary>
public abstract record PolicyMatch
{
    public abstract bool Matches(in PolicyRoute route);

    /// <summary>The first entry that covers the prefix decides; no entry is a deny, as in a prefix-list.</summary>
    public sealed record PrefixList(IReadOnlyList<PrefixListEntry> Entries) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            foreach (PrefixListEntry entry in Entries)
            {
                if (entry.Covers(route.Prefix))
                {
                    return entry.Permit;
                }
            }

            return false;
        }
    }

    /// <summary>A regular expression over the printed path, "_" standing for a border (FRR's as-path access list).</summary>
    public sealed record AsPathRegex : PolicyMatch
    {
        private readonly Regex _regex;

        public AsPathRegex(string pattern)
        {
            Pattern = pattern;
            _regex = new Regex(pattern.Replace("_", "(^|[ ,{}]|$)", System.StringComparison.Ordinal),
                RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }

        public string Pattern { get; }

        public override bool Matches(in PolicyRoute route) => _regex.IsMatch(route.Attributes.AsPath.ToString());
    }

    /// <summary>The path starts with these numbers (Calico's asPathPrefix).</summary>
    public sealed record AsPathPrefix(IReadOnlyList<uint> Numbers) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            string[] path = route.Attributes.AsPath.ToString().Split(' ');
            if (path.Length < Numbers.Count)
            {
                return false;
            }

            for (int i = 0; i < Numbers.Count; i++)
            {
                if (path[i] != Numbers[i].ToString(System.Globalization.CultureInfo.InvariantCulture))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>At least one of the communities is there.</summary>
    public sealed record AnyCommunity(IReadOnlyList<Community> Communities) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            foreach (Community community in Communities)
            {
                if (route.Attributes.Communities.Contains(community))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>At least one of the large communities is there.</summary>
    public sealed record AnyLargeCommunity(IReadOnlyList<LargeCommunity> Communities) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            foreach (LargeCommunity community in Communities)
            {
                if (route.Attributes.LargeCommunities.Contains(community))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>How the route was learned (Calico's source and peerType, FRR's match source-protocol).</summary>
    public sealed record Source(PolicyRouteSource Value) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Origin == Value;
    }

    /// <summary>The next hop lies in a prefix.</summary>
    public sealed record NextHop(InternetPrefix Prefix) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => Prefix.Contains(route.Attributes.NextHop);
    }

    public sealed record Med(uint Value) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Attributes.Med == Value;
    }

    public sealed record LocalPref(uint Value) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) =>
            (route.Attributes.LocalPref ?? PathAttributes.DefaultLocalPref) == Value;
    }

    public sealed record RouteOrigin(Origin Value) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Attributes.Origin == Value;
    }

    /// <summary>The neighbour that the policy is applied for.</summary>
    public sealed record Peer(InternetAddress Address) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Neighbor == Address;
    }

    public sealed record Not(PolicyMatch Inner) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => !Inner.Matches(route);
    }
}
