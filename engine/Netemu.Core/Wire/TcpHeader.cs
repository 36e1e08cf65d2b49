using System;
using System.Buffers.Binary;

namespace Netemu.Core.Wire;

/// <summary>A TCP header (RFC 9293 section 3.1).</summary>
public readonly ref struct TcpHeader
{
    public const int MinimumSize = 20;
    public const int FlagsOffset = 13;
    public const int ChecksumOffset = 16;

    private readonly Span<byte> _bytes;

    private TcpHeader(Span<byte> bytes) => _bytes = bytes;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    public uint SequenceNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    public uint AcknowledgmentNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    public int HeaderLength => (_bytes[12] >> 4) * 4;

    public TcpFlags Flags => (TcpFlags)_bytes[FlagsOffset];

    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_bytes[14..]);

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    public ushort UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_bytes[18..]);

    public Span<byte> Options => _bytes[MinimumSize..HeaderLength];

    public Span<byte> Payload => _bytes[HeaderLength..];

    /// <summary>Checks structure only; <paramref name="bytes"/> ends where the segment ends.</summary>
    public static WireError TryParse(Span<byte> bytes, out TcpHeader header)
    {
        header = new TcpHeader(bytes);
        if (bytes.Length < MinimumSize)
        {
            return WireError.Truncated;
        }

        return header.HeaderLength < MinimumSize || header.HeaderLength > bytes.Length ? WireError.BadLength : WireError.None;
    }

    /// <summary>
    /// Writes the fixed header and the checksum over all of <paramref name="bytes"/>; options (padded to
    /// <paramref name="headerLength"/>) and payload must be in place.
    /// </summary>
    public static void Write(
        Span<byte> bytes,
        ushort sourcePort,
        ushort destinationPort,
        uint sequenceNumber,
        uint acknowledgmentNumber,
        int headerLength,
        TcpFlags flags,
        ushort window,
        uint pseudoHeader) =>
        Write(
            bytes[..headerLength], sourcePort, destinationPort, sequenceNumber, acknowledgmentNumber, flags, window,
            InternetChecksum.Sum(bytes[headerLength..], pseudoHeader));

    /// <summary>
    /// Writes the fixed header in front of the options that fill <paramref name="header"/>, and the checksum over it and over
    /// what has been summed already: pseudo header and payload.
    /// </summary>
    public static void Write(
        Span<byte> header,
        ushort sourcePort,
        ushort destinationPort,
        uint sequenceNumber,
        uint acknowledgmentNumber,
        TcpFlags flags,
        ushort window,
        uint summed)
    {
        // What is summed here is what is written: reading back what has just been written by parts would wait for it.
        ushort fourth = (ushort)((header.Length << 10) | (int)flags);
        BinaryPrimitives.WriteUInt32BigEndian(header, ((uint)sourcePort << 16) | destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], acknowledgmentNumber);
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], ((uint)fourth << 16) | window);
        uint sum = InternetChecksum.Sum(header[MinimumSize..], summed) + sourcePort + destinationPort
            + (sequenceNumber >> 16) + (sequenceNumber & 0xFFFF) + (acknowledgmentNumber >> 16) + (acknowledgmentNumber & 0xFFFF)
            + fourth + window;
        BinaryPrimitives.WriteUInt32BigEndian(header[ChecksumOffset..], (uint)InternetChecksum.Finish(sum) << 16);
    }

    /// <summary>
    /// Makes the header of another segment of the same flow out of one that is complete: what differs is the number, the flags,
    /// and what lies outside of the header, of which <paramref name="summedBefore"/> and <paramref name="summed"/> are the sums.
    /// </summary>
    public static void Amend(Span<byte> header, uint sequenceNumber, TcpFlags flags, uint summedBefore, uint summed)
    {
        // RFC 1624 equation 3, for all of it at once.
        uint number = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        uint sum = (uint)(ushort)~BinaryPrimitives.ReadUInt16BigEndian(header[ChecksumOffset..])
            + InternetChecksum.Finish(summedBefore) + (ushort)~InternetChecksum.Finish(summed)
            + (ushort)~(number >> 16) + (ushort)~number + (sequenceNumber >> 16) + (sequenceNumber & 0xFFFF)
            + (ushort)~header[FlagsOffset] + (uint)flags;
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], sequenceNumber);
        header[FlagsOffset] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], InternetChecksum.Finish(sum));
    }
}
