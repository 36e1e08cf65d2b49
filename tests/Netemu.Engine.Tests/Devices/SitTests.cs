using System;
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

/// <summary>IPv6 in IPv4, which this kernel lacks: after net/ipv6/sit.c, RFC 4213 and RFC 3056.</summary>
public sealed class SitTests
{
    // ipip6_tunnel_xmit: without a ttl of its own the outer one is the inner hop limit; DF with pmtudisc; RFC 4213 section 3.5.
    [Fact]
    public void A_ping_crosses_in_packets_of_protocol_41()
    {
        using TunnelLab lab = new();
        Pair(lab);
        Assert.Equal(["reply 2001:db8::2 ttl=64"], Ping(lab, "2001:db8::2"));
        byte[] outer = lab.Outer().Last(p => p.Length == 20 + 104);
        Assert.Equal(41, outer[9]);
        Assert.Equal(64, outer[8]);
        Assert.Equal(0x60, outer[20] & 0xF0);
        Assert.Equal(0x40, outer[6] & 0x40);
    }

    // try_6rd with 2002::/16: the far end is inside the destination.
    [Fact]
    public void Without_a_far_end_a_6to4_destination_names_it()
    {
        using TunnelLab lab = new();
        foreach ((Node node, string local, string address) in new[]
        {
            (lab.A, TunnelLab.Left, "2002:a00:102::1/16"), (lab.B, TunnelLab.Right, "2002:a00:202::1/16"),
        })
        {
            SitDevice device = SitDevice.Create(node.Root, "tun6to4", new IPTunnelOptions { Local = IPv4Address.Parse(local) }, out Errno error)!;
            Assert.Equal(Errno.None, error);
            EmulatedNetwork.AddAddress(node.Root, device, address);
            device.SetUp(true);
        }

        Assert.Equal(["reply 2002:a00:202::1 ttl=64"], Ping(lab, "2002:a00:202::1"));
    }

    // packet_is_spoofed, is_spoofed_6rd: the addresses of 6to4 must be those of the outer packet, in a tunnel without a far end.
    [Theory]
    [InlineData("2002:a00:102::1", "2002:a00:202::1", false, true)]
    [InlineData("2001:db8::1", "2001:db8::2", false, true)]
    [InlineData("2002:c000:201::1", "2002:a00:202::1", false, false)]
    [InlineData("2002:a00:102::1", "2002:c000:201::1", false, false)]
    [InlineData("2002:c000:201::1", "2002:a00:202::1", true, true)]
    public void Inner_6to4_addresses_must_agree_with_the_outer_ones(string source, string destination, bool hasRemote, bool passes)
    {
        using TunnelLab lab = new();
        IPTunnelOptions options = new() { Local = IPv4Address.Parse(TunnelLab.Right) };
        SitDevice device = SitDevice.Create(
            lab.B.Root, "sit1", hasRemote ? options with { Remote = IPv4Address.Parse(TunnelLab.Left) } : options, out _)!;
        EmulatedNetwork.AddAddress(lab.B.Root, device, "2002:a00:202::1/16");
        device.SetUp(true);
        FrameRecorder taken = new(device);
        Frame frame = lab.Network.Emulation.Frames.Rent(14 + 20 + 40);
        Span<byte> packet = frame.Bytes[14..];
        packet.Clear();
        EthernetHeader.Write(frame.Bytes, lab.B.Root.FindDevice("eth0")!.Mac, lab.Middle.Root.FindDevice("eth1")!.Mac, EtherType.IPv4);
        IPv4Header.Write(packet, 0, 60, 1, 0, 9, IPProtocol.IPv6, IPv4Address.Parse(TunnelLab.Left), IPv4Address.Parse(TunnelLab.Right));
        packet[20] = 0x60;
        packet[26] = 59;
        packet[27] = 64;
        IPv6Address.Parse(source).Write(packet[28..]);
        IPv6Address.Parse(destination).Write(packet[44..]);

        lab.Middle.Root.FindDevice("eth1")!.Transmit(frame);
        lab.Network.RunSeconds(1);

        Assert.Equal(passes ? 0 : 1, lab.B.Root.Drops(DropReason.TunnelSpoofed));
        Assert.Equal(passes, taken.Received.Any(f => f.Bytes[20] == 59));
    }

    // ipip6_tunnel_xmit, "tx_error_icmp": a next hop that names no IPv4 address, and a far end without a route.
    [Theory]
    [InlineData("2001:db8:1::1", null)]
    [InlineData("2002:c000:201::1", "192.0.2.1/32")]
    public void Without_a_way_the_inner_sender_hears_address_unreachable(string destination, string? unreachable)
    {
        using TunnelLab lab = new();
        SitDevice device = SitDevice.Create(lab.A.Root, "sit1", new IPTunnelOptions { Local = IPv4Address.Parse(TunnelLab.Left) }, out _)!;
        EmulatedNetwork.AddAddress(lab.A.Root, device, "2002:a00:102::1/16");
        device.SetUp(true);
        lab.A.Root.IPv6.Routes.Add(new Route<IPv6Address>
        {
            Prefix = Prefix<IPv6Address>.Default, NextHop = new NextHop<IPv6Address>(device, default, hasGateway: false),
        });
        if (unreachable is not null)
        {
            EmulatedNetwork.Route(lab.A, unreachable, RouteType.Unreachable);
        }

        Assert.Equal(["1/3 from 2002:a00:102::1 info=0"], Ping(lab, destination));
    }

    // ip6_err_gen_icmpv6_unreach: a router that quotes enough makes the tunnel report at once.
    [Fact]
    public void An_ipv4_error_becomes_an_ipv6_error_to_the_inner_sender()
    {
        using TunnelLab lab = new();
        Pair(lab);
        Assert.Single(Ping(lab, "2001:db8::2"));
        EmulatedNetwork.Route(lab.Middle, "10.0.2.2/32", RouteType.Prohibit);
        Assert.Equal(["1/3 from 2001:db8::1 info=0"], Ping(lab, "2001:db8::2"));
    }

    private static string[] Ping(TunnelLab lab, string to)
    {
        // Let duplicate address detection end.
        lab.Network.RunSeconds(3);
        PingRecorder ping = new(lab.A);
        ping.Send(to);
        lab.Network.Run(Duration.FromMilliseconds(100));
        return [.. ping.Answers];
    }

    private static void Pair(TunnelLab lab)
    {
        Make(lab.A, TunnelLab.Left, TunnelLab.Right, "2001:db8::1/64");
        Make(lab.B, TunnelLab.Right, TunnelLab.Left, "2001:db8::2/64");
    }

    private static void Make(Node node, string local, string remote, string address)
    {
        IPTunnelOptions options = new() { Local = IPv4Address.Parse(local), Remote = IPv4Address.Parse(remote) };
        SitDevice device = SitDevice.Create(node.Root, "sit1", options, out Errno error)!;
        Assert.Equal(Errno.None, error);
        EmulatedNetwork.AddAddress(node.Root, device, address);
        device.SetUp(true);
    }
}
