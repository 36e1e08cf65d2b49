using System;

namespace Netemu.Live.Tests.Behaviours;

/// <summary>
/// macvlan in all its modes: host h (10.0.0.10 on eth0, 02:..:01:01) with children m1, m2 in namespaces c1, c2 (10.0.0.1n,
/// 02:..:cc:0n), and peer p (10.0.0.1) at the other end of its link.
/// </summary>
[Trait("Category", "Live")]
public sealed class MacvlanTests
{
    private const string Broadcast = "ff:ff:ff:ff:ff:ff";
    private const string Parent = "02:00:00:00:01:01";
    private const string Peer = "02:00:00:00:01:02";
    private const string Child1 = "02:00:00:00:cc:01";
    private const string Unknown = "02:00:00:00:99:99";

    [Theory, OnEngine, OnKernel]
    public void In_bridge_mode_siblings_talk_without_the_wire(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "bridge");
        using IFrameWatch outside = network.Watch("p", "eth0");

        Assert.Equal(["reply from 10.0.0.12 ttl 64 size 56"], network.Ping("c1", "10.0.0.12"));
        Assert.Empty(outside.Incoming("icmp"));
    }

    [Theory]
    [OnEngine, OnKernel]
    public void In_bridge_mode_unknown_unicast_goes_outside_and_not_to_siblings(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "bridge");
        using IFrameWatch outside = network.Watch("p", "eth0");
        using IFrameWatch sibling = network.Watch("c2", "m2");

        network.Send("c1", "m1", Packets.Ethernet(Unknown, Child1));

        Assert.Equal([$"in {Child1} > {Unknown} type 88b5 size 46"], outside.Frames());
        Assert.Empty(sibling.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void A_broadcast_from_outside_reaches_parent_and_children(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "bridge");
        using IFrameWatch first = network.Watch("c1", "m1");
        using IFrameWatch second = network.Watch("c2", "m2");
        using IFrameWatch parent = network.Watch("h", "eth0");

        network.Send("p", "eth0", Packets.Ethernet(Broadcast, Peer));

        string seen = $"in {Peer} > {Broadcast} type 88b5 size 46";
        Assert.Equal([seen], first.Frames());
        Assert.Equal([seen], second.Frames());
        Assert.Equal([seen], parent.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void Parent_and_child_never_reach_each_other(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "bridge");
        PingProbe patient = new() { Timeout = PingProbe.PastNeighbourFailure };

        Assert.Equal(["icmp 3/1 from 10.0.0.11"], network.Ping("c1", "10.0.0.10", patient));
        Assert.Equal(["icmp 3/1 from 10.0.0.10"], network.Ping("h", "10.0.0.11", patient));
        Assert.Equal(["reply from 10.0.0.11 ttl 64 size 56"], network.Ping("p", "10.0.0.11"));
    }

    [Theory, OnEngine, OnKernel]
    public void In_vepa_mode_a_reflecting_switch_joins_siblings_and_parent(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "vepa", reflects: true);

        Assert.Equal(["reply from 10.0.0.12 ttl 64 size 56"], network.Ping("c1", "10.0.0.12"));
        Assert.Equal(["reply from 10.0.0.11 ttl 64 size 56"], network.Ping("h", "10.0.0.11"));
    }

    [Theory, OnEngine, OnKernel]
    public void In_vepa_mode_without_one_siblings_are_alone(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "vepa");

        Assert.Equal(
            ["icmp 3/1 from 10.0.0.11"],
            network.Ping("c1", "10.0.0.12", new PingProbe { Timeout = PingProbe.PastNeighbourFailure }));
    }

    [Theory, OnEngine, OnKernel]
    public void In_private_mode_not_even_a_reflecting_switch_brings_siblings_a_broadcast(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "private", reflects: true);
        using IFrameWatch sibling = network.Watch("c2", "m2");

        network.Send("c1", "m1", Packets.Ethernet(Broadcast, Child1));

        Assert.Empty(sibling.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void In_passthru_mode_the_child_has_the_parents_address_and_takes_frames_for_strangers(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "passthru");
        using IFrameWatch child = network.Watch("c1", "m1");

        network.Send("p", "eth0", Packets.Ethernet(Unknown, Peer));

        Assert.Equal(Parent, network.MacOf("c1", "m1").ToString());
        Assert.Equal([$"in {Peer} > {Unknown} type 88b5 size 46"], child.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void In_passthru_mode_the_parents_address_is_deaf_while_its_arp_answers(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "passthru");

        Assert.Equal([Answers.Timeout], network.Ping("p", "10.0.0.10"));
        Assert.Equal([$"10.0.0.10 eth0 {Parent}"], network.Neighbours("p"));
    }

    [Theory, OnEngine, OnKernel]
    public void In_source_mode_the_child_hears_listed_senders_whomever_they_talk_to_and_no_others(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "source", children: 1);
        using IFrameWatch child = network.Watch("c1", "m1");

        network.Command("c1", $"ip link set m1 type macvlan macaddr add {Peer}");
        network.Send("p", "eth0", Packets.Ethernet(Parent, Peer));
        network.Send("p", "eth0", Packets.Ethernet(Parent, Unknown));
        network.Send("p", "eth0", Packets.Ethernet(Child1, Unknown));

        Assert.Equal([$"in {Peer} > {Parent} type 88b5 size 46"], child.Frames());
    }

    [Theory, OnEngine, OnKernel]
    public void A_child_follows_its_parents_carrier_and_mtu(NetworkKind kind)
    {
        using IScenarioNetwork network = Build(kind, "bridge");
        network.SetMtu("h", "eth0", 1400);
        Assert.Contains("mtu 1400", network.Command("c1", "ip link show m1"), StringComparison.Ordinal);

        // The kernel tells carrier by a work queue that may lag a second (linkwatch).
        network.SetUp("p", "eth0", false);
        network.Wait(TimeSpan.FromMilliseconds(2500));
        Assert.Contains("<NO-CARRIER,BROADCAST,MULTICAST,UP>", network.Command("c1", "ip link show m1"), StringComparison.Ordinal);
        Assert.Contains("state DOWN", network.Command("c1", "ip link show m1"), StringComparison.Ordinal);

        network.Command("h", "ip link del eth0");
        Assert.Equal("1: Device \"m1\" does not exist.", network.Command("c1", "ip link show m1"));
    }

    /// <summary>What the kernel refuses, and how both say what they made: line by line the same.</summary>
    [OnBoth]
    public void The_kernel_and_the_engine_answer_commands_alike()
    {
        string[] commands =
        [
            "ip link add m1 link eth0 address 02:00:00:00:00:01 type macvlan",
            "ip -d link show m1",
            "ip -d -j link show m1",
            "ip link add m1 link eth0 type macvlan",
            "ip link add m2 link eth0 address 02:00:00:00:00:02 type macvlan mode bridge",
            "ip -d link show m2",
            "ip link add m3 link eth0 type macvlan mode passthru",
            "ip link add m3 link eth1 address 02:00:00:00:00:03 type macvlan mode passthru",
            "ip link add m4 link eth1 type macvlan mode passthru",
            "ip link add m4 link eth1 type macvlan mode bridge",
            "ip link add m4 link lo type macvlan",
            "ip link add m4 type macvlan",
            "ip link add m4 link nothere type macvlan",
            "ip link add m4 mtu 1600 link eth0 type macvlan",
            "ip link set m1 mtu 1600",
            "ip link set m1 mtu 1400",
            "ip link add m5 link m1 address 02:00:00:00:00:05 type macvlan mode source",
            "ip link set m5 type macvlan macaddr add 02:00:00:00:00:11",
            "ip -d link show m5",
            "ip link set m1 type macvlan macaddr add 02:00:00:00:00:11",
            "ip link set m1 type macvlan mode private",
            "ip -d link show m1",
            "ip link set m1 type macvlan mode passthru",
            "ip link set m3 type macvlan mode bridge",
            "ip link add br0 type bridge",
            "ip link set eth0 master br0",
            "ip link set m1 master br0",
            "ip link set m1 nomaster",
            "ip link set m2 address 02:00:00:00:01:01",
            "ip link set m2 up",
            "ip link set m2 address 02:00:00:00:00:02",
            "ip link set m2 up",
            "ip link set m1 address 02:00:00:00:00:02",
            "ip link set m1 up",
            "ip link del m5",
            "ip link show m5",
        ];
        SameAnswers.Check(commands);
    }

    private static IScenarioNetwork Build(NetworkKind kind, string mode, bool reflects = false, int children = 2)
    {
        IScenarioNetwork network = ScenarioNetwork.Open(kind);
        network.AddNamespace("h");
        network.AddNamespace("p");
        network.AddVeth("h", "eth0", "p", reflects ? "p1" : "eth0");
        network.AddAddress("h", "eth0", "10.0.0.10/24");
        if (reflects)
        {
            network.AddBridge("p", "br0");
            network.Enslave("p", "p1", "br0");
            network.SetPort("p", "p1", "hairpin", true);
        }
        else
        {
            network.AddAddress("p", "eth0", "10.0.0.1/24");
        }

        for (int i = 1; i <= (mode == "passthru" ? 1 : children); i++)
        {
            network.AddNamespace($"c{i}");
            string address = mode == "passthru" ? string.Empty : $"address 02:00:00:00:cc:0{i} ";
            Assert.Equal(string.Empty, network.Command("h", $"ip link add m{i} link eth0 {address}type macvlan mode {mode}"));
            network.Move("h", $"m{i}", $"c{i}");
            network.AddAddress($"c{i}", $"m{i}", $"10.0.0.1{i}/24");
            network.SetUp($"c{i}", $"m{i}", true);
        }

        return network;
    }
}
