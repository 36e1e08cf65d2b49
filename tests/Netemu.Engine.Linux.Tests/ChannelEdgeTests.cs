using System;
using System.Threading;
using Netemu.Core.Time;
using Netemu.Engine.Edges;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Linux.Tests;

public sealed class ChannelEdgeTests
{
    [Fact]
    public void A_full_channel_is_a_counted_drop_on_either_side()
    {
        using EmulatedNetwork network = new();
        (EdgeDevice device, ChannelEdge edge) = Edge(network, null);
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(i < 4, edge.TryWrite(new byte[60]));
        }

        edge.Poll(device, SimTime.Zero);
        for (int i = 0; i < 5; i++)
        {
            device.Transmit(network.Emulation.Frames.Rent(new byte[60]));
        }

        Assert.Equal(2, edge.LostInput);
        Assert.Equal(1, network.Emulation.Frames.Accounting[DropReason.EdgeQueueFull]);
        Assert.Equal(EdgeDevice.QueueLimit - 4, device.Room);
    }

    [Fact]
    public void A_program_on_another_thread_wakes_the_engine_and_is_heard_at_once()
    {
        using EmulatedNetwork network = new();
        using RealTimePace pace = new(RealTimeSpeed.Normal);
        (EdgeDevice device, ChannelEdge edge) = Edge(network, pace.Wake);
        pace.Add(device);
        network.Emulation.Pace = pace;
        Thread program = new(() => edge.TryWrite(new byte[60]));
        program.Start();

        Assert.True(network.Emulation.RunUntil(network.Now + Duration.FromSeconds(10), () => device.Counters.ReceivedPackets == 1));

        program.Join();
    }

    private static (EdgeDevice Device, ChannelEdge Edge) Edge(EmulatedNetwork network, Action? wake)
    {
        Node node = network.Host("h");
        EdgeDevice device = new(node.Root, "tap0");
        device.SetUp(true);
        ChannelEdge edge = new(4, wake);
        device.Attach(edge);
        return (device, edge);
    }
}
