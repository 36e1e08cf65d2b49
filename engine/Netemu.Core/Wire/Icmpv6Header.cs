using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>An ICMPv6 message (RFC 4443); its checksum covers the pseudo header.</summary>
public readonly ref struct Icmpv6Header
{
    public const int Size = 8;
    public const int ChecksumOffset = 2;
    public const int RestOffset = 4;

    private readonly Span<byte> _bytes;

    private Icmpv6Header(Span<byte> bytes) => _bytes = bytes;

    public Icmpv6Type Type => (Icmpv6Type)_bytes[0];

    public byte Code => _bytes[1];

    public uint Rest => BinaryPrimitives.ReadUInt32BigEndian(_bytes[RestOffset..]);

    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_bytes[RestOffset..]);

    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_bytes[(RestOffset + 2)..]);

    public Span<byte> Payload => _bytes[Size..];

    /// <summary>Types below 128 are errors (RFC 4443 section 2.1).</summary>
    public bool IsError => _bytes[0] < 128;

    public static WireError TryParse(Span<byte> bytes, IPv6Address source, IPv6Address destination, out Icmpv6Header header)
    {
        header = new Icmpv6Header(bytes);
        if (bytes.Length < Size)
        {
            return WireError.Truncated;
        }

        uint pseudo = InternetChecksum.PseudoHeader(source, destination, IPProtocol.Icmpv6, bytes.Length);
        return InternetChecksum.Finish(InternetChecksum.Sum(bytes, pseudo)) == 0 ? WireError.None : WireError.BadChecksum;
    }

    /// <summary>Writes the header and the checksum over all of <paramref name="bytes"/>; the payload must be in place.</summary>
    public static void Write(
        Span<byte> bytes, Icmpv6Type type, byte code, uint rest, IPv6Address source, IPv6Address destination)
    {
        bytes[0] = (byte)type;
        bytes[1] = code;
        bytes[2] = 0;
        bytes[3] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[RestOffset..], rest);
        uint pseudo = InternetChecksum.PseudoHeader(source, destination, IPProtocol.Icmpv6, bytes.Length);
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(bytes, pseudo));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], checksum);
    }
}
