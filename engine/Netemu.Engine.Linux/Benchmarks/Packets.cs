using System;
using System.Buffers.Binary;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Linux.Offload;

namespace Netemu.Engine.Linux.Benchmarks;

/// <summary>What the generator sends, with its virtio header.</summary>
internal static class Packets
{
    private const int TcpHeaderSize = 32;

    private static readonly IPv4Address From = IPv4Address.Parse("198.18.0.1");
    private static readonly IPv4Address To = IPv4Address.Parse("198.19.0.1");

    public static byte[] Datagram(MacAddress source, MacAddress destination, int length)
    {
        byte[] bytes = new byte[VirtioNetHeader.Size + length];
        Span<byte> frame = bytes.AsSpan(VirtioNetHeader.Size);
        WriteIPv4(frame, source, destination, IPProtocol.Udp);
        Span<byte> udp = frame[(EthernetHeader.Size + IPv4Header.MinimumSize)..];
        UdpHeader.Write(udp, 9, 9, InternetChecksum.PseudoHeader(From, To, IPProtocol.Udp, udp.Length));
        return bytes;
    }

    public static byte[] SuperPacket(MacAddress source, MacAddress destination, int segment, int payload)
    {
        const int Transport = EthernetHeader.Size + IPv4Header.MinimumSize;
        byte[] bytes = new byte[VirtioNetHeader.Size + Transport + TcpHeaderSize + payload];
        Span<byte> frame = bytes.AsSpan(VirtioNetHeader.Size);
        WriteIPv4(frame, source, destination, IPProtocol.Tcp);
        Span<byte> tcp = frame[Transport..];
        Convert.FromHexString("0101080A0000000100000002").CopyTo(tcp[TcpHeader.MinimumSize..]);
        TcpHeader.Write(tcp, 9, 9, 1, 1, TcpHeaderSize, TcpFlags.Ack, 512, 0);

        // As the kernel leaves it: the pseudo header's sum only.
        ushort partial = (ushort)~InternetChecksum.Finish(InternetChecksum.PseudoHeader(From, To, IPProtocol.Tcp, tcp.Length));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpHeader.ChecksumOffset..], partial);
        new VirtioNetHeader(
            VirtioNetFlags.NeedsChecksum, VirtioGsoType.TcpV4, Transport + TcpHeaderSize, (ushort)segment, Transport, TcpHeader.ChecksumOffset).Write(bytes);
        return bytes;
    }

    private static void WriteIPv4(Span<byte> frame, MacAddress source, MacAddress destination, IPProtocol protocol)
    {
        EthernetHeader.Write(frame, destination, source, EtherType.IPv4);
        Span<byte> ip = frame[EthernetHeader.Size..];
        IPv4Header.Write(ip, 0, ip.Length, 1, IPv4Header.DontFragmentFlag, 64, protocol, From, To);
    }
}
