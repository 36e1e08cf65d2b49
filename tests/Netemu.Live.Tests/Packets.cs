using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests;

/// <summary>Frames that scenarios send by hand.</summary>
internal static class Packets
{
    /// <summary>The EtherType for local experiments (IEEE 802).</summary>
    private const ushort Experiment = 0x88B5;

    public static byte[] Ethernet(string destination, string source, int payload = 46)
    {
        byte[] frame = new byte[EthernetHeader.Size + payload];
        EthernetHeader.Write(frame, MacAddress.Parse(destination), MacAddress.Parse(source), Experiment);
        return frame;
    }

    public static byte[] Arp(
        ArpOperation operation, string destination, string senderMac, string sender, string targetMac, string target)
    {
        byte[] frame = new byte[EthernetHeader.Size + ArpPacket.Size];
        MacAddress mac = MacAddress.Parse(senderMac);
        EthernetHeader.Write(frame, MacAddress.Parse(destination), mac, EtherType.Arp);
        ArpPacket.Write(
            frame.AsSpan(EthernetHeader.Size), operation, mac, IPv4Address.Parse(sender), MacAddress.Parse(targetMac), IPv4Address.Parse(target));
        return frame;
    }

    public static byte[] ArpRequest(string senderMac, string sender, string target) =>
        Arp(ArpOperation.Request, "ff:ff:ff:ff:ff:ff", senderMac, sender, "00:00:00:00:00:00", target);

    /// <summary>An IPv4 packet in a frame.</summary>
    public static byte[] IPv4(
        string destinationMac,
        string sourceMac,
        string source,
        string destination,
        IPProtocol protocol,
        ReadOnlySpan<byte> payload,
        byte ttl = 64,
        ushort identification = 1,
        ushort flagsAndOffset = 0)
    {
        byte[] frame = new byte[EthernetHeader.Size + IPv4Header.MinimumSize + payload.Length];
        EthernetHeader.Write(frame, MacAddress.Parse(destinationMac), MacAddress.Parse(sourceMac), EtherType.IPv4);
        IPv4Header.Write(
            frame.AsSpan(EthernetHeader.Size), 0, IPv4Header.MinimumSize + payload.Length, identification, flagsAndOffset, ttl, protocol,
            IPv4Address.Parse(source), IPv4Address.Parse(destination));
        payload.CopyTo(frame.AsSpan(EthernetHeader.Size + IPv4Header.MinimumSize));
        return frame;
    }

    /// <summary>An echo request of 8 + <paramref name="size"/> bytes.</summary>
    public static byte[] Echo(int size = 8)
    {
        byte[] message = new byte[IcmpHeader.Size + size];
        IcmpHeader.Write(message, IcmpType.EchoRequest, 0, 0x7777_0001);
        return message;
    }

    /// <summary>A datagram from port 5555, with a right checksum unless <paramref name="checksum"/> says which.</summary>
    public static byte[] Udp(string source, string destination, ushort port, int size, ushort? checksum = null)
    {
        byte[] datagram = new byte[UdpHeader.Size + size];
        uint pseudo = InternetChecksum.PseudoHeader(
            IPv4Address.Parse(source), IPv4Address.Parse(destination), IPProtocol.Udp, datagram.Length);
        UdpHeader.Write(datagram, 5555, port, pseudo);
        if (checksum is { } value)
        {
            datagram[UdpHeader.ChecksumOffset] = (byte)(value >> 8);
            datagram[UdpHeader.ChecksumOffset + 1] = (byte)value;
        }

        return datagram;
    }
}
