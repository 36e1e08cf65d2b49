using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;

namespace Netemu.Core.Wire;

/// <summary>A neighbour solicitation or advertisement (RFC 4861 sections 4.3 and 4.4), ICMPv6 header included.</summary>
public readonly ref struct NeighbourMessage
{
    public const int FixedSize = 24;
    public const int SizeWithLinkLayerOption = 32;
    public const uint RouterFlag = 0x8000_0000;
    public const uint SolicitedFlag = 0x4000_0000;
    public const uint OverrideFlag = 0x2000_0000;
    public const byte SourceLinkLayerOption = 1;
    public const byte TargetLinkLayerOption = 2;

    private readonly Span<byte> _bytes;

    private NeighbourMessage(Span<byte> bytes) => _bytes = bytes;

    /// <summary>Flags of an advertisement; reserved in a solicitation.</summary>
    public uint Flags => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    public IPv6Address Target => IPv6Address.Read(_bytes[8..]);

    /// <summary>Reads a message whose ICMPv6 header has been checked; a zero-length option makes it invalid.</summary>
    public static WireError TryParse(Span<byte> bytes, out NeighbourMessage message)
    {
        message = new NeighbourMessage(bytes);
        if (bytes.Length < FixedSize)
        {
            return WireError.Truncated;
        }

        // RFC 4861 section 7.1: all included options have a length that is greater than zero.
        for (int offset = FixedSize; offset < bytes.Length; offset += bytes[offset + 1] * 8)
        {
            if (offset + 2 > bytes.Length || bytes[offset + 1] == 0 || offset + (bytes[offset + 1] * 8) > bytes.Length)
            {
                return WireError.BadLength;
            }
        }

        return WireError.None;
    }

    /// <summary>The link-layer address of an option of <paramref name="type"/>, if it is there.</summary>
    public bool TryGetLinkLayerAddress(byte type, out MacAddress mac)
    {
        for (int offset = FixedSize; offset < _bytes.Length; offset += _bytes[offset + 1] * 8)
        {
            if (_bytes[offset] == type)
            {
                mac = MacAddress.Read(_bytes[(offset + 2)..]);
                return true;
            }
        }

        mac = default;
        return false;
    }

    /// <summary>Writes the parts after the ICMPv6 header: target and, if there is room, a link-layer option.</summary>
    public static void WriteBody(Span<byte> bytes, IPv6Address target, byte option, MacAddress mac)
    {
        target.Write(bytes[8..]);
        if (bytes.Length >= SizeWithLinkLayerOption)
        {
            bytes[24] = option;
            bytes[25] = 1;
            mac.Write(bytes[26..]);
        }
    }
}
