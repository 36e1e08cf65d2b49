using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>The example of the users' contract, field by field.</summary>
public sealed class ContractExampleTests
{
    private readonly TopologySpec _topology = Loaded.Clean(Loaded.Fixture("contract-example.yaml"));

    [Fact]
    public void Nodes_come_in_declaration_order_with_their_kinds()
    {
        Assert.Equal("two-subnets", _topology.Name);
        Assert.Equal(1UL, _topology.Seed);
        Assert.Equal(
            [("r1", NodeKind.Router), ("h1", NodeKind.Host), ("docker", NodeKind.Host), ("lan", NodeKind.Bridge)],
            _topology.Nodes.Select(n => (n.Name, n.Kind)));
    }

    [Fact]
    public void Interfaces_have_typed_addresses()
    {
        NodeSpec router = _topology.Nodes[0];

        Assert.Equal(["10.1.0.1/24", "2001:db8:1::1/64"], router.Root.FindInterface("eth1")!.Addresses.Select(a => a.ToString()));
        Assert.Equal(MacAddress.Parse("02:00:00:00:00:11"), _topology.Nodes[1].Root.FindInterface("eth1")!.Mac);
        RouteSpec route = Assert.Single(router.Root.Routes);
        Assert.Equal((InternetPrefix.Parse("172.17.0.0/16"), InternetAddress.Parse("10.2.0.2")), (route.To, route.Via!.Value));
        Assert.Equal("0.0.0.0/0", Assert.Single(_topology.Nodes[1].Root.Routes).To.ToString());
    }

    [Fact]
    public void Namespaces_hold_veth_and_macvlan()
    {
        NodeSpec docker = _topology.Nodes[2];

        InterfaceSpec veth = docker.FindNamespace("c1")!.FindInterface("eth0")!;
        Assert.Equal((InterfaceType.Veth, "docker0"), (veth.Type, veth.Master));
        InterfaceSpec macvlan = docker.FindNamespace("c2")!.FindInterface("eth0")!;
        Assert.Equal((InterfaceType.Macvlan, "eth1", InterfaceMode.Bridge), (macvlan.Type, macvlan.Parent, macvlan.Mode));
        Assert.Equal([(ProcessKind.Http, (int?)80)], docker.FindNamespace("c2")!.Processes.Select(p => (p.Kind, p.Port)));
        Assert.Equal(["ip netns exec c2 sysctl -w net.ipv4.tcp_congestion_control=reno"], docker.Exec.Select(c => c.Line));
        Assert.Equal("net.ipv4.ip_forward=1", string.Join(",", docker.Root.Sysctls.Select(s => $"{s.Name}={s.Value}")));
    }

    [Fact]
    public void Links_take_their_defaults_and_make_the_ports_of_a_bridge()
    {
        Assert.Equal([5_000_000L, 50_000, 50_000], _topology.Links.Select(l => l.Delay.Nanoseconds));
        Assert.All(_topology.Links, l => Assert.Equal((10_000_000_000L, 1500), (l.Rate!.Value.BitsPerSecond, l.Mtu)));
        ImpairSpec impair = _topology.Links[0].ImpairA!;
        Assert.Equal((Duration.FromMilliseconds(1), 1000), (impair.Jitter, impair.Limit));
        Assert.Same(impair, _topology.Links[0].ImpairB);
        Assert.Equal(["p1", "p2"], _topology.Nodes[3].Root.Interfaces.Select(i => i.Name));
    }

    [Fact]
    public void Steps_are_typed()
    {
        Assert.Equal(
            ["ping", "http", "tcp", "exec", "ping", "exec", "link", "route"], _topology.Steps.Select(s => s.Action.Kind));
        PingProbe ping = Assert.IsType<PingProbe>(_topology.Steps[0].Action);
        Assert.Equal(new NodeEndpoint("docker", "c1"), ping.To);
        Assert.Equal((3, Duration.FromMilliseconds(100), Duration.FromSeconds(2)), (ping.Count, ping.Interval, ping.Timeout));
        Assert.Equal(new StepTime(false, new SimTime(500_000_000)), _topology.Steps[0].At);
        Assert.Equal(StepTime.Converged, _topology.Steps[7].At);
        LinkChange link = Assert.IsType<LinkChange>(_topology.Steps[6].Action);
        Assert.Equal((new DeviceRef(new NodeEndpoint("r1", null), "eth2"), true), (link.Endpoint, link.Up));
        ExpectedMapping expect = Assert.IsType<ExpectedMapping>(_topology.Steps[0].Expect);
        ExpectedScalar rtt = Assert.IsType<ExpectedScalar>(expect.Entries[1].Value);
        Assert.Equal((Comparison.Less, "13ms"), (rtt.Comparison, rtt.Operand));
        Assert.Equal("refused", Assert.IsType<ExpectedScalar>(_topology.Steps[2].Expect).Operand);
        Assert.Equal(new DeviceRef(new NodeEndpoint("r1", null), "eth1"), Assert.Single(_topology.Captures).Device);
    }
}
