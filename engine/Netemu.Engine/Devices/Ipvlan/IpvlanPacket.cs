using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Engine.Devices.Ipvlan;

/// <summary>The address of a frame that ipvlan goes by (ipvlan_get_L3_hdr, ipvlan_addr_lookup).</summary>
internal static class IpvlanPacket
{
    private const byte NeighbourSolicitation = 135;

    /// <summary>Where the target of a neighbour solicitation stands, from the IPv6 header on.</summary>
    private const int SolicitedOffset = IPv6Header.Size + 8;

    /// <summary>The address that the packet is for: of ARP and of probes for duplicate addresses, the one that is asked for.</summary>
    public static InternetAddress Destination(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> packet = frame[EthernetHeader.Size..];
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetHeader.TypeOffset..]))
        {
            case EtherType.IPv4 when packet.Length >= IPv4Header.MinimumSize:
                return IPv4Address.Read(packet[IPv4Header.DestinationOffset..]);
            case EtherType.Arp when packet.Length >= ArpPacket.Size:
                return IPv4Address.Read(packet[24..]);
            case EtherType.IPv6 when packet.Length >= IPv6Header.Size:
                return IPv6Address.Read(packet[(IsDuplicateProbe(packet) ? SolicitedOffset : IPv6Header.DestinationOffset)..]);
            default:
                return default;
        }
    }

    /// <summary>The address that the packet is from; of a probe for duplicates, the one that it is sent for.</summary>
    public static InternetAddress Source(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> packet = frame[EthernetHeader.Size..];
        return BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetHeader.TypeOffset..]) switch
        {
            EtherType.IPv4 when packet.Length >= IPv4Header.MinimumSize => IPv4Address.Read(packet[IPv4Header.SourceOffset..]),
            EtherType.Arp when packet.Length >= ArpPacket.Size => IPv4Address.Read(packet[14..]),
            EtherType.IPv6 when packet.Length >= IPv6Header.Size =>
                IPv6Address.Read(packet[(IsDuplicateProbe(packet) ? SolicitedOffset : IPv6Header.SourceOffset)..]),
            _ => default(InternetAddress),
        };
    }

    /// <summary>A neighbour solicitation from the unspecified address: "only [these] need different treatment".</summary>
    private static bool IsDuplicateProbe(ReadOnlySpan<byte> packet) =>
        (IPProtocol)packet[IPv6Header.NextHeaderOffset] == IPProtocol.Icmpv6
        && packet.Length >= SolicitedOffset + IPv6Address.Size
        && packet[IPv6Header.Size] == NeighbourSolicitation
        && IPv6Address.Read(packet[IPv6Header.SourceOffset..]).IsUnspecified;
}
