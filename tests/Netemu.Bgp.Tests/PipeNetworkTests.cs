using System;
using System.Collections.Generic;
using Netemu.Bgp.Pipe;
using Netemu.Core.Addresses;
using Netemu.Core.Streams;
using Netemu.Core.Time;

namespace Netemu.Bgp.Tests;

/// <summary>The pipe carries every stream's own bytes, whole and in order, whatever else is on its way.</summary>
public sealed class PipeNetworkTests
{
    private const ushort Port = 179;
    private static readonly Duration s_delay = Duration.FromMicroseconds(50);

    [Theory]
    [InlineData(2, 10)]
    [InlineData(7, 600)]
    [InlineData(4, 70_000)]
    public void Streams_that_are_written_in_turns_deliver_their_own_bytes_in_order(int nodes, int longestWrite)
    {
        // Given every node connected to every other.
        Random random = new(nodes);
        EventLoop loop = new();
        PipeNetwork network = new(loop, s_delay);
        List<PipeTransport> transports = [];
        List<End> ends = [];
        for (int i = 0; i < nodes; i++)
        {
            transports.Add(network.AddNode(AddressOf(i)));
            transports[i].Listen(IPv4Address.Any, Port, StreamOptions.Default, new Acceptor(ends));
        }

        for (int i = 0; i < nodes; i++)
        {
            for (int j = 0; j < i; j++)
            {
                End end = new();
                end.Stream = transports[i].Connect(AddressOf(j), Port, new StreamOptions(), end);
                ends.Add(end);
            }
        }

        loop.RunUntil(loop.Now + (s_delay * 3));

        // When they write at random, some of it shared, some of it what another has just been written, over many instants.
        byte[] bytes = [];
        for (int round = 0; round < 400; round++)
        {
            End writer = ends[random.Next(ends.Count)];
            if (round == 0 || random.Next(3) == 0)
            {
                bytes = new byte[1 + random.Next(longestWrite)];
                random.NextBytes(bytes);
            }

            int taken = random.Next(3) == 0 ? writer.Stream!.WriteShared(bytes) : writer.Stream!.Write(bytes);
            Assert.Equal(bytes.Length, taken);
            writer.Sent.AddRange(bytes);
            if (random.Next(4) == 0)
            {
                loop.RunUntil(loop.Now + Duration.FromMicroseconds(random.Next(80)));
            }
        }

        loop.RunUntil(loop.Now + s_delay);

        // Then each end has what the other has sent.
        Assert.Equal(0, network.InFlight);
        foreach (End end in ends)
        {
            End other = ends.Find(o => o.Stream!.LocalAddress == end.Stream!.RemoteAddress && o.Stream.RemoteAddress == end.Stream.LocalAddress
                && o.Stream.LocalPort == end.Stream.RemotePort && o.Stream.RemotePort == end.Stream.LocalPort)!;
            Assert.Equal(other.Sent, end.Received);
            Assert.Equal(0, end.Stream!.UnacknowledgedBytes);
        }
    }

    [Fact]
    public void What_a_stream_is_written_in_one_go_arrives_as_one()
    {
        (EventLoop loop, _, _, End end, End other) = Connected();

        end.Stream!.Write([1, 2]);
        end.Stream!.Write([3]);
        loop.RunUntil(loop.Now + s_delay);

        Assert.Equal([1, 2, 3], other.Received);
        Assert.Equal(1, other.Readings);
    }

    [Fact]
    public void What_is_written_to_many_in_the_same_pieces_arrives_whole_at_each()
    {
        // Given one node that is connected to many.
        const int Others = 40;
        EventLoop loop = new();
        PipeNetwork network = new(loop, s_delay);
        List<End> ends = [];
        PipeTransport hub = network.AddNode(AddressOf(0));
        List<End> spokes = [];
        for (int i = 1; i <= Others; i++)
        {
            network.AddNode(AddressOf(i)).Listen(IPv4Address.Any, Port, StreamOptions.Default, new Acceptor(ends));
            End end = new();
            end.Stream = hub.Connect(AddressOf(i), Port, new StreamOptions(), end);
            spokes.Add(end);
        }

        loop.RunUntil(loop.Now + (s_delay * 2));

        // When it writes two pieces to each, and to one of them something else in between.
        for (int i = 0; i < Others; i++)
        {
            spokes[i].Stream!.Write([1, 2, 3]);
            spokes[i].Stream!.Write(i == 20 ? [9] : [4, 5]);
        }

        Assert.Equal(5, spokes[0].Stream!.UnacknowledgedBytes);
        Assert.Equal(4, spokes[20].Stream!.UnacknowledgedBytes);
        loop.RunUntil(loop.Now + s_delay);

        // Then each has its own, in one reading.
        for (int i = 0; i < Others; i++)
        {
            Assert.Equal(i == 20 ? [1, 2, 3, 9] : [1, 2, 3, 4, 5], ends[i].Received);
            Assert.Equal(1, ends[i].Readings);
            Assert.Equal(0, spokes[i].Stream!.UnacknowledgedBytes);
        }
    }

    [Fact]
    public void A_read_that_does_not_fill_its_span_has_taken_all_what_was_left_before_included()
    {
        (EventLoop loop, _, _, End end, End other) = Connected();

        // Given bytes that nobody has read.
        other.ReadsNothing = true;
        end.Stream!.Write([1, 2, 3]);
        loop.RunUntil(loop.Now + s_delay);
        Assert.Empty(other.Received);

        // When more arrive and the reader asks once.
        (other.ReadsNothing, other.ReadsOnce) = (false, true);
        end.Stream!.Write([4]);
        loop.RunUntil(loop.Now + s_delay);

        Assert.Equal([1, 2, 3, 4], other.Received);
    }

    [Fact]
    public void What_is_sent_to_a_node_without_power_is_never_acknowledged()
    {
        (EventLoop loop, PipeNetwork network, PipeTransport right, End end, End other) = Connected();

        right.PowerOff();
        end.Stream!.Write([1, 2]);
        loop.RunUntil(loop.Now + s_delay);

        Assert.Empty(other.Received);
        Assert.Equal(2, end.Stream!.UnacknowledgedBytes);
        Assert.Equal(0, network.InFlight);
    }

    [Fact]
    public void A_connection_comes_from_the_address_that_is_asked_for()
    {
        EventLoop loop = new();
        PipeNetwork network = new(loop, s_delay);
        List<End> ends = [];
        PipeTransport left = network.AddNode(AddressOf(0), AddressOf(1));
        network.AddNode(AddressOf(2)).Listen(IPv4Address.Any, Port, StreamOptions.Default, new Acceptor(ends));
        End usual = new();
        usual.Stream = left.Connect(AddressOf(2), Port, new StreamOptions(), usual);
        End second = new();
        second.Stream = left.Connect(AddressOf(2), Port, new StreamOptions { LocalAddress = AddressOf(1) }, second);

        Assert.Equal(AddressOf(0), usual.Stream.LocalAddress);
        Assert.Equal(AddressOf(1), second.Stream.LocalAddress);
        loop.RunUntil(loop.Now + (s_delay * 2));

        Assert.Equal(AddressOf(0), usual.Stream.LocalAddress);
        Assert.Equal(AddressOf(1), second.Stream.LocalAddress);
        Assert.Equal(AddressOf(0), ends[0].Stream!.RemoteAddress);
        Assert.Equal(AddressOf(1), ends[1].Stream!.RemoteAddress);
        Assert.Equal(AddressOf(2), ends[1].Stream!.LocalAddress);
    }

    /// <summary>Two nodes, and both ends of a stream that the first one has opened.</summary>
    private static (EventLoop Loop, PipeNetwork Network, PipeTransport Right, End End, End Other) Connected()
    {
        EventLoop loop = new();
        PipeNetwork network = new(loop, s_delay);
        List<End> ends = [];
        PipeTransport left = network.AddNode(AddressOf(0));
        PipeTransport right = network.AddNode(AddressOf(1));
        right.Listen(IPv4Address.Any, Port, StreamOptions.Default, new Acceptor(ends));
        End end = new();
        end.Stream = left.Connect(AddressOf(1), Port, new StreamOptions(), end);
        loop.RunUntil(loop.Now + (s_delay * 2));
        return (loop, network, right, end, ends[0]);
    }

    private static IPv4Address AddressOf(int node) => IPv4Address.Parse($"10.0.0.{node + 1}");

    private sealed class Acceptor(List<End> ends) : IByteStreamAcceptor
    {
        public IByteStreamHandler Accept(IByteStream stream)
        {
            End end = new() { Stream = stream };
            ends.Add(end);
            return end;
        }
    }

    private sealed class End : IByteStreamHandler
    {
        public IByteStream? Stream { get; set; }

        public List<byte> Sent { get; } = [];

        public List<byte> Received { get; } = [];

        public int Readings { get; private set; }

        public bool ReadsNothing { get; set; }

        public bool ReadsOnce { get; set; }

        public void OnConnected(IByteStream stream)
        {
        }

        public void OnReadable(IByteStream stream)
        {
            Readings++;
            byte[] some = new byte[1000];
            for (int read = ReadsNothing ? 0 : stream.Read(some); read > 0; read = ReadsOnce ? 0 : stream.Read(some))
            {
                Received.AddRange(some.AsSpan(0, read));
            }
        }

        public void OnWritable(IByteStream stream)
        {
        }

        public void OnClosed(IByteStream stream, StreamCloseReason reason)
        {
        }
    }
}
