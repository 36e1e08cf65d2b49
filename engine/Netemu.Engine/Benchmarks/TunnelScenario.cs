using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Filtering;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Benchmarks;

/// <summary>
/// A host, a chain of routers and a sink: 64-byte frames of many flows, forwarded plainly, or wrapped by the first of each
/// two routers and unwrapped by the second. One operation is one packet through one router.
/// </summary>
public sealed class TunnelScenario
{
    /// <summary>Routers of the chain: eight tunnels one after another.</summary>
    public const int ChainLength = 16;

    private const int Flows = 256;
    private const int FrameLength = 64;
    private static readonly Duration LinkDelay = Duration.FromMicroseconds(50);

    /// <summary>Ten milliseconds: short against what disturbs a shared machine, long against a look at the clock.</summary>
    private const long Slice = 10_000_000;

    private readonly Emulation _emulation = new(EmulationOptions.Default);
    private readonly FrameSink _sink = new();
    private readonly string _name;
    private SimTime _end = SimTime.Zero + (LinkDelay * (8 * (ChainLength + 1)));
    private long _operations;
    private long _nanoseconds;
    private long _allocated;
    private double _best = double.MaxValue;

    /// <summary>Builds the chain; <paramref name="kind"/> is "plain", "vxlan" or "ipip".</summary>
    private TunnelScenario(string kind)
    {
        _name = kind;
        Node source = _emulation.AddNode("source");
        EthernetDevice uplink = new(source.Root, "eth0");
        uplink.SetUp(true);
        EthernetDevice previous = uplink;
        LinkOptions options = new() { Delay = LinkDelay, RateBitsPerSecond = 100_000_000_000, QueueLimit = 1 << 20 };
        Node? before = null;
        for (int i = 0; i < ChainLength; i++)
        {
            Node router = _emulation.AddNode($"r{i}");
            router.Root.SetForwarding(true);
            router.Root.WritableHooks();
            EthernetDevice left = new(router.Root, "eth0");
            EthernetDevice right = new(router.Root, "eth1");
            router.Root.IPv4.AddAddress(left, new InterfaceAddress<IPv4Address>(Transfer(i, 2), 30));
            router.Root.IPv4.AddAddress(right, new InterfaceAddress<IPv4Address>(Transfer(i + 1, 1), 30));
            left.SetUp(true);
            right.SetUp(true);
            _emulation.Connect(previous, left, options);
            if (kind == "plain" || i % 2 == 1)
            {
                AddRoute(router, right, Transfer(i + 1, 2));
            }

            if (kind != "plain" && i % 2 == 1)
            {
                Join(kind, before!, router, i);
            }

            previous = right;
            before = router;
        }

        Node destination = _emulation.AddNode("sink");
        EthernetDevice last = new(destination.Root, "eth0");
        destination.Root.IPv4.AddAddress(last, new InterfaceAddress<IPv4Address>(Transfer(ChainLength, 2), 30));
        last.SetUp(true);
        _emulation.Connect(previous, last, options);
        destination.Root.WritableHooks().Add(AddressFamily.IPv4, HookPoint.Prerouting, -300, _sink);
        source.Schedule(new Generator(source, uplink, Templates(uplink.Mac, uplink.Link!.B.Mac)), SimTime.Zero);
    }

    /// <summary>
    /// Measures a plain chain and one of tunnels by turns, in short slices, so that whatever else the machine does weighs on
    /// both: their ratio is the figure.
    /// </summary>
    public static (BenchFigures Plain, BenchFigures Tunnel) Compare(string kind, Func<long> clock, long budget)
    {
        TunnelScenario plain = new("plain");
        TunnelScenario tunnel = new(kind);
        long start = clock();
        while (clock() - start < budget / 2)
        {
            plain.RunSlice(clock);
            tunnel.RunSlice(clock);
        }

        plain.Forget();
        tunnel.Forget();
        start = clock();
        while (clock() - start < 2 * budget)
        {
            plain.RunSlice(clock);
            tunnel.RunSlice(clock);
        }

        BenchFigures hop = plain.Figures();
        BenchFigures figures = tunnel.Figures();
        return (hop, figures with { PlainHops = figures.BestNanosecondsEach / hop.BestNanosecondsEach });
    }

    private static IPv4Address Transfer(int link, int host) => new((uint)(0x0A00_0000 + (link * 4) + host));

    private static void AddRoute(Node router, NetDevice device, IPv4Address gateway) =>
        router.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Parse("20.0.0.0/8"),
            NextHop = new NextHop<IPv4Address>(device, gateway, hasGateway: true, onLink: true),
        });

    /// <summary>The first router wraps for the second, over the link between them.</summary>
    private static void Join(string kind, Node first, Node second, int link)
    {
        IPv4Address local = Transfer(link, 1);
        IPv4Address remote = Transfer(link, 2);
        if (kind == "ipip")
        {
            IpipDevice near = IpipDevice.Create(first.Root, IpipDevice.FallbackName, new IPTunnelOptions(), out _)!;
            near.SetUp(true);
            IpipDevice.Create(second.Root, IpipDevice.FallbackName, new IPTunnelOptions(), out _)!.SetUp(true);
            AddRoute(first, near, remote);
            return;
        }

        VxlanDevice ingress = Vxlan(first.Root, local);
        VxlanDevice egress = Vxlan(second.Root, remote);
        IPv4Address inside = new((uint)(0x0B00_0000 + link));
        first.Root.IPv4.Neighbours.Set(ingress, inside, egress.Mac, NudState.Permanent);
        ingress.Fdb.Add(egress.Mac, new VxlanRemote(remote));
        AddRoute(first, ingress, inside);
    }

    private static VxlanDevice Vxlan(NetworkNamespace space, IPv4Address local)
    {
        VxlanOptions options = new() { Vni = 1, Local = local, Learning = false, UdpChecksum = false };
        VxlanDevice device = VxlanDevice.Create(space, "vxlan.calico", options, out _)!;
        device.SetUp(true);
        return device;
    }

    private static byte[][] Templates(MacAddress own, MacAddress gateway)
    {
        byte[][] flows = new byte[Flows][];
        for (int i = 0; i < Flows; i++)
        {
            IPv4Address destination = new((uint)(0x1400_0001 + (i << 8)));
            byte[] frame = new byte[FrameLength];
            EthernetHeader.Write(frame, gateway, own, EtherType.IPv4);
            Span<byte> packet = frame.AsSpan(EthernetHeader.Size);
            IPv4Header.Write(packet, 0, packet.Length, 0, 0, 255, IPProtocol.Udp, Transfer(0, 1), destination);
            Span<byte> datagram = packet[IPv4Header.MinimumSize..];
            uint pseudo = InternetChecksum.PseudoHeader(Transfer(0, 1), destination, IPProtocol.Udp, datagram.Length);
            UdpHeader.Write(datagram, (ushort)(1024 + i), 9, pseudo);
            flows[i] = frame;
        }

        return flows;
    }

    private void RunSlice(Func<long> clock)
    {
        long before = _sink.Count;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = clock();
        long now = start;
        while (now - start < Slice)
        {
            _end += LinkDelay * (ChainLength + 1);
            _emulation.RunUntil(_end);
            now = clock();
        }

        long operations = (_sink.Count - before) * ChainLength;
        _operations += operations;
        _nanoseconds += now - start;
        _allocated += GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (operations > 0)
        {
            _best = Math.Min(_best, (double)(now - start) / operations);
        }
    }

    private void Forget() => (_operations, _nanoseconds, _allocated, _best) = (0, 0, 0, double.MaxValue);

    private BenchFigures Figures() => new(_name, _operations, _nanoseconds, _allocated, _emulation.ComputeHash(), _best);

    private sealed class Generator(Node node, NetDevice device, byte[][] templates) : TimerEntry
    {
        private static readonly Duration Interval = Duration.FromNanoseconds(13_000);
        private int _next;

        public override void Expire()
        {
            Frame frame = node.Emulation.Frames.Rent(templates[_next]);
            frame.Flags |= FrameFlags.HeaderChecked | FrameFlags.TransportChecked;
            _next = (_next + 1) % templates.Length;
            device.Transmit(frame);
            node.Schedule(this, node.Now + Interval);
        }
    }
}
