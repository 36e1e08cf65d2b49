using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.IPv4;

/// <summary>A host, two routers, a host; what Linux answers, and from where.</summary>
public sealed class ForwardingTests
{
    [Fact]
    public void A_ping_crosses_two_routers_and_loses_two_of_its_ttl()
    {
        using Chain chain = new();
        chain.Ping.Send("10.0.2.2");
        chain.Network.RunSeconds(1);
        Assert.Equal(["reply 10.0.2.2 ttl=62"], chain.Ping.Answers);
    }

    [Theory]
    [InlineData(1, "11/0 from 10.0.0.1 info=0")]
    [InlineData(2, "11/0 from 10.0.1.2 info=0")]
    [InlineData(3, "reply 10.0.2.2 ttl=62")]
    public void A_ttl_that_runs_out_is_reported_by_the_address_towards_the_sender(byte ttl, string answer)
    {
        using Chain chain = new();
        chain.Ping.Send("10.0.2.2", new PingOptions { Ttl = ttl });
        chain.Network.RunSeconds(1);
        Assert.Equal([answer], chain.Ping.Answers);
    }

    [Fact]
    public void A_host_that_takes_a_whole_prefix_in_answers_with_the_address_that_was_asked_for()
    {
        // ip route add local 192.0.2.0/24 dev lo (AnyIP): recorded of Linux 6.18.
        using Chain chain = new();
        NextHop<IPv4Address> loopback = new(chain.Right.Root.Loopback, default, hasGateway: false);
        chain.Right.Root.IPv4.Routes.Add(
            new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Parse("192.0.2.0/24"), Type = RouteType.Local, Scope = RouteScope.Host, NextHop = loopback,
            },
            RouteTable<IPv4Address>.LocalId);
        chain.Host.Root.Udp.Open(default, 0, new UdpErrors(chain), out _)!.SendTo(InternetAddress.Parse("192.0.2.9"), 53, [1]);
        chain.Network.RunSeconds(1);
        Assert.Equal(["3/3 from 192.0.2.9"], chain.Errors);
    }

    [Fact]
    public void A_ttl_of_one_is_enough_for_the_router_itself()
    {
        using Chain chain = new();
        chain.Ping.Send("10.0.0.1", new PingOptions { Ttl = 1 });
        chain.Network.RunSeconds(1);
        Assert.Equal(["reply 10.0.0.1 ttl=64"], chain.Ping.Answers);
    }

    [Fact]
    public void Of_ten_quick_pings_into_a_missing_route_two_are_answered()
    {
        // Route errors are charged twice to one bucket that starts with five.
        using Chain chain = new();
        for (int i = 0; i < 10; i++)
        {
            chain.Ping.Send("192.0.2.1");
        }

        chain.Network.RunSeconds(1);
        Assert.Equal(["3/0 from 10.0.1.2 info=0", "3/0 from 10.0.1.2 info=0"], chain.Ping.Answers);
        Assert.Equal(10, chain.Right.Root.Drops(DropReason.NoRoute));
    }

    [Theory]
    [InlineData(RouteType.Unreachable, "3/1 from 10.0.1.2 info=0")]
    [InlineData(RouteType.Prohibit, "3/13 from 10.0.1.2 info=0")]
    [InlineData(RouteType.Blackhole, null)]
    [InlineData(RouteType.Throw, "3/0 from 10.0.1.2 info=0")]
    public void A_route_without_next_hop_says_why_in_its_own_way(RouteType type, string? answer)
    {
        using Chain chain = new();
        EmulatedNetwork.Route(chain.Right, "192.0.2.0/24", type);
        chain.Ping.Send("192.0.2.1");
        chain.Network.RunSeconds(1);
        Assert.Equal(answer is null ? [] : [answer], chain.Ping.Answers);
    }

    [Theory]
    [InlineData(RouteType.Unreachable, Errno.EHOSTUNREACH)]
    [InlineData(RouteType.Prohibit, Errno.EACCES)]
    [InlineData(RouteType.Blackhole, Errno.EINVAL)]
    public void A_local_sender_gets_an_errno_instead(RouteType type, Errno expected)
    {
        using Chain chain = new();
        EmulatedNetwork.Route(chain.Host, "192.0.2.0/24", type);
        Assert.Equal(expected, chain.Ping.Send("192.0.2.1"));
    }

    [Fact]
    public void No_route_at_all_is_network_unreachable()
    {
        using EmulatedNetwork network = new();
        Assert.Equal(Errno.ENETUNREACH, new PingRecorder(network.Host("a")).Send("192.0.2.1"));
    }

    [Fact]
    public void A_host_that_does_not_forward_keeps_silent()
    {
        using Chain chain = new();
        chain.Left.Root.SetForwarding(false);
        chain.Ping.Send("10.0.2.2");
        chain.Network.RunSeconds(1);
        Assert.Empty(chain.Ping.Answers);
        Assert.Equal(1, chain.Left.Root.Drops(DropReason.ForwardingDisabled));
    }

    [Fact]
    public void A_neighbour_that_does_not_answer_is_asked_three_times_a_second_apart_then_reported()
    {
        using Chain chain = new();
        FrameRecorder last = new(chain.Right.Root.FindDevice("eth1")!);
        chain.Ping.Send("10.0.2.99");
        chain.Network.RunSeconds(5);
        Assert.Equal(["3/1 from 10.0.1.2 info=0"], chain.Ping.Answers);
        long[] asked = [.. last.Sent.Select(f => f.Time.Nanoseconds)];
        Assert.Equal(3, asked.Length);
        Assert.Equal([1_000_000_000, 1_000_000_000], [asked[1] - asked[0], asked[2] - asked[1]]);
        Assert.All(last.Sent, f => Assert.StartsWith("FFFFFFFFFFFF", f.Hex, System.StringComparison.Ordinal));
    }

    [Fact]
    public void A_packet_that_is_too_long_for_a_link_is_reported_with_the_mtu_and_the_next_one_fails_at_home()
    {
        using Chain chain = new(middleMtu: 1400);
        PingOptions large = new() { Size = 1472, Discovery = PathMtuDiscovery.Do };
        Assert.Equal(Errno.None, chain.Ping.Send("10.0.2.2", large));
        chain.Network.RunSeconds(1);
        Assert.Equal(["3/4 from 10.0.0.1 info=1400"], chain.Ping.Answers);
        Assert.Equal(Errno.EMSGSIZE, chain.Ping.Send("10.0.2.2", large));
    }

    [Fact]
    public void Without_df_the_sender_fragments_by_the_learned_mtu_in_multiples_of_eight()
    {
        using Chain chain = new(middleMtu: 1400);
        chain.Ping.Send("10.0.2.2", new PingOptions { Size = 1472, Discovery = PathMtuDiscovery.Do });
        chain.Network.RunSeconds(1);
        FrameRecorder seen = new(chain.Host.Root.FindDevice("eth0")!);
        chain.Ping.Send("10.0.2.2", new PingOptions { Size = 1472 });
        chain.Network.RunSeconds(1);
        Assert.Equal("reply 10.0.2.2 ttl=62", chain.Ping.Answers[^1]);

        // 1400 bytes hold a header and 1376 of payload (1380 is no multiple of 8), so 1396 bytes are sent.
        Assert.Equal([1396 + 14, 124 + 14], seen.Sent.Select(f => f.Bytes.Length));
    }

    [Fact]
    public void A_router_splits_what_may_be_split()
    {
        using Chain chain = new(middleMtu: 1400);
        FrameRecorder middle = new(chain.Left.Root.FindDevice("eth1")!);
        chain.Ping.Send("10.0.2.2", new PingOptions { Size = 1472, Discovery = PathMtuDiscovery.Dont });
        chain.Network.RunSeconds(1);
        Assert.Equal(["reply 10.0.2.2 ttl=62"], chain.Ping.Answers);
        Assert.Equal([1396 + 14, 124 + 14], middle.Sent.Where(f => f.Bytes[12] == 8 && f.Bytes[13] == 0).Select(f => f.Bytes.Length));
    }

    [Theory]
    [InlineData(1, DropReason.ReversePathFilter)]
    [InlineData(2, null)]
    public void Strict_reverse_path_filter_drops_what_loose_takes(byte mode, DropReason? drop)
    {
        // Given a host with an address that the router would reach by another way.
        using Chain chain = new();
        EmulatedNetwork.AddAddress(chain.Host.Root, chain.Host.Root.Loopback, "10.0.2.77/32");

        // The router is known already: its ARP would not answer a request from that source either.
        chain.Ping.Send("10.0.0.1");
        chain.Network.RunSeconds(1);
        chain.Left.Root.WritableSettings.All.ReversePathFilter = mode;
        chain.Ping.Send("10.0.1.2", new PingOptions { Source = InternetAddress.Parse("10.0.2.77") });
        chain.Network.RunSeconds(1);
        Assert.Equal(drop is null ? 0 : 1, chain.Left.Root.Drops(DropReason.ReversePathFilter));
    }

    [Fact]
    public void A_packet_to_a_group_goes_to_its_own_MAC_whatever_gateway_the_route_has()
    {
        using EmulatedNetwork network = new();
        Node host = network.Host("h");
        Link link = network.Join(host, "10.0.0.1/24", network.Host("far"), "10.0.0.2/24");
        EmulatedNetwork.Route(host, "default", "10.0.0.2");
        FrameRecorder seen = new(link.B);

        PingRecorder ping = new(host);
        ping.Send("239.1.1.1");
        network.RunSeconds(1);

        RecordedFrame frame = Assert.Single(seen.Received);
        Assert.Equal("01:00:5E:01:01:01", string.Join(':', frame.Bytes[..6].Select(b => b.ToString("X2"))));
        Assert.Equal(1, frame.Bytes[EthernetHeader.Size + IPv4Header.TtlOffset]);
    }

    [Fact]
    public void A_redirect_is_sent_while_the_packet_is_still_forwarded_and_the_host_learns()
    {
        // Given a host whose gateway r1 would send back out of the same segment, to r2.
        using EmulatedNetwork network = new();
        Node lan = network.Host("lan");
        Engine.Bridging.BridgeDevice bridge = new(lan.Root, "br0");
        bridge.SetUp(true);
        Node host = network.Host("h");
        Node r1 = network.Router("r1");
        Node r2 = network.Router("r2");
        foreach ((Node node, string address) in new[] { (host, "10.0.0.9/24"), (r1, "10.0.0.1/24"), (r2, "10.0.0.2/24") })
        {
            bridge.AddPort(network.Join(lan, "", node, address).A);
        }

        EmulatedNetwork.AddAddress(r2.Root, r2.Root.Loopback, "192.0.2.1/32");
        EmulatedNetwork.Route(host, "default", "10.0.0.1");
        EmulatedNetwork.Route(r1, "192.0.2.0/24", "10.0.0.2");
        PingRecorder ping = new(host);
        FrameRecorder first = new(r1.Root.FindDevice("eth0")!);
        ping.Send("192.0.2.1");
        network.RunSeconds(1);
        Assert.Contains("reply 192.0.2.1 ttl=64", ping.Answers);
        int before = first.Frames.Count;

        // When it sends again, the packet goes to r2 directly.
        ping.Send("192.0.2.1");
        network.RunSeconds(1);
        Assert.Equal(2, ping.Answers.Count(a => a.StartsWith("reply", System.StringComparison.Ordinal)));
        Assert.DoesNotContain(first.Frames.Skip(before), f => f.Bytes[12] == 8 && f.Bytes[13] == 0);

        // A redirect holds for five minutes, unless it is flushed before.
        Assert.NotNull(host.Root.IPv4.Exceptions.RedirectExpiry(IPv4Address.Parse("192.0.2.1")));
        network.RunSeconds(301);
        Assert.Null(host.Root.IPv4.Exceptions.RedirectExpiry(IPv4Address.Parse("192.0.2.1")));
        before = first.Frames.Count;
        ping.Send("192.0.2.1");
        network.RunSeconds(1);
        Assert.Contains(first.Frames.Skip(before), f => f.Bytes[12] == 8 && f.Bytes[13] == 0);
        host.Root.IPv4.Exceptions.Clear();
        Assert.Empty(host.Root.IPv4.Exceptions.Destinations());
    }

    [Fact]
    public void A_static_route_over_a_device_that_goes_down_is_gone_for_good_and_the_connected_one_returns()
    {
        using Chain chain = new();
        Netemu.Engine.Devices.NetDevice device = chain.Left.Root.FindDevice("eth1")!;
        device.SetUp(false);
        Assert.Null(chain.Left.Root.IPv4.Routes.Resolve(IPv4Address.Parse("10.0.2.2")));
        device.SetUp(true);
        Assert.Null(chain.Left.Root.IPv4.Routes.Resolve(IPv4Address.Parse("10.0.2.2")));
        Assert.NotNull(chain.Left.Root.IPv4.Routes.Resolve(IPv4Address.Parse("10.0.1.2")));
    }

    private sealed class UdpErrors(Chain chain) : IUdpHandler
    {
        public void OnDatagram(UdpSocket socket, InternetAddress from, ushort port, InternetAddress to, ReadOnlySpan<byte> payload)
        {
        }

        public void OnError(UdpSocket socket, IcmpError error) => chain.Errors.Add($"{error.Type}/{error.Code} from {error.From}");
    }

    private sealed class Chain : System.IDisposable
    {
        public Chain(int middleMtu = 1500)
        {
            Network = new EmulatedNetwork();
            Host = Network.Host("h");
            Left = Network.Router("r1");
            Right = Network.Router("r2");
            Node far = Network.Host("far");
            Network.Join(Host, "10.0.0.2/24", Left, "10.0.0.1/24");
            Network.Join(Left, "10.0.1.1/24", Right, "10.0.1.2/24", null, middleMtu);
            Network.Join(Right, "10.0.2.1/24", far, "10.0.2.2/24");
            EmulatedNetwork.Route(Host, "default", "10.0.0.1");
            EmulatedNetwork.Route(far, "default", "10.0.2.1");
            EmulatedNetwork.Route(Left, "10.0.2.0/24", "10.0.1.2");
            EmulatedNetwork.Route(Left, "192.0.2.0/24", "10.0.1.2");
            EmulatedNetwork.Route(Right, "10.0.0.0/24", "10.0.1.1");
            Ping = new PingRecorder(Host);
        }

        public EmulatedNetwork Network { get; }

        public Node Host { get; }

        public Node Left { get; }

        public Node Right { get; }

        public PingRecorder Ping { get; }

        /// <summary>ICMP errors about UDP.</summary>
        public List<string> Errors { get; } = [];

        public void Dispose() => Network.Dispose();
    }
}
