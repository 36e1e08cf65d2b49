using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Tests;

/// <summary>What goes to many neighbours stands in memory once; each of them gets its own part of it, whole.</summary>
public sealed class SharedUpdateTests
{
    private const int Clients = 6;
    private const int PrefixesEach = 40;

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1000)]
    [InlineData(7)]
    public void Every_client_gets_all_but_its_own_also_through_a_stream_that_takes_little_at_a_time(int longestWrite)
    {
        // Given a reflector that opens the connections, and clients whose routes differ in their MED, so that each has an
        // UPDATE of its own.
        Laboratory lab = new();
        BlockableTransport? towardsClients = null;
        BgpSpeaker reflector = lab.Add(1, 65000, transport: inner => towardsClients = new BlockableTransport(inner));
        List<BgpSpeaker> clients = [];
        for (int i = 0; i < Clients; i++)
        {
            BgpSpeaker client = lab.Add(i + 2, 65000);
            reflector.AddNeighbor(new BgpNeighbor(
                client.Configuration.RouterId, Laboratory.Peer(65000) with { RouteReflectorClient = true }));
            client.AddNeighbor(new BgpNeighbor(
                reflector.Configuration.RouterId, Laboratory.Peer(65000) with { Passive = true }));
            clients.Add(client);
        }

        lab.StartAll();
        lab.Run(20);

        // When all announce at one instant, while the streams take little or nothing.
        towardsClients!.LongestWrite = longestWrite;
        towardsClients.IsBlocked = longestWrite < PrefixesEach;
        for (int i = 0; i < Clients; i++)
        {
            for (int k = 0; k < PrefixesEach; k++)
            {
                clients[i].Announce(Laboratory.Originate($"10.{i + 100}.{k}.0/24") with { Med = (uint)k });
            }
        }

        lab.Run(1);
        towardsClients.IsBlocked = false;
        for (int turn = 0; turn < 10 && longestWrite < int.MaxValue; turn++)
        {
            // A write that falls short waits for the stream to say that there is room.
            towardsClients.LongestWrite = turn < 5 ? longestWrite : int.MaxValue;
            towardsClients.TellWritable();
            lab.Run(1);
        }

        // Then each has the others' routes with their own attributes, and its own once.
        foreach (BgpSpeaker client in clients)
        {
            Assert.Equal(Clients * PrefixesEach, client.Paths(AddressFamily.IPv4).Count());
            foreach (BgpPath path in client.Paths(AddressFamily.IPv4))
            {
                string[] octets = path.Prefix.ToString().Split('.');
                int owner = int.Parse(octets[1], System.Globalization.CultureInfo.InvariantCulture) - 100;
                Assert.Equal(uint.Parse(octets[2], System.Globalization.CultureInfo.InvariantCulture), path.Attributes.Med);
                bool isOwn = clients[owner] == client;
                Assert.Equal(!isOwn, path.Attributes.TryGetOriginatorId(out IPv4Address originator));
                Assert.True(isOwn || originator == clients[owner].Configuration.RouterId, $"{path.Prefix} of {originator}");
            }
        }
    }
}
