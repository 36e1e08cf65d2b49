using System;

namespace Netemu.Live.Tests.Commands;

/// <summary>Entries and ports of bridges: what moves, what is locked, and what a BPDU may do.</summary>
[Trait("Category", "Live")]
public sealed class BridgePortTests
{
    [OnBoth]
    public void A_static_entry_moves_with_its_station_and_a_sticky_one_does_not()
    {
        using CommandLab lab = new("s", "a", "b");
        Build(lab);
        lab.Both(
            "s",
            "bridge fdb replace 02:00:00:00:02:01 dev p1 master static",
            "bridge fdb replace 02:00:00:00:01:01 dev p2 master static sticky");

        // Each answers, so that each is heard behind its own port.
        lab.Both("a", "arping -c 1 -w 1 -I e1 10.0.0.2 || true");
        lab.Both("b", "arping -c 1 -w 1 -I e2 10.0.0.1 || true");

        lab.Same("s", "bridge fdb get 02:00:00:00:02:01 br br0");
        lab.Same("s", "bridge fdb get 02:00:00:00:01:01 br br0");
    }

    [OnBoth]
    public void A_locked_port_takes_only_stations_that_are_known_behind_it()
    {
        using CommandLab lab = new("s", "a", "b");
        Build(lab);
        lab.Both("s", "bridge fdb flush dev br0", "bridge link set dev p1 locked on");
        lab.Same("a", "ping -c 1 -W 1 10.0.0.2 | grep -o '[0-9]* received'");
        lab.Same("s", "bridge fdb get 02:00:00:00:01:01 br br0");

        lab.Both("s", "bridge fdb add 02:00:00:00:01:01 dev p1 master static");
        lab.Same("a", "ping -c 1 -W 1 10.0.0.2 | grep -o '[0-9]* received'");
    }

    [OnBoth]
    public void A_guarded_port_goes_off_with_a_message_and_one_that_must_not_lead_to_the_root_listens()
    {
        using CommandLab lab = new("t");
        foreach (int i in new[] { 1, 2 })
        {
            lab.Both("t", $"ip link add br{i} type bridge stp_state 1 forward_delay 200 hello_time 100 max_age 600 priority {i * 4096} mcast_snooping 0");
        }

        foreach (string cable in new[] { "x", "y" })
        {
            lab.Both(
                "t",
                $"ip link add {cable}1 type veth peer name {cable}2",
                $"ip link set {cable}1 master br1",
                $"ip link set {cable}2 master br2");
        }

        // br1 is the root: what br2 hears by x2 switches that off, and y2 shall not be its way.
        lab.Both("t", "bridge link set dev x2 guard on", "bridge link set dev y2 root_block on");
        lab.Both("t", "ip link set br1 up; ip link set br2 up; ip link set x1 up; ip link set x2 up; ip link set y1 up; ip link set y2 up");
        lab.Wait(TimeSpan.FromSeconds(7));

        lab.Same("t", "bridge link show dev x2 | grep -o 'state [a-z]*'");
        lab.Same("t", "bridge link show dev y2 | grep -o 'state [a-z]*'");
        lab.Same("t", "ip -d link show br2 | grep -o 'root_port [0-9]* root_path_cost [0-9]*'");
    }

    /// <summary>a (10.0.0.1, 02:...:01:01) at p1 and b (10.0.0.2, 02:...:02:01) at p2 of br0 in s.</summary>
    private static void Build(CommandLab lab)
    {
        lab.Both("s", "ip link add br0 type bridge mcast_snooping 0", "ip link set br0 up");
        foreach ((string space, int i) in new[] { ("a", 1), ("b", 2) })
        {
            lab.Both(
                "s",
                $"ip link add p{i} address 02:00:00:00:0{i}:02 type veth peer name e{i} address 02:00:00:00:0{i}:01",
                $"ip link set e{i} netns {{{space}}}",
                $"ip link set p{i} master br0",
                $"ip link set p{i} up");
            lab.Both(space, $"ip addr add 10.0.0.{i}/24 dev e{i}", $"ip link set e{i} up");
        }

        lab.Wait(TimeSpan.FromSeconds(1));
    }
}
