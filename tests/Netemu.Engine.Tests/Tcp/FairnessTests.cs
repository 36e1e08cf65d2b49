using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Core.Time;
using Netemu.Engine.Links;
using Netemu.Engine.Processes;
using Netemu.Engine.Programs;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tcp;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>
/// Two flows of one kind behind one bottleneck get the same share. A little random traffic beside them breaks the phase effects
/// of a drop-tail queue that sees nothing else (Floyd and Jacobson, "On Traffic Phase Effects in Packet-Switched Gateways").
/// </summary>
public sealed class FairnessTests
{
    [Theory]
    [InlineData(5, 30)]
    [InlineData(5, 60)]
    [InlineData(5, 100)]
    [InlineData(10, 100)]
    public void Two_cubic_flows_share_a_bottleneck_within_ten_percent_over_a_minute(int delay, int queue)
    {
        long[] sent = Share(delay, new LinkOptions { Delay = Duration.FromMilliseconds(10), RateBitsPerSecond = 20_000_000, QueueLimit = queue }, chatter: true);
        Assert.InRange(sent.Sum() * 8 / 60, 16_000_000, 20_000_000);
        Assert.True(sent.Max() - sent.Min() <= sent.Sum() / 10, $"{sent[0]} and {sent[1]} bytes");
    }

    /// <summary>
    /// The paths of tcp-fairness.yaml, with nothing beside the two flows. With 80 frames of queue the drops stay with one of them
    /// for longer than a minute.
    /// </summary>
    [Theory]
    [InlineData(20)]
    [InlineData(30)]
    [InlineData(40)]
    [InlineData(50)]
    [InlineData(60)]
    [InlineData(100)]
    public void Alone_behind_a_plain_fifo_they_share_it_too(int queue)
    {
        long[] sent = Share(5, new LinkOptions { Delay = Duration.FromMilliseconds(5), RateBitsPerSecond = 10_000_000, QueueLimit = queue }, chatter: false);
        Assert.InRange(sent.Sum() * 8 / 60, 9_000_000, 10_000_000);
        Assert.True(sent.Max() - sent.Min() <= sent.Sum() / 10, $"{sent[0]} and {sent[1]} bytes");
    }

    private static long[] Share(int delay, LinkOptions bottleneck, bool chatter)
    {
        using EmulatedNetwork network = new();
        Node router = network.Router("r");
        Node server = network.Host("server");
        List<Node> clients = [network.Host("a"), network.Host("b")];
        for (int i = 0; i < clients.Count; i++)
        {
            network.Join(clients[i], $"10.{i + 1}.0.1/24", router, $"10.{i + 1}.0.254/24", new LinkOptions { Delay = Duration.FromMilliseconds(delay), RateBitsPerSecond = 1_000_000_000 });
            EmulatedNetwork.Route(clients[i], "default", $"10.{i + 1}.0.254");
        }

        network.Join(router, "10.9.0.254/24", server, "10.9.0.1/24", bottleneck);
        EmulatedNetwork.Route(server, "default", "10.9.0.254");
        server.Processes.Start(server.Root, "discard", new DiscardServer(default, 9));
        List<Flood> floods = [];
        foreach (Node client in clients)
        {
            Flood flood = new();
            floods.Add(flood);
            client.Processes.Start(client.Root, "flood", flood);
        }

        if (chatter)
        {
            Node other = network.Host("other");
            network.Join(other, "10.5.0.1/24", router, "10.5.0.254/24", new LinkOptions { Delay = Duration.FromMilliseconds(1) });
            EmulatedNetwork.Route(other, "default", "10.5.0.254");
            other.Processes.Start(other.Root, "chatter", new Chatter());
        }

        network.RunSeconds(60);
        Assert.All(floods, f => Assert.Equal(TcpCongestionControl.Cubic, f.Connection.CongestionControl));
        return [.. floods.Select(f => f.Acknowledged)];
    }

    /// <summary>About 0.8 Mbit/s of datagrams at random times.</summary>
    private sealed class Chatter : IProgram
    {
        public async ProcessTask<int> RunAsync(Process process)
        {
            RandomSource random = process.Node.Random("chatter");
            DatagramSocket socket = process.OpenDatagram(default, 0, out _)!;
            byte[] payload = new byte[1200];
            while (true)
            {
                await process.DelayAsync(Duration.FromMicroseconds(random.NextBelow(16_000)));
                socket.SendTo(IPv4Address.Parse("10.9.0.1"), 9, payload.AsSpan(0, 200 + (int)random.NextBelow(1000)));
            }
        }
    }

    private sealed class Flood : IProgram
    {
        private long _written;

        public TcpConnection Connection { get; private set; } = null!;

        public long Acknowledged => _written - Connection.UnacknowledgedBytes;

        public async ProcessTask<int> RunAsync(Process process)
        {
            StreamSocket socket = process.OpenStream();
            await socket.ConnectAsync(IPv4Address.Parse("10.9.0.1"), 9);
            Connection = socket.Connection!;
            byte[] block = new byte[65_536];
            while (true)
            {
                socket.Writable.Reset();
                int count = socket.Write(block);
                _written += count;
                if (count < block.Length)
                {
                    await socket.Writable;
                }
            }
        }
    }
}
