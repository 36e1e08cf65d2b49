namespace Netemu.Live.Tests.Behaviours;

/// <summary>Pods behind proxy ARP for 169.254.1.1, as Calico wires them.</summary>
[Trait("Category", "Live")]
public sealed class CalicoWiringTests
{
    private const string Pod = "02:00:00:00:02:01";
    private const string Cali = "02:00:00:00:02:02";

    [Theory, OnEngine, OnKernel]
    public void A_default_route_elsewhere_makes_the_host_answer_for_the_gateway_and_for_other_pods(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        Build(network);
        network.AddRoute("n", "default via 10.0.0.1");
        using IFrameWatch watch = network.Watch("pod1", "eth0");

        network.Send("pod1", "eth0", Packets.ArpRequest(Pod, "10.65.0.2", "169.254.1.1"));
        network.Send("pod1", "eth0", Packets.ArpRequest(Pod, "10.65.0.2", "10.65.0.3"));
        network.Send("pod1", "eth0", Packets.ArpRequest(Pod, "10.65.0.2", "10.65.0.2"));

        Assert.Equal(
            [$"in {Cali} > {Pod} arp 10.65.0.3 is at {Cali}", $"in {Cali} > {Pod} arp 169.254.1.1 is at {Cali}"],
            watch.Incoming("arp"));
        Assert.Equal(["reply from 10.65.0.3 ttl 63 size 56"], network.Ping("pod1", "10.65.0.3"));
    }

    [Theory, OnEngine, OnKernel]
    public void Without_a_default_route_nobody_answers(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        Build(network);
        using IFrameWatch watch = network.Watch("pod1", "eth0");

        network.Send("pod1", "eth0", Packets.ArpRequest(Pod, "10.65.0.2", "169.254.1.1"));

        Assert.Empty(watch.Incoming("arp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_default_route_out_of_the_same_veth_is_no_reason_to_answer(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        Build(network);
        network.AddRoute("n", "default dev cali1");
        using IFrameWatch watch = network.Watch("pod1", "eth0");

        network.Send("pod1", "eth0", Packets.ArpRequest(Pod, "10.65.0.2", "169.254.1.1"));

        Assert.Empty(watch.Incoming("arp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_default_route_over_loopback_suffices(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        Build(network);
        network.AddRoute("n", "default dev lo");
        using IFrameWatch watch = network.Watch("pod1", "eth0");

        network.Send("pod1", "eth0", Packets.ArpRequest(Pod, "10.65.0.2", "169.254.1.1"));

        Assert.Equal([$"in {Cali} > {Pod} arp 169.254.1.1 is at {Cali}"], watch.Incoming("arp"));
    }

    [Theory, OnEngine, OnKernel]
    public void An_expired_packet_is_reported_by_the_uplink_for_the_veth_has_no_address(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        Build(network);
        network.AddRoute("n", "default via 10.0.0.1");

        Assert.Equal(["icmp 11/0 from 10.0.0.11"], network.Ping("pod1", "10.65.0.3", new PingProbe { Ttl = 1 }));
    }

    [Theory, OnEngine, OnKernel]
    public void A_pod_address_without_a_route_leaves_by_the_default_route_unless_its_block_is_a_blackhole(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        Build(network);
        network.AddRoute("n", "default via 10.0.0.1");
        using IFrameWatch watch = network.Watch("tor", "eth0");

        Assert.Equal([Answers.Timeout], network.Ping("pod1", "10.65.0.9"));
        Assert.Equal(
            ["in 02:00:00:00:01:02 > 02:00:00:00:01:01 10.65.0.2 > 10.65.0.9 icmp 8/0 ttl 63 size 84"], watch.Incoming("icmp"));

        network.AddRoute("n", "blackhole 10.65.0.0/26");
        Assert.Equal([Answers.Timeout], network.Ping("pod1", "10.65.0.9"));
        Assert.Empty(watch.Incoming("icmp"));
    }

    /// <summary>A node n (10.0.0.11) with an uplink to tor (10.0.0.1) and two pods with /32 addresses.</summary>
    private static void Build(IScenarioNetwork network)
    {
        network.AddNamespace("tor");
        network.AddNamespace("n", forwarding: true);
        network.AddVeth("tor", "eth0", "n", "eth0");
        network.AddAddress("tor", "eth0", "10.0.0.1/24");
        network.AddAddress("n", "eth0", "10.0.0.11/24");
        for (int i = 1; i <= 2; i++)
        {
            network.AddNamespace($"pod{i}");
            network.AddVeth($"pod{i}", "eth0", "n", $"cali{i}");
            network.SetSysctl("n", $"conf.cali{i}.proxy_arp", 1);
            network.SetSysctl("n", $"neigh.cali{i}.proxy_delay", 0);
            network.AddRoute("n", $"10.65.0.{i + 1} dev cali{i}");
            network.AddAddress($"pod{i}", "eth0", $"10.65.0.{i + 1}/32");
            network.AddRoute($"pod{i}", "169.254.1.1 dev eth0");
            network.AddRoute($"pod{i}", "default via 169.254.1.1");
        }
    }
}
