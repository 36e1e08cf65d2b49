using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;

namespace Netemu.Engine.Devices.Vxlan;

/// <summary>
/// The hash of an inner flow (skb_get_hash): addresses, protocol and ports, so that routers which share load by outer ports
/// keep a flow on one path and spread many. What is no IP counts by its MAC addresses.
/// </summary>
internal static class InnerFlow
{
    public static uint Hash(ReadOnlySpan<byte> frame)
    {
        int offset = EthernetHeader.TypeOffset;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
        while (type is EtherType.Vlan or EtherType.ServiceVlan && frame.Length >= offset + 6)
        {
            offset += VlanTag.Size;
            type = BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
        }

        ReadOnlySpan<byte> packet = frame[(offset + 2)..];
        if (type == EtherType.IPv4 && packet.Length >= IPv4Header.MinimumSize)
        {
            bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Header.FlagsOffset..])
                & (IPv4Header.MoreFragmentsFlag | IPv4Header.FragmentOffsetMask)) != 0;
            ulong addresses = BinaryPrimitives.ReadUInt64BigEndian(packet[IPv4Header.SourceOffset..]);
            byte protocol = packet[IPv4Header.ProtocolOffset];
            return Mix(addresses, PortsOf(packet, (packet[0] & 0xF) * 4, protocol, isFragment) ^ protocol);
        }

        if (type == EtherType.IPv6 && packet.Length >= IPv6Header.Size)
        {
            byte next = packet[IPv6Header.NextHeaderOffset];
            ulong addresses = BinaryPrimitives.ReadUInt64BigEndian(packet[8..])
                ^ (BinaryPrimitives.ReadUInt64BigEndian(packet[16..]) * 3)
                ^ (BinaryPrimitives.ReadUInt64BigEndian(packet[24..]) * 5)
                ^ (BinaryPrimitives.ReadUInt64BigEndian(packet[32..]) * 7);
            return Mix(addresses, PortsOf(packet, IPv6Header.Size, next, isFragment: false) ^ next);
        }

        return Mix(BinaryPrimitives.ReadUInt64BigEndian(frame), BinaryPrimitives.ReadUInt32BigEndian(frame[8..]) ^ type);
    }

    /// <summary>udp_flow_src_port: from a range whose end is not part of it.</summary>
    public static ushort SourcePort(uint hash, int first, int last)
    {
        hash ^= hash << 16;
        return (ushort)((((ulong)hash * (uint)(last - first)) >> 32) + (uint)first);
    }

    private static uint PortsOf(ReadOnlySpan<byte> packet, int offset, byte protocol, bool isFragment) =>
        !isFragment && (IPProtocol)protocol is IPProtocol.Tcp or IPProtocol.Udp or IPProtocol.Sctp && packet.Length >= offset + 4
            ? BinaryPrimitives.ReadUInt32BigEndian(packet[offset..])
            : 0;

    private static uint Mix(ulong addresses, uint rest)
    {
        ulong hash = (addresses ^ rest) * 0x9E3779B97F4A7C15UL;
        hash = (hash ^ (hash >> 32) ^ rest) * 0xD6E8FEB86659FD93UL;
        return (uint)(hash >> 32);
    }
}
