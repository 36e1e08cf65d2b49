namespace Netemu.Live.Tests.Behaviours;

/// <summary>Carrier and MTU of veth pairs.</summary>
[Trait("Category", "Live")]
public sealed class VethTests
{
    [Theory, OnEngine, OnKernel]
    public void Without_carrier_the_route_stays_and_a_ping_ends_in_host_unreachable_from_the_own_address(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.SetUp("h2", "eth0", false);

        Assert.Equal(["10.0.0.0/24 dev eth0"], network.Routes("h1"));
        Assert.Equal(
            ["icmp 3/1 from 10.0.0.1"],
            network.Ping("h1", "10.0.0.2", new PingProbe { Timeout = PingProbe.PastNeighbourFailure }));
        Assert.Equal(["reply from 10.0.0.1 ttl 64 size 56"], network.Ping("h1", "10.0.0.1"));
    }

    [Theory, OnEngine, OnKernel]
    public void Own_addresses_answer_with_the_link_down(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.SetUp("h1", "eth0", false);

        Assert.Equal(["reply from 10.0.0.1 ttl 64 size 56"], network.Ping("h1", "10.0.0.1"));
        Assert.Equal(["errno ENETUNREACH"], network.Ping("h1", "10.0.0.2"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_link_that_was_down_gets_its_connected_routes_back_but_not_the_static_ones(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.AddRoute("h1", "10.9.0.0/16 via 10.0.0.2");
        Assert.Equal(["10.0.0.0/24 dev eth0", "10.9.0.0/16 via 10.0.0.2 dev eth0"], network.Routes("h1"));

        network.SetUp("h1", "eth0", false);
        Assert.Empty(network.Routes("h1"));
        network.SetUp("h1", "eth0", true);

        Assert.Equal(["10.0.0.0/24 dev eth0"], network.Routes("h1"));
        Assert.Equal(["reply from 10.0.0.2 ttl 64 size 56"], network.Ping("h1", "10.0.0.2"));
    }

    [Theory, OnEngine, OnKernel]
    public void The_receiver_takes_four_bytes_more_than_its_MTU(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.SetMtu("h1", "eth0", 9000);
        using IFrameWatch watch = network.Watch("h2", "eth0");

        network.Send("h1", "eth0", Packets.Ethernet("02:00:00:00:01:02", "02:00:00:00:01:01", payload: 1504));
        network.Send("h1", "eth0", Packets.Ethernet("02:00:00:00:01:02", "02:00:00:00:01:01", payload: 1505));

        Assert.Equal(["in 02:00:00:00:01:01 > 02:00:00:00:01:02 type 88b5 size 1504"], watch.Frames());
    }
}
