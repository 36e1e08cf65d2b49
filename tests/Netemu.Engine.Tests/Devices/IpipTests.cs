using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Frames;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>
/// IPv4 in IPv4. This kernel has no ipip module: the expectations follow net/ipv4/ip_tunnel.c, ipip.c and RFC 2003.
/// </summary>
public sealed class IpipTests
{
    // RFC 2003 section 3.1; iptunnel_xmit.
    [Fact]
    public void A_ping_crosses_the_tunnel_in_packets_of_protocol_4()
    {
        using TunnelLab lab = new();
        lab.IpipPair();
        Assert.Equal(["reply 10.9.0.2 ttl=64"], lab.Ping("10.9.0.2"));
        byte[] outer = Assert.Single(lab.Outer());
        Assert.Equal(104, outer.Length);
        Assert.Equal(4, outer[9]);
        Assert.Equal("0A0001020A000202", Convert.ToHexString(outer, 12, 8));
        Assert.Equal("0A0900010A090002", Convert.ToHexString(outer, 32, 8));
        Assert.Equal(0x45, outer[20]);
    }

    // ip_tunnel_xmit: ttl 0 inherits; frag_off is DF with pmtudisc, else the inner DF is carried over.
    [Theory]
    [InlineData(0, 33, 33)]
    [InlineData(9, 33, 9)]
    public void The_outer_ttl_is_fixed_or_the_inner_one(byte configured, int inner, int outer)
    {
        using TunnelLab lab = new();
        lab.IpipPair(o => o with { Ttl = configured });
        lab.Ping("10.9.0.2", ttl: inner);
        Assert.Equal(outer, lab.Outer().Single()[8]);
    }

    [Theory]
    [InlineData(true, PathMtuDiscovery.Dont, true)]
    [InlineData(false, PathMtuDiscovery.Dont, false)]
    [InlineData(false, PathMtuDiscovery.Do, true)]
    public void Df_is_set_with_pmtudisc_and_copied_without(bool pmtudisc, PathMtuDiscovery inner, bool outer)
    {
        using TunnelLab lab = new();
        lab.IpipPair(o => o with { PathMtuDiscovery = pmtudisc });
        lab.Ping("10.9.0.2", discovery: inner);
        Assert.Equal(outer, (lab.Outer().Single()[6] & 0x40) != 0);
    }

    // ip_tunnel_xmit: "if (... && !tunnel->ignore_df) df |= inner_iph->frag_off & htons(IP_DF)".
    [Fact]
    public void Ignore_df_keeps_the_inner_df_inside()
    {
        using TunnelLab lab = new();
        lab.IpipPair(o => o with { PathMtuDiscovery = false, IgnoreDontFragment = true });
        lab.Ping("10.9.0.2", discovery: PathMtuDiscovery.Do);
        Assert.Equal(0, lab.Outer().Single()[6] & 0x40);
    }

    // ip_tunnel_ecn_encap and IP_ECN_decapsulate (RFC 6040): not-ECT inside a congestion mark is dropped.
    [Theory]
    [InlineData(0x00, null)]
    [InlineData(0x01, 0x03)]
    [InlineData(0x02, 0x03)]
    [InlineData(0x03, 0x03)]
    public void A_congestion_mark_of_the_underlay_reaches_inner_packets_that_know_ecn(byte inner, int? received)
    {
        using TunnelLab lab = new();
        (_, IpipDevice b) = lab.IpipPair();
        FrameRecorder atEnd = new(b);
        Frame frame = lab.Network.Emulation.Frames.Rent(14 + 20 + 28);
        Span<byte> packet = frame.Bytes[14..];
        packet.Clear();
        EthernetHeader.Write(frame.Bytes, lab.B.Root.FindDevice("eth0")!.Mac, lab.Middle.Root.FindDevice("eth1")!.Mac, EtherType.IPv4);
        IPv4Header.Write(packet, 0x03, 48, 1, 0, 9, IPProtocol.IPv4, IPv4Address.Parse(TunnelLab.Left), IPv4Address.Parse(TunnelLab.Right));
        IPv4Header.Write(packet[20..], inner, 28, 1, 0, 9, IPProtocol.Udp, IPv4Address.Parse("10.9.0.1"), IPv4Address.Parse("10.9.0.2"));
        lab.Middle.Root.FindDevice("eth1")!.Transmit(frame);
        lab.Network.RunSeconds(1);
        Assert.Equal(received, atEnd.Received.Select(f => (int?)f.Bytes[15]).FirstOrDefault());
        Assert.All(atEnd.Received, f => Assert.Equal(0, InternetChecksum.Compute(f.Bytes.AsSpan(14, 20))));
        Assert.Equal(received is null ? 1 : 0, lab.B.Root.Drops(DropReason.TunnelEcn));
    }

    // ip_tunnel_bind_dev, __ip_tunnel_change_mtu (ETH_MIN_MTU).
    [Fact]
    public void The_mtu_leaves_room_for_the_outer_header()
    {
        using TunnelLab lab = new();
        (IpipDevice a, _) = lab.IpipPair();
        Assert.Equal(1480, a.Mtu);
        Assert.Equal((Errno.EINVAL, Errno.None), (a.CanSetMtu(67), a.CanSetMtu(9000)));
    }

    // tnl_update_pmtu: a router's 3/4 about the outer packet is learned for the outer way (ipip_err, ipv4_update_pmtu); the
    // next inner packet with DF that does not fit is answered with what is left inside.
    [Fact]
    public void A_narrow_underlay_is_told_to_the_inner_sender()
    {
        using TunnelLab lab = new(farMtu: 1300);
        lab.IpipPair();
        Assert.Empty(lab.Ping("10.9.0.2", 1400, PathMtuDiscovery.Probe));
        Assert.Equal(["3/4 from 10.9.0.1 info=1280"], lab.Ping("10.9.0.2", 1400, PathMtuDiscovery.Probe));
        Assert.Single(lab.Ping("10.9.0.2", 1252, PathMtuDiscovery.Do));
    }

    // ipip_err: other errors are counted for 30 s, and each next packet is answered with 3/1 and sent all the same.
    [Fact]
    public void Another_error_makes_the_next_packet_report_host_unreachable()
    {
        using TunnelLab lab = new();
        lab.IpipPair();
        EmulatedNetwork.Route(lab.Middle, "10.0.2.2/32", RouteType.Prohibit);
        Assert.Empty(lab.Ping("10.9.0.2"));
        Assert.Equal(["3/1 from 10.9.0.1 info=0"], lab.Ping("10.9.0.2"));
        Assert.Equal(2, lab.Outer().Count);
    }

    // IPTUNNEL_ERR_TIMEO.
    [Fact]
    public void An_error_is_forgotten_after_30_s()
    {
        using TunnelLab lab = new();
        lab.IpipPair();
        EmulatedNetwork.Route(lab.Middle, "10.0.2.2/32", RouteType.Prohibit);
        lab.Ping("10.9.0.2");
        lab.Network.RunSeconds(31);
        Assert.Empty(lab.Ping("10.9.0.2"));
    }

    // ip_tunnel_xmit, "NBMA tunnel": rt_nexthop; ip_tunnel_lookup ends at fb_tunnel_dev.
    [Fact]
    public void Tunl0_sends_to_the_next_hop_of_the_route_and_takes_from_anyone()
    {
        using TunnelLab lab = new();
        foreach ((Node node, string own, string other, string via) in new[]
        {
            (lab.A, "10.42.1.1", "10.42.2.0/26", TunnelLab.Right), (lab.B, "10.42.2.1", "10.42.1.0/26", TunnelLab.Left),
        })
        {
            IpipDevice tunnel = IpipDevice.Create(node.Root, "tunl0", new IPTunnelOptions(), out _)!;
            Assert.True(tunnel.IsFallback);
            Assert.False(tunnel.Options.PathMtuDiscovery);
            EmulatedNetwork.AddAddress(node.Root, tunnel, own + "/32");
            tunnel.SetUp(true);
            node.Root.IPv4.Routes.Add(new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Parse(other),
                NextHop = new NextHop<IPv4Address>(tunnel, IPv4Address.Parse(via), hasGateway: true, onLink: true),
            });
        }

        Assert.Equal(["reply 10.42.2.1 ttl=64"], lab.Ping("10.42.2.1"));
    }

    // ip_tunnel_newlink, ip_tunnel_find: EEXIST, also of the fallback device.
    [Fact]
    public void A_tunnel_with_the_same_ends_exists_once_and_only_tunl0_has_none()
    {
        using TunnelLab lab = new();
        (IpipDevice a, _) = lab.IpipPair();
        Assert.Null(IpipDevice.Create(lab.A.Root, "ipip1", a.Options, out Errno same));
        Assert.Null(IpipDevice.Create(lab.A.Root, "ipip2", new IPTunnelOptions(), out Errno none));
        Assert.Equal((Errno.EEXIST, Errno.EEXIST), (same, none));
    }

    // tunnel4_rcv: icmp_send(ICMP_DEST_UNREACH, ICMP_PORT_UNREACH).
    [Fact]
    public void A_packet_that_no_tunnel_takes_is_answered_port_unreachable()
    {
        using TunnelLab lab = new();
        (_, IpipDevice b) = lab.IpipPair();
        b.SetUp(false);
        lab.Ping("10.9.0.2");
        Assert.Equal(1, lab.B.Root.Drops(DropReason.TunnelNoMatch));
        Assert.Contains(lab.OnWire.Received, f => f.Bytes[23] == 1 && f.Bytes[34] == 3 && f.Bytes[35] == 3);
    }

    // ip_tunnel_lookup, in its order.
    [Theory]
    [InlineData(true, true, true, "both")]
    [InlineData(false, true, true, "remote")]
    [InlineData(false, false, true, "local")]
    [InlineData(false, false, false, "tunl0")]
    public void The_tunnel_that_says_most_of_the_ends_wins(bool both, bool remote, bool local, string expected)
    {
        using TunnelLab lab = new();
        lab.IpipPair();
        lab.B.Root.Remove(lab.B.Root.FindDevice("ipip0")!);
        IPv4Address near = IPv4Address.Parse(TunnelLab.Right);
        IPv4Address far = IPv4Address.Parse(TunnelLab.Left);
        List<(string Name, IPTunnelOptions Options)> wanted = [("tunl0", new IPTunnelOptions())];
        wanted.AddRange(local ? [("local", new IPTunnelOptions { Local = near })] : []);
        wanted.AddRange(remote ? [("remote", new IPTunnelOptions { Remote = far })] : []);
        wanted.AddRange(both ? [("both", new IPTunnelOptions { Local = near, Remote = far })] : []);
        foreach ((string name, IPTunnelOptions options) in wanted)
        {
            IpipDevice.Create(lab.B.Root, name, options, out _)!.SetUp(true);
        }

        lab.Ping("10.9.0.2");
        Assert.Equal([expected], wanted.Select(w => w.Name).Where(n => lab.B.Root.FindDevice(n)!.Counters.ReceivedPackets > 0));
    }

    // ip_tunnel_xmit: "if (rt->dst.dev == dev)", collisions.
    [Fact]
    public void A_route_to_the_far_end_through_the_tunnel_itself_is_a_loop()
    {
        using TunnelLab lab = new();
        (IpipDevice a, _) = lab.IpipPair();
        lab.A.Root.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Parse("10.0.2.0/24"),
            NextHop = new NextHop<IPv4Address>(a, default, hasGateway: false),
        });
        Assert.Empty(lab.Ping("10.9.0.2"));
        Assert.Equal(1, lab.A.Root.Drops(DropReason.TunnelLoop));
    }

    // ipip_tunnel_xmit: "default: goto tx_error".
    [Fact]
    public void Ipv6_is_not_carried()
    {
        using TunnelLab lab = new();
        (IpipDevice a, _) = lab.IpipPair();
        Frame frame = lab.Network.Emulation.Frames.Rent(100);
        frame.Bytes.Clear();
        EthernetHeader.Write(frame.Bytes, default, default, EtherType.IPv6);
        a.Transmit(frame);
        lab.Network.Run(Duration.FromMilliseconds(1));
        Assert.Equal(1, lab.A.Root.Drops(DropReason.UnknownEtherType));
    }
}
