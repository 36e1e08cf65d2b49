using System;
using System.Buffers.Binary;

namespace Netemu.Core.Wire;

/// <summary>A TCP header (RFC 9293 section 3.1).</summary>
public readonly ref struct TcpHeader
{
    public const int MinimumSize = 20;
    public const int ChecksumOffset = 16;

    private readonly Span<byte> _bytes;

    private TcpHeader(Span<byte> bytes) => _bytes = bytes;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    public uint SequenceNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    public uint AcknowledgmentNumber => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    public int HeaderLength => (_bytes[12] >> 4) * 4;

    public TcpFlags Flags => (TcpFlags)_bytes[13];

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
        BinaryPrimitives.WriteUInt16BigEndian(header, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], acknowledgmentNumber);
        header[12] = (byte)(header.Length << 2);
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], window);
        Amend(header, sequenceNumber, flags, summed);
    }

    /// <summary>
    /// Makes the header of another segment out of one that is complete: what follows it in the same flow differs in number and
    /// flags, and <paramref name="summed"/> is the sum of its pseudo header and payload.
    /// </summary>
    public static void Amend(Span<byte> header, uint sequenceNumber, TcpFlags flags, uint summed)
    {
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], sequenceNumber);
        header[13] = (byte)flags;
        BinaryPrimitives.WriteUInt32BigEndian(header[ChecksumOffset..], 0);
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(header, summed));
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], checksum);
    }
}
