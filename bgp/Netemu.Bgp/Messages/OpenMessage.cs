using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Messages;

/// <summary>An OPEN message (RFC 4271 section 4.2) with the capabilities that we know.</summary>
public readonly record struct OpenMessage
{
    public const byte Version = 4;

    /// <summary>Stands for an AS number that does not fit two octets (RFC 6793 section 9).</summary>
    public const ushort AsTrans = 23456;

    private const byte CapabilitiesParameter = 2;
    private const byte ExtendedLengthParameter = 255;
    private const ushort UnicastSafi = 1;

    /// <summary>The AS of the sender: from the four-octet capability if it has one.</summary>
    public uint As { get; init; }

    /// <summary>Proposed hold time in seconds.</summary>
    public ushort HoldTime { get; init; }

    public IPv4Address Identifier { get; init; }

    public BgpCapabilities Capabilities { get; init; }

    /// <summary>Seconds within which a restarting sender comes back (RFC 4724 section 3), 12 bits.</summary>
    public ushort RestartTime { get; init; }

    /// <summary>
    /// Reads a framed message. What RFC 4271 section 6.2 says of the values (peer AS, identifier, hold time) is the
    /// session's to judge, as it needs the configuration.
    /// </summary>
    public static BgpError TryRead(ReadOnlySpan<byte> message, out OpenMessage open)
    {
        open = default;
        WireReader reader = new(message[BgpMessage.HeaderSize..]);
        if (!reader.TryReadByte(out byte version)
            || !reader.TryReadUInt16(out ushort shortAs)
            || !reader.TryReadUInt16(out ushort holdTime)
            || !reader.TryReadUInt32(out uint identifier)
            || !reader.TryReadByte(out byte parametersLength))
        {
            return BgpError.Header(BgpErrorSubcode.BadMessageLength, BgpMessage.LengthOffset, 2);
        }

        if (version != Version)
        {
            return BgpError.Open(BgpErrorSubcode.UnsupportedVersion);
        }

        BgpError error = ReadParameters(ref reader, parametersLength, shortAs, out OpenMessage parameters);
        open = parameters with { HoldTime = holdTime, Identifier = new IPv4Address(identifier) };
        return error;
    }

    /// <summary>Writes the message, each capability in an optional parameter of its own, and returns its length.</summary>
    public int Write(Span<byte> destination)
    {
        WireWriter writer = new(destination);
        int start = BgpMessage.Begin(ref writer, BgpMessageType.Open);
        writer.WriteByte(Version);
        writer.WriteUInt16(As > ushort.MaxValue ? AsTrans : (ushort)As);
        writer.WriteUInt16(HoldTime);
        writer.WriteUInt32(Identifier.Value);
        int parameters = writer.Reserve(1);
        WriteCapabilities(ref writer);
        writer.PatchByte(parameters, (byte)(writer.Position - parameters - 1));
        BgpMessage.End(ref writer, start);
        return writer.Position;
    }

    private static BgpError ReadParameters(ref WireReader reader, int length, ushort shortAs, out OpenMessage open)
    {
        open = new OpenMessage { As = shortAs };

        // RFC 9072 section 2: length 255 and a first parameter of type 255 announce two-octet lengths.
        bool extended = length == ExtendedLengthParameter
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
            case CapabilityCode.GracefulRestart:
                return ReadGracefulRestart(value, ref open);
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

    private void WriteCapabilities(ref WireWriter writer)
    {
        if (Has(BgpCapabilities.IPv4Unicast))
        {
            WriteCapability(ref writer, CapabilityCode.Multiprotocol, [0, 1, 0, (byte)UnicastSafi]);
        }

        if (Has(BgpCapabilities.IPv6Unicast))
        {
            WriteCapability(ref writer, CapabilityCode.Multiprotocol, [0, 2, 0, (byte)UnicastSafi]);
        }

        if (Has(BgpCapabilities.RouteRefresh))
        {
            WriteCapability(ref writer, CapabilityCode.RouteRefresh, []);
        }

        if (Has(BgpCapabilities.ExtendedNextHop))
        {
            WriteCapability(ref writer, CapabilityCode.ExtendedNextHop, [0, 1, 0, (byte)UnicastSafi, 0, 2]);
        }

        if (Has(BgpCapabilities.ExtendedMessage))
        {
            WriteCapability(ref writer, CapabilityCode.ExtendedMessage, []);
        }

        WriteGracefulRestart(ref writer);
        if (Has(BgpCapabilities.FourOctetAs))
        {
            WriteCapability(ref writer, CapabilityCode.FourOctetAs,
                [(byte)(As >> 24), (byte)(As >> 16), (byte)(As >> 8), (byte)As]);
        }

        WriteAddPath(ref writer);
        if (Has(BgpCapabilities.EnhancedRouteRefresh))
        {
            WriteCapability(ref writer, CapabilityCode.EnhancedRouteRefresh, []);
        }
    }

    private void WriteGracefulRestart(ref WireWriter writer)
    {
        if (!Has(BgpCapabilities.GracefulRestart))
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[10];
        WireWriter value = new(bytes);
        int head = RestartTime & 0x0FFF;
        head |= Has(BgpCapabilities.RestartState) ? 0x8000 : 0;
        head |= Has(BgpCapabilities.GracefulNotification) ? 0x4000 : 0;
        value.WriteUInt16((ushort)head);
        if (Has(BgpCapabilities.GracefulIPv4))
        {
            value.Write([0, 1, (byte)UnicastSafi, Has(BgpCapabilities.ForwardingIPv4) ? (byte)0x80 : (byte)0]);
        }

        if (Has(BgpCapabilities.GracefulIPv6))
        {
            value.Write([0, 2, (byte)UnicastSafi, Has(BgpCapabilities.ForwardingIPv6) ? (byte)0x80 : (byte)0]);
        }

        WriteCapability(ref writer, CapabilityCode.GracefulRestart, value.Written);
    }

    private void WriteAddPath(ref WireWriter writer)
    {
        int ipv4 = (Has(BgpCapabilities.AddPathReceiveIPv4) ? 1 : 0) | (Has(BgpCapabilities.AddPathSendIPv4) ? 2 : 0);
        int ipv6 = (Has(BgpCapabilities.AddPathReceiveIPv6) ? 1 : 0) | (Has(BgpCapabilities.AddPathSendIPv6) ? 2 : 0);
        if (ipv4 == 0 && ipv6 == 0)
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[8];
        WireWriter value = new(bytes);
        if (ipv4 != 0)
        {
            value.Write([0, 1, (byte)UnicastSafi, (byte)ipv4]);
        }

        if (ipv6 != 0)
        {
            value.Write([0, 2, (byte)UnicastSafi, (byte)ipv6]);
        }

        WriteCapability(ref writer, CapabilityCode.AddPath, value.Written);
    }

    private static void WriteCapability(ref WireWriter writer, CapabilityCode code, scoped ReadOnlySpan<byte> value)
    {
        writer.WriteByte(CapabilitiesParameter);
        writer.WriteByte((byte)(value.Length + 2));
        writer.WriteByte((byte)code);
        writer.WriteByte((byte)value.Length);
        writer.Write(value);
    }

    private bool Has(BgpCapabilities capability) => (Capabilities & capability) != 0;
}
