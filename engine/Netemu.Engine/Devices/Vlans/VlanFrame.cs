using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Devices.Vlans;

/// <summary>Puts tags into frames and takes them out (IEEE 802.1Q clause 9).</summary>
internal static class VlanFrame
{
    private const int Addresses = EthernetHeader.TypeOffset;

    /// <summary>Inserts a tag behind the addresses.</summary>
    public static void Tag(Frame frame, ushort protocol, ushort control)
    {
        frame.Prepend(VlanTag.Size);
        Span<byte> bytes = frame.Bytes;
        bytes.Slice(VlanTag.Size, Addresses).CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[Addresses..], protocol);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(Addresses + 2)..], control);
    }

    /// <summary>Takes the tag out that stands behind the addresses; the caller has seen that there is one.</summary>
    public static void Untag(Frame frame)
    {
        frame.EnsureWritable();
        Span<byte> bytes = frame.Bytes;
        bytes[..Addresses].CopyTo(bytes[VlanTag.Size..]);
        frame.Strip(VlanTag.Size);
    }

    /// <summary>The tag control information of an 802.1Q tag, or -1 for a frame without one.</summary>
    public static int ControlOf(Frame frame, ushort protocol)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        return bytes.Length >= EthernetHeader.Size + VlanTag.Size
            && BinaryPrimitives.ReadUInt16BigEndian(bytes[Addresses..]) == protocol
            ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(Addresses + 2)..])
            : -1;
    }
}
