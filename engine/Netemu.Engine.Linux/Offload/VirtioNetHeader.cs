using System;
using System.Buffers.Binary;

namespace Netemu.Engine.Linux.Offload;

/// <summary>
/// struct virtio_net_hdr (linux/virtio_net.h), which stands in front of every packet of a TAP with IFF_VNET_HDR: what the
/// other side has left undone. Little-endian, as TUNSETVNETLE asks for.
/// </summary>
public readonly record struct VirtioNetHeader(
    VirtioNetFlags Flags, VirtioGsoType Type, ushort HeaderLength, ushort SegmentSize, ushort ChecksumStart, ushort ChecksumOffset)
{
    public const int Size = 10;

    /// <summary>The type without the bit that says that ECN's CWR is set.</summary>
    public VirtioGsoType Gso => Type & ~VirtioGsoType.Ecn;

    public static VirtioNetHeader Read(ReadOnlySpan<byte> bytes) => new(
        (VirtioNetFlags)bytes[0],
        (VirtioGsoType)bytes[1],
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]));

    public void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)Flags;
        bytes[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], HeaderLength);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], ChecksumStart);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], ChecksumOffset);
    }
}
