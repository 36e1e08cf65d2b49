using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Simulation;

public sealed class OrderTests
{
    [Theory]
    [InlineData(ShardOrder.Declared)]
    [InlineData(ShardOrder.Reversed)]
    [InlineData(ShardOrder.Shuffled)]
    public void The_order_in_which_shards_are_visited_changes_nothing(ShardOrder order)
    {
        Assert.Equal(PingAcrossThreeRouters(ShardOrder.Declared, payload: 56, delay: 50_000), PingAcrossThreeRouters(order, payload: 56, delay: 50_000));
    }

    [Fact]
    public void One_more_byte_gives_another_hash() =>
        Assert.NotEqual(PingAcrossThreeRouters(ShardOrder.Declared, 56, 50_000), PingAcrossThreeRouters(ShardOrder.Declared, 57, 50_000));

    [Fact]
    public void One_more_nanosecond_gives_another_hash() =>
        Assert.NotEqual(PingAcrossThreeRouters(ShardOrder.Declared, 56, 50_000), PingAcrossThreeRouters(ShardOrder.Declared, 56, 50_001));

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(41)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(99)]
    public void Each_byte_of_a_frame_counts_in_the_hash(int position)
    {
        byte[] frame = new byte[100];
        RunHash before = default;
        before.AddArrival(frame, 1);
        before.AddBytes(frame.AsSpan(RunHash.HeaderBytes));
        frame[position] ^= 1;
        RunHash after = default;
        after.AddArrival(frame, 1);
        after.AddBytes(frame.AsSpan(RunHash.HeaderBytes));
        Assert.NotEqual(before.Value, after.Value);
    }

    [Fact]
    public void A_network_without_work_has_no_next_step()
    {
        using EmulatedNetwork network = new();
        network.Host("a");
        Assert.False(network.Emulation.Step(SimTime.Never));
    }

    [Fact]
    public void A_barrier_runs_before_every_other_event_of_its_instant()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("a");
        List<string> order = [];
        SimTime noon = SimTime.Zero + Duration.FromMilliseconds(3);
        node.Schedule(new CallbackTimer(() => order.Add("timer")), noon);
        network.Emulation.AtBarrier(noon, () => order.Add("first barrier"));
        network.Emulation.AtBarrier(noon, () => order.Add("second barrier"));
        network.Run(Duration.FromMilliseconds(5));
        Assert.Equal(["first barrier", "second barrier", "timer"], order);
    }

    [Fact]
    public void Timers_of_one_instant_fire_by_node_then_by_their_arming()
    {
        using EmulatedNetwork network = new();
        Node a = network.Host("a");
        Node b = network.Host("b");
        network.Join(a, "", b, "", new LinkOptions { Delay = Duration.FromNanoseconds(10) });
        List<string> order = [];
        SimTime noon = SimTime.Zero + Duration.FromMilliseconds(3);
        b.Schedule(new CallbackTimer(() => order.Add("b1")), noon);
        a.Schedule(new CallbackTimer(() => order.Add("a1")), noon);
        b.Schedule(new CallbackTimer(() => order.Add("b2")), noon);
        a.Schedule(new CallbackTimer(() => order.Add("a2")), noon);
        network.Run(Duration.FromMilliseconds(5));
        Assert.Equal(["a1", "a2", "b1", "b2"], order);
    }

    [Fact]
    public void A_loop_of_bridges_moves_the_clock_and_ends_with_the_frame_limit()
    {
        // Given two bridges joined by two parallel veths, and one broadcast.
        using EmulatedNetwork network = new(new EmulationOptions { MaximumFrames = 20_000 });
        Node node = network.Host("a");
        BridgeDevice left = new(node.Root, "br0");
        BridgeDevice right = new(node.Root, "br1");
        left.SetUp(true);
        right.SetUp(true);
        for (int i = 0; i < 2; i++)
        {
            (VethDevice l, VethDevice r) = VethDevice.CreatePair(node.Root, $"l{i}", node.Root, $"r{i}");
            l.SetUp(true);
            r.SetUp(true);
            left.AddPort(l);
            right.AddPort(r);
        }

        byte[] bytes = new byte[60];
        EthernetHeader.Write(bytes, Netemu.Core.Addresses.MacAddress.Broadcast, new Netemu.Core.Addresses.MacAddress(0x0200_0000_0099), 0x88B5);

        // When it is sent, it circulates for ever: the run ends by its limit, and time has passed.
        left.Transmit(network.Emulation.Frames.Rent(bytes));
        bool stopped = network.Emulation.RunUntil(SimTime.Zero + Duration.FromSeconds(3600), static () => false);
        Assert.True(stopped);
        Assert.True(network.Emulation.FrameLimitReached);
        Assert.True(node.Now > SimTime.Zero + Duration.FromMicroseconds(100));
    }

    private static ulong PingAcrossThreeRouters(ShardOrder order, int payload, long delay)
    {
        using EmulatedNetwork network = new(new EmulationOptions { ShardOrder = order });
        LinkOptions link = new() { Delay = Duration.FromNanoseconds(delay) };
        Node a = network.Host("a");
        Node[] routers = [network.Router("r1"), network.Router("r2"), network.Router("r3")];
        Node b = network.Host("b");
        network.Join(a, "10.0.0.2/24", routers[0], "10.0.0.1/24", link);
        network.Join(routers[0], "10.0.1.1/24", routers[1], "10.0.1.2/24", link);
        network.Join(routers[1], "10.0.2.1/24", routers[2], "10.0.2.2/24", link);
        network.Join(routers[2], "10.0.3.1/24", b, "10.0.3.2/24", link);
        EmulatedNetwork.Route(a, "default", "10.0.0.1");
        EmulatedNetwork.Route(b, "default", "10.0.3.1");
        EmulatedNetwork.Route(routers[0], "10.0.3.0/24", "10.0.1.2");
        EmulatedNetwork.Route(routers[1], "10.0.3.0/24", "10.0.2.2");
        EmulatedNetwork.Route(routers[1], "10.0.0.0/24", "10.0.1.1");
        EmulatedNetwork.Route(routers[2], "10.0.0.0/24", "10.0.2.1");
        PingRecorder forth = new(a);
        PingRecorder back = new(b);
        for (int i = 0; i < 5; i++)
        {
            forth.Send("10.0.3.2", new Netemu.Engine.Sockets.PingOptions { Size = payload });
            back.Send("10.0.0.2", new Netemu.Engine.Sockets.PingOptions { Size = payload });
        }

        network.RunSeconds(2);
        Assert.Equal(Enumerable.Repeat("reply 10.0.3.2 ttl=61", 5), forth.Answers);
        Assert.Equal(5, back.Answers.Count);
        return network.Emulation.ComputeHash();
    }
}
