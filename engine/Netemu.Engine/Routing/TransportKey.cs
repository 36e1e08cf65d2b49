using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;

namespace Netemu.Engine.Routing;

/// <summary>What rules and multipath hashes know of a packet's transport, in one number: protocol, source and destination port.</summary>
public static class TransportKey
{
    public static ulong Of(IPProtocol protocol, ushort sourcePort = 0, ushort destinationPort = 0) =>
        ((ulong)protocol << 32) | ((ulong)sourcePort << 16) | destinationPort;

    public static byte Protocol(ulong transport) => (byte)(transport >> 32);

    public static ushort SourcePort(ulong transport) => (ushort)(transport >> 16);

    public static ushort DestinationPort(ulong transport) => (ushort)transport;

    /// <summary>The same as the other end sees it.</summary>
    public static ulong Swap(ulong transport) =>
        (transport & ~0xFFFF_FFFFUL) | ((transport & 0xFFFF) << 16) | ((transport >> 16) & 0xFFFF);

    /// <summary>Of an IPv4 packet; a fragment has no ports.</summary>
    public static ulong OfPacket(ReadOnlySpan<byte> packet)
    {
        IPProtocol protocol = (IPProtocol)packet[IPv4Header.ProtocolOffset];
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.FlagsOffset..])
            & (IPv4Header.MoreFragmentsFlag | IPv4Header.FragmentOffsetMask)) != 0;
        return isFragment ? Of(protocol) : WithPorts(protocol, packet, (packet[0] & 0xF) * 4);
    }

    /// <summary>Of an IPv6 packet without extension headers.</summary>
    public static ulong OfPacketIPv6(ReadOnlySpan<byte> packet) => WithPorts((IPProtocol)packet[6], packet, IPv6Header.Size);

    private static ulong WithPorts(IPProtocol protocol, ReadOnlySpan<byte> packet, int offset) =>
        protocol is IPProtocol.Tcp or IPProtocol.Udp && packet.Length >= offset + 4
            ? Of(
                protocol,
                BinaryPrimitives.ReadUInt16BigEndian(packet[offset..]),
                BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]))
            : Of(protocol);
}
