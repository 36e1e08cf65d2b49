using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Routing;
using Netemu.Engine.Tcp;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>A connection keeps its way, and loses it with what it depended on.</summary>
public sealed class SocketWayTests
{
    [Fact]
    public void Connections_that_go_the_same_way_share_it()
    {
        TcpPair pair = new();
        TcpConnection first = pair.Establish();
        TcpConnection second = pair.Connect();
        pair.RunMilliseconds(20);

        Assert.NotNull(first.Way);
        Assert.Same(first.Way, second.Way);
    }

    [Fact]
    public void A_new_route_counts_from_the_next_segment_on_and_so_does_its_end()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();

        // When packets to the server end in a blackhole.
        EmulatedNetwork.Route(pair.Client, "10.0.0.2/32", RouteType.Blackhole);
        connection.Write(TcpPair.Pattern(100));
        pair.RunMilliseconds(100);
        Assert.Empty(pair.ServerOwner.Received);

        // Then they come again as soon as it is gone, by the retransmission timer.
        Route<IPv4Address> hole = pair.Client.Root.IPv4.Routes.Main.Routes().Single(r => r.Type == RouteType.Blackhole);
        pair.Client.Root.IPv4.Routes.Remove(hole);
        pair.Run(Duration.FromSeconds(2));
        Assert.Equal(TcpPair.Pattern(100), pair.ServerOwner.Received);
        pair.AssertConserved();
    }

    [Fact]
    public void Without_its_address_a_connection_sends_nothing()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        InterfaceAddress<IPv4Address> own = new(IPv4Address.Parse("10.0.0.1"), 24);

        pair.Client.Root.IPv4.RemoveAddress(pair.Cable.A, own);
        pair.Client.Root.IPv4.AddAddress(pair.Cable.A, new InterfaceAddress<IPv4Address>(IPv4Address.Parse("10.0.0.9"), 24));
        connection.Write(TcpPair.Pattern(100));
        pair.RunMilliseconds(100);
        Assert.Empty(pair.ServerOwner.Received);

        pair.Client.Root.IPv4.AddAddress(pair.Cable.A, own);
        pair.Run(Duration.FromSeconds(2));
        Assert.Equal(TcpPair.Pattern(100), pair.ServerOwner.Received);
        pair.AssertConserved();
    }
}
