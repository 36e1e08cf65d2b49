using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;

namespace Netemu.Engine.Dhcp;

/// <summary>
/// DHCP datagrams as packet sockets send and see them: whole frames, past the routing table and the neighbours, because
/// one of the ends has no address yet.
/// </summary>
internal static class DhcpDatagrams
{
    private const int HeadersSize = EthernetHeader.Size + IPv4Header.MinimumSize + UdpHeader.Size;

    public static void Send(
        NetDevice device,
        MacAddress destinationMac,
        IPv4Address source,
        IPv4Address destination,
        ushort sourcePort,
        ushort destinationPort,
        ReadOnlySpan<byte> message)
    {
        Frame frame = device.Node.Emulation.Frames.Rent(HeadersSize + message.Length);
        EthernetHeader.Write(frame.Bytes, destinationMac, device.Mac, EtherType.IPv4);
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        IPv4Header.Write(packet, 0x10, packet.Length, 0, 0, 128, IPProtocol.Udp, source, destination);
        Span<byte> datagram = packet[IPv4Header.MinimumSize..];
        message.CopyTo(datagram[UdpHeader.Size..]);
        UdpHeader.Write(
            datagram, sourcePort, destinationPort, InternetChecksum.PseudoHeader(source, destination, IPProtocol.Udp, datagram.Length));
        device.Transmit(frame);
    }

    /// <summary>The message in a frame to <paramref name="port"/>, with a right checksum; empty for anything else.</summary>
    public static ReadOnlySpan<byte> MessageIn(Frame frame, ushort port, out IPv4Address source)
    {
        source = default;
        Span<byte> bytes = frame.Bytes;
        if (bytes.Length < HeadersSize || EthernetHeader.TryParse(bytes, out EthernetHeader ethernet) != WireError.None
            || ethernet.Type != EtherType.IPv4 || IPv4Header.TryParse(ethernet.Payload, out IPv4Header ip) != WireError.None
            || ip.Protocol != IPProtocol.Udp || ip.IsFragment || UdpHeader.TryParse(ip.Payload, out UdpHeader udp) != WireError.None
            || udp.DestinationPort != port)
        {
            return default;
        }

        Span<byte> datagram = ip.Payload[..udp.Length];
        uint pseudo = InternetChecksum.PseudoHeader(ip.Source, ip.Destination, IPProtocol.Udp, datagram.Length);
        if (udp.Checksum != 0 && InternetChecksum.Finish(InternetChecksum.Sum(datagram, pseudo)) != 0)
        {
            return default;
        }

        source = ip.Source;
        return datagram[UdpHeader.Size..];
    }
}
