using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Running.Probes;

/// <summary>Builds a frame from the fields that a <c>send</c> step names; lengths and checksums are filled in.</summary>
internal static class FrameBuilder
{
    private const int DefaultTtl = 64;

    public static byte[] Build(FrameFields fields, NetDevice device)
    {
        byte[] payload = fields.Payload is null ? [] : Convert.FromHexString(fields.Payload);
        byte[] packet = BuildPacket(fields, payload, out ushort type);
        int tag = fields.Vlan is null ? 0 : VlanTag.Size;
        byte[] frame = new byte[EthernetHeader.Size + tag + packet.Length];
        ushort outer = fields.Vlan is null ? type : EtherType.Vlan;
        EthernetHeader.Write(frame, fields.DestinationMac ?? MacAddress.Broadcast, fields.SourceMac ?? device.Mac, outer);
        if (fields.Vlan is { } vlan)
        {
            VlanTag.Write(frame.AsSpan(EthernetHeader.SourceOffset + 6), EtherType.Vlan, vlan, 0);
            frame[EthernetHeader.Size + 2] = (byte)(type >> 8);
            frame[EthernetHeader.Size + 3] = (byte)type;
        }

        packet.CopyTo(frame, EthernetHeader.Size + tag);
        return frame;
    }

    private static byte[] BuildPacket(FrameFields fields, byte[] payload, out ushort type)
    {
        if (fields.Destination is not { } destination)
        {
            type = (ushort)(fields.EtherType ?? EtherType.IPv4);
            return payload;
        }

        type = (ushort)(fields.EtherType ?? (destination.IsIPv6 ? EtherType.IPv6 : EtherType.IPv4));
        IPProtocol protocol = (IPProtocol)(fields.Protocol ?? (int)(fields.DestinationPort is not null ? IPProtocol.Udp : IPProtocol.Icmp));
        InternetAddress source = fields.Source ?? (destination.IsIPv6 ? default(IPv6Address) : default(IPv4Address));
        byte[] segment = BuildSegment(fields, payload, protocol, source, destination);
        if (destination.IsIPv6)
        {
            byte[] six = new byte[IPv6Header.Size + segment.Length];
            IPv6Header.Write(six, 0, 0, segment.Length, protocol, (byte)(fields.Ttl ?? DefaultTtl), source.IPv6, destination.IPv6);
            segment.CopyTo(six, IPv6Header.Size);
            return six;
        }

        byte[] packet = new byte[IPv4Header.MinimumSize + segment.Length];
        IPv4Header.Write(
            packet, 0, packet.Length, 0, 0, (byte)(fields.Ttl ?? DefaultTtl), protocol, source.IPv4, destination.IPv4);
        segment.CopyTo(packet, IPv4Header.MinimumSize);
        return packet;
    }

    private static byte[] BuildSegment(
        FrameFields fields, byte[] payload, IPProtocol protocol, InternetAddress source, InternetAddress destination)
    {
        switch (protocol)
        {
            case IPProtocol.Icmp:
                byte[] message = new byte[IcmpHeader.Size + payload.Length];
                payload.CopyTo(message, IcmpHeader.Size);
                IcmpHeader.Write(message, (IcmpType)(fields.IcmpType ?? (int)IcmpType.EchoRequest), (byte)(fields.IcmpCode ?? 0), 0x0001_0001);
                return message;
            case IPProtocol.Udp:
                byte[] datagram = new byte[UdpHeader.Size + payload.Length];
                payload.CopyTo(datagram, UdpHeader.Size);
                uint pseudo = destination.IsIPv6
                    ? InternetChecksum.PseudoHeader(source.IPv6, destination.IPv6, protocol, datagram.Length)
                    : InternetChecksum.PseudoHeader(source.IPv4, destination.IPv4, protocol, datagram.Length);
                UdpHeader.Write(datagram, (ushort)(fields.SourcePort ?? 0), (ushort)(fields.DestinationPort ?? 0), pseudo);
                return datagram;
            default:
                return payload;
        }
    }
}
