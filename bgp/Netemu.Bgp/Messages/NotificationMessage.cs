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

    /// <summary>The longest shutdown communication (RFC 9003 section 2).</summary>
    public const int LongestShutdownMessage = 255;

    /// <summary>True for the Ceases that may carry a shutdown communication (RFC 9003 section 2).</summary>
    public static bool CarriesShutdownMessage(BgpError error) =>
        error.Code == BgpErrorCode.Cease
        && error.Subcode is BgpErrorSubcode.AdministrativeShutdown or BgpErrorSubcode.AdministrativeReset;

    /// <summary>The text of a shutdown communication; "" if the data field is none.</summary>
    public static string ShutdownMessage(ReadOnlySpan<byte> data) =>
        data.Length > 0 && data[0] > 0 && data.Length >= 1 + data[0]
            ? System.Text.Encoding.UTF8.GetString(data.Slice(1, data[0]))
            : "";

    /// <summary>
    /// Writes a Cease: its shutdown communication, and around it a Hard Reset where the peer would keep our routes
    /// otherwise (RFC 8538 section 3).
    /// </summary>
    public static int WriteCease(Span<byte> destination, BgpError error, string text, bool hard)
    {
        WireWriter writer = new(destination);
        int start = BgpMessage.Begin(ref writer, BgpMessageType.Notification);
        if (hard)
        {
            writer.WriteByte((byte)BgpErrorCode.Cease);
            writer.WriteByte(BgpErrorSubcode.HardReset);
        }

        writer.WriteByte((byte)error.Code);
        writer.WriteByte(error.Subcode);
        if (text.Length > 0 && CarriesShutdownMessage(error))
        {
            ReadOnlySpan<byte> bytes = Shorten(System.Text.Encoding.UTF8.GetBytes(text));
            writer.WriteByte((byte)bytes.Length);
            writer.Write(bytes);
        }

        BgpMessage.End(ref writer, start);
        return writer.Position;
    }

    // Cut before the first byte of a character that does not fit.
    private static ReadOnlySpan<byte> Shorten(ReadOnlySpan<byte> text)
    {
        if (text.Length <= LongestShutdownMessage)
        {
            return text;
        }

        int length = LongestShutdownMessage;
        while ((text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return text[..length];
    }

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
