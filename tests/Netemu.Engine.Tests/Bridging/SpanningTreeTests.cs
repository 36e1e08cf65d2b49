using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Bridging;

/// <summary>The kernel's spanning tree on bridges joined by cables; what the wire shows was recorded on Linux 6.18.</summary>
public sealed class SpanningTreeTests
{
    private static readonly Duration Second = Duration.FromSeconds(1);

    [Fact]
    public void Messages_are_byte_for_byte_the_kernels()
    {
        // Given two bridges with two cables between them, the second one preferred.
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice second) = Pair(network);
        FrameRecorder seen = new(first.Ports[0].Device);

        // When the first hello timers fire.
        network.Run(Second * 4);

        // Then both claim to be the root, the loser gives in and, as it had been the root of a new topology, says so.
        Assert.Equal(
            "0180C20000000200000001010026424203000000000080000200000001010000000080000200000001018001000014000200" + "0F00",
            Convert.ToHexString(seen.Sent[0].Bytes));
        Assert.Equal(
            "0180C20000000200000001020026424203000000000010000200000001020000000010000200000001028001000014000200" + "0F00",
            Convert.ToHexString(seen.Received[0].Bytes));
        Assert.All(seen.Frames, f => Assert.Equal(52, f.Bytes.Length));
    }

    [Fact]
    public void Ports_listen_and_learn_for_a_forward_delay_each_and_one_of_two_ways_is_blocked()
    {
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice second) = Pair(network);

        network.Run(Second * 3);
        Assert.Equal([BridgePortState.Listening, BridgePortState.Blocking], States(first));
        Assert.Equal([BridgePortState.Listening, BridgePortState.Listening], States(second));
        Assert.Equal(3, network.Emulation.UnsettledPorts);

        network.Run(Second * 13);
        Assert.Equal([BridgePortState.Learning, BridgePortState.Blocking], States(first));

        network.Run(Second * 15);
        Assert.Equal([BridgePortState.Forwarding, BridgePortState.Blocking], States(first));
        Assert.Equal([BridgePortState.Forwarding, BridgePortState.Forwarding], States(second));
        Assert.Equal(0, network.Emulation.UnsettledPorts);
        Assert.Equal((1, 2u, second.SpanningTree.Id), (first.SpanningTree.RootPort, first.SpanningTree.RootPathCost, first.SpanningTree.DesignatedRoot));
    }

    [Fact]
    public void A_blocked_port_takes_over_after_listening_and_learning_when_the_root_port_loses_its_carrier()
    {
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice second) = Pair(network);
        network.Run(Second * 60);

        second.Ports[0].Device.SetUp(false);
        network.Run(Second);
        Assert.Equal([BridgePortState.Disabled, BridgePortState.Listening], States(first));
        network.Run(Second * 30);

        Assert.Equal([BridgePortState.Disabled, BridgePortState.Forwarding], States(first));
    }

    [Fact]
    public void Silence_on_a_segment_ages_the_message_and_the_bridge_claims_the_root()
    {
        // Given a stable tree whose root falls silent without losing its carrier.
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice second) = Pair(network);
        network.Run(Second * 60);
        Assert.False(first.SpanningTree.IsRoot);

        second.SpanningTree.SetEnabled(false);
        network.Run(Second * 19);
        Assert.False(first.SpanningTree.IsRoot);
        network.Run(Second * 3);

        Assert.True(first.SpanningTree.IsRoot);
    }

    // hold_time, br_fdb_cleanup; the kernel's "bridge fdb show" said "stale" all through a topology change, and its gc_timer ran on.
    [Fact]
    public void A_topology_change_makes_entries_stale_after_one_forward_delay_and_forgets_none()
    {
        // Given two bridges without a change, and a station that the second one has heard once.
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice second) = Pair(network);
        network.Run(Second * 120);
        MacAddress station = new(0x0200_0000_0099);
        second.Fdb.AddDynamic(station, second.Ports[0]);

        // When a port goes to forwarding, which takes two forward delays and begins a change.
        EthernetDevice port = EmulatedNetwork.Device(first.Node, string.Empty);
        network.Emulation.Connect(EmulatedNetwork.Device(network.Host("h"), string.Empty), port, LinkOptions.Default);
        first.AddPort(port);
        network.Run(Second * 29);
        Assert.False(second.Fdb.IsStale(second.Fdb.Find(station)!));
        network.Run(Second * 3);

        // Then it is stale while the change lasts, and frames still find it; afterwards it is as good as before.
        Assert.True(second.SpanningTree.TopologyChange && second.Fdb.IsStale(second.Fdb.Find(station)!));
        network.Run(Second * 40);
        Assert.False(second.SpanningTree.TopologyChange || second.Fdb.IsStale(second.Fdb.Find(station)!));

        // And it goes when nothing has been heard for 300 s.
        network.Run(Second * 227);
        Assert.NotNull(second.Fdb.Find(station));
        network.Run(Second * 2);
        Assert.Null(second.Fdb.Find(station));
    }

    [Fact]
    public void A_topology_change_shortens_the_life_of_what_was_learned_and_is_acknowledged()
    {
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice second) = Pair(network);
        network.Run(Second * 120);
        Assert.False(second.SpanningTree.TopologyChange);
        Assert.Equal(Duration.FromSeconds(300), second.Fdb.AgeingTime);
        FrameRecorder seen = new(first.Ports[0].Device);

        // When a port of the bridge that is not the root goes through its states to forwarding.
        EthernetDevice host = EmulatedNetwork.Device(network.Host("h"), string.Empty);
        EthernetDevice port = EmulatedNetwork.Device(first.Node, string.Empty);
        network.Emulation.Connect(host, port, LinkOptions.Default);
        first.AddPort(port);
        network.Run(Second * 32);

        // Then it notifies the root, the root acknowledges, and everybody ages within two forward delays.
        Assert.Equal("0180C200000002000000010100074242030000" + "0080", Convert.ToHexString(seen.Sent.Last(f => f.Bytes.Length == 21).Bytes));
        Assert.Contains(seen.Received, f => f.Bytes[21] == 0x81);
        Assert.Equal((true, true), (first.SpanningTree.TopologyChange, second.SpanningTree.TopologyChange));
        Assert.Equal(Duration.FromSeconds(30), first.Fdb.AgeingTime);

        // And after the root's forward delay and maximum age it is over.
        network.Run(Second * 40);
        Assert.Equal(Duration.FromSeconds(300), first.Fdb.AgeingTime);
    }

    [Fact]
    public void Costs_and_priorities_move_the_tree()
    {
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice second) = Pair(network);
        network.Run(Second * 40);

        Assert.True(first.SpanningTree.SetPathCost(first.Ports[0], 100));
        Assert.Equal(2, first.SpanningTree.RootPort);
        Assert.True(second.SpanningTree.SetPortPriority(second.Ports[0], 1));
        Assert.True(first.SpanningTree.SetPathCost(first.Ports[1], 100));
        network.Run(Second * 3);
        Assert.Equal(1, first.SpanningTree.RootPort);

        first.SpanningTree.SetPriority(0);
        network.Run(Second * 3);
        Assert.True(first.SpanningTree.IsRoot);
        Assert.False(second.SpanningTree.IsRoot);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(65_535, true)]
    [InlineData(65_536, false)]
    public void A_path_cost_has_sixteen_bits(int cost, bool accepted)
    {
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice _) = Pair(network);

        Assert.Equal(accepted, first.SpanningTree.SetPathCost(first.Ports[0], cost));
    }

    [Fact]
    public void A_loop_carries_each_broadcast_once_and_loses_no_frame()
    {
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice _) = Pair(network);
        network.Run(Second * 40);
        FrameRecorder seen = new(first.Ports[1].Device);
        byte[] frame = Convert.FromHexString("FFFFFFFFFFFF02000000001188B500000000");

        first.Transmit(network.Emulation.Frames.Rent(frame));
        network.Run(Second);

        // The other bridge floods it back over the second cable; the blocked port ends it.
        Assert.Single(seen.Received, f => f.Bytes[12] == 0x88);
        Assert.Equal(1, network.Emulation.Frames.Accounting[Frames.DropReason.BridgePortBlocked]);
    }

    [Fact]
    public void Every_truncation_of_a_message_and_random_bytes_change_nothing()
    {
        using EmulatedNetwork network = new();
        (BridgeDevice first, BridgeDevice second) = Pair(network);
        network.Run(Second * 40);
        BridgeId root = first.SpanningTree.DesignatedRoot;
        byte[] message = Convert.FromHexString(
            "0180C200000002000000FFFF0026424203000000000000000200000000010000000000000200000000018001000014000200" + "0F00");
        Random random = new(1);

        for (int length = 14; length < message.Length; length++)
        {
            second.Ports[0].Device.Transmit(network.Emulation.Frames.Rent(message.AsSpan(0, length)));
            byte[] noise = new byte[60];
            random.NextBytes(noise);
            message.AsSpan(0, 17).CopyTo(noise);
            noise[17] = (byte)(length | 1);
            second.Ports[0].Device.Transmit(network.Emulation.Frames.Rent(noise));
        }

        network.Run(Second);
        Assert.Equal(root, first.SpanningTree.DesignatedRoot);
    }

    /// <summary>Two bridges, two cables; addresses as in the record. Both run the protocol, the second with priority 4096.</summary>
    private static (BridgeDevice First, BridgeDevice Second) Pair(EmulatedNetwork network)
    {
        Node a = network.Host("a");
        Node b = network.Host("b");
        List<Link> links = [network.Join(a, string.Empty, b, string.Empty), network.Join(a, string.Empty, b, string.Empty)];
        for (int i = 0; i < links.Count; i++)
        {
            links[i].A.SetMac(MacAddress.Parse($"02:00:00:00:0{i + 1}:01"));
            links[i].B.SetMac(MacAddress.Parse($"02:00:00:00:0{i + 1}:02"));
        }

        return (Bridge(a, links.Select(l => l.A), 32_768), Bridge(b, links.Select(l => l.B), 4_096));
    }

    private static BridgeDevice Bridge(Node node, IEnumerable<EthernetDevice> ports, ushort priority)
    {
        BridgeDevice bridge = new(node.Root, "br0");
        foreach (EthernetDevice port in ports)
        {
            bridge.AddPort(port);
        }

        bridge.SpanningTree.SetPriority(priority);
        bridge.SpanningTree.SetEnabled(true);
        bridge.SetUp(true);
        return bridge;
    }

    private static BridgePortState[] States(BridgeDevice bridge) => [.. bridge.Ports.Select(p => p.State)];
}
