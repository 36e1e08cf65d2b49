using System;
using System.Buffers.Binary;

namespace Netemu.Bgp.Messages;

/// <summary>The 19-octet header of every message and the framing by it (RFC 4271 section 4.1).</summary>
/// <remarks>
/// <code>
/// | marker: 16 octets, all ones | length: 2, header included | type: 1 |
/// </code>
/// </remarks>
public static class BgpMessage
{
    public const int HeaderSize = 19;
    public const int MarkerSize = 16;

    /// <summary>The largest message without RFC 8654.</summary>
    public const int MaximumSize = 4096;

    /// <summary>The largest message with extended messages (RFC 8654).</summary>
    public const int MaximumExtendedSize = 65535;

    public const int MinimumOpenSize = 29;
    public const int MinimumUpdateSize = 23;
    public const int MinimumNotificationSize = 21;
    public const int RouteRefreshSize = 23;

    internal const int LengthOffset = 16;
    internal const int TypeOffset = 18;

    /// <summary>
    /// Finds the first whole message. False while bytes are missing; with an error when the header can't be one.
    /// </summary>
    /// <param name="bytes">What has arrived.</param>
    /// <param name="maximumSize">4096, or 65535 where extended messages were negotiated.</param>
    /// <param name="length">The length of the message, header included.</param>
    /// <param name="type">Its type.</param>
    /// <param name="error">A message header error, for which the session ends.</param>
    public static bool TryFrame(
        ReadOnlySpan<byte> bytes, int maximumSize, out int length, out BgpMessageType type, out BgpError error)
    {
        length = 0;
        type = 0;
        error = BgpError.None;

        // RFC 4271 section 6.1: the marker is checked as far as it has come, so that garbage is not waited for.
        if (!BeginsWithMarker(bytes))
        {
            error = BgpError.Header(BgpErrorSubcode.ConnectionNotSynchronized, 0, 0);
            return false;
        }

        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        length = BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthOffset..]);
        type = (BgpMessageType)bytes[TypeOffset];
        if (type is < BgpMessageType.Open or > BgpMessageType.RouteRefresh)
        {
            error = BgpError.Header(BgpErrorSubcode.BadMessageType, TypeOffset, 1);
            return false;
        }

        if (!IsLengthValid(length, type, maximumSize))
        {
            error = BgpError.Header(BgpErrorSubcode.BadMessageLength, LengthOffset, 2);
            return false;
        }

        return bytes.Length >= length;
    }

    private static bool BeginsWithMarker(ReadOnlySpan<byte> bytes) => bytes.Length >= MarkerSize
        ? BinaryPrimitives.ReadUInt128LittleEndian(bytes) == UInt128.MaxValue
        : !bytes.ContainsAnyExcept((byte)0xFF);

    /// <summary>Starts a message; <see cref="End"/> fills in the length.</summary>
    internal static int Begin(ref WireWriter writer, BgpMessageType type)
    {
        int start = writer.Position;
        writer.Write([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        writer.Reserve(2);
        writer.WriteByte((byte)type);
        return start;
    }

    internal static void End(ref WireWriter writer, int start) =>
        writer.PatchUInt16(start + LengthOffset, writer.Position - start);

    /// <summary>Writes a KEEPALIVE, which is a header alone (RFC 4271 section 4.4), and returns its length.</summary>
    public static int WriteKeepalive(Span<byte> destination)
    {
        WireWriter writer = new(destination);
        End(ref writer, Begin(ref writer, BgpMessageType.Keepalive));
        return writer.Position;
    }

    // RFC 8654 section 4: OPEN and KEEPALIVE stay within 4096 octets even when extended messages are in use.
    private static bool IsLengthValid(int length, BgpMessageType type, int maximumSize) => type switch
    {
        BgpMessageType.Open => length is >= MinimumOpenSize and <= MaximumSize,
        BgpMessageType.Update => length >= MinimumUpdateSize && length <= maximumSize,
        BgpMessageType.Notification => length >= MinimumNotificationSize && length <= maximumSize,
        BgpMessageType.Keepalive => length == HeaderSize,

        // RFC 7313 section 5 has its own error for another length of ROUTE-REFRESH, which its reader raises.
        _ => length is >= HeaderSize and <= MaximumSize,
    };
}
