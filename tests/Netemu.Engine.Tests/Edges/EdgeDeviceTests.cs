using System;
using System.IO;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Edges;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Edges;

/// <summary>Edges: stamps, order, bounds, and that a recorded run is the same run again.</summary>
public sealed class EdgeDeviceTests
{
    private static readonly MacAddress Outside = MacAddress.Parse("02:00:00:00:00:99");

    [Fact]
    public void A_frame_is_received_at_its_arrival_if_that_lies_ahead()
    {
        using EmulatedNetwork network = new();
        (EdgeDevice device, QueueEdge edge) = Edge(network);
        FrameRecorder recorder = new(device);

        edge.TryWrite(Ping(1));
        edge.Poll(device, SimTime.Zero + Duration.FromMilliseconds(3));
        network.RunSeconds(1);

        Assert.Equal(SimTime.Zero + Duration.FromMilliseconds(3), recorder.Received[0].Time);
    }

    [Fact]
    public void A_frame_that_arrives_in_the_past_is_received_at_the_horizon()
    {
        using EmulatedNetwork network = new();
        (EdgeDevice device, QueueEdge edge) = Edge(network);
        FrameRecorder recorder = new(device);
        network.RunSeconds(1);

        edge.TryWrite(Ping(1));
        edge.Poll(device, SimTime.Zero + Duration.FromMilliseconds(3));
        network.RunSeconds(1);

        Assert.Equal(SimTime.Zero + Duration.FromSeconds(1) + Duration.FromNanoseconds(1), recorder.Received[0].Time);
    }

    [Fact]
    public void Frames_keep_their_order_even_if_the_clock_of_a_poll_goes_back()
    {
        using EmulatedNetwork network = new();
        (EdgeDevice device, QueueEdge edge) = Edge(network);
        FrameRecorder recorder = new(device);

        edge.TryWrite(Ping(1));
        edge.Poll(device, SimTime.Zero + Duration.FromMilliseconds(5));
        edge.TryWrite(Ping(2));
        edge.Poll(device, SimTime.Zero + Duration.FromMilliseconds(4));
        network.RunSeconds(1);

        Assert.Equal([1, 2], recorder.Received.Select(f => (int)f.Bytes[^1]));
        Assert.All(recorder.Received, f => Assert.Equal(SimTime.Zero + Duration.FromMilliseconds(5), f.Time));
    }

    [Fact]
    public void The_emulated_host_answers_the_world_outside()
    {
        using EmulatedNetwork network = new();
        (EdgeDevice device, QueueEdge edge) = Edge(network);
        edge.TryWrite(ArpRequest(device));
        edge.Poll(device, SimTime.Zero);
        network.RunSeconds(1);

        Assert.True(edge.Output.TryDequeue(out byte[]? answer));
        Assert.Equal(WireError.None, ArpPacket.TryParse(answer.AsSpan(EthernetHeader.Size), out ArpPacket arp));
        Assert.Equal((ArpOperation.Reply, device.Mac), (arp.Operation, arp.SenderMac));
        Assert.False(edge.Output.TryDequeue(out _));
    }

    [Fact]
    public void A_full_queue_is_a_counted_drop_on_either_side()
    {
        using EmulatedNetwork network = new();
        (EdgeDevice device, QueueEdge edge) = Edge(network, capacity: 4);
        for (int i = 0; i < EdgeDevice.QueueLimit + 3; i++)
        {
            device.Accept(network.Emulation.Frames.Rent(Ping(0)), SimTime.Zero);
        }

        Assert.Equal(0, device.Room);
        Assert.Equal(3, network.Emulation.Frames.Accounting[DropReason.EdgeQueueFull]);

        for (int i = 0; i < 5; i++)
        {
            device.Transmit(network.Emulation.Frames.Rent(Ping(0)));
        }

        Assert.Equal(4, network.Emulation.Frames.Accounting[DropReason.EdgeQueueFull]);
    }

    [Fact]
    public void Without_a_world_outside_the_device_has_no_carrier()
    {
        using EmulatedNetwork network = new();
        EdgeDevice device = new(network.Host("h").Root, "tap0");
        device.SetUp(true);

        device.Transmit(network.Emulation.Frames.Rent(Ping(1)));

        Assert.False(device.HasCarrier);
        Assert.Equal(1, network.Emulation.Frames.Accounting[DropReason.NoCarrier]);
    }

    [Fact]
    public void The_world_outside_sees_whether_the_device_is_up()
    {
        using EmulatedNetwork network = new();
        (EdgeDevice device, QueueEdge edge) = Edge(network);
        Assert.True(edge.HasCarrier);

        device.SetUp(false);

        Assert.False(edge.HasCarrier);
    }

    [Fact]
    public void What_waits_when_the_device_goes_away_ends_with_a_reason()
    {
        using EmulatedNetwork network = new();
        (EdgeDevice device, QueueEdge edge) = Edge(network);
        edge.TryWrite(Ping(1));
        edge.Poll(device, SimTime.Zero + Duration.FromSeconds(1));

        network.Emulation.AtBarrier(SimTime.Zero + Duration.FromMilliseconds(1), () => network.Emulation.ShutDown(device.Node));
        network.RunSeconds(2);

        Assert.Equal(1, network.Emulation.Frames.Accounting[DropReason.NodeDown]);
        Assert.False(edge.HasCarrier);
    }

    [Fact]
    public void A_tun_carries_bare_packets_both_ways()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("h");
        EdgeDevice device = new(node.Root, "tun0", bare: true);
        EmulatedNetwork.AddAddress(node.Root, device, "10.0.0.1/24");
        QueueEdge edge = new(16);
        device.SetUp(true);
        device.Attach(edge);

        edge.TryWrite(Ping(7)[EthernetHeader.Size..]);
        edge.Poll(device, SimTime.Zero);
        network.RunSeconds(1);

        Assert.True(edge.Output.TryDequeue(out byte[]? answer));
        Assert.Equal(WireError.None, IPv4Header.TryParse(answer, out IPv4Header ip));
        Assert.Equal((IPProtocol.Icmp, IPv4Address.Parse("10.0.0.2")), (ip.Protocol, ip.Destination));
        Assert.Equal((byte)IcmpType.EchoReply, ip.Payload[0]);
        Assert.Equal(7, ip.Payload[^1]);
    }

    [Fact]
    public void A_recorded_run_is_the_same_run_again_however_its_windows_were_cut()
    {
        using MemoryStream file = new();
        ulong live = RunLive(new EdgeRecording(new Unclosed(file)));
        file.Position = 0;

        Assert.True(EdgeReplay.TryRead(file, out EdgeReplay replay, out string error), error);
        using EmulatedNetwork network = new();
        (EdgeDevice device, _) = Edge(network);
        device.Attach(replay.EdgeFor(device));
        Assert.True(replay.TryNext(out JournalEntry entry));
        network.Emulation.RunUntil(entry.At);

        Assert.Equal(JournalKind.Ended, entry.Kind);
        Assert.Equal(live, network.Emulation.ComputeHash());
        Assert.False(replay.TryNext(out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Held")]
    [InlineData("Held x")]
    [InlineData("Held -1")]
    [InlineData("Sometime 5")]
    [InlineData("Held 5 closed")]
    [InlineData("Held 5 open more")]
    public void What_is_no_decision_is_not_read_as_one(string text) => Assert.False(JournalEntry.TryParse(text, out _));

    [Fact]
    public void A_decision_is_read_as_it_was_written()
    {
        foreach (JournalKind kind in Enum.GetValues<JournalKind>())
        {
            foreach (bool isOpen in (bool[])[false, true])
            {
                JournalEntry entry = new(kind, new SimTime(123_456_789), isOpen);
                Assert.True(JournalEntry.TryParse(entry.ToString(), out JournalEntry read));
                Assert.Equal(entry, read);
            }
        }
    }

    [Fact]
    public void An_ordinary_capture_is_no_recording()
    {
        using MemoryStream file = new();
        Assert.False(EdgeReplay.TryRead(file, out _, out string error));
        Assert.Contains("--record", error, StringComparison.Ordinal);
    }

    /// <summary>Two pings at odd instants, with virtual time cut into pieces as a clock would.</summary>
    private static ulong RunLive(EdgeRecording recording)
    {
        using EmulatedNetwork network = new();
        (EdgeDevice device, QueueEdge edge) = Edge(network);
        device.Recording = recording;
        for (int i = 1; i < 20; i++)
        {
            network.Run(Duration.FromNanoseconds(1_234_567));
            edge.TryWrite(i % 3 == 0 ? ArpRequest(device) : Ping((byte)i));
            edge.Poll(device, SimTime.Zero + Duration.FromMilliseconds(i));
        }

        network.RunSeconds(1);
        recording.Write(new JournalEntry(JournalKind.Ended, network.Now));
        recording.Dispose();
        Assert.Equal(19, recording.Frames);
        return network.Emulation.ComputeHash();
    }

    private static (EdgeDevice Device, QueueEdge Edge) Edge(EmulatedNetwork network, int capacity = 64)
    {
        Node node = network.Host("h");
        EdgeDevice device = new(node.Root, "tap0");
        EmulatedNetwork.AddAddress(node.Root, device, "10.0.0.1/24");
        device.SetUp(true);
        QueueEdge edge = new(capacity);
        device.Attach(edge);
        return (device, edge);
    }

    private static byte[] ArpRequest(EdgeDevice device)
    {
        byte[] frame = new byte[EthernetHeader.Size + ArpPacket.Size];
        EthernetHeader.Write(frame, MacAddress.Broadcast, Outside, EtherType.Arp);
        ArpPacket.Write(
            frame.AsSpan(EthernetHeader.Size), ArpOperation.Request, Outside, IPv4Address.Parse("10.0.0.2"), default, IPv4Address.Parse("10.0.0.1"));
        return frame;
    }

    private static byte[] Ping(byte last)
    {
        byte[] frame = new byte[EthernetHeader.Size + IPv4Header.MinimumSize + IcmpHeader.Size + 8];
        EthernetHeader.Write(frame, MacAddress.Parse("02:00:00:01:00:01"), Outside, EtherType.IPv4);
        Span<byte> ip = frame.AsSpan(EthernetHeader.Size);
        IPv4Header.Write(ip, 0, ip.Length, 1, 0, 64, IPProtocol.Icmp, IPv4Address.Parse("10.0.0.2"), IPv4Address.Parse("10.0.0.1"));
        Span<byte> icmp = ip[IPv4Header.MinimumSize..];
        icmp[0] = (byte)IcmpType.EchoRequest;
        icmp[^1] = last;
        ushort checksum = InternetChecksum.Compute(icmp);
        icmp[2] = (byte)(checksum >> 8);
        icmp[3] = (byte)checksum;
        return frame;
    }

    /// <summary>Keeps the bytes when the recording is closed.</summary>
    private sealed class Unclosed(MemoryStream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
