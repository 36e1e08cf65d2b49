using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Devices.Vxlan;
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
    private static readonly Duration s_interval = Duration.FromNanoseconds(13_000);

    private readonly BenchMeter _meter;

    /// <summary>Builds the chain; <paramref name="kind"/> is "plain", "vxlan" or "ipip".</summary>
    private TunnelScenario(string kind, Func<long> clock)
    {
        Emulation emulation = new(EmulationOptions.Default);
        FrameSink sink = new();
        Node? before = null;
        RouterChain chain = new(emulation, "", ChainLength, sink, (i, router, right) =>
        {
            router.Root.WritableHooks();
            if (kind == "plain" || i % 2 == 1)
            {
                AddRoute(router, right, RouterChain.Transfer(i + 1, 2));
            }

            if (kind != "plain" && i % 2 == 1)
            {
                Join(kind, before!, router, i);
            }

            before = router;
        });
        IPv4Address[] destinations = new IPv4Address[Flows];
        for (int i = 0; i < Flows; i++)
        {
            destinations[i] = new IPv4Address((uint)(0x1400_0001 + (i << 8)));
        }

        chain.Send(destinations, burst: 1, s_interval);
        emulation.RunUntil(SimTime.Zero + (RouterChain.LinkDelay * (8 * (ChainLength + 1))));
        _meter = new BenchMeter(kind, emulation, RouterChain.LinkDelay * (ChainLength + 1), () => sink.Count * ChainLength, clock);
    }

    /// <summary>
    /// Measures a plain chain and one of tunnels by turns, in short slices, so that whatever else the machine does weighs on
    /// both: their ratio is the figure.
    /// </summary>
    public static (BenchFigures Plain, BenchFigures Tunnel) Compare(string kind, Func<long> clock, long budget)
    {
        BenchMeter plain = new TunnelScenario("plain", clock)._meter;
        BenchMeter tunnel = new TunnelScenario(kind, clock)._meter;
        RunByTurns(plain, tunnel, clock, budget / 2);
        plain.Forget();
        tunnel.Forget();
        RunByTurns(plain, tunnel, clock, 2 * budget);
        BenchFigures hop = plain.Figures;
        BenchFigures figures = tunnel.Figures;
        return (hop, figures with { PlainHops = figures.BestNanosecondsEach / hop.BestNanosecondsEach });
    }

    private static void RunByTurns(BenchMeter one, BenchMeter other, Func<long> clock, long budget)
    {
        long start = clock();
        while (clock() - start < budget)
        {
            one.RunSlice();
            other.RunSlice();
        }
    }

    private static void AddRoute(Node router, NetDevice device, IPv4Address gateway) =>
        router.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Parse("20.0.0.0/8"),
            NextHop = new NextHop<IPv4Address>(device, gateway, hasGateway: true, onLink: true),
        });

    /// <summary>The first router wraps for the second, over the link between them.</summary>
    private static void Join(string kind, Node first, Node second, int link)
    {
        IPv4Address local = RouterChain.Transfer(link, 1);
        IPv4Address remote = RouterChain.Transfer(link, 2);
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
}
