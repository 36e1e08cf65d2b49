using System;
using System.Buffers.Binary;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>The eight bytes of RFC 7348 section 5: flags, of which only I is defined, and the VNI.</summary>
internal static class VxlanHeader
{
    public const int Size = 8;

    /// <summary>The I flag: the VNI is valid. Receivers demand it, and ignore the reserved bits.</summary>
    private const byte VniFlag = 0x08;

    public static void Write(Span<byte> bytes, int vni)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)VniFlag << 24);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)vni << 8);
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out int vni)
    {
        vni = 0;
        if (bytes.Length < Size || (bytes[0] & VniFlag) == 0)
        {
            return false;
        }

        vni = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8);
        return true;
    }
}
