using System;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv4;

/// <summary>Reassembly as net/ipv4/ip_fragment.c does it.</summary>
public sealed class FragmentTests
{
    [Theory]
    [InlineData(new[] { 0, 8, 16 })]
    [InlineData(new[] { 16, 8, 0 })]
    [InlineData(new[] { 8, 0, 8, 16 })]
    public void Pieces_in_any_order_and_exact_duplicates_make_a_datagram(int[] offsets)
    {
        using EmulatedNetwork network = new();
        (EthernetDevice wire, Node host, FrameRecorder seen) = Target(network);
        foreach (int offset in offsets)
        {
            wire.Transmit(network.Emulation.Frames.Rent(Fragment(wire, host, offset, 8, offset < 16)));
        }

        network.RunSeconds(1);

        // Nobody listens: the port unreachable shows that the datagram was put together.
        Assert.Contains(seen.Received, f => IsIcmp(f.Bytes, 3, 3));
    }

    [Fact]
    public void An_overlap_throws_the_whole_datagram_away()
    {
        using EmulatedNetwork network = new();
        (EthernetDevice wire, Node host, _) = Target(network);
        wire.Transmit(network.Emulation.Frames.Rent(Fragment(wire, host, 0, 16, more: true)));
        wire.Transmit(network.Emulation.Frames.Rent(Fragment(wire, host, 8, 16, more: true)));
        network.RunSeconds(1);
        Assert.Equal(2, host.Root.Drops(DropReason.FragmentOverlap));
        Assert.Equal(0, network.Emulation.Frames.Outstanding);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(8, false)]
    public void The_timeout_after_30_s_is_reported_only_if_the_first_piece_came(int offset, bool reported)
    {
        using EmulatedNetwork network = new();
        (EthernetDevice wire, Node host, FrameRecorder seen) = Target(network);
        wire.Transmit(network.Emulation.Frames.Rent(Fragment(wire, host, offset, 8, more: true)));
        network.RunSeconds(29);
        Assert.Equal(0, host.Root.Drops(DropReason.FragmentTimeout));
        network.RunSeconds(5);
        Assert.Equal(1, host.Root.Drops(DropReason.FragmentTimeout));
        Assert.Equal(reported, Array.Exists([.. seen.Received], f => IsIcmp(f.Bytes, 11, 1)));
    }

    private static bool IsIcmp(byte[] frame, byte type, byte code) =>
        frame.Length > 36 && frame[12] == 8 && frame[13] == 0 && frame[23] == 1 && frame[34] == type && frame[35] == code;

    private static (EthernetDevice Wire, Node Host, FrameRecorder Seen) Target(EmulatedNetwork network)
    {
        Node host = network.Host("h");
        Node other = network.Host("wire");
        Link link = network.Join(host, "10.0.0.1/24", other, "10.0.0.9/24");
        return (link.B, host, new FrameRecorder(link.B));
    }

    /// <summary>A piece of a 24-byte UDP datagram.</summary>
    private static byte[] Fragment(EthernetDevice wire, Node host, int offset, int length, bool more)
    {
        IPv4Address from = IPv4Address.Parse("10.0.0.9");
        IPv4Address to = IPv4Address.Parse("10.0.0.1");
        byte[] datagram = new byte[24 + 16];
        UdpHeader.Write(datagram.AsSpan(0, 24), 1000, 2000, InternetChecksum.PseudoHeader(from, to, IPProtocol.Udp, 24));
        byte[] bytes = new byte[EthernetHeader.Size + IPv4Header.MinimumSize + length];
        EthernetHeader.Write(bytes, host.Root.Devices[1].Mac, wire.Mac, EtherType.IPv4);
        ushort flags = (ushort)((offset / 8) | (more ? IPv4Header.MoreFragmentsFlag : 0));
        IPv4Header.Write(bytes.AsSpan(EthernetHeader.Size), 0, IPv4Header.MinimumSize + length, 77, flags, 64, IPProtocol.Udp, from, to);
        datagram.AsSpan(offset, length).CopyTo(bytes.AsSpan(EthernetHeader.Size + IPv4Header.MinimumSize));
        return bytes;
    }
}
