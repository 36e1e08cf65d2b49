using System;
using System.Buffers.Binary;

namespace Netemu.Core.Wire;

/// <summary>A router advertisement (RFC 4861 section 4.2; preference of RFC 4191), ICMPv6 header included.</summary>
public readonly ref struct RouterAdvertisement
{
    public const int FixedSize = 16;
    private const byte ManagedFlag = 0x80;
    private const byte OtherFlag = 0x40;

    private readonly ReadOnlySpan<byte> _bytes;

    private RouterAdvertisement(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The hop limit that hosts should use; 0 says nothing.</summary>
    public byte CurrentHopLimit => _bytes[4];

    public bool Managed => (_bytes[5] & ManagedFlag) != 0;

    public bool Other => (_bytes[5] & OtherFlag) != 0;

    /// <summary>1 high, 0 medium, -1 low; the reserved value means medium (RFC 4191 section 2.2).</summary>
    public int Preference => PreferenceOf((_bytes[5] >> 3) & 3);

    /// <summary>Seconds for which the sender is a default router; 0 for not.</summary>
    public ushort Lifetime => BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    /// <summary>Milliseconds; 0 says nothing.</summary>
    public uint ReachableTime => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    /// <summary>Milliseconds between solicitations; 0 says nothing.</summary>
    public uint RetransmitTimer => BinaryPrimitives.ReadUInt32BigEndian(_bytes[12..]);

    public ReadOnlySpan<byte> Options => _bytes[FixedSize..];

    /// <summary>Reads a message whose ICMPv6 header has been checked.</summary>
    public static WireError TryParse(ReadOnlySpan<byte> bytes, out RouterAdvertisement message)
    {
        message = new RouterAdvertisement(bytes);
        if (bytes.Length < FixedSize)
        {
            return WireError.Truncated;
        }

        return NeighbourDiscoveryOptions.AreValid(bytes[FixedSize..]) ? WireError.None : WireError.BadLength;
    }

    /// <summary>Writes what comes after the ICMPv6 type, code and checksum, up to the options.</summary>
    public static void Write(
        Span<byte> bytes,
        byte hopLimit,
        bool managed,
        bool other,
        int preference,
        ushort lifetime,
        uint reachableTime,
        uint retransmitTimer)
    {
        bytes[4] = hopLimit;
        bytes[5] = (byte)((managed ? ManagedFlag : 0) | (other ? OtherFlag : 0) | ((preference & 3) << 3));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], lifetime);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], reachableTime);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], retransmitTimer);
    }

    private static int PreferenceOf(int bits) => bits switch
    {
        1 => 1,
        3 => -1,
        _ => 0,
    };
}
