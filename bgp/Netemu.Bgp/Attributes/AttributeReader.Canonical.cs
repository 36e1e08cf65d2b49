using System;
using System.Buffers.Binary;
using Netemu.Bgp.Messages;

namespace Netemu.Bgp.Attributes;

/// <summary>What was read, in canonical form.</summary>
internal ref partial struct AttributeReader
{
    /// <summary>
    /// Writes the canonical form (see <see cref="PathAttributes"/>) and returns its length. The destination must hold
    /// twice the attributes' length and 64 bytes more: two-octet AS numbers grow.
    /// </summary>
    public readonly int WriteCanonical(Span<byte> destination, ReadOnlySpan<byte> attributes)
    {
        WireWriter writer = new(destination);
        AttributeWriter.Write(ref writer, AttributeType.Origin, AttributeFlags.Transitive, _origin);
        WriteAsPath(ref writer);
        AttributeWriter.WriteIfPresent(ref writer, AttributeType.MultiExitDisc, AttributeFlags.Optional, _med);
        AttributeWriter.WriteIfPresent(ref writer, AttributeType.LocalPref, AttributeFlags.Transitive, _localPref);
        if (_atomicAggregate)
        {
            AttributeWriter.Write(ref writer, AttributeType.AtomicAggregate, AttributeFlags.Transitive, []);
        }

        WriteAggregator(ref writer);
        AttributeWriter.WriteIfPresent(ref writer, AttributeType.Communities, _communitiesFlags, _communities);
        AttributeWriter.WriteIfPresent(ref writer, AttributeType.OriginatorId, AttributeFlags.Optional, _originatorId);
        AttributeWriter.WriteIfPresent(ref writer, AttributeType.ClusterList, AttributeFlags.Optional, _clusterList);
        AttributeWriter.WriteIfPresent(
            ref writer, AttributeType.ExtendedCommunities, _extendedCommunitiesFlags, _extendedCommunities);
        if (_seenUnknown)
        {
            WriteUnknown(ref writer, attributes, 0, AttributeType.LargeCommunities);
        }

        AttributeWriter.WriteIfPresent(
            ref writer, AttributeType.LargeCommunities, _largeCommunitiesFlags, _largeCommunities);
        if (_seenUnknown)
        {
            WriteUnknown(ref writer, attributes, AttributeType.LargeCommunities, AttributeType.OnlyToCustomer);
        }

        AttributeWriter.WriteIfPresent(ref writer, AttributeType.OnlyToCustomer, _onlyToCustomerFlags, _onlyToCustomer);
        if (_seenUnknown)
        {
            WriteUnknown(ref writer, attributes, AttributeType.OnlyToCustomer, (AttributeType)byte.MaxValue);
        }

        return writer.Position;
    }

    // RFC 6793 section 4.2.3: the tail of the path comes from AS4_PATH, the head from AS_PATH.
    private readonly void WriteAsPath(ref WireWriter writer)
    {
        if ((_context & AttributeContext.FourOctetAs) != 0)
        {
            AttributeWriter.Write(ref writer, AttributeType.AsPath, AttributeFlags.Transitive, _asPath);
            return;
        }

        Span<byte> merged = new byte[(_asPath.Length * 2) + _as4Path.Length];
        int length = TwoOctetAsPath.Merge(_asPath, UseAs4() ? TwoOctetAsPath.WithoutConfederation(_as4Path) : [], merged);
        AttributeWriter.Write(ref writer, AttributeType.AsPath, AttributeFlags.Transitive, merged[..length]);
    }

    private readonly void WriteAggregator(ref WireWriter writer)
    {
        if (_aggregator.IsEmpty)
        {
            return;
        }

        if ((_context & AttributeContext.FourOctetAs) != 0)
        {
            AttributeWriter.Write(ref writer, AttributeType.Aggregator, _aggregatorFlags, _aggregator);
            return;
        }

        if (!_as4Aggregator.IsEmpty && UseAs4())
        {
            AttributeWriter.Write(ref writer, AttributeType.Aggregator, _aggregatorFlags, _as4Aggregator);
            return;
        }

        Span<byte> wide = stackalloc byte[8];
        wide[..2].Clear();
        _aggregator.CopyTo(wide[2..]);
        AttributeWriter.Write(ref writer, AttributeType.Aggregator, _aggregatorFlags, wide);
    }

    // RFC 6793 section 4.2.3: an AGGREGATOR with a real AS number means that a two-octet speaker aggregated later than
    // the AS4 attributes were made: both are ignored then.
    private readonly bool UseAs4() =>
        _aggregator.IsEmpty
        || _as4Aggregator.IsEmpty
        || BinaryPrimitives.ReadUInt16BigEndian(_aggregator) == OpenMessage.AsTrans;

    /// <summary>
    /// Copies unknown transitive attributes with codes strictly between two, ascending, marked partial.
    /// </summary>
    private readonly void WriteUnknown(
        ref WireWriter writer, ReadOnlySpan<byte> attributes, AttributeType above, AttributeType below)
    {
        int last = (int)above;
        while (true)
        {
            int best = -1;
            ReadOnlySpan<byte> bestValue = default;
            AttributeEnumerator all = new(attributes);
            while (all.MoveNext())
            {
                int code = (int)all.Type;
                bool belongs = code > last && code <= (int)below && (best < 0 || code < best)
                    && (all.Flags & AttributeFlags.Transitive) != 0
                    && !TryDescribe(all.Type, out _);
                if (belongs)
                {
                    best = code;
                    bestValue = all.Value;
                }
            }

            if (best < 0)
            {
                return;
            }

            const AttributeFlags passedOn = AttributeFlags.Optional | AttributeFlags.Transitive | AttributeFlags.Partial;
            AttributeWriter.Write(ref writer, (AttributeType)best, passedOn, bestValue);
            last = best;
        }
    }
}
