using System;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Wire;
using Netemu.Engine.Devices.Tunnels;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>GRE and gretap, which this kernel lacks: after net/ipv4/ip_gre.c, gre_demux.c, RFC 2784 and RFC 2890.</summary>
public sealed class GreTests
{
    // gre_build_header: flags, then checksum, key and sequence number as they were asked for (RFC 2890 section 2).
    [Theory]
    [InlineData(null, false, false, "00000800")]
    [InlineData(7u, false, false, "2000080000000007")]
    [InlineData(7u, true, false, "300008000000000700000000")]
    public void The_header_has_what_was_asked_for(uint? key, bool sequence, bool checksum, string header)
    {
        using TunnelLab lab = new();
        Pair(lab, o => o with
        {
            InputKey = key, OutputKey = key, InputSequence = sequence, OutputSequence = sequence, InputChecksum = checksum, OutputChecksum = checksum,
        });
        Assert.Equal(["reply 10.9.0.2 ttl=64"], lab.Ping("10.9.0.2"));
        byte[] outer = lab.Outer().Single();
        Assert.Equal(47, outer[9]);
        Assert.Equal(header, Convert.ToHexString(outer, 20, header.Length / 2));
        Assert.Equal(0x45, outer[20 + (header.Length / 2)]);
    }

    // gre_build_header, RFC 2784 section 2.5.
    [Fact]
    public void A_checksum_covers_header_and_payload()
    {
        using TunnelLab lab = new();
        Pair(lab, o => o with { InputChecksum = true, OutputChecksum = true });
        Assert.Single(lab.Ping("10.9.0.2"));
        byte[] outer = lab.Outer().Single();
        Assert.Equal("80000800", Convert.ToHexString(outer, 20, 4));
        Assert.Equal(0, InternetChecksum.Compute(outer.AsSpan(20)));
    }

    // ip_tunnel_rcv: a checksum or its lack must be as configured; a sequence number must not fall behind.
    [Theory]
    [InlineData(true, false, DropReason.TunnelChecksum)]
    [InlineData(false, true, DropReason.TunnelSequence)]
    public void What_the_receiver_demands_and_does_not_get_is_dropped(bool checksum, bool sequence, DropReason reason)
    {
        using TunnelLab lab = new();
        Make(lab.A, TunnelLab.Left, TunnelLab.Right, "10.9.0.1/24", o => o);
        Make(lab.B, TunnelLab.Right, TunnelLab.Left, "10.9.0.2/24", o => o with { InputChecksum = checksum, InputSequence = sequence });
        Assert.Empty(lab.Ping("10.9.0.2"));
        Assert.Equal(1, lab.B.Root.Drops(reason));
    }

    // ip_tunnel_key_match, ip_tunnel_find.
    [Fact]
    public void Keys_tell_tunnels_with_the_same_ends_apart()
    {
        using TunnelLab lab = new();
        Pair(lab, o => o with { InputKey = 1, OutputKey = 1 });
        GreDevice other = Make(lab.B, TunnelLab.Right, TunnelLab.Left, "10.8.0.2/24", o => o with { InputKey = 2, OutputKey = 2 }, "gre2");
        Assert.Single(lab.Ping("10.9.0.2"));
        Assert.Equal(0, other.Counters.ReceivedPackets);
        Assert.Null(GreDevice.Create(lab.B.Root, "gre3", other.Options, isTap: false, out Errno error));
        Assert.Equal(Errno.EEXIST, error);
    }

    // ip_tunnel_bind_dev: the outer header, GRE's four bytes and what was asked for beside; gretap the inner Ethernet header too.
    [Theory]
    [InlineData(false, null, 1476)]
    [InlineData(false, 5u, 1472)]
    [InlineData(true, null, 1462)]
    [InlineData(true, 5u, 1458)]
    public void The_mtu_leaves_room_for_the_headers(bool tap, uint? key, int mtu)
    {
        using TunnelLab lab = new();
        IPTunnelOptions options = new()
        {
            Local = IPv4Address.Parse(TunnelLab.Left), Remote = IPv4Address.Parse(TunnelLab.Right), InputKey = key, OutputKey = key,
        };
        Assert.Equal(mtu, GreDevice.Create(lab.A.Root, "t", options, tap, out _)!.Mtu);
    }

    // gre_tap_xmit: ETH_P_TEB (RFC 1701's 6558).
    [Fact]
    public void Gretap_carries_ethernet_and_so_arp()
    {
        using TunnelLab lab = new();
        Pair(lab, o => o, tap: true);
        Assert.Equal(["reply 10.9.0.2 ttl=64"], lab.Ping("10.9.0.2"));
        byte[] first = lab.Outer().First();
        Assert.Equal("00006558FFFFFFFFFFFF", Convert.ToHexString(first, 20, 10));
        Assert.Equal("0806", Convert.ToHexString(first, 36, 2));
    }

    // gre_parse_header: version 0 only, and no routing.
    [Theory]
    [InlineData("0001880B")]
    [InlineData("40000800")]
    [InlineData("2000")]
    public void A_header_of_another_kind_is_dropped(string header)
    {
        using TunnelLab lab = new();
        Pair(lab, o => o);
        byte[] bytes = Convert.FromHexString(header);
        Frame frame = lab.Network.Emulation.Frames.Rent(14 + 20 + bytes.Length);
        EthernetHeader.Write(frame.Bytes, lab.B.Root.FindDevice("eth0")!.Mac, lab.Middle.Root.FindDevice("eth1")!.Mac, EtherType.IPv4);
        IPv4Header.Write(
            frame.Bytes[14..], 0, 20 + bytes.Length, 1, 0, 9, IPProtocol.Gre, IPv4Address.Parse(TunnelLab.Left), IPv4Address.Parse(TunnelLab.Right));
        bytes.CopyTo(frame.Bytes[34..]);
        lab.Middle.Root.FindDevice("eth1")!.Transmit(frame);
        lab.Network.RunSeconds(1);
        Assert.Equal(1, lab.B.Root.Drops(DropReason.MalformedFrame));
    }

    private static void Pair(TunnelLab lab, Func<IPTunnelOptions, IPTunnelOptions> change, bool tap = false)
    {
        Make(lab.A, TunnelLab.Left, TunnelLab.Right, "10.9.0.1/24", change, tap: tap);
        Make(lab.B, TunnelLab.Right, TunnelLab.Left, "10.9.0.2/24", change, tap: tap);
    }

    private static GreDevice Make(
        Node node, string local, string remote, string address, Func<IPTunnelOptions, IPTunnelOptions> change, string name = "gre1", bool tap = false)
    {
        IPTunnelOptions options = change(new IPTunnelOptions { Local = IPv4Address.Parse(local), Remote = IPv4Address.Parse(remote) });
        GreDevice device = GreDevice.Create(node.Root, name, options, tap, out Errno error)!;
        Assert.Equal(Errno.None, error);
        EmulatedNetwork.AddAddress(node.Root, device, address);
        device.SetUp(true);
        return device;
    }
}
