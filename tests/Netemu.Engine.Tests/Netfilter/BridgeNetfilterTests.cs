using System;
using Netemu.Core.Addresses;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Netfilter.Text;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using static Netemu.Engine.Tests.Netfilter.FilterLab;

namespace Netemu.Engine.Tests.Netfilter;

/// <summary>
/// bridge-nf-call-iptables (net/bridge/br_netfilter_hooks.c): a (10.9.0.2) at port pa and b (10.9.0.3) at port pb of br0
/// (10.9.0.1) in the router.
/// </summary>
public sealed class BridgeNetfilterTests
{
    [Fact]
    public void Bridged_packets_pass_the_filter_only_when_the_sysctl_is_set()
    {
        using FilterLab lab = new();
        Lan lan = new(lab);
        Run(lab, "-P FORWARD DROP");

        lab.Send(lan.ClientA, "10.9.0.3", 7);
        Assert.Equal(2, lab.TakeEvents().Length);
        lab.Router.WritableSettings.BridgeNetfilterCallIptables = true;
        lab.Drops.Clear();
        lab.Send(lan.ClientA, "10.9.0.3", 7);

        Assert.Empty(lab.TakeEvents());
        Assert.Equal([("router", DropReason.PolicyDrop)], lab.Drops);
    }

    [Theory]
    [InlineData("-m physdev --physdev-in pa", true)]
    [InlineData("-m physdev --physdev-in pb", false)]
    [InlineData("-m physdev ! --physdev-in pb", true)]
    [InlineData("-m physdev --physdev-in p+ --physdev-out pb", true)]
    [InlineData("-m physdev --physdev-out pa", false)]
    [InlineData("-m physdev --physdev-is-bridged", true)]
    [InlineData("-m physdev ! --physdev-is-bridged", false)]
    [InlineData("-m physdev --physdev-is-in --physdev-is-out", true)]
    [InlineData("-i br0 -o br0", true)]
    [InlineData("-i pa", false)]
    public void A_rule_can_ask_for_the_ports_of_a_bridged_packet(string match, bool holds)
    {
        using FilterLab lab = new();
        Lan lan = new(lab);
        lab.Router.WritableSettings.BridgeNetfilterCallIptables = true;
        Run(lab, $"-A FORWARD -p udp --dport 7 {match} -j DROP");

        lab.Send(lan.ClientA, "10.9.0.3", 7);

        Assert.Equal(holds ? 0 : 2, lab.TakeEvents().Length);
    }

    [Theory]
    [InlineData("--physdev-in pa", true)]
    [InlineData("--physdev-is-bridged", false)]
    [InlineData("! --physdev-is-out", true)]
    public void A_packet_that_is_routed_on_keeps_the_port_that_it_came_in_by(string match, bool holds)
    {
        using FilterLab lab = new();
        Lan lan = new(lab);
        lab.Router.WritableSettings.BridgeNetfilterCallIptables = true;
        Run(lab, $"-A FORWARD -p udp --dport 7 -m physdev {match} -j DROP");
        lab.Open(lab.Server, 7);

        lab.Send(lan.ClientA, "10.0.1.2", 7);

        Assert.Equal(holds ? 0 : 2, lab.TakeEvents().Length);
    }

    [Fact]
    public void An_answer_over_the_bridge_gets_the_address_back_that_was_asked_also_when_the_neighbour_is_still_unknown()
    {
        using FilterLab lab = new();
        Lan lan = new(lab);
        lab.Router.WritableSettings.BridgeNetfilterCallIptables = true;
        Run(lab, "-t nat -A PREROUTING -d 10.96.0.1 -p udp --dport 7 -j DNAT --to-destination 10.9.0.3");

        lab.Send(lan.ClientA, "10.96.0.1", 7);
        lab.Send(lan.ClientA, "10.96.0.1", 7);

        Assert.Equal(
            ["7 from 10.9.0.2:4000 x", "4000 from 10.96.0.1:7 re:x", "7 from 10.9.0.2:4000 x", "4000 from 10.96.0.1:7 re:x"],
            lab.TakeEvents());
        Assert.DoesNotContain(lab.Drops, drop => drop.Reason is not (DropReason.IPv6Disabled or DropReason.ArpNotForUs));
        Assert.Single(lab.Filter.Connections.All());
    }

    [Fact]
    public void A_datagram_in_pieces_is_seen_whole_and_leaves_in_pieces()
    {
        using FilterLab lab = new();
        Lan lan = new(lab);
        lab.Router.WritableSettings.BridgeNetfilterCallIptables = true;
        Run(lab, "-A FORWARD -m conntrack --ctstate NEW -p udp --dport 7 -m length --length 3028 -j ACCEPT");
        Run(lab, "-A FORWARD -p udp --dport 7 -j DROP");

        lab.Send(lan.ClientA, "10.9.0.3", 7, new string('x', 3000));

        Assert.Equal(2, lab.TakeEvents().Length);
    }

    [Fact]
    public void A_damaged_header_ends_at_the_port()
    {
        using FilterLab lab = new();
        Lan lan = new(lab);
        lab.Router.WritableSettings.BridgeNetfilterCallIptables = true;
        Run(lab, "-A FORWARD -p udp -j ACCEPT");
        byte[] bytes = new byte[60];
        lan.PortB.Mac.Write(bytes);
        lan.A.Mac.Write(bytes.AsSpan(6));
        bytes[12] = 8;
        bytes[14] = 0x45;

        lan.A.Transmit(lab.Emulation.Frames.Rent(bytes));
        lab.Run(0);

        Assert.Contains(("router", DropReason.MalformedIPv4), lab.Drops);
    }

    private static void Run(FilterLab lab, string command) =>
        Assert.Equal(IptablesResult.Ok(), IptablesCommand.Run(lab.Filter, V4, CommandLine.Split(command)));

    private sealed class Lan
    {
        public Lan(FilterLab lab)
        {
            BridgeDevice bridge = new(lab.Router, "br0");
            (A, PortA) = Station(lab, bridge, "a", "10.9.0.2/24");
            (B, PortB) = Station(lab, bridge, "b", "10.9.0.3/24");
            bridge.SetUp(true);
            Add(lab.Router, bridge, "10.9.0.1/24");
            ClientA = lab.Open(A.Namespace, 4000);
            lab.Open(B.Namespace, 7);
            lab.Run(1);
        }

        public VethDevice A { get; }

        public VethDevice B { get; }

        public VethDevice PortA { get; }

        public VethDevice PortB { get; }

        public UdpSocket ClientA { get; }

        private static (VethDevice Station, VethDevice Port) Station(FilterLab lab, BridgeDevice bridge, string name, string address)
        {
            NetworkNamespace space = lab.Node.AddNamespace(name);
            (VethDevice station, VethDevice port) = VethDevice.CreatePair(space, "eth0", lab.Router, $"p{name}");
            space.Loopback.SetUp(true);
            station.SetUp(true);
            port.SetUp(true);
            bridge.AddPort(port);
            Add(space, station, address);
            space.IPv4.Routes.Add(new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Default,
                NextHop = new NextHop<IPv4Address>(station, IPv4Address.Parse("10.9.0.1"), hasGateway: true),
            });
            return (station, port);
        }

        private static void Add(NetworkNamespace space, NetDevice device, string address)
        {
            Assert.True(InterfaceAddress<IPv4Address>.TryParse(address, out InterfaceAddress<IPv4Address> parsed));
            space.IPv4.AddAddress(device, parsed);
        }
    }
}
