using System;
using System.Collections.Generic;
using System.IO;
using Netemu.Core.Time;
using Netemu.Engine.Capture;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Engine.Sockets;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Simulation;

/// <summary>A run in which nobody looks between windows may take them by turns: that must not be seen in anything but their number.</summary>
public sealed class TurnTests
{
    private const int Pings = 300;

    [Theory]
    [InlineData(3, ShardOrder.Declared)]
    [InlineData(3, ShardOrder.Reversed)]
    [InlineData(3, ShardOrder.Shuffled)]
    [InlineData(4, ShardOrder.Declared)]
    [InlineData(4, ShardOrder.Shuffled)]
    public void Windows_by_turns_give_the_hash_the_capture_and_the_times_of_single_ones(int routers, ShardOrder order)
    {
        // Given a ring of routers (with a way round of odd or even length), and hosts at two of them that ping each other.
        Outcome single = Run(routers, ShardOrder.Declared, byTurns: false);

        // When nobody looks between the windows.
        Outcome turns = Run(routers, order, byTurns: true);

        // Then everything is as it was.
        Assert.Equal(single.Hash, turns.Hash);
        Assert.Equal(single.Capture, turns.Capture);
        Assert.Equal(single.Answers, turns.Answers);
        Assert.Equal(2 * Pings, single.Answers.Count);
    }

    [Fact]
    public void A_ring_of_even_length_takes_turns_and_one_of_odd_length_cannot()
    {
        Assert.True(Run(4, ShardOrder.Declared, byTurns: true).Windows < Run(4, ShardOrder.Declared, byTurns: false).Windows);
        Assert.Equal(Run(3, ShardOrder.Declared, byTurns: true).Windows, Run(3, ShardOrder.Declared, byTurns: false).Windows);
    }

    [Fact]
    public void A_timer_that_is_armed_in_a_turn_for_one_of_its_later_windows_fires_in_time()
    {
        // Given two nodes on a cable of 50 us, and a timer that arms itself every 7 us.
        using EmulatedNetwork network = new();
        Node a = network.Host("a");
        Node b = network.Host("b");
        network.Join(a, "10.0.0.1/24", b, "10.0.0.2/24", new LinkOptions { Delay = Duration.FromMicroseconds(50) });
        List<SimTime> fired = [];
        CallbackTimer? timer = null;
        timer = new CallbackTimer(() =>
        {
            fired.Add(a.Now);
            a.Schedule(timer!, a.Now + Duration.FromMicroseconds(7));
        });
        a.Schedule(timer, SimTime.Zero);

        // When a millisecond passes, with a barrier in the middle.
        SimTime middle = SimTime.Zero + Duration.FromMicroseconds(512);
        int before = -1;
        network.Emulation.AtBarrier(middle, () => before = fired.Count);
        network.Emulation.RunUntil(SimTime.Zero + Duration.FromMilliseconds(1));

        // Then it has fired at every multiple of 7 us up to the end, and before the barrier at those before it.
        Assert.Equal(143, fired.Count);
        Assert.Equal(SimTime.Zero + Duration.FromMicroseconds(7 * 142), fired[^1]);
        Assert.Equal(74, before);
    }

    [Fact]
    public void A_cable_that_is_cut_during_turns_loses_the_same_frames()
    {
        Assert.Equal(
            Run(4, ShardOrder.Declared, byTurns: false, cut: true).Hash,
            Run(4, ShardOrder.Reversed, byTurns: true, cut: true).Hash);
    }

    private static Outcome Run(int count, ShardOrder order, bool byTurns, bool cut = false)
    {
        using EmulatedNetwork network = new(new EmulationOptions { ShardOrder = order });
        Node[] routers = new Node[count];
        Link[] ring = new Link[count];
        for (int i = 0; i < count; i++)
        {
            routers[i] = network.Router($"r{i}");
        }

        for (int i = 0; i < count; i++)
        {
            // Delays differ, so that not every arrival is at a window's border.
            LinkOptions link = new() { Delay = Duration.FromNanoseconds(50_000 + (1_234 * i)) };
            network.Join(routers[i], $"10.1.{i}.1/24", routers[(i + 1) % count], $"10.1.{i}.2/24", link);
            ring[i] = network.Emulation.Links[^1];
        }

        Node left = network.Host("left");
        Node right = network.Host("right");
        network.Join(left, "10.2.0.2/24", routers[0], "10.2.0.1/24", new LinkOptions { Delay = Duration.FromMicroseconds(50) });
        network.Join(right, "10.3.0.2/24", routers[1], "10.3.0.1/24", new LinkOptions { Delay = Duration.FromMicroseconds(70) });
        EmulatedNetwork.Route(left, "default", "10.2.0.1");
        EmulatedNetwork.Route(right, "default", "10.3.0.1");
        EmulatedNetwork.Route(routers[0], "10.3.0.0/24", "10.1.0.2");

        // The way back leads round the ring.
        for (int i = 1; i < count; i++)
        {
            EmulatedNetwork.Route(routers[i], "10.2.0.0/24", $"10.1.{i}.2");
        }

        using MemoryStream stream = new();
        using PacketCapture capture = new(network.Emulation, stream, leaveOpen: true);
        foreach (Node node in new[] { left, routers[0], routers[1] })
        {
            foreach (NetDevice device in node.Root.Devices)
            {
                capture.Add(device);
            }
        }

        // Both ways at once and often, so that an arrival out of its order would meet others.
        PingRecorder forth = new(left);
        PingRecorder back = new(right);
        EmulatedNetwork.Repeat(left, SimTime.Zero + Duration.FromMilliseconds(1), Duration.FromMicroseconds(11), Pings, () => forth.Send("10.3.0.2", new PingOptions { Size = 56 }));
        EmulatedNetwork.Repeat(right, SimTime.Zero + Duration.FromMilliseconds(1), Duration.FromMicroseconds(13), Pings, () => back.Send("10.2.0.2", new PingOptions { Size = 100 }));
        SimTime end = SimTime.Zero + Duration.FromMilliseconds(30);
        if (cut)
        {
            network.Emulation.AtBarrier(SimTime.Zero + Duration.FromMicroseconds(2_450), () => network.Emulation.SetLinkState(ring[0], up: false));
        }

        if (byTurns)
        {
            network.Emulation.RunUntil(end);
        }
        else
        {
            network.Emulation.RunUntil(end, static () => false);
        }

        capture.Flush();
        return new Outcome(
            network.Emulation.ComputeHash(), Convert.ToHexString(stream.ToArray()), [.. forth.Answers, .. back.Answers], network.Emulation.Windows);
    }

    private sealed record Outcome(ulong Hash, string Capture, IReadOnlyList<string> Answers, long Windows);
}
