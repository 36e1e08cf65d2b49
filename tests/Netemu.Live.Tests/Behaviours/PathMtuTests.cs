using System;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>Path MTU discovery, fragmenting senders and routers, and the errors of route types.</summary>
[Trait("Category", "Live")]
public sealed class PathMtuTests
{
    [Theory, OnEngine, OnKernel]
    public void After_fragmentation_needed_the_next_packet_fails_at_home(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        BuildNarrow(network);
        PingProbe whole = new() { Size = 1472, Discovery = PathMtuDiscovery.Do };

        Assert.Equal(["icmp 3/4 from 10.1.0.254 mtu 1400"], network.Ping("h1", "10.2.0.1", whole));
        Assert.Equal(["errno EMSGSIZE"], network.Ping("h1", "10.2.0.1", whole));
        Assert.Equal(["reply from 10.2.0.1 ttl 63 size 1372"], network.Ping("h1", "10.2.0.1", whole with { Size = 1372 }));
    }

    [Theory, OnEngine, OnKernel]
    public void A_sender_that_may_fragment_cuts_at_a_multiple_of_eight_below_the_path_MTU(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        BuildNarrow(network);
        PingProbe whole = new() { Size = 1472, Discovery = PathMtuDiscovery.Want };
        Assert.Equal(["icmp 3/4 from 10.1.0.254 mtu 1400"], network.Ping("h1", "10.2.0.1", whole));
        using IFrameWatch watch = network.Watch("h2", "eth0");

        Assert.Equal(["reply from 10.2.0.1 ttl 63 size 1472"], network.Ping("h1", "10.2.0.1", whole));
        Assert.Equal(
            [
                "in 02:00:00:00:02:02 > 02:00:00:00:02:01 10.1.0.1 > 10.2.0.1 icmp 8/0 ttl 63 size 1396 offset 0+",
                "in 02:00:00:00:02:02 > 02:00:00:00:02:01 10.1.0.1 > 10.2.0.1 icmp ttl 63 size 124 offset 1376",
            ],
            watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_router_fragments_what_may_be_and_fragments_again(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        BuildNarrow(network);
        using IFrameWatch watch = network.Watch("h2", "eth0");

        Assert.Equal(
            ["reply from 10.2.0.1 ttl 63 size 2952"],
            network.Ping("h1", "10.2.0.1", new PingProbe { Size = 2952, Discovery = PathMtuDiscovery.Dont }));
        Assert.Equal(
            [
                "in 02:00:00:00:02:02 > 02:00:00:00:02:01 10.1.0.1 > 10.2.0.1 icmp 8/0 ttl 63 size 1396 offset 0+",
                "in 02:00:00:00:02:02 > 02:00:00:00:02:01 10.1.0.1 > 10.2.0.1 icmp ttl 63 size 124 offset 1376+",
                "in 02:00:00:00:02:02 > 02:00:00:00:02:01 10.1.0.1 > 10.2.0.1 icmp ttl 63 size 124 offset 2856",
                "in 02:00:00:00:02:02 > 02:00:00:00:02:01 10.1.0.1 > 10.2.0.1 icmp ttl 63 size 1396 offset 1480+",
            ],
            watch.Incoming("icmp"));
    }

    [Theory, OnEngine, OnKernel]
    public void Route_types_have_their_own_errors_at_home(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildPair();
        network.AddRoute("h1", "unreachable 10.50.0.0/16");
        network.AddRoute("h1", "prohibit 10.51.0.0/16");
        network.AddRoute("h1", "blackhole 10.52.0.0/16");
        network.AddRoute("h1", "throw 10.53.0.0/16");

        Assert.Equal(["errno EHOSTUNREACH"], network.Ping("h1", "10.50.0.1"));
        Assert.Equal(["errno EACCES"], network.Ping("h1", "10.51.0.1"));
        Assert.Equal(["errno EINVAL"], network.Ping("h1", "10.52.0.1"));
        Assert.Equal(["errno ENETUNREACH"], network.Ping("h1", "10.53.0.1"));
        Assert.Equal(["errno ENETUNREACH"], network.Ping("h1", "10.99.0.1"));
    }

    [Theory, OnEngine, OnKernel]
    public void Route_types_have_their_own_ICMP_codes_at_a_router(NetworkKind kind)
    {
        using IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.BuildRouted();
        network.AddRoute("r", "unreachable 10.50.0.0/16");
        network.AddRoute("r", "prohibit 10.51.0.0/16");
        network.AddRoute("r", "blackhole 10.52.0.0/16");
        network.AddRoute("r", "throw 10.53.0.0/16");

        // A pause between the errors keeps them below the router's limit.
        Assert.Equal(["icmp 3/1 from 10.1.0.254"], network.Ping("h1", "10.50.0.1"));
        network.Wait(TimeSpan.FromSeconds(2.2));
        Assert.Equal(["icmp 3/13 from 10.1.0.254"], network.Ping("h1", "10.51.0.1"));
        Assert.Equal([Answers.Timeout], network.Ping("h1", "10.52.0.1"));
        network.Wait(TimeSpan.FromSeconds(1.2));
        Assert.Equal(["icmp 3/0 from 10.1.0.254"], network.Ping("h1", "10.53.0.1"));
    }

    /// <summary>The routed network with an MTU of 1400 between r and h2.</summary>
    private static void BuildNarrow(IScenarioNetwork network)
    {
        network.BuildRouted();
        network.SetMtu("r", "eth2", 1400);
        network.SetMtu("h2", "eth0", 1400);
    }
}
