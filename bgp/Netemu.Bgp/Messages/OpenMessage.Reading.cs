using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Messages;

/// <summary>Reading optional parameters and capabilities.</summary>
public readonly partial record struct OpenMessage
{
    private static BgpError ReadParameters(ref WireReader reader, int length, ushort shortAs, out OpenMessage open)
    {
        open = new OpenMessage { As = shortAs };

        // RFC 9072 section 2: a first parameter of type 255 announces two-octet lengths, whatever the length before it says but 0.
        bool extended = length > 0
            && reader.Remaining >= 3 && reader.Rest[0] == ExtendedLengthParameter;
        if (extended)
        {
            reader.TryReadByte(out _);
            reader.TryReadUInt16(out ushort longLength);
            length = longLength;
        }

        if (reader.Remaining != length)
        {
            return BgpError.Open(BgpErrorSubcode.Unspecific);
        }

        bool familyNamed = false;
        while (reader.Remaining > 0)
        {
            if (!TryReadParameter(ref reader, extended, out byte type, out ReadOnlySpan<byte> value))
            {
                return BgpError.Open(BgpErrorSubcode.Unspecific);
            }

            if (type != CapabilitiesParameter)
            {
                return BgpError.Open(BgpErrorSubcode.UnsupportedOptionalParameter);
            }

            if (!ReadCapabilities(value, ref open, ref familyNamed))
            {
                return BgpError.Open(BgpErrorSubcode.Unspecific);
            }
        }

        if (!familyNamed)
        {
            open = open with { Capabilities = open.Capabilities | BgpCapabilities.IPv4Unicast };
        }

        return BgpError.None;
    }

    private static bool TryReadParameter(
        ref WireReader reader, bool extended, out byte type, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!reader.TryReadByte(out type))
        {
            return false;
        }

        if (extended)
        {
            return reader.TryReadUInt16(out ushort longLength) && reader.TryTake(longLength, out value);
        }

        return reader.TryReadByte(out byte length) && reader.TryTake(length, out value);
    }

    private static bool ReadCapabilities(ReadOnlySpan<byte> bytes, ref OpenMessage open, ref bool familyNamed)
    {
        WireReader reader = new(bytes);
        while (reader.Remaining > 0)
        {
            if (!reader.TryReadByte(out byte code)
                || !reader.TryReadByte(out byte length)
                || !reader.TryTake(length, out ReadOnlySpan<byte> value))
            {
                return false;
            }

            if ((CapabilityCode)code == CapabilityCode.Multiprotocol)
            {
                familyNamed = true;
            }

            if (!ReadCapability((CapabilityCode)code, value, ref open))
            {
                return false;
            }
        }

        return true;
    }

    // RFC 5492 section 3: an unknown capability is ignored, never an error.
    private static bool ReadCapability(CapabilityCode code, ReadOnlySpan<byte> value, ref OpenMessage open)
    {
        BgpCapabilities flags = BgpCapabilities.None;
        switch (code)
        {
            case CapabilityCode.Multiprotocol:
                if (value.Length != 4)
                {
                    return false;
                }

                flags = Family(value, value[3], BgpCapabilities.IPv4Unicast, BgpCapabilities.IPv6Unicast);
                break;
            case CapabilityCode.RouteRefresh or CapabilityCode.RouteRefreshCisco:
                flags = BgpCapabilities.RouteRefresh;
                break;
            case CapabilityCode.EnhancedRouteRefresh:
                flags = BgpCapabilities.EnhancedRouteRefresh;
                break;
            case CapabilityCode.ExtendedMessage:
                flags = BgpCapabilities.ExtendedMessage;
                break;
            case CapabilityCode.FourOctetAs:
                if (value.Length != 4)
                {
                    return false;
                }

                flags = BgpCapabilities.FourOctetAs;
                open = open with { As = BinaryPrimitives.ReadUInt32BigEndian(value) };
                break;
            case CapabilityCode.Role:
                if (value.Length != 1)
                {
                    return false;
                }

                flags = value[0] <= (byte)BgpRole.Peer - 1 ? (BgpCapabilities)(1u << (FirstRole + value[0])) : 0;
                break;
            case CapabilityCode.GracefulRestart:
                return ReadGracefulRestart(value, ref open);
            case CapabilityCode.LongLivedGracefulRestart:
                return ReadLongLived(value, ref open);
            case CapabilityCode.AddPath:
                return ReadAddPath(value, ref open);
            case CapabilityCode.ExtendedNextHop:
                flags = ReadExtendedNextHop(value);
                break;
        }

        open = open with { Capabilities = open.Capabilities | flags };
        return true;
    }

    private static bool ReadGracefulRestart(ReadOnlySpan<byte> value, ref OpenMessage open)
    {
        if (value.Length < 2 || (value.Length - 2) % 4 != 0)
        {
            return false;
        }

        ushort head = BinaryPrimitives.ReadUInt16BigEndian(value);
        BgpCapabilities flags = BgpCapabilities.GracefulRestart;
        flags |= (head & 0x8000) != 0 ? BgpCapabilities.RestartState : 0;
        flags |= (head & 0x4000) != 0 ? BgpCapabilities.GracefulNotification : 0;
        for (ReadOnlySpan<byte> rest = value[2..]; rest.Length > 0; rest = rest[4..])
        {
            flags |= Family(rest, rest[2], BgpCapabilities.GracefulIPv4, BgpCapabilities.GracefulIPv6);
            if ((rest[3] & 0x80) != 0)
            {
                flags |= Family(rest, rest[2], BgpCapabilities.ForwardingIPv4, BgpCapabilities.ForwardingIPv6);
            }
        }

        open = open with { Capabilities = open.Capabilities | flags, RestartTime = (ushort)(head & 0x0FFF) };
        return true;
    }

    private static bool ReadLongLived(ReadOnlySpan<byte> value, ref OpenMessage open)
    {
        const int TupleSize = 7;
        if (value.Length % TupleSize != 0)
        {
            return false;
        }

        BgpCapabilities flags = BgpCapabilities.LongLived;
        for (ReadOnlySpan<byte> rest = value; rest.Length > 0; rest = rest[TupleSize..])
        {
            BgpCapabilities family = Family(rest, rest[2], BgpCapabilities.LongLivedIPv4, BgpCapabilities.LongLivedIPv6);
            uint time = (uint)((rest[4] << 16) | (rest[5] << 8) | rest[6]);
            flags |= family;
            flags |= (rest[3] & 0x80) == 0 ? 0
                : Family(rest, rest[2], BgpCapabilities.LongLivedForwardingIPv4, BgpCapabilities.LongLivedForwardingIPv6);
            open = family switch
            {
                BgpCapabilities.LongLivedIPv4 => open with { LongLivedIPv4Time = time },
                BgpCapabilities.LongLivedIPv6 => open with { LongLivedIPv6Time = time },
                _ => open,
            };
        }

        open = open with { Capabilities = open.Capabilities | flags };
        return true;
    }

    private static bool ReadAddPath(ReadOnlySpan<byte> value, ref OpenMessage open)
    {
        if (value.Length % 4 != 0)
        {
            return false;
        }

        BgpCapabilities flags = BgpCapabilities.None;
        for (ReadOnlySpan<byte> rest = value; rest.Length > 0; rest = rest[4..])
        {
            // RFC 7911 section 4: 1 receive, 2 send, 3 both; any other value: the entry is ignored.
            if (rest[3] is 1 or 3)
            {
                flags |= Family(rest, rest[2], BgpCapabilities.AddPathReceiveIPv4, BgpCapabilities.AddPathReceiveIPv6);
            }

            if (rest[3] is 2 or 3)
            {
                flags |= Family(rest, rest[2], BgpCapabilities.AddPathSendIPv4, BgpCapabilities.AddPathSendIPv6);
            }
        }

        open = open with { Capabilities = open.Capabilities | flags };
        return true;
    }

    private static BgpCapabilities ReadExtendedNextHop(ReadOnlySpan<byte> value)
    {
        for (ReadOnlySpan<byte> rest = value; rest.Length >= 6; rest = rest[6..])
        {
            if (rest[..6].SequenceEqual((ReadOnlySpan<byte>)[0, 1, 0, (byte)UnicastSafi, 0, 2]))
            {
                return BgpCapabilities.ExtendedNextHop;
            }
        }

        return BgpCapabilities.None;
    }

    private static BgpCapabilities Family(ReadOnlySpan<byte> afi, byte safi, BgpCapabilities ipv4, BgpCapabilities ipv6) =>
        (BinaryPrimitives.ReadUInt16BigEndian(afi), safi) switch
        {
            ((ushort)AddressFamily.IPv4, (byte)UnicastSafi) => ipv4,
            ((ushort)AddressFamily.IPv6, (byte)UnicastSafi) => ipv6,
            _ => BgpCapabilities.None,
        };
}
