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

    /// <summary>The prefix has exactly this length.</summary>
    public sealed record PrefixLength(int Length) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Prefix.Length == Length;
    }

    /// <summary>A redistributed route leads out of this interface.</summary>
    public sealed record FromInterface(string Name) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Interface == Name;
    }

    /// <summary>
    /// A regular expression over the printed path, "_" standing for a border (FRR's as-path access list).
    /// </summary>
    public sealed record AsPathRegex : PolicyMatch
    {
        private readonly Regex _regex;

        public AsPathRegex(string pattern)
        {
            Pattern = pattern;
            _regex = new Regex(pattern.Replace("_", "(^|[ ,{}()]|$)", System.StringComparison.Ordinal),
                RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }

        public string Pattern { get; }

        public override bool Matches(in PolicyRoute route) => _regex.IsMatch(route.Attributes.AsPath.ToString());

        /// <summary>True if the path of an interned set matches.</summary>
        public bool Matches(PathAttributes set) => _regex.IsMatch(set.AsPath.ToString());
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

    /// <summary>Every one of the communities is there.</summary>
    public sealed record AllCommunities(IReadOnlyList<Community> Communities) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            foreach (Community community in Communities)
            {
                if (!route.Attributes.Communities.Contains(community))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Every one of the large communities is there.</summary>
    public sealed record AllLargeCommunities(IReadOnlyList<LargeCommunity> Communities) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            foreach (LargeCommunity community in Communities)
            {
                if (!route.Attributes.LargeCommunities.Contains(community))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>FRR's "match community NAME [exact-match]".</summary>
    public sealed record InCommunityList(CommunityList List, bool Exact) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => List.Permits(route.Attributes.Communities, Exact);
    }

    /// <summary>FRR's "match large-community NAME".</summary>
    public sealed record InLargeCommunityList(CommunityList List, bool Exact) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => List.Permits(route.Attributes.LargeCommunities, Exact);
    }

    /// <summary>FRR's "match extcommunity NAME [exact-match]".</summary>
    public sealed record InExtendedCommunityList(CommunityList List, bool Exact) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) =>
            List.Permits(route.Attributes.ExtendedCommunities.ConvertAll(static value => new ExtendedCommunity(value)), Exact);
    }

    /// <summary>The first entry whose expression matches the path decides (FRR's as-path access-list).</summary>
    public sealed record AsPathList(IReadOnlyList<(bool Permit, AsPathRegex Expression)> Entries) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            foreach ((bool permit, AsPathRegex expression) in Entries)
            {
                if (expression.Matches(route))
                {
                    return permit;
                }
            }

            return false;
        }
    }

    /// <summary>The number of AS numbers in the path, as the decision counts them, lies between two bounds.</summary>
    public sealed record AsPathLength(int Minimum, int Maximum) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            int length = route.Attributes.AsPath.Length;
            return length >= Minimum && length <= Maximum;
        }
    }

    /// <summary>A route that came from, or begins with, a given AS ("match src-as", BIRD's bgp_path.last).</summary>
    public sealed record OriginAs(uint Value) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Attributes.AsPath.OriginAs == Value;
    }

    /// <summary>The next hop is in a prefix list ("match ip next-hop prefix-list").</summary>
    public sealed record NextHopList(IReadOnlyList<PrefixListEntry> Entries) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            InternetAddress nextHop = route.Attributes.NextHop;
            if (nextHop.IsNone)
            {
                return false;
            }

            InternetPrefix host = InternetPrefix.Host(nextHop);
            foreach (PrefixListEntry entry in Entries)
            {
                if (entry.Covers(host))
                {
                    return entry.Permit;
                }
            }

            return false;
        }
    }

    /// <summary>A policy accepts the route; what it sets on the way stays ("call NAME").</summary>
    public sealed record AcceptedBy(RoutePolicy Policy) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => Policy.Evaluate(route);
    }

    /// <summary>Routes of one family.</summary>
    public sealed record OfFamily(AddressFamily Family) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Prefix.Family == Family;
    }

    /// <summary>Never holds: a list that nobody has defined.</summary>
    public sealed record Nothing : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => false;
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

    /// <summary>This router has marked the route so.</summary>
    public sealed record Tag(uint Value) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Attributes.Tag == Value;
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

    /// <summary>
    /// The neighbour that the route is received from; on export neighbours share what is sent, so it never holds.
    /// </summary>
    public sealed record Peer(InternetAddress Address) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => route.Neighbor == Address;
    }

    /// <summary>At least one of several conditions.</summary>
    public sealed record Either(IReadOnlyList<PolicyMatch> Conditions) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route)
        {
            foreach (PolicyMatch condition in Conditions)
            {
                if (condition.Matches(route))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public sealed record Not(PolicyMatch Inner) : PolicyMatch
    {
        public override bool Matches(in PolicyRoute route) => !Inner.Matches(route);
    }
}
