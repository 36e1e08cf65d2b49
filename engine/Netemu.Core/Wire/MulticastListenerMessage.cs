using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>
/// Multicast listener discovery on the wire: a query of either version, version 1's report and done (RFC 2710), version 2's
/// report (RFC 3810). The bytes start at the ICMPv6 header.
/// </summary>
public static class MulticastListenerMessage
{
    /// <summary>Version 1, and the part that a version 2 query has in common with it.</summary>
    public const int Version1Size = 24;

    public const int Version2QuerySize = 28;
    public const int ReportHeaderSize = 8;
    public const int RecordSize = 20;

    /// <summary>Record types (RFC 3810 section 5.2.12).</summary>
    public const byte ModeIsExclude = 2;
    public const byte ChangeToInclude = 3;
    public const byte ChangeToExclude = 4;

    /// <summary>The group asked for; unspecified for a general query.</summary>
    public static IPv6Address Group(ReadOnlySpan<byte> message) => IPv6Address.Read(message[8..]);

    /// <summary>Milliseconds within which to answer (RFC 3810 section 5.1.3; plain in version 1).</summary>
    public static long MaximumResponseDelay(ReadOnlySpan<byte> query)
    {
        ushort code = BinaryPrimitives.ReadUInt16BigEndian(query[4..]);
        return code < 32_768 || query.Length < Version2QuerySize
            ? code
            : ((long)(code & 0xFFF) | 0x1000) << (((code >> 12) & 7) + 3);
    }

    /// <summary>Writes the group of a version 1 message after its ICMPv6 header.</summary>
    public static void WriteGroup(Span<byte> message, IPv6Address group) => group.Write(message[8..]);

    /// <summary>Writes one record without sources into a version 2 report.</summary>
    public static void WriteRecord(Span<byte> record, byte type, IPv6Address group)
    {
        record[0] = type;
        record[1] = 0;
        record[2] = 0;
        record[3] = 0;
        group.Write(record[4..]);
    }
}
