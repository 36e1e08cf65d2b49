using System;
using System.Buffers.Binary;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// Reads the path attributes of one UPDATE with the error handling of RFC 7606, and brings them into canonical form.
/// </summary>
internal ref struct AttributeReader
{
    private readonly AttributeContext _context;
    private readonly int _messageOffset;
    private BgpError _error;
    private ulong _seen;
    private bool _seenOther;
    private bool _seenUnknown;

    private ReadOnlySpan<byte> _origin;
    private ReadOnlySpan<byte> _asPath;
    private ReadOnlySpan<byte> _nextHop;
    private ReadOnlySpan<byte> _med;
    private ReadOnlySpan<byte> _localPref;
    private bool _atomicAggregate;
    private ReadOnlySpan<byte> _aggregator;
    private AttributeFlags _aggregatorFlags;
    private ReadOnlySpan<byte> _communities;
    private AttributeFlags _communitiesFlags;
    private ReadOnlySpan<byte> _originatorId;
    private ReadOnlySpan<byte> _clusterList;
    private ReadOnlySpan<byte> _extendedCommunities;
    private AttributeFlags _extendedCommunitiesFlags;
    private ReadOnlySpan<byte> _as4Path;
    private ReadOnlySpan<byte> _as4Aggregator;
    private ReadOnlySpan<byte> _largeCommunities;
    private AttributeFlags _largeCommunitiesFlags;

    private AttributeReader(AttributeContext context, int messageOffset)
    {
        _context = context;
        _messageOffset = messageOffset;
    }

    /// <summary>The value of MP_REACH_NLRI, if there was one.</summary>
    public ReadOnlySpan<byte> MpReach { get; private set; }

    /// <summary>The value of MP_UNREACH_NLRI, if there was one.</summary>
    public ReadOnlySpan<byte> MpUnreach { get; private set; }

    public readonly bool HasMpReach => HasSeen(AttributeType.MpReachNlri);

    public readonly bool HasMpUnreach => HasSeen(AttributeType.MpUnreachNlri);

    /// <summary>True if there was anything besides MP_UNREACH_NLRI.</summary>
    public readonly bool HasOtherThanUnreach => _seenOther;

    /// <summary>The NEXT_HOP attribute's address.</summary>
    public readonly IPv4Address NextHop => _nextHop.IsEmpty ? default : IPv4Address.Read(_nextHop);

    /// <summary>The gravest error found; the mildest are counted by nobody.</summary>
    public readonly BgpError Error => _error;

    /// <summary>Walks all attributes.</summary>
    /// <param name="bytes">The attributes of an UPDATE.</param>
    /// <param name="messageOffset">Where in the message they start: NOTIFICATION quotes from there.</param>
    /// <param name="context">The kind of session.</param>
    public static AttributeReader Read(ReadOnlySpan<byte> bytes, int messageOffset, AttributeContext context)
    {
        AttributeReader reader = new(context, messageOffset);
        int position = 0;
        while (position < bytes.Length)
        {
            int taken = reader.ReadOne(bytes[position..], position);
            if (taken == 0)
            {
                // RFC 7606 section 4: attributes that don't fill their total length cost the routes, not the session.
                reader.Fail(BgpErrorSubcode.MalformedAttributeList, ErrorSeverity.TreatAsWithdraw, 0, position, 0);
                break;
            }

            position += taken;
        }

        return reader;
    }

    /// <summary>RFC 7606 section 3 (d): a missing mandatory attribute costs the routes.</summary>
    /// <param name="withNextHop">True if routes stand in the NLRI field, for which NEXT_HOP is mandatory.</param>
    public void CheckMandatory(bool withNextHop)
    {
        Require(AttributeType.Origin);
        Require(AttributeType.AsPath);
        if (withNextHop)
        {
            Require(AttributeType.NextHop);
        }

        if ((_context & AttributeContext.Internal) != 0)
        {
            // RFC 4271 section 5: LOCAL_PREF is required from internal peers.
            Require(AttributeType.LocalPref);
        }
    }

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
            WriteUnknown(ref writer, attributes, AttributeType.LargeCommunities, (AttributeType)byte.MaxValue);
        }

        return writer.Position;
    }

    /// <summary>Reads one attribute; its size, or 0 if it overruns.</summary>
    private int ReadOne(ReadOnlySpan<byte> bytes, int position)
    {
        const int shortHeader = 3;
        const int longHeader = 4;
        if (bytes.Length < shortHeader)
        {
            return 0;
        }

        AttributeFlags flags = (AttributeFlags)bytes[0];
        AttributeType type = (AttributeType)bytes[1];
        bool extended = (flags & AttributeFlags.ExtendedLength) != 0;
        if (extended && bytes.Length < longHeader)
        {
            return 0;
        }

        int header = extended ? longHeader : shortHeader;
        int length = extended ? BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) : bytes[2];
        if (bytes.Length < header + length)
        {
            return 0;
        }

        _seenOther |= type != AttributeType.MpUnreachNlri;
        if (MarkSeen(type))
        {
            Take(type, flags, bytes.Slice(header, length), position, header + length);
        }
        else if (type is AttributeType.MpReachNlri or AttributeType.MpUnreachNlri)
        {
            // RFC 7606 section 3 (g): which of the two is right is unknown; of any other attribute the first counts.
            Fail(BgpErrorSubcode.MalformedAttributeList, ErrorSeverity.SessionReset, type, 0, 0);
        }

        return header + length;
    }

    private void Take(AttributeType type, AttributeFlags flags, ReadOnlySpan<byte> value, int position, int size)
    {
        if (!TryDescribe(type, out AttributeFlags expected))
        {
            TakeUnknown(type, flags, position, size);
            return;
        }

        const AttributeFlags kind = AttributeFlags.Optional | AttributeFlags.Transitive;
        if ((flags & kind) != expected)
        {
            // RFC 7606 section 3 (c). For the MP attributes the NLRI can't be trusted any more (section 3 (j)).
            bool reset = type is AttributeType.MpReachNlri or AttributeType.MpUnreachNlri;
            Fail(
                BgpErrorSubcode.AttributeFlagsError,
                reset ? ErrorSeverity.SessionReset : ErrorSeverity.TreatAsWithdraw,
                type, position, size);
            return;
        }

        // The partial bit is kept, the length form is ours to choose.
        TakeKnown(type, flags & ~AttributeFlags.ExtendedLength, value, position, size);
    }

    private void TakeKnown(AttributeType type, AttributeFlags flags, ReadOnlySpan<byte> value, int position, int size)
    {
        bool isInternal = (_context & AttributeContext.Internal) != 0;
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
                if (Check(AsPath.IsValid(value, isFourOctet ? 4 : 2), type, BgpErrorSubcode.MalformedAsPath, position, size))
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
                if (isInternal && Check(value.Length == 4, type, BgpErrorSubcode.AttributeLengthError, position, size))
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
            case AttributeType.As4Path:
                // RFC 6793 section 6: malformed, or from a four-octet speaker: discarded.
                if (!isFourOctet && (AsPath.IsValid(value, 4) || Discard(type, position, size)))
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

    // RFC 4271 section 6.3: an unknown well-known attribute can't be ignored. An unknown optional one stays in the raw
    // bytes, from which the canonical form takes it if it is transitive (section 9).
    private void TakeUnknown(AttributeType type, AttributeFlags flags, int position, int size)
    {
        _seenUnknown = true;
        if ((flags & AttributeFlags.Optional) == 0)
        {
            Fail(BgpErrorSubcode.UnrecognizedWellKnownAttribute, ErrorSeverity.SessionReset, type, position, size);
        }
    }

    private static bool TryDescribe(AttributeType type, out AttributeFlags flags)
    {
        const AttributeFlags wellKnown = AttributeFlags.Transitive;
        const AttributeFlags optionalTransitive = AttributeFlags.Optional | AttributeFlags.Transitive;
        AttributeFlags? known = type switch
        {
            AttributeType.Origin or AttributeType.AsPath or AttributeType.NextHop or AttributeType.LocalPref
                or AttributeType.AtomicAggregate => wellKnown,
            AttributeType.MultiExitDisc or AttributeType.OriginatorId or AttributeType.ClusterList
                or AttributeType.MpReachNlri or AttributeType.MpUnreachNlri => AttributeFlags.Optional,
            AttributeType.Aggregator or AttributeType.Communities or AttributeType.ExtendedCommunities
                or AttributeType.LargeCommunities or AttributeType.As4Path or AttributeType.As4Aggregator
                => optionalTransitive,
            _ => null,
        };
        flags = known ?? 0;
        return known is not null;
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
        int length = TwoOctetAsPath.Merge(_asPath, UseAs4() ? _as4Path : [], merged);
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

    /// <summary>Copies unknown transitive attributes with codes strictly between two, ascending, marked partial.</summary>
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

    private void Require(AttributeType type)
    {
        if (!HasSeen(type))
        {
            Fail(BgpErrorSubcode.MissingWellKnownAttribute, ErrorSeverity.TreatAsWithdraw, type, 0, 0);
        }
    }

    private bool Check(bool valid, AttributeType type, byte subcode, int position, int size)
    {
        if (!valid)
        {
            Fail(subcode, ErrorSeverity.TreatAsWithdraw, type, position, size);
        }

        return valid;
    }

    // RFC 7606 sections 7.8, 7.10 and 7.14, RFC 8092 section 5: a non-zero multiple of the element.
    private bool CheckMultiple(ReadOnlySpan<byte> value, int element, AttributeType type, int position, int size) =>
        Check(
            value.Length > 0 && value.Length % element == 0,
            type, BgpErrorSubcode.OptionalAttributeError, position, size);

    private bool Discard(AttributeType type, int position, int size)
    {
        Fail(BgpErrorSubcode.AttributeLengthError, ErrorSeverity.AttributeDiscard, type, position, size);
        return false;
    }

    private void Fail(byte subcode, ErrorSeverity severity, AttributeType type, int position, int size)
    {
        BgpError error = BgpError.Update(subcode, severity) with
        {
            Attribute = (byte)type,
            DataOffset = (ushort)(size > 0 ? _messageOffset + position : 0),
            DataLength = (ushort)size,
        };
        _error = BgpError.Graver(_error, error);
    }

    /// <summary>False if the attribute was there before. Codes above 63 are not tracked: nobody reads them.</summary>
    private bool MarkSeen(AttributeType type)
    {
        if ((byte)type >= 64)
        {
            return true;
        }

        ulong bit = 1UL << (byte)type;
        bool first = (_seen & bit) == 0;
        _seen |= bit;
        return first;
    }

    private readonly bool HasSeen(AttributeType type) => (_seen & (1UL << (byte)type)) != 0;
}
