using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>IPv6 in IPv4, which this kernel lacks: after net/ipv6/sit.c, RFC 4213 and RFC 3056.</summary>
public sealed class SitTests
{
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
