using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>A prefix information option (RFC 4861 section 4.6.2). Lifetimes are seconds; all ones for ever.</summary>
public readonly record struct PrefixInformation(
    Prefix<IPv6Address> Prefix, bool OnLink, bool Autonomous, uint ValidLifetime, uint PreferredLifetime)
{
    public const int Size = 32;
    public const uint Forever = uint.MaxValue;
    private const byte OnLinkFlag = 0x80;
    private const byte AutonomousFlag = 0x40;

    /// <summary>Reads an option of type 3; false if its length or prefix length is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> option, out PrefixInformation information)
    {
        information = default;
        if (option.Length != Size || option[2] > 128)
        {
            return false;
        }

        information = new PrefixInformation(
            new Prefix<IPv6Address>(IPv6Address.Read(option[16..]), option[2]),
            (option[3] & OnLinkFlag) != 0,
            (option[3] & AutonomousFlag) != 0,
            BinaryPrimitives.ReadUInt32BigEndian(option[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(option[8..]));
        return true;
    }

    /// <summary>Writes the option; its length.</summary>
    public int Write(Span<byte> bytes)
    {
        bytes[0] = NeighbourDiscoveryOptions.PrefixInformation;
        bytes[1] = Size / 8;
        bytes[2] = Prefix.Length;
        bytes[3] = (byte)((OnLink ? OnLinkFlag : 0) | (Autonomous ? AutonomousFlag : 0));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], ValidLifetime);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], PreferredLifetime);
        bytes[12..16].Clear();
        Prefix.Address.Write(bytes[16..]);
        return Size;
    }
}
