using System;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv4;

/// <summary>The run of plain frames and the long way give the same bytes, times, counters and hash.</summary>
public sealed class ForwardRunTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Mixed_traffic_ends_the_same_with_a_tap_on_every_device_which_forces_the_long_way(int seed)
    {
        Outcome plain = Run(seed, tapped: false);
        Outcome tapped = Run(seed, tapped: true);
        Assert.Equal(tapped.Counters, plain.Counters);
        Assert.Equal(tapped.Drops, plain.Drops);
        Assert.Equal(tapped.Hash, plain.Hash);
        Assert.True(plain.Drops.Length > 4, $"The traffic meets many fates: {plain.Drops}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_checksum_leaves_a_router_as_that_of_a_header_made_anew(bool tapped)
    {
        // Given a router, and a packet with each identification, so that each checksum is met, that which becomes 0 included.
        using EmulatedNetwork network = new();
        Node source = network.Host("source");
        Node router = network.Router("router");
        Node sink = network.Host("sink");
        network.Join(source, "10.0.0.2/24", router, "10.0.0.1/24");
        network.Join(router, "10.0.1.1/24", sink, "10.0.1.2/24");
        Checksums seen = new();
        sink.Root.FindDevice("eth0")!.AddTap(seen);
        if (tapped)
        {
            router.Root.FindDevice("eth0")!.AddTap(new Blind());
        }

        // When they are sent, the first one ahead, for whom the neighbour is found.
        EthernetDevice uplink = (EthernetDevice)source.Root.FindDevice("eth0")!;
        MacAddress gateway = router.Root.FindDevice("eth0")!.Mac;
        network.Emulation.AtBarrier(SimTime.Zero, () => Send(0));
        for (int burst = 1; burst <= 128; burst++)
        {
            int last = burst * 512;
            network.Emulation.AtBarrier(SimTime.Zero + Duration.FromMilliseconds(burst), () =>
            {
                for (int id = last - 512; id < last; id++)
                {
                    Send((ushort)id);
                }
            });
        }

        network.Run(Duration.FromMilliseconds(200));

        // Then none has another checksum than it should, and all have come.
        Assert.Equal((ushort.MaxValue + 2, 0), (seen.Count, seen.Wrong));

        void Send(ushort id)
        {
            Frame frame = network.Emulation.Frames.Rent(EthernetHeader.Size + 28);
            frame.Bytes.Clear();
            EthernetHeader.Write(frame.Bytes, gateway, uplink.Mac, EtherType.IPv4);
            Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
            IPv4Header.Write(packet, 0, packet.Length, id, 0, 64, IPProtocol.Udp, new IPv4Address(0x0A000002), new IPv4Address(0x0A000102));
            UdpHeader.Write(packet[IPv4Header.MinimumSize..], 9, 9, 0);
            frame.Flags |= FrameFlags.HeaderChecked;
            uplink.Transmit(frame);
        }
    }

    /// <summary>Three routers in a row with a narrow middle; bursts of packets good and bad; a link that goes down meanwhile.</summary>
    private static Outcome Run(int seed, bool tapped)
    {
        using EmulatedNetwork network = new();
        Node source = network.Host("source");
        Node[] routers = [network.Router("r0"), network.Router("r1"), network.Router("r2")];
        Node sink = network.Host("sink");
        LinkOptions options = new() { RateBitsPerSecond = 1_000_000_000, QueueLimit = 20 };
        network.Join(source, "10.0.0.2/24", routers[0], "10.0.0.1/24", options);
        network.Join(routers[0], "10.0.1.1/24", routers[1], "10.0.1.2/24", options, mtu: 1000);
        network.Join(routers[1], "10.0.2.1/24", routers[2], "10.0.2.2/24", options);
        Link last = network.Join(routers[2], "10.0.3.1/24", sink, "10.0.3.2/24", options);
        EmulatedNetwork.Route(source, "default", "10.0.0.1");
        EmulatedNetwork.Route(sink, "default", "10.0.3.1");
        for (int i = 0; i < 3; i++)
        {
            EmulatedNetwork.Route(routers[i], "20.0.0.0/8", i == 2 ? "10.0.3.2" : $"10.0.{i + 1}.2");
            for (int j = 0; j < 30 * i; j++)
            {
                EmulatedNetwork.Route(routers[i], $"20.{j}.0.0/16", i == 2 ? "10.0.3.2" : $"10.0.{i + 1}.2");
            }
        }

        EmulatedNetwork.Route(sink, "20.0.0.0/8", "10.0.3.1");
        NetDevice[] devices = [.. network.Emulation.Nodes.SelectMany(n => n.Root.Devices)];
        if (tapped)
        {
            foreach (NetDevice device in devices)
            {
                device.AddTap(new Blind());
            }
        }

        RandomSource random = new(seed, "forward-run");
        EthernetDevice uplink = (EthernetDevice)source.Root.FindDevice("eth0")!;
        MacAddress gateway = routers[0].Root.FindDevice("eth0")!.Mac;
        source.Schedule(new Sender(source, uplink, gateway, random), SimTime.Zero);
        network.Emulation.AtBarrier(SimTime.Zero + Duration.FromMilliseconds(30), () => network.Emulation.SetLinkState(last, false));
        network.Emulation.AtBarrier(SimTime.Zero + Duration.FromMilliseconds(40), () => network.Emulation.SetLinkState(last, true));
        network.Run(Duration.FromMilliseconds(80));
        string counters = string.Join('\n', devices.Select(d =>
            $"{d.QualifiedName} {d.Counters.ReceivedPackets} {d.Counters.ReceivedBytes} {d.Counters.ReceiveDropped} "
            + $"{d.Counters.TransmittedPackets} {d.Counters.TransmittedBytes} {d.Counters.TransmitDropped}"));
        string drops = string.Join(' ', network.Emulation.Frames.Accounting.Drops().Select(d => $"{d.Key}={d.Value}"));
        return new Outcome(network.Emulation.ComputeHash(), counters, drops);
    }

    private sealed record Outcome(ulong Hash, string Counters, string Drops);

    /// <summary>Counts the UDP datagrams that come in, and those among them whose header would be made with another checksum.</summary>
    private sealed class Checksums : IFrameTap
    {
        public int Count { get; private set; }

        public int Wrong { get; private set; }

        public void Seen(Frame frame, NetDevice device, bool outgoing)
        {
            Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
            if (outgoing || IPv4Header.TryParse(packet, out IPv4Header header) != WireError.None || header.Protocol != IPProtocol.Udp)
            {
                return;
            }

            byte[] anew = packet[..IPv4Header.MinimumSize].ToArray();
            IPv4Header.WriteChecksum(anew);
            Count++;
            Wrong += packet.StartsWith(anew) ? 0 : 1;
        }
    }

    private sealed class Blind : IFrameTap
    {
        public void Seen(Frame frame, NetDevice device, bool outgoing)
        {
        }
    }

    /// <summary>Sends bursts of packets: most are plain; some are too long, too old, broken, for somebody else, or lead nowhere.</summary>
    private sealed class Sender(Node node, EthernetDevice device, MacAddress gateway, RandomSource random) : TimerEntry
    {
        public override void Expire()
        {
            for (long i = 1 + random.NextBelow(30); i > 0; i--)
            {
                Send();
            }

            if (node.Now < SimTime.Zero + Duration.FromMilliseconds(60))
            {
                node.Schedule(this, node.Now + Duration.FromMicroseconds(50 + random.NextBelow(400)));
            }
        }

        private void Send()
        {
            int fate = (int)random.NextBelow(24);
            int length = fate == 0 ? 1400 : (int)(28 + random.NextBelow(200));
            IPv4Address destination = fate switch
            {
                1 => new IPv4Address(0x0A000302),
                2 => new IPv4Address(0x0A000201),
                3 => new IPv4Address(0x1E000001),
                4 => new IPv4Address(0x7F000001),
                5 => new IPv4Address(0xE0000005),
                _ => new IPv4Address((uint)(0x1400_0000 + random.NextBelow(0x0100_0000))),
            };
            uint source = fate == 6 ? 0x0A000001u : fate == 7 ? 0u : 0x0A000002u;
            byte ttl = fate == 8 ? (byte)(1 + random.NextBelow(3)) : (byte)64;
            Frame frame = node.Emulation.Frames.Rent(EthernetHeader.Size + length + (fate == 9 ? 6 : 0));
            frame.Bytes.Clear();
            EthernetHeader.Write(frame.Bytes, fate == 10 ? MacAddress.Broadcast : gateway, device.Mac, fate == 11 ? (ushort)0x9000 : EtherType.IPv4);
            Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
            ushort flags = random.NextBelow(2) == 0 ? IPv4Header.DontFragmentFlag : (ushort)0;
            IPv4Header.Write(packet, 0, length, 0, flags, ttl, IPProtocol.Udp, new IPv4Address(source), destination);
            UdpHeader.Write(packet[IPv4Header.MinimumSize..length], 9, 9, 0);
            if (fate == 12)
            {
                packet[IPv4Header.ChecksumOffset] ^= 1;
            }
            else if (fate > 13)
            {
                frame.Flags |= FrameFlags.HeaderChecked;
            }

            device.Transmit(frame);
        }
    }
}
