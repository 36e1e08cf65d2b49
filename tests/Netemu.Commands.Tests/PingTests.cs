using System;
using System.Collections.Generic;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Frames;
using Netemu.Engine.Links;

namespace Netemu.Commands.Tests;

/// <summary>
/// The options of ping that decide when and what it sends. The lines are those of iputils 20221126; where times stand in them, they are
/// those of a link of 1.8 ms.
/// </summary>
public sealed class PingTests
{
    [Theory]
    [InlineData("0.0.0.0", "PING 0.0.0.0 (127.0.0.1) 56(84) bytes of data.", "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.000 ms")]
    [InlineData("0", "PING 0 (127.0.0.1) 56(84) bytes of data.", "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.000 ms")]
    [InlineData("127.1", "PING 127.1 (127.0.0.1) 56(84) bytes of data.", "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.000 ms")]
    [InlineData("0x7f.1", "PING 0x7f.1 (127.0.0.1) 56(84) bytes of data.", "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.000 ms")]
    [InlineData("012.258", "PING 012.258 (10.0.1.2) 56(84) bytes of data.", "")]
    [InlineData("-I v0 0.0.0.0", "PING 0.0.0.0 (10.0.0.1) from 10.0.0.1 v0: 56(84) bytes of data.", "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.000 ms")]
    public void An_address_of_this_host_or_of_the_old_forms_is_shown_with_what_it_stands_for(string words, string head, string answer)
    {
        Machine machine = Joined();

        CommandResult result = machine.Run("h1", $"ping -c 1 -W 1 {words}");

        string[] lines = result.Stdout.Split('\n');
        Assert.Equal(head, lines[0]);
        Assert.Equal(answer, lines[1]);
    }

    [Theory]
    [InlineData("ping -c 1 256.1", "ping: 256.1: Temporary failure in name resolution\n")]
    [InlineData("ping -c 1 08", "ping: 08: Temporary failure in name resolution\n")]
    [InlineData("ping -c 1 0x", "ping: 0x: Temporary failure in name resolution\n")]
    [InlineData("ping -c 1 1.2.3.4.5", "ping: 1.2.3.4.5: Temporary failure in name resolution\n")]
    [InlineData("ping -p 0x12 10.0.0.2", "ping: patterns must be specified as hex digits: x12\n")]
    [InlineData("ping -l 0 10.0.0.2", "ping: invalid argument: '0': out of range: 1 <= value <= 65536\n")]
    [InlineData("ping -l x 10.0.0.2", "ping: invalid argument: 'x'\n")]
    public void What_is_no_address_and_no_value_is_refused(string command, string error)
    {
        Machine machine = Joined();

        CommandResult result = machine.Run("h1", command);

        Assert.Equal(error, Machine.WithoutHints(result.Stderr));
        Assert.NotEqual(0, result.Exit);
    }

    [Theory]
    [InlineData("-s 65507 127.0.0.1", "65515 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.000 ms", "")]
    [InlineData("-s 65508 127.0.0.1", "", "ping: local error: message too long, mtu=65535\n")]
    [InlineData("-s 65528 127.0.0.1", "", "")]
    [InlineData("-s 1473 -M do 10.0.0.2", "", "ping: local error: message too long, mtu=1500\n")]
    public void A_packet_that_is_too_long_is_told_of_while_a_socket_can_tell(string words, string answer, string error)
    {
        Machine machine = Joined();

        CommandResult result = machine.Run("h1", $"ping -c 1 -W 1 {words}");

        Assert.Equal(answer, result.Stdout.Split('\n')[1]);
        Assert.Equal(error, result.Stderr);
    }

    [Fact]
    public void A_redirect_is_told_of_and_is_neither_an_answer_nor_an_error()
    {
        // Given a router that sends back what it gets for 192.0.2.0/24, to the host itself.
        Machine machine = Joined();
        machine.Run("h1", "ip route add default via 10.0.0.2");
        machine.Run("h2", "sysctl -w net.ipv4.ip_forward=1");
        machine.Run("h2", "ip route add 192.0.2.0/24 via 10.0.0.1");

        CommandResult result = machine.Run("h1", "ping -c 1 -W 1 -t 2 192.0.2.1");

        Assert.Contains("From 10.0.0.2: icmp_seq=1 Redirect Host(New nexthop: 10.0.0.1)\n", result.Stdout);
        Assert.Contains("1 packets transmitted, 0 received, 100% packet loss", result.Stdout);
    }

    [Fact]
    public void An_error_about_an_earlier_ping_is_not_this_ones()
    {
        // Given a neighbour that fails three seconds after somebody else was pinged, and a router that keeps silent.
        Machine machine = Joined();
        machine.Run("h2", "sysctl -w net.ipv4.ip_forward=1; ip route add blackhole 192.0.2.0/24");
        machine.Run("h1", "ping -c 1 -W 1 10.0.0.99");

        CommandResult result = machine.Run("h1", "ping -c 1 -W 4 192.0.2.1");

        Assert.DoesNotContain("From", result.Stdout);
        Assert.Contains("1 packets transmitted, 0 received, 100% packet loss", result.Stdout);
    }

    [Fact]
    public void A_path_MTU_is_shown_with_its_end_and_goes_with_the_cache()
    {
        Machine machine = Joined();
        machine.Namespace("h1").IPv4.Exceptions.LearnMtu(IPv4Address.Parse("10.0.0.2"), 1300);
        machine.Run("h1", "sleep 1.5");

        Assert.Equal("10.0.0.2 dev v0 src 10.0.0.1 uid 0 \n    cache expires 598sec mtu 1300 \n", machine.Run("h1", "ip route get 10.0.0.2").Stdout);
        Assert.Equal("10.0.0.2 dev v0 \n    cache expires 598sec mtu 1300 \n", machine.Run("h1", "ip route show cache").Stdout);
        Assert.Equal(0, machine.Run("h1", "ip route flush cache").Exit);
        Assert.Equal(string.Empty, machine.Run("h1", "ip route show cache").Stdout);
        Assert.Equal("10.0.0.2 dev v0 src 10.0.0.1 uid 0 \n    cache \n", machine.Run("h1", "ip route get 10.0.0.2").Stdout);
    }

    [Theory]
    [InlineData("-p ff", "PATTERN: 0xff", 56, "FFFFFFFFFFFFFFFF")]
    [InlineData("-p abc", "PATTERN: 0xab0c", 56, "AB0CAB0CAB0CAB0C")]
    [InlineData("-p 112233", "PATTERN: 0x112233", 56, "1122331122331122")]
    [InlineData("-s 20 -p 00112233445566778899aabbccddeeff00", "PATTERN: 0x00112233445566778899aabbccddeeff", 20, "CCDDEEFF00000000")]
    [InlineData("-s 8 -p ab", "PATTERN: 0xab", 8, "AB00000000000000")]
    [InlineData("-s 9 -p ab", "PATTERN: 0xab", 9, "ABABABABABABABAB")]
    public void A_pattern_is_told_and_fills_the_payload_where_the_time_leaves_room(string options, string line, int size, string tail)
    {
        Machine machine = Joined();
        FrameLog log = new();
        machine.Namespace("h1").FindDevice("v0")!.AddTap(log);

        CommandResult result = machine.Run("h1", $"ping -c 1 {options} 10.0.0.2");

        Assert.StartsWith($"{line}\nPING 10.0.0.2 (10.0.0.2) {size}({size + 28}) bytes of data.\n", result.Stdout);
        Assert.EndsWith(tail, log.Sent[^1]);
        Assert.Equal((14 + 20 + 8 + size) * 2, log.Sent[^1].Length);
    }

    [Fact]
    public void With_quiet_nothing_is_said_of_the_pattern() =>
        Assert.StartsWith("PING ", Joined().Run("h1", "ping -q -c 1 -p ff 10.0.0.2").Stdout);

    [Theory]
    [InlineData(15, "23 bytes from 10.0.0.2: icmp_seq=1 ttl=64")]
    [InlineData(16, "24 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=3.60 ms")]
    public void A_payload_too_short_for_a_timeval_has_no_time(int size, string answer) =>
        Assert.Equal(answer, Joined().Run("h1", $"ping -c 1 -s {size} 10.0.0.2").Stdout.Split('\n')[1]);

    [Fact]
    public void A_preload_goes_out_at_once_and_the_rest_at_the_interval()
    {
        CommandResult result = Joined().Run("h1", "ping -c 5 -l 3 -i 0.3 10.0.0.2");

        Assert.Equal(
            """
            PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.
            64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=3.60 ms
            64 bytes from 10.0.0.2: icmp_seq=2 ttl=64 time=3.60 ms
            64 bytes from 10.0.0.2: icmp_seq=3 ttl=64 time=3.60 ms
            64 bytes from 10.0.0.2: icmp_seq=4 ttl=64 time=3.60 ms
            64 bytes from 10.0.0.2: icmp_seq=5 ttl=64 time=3.60 ms

            --- 10.0.0.2 ping statistics ---
            5 packets transmitted, 5 received, 0% packet loss, time 600ms
            rtt min/avg/max/mdev = 3.600/3.600/3.600/0.000 ms, pipe 3

            """,
            result.Stdout);
    }

    [Fact]
    public void A_preload_to_the_own_host_is_all_out_before_the_first_answer_is_read() =>
        Assert.EndsWith(
            "3 packets transmitted, 3 received, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 0.000/0.000/0.000/0.000 ms, pipe 3\n",
            Joined().Run("h1", "ping -c 3 -l 3 127.0.0.1").Stdout);

    [Fact]
    public void A_flood_sends_when_an_answer_comes_and_shows_a_dot_for_what_is_missing()
    {
        CommandResult result = Joined().Run("h1", "ping -f -c 3 10.0.0.2");

        Assert.Equal(
            "PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.\n.\b \b.\b \b.\b \b\n--- 10.0.0.2 ping statistics ---\n"
            + "3 packets transmitted, 3 received, 0% packet loss, time 7ms\n"
            + "rtt min/avg/max/mdev = 3.600/3.600/3.600/0.000 ms, ipg/ewma 3.600/3.600 ms\n",
            result.Stdout);
    }

    [Fact]
    public void A_flood_without_answers_sends_a_hundred_a_second_and_shows_errors()
    {
        CommandResult result = Joined().Run("h1", "ping -f -c 3 10.0.0.77");

        Assert.Equal(
            "PING 10.0.0.77 (10.0.0.77) 56(84) bytes of data.\n...\bE\bE\bE\n--- 10.0.0.77 ping statistics ---\n"
            + "3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 20ms\npipe 3\n",
            result.Stdout);
        Assert.Equal(1, result.Exit);
    }

    [Fact]
    public void A_flood_of_the_own_host_keeps_as_many_under_way_as_were_preloaded_and_goes_on_in_time()
    {
        CommandResult result = Joined().Run("h1", "ping -f -l 4 -c 10 127.0.0.1");

        Assert.Equal(
            "PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.\n....\b \b\b \b\b \b\b \b....\b \b\b \b\b \b\b \b..\b \b\b \b\n--- 127.0.0.1 ping statistics ---\n"
            + "10 packets transmitted, 10 received, 0% packet loss, time 0ms\n"
            + "rtt min/avg/max/mdev = 0.000/0.000/0.000/0.000 ms, pipe 4, ipg/ewma 0.002/0.000 ms\n",
            result.Stdout);
    }

    [Fact]
    public void An_endless_flood_of_the_own_host_ends_at_its_deadline()
    {
        Machine machine = Joined();
        SimTime before = machine.Emulation.Now;

        CommandResult result = machine.Run("h1", "ping -q -f -w 0.01 127.0.0.1");

        Assert.Equal(10, (machine.Emulation.Now - before).Milliseconds);
        Assert.Contains("0% packet loss", result.Stdout);
    }

    [Fact]
    public void An_adaptive_ping_sends_at_the_pace_of_the_answers() =>
        Assert.EndsWith(
            "4 packets transmitted, 4 received, 0% packet loss, time 12ms\nrtt min/avg/max/mdev = 3.600/3.600/3.600/0.000 ms, ipg/ewma 4.000/3.600 ms\n",
            Joined().Run("h1", "ping -A -c 4 10.0.0.2").Stdout);

    [Fact]
    public void What_is_too_long_ends_after_the_interval_and_what_a_rule_drops_is_only_missing()
    {
        Machine machine = Joined();

        SimTime before = machine.Emulation.Now;
        CommandResult tooLong = machine.Run("h1", "ping -c 3 -l 2 -s 3000 -M do 10.0.0.2");
        Duration took = machine.Emulation.Now - before;
        machine.Run("h1", "iptables -A OUTPUT -p icmp -j DROP");
        CommandResult dropped = machine.Run("h1", "ping -c 2 -W 1 10.0.0.2");

        Assert.Equal(3, took.Milliseconds / 1000);
        Assert.EndsWith("3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 2000ms\n\n", tooLong.Stdout);
        Assert.Equal(string.Concat(System.Linq.Enumerable.Repeat("ping: local error: message too long, mtu=1500\n", 3)), tooLong.Stderr);
        Assert.EndsWith("2 packets transmitted, 0 received, 100% packet loss, time 1000ms\n\n", dropped.Stdout);
        Assert.Equal(string.Empty, dropped.Stderr);
    }

    [Fact]
    public void A_mark_chooses_the_rule_by_which_the_packet_is_routed()
    {
        Machine machine = Joined();
        machine.Run("h1", "ip rule add fwmark 7 table 100; ip route add unreachable 10.0.0.2 table 100");

        Assert.Equal("ping: connect: No route to host\n", machine.Run("h1", "ping -c 1 -m 7 10.0.0.2").Stderr);
        Assert.Equal(0, machine.Run("h1", "ping -c 1 -m 8 10.0.0.2").Exit);
    }

    [Fact]
    public void A_stream_and_a_datagram_to_no_address_reach_this_host()
    {
        Machine machine = Joined();

        CommandResult stream = machine.Run("h1", "nc -z -v 0.0.0.0 80");
        CommandResult datagram = machine.Run("h1", "dig +time=1 +tries=1 @0.0.0.0 x.test");

        Assert.Equal("nc: connect to 0.0.0.0 port 80 (tcp) failed: Connection refused\n", stream.Stderr);
        Assert.Contains("connection refused", datagram.Stdout);
    }

    /// <summary>h1 - h2 with a link of 1.8 ms, neighbours known.</summary>
    private static Machine Joined()
    {
        Machine machine = new();
        EthernetDevice left = new(machine.Namespace("h1"), "v0");
        EthernetDevice right = new(machine.Namespace("h2"), "v0");
        machine.Emulation.Connect(left, right, new LinkOptions { Delay = Duration.FromMicroseconds(1800) });
        machine.Run("h1", "ip link set lo up; ip link set v0 up; ip addr add 10.0.0.1/24 dev v0; ip route add default via 10.0.0.2");
        machine.Run("h2", "ip link set lo up; ip link set v0 up; ip addr add 10.0.0.2/24 dev v0");
        machine.Run("h1", "ping -c 1 10.0.0.2");
        return machine;
    }

    private sealed class FrameLog : IFrameTap
    {
        public List<string> Sent { get; } = [];

        public void Seen(Frame frame, NetDevice device, bool outgoing)
        {
            if (outgoing)
            {
                Sent.Add(Convert.ToHexString(frame.Bytes));
            }
        }
    }
}
