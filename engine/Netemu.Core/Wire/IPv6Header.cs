using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>The fixed IPv6 header (RFC 8200 section 3).</summary>
public readonly ref struct IPv6Header
{
    public const int Size = 40;
    public const int PayloadLengthOffset = 4;
    public const int NextHeaderOffset = 6;
    public const int HopLimitOffset = 7;
    public const int SourceOffset = 8;
    public const int DestinationOffset = 24;

    private readonly Span<byte> _bytes;

    /// <summary>Views bytes that a device has already checked.</summary>
    public IPv6Header(Span<byte> bytes) => _bytes = bytes;

    public byte TrafficClass => (byte)(BinaryPrimitives.ReadUInt16BigEndian(_bytes) >> 4);

    public uint FlowLabel => BinaryPrimitives.ReadUInt32BigEndian(_bytes) & 0xF_FFFF;

    public int PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PayloadLengthOffset..]);

    public IPProtocol NextHeader => (IPProtocol)_bytes[NextHeaderOffset];

    public byte HopLimit => _bytes[HopLimitOffset];

    public IPv6Address Source => IPv6Address.Read(_bytes[SourceOffset..]);

    public IPv6Address Destination => IPv6Address.Read(_bytes[DestinationOffset..]);

    /// <summary>The bytes after the fixed header, up to the payload length: padding is not payload.</summary>
    public Span<byte> Payload => _bytes.Slice(Size, PayloadLength);

    public static WireError TryParse(Span<byte> bytes, out IPv6Header header)
    {
        header = new IPv6Header(bytes);
        if (bytes.Length < Size)
        {
            return WireError.Truncated;
        }

        if (bytes[0] >> 4 != 6)
        {
            return WireError.BadVersion;
        }

        return bytes.Length < Size + header.PayloadLength ? WireError.BadLength : WireError.None;
    }

    public static void Write(
        Span<byte> bytes,
        byte trafficClass,
        uint flowLabel,
        int payloadLength,
        IPProtocol nextHeader,
        byte hopLimit,
        IPv6Address source,
        IPv6Address destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 0x6000_0000 | ((uint)trafficClass << 20) | (flowLabel & 0xF_FFFF));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PayloadLengthOffset..], (ushort)payloadLength);
        bytes[NextHeaderOffset] = (byte)nextHeader;
        bytes[HopLimitOffset] = hopLimit;
        source.Write(bytes[SourceOffset..]);
        destination.Write(bytes[DestinationOffset..]);
    }
}
