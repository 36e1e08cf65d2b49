using System;

namespace Netemu.Live.Tests.Commands;

/// <summary>Spanning tree: bridges of the kernel and of the engine come to the same tree, by the same states.</summary>
[Trait("Category", "Live")]
public sealed class SpanningTreeTests
{
    [OnBoth]
    public void A_triangle_of_bridges_blocks_one_port_and_takes_it_when_the_way_to_the_root_goes()
    {
        using CommandLab lab = new("t");
        Triangle(lab);

        lab.Wait(TimeSpan.FromSeconds(3));
        lab.Same("t", "bridge link | awk '{print $2,$11}'");
        lab.Wait(TimeSpan.FromSeconds(4));
        lab.Same("t", "bridge link");
        foreach (string bridge in new[] { "br1", "br2", "br3" })
        {
            lab.Same("t", Root(bridge));
        }

        // The cable between the root and the third bridge goes: its port to the second one listens, learns and forwards.
        lab.Both("t", "ip link set b13 down");
        lab.Wait(TimeSpan.FromSeconds(1));
        lab.Same("t", "bridge link | awk '{print $2,$11}'");
        lab.Wait(TimeSpan.FromSeconds(5));
        lab.Same("t", "bridge link | awk '{print $2,$11}'");
        lab.Same("t", Root("br3"));
    }

    // While the topology changes a forward delay makes an entry stale, and it stays.
    [OnBoth]
    public void What_was_learned_is_stale_in_a_topology_change_and_is_not_forgotten()
    {
        using CommandLab lab = new("t");
        Triangle(lab);

        // The change begins after two forward delays, 4 s, and lasts for the maximum age and one more, until 12 s; the
        // kernel's commands take time of their own.
        lab.Wait(TimeSpan.FromSeconds(6));
        lab.Both("t", "bridge fdb add 02:00:00:00:00:99 dev b12 master dynamic");
        lab.Same("t", "bridge fdb show dev b12 | grep 02:00:00:00:00:99");
        lab.Wait(TimeSpan.FromSeconds(3));
        lab.Same("t", "bridge fdb show dev b12 | grep 02:00:00:00:00:99");
        lab.Same("t", "ip -d link show br1 | grep -o 'ageing_time [0-9]*'");
    }

    [OnBoth]
    public void A_better_priority_and_a_cheaper_way_move_the_tree()
    {
        using CommandLab lab = new("t");
        Triangle(lab);
        lab.Wait(TimeSpan.FromSeconds(7));

        // Past both forward delays: at the edge between two states the kernel's clock would decide.
        lab.Both("t", "ip link set br3 type bridge priority 0");
        lab.Wait(TimeSpan.FromSeconds(14));
        lab.Same("t", "bridge link");
        lab.Same("t", Root("br1"));

        lab.Both("t", "ip link set b31 type bridge_slave cost 100");
        lab.Both("t", "bridge link set dev b13 cost 100");
        lab.Wait(TimeSpan.FromSeconds(14));
        lab.Same("t", "bridge link");
        lab.Same("t", Root("br1"));
    }

    [OnBoth]
    public void What_the_standard_does_not_allow_is_refused()
    {
        using CommandLab lab = new("t");
        Triangle(lab);
        foreach (string command in new[]
        {
            "ip link set br1 type bridge forward_delay 100",
            "ip link set br1 type bridge forward_delay 3100",
            "ip link set br1 type bridge hello_time 50",
            "ip link set br1 type bridge hello_time 1100",
            "ip link set br1 type bridge max_age 100",
            "ip link set br1 type bridge max_age 4100",
            "ip link set br1 type bridge priority 70000",
            "ip link set b12 type bridge_slave cost 0",
            "ip link set b12 type bridge_slave cost 70000",
            "ip link set b12 type bridge_slave priority 64",
            "ip link set b12 type bridge_slave state 3",
            "bridge link set dev b12 state 0",
            "bridge link set dev b12 cost 70000",
            "bridge link set dev b12 priority 64",
            "ip link add brx type bridge hello_time 1100",
            "ip link add bry type bridge stp_state 1 forward_delay 400 hello_time 300 max_age 1000 priority 12288",
            "ip -d link show bry | grep -o 'forward_delay .* priority [0-9]*'",
        })
        {
            lab.Same("t", command);
        }
    }

    /// <summary>Not the root's name: iproute2 6.1 prints the bridge's own there.</summary>
    private static string Root(string bridge) => $"ip -d link show {bridge} | grep -o 'root_port [0-9]* root_path_cost [0-9]*'";

    /// <summary>Three bridges, each joined with the two others; the shortest delays that 802.1D allows.</summary>
    private static void Triangle(CommandLab lab)
    {
        for (int i = 1; i <= 3; i++)
        {
            lab.Both("t", $"ip link add br{i} type bridge stp_state 1 forward_delay 200 hello_time 100 max_age 600 priority {i * 4096} mcast_snooping 0");
        }

        foreach ((int a, int b) in new[] { (1, 2), (1, 3), (2, 3) })
        {
            lab.Both(
                "t",
                $"ip link add b{a}{b} address 02:00:00:00:0{a}:0{b} type veth peer name b{b}{a} address 02:00:00:00:0{b}:0{a}",
                $"ip link set b{a}{b} master br{a}",
                $"ip link set b{b}{a} master br{b}",
                $"ip link set b{a}{b} up",
                $"ip link set b{b}{a} up");
        }

        for (int i = 1; i <= 3; i++)
        {
            lab.Both("t", $"ip link set br{i} up");
        }
    }
}
