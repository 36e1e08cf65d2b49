using System;

namespace Netemu.Bgp.Messages;

/// <summary>A NOTIFICATION message (RFC 4271 section 4.5): the last words of a connection.</summary>
public static class NotificationMessage
{
    /// <summary>Reads code and subcode of a framed message.</summary>
    public static BgpError Read(ReadOnlySpan<byte> message) =>
        new((BgpErrorCode)message[BgpMessage.HeaderSize], message[BgpMessage.HeaderSize + 1], ErrorSeverity.SessionReset);

    /// <summary>The data field, for instance a shutdown communication (RFC 9003).</summary>
    public static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> message) => message[(BgpMessage.HeaderSize + 2)..];

    /// <summary>Writes the message and returns its length.</summary>
    /// <param name="destination">At least 21 bytes and the data.</param>
    /// <param name="error">Code and subcode.</param>
    /// <param name="offending">The message that the error was found in; what the error points at is quoted.</param>
    public static int Write(Span<byte> destination, BgpError error, ReadOnlySpan<byte> offending = default)
    {
        WireWriter writer = new(destination);
        int start = BgpMessage.Begin(ref writer, BgpMessageType.Notification);
        writer.WriteByte((byte)error.Code);
        writer.WriteByte(error.Subcode);
        if (error.Code == BgpErrorCode.OpenMessage && error.Subcode == BgpErrorSubcode.UnsupportedVersion)
        {
            // RFC 4271 section 6.2: the largest version that we support, in two octets.
            writer.WriteUInt16(OpenMessage.Version);
        }
        else if (error.DataLength > 0 && error.DataOffset + error.DataLength <= offending.Length)
        {
            int room = Math.Min(error.DataLength, destination.Length - writer.Position);
            writer.Write(offending.Slice(error.DataOffset, room));
        }

        BgpMessage.End(ref writer, start);
        return writer.Position;
    }
}
