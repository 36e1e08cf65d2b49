using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Rib;

namespace Netemu.Bgp;

/// <summary>The attributes of an aggregate (RFC 4271 section 9.2.2.2), of the best paths of the routes inside.</summary>
internal static class AggregateBuilder
{
    /// <summary>
    /// Fills the tables' builder: the worst ORIGIN, no NEXT_HOP, no MED; with an AS_SET the common head of the paths, a set of
    /// the rest and all communities, without it an empty path and ATOMIC_AGGREGATE.
    /// </summary>
    public static void Build(BgpTables tables, RouteTable routes, IReadOnlyCollection<int> contributors, BgpAggregate aggregate)
    {
        bool asSet = aggregate.AsSet;
        Origin origin = Origin.Igp;
        bool atomic = false;
        bool losesPath = false;
        SortedSet<Community> communities = [];
        SortedSet<ulong> extendedCommunities = [];
        SortedSet<LargeCommunity> largeCommunities = [];
        List<uint>? head = null;
        SortedSet<uint> all = [];
        SortedSet<uint> members = [];
        foreach (int prefix in contributors)
        {
            PathAttributes set = tables.Attributes[routes[routes.BestRow(prefix)].Attributes];
            origin = (Origin)Math.Max((byte)origin, (byte)set.Origin);
            atomic |= set.TryGet(AttributeType.AtomicAggregate, out _);
            losesPath |= !set.AsPath.IsEmpty;
            if (!asSet)
            {
                continue;
            }

            PathAttributesBuilder one = tables.Builder;
            one.Load(set);
            communities.UnionWith(one.Communities);
            extendedCommunities.UnionWith(one.ExtendedCommunities);
            largeCommunities.UnionWith(one.LargeCommunities);
            List<uint> sequence = SequenceOf(set.AsPath, all, members);
            head = head is null ? sequence : Common(head, sequence);
        }

        PathAttributesBuilder builder = tables.Builder;
        builder.Clear();
        builder.Origin = origin;
        builder.Communities.AddRange(communities);
        builder.ExtendedCommunities.AddRange(extendedCommunities);
        builder.LargeCommunities.AddRange(largeCommunities);
        if (asSet)
        {
            builder.SetAsPath([.. head ?? []]);
            all.ExceptWith(head ?? []);
            builder.AppendAsSet(all);
            builder.PrependConfederationSet(members);
        }

        builder.AtomicAggregate = atomic || (!asSet && (losesPath || aggregate.AlwaysAtomic));
    }

    /// <summary>
    /// The leading AS_SEQUENCE, and every number of the path into <paramref name="all"/>; a confederation's into
    /// <paramref name="members"/> (RFC 5065 section 5).
    /// </summary>
    private static List<uint> SequenceOf(AsPath path, SortedSet<uint> all, SortedSet<uint> members)
    {
        List<uint> sequence = [];
        bool leading = true;
        for (ReadOnlySpan<byte> rest = path.Bytes; rest.Length > 0; rest = rest[AsPath.SegmentSize(rest)..])
        {
            bool confederation = AsPath.IsConfederation(rest);
            leading &= confederation || (AsPathSegmentType)rest[0] == AsPathSegmentType.AsSequence;
            for (int i = 0; i < rest[1]; i++)
            {
                uint asNumber = BinaryPrimitives.ReadUInt32BigEndian(rest[(2 + (i * 4))..]);
                (confederation ? members : all).Add(asNumber);
                if (leading && !confederation)
                {
                    sequence.Add(asNumber);
                }
            }
        }

        return sequence;
    }

    private static List<uint> Common(List<uint> left, List<uint> right)
    {
        int length = 0;
        while (length < left.Count && length < right.Count && left[length] == right[length])
        {
            length++;
        }

        return left[..length];
    }
}
