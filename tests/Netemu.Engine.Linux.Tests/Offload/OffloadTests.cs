using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Linux.Offload;

namespace Netemu.Engine.Linux.Tests.Offload;

/// <summary>
/// Super-packets: cut as the kernel would, with checksums that an independent sum finds right, and joined again to what
/// they were.
/// </summary>
public sealed class OffloadTests
{
    private const int Ethernet = EthernetHeader.Size;

    private readonly FramePool _pool = new();

    public static TheoryData<bool, int, int> Sizes => new()
    {
        { false, 1448, 1448 * 3 },
        { false, 1448, (1448 * 44) + 1 },
        { false, 536, 5000 },
        { false, 1, 7 },
        { false, 1448, 10 },
        { true, 1428, 1428 * 20 },
        { true, 1428, 30_001 },
        { true, 8948, 60_000 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_tcp_super_packet_becomes_frames_that_are_right_in_every_field(bool isIPv6, int segmentSize, int payload)
    {
        byte[] packet = TcpPacket(isIPv6, payload, TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr);
        VirtioNetHeader offload = Offload(isIPv6, segmentSize);

        List<byte[]> frames = Segment(offload, packet, Ethernet);

        Assert.Equal((payload + segmentSize - 1) / segmentSize, frames.Count);
        int transport = offload.ChecksumStart;
        int headers = transport + 32;
        Assert.Equal(packet[headers..], frames.SelectMany(f => f[headers..]).ToArray());
        for (int i = 0; i < frames.Count; i++)
        {
            byte[] frame = frames[i];
            Assert.Equal(1000u + (uint)(i * segmentSize), BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(transport + 4)));
            TcpFlags flags = (TcpFlags)frame[transport + 13];
            Assert.Equal(i == frames.Count - 1, (flags & TcpFlags.Psh) != 0);
            Assert.Equal(i == frames.Count - 1, (flags & TcpFlags.Fin) != 0);
            Assert.Equal(i == 0, (flags & TcpFlags.Cwr) != 0);
            Assert.Equal(0xFFFF, NaiveTransportSum(frame, isIPv6, IPProtocol.Tcp));
            if (isIPv6)
            {
                Assert.Equal(frame.Length - Ethernet - 40, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(Ethernet + 4)));
            }
            else
            {
                Assert.Equal(WireError.None, IPv4Header.TryParse(frame.AsSpan(Ethernet), out IPv4Header ip));
                Assert.Equal(frame.Length - Ethernet, ip.TotalLength);
                Assert.Equal(77 + i, ip.Identification);
            }
        }

        Assert.Equal(0, _pool.Outstanding);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void What_was_cut_is_joined_to_what_it_was(bool isIPv6, int segmentSize, int payload)
    {
        byte[] packet = TcpPacket(isIPv6, payload, TcpFlags.Ack | TcpFlags.Psh);
        VirtioNetHeader offload = Offload(isIPv6, segmentSize);
        List<byte[]> frames = Segment(offload, packet, Ethernet);

        Coalescer coalescer = new(Ethernet);
        Assert.All(frames, f => Assert.True(coalescer.TryAdd(f)));
        byte[] joined = coalescer.Take().ToArray();

        Assert.True(coalescer.IsEmpty);
        Assert.Equal(frames, frames.Count == 1 ? [joined[VirtioNetHeader.Size..]] : Segment(VirtioNetHeader.Read(joined), joined[VirtioNetHeader.Size..], Ethernet));
        if (frames.Count > 1)
        {
            Assert.Equal(offload, VirtioNetHeader.Read(joined));
            Assert.Equal(packet, joined[VirtioNetHeader.Size..]);
        }
    }

    [Fact]
    public void A_udp_super_packet_becomes_datagrams()
    {
        byte[] packet = new byte[Ethernet + 20 + 8 + 2500];
        WriteIPv4(packet, IPProtocol.Udp);
        Random(packet.AsSpan(Ethernet + 28), 5);
        Span<byte> udp = packet.AsSpan(Ethernet + 20);
        BinaryPrimitives.WriteUInt16BigEndian(udp, 1111);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 2222);

        List<byte[]> frames = Segment(
            new VirtioNetHeader(VirtioNetFlags.NeedsChecksum, VirtioGsoType.UdpL4, Ethernet + 28, 1000, Ethernet + 20, 6), packet, Ethernet);

        Assert.Equal([1000, 1000, 500], frames.Select(f => f.Length - Ethernet - 28));
        Assert.All(frames, f =>
        {
            Assert.Equal(f.Length - Ethernet - 20, BinaryPrimitives.ReadUInt16BigEndian(f.AsSpan(Ethernet + 24)));
            Assert.Equal(0xFFFF, NaiveTransportSum(f, isIPv6: false, IPProtocol.Udp));
            Assert.Equal(1111, BinaryPrimitives.ReadUInt16BigEndian(f.AsSpan(Ethernet + 20)));
        });
        Assert.Equal(packet[(Ethernet + 28)..], frames.SelectMany(f => f[(Ethernet + 28)..]).ToArray());
    }

    [Fact]
    public void A_checksum_that_the_kernel_began_is_completed()
    {
        byte[] packet = TcpPacket(isIPv6: false, 333, TcpFlags.Ack);
        VirtioNetHeader offload = new(VirtioNetFlags.NeedsChecksum, VirtioGsoType.None, 0, 0, Ethernet + 20, 16);

        Assert.True(Segmenter.CompleteChecksum(offload, packet));

        Assert.Equal(0xFFFF, NaiveTransportSum(packet, isIPv6: false, IPProtocol.Tcp));
    }

    [Fact]
    public void A_header_that_makes_no_sense_is_refused_whatever_it_says()
    {
        byte[] packet = TcpPacket(isIPv6: false, 100, TcpFlags.Ack);
        Span<byte> header = stackalloc byte[VirtioNetHeader.Size];
        System.Random random = new(1);
        int accepted = 0;
        for (int i = 0; i < 100_000; i++)
        {
            random.NextBytes(header);
            header[1] = (byte)random.Next(8);
            header[7] &= 1;
            byte[] copy = packet[..random.Next(packet.Length)];
            if (copy.Length > Ethernet + 20)
            {
                copy[random.Next(Ethernet, copy.Length)] = (byte)random.Next(256);
            }

            VirtioNetHeader offload = VirtioNetHeader.Read(header);
            _ = Segmenter.CompleteChecksum(offload, copy);
            if (Segmenter.TryCreate(offload, copy, Ethernet, out Segmenter segmenter))
            {
                accepted++;
                while (segmenter.Next(_pool) is { } frame)
                {
                    frame.Deliver();
                }
            }
        }

        Assert.InRange(accepted, 1, 99_999);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Only_what_follows_is_joined()
    {
        List<byte[]> frames = Segment(Offload(isIPv6: false, 100), TcpPacket(isIPv6: false, 400, TcpFlags.Ack), Ethernet);

        Refused(f => f[Ethernet + 20 + 7]++);           // Another sequence number.
        Refused(f => f[Ethernet + 20 + 11]++);          // Another acknowledgment.
        Refused(f => f[Ethernet + 20 + 15]++);          // Another window.
        Refused(f => f[Ethernet + 20 + 13] |= 1);       // FIN.
        Refused(f => f[Ethernet + 20 + 13] |= 0x40);    // ECE.
        Refused(f => f[Ethernet + 20 + 31]++);          // Another timestamp.
        Refused(f => f[Ethernet + 20 + 1]++);           // Another port.
        Refused(f => f[Ethernet + 19]++);               // Another address.
        Refused(f => f[Ethernet + 8]--);                // Another TTL.
        Refused(f => f[Ethernet + 1]++);                // Another type of service.
        Refused(f => f[5]++);                           // Another station.
        Refused(f => f[Ethernet + 6] |= 0x20);          // A fragment.

        void Refused(Action<byte[]> change)
        {
            Coalescer coalescer = new(Ethernet);
            Assert.True(coalescer.TryAdd(frames[0]));
            byte[] changed = [.. frames[1]];
            change(changed);
            Assert.False(coalescer.TryAdd(changed));
            Assert.True(coalescer.TryAdd(frames[1]));
        }
    }

    [Fact]
    public void A_short_segment_or_a_push_ends_the_run()
    {
        List<byte[]> frames = Segment(Offload(isIPv6: false, 100), TcpPacket(isIPv6: false, 350, TcpFlags.Ack), Ethernet);
        byte[] next = [.. frames[3]];
        BinaryPrimitives.WriteUInt32BigEndian(next.AsSpan(Ethernet + 24), 1350);

        Coalescer coalescer = new(Ethernet);

        Assert.All(frames, f => Assert.True(coalescer.TryAdd(f)));
        Assert.False(coalescer.TryAdd(next));
    }

    [Fact]
    public void A_run_never_grows_beyond_an_ip_packet()
    {
        List<byte[]> frames = Segment(Offload(isIPv6: false, 1448), TcpPacket(isIPv6: false, 1448 * 45, TcpFlags.Ack), Ethernet);
        byte[] more = [.. frames[^1]];
        BinaryPrimitives.WriteUInt32BigEndian(more.AsSpan(Ethernet + 24), 1000 + (1448 * 45));

        Coalescer coalescer = new(Ethernet);

        Assert.All(frames, f => Assert.True(coalescer.TryAdd(f)));
        Assert.False(coalescer.TryAdd(more));
    }

    private static VirtioNetHeader Offload(bool isIPv6, int segmentSize)
    {
        int transport = Ethernet + (isIPv6 ? 40 : 20);
        return new VirtioNetHeader(
            VirtioNetFlags.NeedsChecksum,
            isIPv6 ? VirtioGsoType.TcpV6 : VirtioGsoType.TcpV4,
            (ushort)(transport + 32),
            (ushort)segmentSize,
            (ushort)transport,
            16);
    }

    private List<byte[]> Segment(in VirtioNetHeader offload, byte[] packet, int network)
    {
        Assert.True(Segmenter.TryCreate(offload, packet, network, out Segmenter segmenter));
        List<byte[]> frames = [];
        while (segmenter.Next(_pool) is { } frame)
        {
            frames.Add(frame.Bytes.ToArray());
            frame.Deliver();
        }

        Assert.Equal(segmenter.Count, frames.Count);
        return frames;
    }

    /// <summary>A packet as the kernel hands it out: the checksum field holds the pseudo header's sum.</summary>
    private static byte[] TcpPacket(bool isIPv6, int payload, TcpFlags flags)
    {
        int transport = Ethernet + (isIPv6 ? 40 : 20);
        byte[] packet = new byte[transport + 32 + payload];
        if (isIPv6)
        {
            EthernetHeader.Write(packet, new MacAddress(1), new MacAddress(2), EtherType.IPv6);
            Span<byte> ip = packet.AsSpan(Ethernet);
            ip[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(32 + payload));
            ip[6] = (byte)IPProtocol.Tcp;
            ip[7] = 64;
            IPv6Address.Parse("2001:db8::1").Write(ip[8..]);
            IPv6Address.Parse("2001:db8::2").Write(ip[24..]);
        }
        else
        {
            WriteIPv4(packet, IPProtocol.Tcp);
        }

        Span<byte> tcp = packet.AsSpan(transport);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, 1234);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], 80);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], 1000);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], 5000);
        tcp[12] = 8 << 4;
        tcp[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], 512);
        Convert.FromHexString("0101080A0000000100000002").CopyTo(tcp[20..]);
        Random(tcp[32..], payload);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], (ushort)NaivePseudoSum(packet, isIPv6, IPProtocol.Tcp, tcp.Length));
        return packet;
    }

    private static void WriteIPv4(byte[] packet, IPProtocol protocol)
    {
        EthernetHeader.Write(packet, new MacAddress(1), new MacAddress(2), EtherType.IPv4);
        Span<byte> ip = packet.AsSpan(Ethernet);
        IPv4Header.Write(ip, 0, ip.Length, 77, 0, 64, protocol, IPv4Address.Parse("10.0.0.1"), IPv4Address.Parse("10.0.0.2"));
    }

    private static void Random(Span<byte> bytes, int seed) => new Random(seed).NextBytes(bytes);

    /// <summary>RFC 1071 word by word: all ones when the checksum in place is right.</summary>
    private static int NaiveTransportSum(byte[] frame, bool isIPv6, IPProtocol protocol)
    {
        byte[] segment = frame[(Ethernet + (isIPv6 ? 40 : 20))..];
        return Fold(NaivePseudoSum(frame, isIPv6, protocol, segment.Length) + NaiveSum(segment));
    }

    private static int NaivePseudoSum(byte[] frame, bool isIPv6, IPProtocol protocol, int length)
    {
        byte[] addresses = isIPv6 ? frame[(Ethernet + 8)..(Ethernet + 40)] : frame[(Ethernet + 12)..(Ethernet + 20)];
        return Fold(NaiveSum(addresses) + (int)protocol + length);
    }

    private static int NaiveSum(byte[] bytes)
    {
        int sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
        }

        return sum;
    }

    private static int Fold(int sum)
    {
        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }
}
