using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>An Ethernet II header: destination, source, type. The frame check sequence is not part of emulated frames.</summary>
public readonly ref struct EthernetHeader
{
    public const int Size = 14;
    public const int SourceOffset = 6;
    public const int TypeOffset = 12;

    private readonly Span<byte> _bytes;

    private EthernetHeader(Span<byte> bytes) => _bytes = bytes;

    public MacAddress Destination => MacAddress.Read(_bytes);

    public MacAddress Source => MacAddress.Read(_bytes[SourceOffset..]);

    /// <summary>The EtherType, or a length if below <see cref="Wire.EtherType.FirstType"/> (IEEE 802.3).</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_bytes[TypeOffset..]);

    public Span<byte> Payload => _bytes[Size..];

    public static WireError TryParse(Span<byte> bytes, out EthernetHeader header)
    {
        header = new EthernetHeader(bytes);
        return bytes.Length < Size ? WireError.Truncated : WireError.None;
    }

    public static void Write(Span<byte> bytes, MacAddress destination, MacAddress source, ushort type)
    {
        // Both addresses in two stores: eight bytes, then four.
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (destination.Value << 16) | (source.Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], (uint)source.Value);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[TypeOffset..], type);
    }
}
