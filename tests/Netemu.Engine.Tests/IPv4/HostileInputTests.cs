using System;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv4;

/// <summary>Bad frames of every kind end in a counted drop, never in an exception, a hang or a lost frame.</summary>
public sealed class HostileInputTests
{
    [Fact]
    public void Every_truncation_of_a_datagram_ends_in_a_reason()
    {
        using EmulatedNetwork network = new();
        (EthernetDevice wire, Node host) = Target(network);
        byte[] whole = Datagram(wire, host, 100);
        for (int length = 0; length <= whole.Length; length++)
        {
            wire.Transmit(network.Emulation.Frames.Rent(whole.AsSpan(0, length)));
        }

        network.RunSeconds(2);
        Assert.Equal(whole.Length, host.Root.Drops(DropReason.MalformedIPv4) + host.Root.Drops(DropReason.MalformedFrame));
    }

    [Fact]
    public void Lengths_that_lie_end_in_a_reason()
    {
        using EmulatedNetwork network = new();
        (EthernetDevice wire, Node host) = Target(network);
        byte[] good = Datagram(wire, host, 100);
        for (int ihl = 0; ihl < 16; ihl++)
        {
            for (int total = 0; total < 160; total += 7)
            {
                byte[] bytes = (byte[])good.Clone();
                bytes[14] = (byte)(0x40 | ihl);
                bytes[16] = 0;
                bytes[17] = (byte)total;
                wire.Transmit(network.Emulation.Frames.Rent(bytes));
            }
        }

        network.RunSeconds(2);
        Assert.Equal(network.Emulation.Frames.Accounting.Sent, network.Emulation.Frames.Accounting.Delivered + network.Emulation.Frames.Accounting.Dropped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_bytes_and_random_changes_do_no_harm(int seed)
    {
        using EmulatedNetwork network = new();
        (EthernetDevice wire, Node host) = Target(network);
        host.Root.SetForwarding(true);
        host.Root.IPv6.Enable();
        RandomSource random = new(seed, "test/hostile");
        byte[] good = Datagram(wire, host, 200);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] bytes = new byte[random.NextBetween(0, 300)];
            random.NextBytes(bytes);
            if (i % 2 == 0)
            {
                bytes = (byte[])good.Clone();
                for (int change = 0; change < 3; change++)
                {
                    bytes[random.NextBelow(bytes.Length)] = (byte)random.NextBelow(256);
                }

                if (random.NextChance(1, 2))
                {
                    IPv4Header.WriteChecksum(bytes.AsSpan(14, 20));
                }
            }
            else if (bytes.Length > 14)
            {
                ushort type = random.NextBelow(4) switch { 0 => EtherType.IPv4, 1 => EtherType.IPv6, 2 => EtherType.Arp, _ => 0x1234 };
                EthernetHeader.Write(bytes, random.NextChance(1, 2) ? MacAddress.Broadcast : host.Root.Devices[1].Mac, wire.Mac, type);
            }

            wire.Transmit(network.Emulation.Frames.Rent(bytes));
        }

        network.RunSeconds(120);
        Assert.Equal(network.Emulation.Frames.Outstanding, network.Emulation.CountHeldFrames());
    }

    [Theory]
    [InlineData("127.0.0.1", "10.0.0.1", DropReason.MartianSource)]
    [InlineData("0.0.0.0", "10.0.0.1", DropReason.MartianSource)]
    [InlineData("224.0.0.5", "10.0.0.1", DropReason.MartianSource)]
    [InlineData("255.255.255.255", "10.0.0.1", DropReason.MartianSource)]
    [InlineData("10.0.0.1", "10.0.0.1", DropReason.MartianSource)]
    [InlineData("10.0.0.9", "127.0.0.1", DropReason.MartianDestination)]
    public void Martians_are_dropped_silently(string source, string destination, DropReason reason)
    {
        using EmulatedNetwork network = new();
        (EthernetDevice wire, Node host) = Target(network);
        FrameRecorder seen = new(wire);
        byte[] bytes = Datagram(wire, host, 20, source, destination);
        wire.Transmit(network.Emulation.Frames.Rent(bytes));
        network.RunSeconds(1);
        Assert.Equal(1, host.Root.Drops(reason));
        Assert.Empty(seen.Received);
    }

    private static (EthernetDevice Wire, Node Host) Target(EmulatedNetwork network)
    {
        Node host = network.Host("h");
        Link link = network.Join(host, "10.0.0.1/24", network.Emulation.AddNode("wire"), "", new LinkOptions { QueueLimit = 1 << 20 });
        return (link.B, host);
    }

    private static byte[] Datagram(
        EthernetDevice wire, Node host, int payload, string source = "10.0.0.9", string destination = "10.0.0.1")
    {
        byte[] bytes = new byte[EthernetHeader.Size + IPv4Header.MinimumSize + UdpHeader.Size + payload];
        EthernetHeader.Write(bytes, host.Root.Devices[1].Mac, wire.Mac, EtherType.IPv4);
        Span<byte> packet = bytes.AsSpan(EthernetHeader.Size);
        IPv4Address from = IPv4Address.Parse(source);
        IPv4Address to = IPv4Address.Parse(destination);
        IPv4Header.Write(packet, 0, packet.Length, 1, 0, 64, IPProtocol.Udp, from, to);
        Span<byte> datagram = packet[IPv4Header.MinimumSize..];
        UdpHeader.Write(datagram, 1000, 2000, InternetChecksum.PseudoHeader(from, to, IPProtocol.Udp, datagram.Length));
        return bytes;
    }
}
