using Netemu.Commands.Shell;

namespace Netemu.Commands.Tests;

/// <summary>Counters, comments and nomatch of ipset 7.17: the words as it said them, and what packets do to them.</summary>
public sealed class IpsetExtensionTests
{
    private readonly Machine _machine = new();

    [Fact]
    public void Members_are_listed_and_saved_with_what_they_carry()
    {
        Run("ipset create a hash:ip counters comment timeout 0; ipset add a 10.0.0.1 comment \"the first\"; ipset add a 10.0.0.2 packets 5 bytes 600; ipset add a 10.0.0.3 comment x packets 7 bytes 70 timeout 9");

        string list = Run("ipset list a").Stdout;
        Assert.Contains("\nHeader: family inet hashsize 1024 maxelem 65536 timeout 0 counters comment bucketsize 12 initval ", list, System.StringComparison.Ordinal);
        Assert.EndsWith(
            "Members:\n10.0.0.1 timeout 0 packets 0 bytes 0 comment \"the first\"\n10.0.0.2 timeout 0 packets 5 bytes 600\n10.0.0.3 timeout 9 packets 7 bytes 70 comment \"x\"\n",
            list,
            System.StringComparison.Ordinal);
        string saved = Run("ipset save a").Stdout;
        Assert.Equal(saved, Run("ipset list a -o save").Stdout);
        Assert.Equal(saved, Run($"ipset destroy a; ipset restore <<EOF\n{saved}EOF\nipset save").Stdout);
        Assert.Contains(
            "<member><elem>10.0.0.3</elem><timeout>9</timeout><packets>7</packets><bytes>70</bytes><comment>\"x\"</comment></member>\n",
            Run("ipset -o xml list a").Stdout,
            System.StringComparison.Ordinal);
    }

    [Fact]
    public void Adding_again_keeps_the_counters_and_replaces_the_comment()
    {
        Run("ipset create c hash:net counters comment; ipset add c 10.0.0.0/8 packets 3 bytes 4 comment one; ipset -exist add c 10.0.0.0/8 comment other");
        Assert.EndsWith("Members:\n10.0.0.0/8 packets 3 bytes 4 comment \"other\"\n", Run("ipset list c").Stdout, System.StringComparison.Ordinal);

        Run("ipset -exist add c 10.0.0.0/8");
        Assert.EndsWith("Members:\n10.0.0.0/8 packets 3 bytes 4\n", Run("ipset list c").Stdout, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ipset add plain 10.0.0.1 comment x", 1, "ipset v7.17: Comment cannot be used: set was created without comment support\n")]
    [InlineData("ipset add plain 10.0.0.1 packets 1", 1, "ipset v7.17: Packet/byte counters cannot be used: set was created without counter support\n")]
    [InlineData("ipset add full 10.0.0.1 packets x", 1, "ipset v7.17: Syntax error: 'x' is invalid as number\n")]
    [InlineData("ipset add full 10.0.0.1 comment 'a \" b'", 1, "ipset v7.17: Syntax error: \" character is not permitted in comments\n")]
    [InlineData("ipset add full 10.0.0.1 comment", 2, "ipset v7.17: Missing mandatory argument of option `comment'\nTry `ipset help' for more information.\n")]
    [InlineData("ipset add full 10.0.0.1 nomatch", 2, "ipset v7.17: Unknown argument: `nomatch'\nTry `ipset help' for more information.\n")]
    [InlineData("ipset list -o foo", 1, "ipset v7.17: Syntax error: unknown output mode 'foo'\n")]
    [InlineData("ipset -exist create full hash:ip counters", 1, "ipset v7.17: Set cannot be created: set with the same name already exists\n")]
    [InlineData("ipset add full", 2, "ipset v7.17: Missing second mandatory argument to command add\nTry `ipset help' for more information.\n")]
    public void What_a_set_was_not_made_for_is_refused(string command, int exit, string error)
    {
        Run("ipset create plain hash:ip; ipset create full hash:ip counters comment");

        CommandResult result = Run(command);

        Assert.Equal((exit, error), (result.Exit, result.Stderr));
    }

    [Fact]
    public void A_rule_that_looks_into_a_set_counts_for_the_member_that_matches_and_for_the_list_that_has_it()
    {
        Run("ip link set lo up; ipset create s hash:net counters; ipset add s 127.0.0.0/8; ipset add s 127.0.0.0/24; ipset create l list:set counters comment; ipset add l s comment all");
        Run("iptables -A INPUT -p icmp --icmp-type 8 -m set --match-set l src -j ACCEPT");

        Assert.Equal(0, Run("ping -c 3 -i 0.1 127.0.0.1").Exit);

        // Three requests of 84 bytes each, for the longer prefix alone.
        Assert.EndsWith("Members:\n127.0.0.0/8 packets 0 bytes 0\n127.0.0.0/24 packets 3 bytes 252\n", Run("ipset list s").Stdout, System.StringComparison.Ordinal);
        Assert.EndsWith("Members:\ns packets 3 bytes 252 comment \"all\"\n", Run("ipset list l").Stdout, System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_with_nomatch_excepts_its_addresses()
    {
        Run("ip link set lo up; ipset create s hash:net; ipset add s 127.0.0.0/8; ipset add s 127.0.1.0/24 nomatch; iptables -A INPUT -m set --match-set s dst -j DROP");
        Assert.EndsWith("Members:\n127.0.0.0/8\n127.0.1.0/24 nomatch\n", Run("ipset list s").Stdout, System.StringComparison.Ordinal);

        Assert.Equal(1, Run("ping -c 1 -W 1 127.0.2.1").Exit);
        Assert.Equal(0, Run("ping -c 1 -W 1 -I 127.0.1.2 127.0.1.1").Exit);
    }

    private CommandResult Run(string command) => _machine.Run("m", command);
}
