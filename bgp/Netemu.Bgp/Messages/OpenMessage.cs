using System;
using System.Numerics;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Messages;

/// <summary>An OPEN message (RFC 4271 section 4.2) with the capabilities that we know.</summary>
public readonly partial record struct OpenMessage
{
    public const byte Version = 4;

    /// <summary>Stands for an AS number that does not fit two octets (RFC 6793 section 9).</summary>
    public const ushort AsTrans = 23456;

    /// <summary>The bit of the first role among the capabilities.</summary>
    private const int FirstRole = 18;

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
    /// Seconds for which the sender's routes of a family may be kept beyond the restart time (RFC 9494 section 3.1), 24 bits.
    /// </summary>
    public uint LongLivedIPv4Time { get; init; }

    public uint LongLivedIPv6Time { get; init; }

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

    /// <summary>
    /// Writes the message, each capability in an optional parameter of its own, and returns its length.
    /// </summary>
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

        // RFC 9234 section 4.1: one octet, in the order of the flags.
        if (Has(BgpCapabilities.Roles))
        {
            WriteCapability(ref writer, CapabilityCode.Role, [(byte)BitOperations.TrailingZeroCount((uint)(Capabilities & BgpCapabilities.Roles) >> FirstRole)]);
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

        WriteLongLived(ref writer);
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

    // RFC 9494 section 3.1: AFI, SAFI, flags, and three octets of seconds a family.
    private void WriteLongLived(ref WireWriter writer)
    {
        if (!Has(BgpCapabilities.LongLived))
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[14];
        WireWriter value = new(bytes);
        if (Has(BgpCapabilities.LongLivedIPv4))
        {
            value.Write([0, 1, (byte)UnicastSafi, Has(BgpCapabilities.LongLivedForwardingIPv4) ? (byte)0x80 : (byte)0]);
            value.Write([(byte)(LongLivedIPv4Time >> 16), (byte)(LongLivedIPv4Time >> 8), (byte)LongLivedIPv4Time]);
        }

        if (Has(BgpCapabilities.LongLivedIPv6))
        {
            value.Write([0, 2, (byte)UnicastSafi, Has(BgpCapabilities.LongLivedForwardingIPv6) ? (byte)0x80 : (byte)0]);
            value.Write([(byte)(LongLivedIPv6Time >> 16), (byte)(LongLivedIPv6Time >> 8), (byte)LongLivedIPv6Time]);
        }

        WriteCapability(ref writer, CapabilityCode.LongLivedGracefulRestart, value.Written);
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
