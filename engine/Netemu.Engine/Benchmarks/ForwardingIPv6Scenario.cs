using System;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Links;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// The chain of <see cref="ForwardingScenario"/> over IPv6: 16 routers with 1,250 /48 prefixes each, 1,024 zipf-distributed
/// flows, frames of 64 bytes, rate and queue, hooks present, counters and hash on. Neighbours are known from the start.
/// </summary>
public sealed class ForwardingIPv6Scenario
{
    private const int Prefixes = 1250;
    private const int Flows = 1024;
    private const int FrameLength = 64;
    private const int ChainLength = ForwardingScenario.ChainLength;

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly FrameSink _sink = new();

    /// <summary>Builds the chain; <paramref name="inFlight"/> frames are on their way at any moment.</summary>
    public ForwardingIPv6Scenario(int inFlight)
    {
        RandomSource random = new(1, "bench/forward6");
        Prefix<IPv6Address>[] prefixes = new Prefix<IPv6Address>[Prefixes];
        for (int i = 0; i < Prefixes; i++)
        {
            prefixes[i] = new Prefix<IPv6Address>(new IPv6Address(0x2600_0000_0000_0000 + ((ulong)i << 16), 0), 48);
        }

        LinkOptions options = new() { Delay = RouterChain.LinkDelay, RateBitsPerSecond = 100_000_000_000, QueueLimit = 1 << 20 };
        Node source = _emulation.AddNode("source");
        EthernetDevice uplink = new(source.Root, "eth0");
        uplink.SetUp(true);
        EthernetDevice previous = uplink;
        for (int i = 0; i < ChainLength; i++)
        {
            previous = AddRouter(i, previous, prefixes, options);
        }

        Node destination = _emulation.AddNode("sink");
        EthernetDevice last = Device(destination, "eth0", Transfer(ChainLength, 2));
        _emulation.Connect(previous, last, options);
        Know(previous, Transfer(ChainLength, 2), last);
        destination.Root.WritableHooks().Add(AddressFamily.IPv6, HookPoint.Prerouting, -300, _sink);
        byte[][] frames = Frames(prefixes, random, uplink.Mac, uplink.Link!.B.Mac);
        int burst = ForwardingScenario.PaceOf(inFlight, out Duration interval);
        source.Schedule(new FrameGenerator(source, uplink, frames, burst, interval), SimTime.Zero);
    }

    /// <summary>Runs for a warm-up and then until the clock has advanced by <paramref name="budget"/> nanoseconds.</summary>
    public BenchFigures Run(Func<long> clock, long budget)
    {
        _emulation.RunUntil(SimTime.Zero + (RouterChain.LinkDelay * (4 * (ChainLength + 1))));
        BenchMeter meter = new("forward6", _emulation, RouterChain.LinkDelay * (ChainLength + 1), () => _sink.Count * ChainLength, clock);
        meter.Measure(budget);
        return meter.Measure(budget);
    }

    private static IPv6Address Transfer(int link, int host) => new(0x2001_0DB8_0000_0000 + (ulong)link, (ulong)host);

    private static EthernetDevice Device(Node node, string name, IPv6Address address)
    {
        node.Root.WritableSettings.Default.AcceptDad = 0;
        EthernetDevice device = new(node.Root, name);
        device.SetUp(true);
        node.Root.IPv6.AddAddress(device, new InterfaceAddress<IPv6Address>(address, 64));
        return device;
    }

    private static void Know(NetDevice device, IPv6Address address, NetDevice neighbour) =>
        device.Namespace.IPv6.Neighbours.Set(device, address, neighbour.Mac, NudState.Permanent);

    private static byte[][] Frames(Prefix<IPv6Address>[] prefixes, RandomSource random, MacAddress own, MacAddress gateway)
    {
        byte[][] flows = new byte[Flows][];
        for (int i = 0; i < Flows; i++)
        {
            Prefix<IPv6Address> prefix = prefixes[ForwardingScenario.Zipf(random, prefixes.Length)];
            IPv6Address destination = prefix.Address.Add(1 + random.NextBelow(1 << 30));
            byte[] frame = new byte[FrameLength];
            EthernetHeader.Write(frame, gateway, own, EtherType.IPv6);
            Span<byte> packet = frame.AsSpan(EthernetHeader.Size);
            Span<byte> datagram = packet[IPv6Header.Size..];
            IPv6Header.Write(packet, 0, 0, datagram.Length, IPProtocol.Udp, 255, Transfer(0, 1), destination);
            uint pseudo = InternetChecksum.PseudoHeader(Transfer(0, 1), destination, IPProtocol.Udp, datagram.Length);
            UdpHeader.Write(datagram, (ushort)(1024 + i), 9, pseudo);
            flows[i] = frame;
        }

        return flows;
    }

    private EthernetDevice AddRouter(int index, EthernetDevice previous, Prefix<IPv6Address>[] prefixes, LinkOptions options)
    {
        Node router = _emulation.AddNode($"r{index}");
        router.Root.SetForwardingIPv6(true);
        router.Root.WritableHooks();
        EthernetDevice left = Device(router, "eth0", Transfer(index, 2));
        EthernetDevice right = Device(router, "eth1", Transfer(index + 1, 1));
        _emulation.Connect(previous, left, options);
        if (index > 0)
        {
            Know(previous, Transfer(index, 2), left);
        }

        foreach (Prefix<IPv6Address> prefix in prefixes)
        {
            router.Root.IPv6.Routes.Add(new Route<IPv6Address>
            {
                Prefix = prefix,
                Metric = 1024,
                NextHop = new NextHop<IPv6Address>(right, Transfer(index + 1, 2), hasGateway: true),
            });
        }

        return right;
    }
}
