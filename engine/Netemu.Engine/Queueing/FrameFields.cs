using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Queueing;

/// <summary>What disciplines read from, and write into, the Ethernet frames that pass them.</summary>
internal static class FrameFields
{
    private const byte EcnMask = 3;
    private const int IPv4Tos = EthernetHeader.Size + 1;
    private const int IPv4Checksum = EthernetHeader.Size + 10;

    /// <summary>ip_tos2prio of net/ipv4/route.c: the priority (TC_PRIO_*) of a type of service.</summary>
    private static ReadOnlySpan<byte> TosPriorities => [0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4];

    /// <summary>skb->priority as IPv4 sets it from the type of service; 0 for anything else.</summary>
    public static int Priority(Frame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        return IsIPv4(bytes) ? TosPriorities[(bytes[IPv4Tos] & 0x1E) >> 1] : 0;
    }

    /// <summary>
    /// A hash over what tells conversations apart (skb_get_hash): addresses, protocol and, unless it is a fragment, ports;
    /// for other frames the Ethernet header.
    /// </summary>
    public static ulong FlowHash(Frame frame, ulong perturbation)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        ulong hash = perturbation;
        if (IsIPv4(bytes))
        {
            int header = EthernetHeader.Size + ((bytes[EthernetHeader.Size] & 0xF) * 4);
            byte protocol = bytes[EthernetHeader.Size + 9];
            bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[(EthernetHeader.Size + 6)..]) & 0x3FFF) != 0;
            hash = Mix(hash, BinaryPrimitives.ReadUInt64BigEndian(bytes[(EthernetHeader.Size + 12)..]));
            return Mix(hash, Ports(bytes, header, protocol, isFragment));
        }

        if (bytes.Length >= EthernetHeader.Size + IPv6Header.Size && EtherTypeOf(bytes) == EtherType.IPv6)
        {
            for (int i = 0; i < 4; i++)
            {
                hash = Mix(hash, BinaryPrimitives.ReadUInt64BigEndian(bytes[(EthernetHeader.Size + 8 + (8 * i))..]));
            }

            return Mix(hash, Ports(bytes, EthernetHeader.Size + IPv6Header.Size, bytes[EthernetHeader.Size + 6], isFragment: false));
        }

        if (bytes.Length >= EthernetHeader.Size)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64BigEndian(bytes));
            hash = Mix(hash, BinaryPrimitives.ReadUInt64BigEndian(bytes[6..]));
        }

        return hash;
    }

    /// <summary>
    /// Marks a packet whose ends can take it as having met congestion (INET_ECN_set_ce, RFC 3168 section 5); false if they
    /// cannot.
    /// </summary>
    public static bool TrySetCongestion(Frame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        if (IsIPv4(bytes))
        {
            int ecn = bytes[IPv4Tos] & EcnMask;
            if (ecn is 0 or EcnMask)
            {
                return ecn == EcnMask;
            }

            frame.EnsureWritable();
            Span<byte> writable = frame.Bytes;
            ushort before = BinaryPrimitives.ReadUInt16BigEndian(writable[EthernetHeader.Size..]);
            writable[IPv4Tos] |= EcnMask;
            ushort after = BinaryPrimitives.ReadUInt16BigEndian(writable[EthernetHeader.Size..]);

            // RFC 1624 section 3: HC' = ~(~HC + ~m + m').
            uint sum = (uint)(ushort)~BinaryPrimitives.ReadUInt16BigEndian(writable[IPv4Checksum..]) + (ushort)~before + after;
            sum = (sum & 0xFFFF) + (sum >> 16);
            sum = (sum & 0xFFFF) + (sum >> 16);
            BinaryPrimitives.WriteUInt16BigEndian(writable[IPv4Checksum..], (ushort)~sum);
            return true;
        }

        if (bytes.Length >= EthernetHeader.Size + IPv6Header.Size && EtherTypeOf(bytes) == EtherType.IPv6)
        {
            // The two lowest bits of the traffic class are bits 4 and 5 of the second byte.
            int ecn = (bytes[EthernetHeader.Size + 1] >> 4) & EcnMask;
            if (ecn is 0 or EcnMask)
            {
                return ecn == EcnMask;
            }

            frame.EnsureWritable();
            frame.Bytes[EthernetHeader.Size + 1] |= EcnMask << 4;
            return true;
        }

        return false;
    }

    private static bool IsIPv4(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= EthernetHeader.Size + IPv4Header.MinimumSize && EtherTypeOf(bytes) == EtherType.IPv4;

    private static ushort EtherTypeOf(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt16BigEndian(bytes[EthernetHeader.TypeOffset..]);

    private static ulong Ports(ReadOnlySpan<byte> bytes, int offset, byte protocol, bool isFragment)
    {
        bool has = !isFragment && protocol is (byte)IPProtocol.Tcp or (byte)IPProtocol.Udp && bytes.Length >= offset + 4;
        return ((ulong)protocol << 32) | (has ? BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]) : 0);
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        ulong z = (hash ^ value) * 0x9E37_79B9_7F4A_7C15UL;
        z = (z ^ (z >> 32)) * 0xD6E8_FEB8_6659_FD93UL;
        return z ^ (z >> 29);
    }
}
