using System;
using System.Buffers.Binary;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>
/// Where outer packets go is remembered (dst_cache), and forgotten with whatever it followed from: each test sends through
/// the tunnel, changes the underlay, and looks at what is sent next.
/// </summary>
public sealed class DestinationCacheTests
{
    private const string OtherGateway = "10.0.1.7";
    private static readonly MacAddress OtherMac = MacAddress.Parse("02:00:00:00:07:07");

    [Fact]
    public void A_route_that_is_added_takes_the_next_packet()
    {
        using TunnelLab lab = Warm();
        EmulatedNetwork.Route(lab.A, "10.0.2.2/32", OtherGateway);
        Assert.Equal(OtherMac, NextOuter(lab).To);
    }

    [Fact]
    public void A_route_that_is_removed_takes_no_more()
    {
        using TunnelLab lab = Warm(before: l => EmulatedNetwork.Route(l.A, "10.0.2.2/32", OtherGateway));
        RoutingTables<IPv4Address> routes = lab.A.Root.IPv4.Routes;
        routes.Remove(routes.Lookup(IPv4Address.Parse(TunnelLab.Right))!);
        Assert.NotEqual(OtherMac, NextOuter(lab).To);
    }

    [Fact]
    public void A_redirect_is_followed()
    {
        using TunnelLab lab = Warm();
        NetDevice device = lab.A.Root.FindDevice("eth0")!;
        lab.A.Root.IPv4.Exceptions.LearnRedirect(
            IPv4Address.Parse(TunnelLab.Right), new NextHop<IPv4Address>(device, IPv4Address.Parse(OtherGateway), hasGateway: true));
        Assert.Equal(OtherMac, NextOuter(lab).To);
    }

    [Fact]
    public void A_neighbour_that_moved_is_sent_to_where_it_is()
    {
        using TunnelLab lab = Warm();
        NeighbourTable<IPv4Address> neighbours = lab.A.Root.IPv4.Neighbours;
        neighbours.Remove(neighbours.Find(lab.A.Root.FindDevice("eth0")!, IPv4Address.Parse("10.0.1.1"))!);
        TunnelLab.Know(lab.A.Root, "eth0", "10.0.1.1", OtherMac);
        Assert.Equal(OtherMac, NextOuter(lab).To);
    }

    [Fact]
    public void A_source_that_was_chosen_goes_with_its_address()
    {
        using TunnelLab lab = Warm();
        NetDevice device = lab.A.Root.FindDevice("eth0")!;
        lab.A.Root.IPv4.RemoveAddress(
            device, lab.A.Root.IPv4.Addresses.Single(a => a.InterfaceAddress.Address == IPv4Address.Parse(TunnelLab.Left)).InterfaceAddress);
        EmulatedNetwork.AddAddress(lab.A.Root, device, "10.0.1.9/24");
        EmulatedNetwork.Route(lab.A, "10.0.2.0/24", "10.0.1.1");
        Assert.Equal(IPv4Address.Parse("10.0.1.9"), NextOuter(lab).Source);
    }

    [Fact]
    public void A_rule_that_is_added_takes_the_next_packet()
    {
        using TunnelLab lab = Warm();
        lab.A.Root.IPv4.Routes.Add(
            new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Parse("0.0.0.0/0"),
                NextHop = new NextHop<IPv4Address>(lab.A.Root.FindDevice("eth0"), IPv4Address.Parse(OtherGateway), hasGateway: true),
            },
            100);
        lab.A.Root.IPv4.Routes.AddRule(new RoutingRule<IPv4Address>(100)
        {
            Table = 100,
            To = Prefix<IPv4Address>.Parse("10.0.2.2/32"),
        });
        Assert.Equal(OtherMac, NextOuter(lab).To);
    }

    [Fact]
    public void A_packet_that_waits_for_its_neighbour_shows_no_address_of_another()
    {
        using TunnelLab lab = Warm();
        NeighbourTable<IPv4Address> neighbours = lab.A.Root.IPv4.Neighbours;
        NetDevice device = lab.A.Root.FindDevice("eth0")!;
        neighbours.Remove(neighbours.Find(device, IPv4Address.Parse("10.0.1.1"))!);
        int before = lab.Outer().Count;
        Assert.Single(lab.Ping("10.9.0.2"));
        Assert.Equal(before + 1, lab.Outer().Count);
        Assert.Equal(lab.Middle.Root.FindDevice("eth0")!.Mac, neighbours.Find(device, IPv4Address.Parse("10.0.1.1"))!.Mac);
    }

    /// <summary>A tunnel over which a ping has gone, with a second gateway that is known on the same link.</summary>
    private static TunnelLab Warm(Action<TunnelLab>? before = null)
    {
        TunnelLab lab = new();
        TunnelLab.Know(lab.A.Root, "eth0", OtherGateway, OtherMac);
        before?.Invoke(lab);
        lab.IpipPair(o => o with { Local = default });
        lab.Ping("10.9.0.2");
        Assert.NotEmpty(lab.Outer());
        return lab;
    }

    private static (MacAddress To, IPv4Address Source) NextOuter(TunnelLab lab)
    {
        lab.Ping("10.9.0.2");
        byte[] frame = lab.OnWire.Sent.Last(f => BinaryPrimitives.ReadUInt16BigEndian(f.Bytes.AsSpan(12)) == 0x0800).Bytes;
        return (MacAddress.Read(frame), IPv4Address.Read(frame.AsSpan(26)));
    }
}
