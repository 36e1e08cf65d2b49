using System;
using System.Buffers.Binary;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Attributes;

/// <summary>The attributes that we know, each with what a malformed one costs.</summary>
internal ref partial struct AttributeReader
{
    private void TakeKnown(AttributeType type, AttributeFlags flags, ReadOnlySpan<byte> value, int position, int size)
    {
        bool isInternal = (_context & AttributeContext.Internal) != 0;
        bool isMember = (_context & AttributeContext.MemberAs) != 0;
        bool isFourOctet = (_context & AttributeContext.FourOctetAs) != 0;
        switch (type)
        {
            case AttributeType.Origin:
                if (Check(value.Length == 1, type, BgpErrorSubcode.AttributeLengthError, position, size)
                    && Check(value[0] <= (byte)Origin.Incomplete, type, BgpErrorSubcode.InvalidOrigin, position, size))
                {
                    _origin = value;
                }

                break;
            case AttributeType.AsPath:
                if (Check(IsAsPath(value), type, BgpErrorSubcode.MalformedAsPath, position, size))
                {
                    _asPath = value;
                }

                break;
            case AttributeType.NextHop:
                if (Check(value.Length == IPv4Address.Size, type, BgpErrorSubcode.AttributeLengthError, position, size))
                {
                    _nextHop = value;
                }

                break;
            case AttributeType.MultiExitDisc:
                if (Check(value.Length == 4, type, BgpErrorSubcode.AttributeLengthError, position, size))
                {
                    _med = value;
                }

                break;
            case AttributeType.LocalPref:
                // RFC 7606 section 7.5: from an external peer it is dropped unread.
                // A member of our confederation is none (RFC 5065 section 5).
                if ((isInternal || isMember) && Check(value.Length == 4, type, BgpErrorSubcode.AttributeLengthError, position, size))
                {
                    _localPref = value;
                }

                break;
            case AttributeType.AtomicAggregate:
                _atomicAggregate = value.IsEmpty || Discard(type, position, size);
                break;
            case AttributeType.Aggregator:
                if (IsAggregator(value, isFourOctet) || Discard(type, position, size))
                {
                    _aggregator = value;
                    _aggregatorFlags = flags;
                }

                break;
            case AttributeType.Communities:
                if (CheckMultiple(value, 4, type, position, size))
                {
                    _communities = value;
                    _communitiesFlags = flags;
                }

                break;
            case AttributeType.OriginatorId:
                // RFC 7606 section 7.9: from an external peer it is dropped unread.
                if (isInternal && Check(value.Length == 4, type, BgpErrorSubcode.AttributeLengthError, position, size))
                {
                    _originatorId = value;
                }

                break;
            case AttributeType.ClusterList:
                if (isInternal && CheckMultiple(value, 4, type, position, size))
                {
                    _clusterList = value;
                }

                break;
            case AttributeType.MpReachNlri:
                MpReach = value;
                break;
            case AttributeType.MpUnreachNlri:
                MpUnreach = value;
                break;
            case AttributeType.ExtendedCommunities:
                if (CheckMultiple(value, 8, type, position, size))
                {
                    _extendedCommunities = value;
                    _extendedCommunitiesFlags = flags;
                }

                break;
            case AttributeType.LargeCommunities:
                if (CheckMultiple(value, LargeCommunity.Size, type, position, size))
                {
                    _largeCommunities = WithoutRepetitions(value);
                    _largeCommunitiesFlags = flags;
                }

                break;
            case AttributeType.OnlyToCustomer:
                // RFC 9234 section 5: any other length is malformed and treated as a withdrawal.
                if (Check(value.Length == 4, type, BgpErrorSubcode.OptionalAttributeError, position, size))
                {
                    _onlyToCustomer = value;
                    _onlyToCustomerFlags = flags;
                }

                break;
            case AttributeType.As4Path:
                // RFC 6793 section 6: malformed, or from a four-octet speaker: discarded.
                if (!isFourOctet && (AsPath.IsValid(value, 4, confederation: true) || Discard(type, position, size)))
                {
                    _as4Path = value;
                }

                break;
            case AttributeType.As4Aggregator:
                if (!isFourOctet && (IsAggregator(value, isFourOctet: true) || Discard(type, position, size)))
                {
                    _as4Aggregator = value;
                }

                break;
        }
    }

    // RFC 8092 section 3: redundant ones are taken out silently.
    private static ReadOnlySpan<byte> WithoutRepetitions(ReadOnlySpan<byte> value)
    {
        int length = LargeCommunity.Size;
        while (length < value.Length && !Contains(value[..length], value.Slice(length, LargeCommunity.Size)))
        {
            length += LargeCommunity.Size;
        }

        if (length >= value.Length)
        {
            return value;
        }

        Span<byte> kept = value.ToArray();
        for (int at = length + LargeCommunity.Size; at < value.Length; at += LargeCommunity.Size)
        {
            ReadOnlySpan<byte> one = value.Slice(at, LargeCommunity.Size);
            if (!Contains(kept[..length], one))
            {
                one.CopyTo(kept[length..]);
                length += LargeCommunity.Size;
            }
        }

        return kept[..length];
    }

    private static bool Contains(ReadOnlySpan<byte> values, ReadOnlySpan<byte> one)
    {
        int at = 0;
        while (at < values.Length && !values.Slice(at, one.Length).SequenceEqual(one))
        {
            at += one.Length;
        }

        return at < values.Length;
    }

    // An AS number that is not 0 (RFC 7607 section 2), and an address.
    private static bool IsAggregator(ReadOnlySpan<byte> value, bool isFourOctet) => isFourOctet
        ? value.Length == 8 && BinaryPrimitives.ReadUInt32BigEndian(value) != 0
        : value.Length == 6 && BinaryPrimitives.ReadUInt16BigEndian(value) != 0;

    // RFC 5065 section 4: its segments are malformed from anyone outside, and missing ones from another member AS.
    private readonly bool IsAsPath(ReadOnlySpan<byte> value) =>
        AsPath.IsValid(value, (_context & AttributeContext.FourOctetAs) != 0 ? 4 : 2, (_context & AttributeContext.Confederation) != 0)
        && ((_context & AttributeContext.MemberAs) == 0
            || (value.Length > 0 && (AsPathSegmentType)value[0] == AsPathSegmentType.AsConfedSequence));
}
