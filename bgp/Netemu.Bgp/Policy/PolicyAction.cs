using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Policy;

/// <summary>A change to a route's attributes.</summary>
public abstract record PolicyAction
{
    public abstract void Apply(in PolicyRoute route);

    public sealed record SetLocalPref(uint Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.LocalPref = Value;
    }

    public sealed record SetMed(uint Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.Med = Value;
    }

    /// <summary>Adds to (or takes from) MULTI_EXIT_DISC, within its range.</summary>
    public sealed record AddMed(long Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) =>
            route.Attributes.Med = (uint)System.Math.Clamp((route.Attributes.Med ?? 0) + Value, 0, uint.MaxValue);
    }

    public sealed record SetOrigin(Origin Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.Origin = Value;
    }

    public sealed record SetNextHop(InternetAddress Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.NextHop = Value;
    }

    /// <summary>The link-local next hop beside the global one (RFC 2545 section 3).</summary>
    public sealed record SetLinkLocalNextHop(IPv6Address Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.LinkLocalNextHop = Value;
    }

    /// <summary>ORIGINATOR_ID (RFC 4456 section 8).</summary>
    public sealed record SetOriginatorId(IPv4Address Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.OriginatorId = Value;
    }

    /// <summary>The speaker itself on export; on import the neighbour that the route came from.</summary>
    public sealed record SetNextHopSelf : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.NextHopSelf = true;
    }

    /// <summary>The next hop stays as it is ("set ip next-hop unchanged").</summary>
    public sealed record KeepNextHop : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.NextHopKept = true;
    }

    public sealed record SetWeight(ushort Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.Weight = Value;
    }

    /// <summary>Marks the route on this router ("set tag").</summary>
    public sealed record SetTag(uint Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.Tag = Value;
    }

    /// <summary>Adds to (or takes from) LOCAL_PREF, within its range.</summary>
    public sealed record AddLocalPref(long Value) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) =>
            route.Attributes.LocalPref = (uint)System.Math.Clamp(
                (route.Attributes.LocalPref ?? PathAttributes.DefaultLocalPref) + Value, 0, uint.MaxValue);
    }

    /// <summary>Prepends the leftmost AS again ("set as-path prepend last-as N").</summary>
    public sealed record PrependLastAs(int Count) : PolicyAction
    {
        public override void Apply(in PolicyRoute route)
        {
            uint last = route.Attributes.AsPath.FirstAs;
            if (last != 0)
            {
                route.Attributes.Prepend(last, Count);
            }
        }
    }

    /// <summary>Takes AS numbers out of the path ("set as-path exclude").</summary>
    public sealed record ExcludeAs(IReadOnlyList<uint> Numbers) : PolicyAction
    {
        public override void Apply(in PolicyRoute route)
        {
            HashSet<uint> numbers = [.. Numbers];
            route.Attributes.FilterAsPath(number => !numbers.Contains(number));
        }
    }

    public sealed record SetAtomicAggregate : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.AtomicAggregate = true;
    }

    public sealed record SetAggregator(uint As, IPv4Address Address) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => route.Attributes.SetAggregator(As, Address);
    }

    /// <summary>Takes out the communities that a list permits ("set comm-list NAME delete").</summary>
    public sealed record RemoveMatchingCommunities(CommunityList List) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) =>
            route.Attributes.Communities.RemoveAll(community => List.Permits(community.ToString()));
    }

    /// <summary>Takes out the large communities that a list permits.</summary>
    public sealed record RemoveMatchingLargeCommunities(CommunityList List) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) =>
            route.Attributes.LargeCommunities.RemoveAll(community => List.Permits(community.ToString()));
    }

    public sealed record RemoveLargeCommunities(IReadOnlyList<LargeCommunity> Communities) : PolicyAction
    {
        public override void Apply(in PolicyRoute route)
        {
            foreach (LargeCommunity community in Communities)
            {
                route.Attributes.LargeCommunities.Remove(community);
            }
        }
    }

    /// <summary>Adds or replaces extended communities, as their eight octets.</summary>
    public sealed record SetExtendedCommunities(IReadOnlyList<ulong> Communities, bool Additive) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => Put(route.Attributes.ExtendedCommunities, Communities, Additive);
    }

    /// <summary>Prepends numbers so that the first listed ends up leftmost.</summary>
    public sealed record PrependAsPath(IReadOnlyList<uint> Numbers) : PolicyAction
    {
        public override void Apply(in PolicyRoute route)
        {
            for (int i = Numbers.Count - 1; i >= 0; i--)
            {
                route.Attributes.Prepend(Numbers[i], 1);
            }
        }
    }

    /// <summary>Sets the communities, or adds to those there are.</summary>
    public sealed record SetCommunities(IReadOnlyList<Community> Communities, bool Additive) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => Put(route.Attributes.Communities, Communities, Additive);
    }

    public sealed record RemoveCommunities(IReadOnlyList<Community> Communities) : PolicyAction
    {
        public override void Apply(in PolicyRoute route)
        {
            foreach (Community community in Communities)
            {
                route.Attributes.Communities.Remove(community);
            }
        }
    }

    public sealed record SetLargeCommunities(IReadOnlyList<LargeCommunity> Communities, bool Additive) : PolicyAction
    {
        public override void Apply(in PolicyRoute route) => Put(route.Attributes.LargeCommunities, Communities, Additive);
    }

    /// <summary>Sets a list, or adds to what there is. FRR and BIRD keep it sorted, so that equal sets are equal attributes.</summary>
    private static void Put<T>(List<T> target, IReadOnlyList<T> communities, bool additive)
    {
        if (!additive)
        {
            target.Clear();
        }

        foreach (T community in communities)
        {
            if (!target.Contains(community))
            {
                target.Add(community);
            }
        }

        target.Sort();
    }
}
