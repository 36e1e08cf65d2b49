using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Vxlan;
using Netemu.Engine.Frames;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>VXLAN as RFC 7348 and drivers/net/vxlan have it.</summary>
public sealed class VxlanTests
{
    [Fact]
    public void A_ping_crosses_the_overlay_and_its_ttl_does_not_notice_the_underlay()
    {
        using TunnelLab lab = new();
        (VxlanDevice a, VxlanDevice b) = lab.VxlanPair();
        Assert.Equal(["reply 10.9.0.2 ttl=64"], lab.Ping("10.9.0.2"));

        // Both have learned the other's address behind the other's host, beside the default entry.
        Assert.Equal(TunnelLab.Right, a.Fdb.Find(b.Mac)!.Remotes.Single().Address.ToString());
        Assert.Equal(TunnelLab.Left, b.Fdb.Find(a.Mac)!.Remotes.Single().Address.ToString());
    }

    [Fact]
    public void The_outer_headers_are_those_of_rfc_7348()
    {
        using TunnelLab lab = new();
        (VxlanDevice a, _) = lab.VxlanPair();
        lab.Ping("10.9.0.2");
        byte[] request = lab.Outer().First();

        // The ARP request: 42 bytes in 50 of headers less the outer Ethernet header.
        Assert.Equal(20 + 8 + 8 + 42, request.Length);
        Assert.Equal("0A0001020A000202", Convert.ToHexString(request, 12, 8));
        Assert.Equal(64, request[8]);
        Assert.Equal(0, request[6] & 0x40);
        Assert.Equal(4789, BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(22)));
        Assert.Equal("0800000000002A00", Convert.ToHexString(request, 28, 8));
        Assert.Equal($"FFFFFFFFFFFF{a.Mac.Value:X12}0806", Convert.ToHexString(request, 36, 14));
        Assert.NotEqual(0, BinaryPrimitives.ReadUInt16BigEndian(request.AsSpan(26)));
    }

    [Fact]
    public void Without_udpcsum_the_outer_checksum_is_zero()
    {
        using TunnelLab lab = new();
        lab.VxlanPair(o => o with { UdpChecksum = false });
        Assert.Single(lab.Ping("10.9.0.2"));
        Assert.All(lab.Outer(), p => Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(p.AsSpan(26))));
    }

    [Fact]
    public void A_frame_without_entry_or_default_is_dropped_and_counts_as_an_l2_miss()
    {
        using TunnelLab lab = new();
        VxlanDevice device = TunnelLab.Vxlan(lab.A, "10.9.0.1/24", new VxlanOptions { Vni = 42, DestinationPort = 4789, L2Miss = true });
        TunnelLab.Know(lab.A.Root, "vx0", "10.9.0.2", new MacAddress(0x0200_0000_0099));
        Assert.Empty(lab.Ping("10.9.0.2"));
        Assert.Equal(1, device.L2Misses);
        Assert.Equal(1, lab.A.Root.Drops(DropReason.VxlanNoRemote));

        // Broadcasts are dropped too, but are no miss.
        lab.Ping("10.9.0.77");
        Assert.Equal(1, device.L2Misses);
        Assert.Empty(lab.Outer());
    }

    [Fact]
    public void A_vtep_is_learned_from_data_even_without_a_default_entry()
    {
        using TunnelLab lab = new();
        VxlanDevice a = TunnelLab.Vxlan(lab.A, "10.9.0.1/24", TunnelLab.To(TunnelLab.Right));
        VxlanDevice b = TunnelLab.Vxlan(lab.B, "10.9.0.2/24", new VxlanOptions { Vni = 42, DestinationPort = 4789 });
        Assert.Single(lab.Ping("10.9.0.2"));
        Assert.Equal(TunnelLab.Left, b.Fdb.Find(a.Mac)!.Remotes[0].Address.ToString());
    }

    [Fact]
    public void Nolearning_learns_nothing_and_needs_an_entry()
    {
        using TunnelLab lab = new();
        (VxlanDevice a, VxlanDevice b) = lab.VxlanPair(o => o with { Learning = false });
        Assert.Single(lab.Ping("10.9.0.2"));
        Assert.Null(a.Fdb.Find(b.Mac));
        Assert.Equal(["00:00:00:00:00:00"], b.Fdb.Entries().Select(e => e.Mac.ToString()));
    }

    [Theory]
    [InlineData(299, true)]
    [InlineData(300, false)]
    public void A_learned_entry_lives_for_300_s_after_the_last_frame(int silence, bool lives)
    {
        using TunnelLab lab = new();
        (VxlanDevice a, VxlanDevice b) = lab.VxlanPair();
        b.SetUp(false);
        Assert.True(a.Fdb.Learn(b.Mac, InternetAddress.Parse(TunnelLab.Right)));
        lab.Network.RunSeconds(silence);
        Assert.Equal(lives, a.Fdb.Find(b.Mac) is not null);
    }

    [Fact]
    public void A_station_that_moves_is_followed_but_a_static_entry_stays_and_its_frames_are_dropped()
    {
        using TunnelLab lab = new();
        (VxlanDevice a, VxlanDevice b) = lab.VxlanPair();
        InternetAddress elsewhere = InternetAddress.Parse("10.0.9.9");
        a.Fdb.Learn(b.Mac, elsewhere);
        Assert.Single(lab.Ping("10.9.0.2"));
        Assert.Equal(TunnelLab.Right, a.Fdb.Find(b.Mac)!.Remotes[0].Address.ToString());

        Assert.Equal(Errno.None, b.Fdb.Replace(a.Mac, new VxlanRemote(elsewhere)));
        Assert.Empty(lab.Ping("10.9.0.2"));
        Assert.Equal(1, lab.B.Root.Drops(DropReason.VxlanEntryExists));
        Assert.Equal(elsewhere, b.Fdb.Find(a.Mac)!.Remotes[0].Address);
    }

    [Fact]
    public void What_has_no_entry_goes_to_every_default_destination_the_first_one_last()
    {
        using TunnelLab lab = new();
        (VxlanDevice a, _) = lab.VxlanPair();
        Assert.Equal(Errno.None, a.Fdb.Append(default, new VxlanRemote(InternetAddress.Parse("10.0.2.1"))));
        Assert.Equal(Errno.None, a.Fdb.Append(default, new VxlanRemote(InternetAddress.Parse("10.0.1.1"))));
        lab.Ping("10.9.0.50");
        Assert.Equal(
            ["10.0.2.1", "10.0.1.1", TunnelLab.Right],
            lab.Outer().Select(p => IPv4Address.Read(p.AsSpan(16)).ToString()));
    }

    [Fact]
    public void Changes_by_hand_are_refused_as_the_kernel_refuses_them()
    {
        using TunnelLab lab = new();
        (VxlanDevice a, _) = lab.VxlanPair();
        MacAddress mac = new(0x0200_0000_0009);
        VxlanRemote first = new(InternetAddress.Parse("10.0.2.2"));
        VxlanRemote second = new(InternetAddress.Parse("10.0.2.3"));
        Assert.Equal(Errno.None, a.Fdb.Add(mac, first));
        Assert.Equal(Errno.EEXIST, a.Fdb.Add(mac, second));
        Assert.Equal(Errno.None, a.Fdb.Append(mac, second));
        Assert.Equal([first], a.Fdb.Find(mac)!.Remotes);
        Assert.Equal(Errno.None, a.Fdb.Replace(mac, second));
        Assert.Equal([second], a.Fdb.Find(mac)!.Remotes);
        Assert.Equal(Errno.EEXIST, a.Fdb.Add(default, second));
        Assert.Equal(Errno.EOPNOTSUPP, a.Fdb.Replace(default, second));
        Assert.Equal(Errno.None, a.Fdb.Remove(mac, first));
        Assert.Equal([second], a.Fdb.Find(mac)!.Remotes);
        Assert.Equal(Errno.None, a.Fdb.Remove(mac, second));
        Assert.Equal(Errno.ENOENT, a.Fdb.Remove(mac));
    }

    [Fact]
    public void Proxy_answers_from_the_neighbour_table_alone_and_lets_no_request_out()
    {
        using TunnelLab lab = new();
        (VxlanDevice a, VxlanDevice b) = lab.VxlanPair(o => o with { Proxy = true, L3Miss = true });
        TunnelLab.Know(lab.B.Root, "vx0", "10.9.0.1", a.Mac);
        Assert.Equal(Errno.None, a.Fdb.Add(b.Mac, new VxlanRemote(InternetAddress.Parse(TunnelLab.Right))));

        // The own stack's question finds its own unresolved entry, which is no answer.
        lab.Ping("10.9.0.2");
        Assert.Empty(lab.Outer());

        TunnelLab.Know(lab.A.Root, "vx0", "10.9.0.2", b.Mac);
        Assert.Single(lab.Ping("10.9.0.2"));
        Assert.Equal(0, a.L3Misses);
    }

    [Fact]
    public void The_device_of_another_vni_or_of_none_drops()
    {
        using TunnelLab lab = new();
        TunnelLab.Vxlan(lab.A, "10.9.0.1/24", TunnelLab.To(TunnelLab.Right, vni: 7));
        TunnelLab.Vxlan(lab.B, "10.9.0.2/24", TunnelLab.To(TunnelLab.Left, vni: 8));
        Assert.Empty(lab.Ping("10.9.0.2"));
        Assert.Equal(1, lab.B.Root.Drops(DropReason.VxlanUnknownVni));
    }

    [Fact]
    public void Two_devices_share_a_port_but_not_a_vni_on_it()
    {
        using TunnelLab lab = new();
        TunnelLab.Vxlan(lab.A, "10.9.0.1/24", TunnelLab.To(TunnelLab.Right));
        TunnelLab.Vxlan(lab.A, "10.9.1.1/24", TunnelLab.To(TunnelLab.Right, vni: 43), "vx1");
        Assert.Null(VxlanDevice.Create(lab.A.Root, "vx2", TunnelLab.To(TunnelLab.Right), out Errno error));
        Assert.Equal(Errno.EEXIST, error);
        Assert.Equal([4789], lab.A.Root.Udp.Sockets().Select(s => (int)s.LocalPort));
    }

    [Fact]
    public void A_port_that_a_process_has_keeps_the_device_down()
    {
        using TunnelLab lab = new();
        VxlanDevice device = VxlanDevice.Create(lab.A.Root, "vx0", TunnelLab.To(TunnelLab.Right), out _)!;
        UdpSocket socket = lab.A.Root.Udp.Open(default, 4789, new SilentUdpHandler(), out _)!;
        Assert.Equal(Errno.EADDRINUSE, device.TryOpen());
        socket.Close();
        Assert.Equal(Errno.None, device.TryOpen());
    }

    [Fact]
    public void The_mtu_is_the_lower_devices_less_50_or_1500_without_one()
    {
        using TunnelLab lab = new();
        NetDevice lower = lab.A.Root.FindDevice("eth0")!;
        VxlanDevice with = TunnelLab.Vxlan(lab.A, "10.9.0.1/24", TunnelLab.To(TunnelLab.Right) with { Lower = lower });
        VxlanDevice without = TunnelLab.Vxlan(lab.A, "10.9.1.1/24", TunnelLab.To(TunnelLab.Right, 43), "vx1");
        Assert.Equal((1450, 1500), (with.Mtu, without.Mtu));
        Assert.Equal((Errno.EINVAL, Errno.None), (with.CanSetMtu(1451), without.CanSetMtu(9000)));
        lab.A.Root.Remove(lower);
        Assert.Null(lab.A.Root.FindDevice("vx0"));
        Assert.NotNull(lab.A.Root.FindDevice("vx1"));
    }

    [Fact]
    public void An_inner_packet_of_1500_bytes_travels_in_two_outer_fragments()
    {
        using TunnelLab lab = new();
        lab.VxlanPair();
        lab.Ping("10.9.0.2");
        int before = lab.Outer().Count;
        Assert.Single(lab.Ping("10.9.0.2", size: 1472));
        Assert.Equal(2, lab.Outer().Count - before);
    }

    [Fact]
    public void With_df_the_local_sender_learns_the_mtu_from_its_first_packet()
    {
        using TunnelLab lab = new();
        lab.VxlanPair();
        lab.Ping("10.9.0.2");

        // The packet itself goes, in an outer packet that may be fragmented; the next one knows.
        Assert.Single(lab.Ping("10.9.0.2", out Errno first, 1472, PathMtuDiscovery.Do));
        Assert.Empty(lab.Ping("10.9.0.2", out Errno second, 1472, PathMtuDiscovery.Do));
        Assert.Equal((Errno.None, Errno.EMSGSIZE), (first, second));
        Assert.Single(lab.Ping("10.9.0.2", out Errno third, 1422, PathMtuDiscovery.Do));
        Assert.Equal(Errno.None, third);
    }

    [Fact]
    public void The_source_port_follows_the_inner_flow()
    {
        using TunnelLab lab = new();
        lab.VxlanPair();
        lab.Ping("10.9.0.2");
        lab.Network.Run(Duration.FromMilliseconds(10));
        UdpSocket[] sockets = [.. Enumerable.Range(0, 64).Select(_ => lab.A.Root.Udp.Open(default, 0, new SilentUdpHandler(), out Errno _)!)];
        int before = lab.Outer().Count;
        foreach (UdpSocket socket in sockets)
        {
            socket.SendTo(InternetAddress.Parse("10.9.0.2"), 9, new byte[16]);
            socket.SendTo(InternetAddress.Parse("10.9.0.2"), 9, new byte[400]);
        }

        lab.Network.Run(Duration.FromMilliseconds(10));
        List<int> ports = [.. lab.Outer().Skip(before).Select(p => (int)BinaryPrimitives.ReadUInt16BigEndian(p.AsSpan(20)))];
        Assert.Equal(128, ports.Count);
        Assert.All(ports, p => Assert.InRange(p, 32_768, 60_998));
        Assert.All(ports.Chunk(2), pair => Assert.Equal(pair[0], pair[1]));
        Assert.True(ports.Distinct().Count() > 60);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0xB8, 0xB8)]
    [InlineData(1, 0xB9, 0xB9)]
    [InlineData(0, 0xB9, 0x01)]
    [InlineData(0x40, 0xB8, 0x40)]
    [InlineData(0x40, 0x03, 0x42)]
    public void The_outer_tos_is_the_configured_or_the_inner_dscp_with_the_inner_ecn(byte configured, byte inner, byte outer)
    {
        using TunnelLab lab = new();
        lab.VxlanPair(o => o with { TypeOfService = configured });
        lab.Ping("10.9.0.2");
        int before = lab.Outer().Count;
        lab.Ping("10.9.0.2", out _, tos: inner);
        Assert.Equal(outer, lab.Outer()[before][1]);
    }

    [Fact]
    public void A_device_that_moves_to_another_namespace_keeps_its_underlay()
    {
        using TunnelLab lab = new();
        (VxlanDevice a, _) = lab.VxlanPair();
        Engine.Namespaces.NetworkNamespace inside = lab.A.AddNamespace("c");
        lab.A.Root.Move(a, inside);
        EmulatedNetwork.AddAddress(inside, a, "10.9.0.1/24");
        a.SetUp(true);
        PingRecorder ping = new(inside);
        ping.Send("10.9.0.2");
        lab.Network.RunSeconds(1);
        Assert.Equal(["reply 10.9.0.2 ttl=64"], ping.Answers);
    }

    [Fact]
    public void Routes_that_loop_through_the_device_end_in_a_drop()
    {
        using TunnelLab lab = new();
        TunnelLab.Vxlan(lab.A, "10.9.0.1/24", TunnelLab.To("10.9.0.9"));
        Assert.Empty(lab.Ping("10.9.0.2"));
        Assert.True(lab.A.Root.Drops(DropReason.TunnelLoop) > 0);
    }
}
