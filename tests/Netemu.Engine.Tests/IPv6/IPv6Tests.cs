using Netemu.Core.Addresses;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv6;

/// <summary>The second instance of the tables: neighbour discovery, echo, forwarding.</summary>
public sealed class IPv6Tests
{
    [Fact]
    public void A_ping_crosses_a_router()
    {
        using EmulatedNetwork network = new();
        (Node a, _, _) = Chain(network);
        PingRecorder ping = new(a);
        Assert.Equal(Errno.None, ping.Send("2001:db8:2::2"));
        network.RunSeconds(1);
        Assert.Equal(["reply 2001:db8:2::2 ttl=63"], ping.Answers);
    }

    [Fact]
    public void A_hop_limit_that_runs_out_is_reported_by_the_router()
    {
        using EmulatedNetwork network = new();
        (Node a, _, _) = Chain(network);
        PingRecorder ping = new(a);
        ping.Send("2001:db8:2::2", new PingOptions { Ttl = 1 });
        network.RunSeconds(1);
        Assert.Equal(["3/0 from 2001:db8:1::1 info=0"], ping.Answers);
    }

    [Fact]
    public void A_neighbour_that_does_not_answer_is_address_unreachable()
    {
        using EmulatedNetwork network = new();
        (Node a, Node router, _) = Chain(network);
        PingRecorder ping = new(a);
        ping.Send("2001:db8:2::99");
        network.RunSeconds(5);
        Assert.Equal(["1/3 from 2001:db8:1::1 info=0"], ping.Answers);
        Assert.Equal(1, router.Root.Drops(DropReason.NeighbourFailed));
    }

    [Fact]
    public void A_link_local_address_is_made_from_the_mac_and_answers()
    {
        using EmulatedNetwork network = new();
        (Node a, Node router, _) = Chain(network);
        IPv6Address local = IPv6Address.LinkLocal(router.Root.FindDevice("eth0")!.Mac);
        PingRecorder ping = new(a);
        Assert.Equal(Errno.None, ping.Send(local.ToString(), new PingOptions { Device = a.Root.FindDevice("eth0") }));
        network.RunSeconds(1);
        Assert.Equal([$"reply {local} ttl=64"], ping.Answers);
    }

    [Fact]
    public void A_namespace_without_ipv6_addresses_speaks_no_ipv6()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a");
        network.Join(a, "10.0.0.1/24", network.Host("b"), "10.0.0.2/24");
        network.RunSeconds(1);
        Assert.Empty(a.Root.IPv6.Addresses);
        Assert.Equal(Errno.ENETUNREACH, new PingRecorder(a).Send("2001:db8::1"));
    }

    private static (Node Left, Node Router, Node Right) Chain(EmulatedNetwork network)
    {
        Node a = network.Host("a");
        Node router = network.Router("r");
        Node b = network.Host("b");
        network.Join(a, "2001:db8:1::2/64", router, "2001:db8:1::1/64");
        network.Join(router, "2001:db8:2::1/64", b, "2001:db8:2::2/64");
        Default(a, "2001:db8:1::1");
        Default(b, "2001:db8:2::1");
        return (a, router, b);
    }

    private static void Default(Node node, string gateway) =>
        node.Root.IPv6.Routes.Add(new Route<IPv6Address>
        {
            Prefix = Prefix<IPv6Address>.Default,
            Metric = 1024,
            NextHop = new NextHop<IPv6Address>(node.Root.FindDevice("eth0"), IPv6Address.Parse(gateway), hasGateway: true),
        });
}
