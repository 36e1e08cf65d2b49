using System;
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
                if (value.Length == (isFourOctet ? 8 : 6) || Discard(type, position, size))
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
                if (CheckMultiple(value, 12, type, position, size))
                {
                    _largeCommunities = value;
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
                if (!isFourOctet && (value.Length == 8 || Discard(type, position, size)))
                {
                    _as4Aggregator = value;
                }

                break;
        }
    }
    // RFC 5065 section 4: its segments are malformed from anyone outside, and missing ones from another member AS.
    private readonly bool IsAsPath(ReadOnlySpan<byte> value) =>
        AsPath.IsValid(value, (_context & AttributeContext.FourOctetAs) != 0 ? 4 : 2, (_context & AttributeContext.Confederation) != 0)
        && ((_context & AttributeContext.MemberAs) == 0
            || (value.Length > 0 && (AsPathSegmentType)value[0] == AsPathSegmentType.AsConfedSequence));
}
