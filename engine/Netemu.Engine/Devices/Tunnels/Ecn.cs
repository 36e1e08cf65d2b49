using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Devices.Tunnels;

/// <summary>Explicit congestion notification through tunnels (RFC 6040; include/net/inet_ecn.h).</summary>
internal static class Ecn
{
    private const int Mask = 3;
    private const int CongestionExperienced = 3;

    /// <summary>The outer type of service: the configured DSCP with the inner ECN field; CE stays CE (ECT(0) as RFC 3168 had it).</summary>
    public static byte Encapsulate(byte outer, byte inner)
    {
        int ecn = (inner & Mask) == CongestionExperienced ? 2 : inner & Mask;
        return (byte)((outer & ~Mask) | ecn);
    }

    /// <summary>The type of service of an IP packet of either family; 0 for anything else.</summary>
    public static byte FieldOf(ReadOnlySpan<byte> packet, ushort etherType) => etherType switch
    {
        EtherType.IPv4 when packet.Length >= IPv4Header.MinimumSize => packet[1],
        EtherType.IPv6 when packet.Length >= IPv6Header.Size => (byte)(BinaryPrimitives.ReadUInt16BigEndian(packet) >> 4),
        _ => 0,
    };

    /// <summary>
    /// Carries an outer congestion mark to the inner packet, which starts 14 bytes into the frame; false if the inner sender
    /// does not know ECN and the packet must go (IP_ECN_decapsulate).
    /// </summary>
    public static bool Decapsulate(Frame frame, byte outer)
    {
        if ((outer & Mask) != CongestionExperienced)
        {
            return true;
        }

        Span<byte> bytes = frame.Bytes;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(bytes[EthernetHeader.TypeOffset..]);
        Span<byte> packet = bytes[EthernetHeader.Size..];
        int inner = FieldOf(packet, type) & Mask;
        if (inner == CongestionExperienced || type is not (EtherType.IPv4 or EtherType.IPv6))
        {
            return true;
        }

        if (inner == 0)
        {
            return false;
        }

        frame.EnsureWritable();
        packet = frame.Bytes[EthernetHeader.Size..];
        if (type == EtherType.IPv4)
        {
            ushort before = BinaryPrimitives.ReadUInt16BigEndian(packet);
            packet[1] |= CongestionExperienced;
            ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.ChecksumOffset..]);
            BinaryPrimitives.WriteUInt16BigEndian(
                packet[IPv4Header.ChecksumOffset..],
                InternetChecksum.Update(checksum, before, BinaryPrimitives.ReadUInt16BigEndian(packet)));
        }
        else
        {
            packet[1] |= CongestionExperienced << 4;
        }

        return true;
    }
}
