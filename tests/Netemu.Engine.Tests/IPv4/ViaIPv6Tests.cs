using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv4;

/// <summary>IPv4 routes whose gateway is an IPv6 neighbour (RFC 8950; RTA_VIA, ip_neigh_for_gw).</summary>
public sealed class ViaIPv6Tests
{
    [Fact]
    public void An_IPv4_packet_crosses_a_link_without_IPv4_addresses()
    {
        // Given a - r1 - r2 - b, where the link between the routers has link-local IPv6 addresses only.
        using EmulatedNetwork network = new();
        Node a = Build(network, reachable: true, out _);

        // When a pings b.
        PingRecorder ping = new(a);
        ping.Send("10.2.0.2");
        network.RunSeconds(3);

        // Then neighbour discovery has found the way, and both hops have counted.
        Assert.Equal(["reply 10.2.0.2 ttl=62"], ping.Answers);
    }

    [Fact]
    public void A_gateway_that_does_not_answer_is_host_unreachable_in_IPv4s_own_words()
    {
        using EmulatedNetwork network = new();
        Node a = Build(network, reachable: false, out Node r1);

        PingRecorder ping = new(a);
        ping.Send("10.2.0.2");
        network.RunSeconds(5);

        // 3/1 of ICMP, from the router, and not an ICMPv6 error about an IPv4 packet.
        Assert.Equal(["3/1 from 10.1.0.1 info=0"], ping.Answers);
        Assert.Equal(1, r1.Root.Drops(DropReason.NeighbourFailed));
    }

    private static Node Build(EmulatedNetwork network, bool reachable, out Node r1)
    {
        Node a = network.Host("a");
        r1 = network.Router("r1");
        Node r2 = network.Router("r2");
        Node b = network.Host("b");
        network.Join(a, "10.1.0.2/24", r1, "10.1.0.1/24");
        network.Join(r2, "10.2.0.1/24", b, "10.2.0.2/24");
        r1.Root.IPv6.Enable();
        r2.Root.IPv6.Enable();
        EthernetDevice left = EmulatedNetwork.Device(r1, "");
        EthernetDevice right = EmulatedNetwork.Device(r2, "");
        network.Emulation.Connect(left, right, LinkOptions.Default);
        EmulatedNetwork.Route(a, "default", "10.1.0.1");
        EmulatedNetwork.Route(b, "default", "10.2.0.1");
        Via(r1, "10.2.0.0/24", left, reachable ? IPv6Address.LinkLocal(right.Mac) : IPv6Address.Parse("fe80::9"));
        Via(r2, "10.1.0.0/24", right, IPv6Address.LinkLocal(left.Mac));
        return a;
    }

    private static void Via(Node node, string prefix, NetDevice device, IPv6Address gateway) =>
        Assert.True(node.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Parse(prefix),
            NextHop = new NextHop<IPv4Address>(device, default, hasGateway: false) { ViaIPv6 = gateway },
        }));
}
