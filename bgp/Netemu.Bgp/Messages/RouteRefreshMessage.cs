using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Messages;

/// <summary>A ROUTE-REFRESH message (RFC 2918 section 3) with the subtype of RFC 7313 section 3.2.</summary>
public readonly record struct RouteRefreshMessage(AddressFamily Family, byte Safi, RouteRefreshSubtype Subtype)
{
    private const byte Unicast = 1;

    public bool IsUnicast => Safi == Unicast;

    /// <summary>Reads a framed message.</summary>
    public static BgpError TryRead(ReadOnlySpan<byte> message, out RouteRefreshMessage refresh)
    {
        if (message.Length != BgpMessage.RouteRefreshSize)
        {
            refresh = default;

            // RFC 7313 section 5: the NOTIFICATION quotes the whole message.
            return new BgpError(
                BgpErrorCode.RouteRefreshMessage, BgpErrorSubcode.InvalidMessageLength, ErrorSeverity.SessionReset)
            {
                DataLength = (ushort)message.Length,
            };
        }

        ReadOnlySpan<byte> body = message[BgpMessage.HeaderSize..];
        ushort afi = BinaryPrimitives.ReadUInt16BigEndian(body);
        refresh = new RouteRefreshMessage(
            afi is 1 or 2 ? (AddressFamily)afi : 0, body[3], (RouteRefreshSubtype)body[2]);
        return BgpError.None;
    }

    public static int Write(Span<byte> destination, AddressFamily family, RouteRefreshSubtype subtype)
    {
        WireWriter writer = new(destination);
        int start = BgpMessage.Begin(ref writer, BgpMessageType.RouteRefresh);
        writer.WriteUInt16((ushort)family);
        writer.WriteByte((byte)subtype);
        writer.WriteByte(Unicast);
        BgpMessage.End(ref writer, start);
        return writer.Position;
    }
}
