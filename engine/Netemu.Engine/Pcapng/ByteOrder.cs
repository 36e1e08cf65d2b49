using System;
using System.Buffers.Binary;

namespace Netemu.Engine.Pcapng;

/// <summary>The byte order of the machine that wrote a section: every number in it but its options' texts follows it.</summary>
internal readonly struct ByteOrder(bool bigEndian)
{
    public ushort UInt16(ReadOnlySpan<byte> bytes) => bigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint UInt32(ReadOnlySpan<byte> bytes) => bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public long Int64(ReadOnlySpan<byte> bytes) => bigEndian
        ? BinaryPrimitives.ReadInt64BigEndian(bytes)
        : BinaryPrimitives.ReadInt64LittleEndian(bytes);
}
