using System;
using System.Buffers.Binary;

namespace Netemu.Core.Wire;

/// <summary>A UDP header (RFC 768).</summary>
public readonly ref struct UdpHeader
{
    public const int Size = 8;
    public const int ChecksumOffset = 6;

    private readonly Span<byte> _bytes;

    private UdpHeader(Span<byte> bytes) => _bytes = bytes;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    public ushort Length => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    public Span<byte> Payload => _bytes[Size..Length];

    /// <summary>Checks structure only; the checksum is the receiver's matter, for routers do not look at it.</summary>
    public static WireError TryParse(Span<byte> bytes, out UdpHeader header)
    {
        header = new UdpHeader(bytes);
        if (bytes.Length < Size)
        {
            return WireError.Truncated;
        }

        return header.Length < Size || header.Length > bytes.Length ? WireError.BadLength : WireError.None;
    }

    /// <summary>
    /// Writes the header with its checksum over <paramref name="bytes"/>, whose payload must be in place.
    /// <paramref name="pseudoHeader"/> is the pseudo header's sum.
    /// </summary>
    public static void Write(Span<byte> bytes, ushort sourcePort, ushort destinationPort, uint pseudoHeader)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)bytes.Length);
        bytes[ChecksumOffset] = 0;
        bytes[ChecksumOffset + 1] = 0;
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(bytes, pseudoHeader));

        // RFC 768: a computed zero is sent as all ones; zero on the wire means "no checksum".
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], checksum == 0 ? ushort.MaxValue : checksum);
    }
}
