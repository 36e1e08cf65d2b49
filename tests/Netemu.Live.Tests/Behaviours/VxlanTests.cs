using System;
using System.Linq;
using Netemu.Engine.Sockets;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>
/// VXLAN between hosts a (10.0.0.1) and b (10.0.0.2) on one veth: vx0 with VNI 42 on port 4789, 10.9.0.1 (02:..:ee:01) and
/// 10.9.0.2 (02:..:ee:02).
/// </summary>
[Trait("Category", "Live")]
public sealed class VxlanTests
{
    private const string A = "02:00:00:00:ee:01";
    private const string B = "02:00:00:00:ee:02";
    private const string Broadcast = "ff:ff:ff:ff:ff:ff";

    [Theory, OnEngine, OnKernel]
    public void A_ping_crosses_and_both_learn(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2", "remote 10.0.0.1");

        Assert.Equal(["reply from 10.9.0.2 ttl 64 size 56"], network.Ping("a", "10.9.0.2"));
        Assert.Equal([$"00:00:00:00:00:00 dst 10.0.0.2 self permanent", $"{B} dst 10.0.0.2 self"], Fdb(network, "a"));
        Assert.Equal([$"00:00:00:00:00:00 dst 10.0.0.1 self permanent", $"{A} dst 10.0.0.1 self"], Fdb(network, "b"));
    }

    [Theory, OnEngine, OnKernel]
    public void The_outer_packet_has_a_ttl_of_its_own(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2", "remote 10.0.0.1");
        network.Ping("a", "10.9.0.2");
        using IFrameWatch watch = network.Watch("b", "eth0");

        network.Ping("a", "10.9.0.2", new PingProbe { Ttl = 7 });

        Assert.Equal(["in 02:00:00:00:01:01 > 02:00:00:00:01:02 10.0.0.1 > 10.0.0.2 udp to 4789 ttl 64 size 134"], watch.Incoming("udp"));
    }

    [Theory, OnEngine, OnKernel]
    public void Without_a_default_entry_a_broadcast_goes_nowhere_but_data_still_teaches(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2", string.Empty);
        using IFrameWatch watch = network.Watch("a", "eth0");

        network.Send("b", "vx0", Packets.Ethernet(Broadcast, B));
        Assert.Empty(watch.Incoming("udp"));

        Assert.Equal(["reply from 10.9.0.2 ttl 64 size 56"], network.Ping("a", "10.9.0.2"));
        Assert.Equal([$"{A} dst 10.0.0.1 self"], Fdb(network, "b"));
    }

    [Theory, OnEngine, OnKernel]
    public void Nolearning_learns_nothing(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2 nolearning", "remote 10.0.0.1 nolearning");

        Assert.Equal(["reply from 10.9.0.2 ttl 64 size 56"], network.Ping("a", "10.9.0.2"));
        Assert.Equal(["00:00:00:00:00:00 dst 10.0.0.2 self permanent"], Fdb(network, "a"));
    }

    [Theory, OnEngine, OnKernel]
    public void Each_default_destination_gets_a_copy(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2", string.Empty);
        network.Command("a", "ip neigh add 10.0.0.3 lladdr 02:00:00:00:01:03 dev eth0");
        network.Command("a", "bridge fdb append 00:00:00:00:00:00 dst 10.0.0.3 dev vx0");
        network.Ping("a", "10.0.0.2");
        using IFrameWatch watch = network.Watch("b", "eth0");

        network.Send("a", "vx0", Packets.Ethernet(Broadcast, A));

        Assert.Equal(
            [
                "in 02:00:00:00:01:01 > 02:00:00:00:01:02 10.0.0.1 > 10.0.0.2 udp to 4789 ttl 64 size 96",
                "in 02:00:00:00:01:01 > 02:00:00:00:01:03 10.0.0.1 > 10.0.0.3 udp to 4789 ttl 64 size 96",
            ],
            watch.Incoming("udp").Order(StringComparer.Ordinal));
    }

    [Theory, OnEngine, OnKernel]
    public void Frames_that_contradict_a_static_entry_are_dropped_and_a_learned_one_moves(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2", "remote 10.0.0.1");
        network.Command("a", $"bridge fdb add {B} dst 10.0.0.9 dev vx0 static");
        using IFrameWatch inside = network.Watch("a", "vx0");

        network.Send("b", "vx0", Packets.Ethernet(A, B));
        Assert.Empty(inside.Incoming("88b5"));

        network.Command("a", $"bridge fdb del {B} dev vx0");
        network.Command("a", $"bridge fdb add {B} dst 10.0.0.9 dev vx0 dynamic");
        network.Send("b", "vx0", Packets.Ethernet(A, B));
        Assert.Equal([$"in {B} > {A} type 88b5 size 46"], inside.Incoming("88b5"));
        Assert.Contains($"{B} dst 10.0.0.2 self", Fdb(network, "a"));
    }

    [Theory, OnEngine, OnKernel]
    public void Proxy_answers_from_the_neighbour_table_and_lets_no_request_out(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2 proxy", "remote 10.0.0.1");
        network.Command("a", $"ip neigh add 10.9.0.7 lladdr 02:00:00:00:ee:07 dev vx0");
        using IFrameWatch wire = network.Watch("b", "eth0");
        using IFrameWatch inside = network.Watch("a", "vx0");

        network.Send("a", "vx0", Packets.ArpRequest(A, "10.9.0.1", "10.9.0.7"));
        network.Send("a", "vx0", Packets.ArpRequest(A, "10.9.0.1", "10.9.0.8"));

        Assert.Empty(wire.Incoming("udp"));
        Assert.Equal([$"in 02:00:00:00:ee:07 > {A} arp 10.9.0.7 is at 02:00:00:00:ee:07"], inside.Incoming("is at"));
    }

    [Theory, OnEngine, OnKernel]
    public void Without_a_device_below_the_mtu_is_1500_and_big_packets_travel_in_outer_fragments(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2", "remote 10.0.0.1");
        network.Ping("a", "10.9.0.2");
        using IFrameWatch watch = network.Watch("b", "eth0");

        Assert.Equal(
            ["reply from 10.9.0.2 ttl 64 size 1472"],
            network.Ping("a", "10.9.0.2", new PingProbe { Size = 1472, Discovery = PathMtuDiscovery.Dont }));
        Assert.Equal(
            [
                "in 02:00:00:00:01:01 > 02:00:00:00:01:02 10.0.0.1 > 10.0.0.2 udp to 4789 ttl 64 size 1500 offset 0+",
                "in 02:00:00:00:01:01 > 02:00:00:00:01:02 10.0.0.1 > 10.0.0.2 udp ttl 64 size 70 offset 1480",
            ],
            watch.Incoming("udp"));
    }

    [Theory, OnEngine, OnKernel]
    public void With_an_inner_df_the_sender_learns_after_one_packet(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2", "remote 10.0.0.1");
        network.Ping("a", "10.9.0.2");
        PingProbe big = new() { Size = 1472, Discovery = PathMtuDiscovery.Do };

        Assert.Equal(["reply from 10.9.0.2 ttl 64 size 1472"], network.Ping("a", "10.9.0.2", big));
        Assert.Equal(["errno EMSGSIZE"], network.Ping("a", "10.9.0.2", big));
        Assert.Equal(["reply from 10.9.0.2 ttl 64 size 1422"], network.Ping("a", "10.9.0.2", big with { Size = 1422 }));
    }

    [Theory, OnEngine, OnKernel]
    public void Behind_a_bridge_the_sender_is_told_the_mtu_in_its_receivers_name(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2", "remote 10.0.0.1");
        network.AddNamespace("c");
        network.AddVeth("c", "eth0", "a", "p1");
        network.AddAddress("c", "eth0", "10.9.0.3/24");
        network.AddBridge("a", "br0");
        network.Enslave("a", "p1", "br0");
        network.Enslave("a", "vx0", "br0");
        Assert.Equal(["reply from 10.9.0.2 ttl 64 size 56"], network.Ping("c", "10.9.0.2"));

        Assert.Equal(
            ["icmp 3/4 from 10.9.0.2 mtu 1450"],
            network.Ping("c", "10.9.0.2", new PingProbe { Size = 1472, Discovery = PathMtuDiscovery.Do }));
    }

    [Theory, OnEngine, OnKernel]
    public void Outer_df_with_too_big_a_packet_is_dropped(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2 df set", "remote 10.0.0.1");
        network.Ping("a", "10.9.0.2");
        using IFrameWatch watch = network.Watch("b", "eth0");

        Assert.Equal([Answers.Timeout], network.Ping("a", "10.9.0.2", new PingProbe { Size = 1472, Discovery = PathMtuDiscovery.Dont }));
        Assert.Empty(watch.Incoming("udp"));
    }

    [Theory, OnEngine, OnKernel]
    public void A_vxlan_moved_to_another_namespace_keeps_its_underlay(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2", "remote 10.0.0.1");
        network.AddNamespace("c");
        network.Move("a", "vx0", "c");
        network.AddAddress("c", "vx0", "10.9.0.1/24");
        network.SetUp("c", "vx0", true);

        Assert.Equal(["reply from 10.9.0.2 ttl 64 size 56"], network.Ping("c", "10.9.0.2"));
    }

    [Theory, OnEngine, OnKernel]
    public void The_device_goes_with_the_one_below(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "remote 10.0.0.2 dev eth0", string.Empty);
        Assert.Contains("mtu 1450", network.Command("a", "ip link show vx0"), StringComparison.Ordinal);
        network.Command("a", "ip link del eth0");
        Assert.Equal("1: Device \"vx0\" does not exist.", network.Command("a", "ip link show vx0"));
    }

    [OnBoth]
    public void The_kernel_and_the_engine_answer_link_commands_alike() => SameAnswers.Check(
    [
        "ip link add vx0 address 02:00:00:00:00:01 type vxlan id 42 dev eth0 local 10.0.0.1 remote 10.0.0.2 dstport 8472",
        "ip -d link show vx0",
        "ip -d -j link show vx0",
        "ip link add vx1 address 02:00:00:00:00:02 type vxlan id 43 dstport 4789 nolearning proxy l2miss l3miss ttl 5 tos inherit df set srcport 100 200 noudpcsum ageing 100",
        "ip -d link show vx1",
        "ip -d -j link show vx1",
        "ip link add vx2 type vxlan id 43 dstport 4789",
        "ip link add vx0 type vxlan id 49 dstport 4789",
        "ip link add vx3 address 02:00:00:00:00:03 type vxlan id 44 dev eth0 group 239.1.1.1 dstport 4789",
        "ip -d link show vx3",
        "ip link add vx4 type vxlan id 45 group 239.1.1.1 dstport 4789",
        "ip link add vx4 type vxlan dstport 4789",
        "ip link add vx4 type vxlan id 6 remote 10.0.0.1 group 239.1.1.1 dstport 1",
        "ip link set vx0 mtu 1451",
        "ip link set vx0 mtu 1400",
        "ip link set vx1 mtu 9000",
        "ip link set vx0 up",
        "ip link show vx0",
        "ip -br link show vx0",
    ]);

    [OnBoth]
    public void The_kernel_and_the_engine_answer_fdb_commands_alike() => SameAnswers.Check(
    [
        "ip link add vx0 type vxlan id 42 dev eth0 local 10.0.0.1 remote 10.0.0.2 dstport 8472",
        "bridge fdb add 00:00:00:00:00:00 dst 10.0.0.3 dev vx0",
        "bridge fdb append 00:00:00:00:00:00 dst 10.0.0.3 dev vx0",
        "bridge fdb append 00:00:00:00:00:00 dst 10.0.0.3 dev vx0",
        "bridge fdb show dev vx0",
        "bridge fdb del 00:00:00:00:00:00 dst 10.0.0.2 dev vx0",
        "bridge fdb show dev vx0",
        "bridge fdb replace 00:00:00:00:00:00 dst 10.0.0.4 dev vx0",
        "bridge fdb del 00:00:00:00:00:00 dev vx0",
        "bridge fdb add 02:00:00:00:00:09 dst 10.0.0.3 dev vx0",
        "bridge fdb add 02:00:00:00:00:09 dst 10.0.0.4 dev vx0",
        "bridge fdb append 02:00:00:00:00:09 dst 10.0.0.4 dev vx0",
        "bridge fdb show dev vx0",
        "bridge fdb replace 02:00:00:00:00:09 dst 10.0.0.4 dev vx0 static",
        "bridge fdb show dev vx0",
        "bridge -j fdb show dev vx0",
        "bridge fdb del 02:00:00:00:00:09 dst 10.0.0.9 dev vx0",
        "bridge fdb del 02:00:00:00:00:09 dst 10.0.0.4 dev vx0",
        "bridge fdb add 02:00:00:00:00:0b dst 10.0.0.4 dev vx0 dynamic port 999 vni 77",
        "bridge fdb show dev vx0",
        "bridge -j fdb show dev vx0",
        "bridge fdb replace 02:00:00:00:00:0b dst 10.0.0.4 dev vx0 via eth0",
        "bridge fdb show dev vx0",
        "bridge fdb add 02:00:00:00:00:0e dev vx0",
    ]);

    [OnBoth]
    public void The_kernel_and_the_engine_answer_tuntap_commands_alike() => SameAnswers.Check(
    [
        "ip tuntap add tun0 mode tun",
        "ip tuntap add tap0 mode tap",
        "ip tuntap add tun1",
        "ip -d link show tun0",
        "ip -d -j link show tun0",
        "ip link set tun0 up",
        "ip link show tun0",
        "ip link set tun0 master eth0",
        "ip tuntap del tun0 mode tun",
        "ip link show tun0",
    ]);

    private static string[] Fdb(IScenarioNetwork network, string space) =>
    [
        .. network.Command(space, "bridge fdb show dev vx0").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Trim()).Order(StringComparer.Ordinal),
    ];

    private static IScenarioNetwork Build(NetworkKind kind, string wordsA, string wordsB)
    {
        IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.AddNamespace("a");
        network.AddNamespace("b");
        network.AddVeth("a", "eth0", "b", "eth0");
        foreach ((string space, int number, string words) in new[] { ("a", 1, wordsA), ("b", 2, wordsB) })
        {
            network.AddAddress(space, "eth0", $"10.0.0.{number}/24");
            string command = $"ip link add vx0 address 02:00:00:00:ee:0{number} type vxlan id 42 dstport 4789 {words}";
            Assert.Equal(string.Empty, network.Command(space, command.TrimEnd()));
            network.AddAddress(space, "vx0", $"10.9.0.{number}/24");
            network.SetUp(space, "vx0", true);
        }

        return network;
    }
}
