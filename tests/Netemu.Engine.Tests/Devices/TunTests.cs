using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Wire;
using Netemu.Engine.Devices;
using Netemu.Engine.Devices.Tun;
using Netemu.Engine.Frames;
using Netemu.Engine.Processes;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Devices;

/// <summary>TUN and TAP with a process of the emulation at the other end (drivers/net/tun.c).</summary>
public sealed class TunTests
{
    [Fact]
    public void There_is_carrier_only_while_a_process_is_attached()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("a");
        TunDevice tun = new(node.Root, "tun0", TunMode.Tun);
        EmulatedNetwork.AddAddress(node.Root, tun, "10.9.0.1/24");
        tun.SetUp(true);
        Assert.Equal((false, OperationalState.Down), (tun.HasCarrier, tun.OperationalState));
        new PingRecorder(node).Send("10.9.0.2");
        network.RunSeconds(1);
        Assert.Equal(1, node.Root.Drops(DropReason.NoCarrier));

        Reader reader = new();
        Assert.Equal(Errno.None, tun.Attach(reader));
        Assert.Equal(Errno.EBUSY, tun.Attach(new Reader()));
        Assert.Equal((true, OperationalState.Unknown), (tun.HasCarrier, tun.OperationalState));
        tun.Detach();
        Assert.False(tun.HasCarrier);
    }

    [Fact]
    public void A_process_reads_bare_packets_and_writes_answers()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("a");
        TunDevice tun = new(node.Root, "tun0", TunMode.Tun);
        EmulatedNetwork.AddAddress(node.Root, tun, "10.9.0.1/24");
        tun.SetUp(true);
        Reader reader = new() { Answers = true };
        tun.Attach(reader);
        PingRecorder ping = new(node);
        ping.Send("10.9.0.77");
        network.RunSeconds(1);
        Assert.Equal(["reply 10.9.0.77 ttl=64"], ping.Answers);
        Assert.Equal("4500", Convert.ToHexString(Assert.Single(reader.Packets), 0, 2));
    }

    [Fact]
    public void A_tap_reads_and_writes_frames()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("a");
        TunDevice tap = new(node.Root, "tap0", TunMode.Tap);
        EmulatedNetwork.AddAddress(node.Root, tap, "10.9.0.1/24");
        tap.SetUp(true);
        Reader reader = new();
        tap.Attach(reader);
        new PingRecorder(node).Send("10.9.0.2");
        network.Run(Core.Time.Duration.FromMilliseconds(10));
        Assert.Equal("FFFFFFFFFFFF", Convert.ToHexString(Assert.Single(reader.Packets), 0, 6));
    }

    // tun_get_user: -EIO while the device is down, -EINVAL for what is no IP packet.
    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("a");
        TunDevice tun = new(node.Root, "tun0", TunMode.Tun);
        tun.Attach(new Reader());
        Assert.Equal(Errno.EIO, tun.Write(new byte[20]));
        tun.SetUp(true);
        Assert.Equal(Errno.EINVAL, tun.Write(new byte[20]));
        Assert.Equal(Errno.EINVAL, tun.Write([]));
    }

    [Fact]
    public void A_file_holds_as_many_packets_as_the_device_has_room_for_and_closes_with_its_process()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("a");
        TunDevice tun = new(node.Root, "tun0", TunMode.Tun);
        EmulatedNetwork.AddAddress(node.Root, tun, "10.9.0.1/24");
        tun.SetUp(true);
        Process process = node.Processes.Start(node.Root, "reader", new NeverReads("tun0"));
        Assert.True(tun.HasCarrier);
        PingRecorder ping = new(node);
        for (int i = 0; i < tun.TransmitQueueLength + 3; i++)
        {
            ping.Send("10.9.0.2");
        }

        Assert.Equal(3, node.Root.Drops(DropReason.TunQueueFull));
        process.Kill();
        Assert.Equal((false, false), (tun.HasCarrier, tun.IsAttached));
    }

    [Fact]
    public void A_device_that_another_process_has_open_is_left_to_it()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("a");
        TunDevice tun = new(node.Root, "tun0", TunMode.Tun);
        tun.SetUp(true);
        node.Processes.Start(node.Root, "first", new NeverReads("tun0"));
        Process second = node.Processes.Start(node.Root, "second", new NeverReads("tun0"));
        Process third = node.Processes.Start(node.Root, "third", new NeverReads("eth9"));
        Assert.Equal((false, 1), (second.IsRunning, second.ExitStatus));
        Assert.Equal((false, 1), (third.IsRunning, third.ExitStatus));
        Assert.True(tun.IsAttached);
    }

    /// <summary>Opens a device and waits for the end.</summary>
    private sealed class NeverReads(string device) : IProgram
    {
        public async ProcessTask<int> RunAsync(Process process)
        {
            if (process.OpenTun(device, out Errno _) is null)
            {
                return 1;
            }

            await process.DelayAsync(Core.Time.Duration.FromSeconds(3600));
            return 0;
        }
    }

    /// <summary>A process that keeps what it reads, and answers echo requests if told to.</summary>
    private sealed class Reader : ITunReader
    {
        public List<byte[]> Packets { get; } = [];

        public bool Answers { get; init; }

        public DropReason OnPacket(TunDevice device, ReadOnlySpan<byte> packet)
        {
            Packets.Add(packet.ToArray());
            if (!Answers)
            {
                return DropReason.None;
            }

            byte[] answer = packet.ToArray();
            IPv4Header request = new(Packets.Last());
            IcmpHeader.TryParse(request.Payload, out IcmpHeader echo);
            IPv4Header.Write(answer, 0, answer.Length, 1, 0, 64, IPProtocol.Icmp, request.Destination, request.Source);
            IcmpHeader.Write(answer.AsSpan(20), IcmpType.EchoReply, 0, echo.Rest);
            Assert.Equal(Errno.None, device.Write(answer));
            return DropReason.None;
        }
    }
}
