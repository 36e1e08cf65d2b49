using System;
using System.Buffers.Binary;

namespace Netemu.Core.Wire;

/// <summary>The four bytes of an 802.1Q tag after the addresses: TPID, then PCP, DEI and VLAN identifier.</summary>
public readonly ref struct VlanTag
{
    public const int Size = 4;

    private readonly Span<byte> _bytes;

    private VlanTag(Span<byte> bytes) => _bytes = bytes;

    public ushort ProtocolIdentifier => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    public ushort Control => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    public int VlanId => Control & 0xFFF;

    public int Priority => Control >> 13;

    public bool DropEligible => (Control & 0x1000) != 0;

    /// <summary>Reads the tag that starts at the EtherType of a frame.</summary>
    public static WireError TryParse(Span<byte> bytes, out VlanTag tag)
    {
        tag = new VlanTag(bytes);
        if (bytes.Length < Size)
        {
            return WireError.Truncated;
        }

        return tag.ProtocolIdentifier is EtherType.Vlan or EtherType.ServiceVlan ? WireError.None : WireError.BadType;
    }

    public static void Write(Span<byte> bytes, ushort protocolIdentifier, int vlanId, int priority)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, protocolIdentifier);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)((priority << 13) | (vlanId & 0xFFF)));
    }
}
