using System;
using System.Buffers.Binary;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>"Fragmentation needed" for TCP: believed only about a segment in flight (RFC 5927 section 7.2, RFC 1191).</summary>
public sealed class PathMtuErrorTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(1448, true)]
    [InlineData(-1, false)]
    [InlineData(1_000_000, false)]
    public void The_quoted_sequence_number_decides(int offset, bool believed)
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        pair.ToClient.Loses = (_, _) => true;
        connection.Write(TcpPair.Pattern(5 * 1448));
        uint first = pair.ToServer.Seen[^1].Sequence;

        Report(pair, connection, first + (uint)offset, 600);

        Assert.Equal(believed ? 600 - 20 - 20 - 12 : 1448, connection.SegmentSize);
        Assert.Equal(believed ? 0 : 1, pair.ClientTcp.Counters.OutOfWindowIcmps);
        pair.ToClient.Loses = null;
        pair.RunMilliseconds(3000);
        Assert.Equal(5 * 1448, pair.ServerOwner.Received.Count);
    }

    private static void Report(TcpPair pair, TcpConnection connection, uint sequence, ushort mtu)
    {
        const int Quoted = IPv4Header.MinimumSize + 8;
        Frame frame = pair.Emulation.Frames.Rent(EthernetHeader.Size + IPv4Header.MinimumSize + IcmpHeader.Size + Quoted);
        EthernetHeader.Write(frame.Bytes, pair.Cable.A.Mac, pair.Cable.B.Mac, EtherType.IPv4);
        Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
        IPv4Header.Write(
            packet, 0, packet.Length, 1, 0, 64, IPProtocol.Icmp, TcpPair.ServerAddress.IPv4, TcpPair.ClientAddress.IPv4);
        Span<byte> icmp = packet[IPv4Header.MinimumSize..];
        icmp.Clear();
        icmp[0] = 3;
        icmp[1] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(icmp[6..], mtu);
        Span<byte> quoted = icmp[IcmpHeader.Size..];
        IPv4Header.Write(
            quoted, 0, 1500, 0, IPv4Header.DontFragmentFlag, 64, IPProtocol.Tcp, TcpPair.ClientAddress.IPv4, TcpPair.ServerAddress.IPv4);
        BinaryPrimitives.WriteUInt16BigEndian(quoted[IPv4Header.MinimumSize..], connection.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(quoted[(IPv4Header.MinimumSize + 2)..], connection.RemotePort);
        BinaryPrimitives.WriteUInt32BigEndian(quoted[(IPv4Header.MinimumSize + 4)..], sequence);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], InternetChecksum.Finish(InternetChecksum.Sum(icmp, 0)));
        pair.Cable.B.Transmit(frame);
        pair.RunMilliseconds(5);
    }
}
