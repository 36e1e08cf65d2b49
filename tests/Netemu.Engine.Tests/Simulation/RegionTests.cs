using System;
using System.Collections.Generic;
using System.IO;
using Netemu.Core.Time;
using Netemu.Engine.Capture;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Simulation;

/// <summary>
/// Parts of a network that long links join, or none, are run one after the other for many windows at a time: that must not be seen
/// in anything but the number of times that they all meet.
/// </summary>
public sealed class RegionTests
{
    private const int Pings = 200;

    /// <summary>Of the links inside a site.</summary>
    private static readonly Duration s_window = Duration.FromMicroseconds(50);

    [Theory]
    [InlineData(ShardOrder.Declared, 2_000)]
    [InlineData(ShardOrder.Reversed, 2_000)]
    [InlineData(ShardOrder.Shuffled, 2_000)]
    [InlineData(ShardOrder.Shuffled, 801)]
    [InlineData(ShardOrder.Shuffled, 799)]
    [InlineData(ShardOrder.Declared, 51)]
    public void Regions_give_the_hash_the_capture_and_the_times_of_single_windows(ShardOrder order, long distanceMicroseconds)
    {
        // Given two sites at a distance, of which one has a circle of an odd number of routers, and a third one that nothing joins to them.
        Outcome single = Run(ShardOrder.Declared, Duration.FromMicroseconds(distanceMicroseconds), inRegions: false);

        // When nobody looks between the windows.
        Outcome regions = Run(order, Duration.FromMicroseconds(distanceMicroseconds), inRegions: true);

        // Then everything is as it was.
        Assert.Equal(single.Hash, regions.Hash);
        Assert.Equal(single.Capture, regions.Capture);
        Assert.Equal(single.Answers, regions.Answers);
        Assert.True(single.Answers.Count > Pings, "What does not wait for a neighbour's address is answered.");
    }

    [Fact]
    public void Sites_meet_the_less_often_the_farther_apart_they_are()
    {
        long near = Run(ShardOrder.Declared, Duration.FromMicroseconds(801), inRegions: true).Windows;
        long far = Run(ShardOrder.Declared, Duration.FromMilliseconds(3), inRegions: true).Windows;

        Assert.InRange(far, 1, near - 1);
        Assert.InRange(near, 1, Run(ShardOrder.Declared, Duration.FromMicroseconds(801), inRegions: false).Windows / 8);
    }

    [Fact]
    public void A_barrier_that_an_event_asks_for_is_met_by_all_of_its_region()
    {
        // Given two sites that nothing joins, and an event in the first that asks for a barrier three windows after it.
        using EmulatedNetwork network = new();
        Node first = Site(network, 1, isClosed: false).Left;
        Site(network, 2, isClosed: false);
        SimTime asked = SimTime.Zero + Duration.FromMicroseconds(1_010);
        List<SimTime> seen = [];
        first.Schedule(
            new CallbackTimer(() => network.Emulation.AtBarrier(asked, () => seen.Add(first.Now))), asked - (s_window * 3));
        first.Schedule(new CallbackTimer(() => seen.Add(first.Now)), asked + Duration.FromNanoseconds(1));
        network.Emulation.RunUntil(SimTime.Zero + Duration.FromMilliseconds(5));

        Assert.Equal([asked, asked + Duration.FromNanoseconds(1)], seen);
    }

    private static Outcome Run(ShardOrder order, Duration distance, bool inRegions)
    {
        using EmulatedNetwork network = new(new EmulationOptions { ShardOrder = order });
        (Node leftA, Node rightA, Node firstA) = Site(network, 1, isClosed: false);
        (Node leftB, Node rightB, Node firstB) = Site(network, 2, isClosed: true);
        (Node leftC, _, _) = Site(network, 3, isClosed: false);
        network.Join(firstA, "10.9.0.1/24", firstB, "10.9.0.2/24", new LinkOptions { Delay = distance });
        EmulatedNetwork.Route(firstA, "10.2.200.0/24", "10.9.0.2");
        EmulatedNetwork.Route(firstB, "10.1.200.0/24", "10.9.0.1");

        using MemoryStream stream = new();
        using PacketCapture capture = new(network.Emulation, stream, leaveOpen: true);
        foreach (Node node in new[] { leftA, rightA, firstA, leftB, firstB, leftC })
        {
            foreach (NetDevice device in node.Root.Devices)
            {
                capture.Add(device);
            }
        }

        PingRecorder[] recorders = [new(leftA), new(leftB), new(leftA), new(leftC)];
        string[] destinations = ["10.1.201.2", "10.2.201.2", "10.2.200.2", "10.3.201.2"];
        for (int i = 0; i < recorders.Length; i++)
        {
            (PingRecorder recorder, string destination) = (recorders[i], destinations[i]);
            Node from = i == 1 ? leftB : i == 3 ? leftC : leftA;
            EmulatedNetwork.Repeat(from, SimTime.Zero + Duration.FromMilliseconds(1), Duration.FromMicroseconds(11 + (2 * i)), Pings, () => recorder.Send(destination));
        }

        network.Emulation.AtBarrier(SimTime.Zero + Duration.FromMicroseconds(15_013), static () => { });
        SimTime end = SimTime.Zero + Duration.FromMilliseconds(30);
        if (inRegions)
        {
            network.Emulation.RunUntil(end);
        }
        else
        {
            network.Emulation.RunUntil(end, static () => false);
        }

        long windows = network.Emulation.Windows;
        network.RunSeconds(2);
        capture.Flush();
        List<string> answers = [];
        foreach (PingRecorder recorder in recorders)
        {
            for (int i = 0; i < recorder.Answers.Count; i++)
            {
                answers.Add($"{recorder.Times[i]} {recorder.Answers[i]}");
            }
        }

        return new Outcome(network.Emulation.ComputeHash(), Convert.ToHexString(stream.ToArray()), answers, windows);
    }

    /// <summary>A line of 35 routers, or a circle, with a host at each end.</summary>
    private static (Node Left, Node Right, Node First) Site(EmulatedNetwork network, int number, bool isClosed)
    {
        const int count = 35;
        LinkOptions link = new() { Delay = s_window };
        Node[] routers = new Node[count];
        for (int i = 0; i < count; i++)
        {
            routers[i] = network.Router($"r{number}-{i}");
        }

        for (int i = 0; i < count - 1; i++)
        {
            network.Join(routers[i], $"10.{number}.{i}.1/24", routers[i + 1], $"10.{number}.{i}.2/24", link);
        }

        if (isClosed)
        {
            network.Join(routers[^1], $"10.{number}.199.1/24", routers[0], $"10.{number}.199.2/24", link);
        }

        Node left = network.Host($"left{number}");
        Node right = network.Host($"right{number}");
        network.Join(left, $"10.{number}.200.2/24", routers[0], $"10.{number}.200.1/24", link);
        network.Join(right, $"10.{number}.201.2/24", routers[^1], $"10.{number}.201.1/24", link);
        EmulatedNetwork.Route(left, "default", $"10.{number}.200.1");
        EmulatedNetwork.Route(right, "default", $"10.{number}.201.1");
        for (int i = 0; i < count - 1; i++)
        {
            EmulatedNetwork.Route(routers[i], $"10.{number}.201.0/24", $"10.{number}.{i}.2");
            EmulatedNetwork.Route(routers[i + 1], $"10.{number}.200.0/24", $"10.{number}.{i}.1");
        }

        return (left, right, routers[0]);
    }

    private sealed record Outcome(ulong Hash, string Capture, IReadOnlyList<string> Answers, long Windows);
}
