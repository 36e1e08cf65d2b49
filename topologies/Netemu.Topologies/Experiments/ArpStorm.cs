using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Topologies.Experiments;

/// <summary>
/// N hosts that all talk to all: on one bridge every question of ARP reaches every host, N(N-1) questions and N of each;
/// with a route per host (/32 over a link of its own, as Calico does it) a host asks for its gateway and for nothing else.
/// </summary>
public sealed class ArpStorm : Experiment
{
    private static readonly IPv4Address s_first = new(10, 0, 0, 10);
    private static readonly IPv4Address s_gateway = new(169, 254, 1, 1);

    public override string Name => "arp-storm";

    public override string Summary => "All hosts talk to all: ARP on one bridge against a route per host.";

    public override IReadOnlyList<ExperimentParameter> Parameters { get; } =
    [
        new("hosts", ParameterKind.Numbers, "10,20,50,100", "Hosts") { Minimum = 2, Maximum = 1_000 },
        new("network", ParameterKind.Words, "bridge,routed", "bridge or routed") { Words = ["bridge", "routed"] },
    ];

    public override IReadOnlyList<ExperimentColumn> Columns { get; } =
    [
        new("hosts", "hosts"),
        new("network", "one bridge, or a route per host"),
        new("datagrams", "datagrams delivered: one for each ordered pair"),
        new("arpAtHosts", "ARP packets that hosts have received"),
        new("framesPerHost", "frames that a host has received, on average"),
        new("framesAtHosts", "frames that hosts have received in all"),
        new("wallSeconds", "wall time of the cell", IsMeasured: true),
    ];

    public override IReadOnlyList<ExperimentCell> Cells(ExperimentArguments arguments) => Product(arguments, "hosts", "network");

    public override ExperimentRow Run(ExperimentCell cell, ExperimentContext context)
    {
        long started = context.Clock();
        int hosts = cell.Number("hosts");
        bool bridged = cell.Text("network") == "bridge";
        Emulation emulation = new(EmulationOptions.Default);
        List<NetworkNamespace> machines = bridged ? Bridged(emulation, hosts) : Routed(emulation, hosts);
        PairTraffic traffic = new(machines, i => s_first.Add(i), Duration.FromSeconds(10));
        emulation.AtBarrier(SimTime.Zero, traffic.Start);
        emulation.RunUntil(SimTime.Zero + Duration.FromMilliseconds(9_999));
        context.ThrowIfInterrupted();

        // Each host has sent its datagrams once: whatever else has come is ARP.
        long received = machines.Sum(m => m.FindDevice("eth0")!.Counters.ReceivedPackets);
        long arp = received - (traffic.Sent - traffic.Lost);
        ExperimentRow row = new(cell.Index, cell.Key) { Hash = emulation.ComputeHash() };
        row.Expect("datagrams lost", 0, traffic.Lost);
        return row.With("hosts", hosts).With("network", cell.Text("network"))
            .With("datagrams", traffic.Sent - traffic.Lost)
            .With("arpAtHosts", arp)
            .With("framesAtHosts", received)
            .WithRatio("framesPerHost", (double)received / hosts)
            .With("wallSeconds", Duration.FromNanoseconds(context.Clock() - started));
    }

    public override ExperimentConclusion Conclude(IReadOnlyList<ExperimentRow> rows)
    {
        ExperimentConclusion conclusion = new();
        PlotSpec plot = new("Frames that hosts receive while all talk to all once", "hosts", "frames") { IsLogX = true, IsLogY = true };
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(r => r["network"]))
        {
            plot.Add(group.Key, group, "hosts", "framesAtHosts");
            List<(double, double)> points = [.. group.Select(r => (r.Number("hosts") ?? 0, r.Number("framesAtHosts") ?? 0))];
            if (LeastSquares.LogLogSlope(points) is { } slope)
            {
                conclusion.Findings.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{group.Key}: frames at hosts grow as N^{slope:0.00}."));
            }
        }

        conclusion.Plots.Add(plot);
        return conclusion;
    }

    private static List<NetworkNamespace> Bridged(Emulation emulation, int hosts)
    {
        Node segment = emulation.AddNode("switch");
        BridgeDevice bridge = new(segment.Root, "br0");
        bridge.SetUp(true);
        List<NetworkNamespace> machines = [];
        for (int i = 0; i < hosts; i++)
        {
            (NetworkNamespace host, EthernetDevice device) = AddHost(emulation, i, 16);
            EthernetDevice port = new(segment.Root, $"p{i}");
            port.SetUp(true);
            bridge.AddPort(port);
            emulation.Connect(device, port, LinkOptions.Default);
            machines.Add(host);
        }

        return machines;
    }

    private static List<NetworkNamespace> Routed(Emulation emulation, int hosts)
    {
        Node router = emulation.AddNode("router");
        router.Root.SetForwarding(true);
        List<NetworkNamespace> machines = [];
        for (int i = 0; i < hosts; i++)
        {
            (NetworkNamespace host, EthernetDevice device) = AddHost(emulation, i, 32);
            EthernetDevice port = new(router.Root, $"cali{i}");
            router.Root.IPv4.AddAddress(port, new InterfaceAddress<IPv4Address>(s_gateway, 32));
            port.SetUp(true);
            emulation.Connect(device, port, LinkOptions.Default);
            router.Root.IPv4.Routes.Add(new Route<IPv4Address>
            {
                Prefix = new Prefix<IPv4Address>(s_first.Add(i), 32),
                Scope = RouteScope.Link,
                NextHop = new NextHop<IPv4Address>(port, default, hasGateway: false),
            });
            host.IPv4.Routes.Add(new Route<IPv4Address>
            {
                Prefix = new Prefix<IPv4Address>(s_gateway, 32),
                Scope = RouteScope.Link,
                NextHop = new NextHop<IPv4Address>(device, default, hasGateway: false),
            });
            host.IPv4.Routes.Add(new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Default,
                NextHop = new NextHop<IPv4Address>(device, s_gateway, hasGateway: true),
            });
            machines.Add(host);
        }

        return machines;
    }

    private static (NetworkNamespace Host, EthernetDevice Device) AddHost(Emulation emulation, int index, int length)
    {
        Node node = emulation.AddNode($"h{index}");
        node.Root.Loopback.SetUp(true);
        EthernetDevice device = new(node.Root, "eth0");
        node.Root.IPv4.AddAddress(device, new InterfaceAddress<IPv4Address>(s_first.Add(index), length));
        device.SetUp(true);
        return (node.Root, device);
    }
}
