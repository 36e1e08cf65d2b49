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

namespace Netemu.Engine.Tests.IPv6;

/// <summary>The run of plain IPv6 packets and the long way give the same bytes, times, counters and hash.</summary>
public sealed class ForwardRunIPv6Tests
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
        Assert.True(plain.Drops.Split(' ').Length > 5, $"The traffic meets many fates: {plain.Drops}");
    }

    /// <summary>Three routers in a row with a narrow middle; bursts of packets good and bad, of both families; a link that goes down.</summary>
    private static Outcome Run(int seed, bool tapped)
    {
        using EmulatedNetwork network = new();
        Node source = network.Host("source");
        Node[] routers = [network.Router("r0"), network.Router("r1"), network.Router("r2")];
        Node sink = network.Host("sink");
        LinkOptions options = new() { RateBitsPerSecond = 1_000_000_000, QueueLimit = 20 };
        network.Join(source, "2001:db8:0::2/64", routers[0], "2001:db8:0::1/64", options);
        network.Join(routers[0], "2001:db8:1::1/64", routers[1], "2001:db8:1::2/64", options, mtu: 1280);
        network.Join(routers[1], "2001:db8:2::1/64", routers[2], "2001:db8:2::2/64", options);
        Link last = network.Join(routers[2], "2001:db8:3::1/64", sink, "2001:db8:3::2/64", options);
        EmulatedNetwork.Route(source, "default", "2001:db8:0::1");
        EmulatedNetwork.Route(sink, "default", "2001:db8:3::1");
        for (int i = 0; i < 3; i++)
        {
            string next = i == 2 ? "2001:db8:3::2" : $"2001:db8:{i + 1}::2";
            EmulatedNetwork.Route(routers[i], "2001:db8:20::/44", next);
            for (int j = 0; j < 30 * i; j++)
            {
                EmulatedNetwork.Route(routers[i], $"2001:db8:20:{j:x}::/64", next);
            }
        }

        NetDevice[] devices = [.. network.Emulation.Nodes.SelectMany(n => n.Root.Devices)];
        foreach (NetDevice device in tapped ? devices : [])
        {
            device.AddTap(new Blind());
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
            int payload = fate == 0 ? 1400 : (int)(8 + random.NextBelow(200));
            IPv6Address destination = fate switch
            {
                1 => IPv6Address.Parse("2001:db8:3::2"),
                2 => IPv6Address.Parse("2001:db8:2::1"),
                3 => IPv6Address.Parse("2001:db9::1"),
                4 => IPv6Address.Loopback,
                5 => IPv6Address.Parse("ff05::5"),
                6 => IPv6Address.Parse("fe80::5"),
                _ => new IPv6Address(0x2001_0DB8_0020_0000 + (ulong)random.NextBelow(40), (ulong)random.NextBelow(1 << 20)),
            };
            IPv6Address source = fate switch
            {
                7 => default,
                8 => IPv6Address.Parse("fe80::2"),
                _ => IPv6Address.Parse("2001:db8::2"),
            };
            byte limit = fate == 9 ? (byte)(1 + random.NextBelow(3)) : (byte)64;
            IPProtocol next = fate switch { 10 => IPProtocol.HopByHop, 11 => IPProtocol.DestinationOptions, _ => IPProtocol.Udp };
            Frame frame = node.Emulation.Frames.Rent(EthernetHeader.Size + IPv6Header.Size + payload + (fate == 12 ? 6 : 0));
            frame.Bytes.Clear();
            ushort type = fate switch { 13 => (ushort)0x9000, 14 => EtherType.IPv4, _ => EtherType.IPv6 };
            EthernetHeader.Write(frame.Bytes, fate == 15 ? MacAddress.Broadcast : gateway, device.Mac, type);
            Span<byte> packet = frame.Bytes[EthernetHeader.Size..];
            IPv6Header.Write(packet, (byte)random.NextBelow(256), 0, fate == 16 ? payload + 9 : payload, next, limit, source, destination);
            if (next != IPProtocol.Udp)
            {
                packet[IPv6Header.Size] = (byte)IPProtocol.Udp;
            }

            device.Transmit(frame);
        }
    }
}
