using System;
using Netemu.Core.Randomness;
using Netemu.Core.Streams;
using Netemu.Core.Time;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Engine.Tcp;

namespace Netemu.Engine.Tests.Tcp;

/// <summary>Bytes both ways, over cables that lose them or not.</summary>
public sealed class TransferTests
{
    [Fact]
    public void Bytes_go_both_ways()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        Assert.Equal(5, connection.Write("hello"u8));
        Assert.Equal(3, pair.Accepted.Write("abc"u8));
        Assert.Equal(5, connection.UnacknowledgedBytes);
        Assert.Equal(5, pair.ClientTcp.PendingBytes);
        pair.RunMilliseconds(100);

        Assert.Equal("hello"u8.ToArray(), pair.ServerOwner.Received.ToArray());
        Assert.Equal("abc"u8.ToArray(), pair.ClientOwner.Received.ToArray());
        Assert.Equal(0, connection.UnacknowledgedBytes);
        Assert.Equal(0, pair.ClientTcp.PendingBytes);
        pair.AssertConserved();
    }

    [Fact]
    public void No_event_comes_from_inside_a_call()
    {
        TcpPair pair = new();
        TcpConnection connection = pair.Establish();
        pair.ClientOwner.IsCalling = true;
        pair.ServerOwner.IsCalling = true;
        connection.Write(TcpPair.Pattern(100_000));
        connection.ShutdownWrite();
        pair.Accepted.Write("x"u8);
        pair.ClientOwner.IsCalling = false;
        pair.ServerOwner.IsCalling = false;
        pair.RunMilliseconds(500);
        Assert.Equal(100_000, pair.ServerOwner.Received.Count);
    }

    [Fact]
    public void A_transfer_arrives_unchanged_whichever_single_segment_is_lost()
    {
        byte[] data = TcpPair.Pattern(40_000);
        int segments = int.MaxValue;
        for (int lost = 0; lost < segments; lost++)
        {
            TcpPair pair = new();
            pair.ToServer.Loses = (n, _) => n == lost;
            Deliver(pair, data, Duration.FromSeconds(10));
            segments = Math.Min(segments, 40);
        }

        for (int lost = 0; lost < 30; lost++)
        {
            TcpPair pair = new();
            pair.ToClient.Loses = (n, _) => n == lost;
            Deliver(pair, data, Duration.FromSeconds(10));
        }
    }

    [Theory]
    [InlineData(1, TcpCongestionControl.Cubic, true)]
    [InlineData(2, TcpCongestionControl.Cubic, false)]
    [InlineData(3, TcpCongestionControl.Reno, true)]
    [InlineData(4, TcpCongestionControl.Reno, false)]
    public void A_long_transfer_over_a_lossy_cable_arrives_unchanged(int seed, TcpCongestionControl control, bool selective)
    {
        // Given 2 % loss in both directions.
        TcpPair pair = new();
        RandomSource chance = new(seed, "loss");
        pair.ToServer.Notes = pair.ToClient.Notes = false;
        pair.ToServer.Loses = pair.ToClient.Loses = (_, _) => chance.NextChance(2, 100);
        foreach (Node node in pair.Emulation.Nodes)
        {
            node.Root.WritableSettings.Tcp.CongestionControl = control;
            node.Root.WritableSettings.Tcp.SelectiveAcknowledgments = selective;
        }

        // When three megabytes are sent, they arrive, and far faster than timeouts alone would allow.
        Deliver(pair, TcpPair.Pattern(3_000_000, seed), Duration.FromSeconds(selective ? 60 : 120));
        TcpCounters counters = pair.ClientTcp.Counters;
        Assert.True(counters.FastRetransmits > (selective ? 10 : 2), $"{counters.FastRetransmits} fast, {counters.Timeouts} timeouts, {counters.RetransSegs} retransmitted");
    }

    [Fact]
    public void A_transfer_over_a_narrow_queue_recovers_without_a_timeout()
    {
        // Given 100 Mbit/s, 5 ms and a queue of 50 frames: slow start will overrun it.
        TcpPair pair = new(new LinkOptions
        {
            Delay = Duration.FromMilliseconds(5),
            RateBitsPerSecond = 100_000_000,
            QueueLimit = 50,
        });
        pair.ToServer.Notes = pair.ToClient.Notes = false;
        SimTime took = Deliver(pair, TcpPair.Pattern(10_000_000), Duration.FromSeconds(20));

        // Then ten megabytes take little more than the 0.84 s of the wire.
        Assert.True(took.Nanoseconds < 1_500_000_000, $"took {took}");
        TcpCounters counters = pair.ClientTcp.Counters;
        Assert.True(counters.Timeouts == 0, $"{took}: {counters.FastRetransmits} fast, {counters.Timeouts} timeouts, {counters.RetransSegs} retransmitted");
    }

    [Fact]
    public void A_clean_cable_sees_no_retransmission()
    {
        TcpPair pair = new();
        pair.ToServer.Notes = pair.ToClient.Notes = false;
        Deliver(pair, TcpPair.Pattern(1_000_000), Duration.FromSeconds(5));
        Assert.Equal(0, pair.ClientTcp.Counters.RetransSegs);
        Assert.Equal(0, pair.ServerTcp.Counters.RetransSegs);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(HashOf(ShardOrder.Declared), HashOf(ShardOrder.Declared));
        Assert.Equal(HashOf(ShardOrder.Declared), HashOf(ShardOrder.Reversed));

        static ulong HashOf(ShardOrder order)
        {
            TcpPair pair = new(options: EmulationOptions.Default with { ShardOrder = order });
            RandomSource toServer = new(9, "to-server");
            RandomSource toClient = new(9, "to-client");
            pair.ToServer.Loses = (_, _) => toServer.NextChance(3, 100);
            pair.ToClient.Loses = (_, _) => toClient.NextChance(3, 100);
            Deliver(pair, TcpPair.Pattern(300_000), Duration.FromSeconds(30));
            return pair.Emulation.ComputeHash();
        }
    }

    /// <summary>Sends from client to server, closes, and checks what arrived; the time at which the last byte did.</summary>
    private static SimTime Deliver(TcpPair pair, byte[] data, Duration limit)
    {
        pair.Listen();
        int written = 0;
        void Go(IByteStream stream)
        {
            written += stream.Write(data.AsSpan(written));
            if (written == data.Length)
            {
                stream.Close();
            }
        }

        pair.ClientOwner.Connected = Go;
        pair.ClientOwner.Writable = Go;
        pair.Connect();
        SimTime end = pair.Emulation.Now + limit;
        pair.Emulation.RunUntil(end, () => pair.ServerOwner.Received.Count == data.Length);
        SimTime done = pair.Emulation.Now;
        Assert.Equal(data.Length, pair.ServerOwner.Received.Count);
        Assert.True(data.AsSpan().SequenceEqual(pair.ServerOwner.Received.ToArray()));
        pair.Run(Duration.FromSeconds(90));
        Assert.Equal("closed EndOfStream", pair.ServerOwner.Events[^1]);
        Assert.Equal(0, pair.ClientTcp.Count);
        Assert.Equal(0, pair.ServerTcp.Count);
        Assert.Equal(0, pair.Emulation.StreamBuffers.Outstanding);
        pair.AssertConserved();
        return done;
    }
}
