using Netemu.Commands.Shell;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;

namespace Netemu.Commands.Tests;

/// <summary>ping, traceroute and arping over h1 - r1 - h2 with links of 5 ms: what they print, and how long they take.</summary>
public sealed class ProbeTests
{
    [Fact]
    public void Ping_prints_each_answer_and_the_statistics_of_iputils()
    {
        Machine machine = Routed();

        CommandResult result = machine.Run("h1", "ping -c 3 -i 0.2 10.2.0.2");

        // The first waits for ARP on both links: twice 10 ms more.
        Assert.Equal(
            """
            PING 10.2.0.2 (10.2.0.2) 56(84) bytes of data.
            64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=40.0 ms
            64 bytes from 10.2.0.2: icmp_seq=2 ttl=63 time=20.0 ms
            64 bytes from 10.2.0.2: icmp_seq=3 ttl=63 time=20.0 ms

            --- 10.2.0.2 ping statistics ---
            3 packets transmitted, 3 received, 0% packet loss, time 400ms
            rtt min/avg/max/mdev = 20.000/26.666/40.000/9.428 ms

            """,
            result.Stdout);
        Assert.Equal(0, result.Exit);
        AssertQuiet(machine);
    }

    [Fact]
    public void Ping_names_the_router_where_the_ttl_expired_and_fails()
    {
        Machine machine = Routed();

        CommandResult result = machine.Run("h1", "ping -c 1 -t 1 10.2.0.2");

        Assert.Equal(
            """
            PING 10.2.0.2 (10.2.0.2) 56(84) bytes of data.
            From 10.1.0.1 icmp_seq=1 Time to live exceeded

            --- 10.2.0.2 ping statistics ---
            1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms


            """,
            result.Stdout);
        Assert.Equal(1, result.Exit);
    }

    [Fact]
    public void Ping_of_a_neighbour_that_is_not_there_reports_itself_after_three_seconds()
    {
        Machine machine = Routed();

        CommandResult result = machine.Run("h1", "ping -c 2 10.1.0.77");

        Assert.Equal(
            """
            PING 10.1.0.77 (10.1.0.77) 56(84) bytes of data.
            From 10.1.0.2 icmp_seq=1 Destination Host Unreachable
            From 10.1.0.2 icmp_seq=2 Destination Host Unreachable

            --- 10.1.0.77 ping statistics ---
            2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1000ms
            pipe 2

            """,
            result.Stdout);
        Assert.Equal(1, result.Exit);
    }

    [Theory]
    [InlineData("ping -c 1 10.70.0.1", 2, "ping: connect: Invalid argument\n")]
    [InlineData("ping -c 1 10.71.0.1", 2, "ping: connect: No route to host\n")]
    [InlineData("ping -c 1 -I eth9 10.2.0.2", 2, "ping: SO_BINDTODEVICE eth9: No such device\n")]
    [InlineData("ping -c 1 -I 9.9.9.9 10.2.0.2", 2, "ping: bind: Cannot assign requested address\n")]
    [InlineData("ping -c 1 10.1.0.255", 2, "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n")]
    [InlineData("ping nosuch", 2, "ping: nosuch: Temporary failure in name resolution\n")]
    [InlineData("ping -c 0 10.1.0.1", 1, "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807\n")]
    [InlineData("ping", 1, "ping: usage error: Destination address required\n")]
    [InlineData("arping -c 1 -I eth9 10.1.0.1", 2, "arping: Device eth9 not available.\n")]
    [InlineData("traceroute -Y 10.2.0.2", 2, "Bad option `-Y' (argc 1)\n")]
    [InlineData("pong 10.2.0.2", 127, "sh: 1: pong: not found\n")]
    public void What_cannot_start_fails_in_the_tools_own_words(string command, int exit, string error)
    {
        Machine machine = Routed();

        CommandResult result = machine.Run("h1", command);

        Assert.Equal(error, Machine.WithoutHints(result.Stderr));
        Assert.Equal(exit, result.Exit);
    }

    [Fact]
    public void Traceroute_shows_the_routers_and_stops_at_the_destination()
    {
        Machine machine = Routed();
        machine.Run("h1", "ping -c 1 10.2.0.2");

        CommandResult udp = machine.Run("h1", "traceroute -n 10.2.0.2");
        CommandResult icmp = machine.Run("h1", "traceroute -I -q 1 10.2.0.2");

        Assert.Equal(
            """
            traceroute to 10.2.0.2 (10.2.0.2), 30 hops max, 60 byte packets
             1  10.1.0.1  10.000 ms  10.000 ms  10.000 ms
             2  10.2.0.2  20.000 ms  20.001 ms  20.001 ms

            """,
            udp.Stdout);
        Assert.Equal(
            """
            traceroute to 10.2.0.2 (10.2.0.2), 30 hops max, 60 byte packets
             1  10.1.0.1 (10.1.0.1)  10.000 ms
             2  10.2.0.2 (10.2.0.2)  20.000 ms

            """,
            icmp.Stdout);
        AssertQuiet(machine);
    }

    [Fact]
    public void Arping_asks_once_by_broadcast_and_then_the_neighbour_itself()
    {
        Machine machine = Routed();

        CommandResult result = machine.Run("h1", "arping -c 2 -I eth0 10.1.0.1");

        Assert.Equal(
            """
            ARPING 10.1.0.1 from 10.1.0.2 eth0
            Unicast reply from 10.1.0.1 [02:00:00:00:00:02]  10.000ms
            Unicast reply from 10.1.0.1 [02:00:00:00:00:02]  10.000ms
            Sent 2 probes (1 broadcast(s))
            Received 2 response(s)

            """,
            result.Stdout);
        Assert.Equal(0, result.Exit);
    }

    [Fact]
    public void A_command_after_one_that_takes_time_runs_when_that_has_ended()
    {
        Machine machine = Routed();
        SimTime before = machine.Emulation.Now;

        CommandResult result = machine.Run("h1", "sleep 2 && ping -c 1 10.1.0.77 > /dev/null || ip neigh show 10.1.0.77; echo done");

        // Two seconds of sleep, three of ARP.
        Assert.Equal("10.1.0.77 dev eth0 FAILED \ndone\n", result.Stdout);
        Assert.True(machine.Emulation.Now - before >= Duration.FromSeconds(5));
    }

    private static Machine Routed()
    {
        // Given h1 - r1 - h2, where every link takes 5 ms.
        Machine machine = new();
        EthernetDevice h1 = new(machine.Namespace("h1"), "eth0");
        EthernetDevice left = new(machine.Namespace("r1"), "eth1");
        EthernetDevice right = new(machine.Namespace("r1"), "eth2");
        EthernetDevice h2 = new(machine.Namespace("h2"), "eth0");
        machine.Emulation.Connect(h1, left, new LinkOptions { Delay = Duration.FromMilliseconds(5) });
        machine.Emulation.Connect(right, h2, new LinkOptions { Delay = Duration.FromMilliseconds(5) });
        machine.Run("r1", "ip link set eth1 address 02:00:00:00:00:02 up; ip link set eth2 up; sysctl -qw net.ipv4.ip_forward=1");
        machine.Run("r1", "ip addr add 10.1.0.1/24 dev eth1; ip addr add 10.2.0.1/24 dev eth2");
        machine.Run("h1", "ip link set lo up; ip link set eth0 up; ip addr add 10.1.0.2/24 dev eth0; sleep 1; ip route add default via 10.1.0.1");
        machine.Run("h1", "ip route add blackhole 10.70.0.0/16; ip route add unreachable 10.71.0.0/16");
        machine.Run("h2", "ip link set eth0 up; ip addr add 10.2.0.2/24 dev eth0; sleep 1; ip route add default via 10.2.0.1");
        return machine;
    }

    private static void AssertQuiet(Machine machine)
    {
        machine.Emulation.RunUntil(machine.Emulation.Now + Duration.FromSeconds(1));
        Assert.Equal(0, machine.Emulation.Frames.Outstanding);
    }
}
