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
        public override void Apply(in PolicyRoute route)
        {
            List<Community> target = route.Attributes.Communities;
            if (!Additive)
            {
                target.Clear();
            }

            foreach (Community community in Communities)
            {
                if (!target.Contains(community))
                {
                    target.Add(community);
                }
            }

            // FRR and BIRD keep the list sorted, so that equal sets are equal attributes.
            target.Sort();
        }
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
        public override void Apply(in PolicyRoute route)
        {
            List<LargeCommunity> target = route.Attributes.LargeCommunities;
            if (!Additive)
            {
                target.Clear();
            }

            foreach (LargeCommunity community in Communities)
            {
                if (!target.Contains(community))
                {
                    target.Add(community);
                }
            }

            target.Sort();
        }
    }
}
