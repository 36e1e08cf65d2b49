using System;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// Chains of a host, 16 routers with 1,250 prefixes each, and a sink (a TTL allows no chain of 2,048). 1,024 flows of 64-byte frames whose
/// destinations are zipf-distributed over the prefixes; links of 50 us with rate and queue; hooks, counters and hash on. The source paces
/// frames so that about <c>inFlight</c> of them are on their way at any moment.
/// </summary>
public sealed class ForwardingScenario
{
    /// <summary>Routers of one chain.</summary>
    public const int ChainLength = 16;

    private const int Prefixes = 1250;
    private const int Flows = 1024;
    private const int FrameLength = 64;
    private const long Slice = 20_000_000;
    private static readonly Duration LinkDelay = Duration.FromMicroseconds(50);

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly FrameSink _sink = new();
    /// <summary>Builds as many chains as <paramref name="routers"/> need; <paramref name="inFlight"/> counts over all.</summary>
    public ForwardingScenario(int routers, int inFlight)
    {
        RandomSource random = new(1, "bench/forward");
        Prefix<IPv4Address>[] prefixes = new Prefix<IPv4Address>[Prefixes];
        for (int i = 0; i < Prefixes; i++)
        {
            prefixes[i] = new Prefix<IPv4Address>(new IPv4Address((uint)(0x1400_0000 + (i << 8))), 24);
        }

        int chains = routers / ChainLength;
        for (int chain = 0; chain < chains; chain++)
        {
            BuildChain(chain, prefixes, random, inFlight / chains);
        }
    }

    /// <summary>Runs for a warm-up and then until the clock has advanced by <paramref name="budget"/> nanoseconds.</summary>
    public BenchFigures Run(Func<long> clock, long budget)
    {
        SimTime end = SimTime.Zero + (LinkDelay * (4 * (ChainLength + 1)));
        _emulation.RunUntil(end);
        Measure(clock, budget, ref end);
        return Measure(clock, budget, ref end);
    }

    private void BuildChain(int chain, Prefix<IPv4Address>[] prefixes, RandomSource random, int inFlight)
    {
        Node source = _emulation.AddNode($"source{chain}");
        EthernetDevice uplink = new(source.Root, "eth0");
        uplink.SetUp(true);
        EthernetDevice previous = uplink;
        LinkOptions options = new() { Delay = LinkDelay, RateBitsPerSecond = 100_000_000_000, QueueLimit = 1 << 20 };
        for (int i = 0; i < ChainLength; i++)
        {
            Node router = _emulation.AddNode($"r{chain}-{i}");
            router.Root.SetForwarding(true);
            router.Root.WritableHooks();
            EthernetDevice left = new(router.Root, "eth0");
            EthernetDevice right = new(router.Root, "eth1");
            router.Root.IPv4.AddAddress(left, new InterfaceAddress<IPv4Address>(Transfer(i, 2), 30));
            router.Root.IPv4.AddAddress(right, new InterfaceAddress<IPv4Address>(Transfer(i + 1, 1), 30));
            left.SetUp(true);
            right.SetUp(true);
            _emulation.Connect(previous, left, options);
            foreach (Prefix<IPv4Address> prefix in prefixes)
            {
                router.Root.IPv4.Routes.Add(new Route<IPv4Address>
                {
                    Prefix = prefix,
                    NextHop = new NextHop<IPv4Address>(right, Transfer(i + 1, 2), hasGateway: true),
                });
            }

            previous = right;
        }

        Node destination = _emulation.AddNode($"sink{chain}");
        EthernetDevice last = new(destination.Root, "eth0");
        destination.Root.IPv4.AddAddress(last, new InterfaceAddress<IPv4Address>(Transfer(ChainLength, 2), 30));
        last.SetUp(true);
        _emulation.Connect(previous, last, options);
        destination.Root.WritableHooks().Add(AddressFamily.IPv4, HookPoint.Prerouting, -300, _sink);
        long path = LinkDelay.Nanoseconds * (ChainLength + 1);
        int ticks = Math.Min(inFlight, 16 * (ChainLength + 1));
        byte[][] templates = Templates(prefixes, random, uplink.Mac, uplink.Link!.B.Mac);
        source.Schedule(new Generator(source, uplink, templates, inFlight / ticks, new Duration(path / ticks)), SimTime.Zero);
    }

    private static IPv4Address Transfer(int link, int host) => new((uint)(0x0A00_0000 + (link * 4) + host));

    /// <summary>The frames of all flows in an order that is zipf-distributed over the prefixes.</summary>
    private static byte[][] Templates(
        Prefix<IPv4Address>[] prefixes, RandomSource random, MacAddress own, MacAddress gateway)
    {
        byte[][] flows = new byte[Flows][];
        for (int i = 0; i < Flows; i++)
        {
            IPv4Address destination = prefixes[Zipf(random, prefixes.Length)].Address.Add(1 + random.NextBelow(254));
            byte[] frame = new byte[FrameLength];
            EthernetHeader.Write(frame, gateway, own, EtherType.IPv4);
            Span<byte> packet = frame.AsSpan(EthernetHeader.Size);
            IPv4Header.Write(packet, 0, packet.Length, 0, IPv4Header.DontFragmentFlag, 255, IPProtocol.Udp, Transfer(0, 1), destination);
            Span<byte> datagram = packet[IPv4Header.MinimumSize..];
            uint pseudo = InternetChecksum.PseudoHeader(Transfer(0, 1), destination, IPProtocol.Udp, datagram.Length);
            UdpHeader.Write(datagram, (ushort)(1024 + i), 9, pseudo);
            flows[i] = frame;
        }

        return flows;
    }

    /// <summary>A rank with probability proportional to 1/rank, by inverting the harmonic sum in integers.</summary>
    internal static int Zipf(RandomSource random, int count)
    {
        long total = 0;
        for (int rank = 1; rank <= count; rank++)
        {
            total += 1_000_000_000L / rank;
        }

        long drawn = random.NextBelow(total);
        for (int rank = 1; rank <= count; rank++)
        {
            drawn -= 1_000_000_000L / rank;
            if (drawn < 0)
            {
                return rank - 1;
            }
        }

        return count - 1;
    }

    private BenchFigures Measure(Func<long> clock, long budget, ref SimTime end)
    {
        long before = _sink.Count;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        double best = double.MaxValue;
        long start = clock();
        long now = start;
        while (now - start < budget)
        {
            long sliceStart = now;
            long sliceCount = _sink.Count;
            while (now - sliceStart < Slice)
            {
                end += LinkDelay * (ChainLength + 1);
                _emulation.RunUntil(end);
                now = clock();
            }

            best = Math.Min(best, (double)(now - sliceStart) / ((_sink.Count - sliceCount) * ChainLength));
        }

        return new BenchFigures(
            "forward",
            (_sink.Count - before) * ChainLength,
            now - start,
            GC.GetAllocatedBytesForCurrentThread() - allocated,
            _emulation.ComputeHash(),
            best);
    }

    private sealed class Generator(Node node, NetDevice device, byte[][] templates, int burst, Duration interval) : TimerEntry
    {
        private int _next;

        public override void Expire()
        {
            for (int i = 0; i < burst; i++)
            {
                Frame frame = node.Emulation.Frames.Rent(templates[_next]);
                frame.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked;
                _next = (_next + 1) % templates.Length;
                device.Transmit(frame);
            }

            node.Schedule(this, node.Now + interval);
        }
    }
}
