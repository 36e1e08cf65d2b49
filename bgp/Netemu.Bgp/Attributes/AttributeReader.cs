using System;
using System.Buffers.Binary;
using Netemu.Bgp.Messages;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Attributes;

/// <summary>
/// Reads the path attributes of one UPDATE with the error handling of RFC 7606, and brings them into canonical form.
/// </summary>
internal ref partial struct AttributeReader
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
    private ReadOnlySpan<byte> _onlyToCustomer;
    private AttributeFlags _onlyToCustomerFlags;

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
                or AttributeType.OnlyToCustomer
                => optionalTransitive,
            _ => null,
        };
        flags = known ?? 0;
        return known is not null;
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
