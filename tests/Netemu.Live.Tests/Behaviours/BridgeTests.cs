using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>Learning, flooding and addresses of bridges.</summary>
[Trait("Category", "Live")]
public sealed class BridgeTests
{
    private const string Broadcast = "ff:ff:ff:ff:ff:ff";
    private const string Unknown = "02:00:00:00:99:99";
    private const string Station = "02:00:00:00:aa:01";
    private const string OtherStation = "02:00:00:00:aa:02";

    [Theory, OnEngine, OnKernel]
    public void An_egress_port_takes_four_bytes_more_than_its_MTU(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged(hosts: 2);
        network.SetMtu("b", "p2", 1400);
        using IFrameWatch watch = network.Watch("h2", "eth0");
        using IFrameWatch sender = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", Packets.Ethernet("02:00:00:00:02:01", Station, payload: 1404));
        network.Send("h1", "eth0", Packets.Ethernet("02:00:00:00:02:01", Station, payload: 1405));

        Assert.Equal([$"in {Station} > 02:00:00:00:02:01 type 88b5 size 1404"], watch.Frames());
        Assert.Empty(sender.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_frame_for_its_own_ingress_port_is_dropped_but_teaches_its_source(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        network.Send("h1", "eth0", Packets.Ethernet(Unknown, Station));
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.Send("h1", "eth0", Packets.Ethernet(Station, OtherStation));

        Assert.Empty(watch.Frames());
        Assert.Equal([$"{Station} p1", $"{OtherStation} p1"], network.Fdb("b", "br0"));
    }

    [Theory]
    [OnEngine, OnKernel]
    public void Reserved_groups_are_dropped_or_forwarded_and_teach_as_the_kernel_has_it(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        using IFrameWatch watch = network.Watch("h2", "eth0");

        foreach (string last in new[] { "00", "01", "03", "0e", "10" })
        {
            network.Send("h1", "eth0", Packets.Ethernet($"01:80:c2:00:00:{last}", $"02:00:00:00:c2:{last}"));
        }

        Assert.Equal(
            [
                "in 02:00:00:00:c2:00 > 01:80:c2:00:00:00 type 88b5 size 46",
                "in 02:00:00:00:c2:10 > 01:80:c2:00:00:10 type 88b5 size 46",
            ],
            watch.Frames());
        Assert.Equal(
            ["02:00:00:00:c2:00 p1", "02:00:00:00:c2:03 p1", "02:00:00:00:c2:0e p1", "02:00:00:00:c2:10 p1"],
            network.Fdb("b", "br0"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_frame_from_a_group_or_from_nobody_is_dropped(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.Send("h1", "eth0", Packets.Ethernet(Broadcast, "03:00:00:00:00:01"));
        network.Send("h1", "eth0", Packets.Ethernet(Broadcast, "00:00:00:00:00:00"));

        Assert.Empty(watch.Frames());
        Assert.Empty(network.Fdb("b", "br0"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_station_moves_with_its_first_frame(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        network.Send("h1", "eth0", Packets.Ethernet(Broadcast, Station));
        Assert.Equal([$"{Station} p1"], network.Fdb("b", "br0"));

        network.Send("h2", "eth0", Packets.Ethernet(Broadcast, Station));
        Assert.Equal([$"{Station} p2"], network.Fdb("b", "br0"));
        using IFrameWatch watch = network.Watch("h1", "eth0");
        network.Send("h3", "eth0", Packets.Ethernet(Station, OtherStation));

        Assert.Empty(watch.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void Flooding_leaves_out_the_ingress_port_unless_it_is_a_hairpin(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        using IFrameWatch first = network.Watch("h1", "eth0");
        using IFrameWatch third = network.Watch("h3", "eth0");

        network.Send("h1", "eth0", Packets.Ethernet(Unknown, Station));
        network.Send("h1", "eth0", Packets.Ethernet(Broadcast, Station));
        Assert.Empty(first.Incoming("88b5"));
        Assert.Equal(
            [$"in {Station} > {Unknown} type 88b5 size 46", $"in {Station} > {Broadcast} type 88b5 size 46"],
            third.Frames());

        network.SetPort("b", "p1", "hairpin", true);
        network.Send("h1", "eth0", Packets.Ethernet(Unknown, Station));
        network.Send("h1", "eth0", Packets.Ethernet(Broadcast, Station));
        Assert.Equal(
            [$"in {Station} > {Unknown} type 88b5 size 46", $"in {Station} > {Broadcast} type 88b5 size 46"],
            first.Incoming("88b5"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_port_without_flooding_still_passes_broadcasts(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        network.SetPort("b", "p2", "flood", false);
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.Send("h1", "eth0", Packets.Ethernet(Unknown, Station));
        network.Send("h1", "eth0", Packets.Ethernet(Broadcast, Station));

        Assert.Equal([$"in {Station} > {Broadcast} type 88b5 size 46"], watch.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void Isolated_ports_reach_only_ports_that_are_not(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        network.SetPort("b", "p1", "isolated", true);
        network.SetPort("b", "p2", "isolated", true);
        PingProbe probe = new() { Timeout = PingProbe.PastNeighbourFailure };

        Assert.Equal(["icmp 3/1 from 10.0.0.1"], network.Ping("h1", "10.0.0.2", probe));
        Assert.Equal(["reply from 10.0.0.3 ttl 64 size 56"], network.Ping("h1", "10.0.0.3"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_port_without_learning_teaches_nothing(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        network.SetPort("b", "p1", "learning", false);

        network.Send("h1", "eth0", Packets.Ethernet(Broadcast, Station));

        Assert.Empty(network.Fdb("b", "br0"));
    }

    [Theory, OnEngine, OnKernel]
    public void The_bridge_has_its_lowest_port_address_and_answers_to_the_ingress_ports_address_too(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        network.AddAddress("b", "br0", "10.0.0.254/24");
        Assert.Equal(MacAddress.Parse("02:00:00:00:01:02"), network.MacOf("b", "br0"));
        using IFrameWatch watch = network.Watch("h2", "eth0");

        // When h2 addresses the bridge by the address of the port that it is at.
        network.Send("h2", "eth0", Packets.IPv4(
            "02:00:00:00:02:02", "02:00:00:00:02:01", "10.0.0.2", "10.0.0.254", IPProtocol.Icmp, Packets.Echo()));

        Assert.Equal(
            ["in 02:00:00:00:01:02 > 02:00:00:00:02:01 10.0.0.254 > 10.0.0.2 icmp 0/0 ttl 64 size 36"], watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_frame_for_another_ports_address_goes_up_as_one_for_somebody_else(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        network.AddAddress("b", "br0", "10.0.0.254/24");
        using IFrameWatch sender = network.Watch("h1", "eth0");
        using IFrameWatch bridge = network.Watch("b", "br0");
        using IFrameWatch neighbour = network.Watch("h2", "eth0");

        network.Send("h1", "eth0", Packets.IPv4(
            "02:00:00:00:02:02", "02:00:00:00:01:01", "10.0.0.1", "10.0.0.254", IPProtocol.Icmp, Packets.Echo()));

        Assert.Equal(
            ["in 02:00:00:00:01:01 > 02:00:00:00:02:02 10.0.0.1 > 10.0.0.254 icmp 8/0 ttl 64 size 36"], bridge.Incoming("icmp"));
        Assert.Empty(sender.Incoming("icmp"));
        Assert.Empty(neighbour.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void An_address_on_another_bridge_answers_too(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildBridged();
        network.AddBridge("b", "br1");
        network.AddAddress("b", "br0", "10.0.0.254/24");
        network.AddAddress("b", "br1", "10.5.0.254/24");
        network.AddRoute("h1", "10.5.0.0/24 dev eth0");

        Assert.Equal(["reply from 10.5.0.254 ttl 64 size 56"], network.Ping("h1", "10.5.0.254"));
        Assert.Equal(["10.5.0.254 eth0 02:00:00:00:01:02"], network.Neighbours("h1").Where(line => line.StartsWith("10.5", System.StringComparison.Ordinal)));
    }
}
