using System;
using System.Linq;

namespace Netemu.Live.Tests.Commands;

/// <summary>Rules, next hop objects and multipath: the kernel and the engine send packets the same way.</summary>
[Trait("Category", "Live")]
public sealed class PolicyRoutingTests
{
    [OnBoth]
    public void The_source_address_chooses_the_uplink()
    {
        using CommandLab lab = Uplinks();
        lab.Both("gw", "ip rule add from 10.0.2.0/24 table 100", "ip route add default via 10.0.2.2 table 100");

        lab.Same("gw", Ping("192.0.2.1"));
        lab.Same("gw", Ping("-I 10.0.2.1 192.0.2.1"));
        lab.Same("gw", Ping("-I 10.0.1.1 192.0.2.1"));
    }

    [OnBoth]
    public void The_input_device_chooses_the_uplink_of_what_is_forwarded()
    {
        using CommandLab lab = Uplinks();
        lab.Both("gw", "ip rule add iif lan table 100", "ip route add default via 10.0.2.2 table 100");

        lab.Same("gw", Ping("192.0.2.1"));
        lab.Same("h", Ping("192.0.2.1"));
        lab.Same("gw", "ip route get 192.0.2.1 from 10.0.0.2 iif lan");
    }

    [OnBoth]
    public void A_table_may_answer_with_anything_but_its_default_route()
    {
        using CommandLab lab = Uplinks();
        lab.Both(
            "gw",
            "ip rule add pref 100 table main suppress_prefixlength 0",
            "ip rule add pref 200 table 100",
            "ip route add default via 10.0.2.2 table 100",
            "ip route add 198.51.100.0/24 via 10.0.1.2");

        lab.Same("h", Ping("192.0.2.1"));
        lab.Same("h", Ping("198.51.100.1"));
        lab.Same("h", "ping -c 1 -W 1 10.0.1.2 | grep -c 'bytes from'");
    }

    [OnBoth]
    public void Rules_that_end_a_packet_say_what_routes_of_the_same_name_do_not()
    {
        using CommandLab lab = Uplinks();
        lab.Both(
            "gw",
            "ip rule add pref 100 to 192.0.2.1 prohibit",
            "ip rule add pref 101 to 192.0.2.2 unreachable",
            "ip rule add pref 102 to 192.0.2.3 blackhole",
            "ip route add unreachable 192.0.2.4",
            "ip route add prohibit 192.0.2.5");

        foreach (int last in Enumerable.Range(1, 5))
        {
            lab.Same("h", Ping($"192.0.2.{last}"));
            lab.Same("gw", $"ip route get 192.0.2.{last}");
        }
    }

    [OnBoth]
    public void Goto_leaves_out_the_rules_between()
    {
        using CommandLab lab = Uplinks();
        lab.Both(
            "gw",
            "ip route add default via 10.0.2.2 table 100",
            "ip rule add pref 100 from 10.0.0.2 goto 300",
            "ip rule add pref 200 table 100",
            "ip rule add pref 300 nop");

        lab.Same("h", Ping("192.0.2.1"));
        lab.Same("gw", Ping("192.0.2.1"));
        lab.Same("gw", "ip rule");
        lab.Both("gw", "ip rule del pref 300");
        lab.Same("gw", "ip rule");
        lab.Same("h", Ping("192.0.2.1"));
    }

    [OnBoth]
    public void A_mark_chooses_the_uplink()
    {
        using CommandLab lab = Uplinks();
        lab.Both("gw", "ip rule add fwmark 0x10/0xf0 table 100", "ip route add default via 10.0.2.2 table 100");

        foreach (string mark in new[] { "0", "1", "0x10", "0x1f", "0x20", "0x110" })
        {
            lab.Same("gw", $"ip route get 192.0.2.1 mark {mark}");
        }
    }

    [OnBoth]
    public void Routes_follow_next_hop_objects_and_go_with_their_devices()
    {
        using CommandLab lab = Uplinks();
        lab.Both(
            "gw",
            "ip nexthop add id 1 via 10.0.1.2 dev up1",
            "ip nexthop add id 2 via 10.0.2.2 dev up2",
            "ip nexthop add id 10 group 1/2,3",
            "ip route replace default nhid 10",
            "ip route add 198.51.100.0/24 nhid 2");
        lab.Same("gw", "ip route");
        lab.Same("gw", Ping("198.51.100.1"));

        lab.Both("gw", "ip nexthop replace id 2 via 10.0.1.2 dev up1");
        lab.Same("gw", Ping("198.51.100.1"));

        lab.Both("gw", "ip nexthop replace id 2 via 10.0.2.2 dev up2", "ip link set up1 down");
        lab.Same("gw", "ip nexthop");
        lab.Same("gw", "ip route");
        lab.Same("gw", Ping("192.0.2.7"));
    }

    [OnBoth]
    public void A_resilient_group_moves_the_buckets_of_a_lost_member_only()
    {
        using CommandLab lab = Uplinks();
        lab.Both(
            "gw",
            "ip nexthop add id 1 via 10.0.1.2 dev up1",
            "ip nexthop add id 2 via 10.0.2.2 dev up2",
            "ip nexthop add id 3 via 10.0.0.2 dev lan",
            "ip nexthop add id 10 group 1,2/2/3 type resilient buckets 16 idle_timer 120");
        lab.Same("gw", "ip nexthop bucket show id 10 | awk '{print $4,$8}'");

        lab.Both("gw", "ip nexthop del id 2");
        lab.Same("gw", "ip nexthop bucket show id 10 | awk '{print $4,$8}'");
        lab.Same("gw", "ip nexthop show id 10 | awk '{print $1,$2,$3,$4,$5,$6,$7,$8}'");
    }

    [OnBoth]
    public void With_hash_policy_0_all_flows_of_two_hosts_go_one_way_and_with_1_they_spread_by_weight()
    {
        using CommandLab lab = Uplinks();
        lab.Both("gw", "ip route replace default nexthop via 10.0.1.2 nexthop via 10.0.2.2 weight 3");
        (int kernel, int engine) = CountSecond(lab, 20);
        Assert.True(kernel is 0 or 20, $"kernel: {kernel}");
        Assert.True(engine is 0 or 20, $"engine: {engine}");

        // Of 120 flows 90 on average, with a deviation of 4.7.
        lab.Both("gw", "sysctl -w net.ipv4.fib_multipath_hash_policy=1");
        (kernel, engine) = CountSecond(lab, 120);
        Assert.InRange(kernel, 70, 110);
        Assert.InRange(engine, 70, 110);

        // A source that belongs to one of the devices decides for it.
        foreach (int port in Enumerable.Range(1, 10))
        {
            lab.Same("gw", $"ip route get 192.0.2.1 from 10.0.1.1 ipproto udp sport {port} dport 9");
            lab.Same("gw", $"ip route get 192.0.2.1 from 10.0.2.1 ipproto udp sport {port} dport 9");
        }
    }

    [OnBoth]
    public void A_token_bucket_lets_a_burst_pass_queues_to_its_limit_and_drops_the_rest()
    {
        using CommandLab lab = Uplinks();
        lab.Both(
            "gw",
            "ip neigh replace 10.0.1.2 lladdr 02:00:00:00:01:02 dev up1",
            "tc qdisc add dev up1 root tbf rate 8kbit burst 5000 limit 10000");

        // 30 frames of 1,000 bytes that are forwarded: five at once, one a second, ten wait.
        // Nobody asks for a neighbour meanwhile: an answer would take its share of the bucket.
        lab.Both("h", "ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0");
        lab.Both("gw", "ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev lan");
        lab.Both("r1", "ip neigh replace 10.0.1.1 lladdr 02:00:00:00:01:01 dev eth0");
        lab.Each("h", "ping -q -l 30 -c 30 -W 1 -s 958 10.0.1.2 || true", "ping -q -c 30 -i 0.002 -W 1 -s 958 10.0.1.2 || true");

        lab.Same("gw", "tc -s qdisc show dev up1 | grep -o 'dropped [0-9]*'");
        lab.Same("gw", "tc qdisc show dev up1 | awk '{print $1,$2,$7,$8,$9,$10,$11,$12}'");
    }

    /// <summary>Who refuses a packet shows which way it went: each uplink's router has no route and says so by its own address.</summary>
    private static string Ping(string arguments) =>
        $"ping -c 1 -W 1 {arguments} | grep -o 'From [0-9.]* icmp_seq=1 Destination [A-Za-z ]*'";

    private static (int Kernel, int Engine) CountSecond(CommandLab lab, int flows)
    {
        int kernel = 0;
        int engine = 0;
        for (int i = 0; i < flows; i++)
        {
            (string k, string e) = lab.Outputs("gw", $"ip route get 192.0.2.1 ipproto udp sport {1000 + i} dport 9");
            kernel += k.Contains("dev up2", StringComparison.Ordinal) ? 1 : 0;
            engine += e.Contains("dev up2", StringComparison.Ordinal) ? 1 : 0;
        }

        return (kernel, engine);
    }

    /// <summary>A host behind a gateway with two uplinks; the routers there know the way back and nothing else.</summary>
    private static CommandLab Uplinks()
    {
        CommandLab lab = new("h", "gw", "r1", "r2");
        lab.Both(
            "gw",
            "ip link add lan address 02:00:00:00:00:01 type veth peer name eth0 address 02:00:00:00:00:02 netns {h}",
            "ip link add up1 address 02:00:00:00:01:01 type veth peer name eth0 address 02:00:00:00:01:02 netns {r1}",
            "ip link add up2 address 02:00:00:00:02:01 type veth peer name eth0 address 02:00:00:00:02:02 netns {r2}",
            "sysctl -w net.ipv4.ip_forward=1",
            "ip addr add 10.0.0.1/24 dev lan",
            "ip addr add 10.0.1.1/24 dev up1",
            "ip addr add 10.0.2.1/24 dev up2",
            "ip link set lan up",
            "ip link set up1 up",
            "ip link set up2 up");
        lab.Both("h", "ip addr add 10.0.0.2/24 dev eth0", "ip link set eth0 up", "ip route add default via 10.0.0.1");
        lab.Both("r1", "sysctl -w net.ipv4.ip_forward=1", "ip addr add 10.0.1.2/24 dev eth0", "ip link set eth0 up", "ip route add 10.0.0.0/16 via 10.0.1.1");
        lab.Both("r2", "sysctl -w net.ipv4.ip_forward=1", "ip addr add 10.0.2.2/24 dev eth0", "ip link set eth0 up", "ip route add 10.0.0.0/16 via 10.0.2.1");
        lab.Both("gw", "ip route add default via 10.0.1.2");
        return lab;
    }
}
