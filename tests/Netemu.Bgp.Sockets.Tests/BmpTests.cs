using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Netemu.Bgp.Bmp;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Sockets.Tests;

/// <summary>A monitoring station on the machine's own sockets (RFC 7854).</summary>
[Trait("Category", "Live")]
public sealed class BmpTests
{
    private const int CommonHeader = 6;

    [Fact]
    public void A_station_hears_of_a_session_its_table_and_its_end()
    {
        // Given a station, a speaker that tells it everything each 100 ms, and a neighbour with 3,000 routes.
        using TcpListener station = new(IPAddress.Loopback, 0);
        station.Start();
        ushort port = (ushort)((IPEndPoint)station.LocalEndpoint).Port;
        ushort passive = LiveSpeaker.FreePort();
        List<BgpNetwork> networks = [];
        for (int i = 0; i < 3000; i++)
        {
            networks.Add(new BgpNetwork(new InternetPrefix(new IPv4Address(0xCB000000u + ((uint)i << 8)), 24)));
        }

        using LiveSpeaker theirs = new(Configuration(65002, 2, passive) with
        {
            Networks = networks,
            Neighbors = [new BgpNeighbor(IPv4Address.Loopback, new BgpNeighborConfiguration { RemoteAs = 65001, Passive = true })],
        });
        using LiveSpeaker ours = new(Configuration(65001, 1, LiveSpeaker.FreePort()) with
        {
            Neighbors = [new BgpNeighbor(IPv4Address.Loopback, new BgpNeighborConfiguration { RemoteAs = 65002, Port = passive })],
            Stations =
            [
                new BmpStation(IPv4Address.Loopback, port)
                {
                    Feeds = BmpFeeds.PrePolicy,
                    StatisticsInterval = Duration.FromMilliseconds(100),
                    MinimumRetry = Duration.FromMilliseconds(100),
                },
            ],
        });
        List<byte[]> heard = [];
        using TcpClient first = station.AcceptTcpClient();
        Thread reader = new(() => Read(first.GetStream(), heard)) { IsBackground = true };
        reader.Start();
        LiveSpeaker.Eventually(() => Routes(heard) == 3000 && Count(heard, BmpMessageType.StatisticsReport) > 0, () => $"{Routes(heard)} routes");
        Assert.Equal((1, 1), (Count(heard, BmpMessageType.Initiation), Count(heard, BmpMessageType.PeerUp)));

        // When the station goes away and comes back, it hears it all again.
        first.Close();
        reader.Join();
        heard.Clear();
        using TcpClient second = station.AcceptTcpClient();
        reader = new Thread(() => Read(second.GetStream(), heard)) { IsBackground = true };
        reader.Start();
        LiveSpeaker.Eventually(() => Routes(heard) == 3000, () => $"{Routes(heard)} routes");

        // And when the speaker stops, that the session is down, and why nothing follows.
        ours.Dispose();
        reader.Join();
        Assert.Equal((1, 1), (Count(heard, BmpMessageType.PeerDown), Count(heard, BmpMessageType.Termination)));
        Assert.Equal((byte)BmpPeerDownReason.LocalNotification, heard.Find(m => m[5] == (byte)BmpMessageType.PeerDown)![CommonHeader + 42]);
    }

    private static BgpSpeakerConfiguration Configuration(uint asNumber, int node, ushort port) => new()
    {
        As = asNumber,
        RouterId = IPv4Address.Parse($"10.0.0.{node}"),
        Timers = LiveSpeaker.Timers,
        Listen = [IPv4Address.Loopback],
        Port = port,
    };

    private static int Count(List<byte[]> heard, BmpMessageType type)
    {
        lock (heard)
        {
            return heard.FindAll(message => message[5] == (byte)type).Count;
        }
    }

    /// <summary>The /24 prefixes announced in Route Monitoring messages.</summary>
    private static int Routes(List<byte[]> heard)
    {
        lock (heard)
        {
            int count = 0;
            foreach (byte[] message in heard.FindAll(message => message[5] == (byte)BmpMessageType.RouteMonitoring))
            {
                int attributes = CommonHeader + 42 + 21;
                int nlri = attributes + 2 + ((message[attributes] << 8) | message[attributes + 1]);
                count += (message.Length - nlri) / 4;
            }

            return count;
        }
    }

    private static void Read(NetworkStream stream, List<byte[]> heard)
    {
        try
        {
            byte[] header = new byte[CommonHeader];
            while (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length)
            {
                int length = (header[1] << 24) | (header[2] << 16) | (header[3] << 8) | header[4];
                byte[] message = new byte[length];
                header.CopyTo(message, 0);
                stream.ReadExactly(message.AsSpan(CommonHeader));
                lock (heard)
                {
                    heard.Add(message);
                }
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            // The station was closed under it.
        }
    }
}
