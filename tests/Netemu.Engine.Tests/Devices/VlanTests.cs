using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Vlans;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>VLAN sub-interfaces and VLAN-aware bridges, which this kernel lacks: after net/8021q and net/bridge/br_vlan.c.</summary>
public sealed class VlanTests
{
    private const string Untagged = "FFFFFFFFFFFF02000000000188B5";

    // vlan_dev_hard_start_xmit, vlan_do_receive.
    [Fact]
    public void Vlans_of_two_hosts_talk_in_tagged_frames()
    {
        using EmulatedNetwork network = new();
        (Node host, EthernetDevice parent) = MacvlanTests.Host(network);
        Node peer = network.Emulation.FindNode("peer")!;
        foreach ((Node node, string address) in new[] { (host, "10.5.0.1/24"), (peer, "10.5.0.2/24") })
        {
            VlanDevice vlan = VlanDevice.Create(node.Root, "v5", node.Root.FindDevice("eth0")!, 5, out _)!;
            EmulatedNetwork.AddAddress(node.Root, vlan, address);
            vlan.SetUp(true);
        }

        FrameRecorder wire = new(parent);
        PingRecorder ping = new(host);
        ping.Send("10.5.0.2");
        ping.Send("10.0.0.1");
        network.RunSeconds(1);
        Assert.Equal(["reply 10.0.0.1 ttl=64", "reply 10.5.0.2 ttl=64"], ping.Answers.Order(StringComparer.Ordinal));
        Assert.Contains(wire.Sent, f => f.Hex[24..36] == "810000050806");
        Assert.Contains(wire.Sent, f => f.Hex[24..36] == "810000050800");
    }

    // register_vlan_dev, vlan_check_real_dev, vlan_dev_open, vlan_dev_change_mtu.
    [Fact]
    public void A_vlan_is_refused_as_the_kernel_refuses_it()
    {
        using EmulatedNetwork network = new();
        (Node host, EthernetDevice parent) = MacvlanTests.Host(network);
        VlanDevice vlan = VlanDevice.Create(host.Root, "v5", parent, 5, out _)!;
        Assert.Null(VlanDevice.Create(host.Root, "v5b", parent, 5, out Errno twice));
        Assert.Null(VlanDevice.Create(host.Root, "v6", host.Root.Loopback, 6, out Errno loopback));
        Assert.NotNull(VlanDevice.Create(host.Root, "q5", parent, 5, out _, Core.Wire.EtherType.ServiceVlan));
        Assert.Equal((Errno.EEXIST, Errno.EOPNOTSUPP, Errno.ERANGE), (twice, loopback, vlan.CanSetMtu(1501)));
        parent.SetUp(false);
        Assert.Equal(Errno.ENETDOWN, vlan.TryOpen());
    }

    // vlan_device_event.
    [Fact]
    public void A_vlan_follows_its_device_up_and_down_and_its_address_while_it_has_it_from_there()
    {
        using EmulatedNetwork network = new();
        (Node host, EthernetDevice parent) = MacvlanTests.Host(network);
        VlanDevice follows = VlanDevice.Create(host.Root, "v5", parent, 5, out _)!;
        VlanDevice own = VlanDevice.Create(host.Root, "v6", parent, 6, out _)!;
        own.SetMac(new MacAddress(0x0200_0000_0066));
        parent.SetUp(false);
        parent.SetUp(true);
        Assert.True(follows.IsUp && own.IsUp);
        parent.SetMac(new MacAddress(0x0200_0000_0077));
        parent.SetMtu(1400);
        Assert.Equal((parent.Mac, 1400), (follows.Mac, follows.Mtu));
        Assert.Equal("02:00:00:00:00:66", own.Mac.ToString());
        host.Root.Remove(follows);
        host.Root.Remove(own);
        Assert.Null(parent.Handler);
    }

    // __netif_receive_skb_core: vlan_do_receive comes before the rx_handler.
    [Fact]
    public void Tagged_frames_go_to_their_vlan_before_a_bridge_sees_them()
    {
        using EmulatedNetwork network = new();
        (Node host, EthernetDevice parent) = MacvlanTests.Host(network);
        VlanDevice vlan = VlanDevice.Create(host.Root, "v5", parent, 5, out _)!;
        vlan.SetUp(true);
        BridgeDevice bridge = new(host.Root, "br0");
        bridge.SetUp(true);
        bridge.AddPort(parent);
        FrameRecorder atVlan = new(vlan);
        FrameRecorder atBridge = new(bridge);
        Node peer = network.Emulation.FindNode("peer")!;
        Send(network, peer, "FFFFFFFFFFFF020000000001" + "81000005" + "88B5");
        Send(network, peer, "FFFFFFFFFFFF020000000001" + "81000006" + "88B5");
        network.RunSeconds(1);
        Assert.Equal(Untagged, Assert.Single(atVlan.Received).Hex[..28]);
        Assert.Equal("81000006", Assert.Single(atBridge.Received).Hex[24..32]);
    }

    // __allowed_ingress and br_handle_vlan: tag and PVID decide the VLAN, the egress port the tag.
    [Theory]
    [InlineData("", 10, "", "8100000A", "-")]
    [InlineData("8100000A", 10, "", "8100000A", "-")]
    [InlineData("81006000", 10, "", "8100600A", "-")]
    [InlineData("81000014", 20, "-", "81000014", "")]
    [InlineData("8100001E", 0, "-", "-", "-")]
    public void A_frame_leaves_with_the_tag_that_each_port_gives_its_vlan(string tag, int vlan, string access10, string trunk, string access20)
    {
        using EmulatedNetwork network = new();
        SwitchLab lab = new(network);
        lab.Bridge.AddVlan(lab.Bridge.Ports[0], 20, pvid: false, untagged: false);
        string source = $"0200000000{(vlan == 20 ? "20" : "10")}";
        Send(network, lab.Hosts[0], $"FFFFFFFFFFFF{source}{tag}88B5");
        network.RunSeconds(1);
        Assert.Equal([access10, trunk, access20], lab.Seen.Skip(1).Select(s => s.Received.Count == 0 ? "-" : Tag(s.Received[0].Hex)));
        if (vlan != 0)
        {
            Assert.Equal("port0", lab.Bridge.Fdb.Find(MacAddress.Parse(source[..2] + ":00:00:00:00:" + source[^2..]), vlan)!.Port!.Device.Name);
        }
        else
        {
            Assert.Equal(1, lab.Switch.Root.Drops(DropReason.BridgeVlanFiltered));
        }
    }

    // br_fdb.c: the key of an entry is address and vlan_id (independent learning).
    [Fact]
    public void The_same_address_in_two_vlans_is_two_stations()
    {
        using EmulatedNetwork network = new();
        SwitchLab lab = new(network);
        MacAddress mac = new(0x0200_0000_0010);
        Send(network, lab.Hosts[0], "FFFFFFFFFFFF02000000001088B5");
        Send(network, lab.Hosts[3], "FFFFFFFFFFFF02000000001088B5");
        network.RunSeconds(1);
        Assert.Equal("port0", lab.Bridge.Fdb.Find(mac, 10)!.Port!.Device.Name);
        Assert.Equal("port3", lab.Bridge.Fdb.Find(mac, 20)!.Port!.Device.Name);
    }

    // br_vlan_set_default_pvid, nbp_vlan_init; br_pass_frame_up.
    [Fact]
    public void New_ports_and_the_bridge_itself_are_in_the_default_vlan()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("s");
        BridgeDevice bridge = new(node.Root, "br0");
        BridgePort early = bridge.AddPort(new DummyDevice(node.Root, "d0"));
        bridge.SetVlanFiltering(true);
        BridgePort late = bridge.AddPort(new DummyDevice(node.Root, "d1"));
        Assert.All([early.Vlans!, late.Vlans!, bridge.Vlans!], v => Assert.Equal((1, true), (v.Pvid, v.IsUntagged(1))));
        bridge.SetDefaultPvid(7);
        Assert.All([early.Vlans!, late.Vlans!, bridge.Vlans!], v => Assert.Equal([7], v.Members()));
        bridge.SetDefaultPvid(0);
        Assert.All([early.Vlans!, late.Vlans!, bridge.Vlans!], v => Assert.Empty(v.Members()));
    }

    [Fact]
    public void A_hub_repeats_everything_to_all_other_ports()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("hub");
        Hub hub = new();
        List<FrameRecorder> seen = [];
        List<Node> hosts = [];
        for (int i = 0; i < 3; i++)
        {
            Node host = network.Host($"h{i}");
            network.Join(host, string.Empty, node, string.Empty);
            hub.AddPort(node.Root.FindDevice($"eth{i}")!);
            seen.Add(new FrameRecorder(host.Root.FindDevice("eth0")!));
            hosts.Add(host);
        }

        foreach (string destination in new[] { "0180C2000001", "020000000099", "FFFFFFFFFFFF" })
        {
            Send(network, hosts[0], destination + "00000000000088B5");
        }

        network.RunSeconds(1);
        Assert.Equal([0, 3, 3], seen.Select(s => s.Received.Count));
    }

    private static string Tag(string hex) => hex[24..28] == "8100" ? hex[24..32] : string.Empty;

    private static void Send(EmulatedNetwork network, Node node, string header)
    {
        byte[] bytes = new byte[64];
        Convert.FromHexString(header).CopyTo(bytes, 0);
        node.Root.FindDevice("eth0")!.Transmit(network.Emulation.Frames.Rent(bytes));
    }

    /// <summary>A VLAN-aware switch: ports 0 and 1 are access ports of VLAN 10, port 2 a trunk, port 3 an access port of 20.</summary>
    private sealed class SwitchLab
    {
        public SwitchLab(EmulatedNetwork network)
        {
            Switch = network.Host("switch");
            Bridge = new BridgeDevice(Switch.Root, "br0");
            Bridge.SetUp(true);
            Bridge.SetVlanFiltering(true);
            for (int i = 0; i < 4; i++)
            {
                Node host = network.Host($"h{i}");
                network.Join(host, string.Empty, Switch, string.Empty);
                NetDevice end = Switch.Root.Devices[^1];
                Switch.Root.Rename(end, $"port{i}");
                BridgePort port = Bridge.AddPort(end);
                Bridge.ClearVlans(port);
                if (i != 3)
                {
                    Bridge.AddVlan(port, 10, pvid: i != 2, untagged: i != 2);
                }

                if (i >= 2)
                {
                    Bridge.AddVlan(port, 20, pvid: i == 3, untagged: i == 3);
                }

                Hosts.Add(host);
                Seen.Add(new FrameRecorder(host.Root.FindDevice("eth0")!));
            }
        }

        public Node Switch { get; }

        public BridgeDevice Bridge { get; }

        public List<Node> Hosts { get; } = [];

        public List<FrameRecorder> Seen { get; } = [];
    }
}
