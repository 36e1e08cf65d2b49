using System.Text.RegularExpressions;
using Netemu.Commands.Shell;

namespace Netemu.Commands.Tests;

/// <summary>
/// ping -R and -T over a router, as iputils 20221126 and Linux 6.18 had it in three namespaces: each machine writes the address by which it
/// sends, the one asked also the one by which it was asked, and what has no room is counted. Links take 5 ms here.
/// </summary>
public sealed partial class PingOptionTests
{
    private readonly Machine _machine = new();

    public PingOptionTests()
    {
        // One machine with three namespaces, so that one line of commands can wire them; netem gives the way back and forth its time.
        Assert.Equal(0, Run("""
            ip netns add h1; ip netns add r1; ip netns add h2
            ip link add a netns h1 type veth peer name b netns r1; ip link add c netns r1 type veth peer name d netns h2
            ip -n h1 addr add 10.1.0.2/24 dev a; ip -n r1 addr add 10.1.0.1/24 dev b; ip -n r1 addr add 10.2.0.1/24 dev c; ip -n h2 addr add 10.2.0.2/24 dev d
            ip -n h1 link set lo up; ip -n h1 link set a up; ip -n r1 link set b up; ip -n r1 link set c up; ip -n h2 link set lo up; ip -n h2 link set d up
            ip -n h1 route add default via 10.1.0.1; ip -n h2 route add default via 10.2.0.1; ip netns exec r1 sysctl -qw net.ipv4.ip_forward=1
            ip netns exec h1 ping -q -c 1 10.2.0.2
            ip netns exec h1 tc qdisc add dev a root netem delay 5ms; ip netns exec r1 tc qdisc add dev c root netem delay 5ms; sleep 1
            """).Exit);
    }

    [Theory]
    [InlineData("-n -R -c 1 10.2.0.2", "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=10.0 ms\nRR: \t10.1.0.2\n\t10.2.0.1\n\t10.2.0.2\n\t10.2.0.2\n\t10.1.0.1\n\t10.1.0.2\n\n")]
    [InlineData("-n -R -c 1 10.1.0.2", "64 bytes from 10.1.0.2: icmp_seq=1 ttl=64 time=0.000 ms\nRR: \t10.1.0.2\n\t10.1.0.2\n\t10.1.0.2\n\t10.1.0.2\n\n")]
    [InlineData("-n -R -c 1 10.1.0.1", "64 bytes from 10.1.0.1: icmp_seq=1 ttl=64 time=5.00 ms\nRR: \t10.1.0.2\n\t10.1.0.1\n\t10.1.0.1\n\t10.1.0.2\n\n")]
    [InlineData("-n -R -t 1 -c 1 10.2.0.2", "From 10.1.0.1 icmp_seq=1 Time to live exceeded\n")]
    [InlineData("-n -T tsonly -c 1 10.2.0.2", "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=10.0 ms\nTS: \tX absolute\n\t5\n\t5\n\t0\n\t0\n\t0\n\n")]
    [InlineData("-n -T tsandaddr -c 1 10.2.0.2", "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=10.0 ms\nTS: \t10.1.0.2\tX absolute\n\t10.1.0.1\t5\n\t10.2.0.2\t5\n\t10.2.0.2\t0\nUnrecorded hops: 2\n\n")]
    [InlineData("-n -T tsprespec -c 1 10.1.0.1 10.2.0.2 10.2.0.2", "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=10.0 ms\nTS: \t10.1.0.1\tX absolute\n\t10.2.0.2\t5\n\n")]
    [InlineData("-n -T tsprespec -c 1 10.1.0.2 10.1.0.1 10.2.0.1 10.2.0.2 10.2.0.2", "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=10.0 ms\nTS: \t10.1.0.2\tX absolute\n\t10.1.0.1\t5\n\t10.2.0.1\t5\n\n")]
    public void Each_machine_on_the_way_writes_what_Linux_writes(string words, string expected)
    {
        CommandResult result = Run($"ip netns exec h1 ping {words}");

        string text = AbsoluteTime().Replace(result.Stdout, "\tX absolute");
        string head = text[..text.IndexOf('\n')];
        Assert.EndsWith("56(124) bytes of data.", head, System.StringComparison.Ordinal);
        Assert.StartsWith(expected, text[(head.Length + 1)..], System.StringComparison.Ordinal);
        Assert.Equal(0, _machine.Emulation.Frames.Outstanding);
    }

    [Fact]
    public void The_same_route_again_is_said_in_two_words()
    {
        string text = Run("ip netns exec h1 ping -n -R -c 2 -i 0.2 10.2.0.2").Stdout;

        Assert.Contains("icmp_seq=2 ttl=63 time=10.0 ms\t(same route)\n\n--- 10.2.0.2 ping statistics ---\n", text, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Fragments_carry_the_options_and_arrive()
    {
        Assert.Contains("2008 bytes from 10.2.0.2: icmp_seq=1", Run("ip netns exec h1 ping -n -R -s 2000 -c 1 10.2.0.2").Stdout, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ping -R -T tsonly -c 1 10.2.0.2", 2, "ping: only one of -T or -R may be used\n")]
    [InlineData("ping -R -c 1", 1, "ping: usage error: Destination address required\n")]
    [InlineData("ping -T foo -c 1 10.2.0.2", 2, "ping: invalid timestamp type: foo\n")]
    public void What_does_not_fit_is_refused(string command, int exit, string error)
    {
        CommandResult result = Run($"ip netns exec h1 {command}");

        Assert.Equal((exit, error), (result.Exit, result.Stderr));
    }

    [GeneratedRegex(@"\t[0-9]+ absolute")]
    private static partial Regex AbsoluteTime();

    private CommandResult Run(string command) => _machine.Run("m", command.ReplaceLineEndings("; "));
}
