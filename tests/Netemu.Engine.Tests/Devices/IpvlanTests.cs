using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Ipvlan;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>
/// ipvlan, which this kernel lacks: the expectations follow drivers/net/ipvlan/ipvlan_core.c, ipvlan_l3s.c and
/// Documentation/networking/ipvlan.rst.
/// </summary>
public sealed class IpvlanTests
{
    // ipvlan_xmit_mode_l2 and _l3, ipvlan_is_private, ipvlan_is_vepa: who reaches a sibling. In l2 vepa the peer would have to
    // reflect; in l3 vepa it would have to route back.
    [Theory]
    [InlineData(IpvlanMode.L2, IpvlanIsolation.Bridge, true)]
    [InlineData(IpvlanMode.L2, IpvlanIsolation.Private, false)]
    [InlineData(IpvlanMode.L2, IpvlanIsolation.Vepa, false)]
    [InlineData(IpvlanMode.L3, IpvlanIsolation.Bridge, true)]
    [InlineData(IpvlanMode.L3, IpvlanIsolation.Private, false)]
    [InlineData(IpvlanMode.L3, IpvlanIsolation.Vepa, false)]
    [InlineData(IpvlanMode.L3S, IpvlanIsolation.Bridge, true)]
    [InlineData(IpvlanMode.L3S, IpvlanIsolation.Private, false)]
    public void Siblings_reach_each_other_as_the_isolation_says(IpvlanMode mode, IpvlanIsolation isolation, bool reaches)
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, mode, isolation);
        Assert.Equal(reaches, lab.Ping(lab.First, "10.0.0.12").Contains("reply 10.0.0.12 ttl=64"));
    }

    // ipvlan_rcv_frame; in the l3 modes the children have IFF_NOARP: the peer needs an entry made by hand.
    [Theory]
    [InlineData(IpvlanMode.L2)]
    [InlineData(IpvlanMode.L3)]
    [InlineData(IpvlanMode.L3S)]
    public void The_outside_reaches_a_child_at_the_parents_mac(IpvlanMode mode)
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, mode, IpvlanIsolation.Bridge);
        if (mode != IpvlanMode.L2)
        {
            Assert.DoesNotContain("reply 10.0.0.11 ttl=64", lab.Ping(lab.Peer.Root, "10.0.0.11"));
            TunnelLab.Know(lab.Peer.Root, "eth0", "10.0.0.11", lab.Parent.Mac);
        }

        Assert.Contains("reply 10.0.0.11 ttl=64", lab.Ping(lab.Peer.Root, "10.0.0.11"));
        Assert.Equal(lab.Parent.Mac, lab.Peer.Root.IPv4.Neighbours.Find(lab.Peer.Root.FindDevice("eth0")!, IPv4Address.Parse("10.0.0.11"))!.Mac);
    }

    // ipvlan_handle_frame sees only what the master receives, never what it sends; ipvlan_addr_lookup knows children's addresses alone.
    [Theory]
    [InlineData(IpvlanMode.L2)]
    [InlineData(IpvlanMode.L3)]
    public void Parent_and_child_do_not_reach_each_other(IpvlanMode mode)
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, mode, IpvlanIsolation.Bridge);
        Assert.DoesNotContain("reply 10.0.0.11 ttl=64", lab.Ping(lab.Host.Root, "10.0.0.11"));
        Assert.DoesNotContain("reply 10.0.0.10 ttl=64", lab.Ping(lab.First, "10.0.0.10"));
    }

    // ipvlan_handle_mode_l2 distributes broadcasts; mode l3 leaves them to the master alone.
    [Theory]
    [InlineData(IpvlanMode.L2, 1)]
    [InlineData(IpvlanMode.L3, 0)]
    [InlineData(IpvlanMode.L3S, 0)]
    public void Only_in_l2_does_a_broadcast_reach_children(IpvlanMode mode, int copies)
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, mode, IpvlanIsolation.Bridge);
        FrameRecorder child = new(lab.First.FindDevice("i1")!);
        Frame frame = network.Emulation.Frames.Rent(60);
        frame.Bytes.Clear();
        frame.Bytes[..6].Fill(0xFF);
        frame.Bytes[6] = 2;
        lab.Peer.Root.FindDevice("eth0")!.Transmit(frame);
        network.RunSeconds(1);
        Assert.Equal(copies, child.Received.Count);
    }

    // ipvlan_process_v4_outbound: the parent's namespace routes, and a route outside it decides; no TTL is lost.
    [Fact]
    public void In_l3_the_parents_routes_carry_what_children_send()
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, IpvlanMode.L3, IpvlanIsolation.Bridge);
        TunnelLab.Know(lab.Peer.Root, "eth0", "10.0.0.11", lab.Parent.Mac);
        EmulatedNetwork.AddAddress(lab.Peer.Root, lab.Peer.Root.Loopback, "192.0.2.1/32");
        EmulatedNetwork.Route(lab.Host, "192.0.2.0/24", "10.0.0.1");
        lab.First.IPv4.Routes.Add(new Route<IPv4Address>
        {
            Prefix = Prefix<IPv4Address>.Default,
            NextHop = new NextHop<IPv4Address>(lab.First.FindDevice("i1"), default, hasGateway: false),
        });
        FrameRecorder wire = new(lab.Parent);
        Assert.Contains("reply 192.0.2.1 ttl=64", lab.Ping(lab.First, "192.0.2.1"));
        Assert.Contains(wire.Sent, f => f.Bytes[23] == 1 && f.Bytes[22] == 64);
    }

    // ipvlan_process_v4_outbound: flowi4's saddr, tos and mark are the packet's, so that rules of the master's namespace see them.
    [Theory]
    [InlineData("10.0.0.11/32", true)]
    [InlineData("10.0.0.12/32", false)]
    public void In_l3_rules_of_the_parents_namespace_go_by_the_childs_address(string from, bool goesAstray)
    {
        // Given a rule for one child, whose table has a gateway that nobody is.
        using EmulatedNetwork network = new();
        Lab lab = new(network, IpvlanMode.L3, IpvlanIsolation.Bridge);
        TunnelLab.Know(lab.Peer.Root, "eth0", "10.0.0.11", lab.Parent.Mac);
        RoutingTables<IPv4Address> routes = lab.Host.Root.IPv4.Routes;
        routes.AddRule(new RoutingRule<IPv4Address>(100) { From = Prefix<IPv4Address>.Parse(from), Table = 100 });
        routes.Add(
            new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Default,
                NextHop = new NextHop<IPv4Address>(lab.Parent, IPv4Address.Parse("10.0.0.99"), hasGateway: true),
            },
            100);

        // Then what this child sends goes there.
        Assert.Equal(!goesAstray, lab.Ping(lab.First, "10.0.0.1").Contains("reply 10.0.0.1 ttl=64"));
    }

    // ipvlan_get_L3_hdr, ipvlan_addr_lookup, ipvlan_external_frame: a child's own probe for duplicates comes back from a switch
    // that reflects, and is known by the address that it asks for.
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void A_reflected_probe_for_duplicates_reaches_no_child_and_another_does(bool fromOutside, int copies)
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, IpvlanMode.L2, IpvlanIsolation.Bridge);
        NetDevice child = lab.First.FindDevice("i1")!;
        EmulatedNetwork.AddAddress(lab.First, child, "2001:db8::11/64");
        network.RunSeconds(2);
        FrameRecorder seen = new(child);
        byte[] probe = new byte[14 + 40 + 24];
        Convert.FromHexString("3333FF000011").CopyTo(probe, 0);
        BinaryPrimitives.WriteUInt64BigEndian(probe.AsSpan(4), 0x3333_0000_0000_0000 | lab.Parent.Mac.Value);
        Convert.FromHexString("3333FF000011").CopyTo(probe, 0);
        if (fromOutside)
        {
            probe[11] ^= 0x40;
        }

        Convert.FromHexString("86DD600000000018" + "3AFF" + new string('0', 32) + "FF0200000000000000000001FF000011" + "8700000000000000")
            .CopyTo(probe, 12);
        IPv6Address.Parse("2001:db8::11").Write(probe.AsSpan(14 + 48));
        lab.Peer.Root.FindDevice("eth0")!.Transmit(network.Emulation.Frames.Rent(probe));
        network.Run(Duration.FromMilliseconds(10));
        Assert.Equal(copies, seen.Received.Count(f => f.Bytes.Length == probe.Length && f.Bytes[54] == 0x87));
    }

    // ipvlan_addr4_validator_event, ipvlan_addr_busy: "busy" is what any child has, itself included, up or down.
    [Fact]
    public void An_address_belongs_to_one_child()
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, IpvlanMode.L2, IpvlanIsolation.Bridge);
        NetDevice second = lab.Second.FindDevice("i2")!;
        Assert.Equal(Errno.EADDRINUSE, second.CanAddAddress(InternetAddress.Parse("10.0.0.11")));
        Assert.Equal(Errno.EADDRINUSE, second.CanAddAddress(InternetAddress.Parse("10.0.0.12")));
        Assert.Equal(Errno.None, second.CanAddAddress(InternetAddress.Parse("10.0.0.13")));
        lab.First.FindDevice("i1")!.SetUp(false);
        Assert.Equal(Errno.EADDRINUSE, second.CanAddAddress(InternetAddress.Parse("10.0.0.11")));
        lab.First.IPv4.RemoveAddress(lab.First.FindDevice("i1")!, new InterfaceAddress<IPv4Address>(IPv4Address.Parse("10.0.0.11"), 24));
        Assert.Equal(Errno.None, second.CanAddAddress(InternetAddress.Parse("10.0.0.11")));
    }

    // ipvlan_link_new: "latest update overrides"; ipvlan has no ndo_set_mac_address; NETDEV_CHANGEADDR, NETDEV_CHANGEMTU.
    [Fact]
    public void Mode_mac_and_mtu_are_the_parents_and_the_same_for_all()
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, IpvlanMode.L2, IpvlanIsolation.Bridge);
        IpvlanDevice first = (IpvlanDevice)lab.First.FindDevice("i1")!;
        IpvlanDevice third = IpvlanDevice.Create(lab.Host.Root, "i3", lab.Parent, IpvlanMode.L3, IpvlanIsolation.Private, out _)!;
        Assert.Equal((IpvlanMode.L3, IpvlanIsolation.Private), (first.Mode, first.Isolation));
        Assert.Equal(Errno.EOPNOTSUPP, third.CanSetMac(new MacAddress(0x0200_0000_0077)));
        lab.Parent.SetMac(new MacAddress(0x0200_0000_0077));
        lab.Parent.SetMtu(1400);
        Assert.Equal((lab.Parent.Mac, 1400), (first.Mac, first.Mtu));
    }

    // ipvlan_link_new, addrconf_ifid_eui48: the children of one MAC have numbers, which stand where the EUI-64 has FF:FE, and
    // then no bit is turned over. In the l3 modes too, though nobody resolves neighbours there.
    [Theory]
    [InlineData(IpvlanMode.L2)]
    [InlineData(IpvlanMode.L3)]
    public void Children_have_link_local_addresses_of_their_own(IpvlanMode mode)
    {
        using EmulatedNetwork network = new();
        Lab lab = new(network, mode, IpvlanIsolation.Bridge);
        lab.Host.Root.IPv6.Enable();
        lab.First.IPv6.Enable();
        lab.Second.IPv6.Enable();
        network.RunSeconds(3);
        ulong mac = lab.Parent.Mac.Value;
        IPv6Address Expected(ulong id) =>
            new(0xFE80UL << 48, ((mac & 0xFFFF_FF00_0000) << 16) | (id << 24) | (mac & 0xFF_FFFF));
        Assert.Equal(Expected(1), lab.First.FindDevice("i1")!.IPv6!.LinkLocalAddress);
        Assert.Equal(Expected(2), lab.Second.FindDevice("i2")!.IPv6!.LinkLocalAddress);
        Assert.Equal(IPv6Address.LinkLocal(lab.Parent.Mac), lab.Parent.IPv6!.LinkLocalAddress);

        // A number is not given again at once.
        lab.Second.Remove(lab.Second.FindDevice("i2")!);
        IpvlanDevice third = IpvlanDevice.Create(lab.Second, "i3", lab.Parent, mode, IpvlanIsolation.Bridge, out _)!;
        third.SetUp(true);
        network.RunSeconds(3);
        Assert.Equal(Expected(3), third.IPv6!.LinkLocalAddress);
    }

    private sealed class Lab
    {
        private readonly EmulatedNetwork _network;

        public Lab(EmulatedNetwork network, IpvlanMode mode, IpvlanIsolation isolation)
        {
            _network = network;
            (Host, Parent) = MacvlanTests.Host(network);
            Peer = network.Emulation.FindNode("peer")!;
            List<NetworkNamespace> spaces = [];
            for (int i = 1; i <= 2; i++)
            {
                NetworkNamespace space = Host.AddNamespace($"c{i}");
                space.Loopback.SetUp(true);
                IpvlanDevice child = IpvlanDevice.Create(space, $"i{i}", Parent, mode, isolation, out _)!;
                EmulatedNetwork.AddAddress(space, child, $"10.0.0.1{i}/24");
                child.SetUp(true);
                spaces.Add(space);
            }

            First = spaces[0];
            Second = spaces[1];
        }

        public Node Host { get; }

        public Node Peer { get; }

        public EthernetDevice Parent { get; }

        public NetworkNamespace First { get; }

        public NetworkNamespace Second { get; }

        public IReadOnlyList<string> Ping(NetworkNamespace from, string to)
        {
            PingRecorder ping = new(from);
            ping.Send(to);
            _network.Run(Duration.FromSeconds(4));
            return ping.Answers;
        }
    }
}
