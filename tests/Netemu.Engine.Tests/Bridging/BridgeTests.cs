using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Core.Wire;
using Netemu.Engine.Bridging;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Simulation;
using Netemu.Testing;

namespace Netemu.Engine.Tests.Bridging;

/// <summary>A bridge with three ports, each a veth to a namespace of its own, as the kernel's own bridge behaves.</summary>
public sealed class BridgeTests
{
    private static readonly MacAddress _stranger = new(0x0200_0000_00AA);

    [Fact]
    public void An_unknown_destination_is_flooded_to_all_but_the_ingress()
    {
        using Lan lan = new(3);
        lan.Send(0, _stranger, lan.Macs[0]);
        Assert.Equal([0, 1, 1], lan.Received());
    }

    [Fact]
    public void A_learned_destination_gets_its_frames_alone()
    {
        using Lan lan = new(3);
        lan.Send(1, _stranger, lan.Macs[1]);
        lan.Forget();
        lan.Send(0, lan.Macs[1], lan.Macs[0]);
        Assert.Equal([0, 1, 0], lan.Received());
    }

    [Theory]
    [InlineData(299, new[] { 0, 1, 0 })]
    [InlineData(301, new[] { 0, 1, 1 })]
    public void An_entry_lives_for_300_s(int silence, int[] received)
    {
        using Lan lan = new(3);
        lan.Send(1, _stranger, lan.Macs[1]);
        lan.Network.RunSeconds(silence);
        lan.Forget();
        lan.Send(0, lan.Macs[1], lan.Macs[0]);
        Assert.Equal(received, lan.Received());
    }

    [Fact]
    public void A_station_that_moves_is_followed_at_once()
    {
        using Lan lan = new(3);
        lan.Send(1, _stranger, lan.Macs[1]);
        lan.Send(2, _stranger, lan.Macs[1]);
        lan.Forget();
        lan.Send(0, lan.Macs[1], lan.Macs[0]);
        Assert.Equal([0, 0, 1], lan.Received());
    }

    [Fact]
    public void A_frame_to_a_station_behind_its_own_port_is_dropped_but_teaches()
    {
        using Lan lan = new(3);
        MacAddress other = new(0x0200_0000_00BB);
        lan.Send(0, _stranger, other);
        lan.Forget();
        lan.Send(0, other, lan.Macs[0]);
        Assert.Equal([0, 0, 0], lan.Received());
        Assert.Equal(1, lan.Drops(DropReason.BridgeSamePort));
        Assert.Equal("port0", lan.Bridge.Fdb.Find(lan.Macs[0])!.Port!.Device.Name);
    }

    [Fact]
    public void Hairpin_reflects_broadcasts_as_well()
    {
        using Lan lan = new(2);
        lan.Bridge.Ports[0].Hairpin = true;
        lan.Send(0, MacAddress.Broadcast, lan.Macs[0]);
        Assert.Equal([1, 1], lan.Received());
    }

    [Fact]
    public void Isolated_ports_do_not_talk_to_one_another_but_to_the_others()
    {
        using Lan lan = new(3);
        lan.Bridge.Ports[0].Isolated = true;
        lan.Bridge.Ports[1].Isolated = true;
        lan.Send(0, MacAddress.Broadcast, lan.Macs[0]);
        Assert.Equal([0, 0, 1], lan.Received());
    }

    [Fact]
    public void Flood_off_keeps_unknown_unicast_away_but_not_broadcast()
    {
        using Lan lan = new(3);
        lan.Bridge.Ports[1].Flood = false;
        lan.Send(0, _stranger, lan.Macs[0]);
        Assert.Equal([0, 0, 1], lan.Received());
        lan.Forget();
        lan.Send(0, MacAddress.Broadcast, lan.Macs[0]);
        Assert.Equal([0, 1, 1], lan.Received());
    }

    [Theory]
    [InlineData(0x0180_C200_0000, 1, true)]
    [InlineData(0x0180_C200_0001, 0, false)]
    [InlineData(0x0180_C200_0003, 0, true)]
    [InlineData(0x0180_C200_000E, 0, true)]
    [InlineData(0x0180_C200_0010, 1, true)]
    public void Reserved_groups_are_treated_as_the_kernel_does(long group, int forwarded, bool learned)
    {
        using Lan lan = new(2);
        lan.Send(0, new MacAddress((ulong)group), lan.Macs[0]);
        Assert.Equal(forwarded, lan.Received()[1]);
        Assert.Equal(learned, lan.Bridge.Fdb.Find(lan.Macs[0]) is not null);
    }

    [Theory]
    [InlineData(0x0100_0000_0001)]
    [InlineData(0)]
    public void A_multicast_or_zero_source_is_dropped(long source)
    {
        using Lan lan = new(2);
        lan.Send(0, MacAddress.Broadcast, new MacAddress((ulong)source));
        Assert.Equal([0, 0], lan.Received());
        Assert.Equal(1, lan.Drops(DropReason.BridgeInvalidSource));
    }

    [Fact]
    public void The_bridge_has_the_lowest_mac_of_its_ports_and_the_smallest_mtu()
    {
        using Lan lan = new(3);
        Assert.Equal(lan.Bridge.Ports.Min(p => p.Device.Mac), lan.Bridge.Mac);
        using EmulatedNetwork network = new();
        Node node = network.Host("a");
        BridgeDevice bridge = new(node.Root, "br0");
        (VethDevice small, _) = VethDevice.CreatePair(node.Root, "v0", node.Root, "v1", mtu: 1400);
        bridge.AddPort(small);
        Assert.Equal(1400, bridge.Mtu);
    }

    [Theory]
    [InlineData(1404, 1)]
    [InlineData(1405, 0)]
    public void A_port_takes_its_mtu_and_four_bytes(int packet, int received)
    {
        using Lan lan = new(2);
        lan.Bridge.Ports[1].Device.SetMtu(1400);
        lan.Send(0, MacAddress.Broadcast, lan.Macs[0], packet + EthernetHeader.Size);
        Assert.Equal(received, lan.Received()[1]);
    }

    [Fact]
    public void Every_host_of_a_flood_shares_one_buffer_and_each_copy_ends()
    {
        using Lan lan = new(32);
        lan.Send(0, _stranger, lan.Macs[0]);
        Assert.Equal(31, lan.Received().Sum());
        Assert.Equal(0, lan.Network.Emulation.Frames.Outstanding);
    }

    [Theory]
    [InlineData(0x0180_C200_000E, 0, 0, false)]
    [InlineData(0x0180_C200_000E, 0x4000, 0, true)]
    [InlineData(0x0180_C200_000E, 0, 0x4000, true)]
    [InlineData(0x0180_C200_0003, 0x4000, 0, false)]
    [InlineData(0x0180_C200_0003, 8, 0, true)]
    [InlineData(0x0180_C200_0001, 0xFFF8, 0xFFFD, false)]
    public void Reserved_groups_pass_by_the_masks_of_bridge_and_port(ulong group, int bridgeMask, int portMask, bool passes)
    {
        using Lan lan = new(2);
        Assert.True(lan.Bridge.SetGroupForwardMask((ushort)bridgeMask));
        lan.Bridge.Ports[0].GroupForwardMask = (ushort)portMask;
        lan.Send(0, new MacAddress(group), lan.Macs[0]);
        Assert.Equal([0, passes ? 1 : 0], lan.Received());
    }

    [Fact]
    public void Nobody_makes_a_bridge_pass_spanning_tree_pause_frames_or_lacp()
    {
        using Lan lan = new(2);
        Assert.All(new ushort[] { 1, 2, 4, 0xFFFF }, mask => Assert.False(lan.Bridge.SetGroupForwardMask(mask)));
    }

    [Theory]
    [InlineData(false, "port1")]
    [InlineData(true, "port0")]
    public void A_static_entry_moves_with_its_station_unless_it_is_sticky(bool sticky, string port)
    {
        using Lan lan = new(2);
        lan.Bridge.Fdb.Add(_stranger, lan.Bridge.Ports[0], sticky: sticky);
        lan.Send(1, MacAddress.Broadcast, _stranger);
        FdbEntry entry = lan.Bridge.Fdb.Find(_stranger)!;
        Assert.Equal(port, entry.Port!.Device.Name);
        Assert.True(entry.IsStatic);
    }

    [Fact]
    public void What_a_control_plane_wrote_stays_until_the_station_is_heard_elsewhere()
    {
        using Lan lan = new(2);
        lan.Bridge.Fdb.AddDynamic(_stranger, lan.Bridge.Ports[0], external: true);
        lan.Network.RunSeconds(1000);
        Assert.True(lan.Bridge.Fdb.Find(_stranger)!.IsExternallyLearned);

        lan.Send(1, MacAddress.Broadcast, _stranger);
        Assert.False(lan.Bridge.Fdb.Find(_stranger)!.IsExternallyLearned);
        lan.Network.RunSeconds(1000);
        Assert.Null(lan.Bridge.Fdb.Find(_stranger));
    }

    [Fact]
    public void A_locked_port_takes_only_stations_that_are_known_behind_it()
    {
        using Lan lan = new(2);
        lan.Bridge.Ports[0].Locked = true;
        lan.Send(0, MacAddress.Broadcast, _stranger);
        Assert.Equal([0, 0], lan.Received());
        Assert.Equal(1, lan.Drops(DropReason.BridgePortLocked));
        Assert.Null(lan.Bridge.Fdb.Find(_stranger));

        lan.Bridge.Fdb.Add(_stranger, lan.Bridge.Ports[0]);
        lan.Send(0, MacAddress.Broadcast, _stranger);
        Assert.Equal([0, 1], lan.Received());
    }

    [Fact]
    public void A_new_bridge_has_carrier_until_a_port_says_otherwise_and_loses_its_MAC_with_its_last_one()
    {
        using EmulatedNetwork network = new();
        Node node = network.Host("n");
        BridgeDevice bridge = new(node.Root, "br0");
        bridge.SetUp(true);
        Assert.Equal((true, OperationalState.Unknown), (bridge.HasCarrier, bridge.OperationalState));

        (VethDevice port, VethDevice other) = VethDevice.CreatePair(node.Root, "p", node.Root, "q");
        bridge.AddPort(port);
        Assert.Equal((false, OperationalState.Down), (bridge.HasCarrier, bridge.OperationalState));
        port.SetUp(true);
        other.SetUp(true);
        Assert.Equal((true, OperationalState.Up), (bridge.HasCarrier, bridge.OperationalState));

        bridge.RemovePort(port);
        Assert.Equal((false, default(MacAddress)), (bridge.HasCarrier, bridge.Mac));
    }

    private sealed class Lan : System.IDisposable
    {
        private readonly List<FrameRecorder> _recorders = [];
        private readonly List<VethDevice> _inside = [];
        private int[] _base;

        public Lan(int hosts)
        {
            Network = new EmulatedNetwork();
            Node = Network.Host("lan");
            Bridge = new BridgeDevice(Node.Root, "br0");
            Bridge.SetUp(true);
            for (int i = 0; i < hosts; i++)
            {
                (VethDevice inside, VethDevice outside) = VethDevice.CreatePair(Node.AddNamespace($"h{i}"), "eth0", Node.Root, $"port{i}");
                inside.SetUp(true);
                outside.SetUp(true);
                Bridge.AddPort(outside);
                _inside.Add(inside);
                _recorders.Add(new FrameRecorder(inside));
                Macs.Add(inside.Mac);
            }

            _base = new int[hosts];
        }

        public EmulatedNetwork Network { get; }

        public Node Node { get; }

        public BridgeDevice Bridge { get; }

        public List<MacAddress> Macs { get; } = [];

        public void Send(int host, MacAddress destination, MacAddress source, int length = 60)
        {
            byte[] bytes = new byte[length];
            EthernetHeader.Write(bytes, destination, source, 0x88B5);
            _inside[host].Transmit(Network.Emulation.Frames.Rent(bytes));
            Network.Run(Duration.FromMilliseconds(1));
        }

        public int[] Received() => [.. _recorders.Select((r, i) => r.Received.Count - _base[i])];

        public void Forget() => _base = [.. _recorders.Select(r => r.Received.Count)];

        public long Drops(DropReason reason) => Network.Emulation.Frames.Accounting[reason];

        public void Dispose() => Network.Dispose();
    }
}
