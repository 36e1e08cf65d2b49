using System;
using System.Linq;
using Netemu.Core.Wire;
using Netemu.Engine.Sockets;
using Netemu.Live.Tests.Behaviours;

namespace Netemu.Live.Tests.IPv6;

/// <summary>Errors, path MTU, fragments, extension headers, redirects and scopes.</summary>
[Trait("Category", "Live")]
public sealed class IPv6PacketTests
{
    private const string Mac1 = "02:00:00:00:01:01";
    private const string Mac2 = "02:00:00:00:01:02";
    private const string A = "2001:db8::1";
    private const string B = "2001:db8::2";

    [Theory, OnEngine, OnKernel]
    public void Route_types_have_their_own_errors_at_home(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();
        network.AddIPv6Route("h1", "unreachable 2001:db8:50::/48");
        network.AddIPv6Route("h1", "prohibit 2001:db8:51::/48");
        network.AddIPv6Route("h1", "blackhole 2001:db8:52::/48");

        Assert.Equal(["errno EHOSTUNREACH"], network.PingIPv6("h1", "2001:db8:50::1"));
        Assert.Equal(["errno EACCES"], network.PingIPv6("h1", "2001:db8:51::1"));
        Assert.Equal(["errno EINVAL"], network.PingIPv6("h1", "2001:db8:52::1"));
        Assert.Equal(["errno ENETUNREACH"], network.PingIPv6("h1", "2001:db9::1"));
    }

    [Theory, OnEngine, OnKernel]
    public void Route_types_have_their_own_codes_at_a_router(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Routed();
        network.AddIPv6Route("r", "unreachable 2001:db8:50::/48");
        network.AddIPv6Route("r", "prohibit 2001:db8:51::/48");
        network.AddIPv6Route("r", "blackhole 2001:db8:52::/48");

        Assert.Equal(["icmp 1/0 from 2001:db8:1::254"], network.PingIPv6("h1", "2001:db8:50::1"));
        Assert.Equal(["icmp 1/1 from 2001:db8:1::254"], network.PingIPv6("h1", "2001:db8:51::1"));
        Assert.Equal([Answers.Timeout], network.PingIPv6("h1", "2001:db8:52::1"));
        Assert.Equal(["icmp 1/0 from 2001:db8:1::254"], network.PingIPv6("h1", "2001:db9::1"));
        Assert.Equal(["icmp 3/0 from 2001:db8:1::254"], network.PingIPv6("h1", "2001:db8:2::1", new PingProbe { Ttl = 1 }));
    }

    [Theory, OnEngine, OnKernel]
    public void A_silent_neighbour_is_address_unreachable_after_three_solicitations(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Routed();
        using IFrameWatch watch = network.Watch("h2", "eth0");

        Assert.Equal(
            ["icmp 1/3 from 2001:db8:1::254"],
            network.PingIPv6("h1", "2001:db8:2::99", new PingProbe { Timeout = PingProbe.PastNeighbourFailure }));
        Assert.Equal(
            ["3 x in 02:00:00:00:02:02 > 33:33:ff:00:00:99 fe80::ff:fe00:202 > ff02::1:ff00:99 nd who has 2001:db8:2::99 hop 255"],
            watch.Frames().Where(f => f.Contains("2001:db8:2::99", StringComparison.Ordinal)));
    }

    [Theory, OnEngine, OnKernel]
    public void A_closed_port_is_reported_and_an_open_one_takes_the_datagram(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Routed();

        Assert.Equal(["icmp 1/4 from 2001:db8:2::1"], network.UdpIPv6("h1", "2001:db8:2::1"));
        Assert.Equal(["h2 received 18 from 2001:db8:1::1"], network.UdpIPv6("h1", "2001:db8:2::1", new UdpProbe { Listeners = ["h2"] }));
    }

    [Theory, OnEngine, OnKernel]
    public void After_packet_too_big_the_source_fragments_and_a_router_never_does(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Routed();
        network.SetMtu("r", "eth2", 1400);
        network.SetMtu("h2", "eth0", 1400);
        PingProbe whole = new() { Size = 1452, Discovery = PathMtuDiscovery.Do };

        Assert.Equal(["icmp 2/0 from 2001:db8:1::254 mtu 1400"], network.PingIPv6("h1", "2001:db8:2::1", whole));
        Assert.Equal(["errno EMSGSIZE"], network.PingIPv6("h1", "2001:db8:2::1", whole));
        using IFrameWatch watch = network.Watch("h2", "eth0");
        Assert.Equal(
            ["reply from 2001:db8:2::1 size 1452"], network.PingIPv6("h1", "2001:db8:2::1", whole with { Discovery = PathMtuDiscovery.Want }));
        Assert.Equal(
            [
                "in 02:00:00:00:02:02 > 02:00:00:00:02:01 2001:db8:1::1 > 2001:db8:2::1 icmpv6 offset 0+ size 1352 hop 63",
                "in 02:00:00:00:02:02 > 02:00:00:00:02:01 2001:db8:1::1 > 2001:db8:2::1 icmpv6 offset 1352 size 108 hop 63",
            ],
            watch.Incoming("offset"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_path_mtu_below_1280_is_not_believed(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();
        Assert.Single(network.PingIPv6("h1", B));
        byte[] quoted = IPv6Labs.Packet(Mac2, Mac1, A, B, IPProtocol.Icmpv6, IPv6Labs.Echo(A, B))[EthernetHeader.Size..];

        network.Send("h2", "eth0", IPv6Labs.Packet(Mac1, Mac2, B, A, IPProtocol.Icmpv6, IPv6Labs.Icmp(Icmpv6Type.PacketTooBig, B, A, 1000, quoted)));

        Assert.Equal(["reply from 2001:db8::2 size 1400"], network.PingIPv6("h1", B, new PingProbe { Size = 1400, Discovery = PathMtuDiscovery.Do }));
    }

    [Theory, OnEngine, OnKernel]
    public void Fragments_are_put_together_in_any_order_but_never_with_an_overlap(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();
        Assert.Single(network.PingIPv6("h1", B));
        byte[] echo = IPv6Labs.Echo(A, B, 40);
        byte[] Piece(uint id, int start, int end, bool more) => IPv6Labs.Packet(
            Mac2, Mac1, A, B, IPProtocol.Fragment, IPv6Labs.Fragment(IPProtocol.Icmpv6, start, more, id, echo.AsSpan(start, end - start)));
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.SendAll("h1", "eth0", [Piece(1, 32, 48, false), Piece(1, 0, 16, true), Piece(1, 0, 16, true), Piece(1, 16, 32, true)]);
        Assert.Single(watch.Incoming("icmpv6 129/0"));

        network.SendAll("h1", "eth0", [Piece(2, 0, 24, true), Piece(2, 16, 32, true), Piece(2, 24, 48, false)]);
        Assert.Empty(watch.Incoming("icmpv6 129/0"));

        // Atomic: whole at once, whatever waits (RFC 6946).
        network.SendAll("h1", "eth0", [Piece(3, 0, 16, true), Piece(3, 0, 48, false)]);
        Assert.Single(watch.Incoming("icmpv6 129/0"));
    }

    [Theory, OnEngine, OnKernel]
    public void Bad_fragments_are_parameter_problems(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();
        Assert.Single(network.PingIPv6("h1", B));
        byte[] echo = IPv6Labs.Echo(A, B, 40);
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, A, B, IPProtocol.Fragment, IPv6Labs.Fragment(IPProtocol.Icmpv6, 0, true, 1, echo.AsSpan(0, 13))));
        Assert.Single(watch.Incoming("icmpv6 4/0 pointer 4 "));

        byte[] options = [(byte)IPProtocol.Icmpv6, 0, 1, 4, 0, 0, 0, 0];
        network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, A, B, IPProtocol.Fragment, IPv6Labs.Fragment(IPProtocol.DestinationOptions, 0, true, 2, options)));
        Assert.Single(watch.Incoming("icmpv6 4/3 pointer 0 "));
    }

    [Theory, OnEngine, OnKernel]
    public void Unknown_options_headers_and_routing_types_are_answered_as_they_ask(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();
        network.SetIPv6Sysctl("h2", "icmp.ratelimit", 0);
        Assert.Single(network.PingIPv6("h1", B));
        foreach ((string option, string? answer) in new[]
        {
            ("1E020000", "icmpv6 129/0"), ("5E020000", null), ("9E020000", "icmpv6 4/2 pointer 42 "), ("DE020000", "icmpv6 4/2 pointer 42 "),
            ("01020001", null), ("1E060000", null),
        })
        {
            foreach (IPProtocol header in new[] { IPProtocol.HopByHop, IPProtocol.DestinationOptions })
            {
                using IFrameWatch watch = network.Watch("h1", "eth0");
                byte[] payload = [(byte)IPProtocol.Icmpv6, 0, .. Convert.FromHexString(option), 1, 0, .. IPv6Labs.Echo(A, B)];
                network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, A, B, header, payload));
                Assert.Equal(answer is null ? 0 : 1, watch.Incoming(answer ?? "icmpv6 ").Count());
            }
        }

        foreach ((IPProtocol next, byte[] payload, string answer) in new (IPProtocol, byte[], string)[]
        {
            ((IPProtocol)200, new byte[8], "icmpv6 4/1 pointer 6 "),
            (IPProtocol.Routing, [(byte)IPProtocol.Icmpv6, 2, 0, 0, 0, 0, 0, 0, .. new byte[16], .. IPv6Labs.Echo(A, B)], "icmpv6 129/0"),
            (IPProtocol.Routing, [(byte)IPProtocol.Icmpv6, 2, 0, 1, 0, 0, 0, 0, .. new byte[16], .. IPv6Labs.Echo(A, B)], "icmpv6 4/0 pointer 42 "),
        })
        {
            using IFrameWatch watch = network.Watch("h1", "eth0");
            network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, A, B, next, payload));
            Assert.Single(watch.Incoming(answer));
        }
    }

    [Theory, OnEngine, OnKernel]
    public void A_link_local_source_does_not_leave_its_link(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Routed();
        Assert.Single(network.PingIPv6("h1", "2001:db8:2::1"));
        using IFrameWatch watch = network.Watch("h1", "eth0");

        network.Send("h1", "eth0", IPv6Labs.Packet(Mac2, Mac1, "fe80::ff:fe00:101", "2001:db8:2::1", IPProtocol.Icmpv6, IPv6Labs.Echo("fe80::ff:fe00:101", "2001:db8:2::1")));

        Assert.Single(watch.Incoming("icmpv6 1/2"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_host_that_need_not_go_through_the_router_is_told_so(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.AddNamespace("b");
        network.AddBridge("b", "br0");
        for (int i = 1; i <= 3; i++)
        {
            network.AddNamespace($"h{i}");
            network.UseIPv6($"h{i}", forwarding: i == 3);
            network.AddVeth($"h{i}", "eth0", "b", $"p{i}");
            network.Enslave("b", $"p{i}", "br0");
            network.AddIPv6Address($"h{i}", "eth0", $"2001:db8::{i}/64");
        }

        // h1 knows no prefix of h2's; h3 does, on the same link.
        network.AddIPv6Address("h2", "eth0", "2001:db8:22::2/64");
        network.AddIPv6Address("h3", "eth0", "2001:db8:22::3/64");
        network.AddIPv6Route("h1", "2001:db8:22::/64 via fe80::ff:fe00:301 dev eth0");
        network.AddIPv6Route("h2", "default via 2001:db8::3");
        network.Wait(TimeSpan.FromSeconds(0.3));
        using IFrameWatch watch = network.Watch("h1", "eth0");

        Assert.Equal(["reply from 2001:db8:22::2 size 56"], network.PingIPv6("h1", "2001:db8:22::2"));
        Assert.Single(watch.Incoming("icmpv6 137/0"));
        network.Wait(TimeSpan.FromSeconds(0.2));
        watch.Frames();
        Assert.Equal(["reply from 2001:db8:22::2 size 56"], network.PingIPv6("h1", "2001:db8:22::2"));
        Assert.Contains(watch.Frames(), f => f.StartsWith("out 02:00:00:00:01:01 > 02:00:00:00:02:01", StringComparison.Ordinal)
            && f.Contains("icmpv6 128/0", StringComparison.Ordinal));
    }

    [Theory, OnEngine, OnKernel]
    public void Six_errors_come_at_once_and_then_the_limit_holds(NetworkKind kind)
    {
        using IIPv6Network network = IPv6Labs.Open(kind);
        network.BuildIPv6Pair();
        Assert.Single(network.PingIPv6("h1", B));

        // A second shifted right by two for a route of 64 bits: the bucket holds six times 250 ms.
        network.SetIPv6Sysctl("h2", "icmp.ratelimit", 1000);

        Assert.Equal(["6 x icmp 1/4 from 2001:db8::2"], network.UdpIPv6("h1", B, new UdpProbe { Count = 20, Timeout = TimeSpan.FromSeconds(0.2) }));
    }
}
