using System.Linq;
using Netemu.Commands.Shell;

namespace Netemu.Commands.Tests;

/// <summary>
/// `ipset ... timeout`: the words of ipset 7.17 as it said them, and members that go in virtual time. A list of the real one, made at once,
/// is a second short of ours, whose commands take no time.
/// </summary>
public sealed class IpsetTimeoutTests
{
    private readonly Machine _machine = new();

    [Fact]
    public void Members_have_the_sets_time_or_their_own_and_go_when_it_is_over()
    {
        Run("ipset create s hash:ip timeout 10; ipset add s 10.0.0.1; ipset add s 10.0.0.2 timeout 3; ipset add s 10.0.0.3 timeout 0; ipset add s 10.0.0.5 timeout 2147483");

        Assert.Equal(
            [
                "Number of entries: 4", "Members:", "10.0.0.1 timeout 10", "10.0.0.2 timeout 3", "10.0.0.3 timeout 0", "10.0.0.5 timeout 2147483",
            ],
            Run("ipset list s").Stdout.Split('\n')[6..^1]);
        Assert.Contains("Header: family inet hashsize 1024 maxelem 65536 timeout 10 bucketsize 12 initval ", Run("ipset list s").Stdout);

        // A whole second is not over before its end, and the last one is never shown as 0.
        Run("sleep 2.2");
        Assert.Equal("10.0.0.1 timeout 7,10.0.0.2 timeout 1,10.0.0.3 timeout 0,10.0.0.5 timeout 2147480", Members("s"));
        Run("sleep 0.9");
        Assert.Equal("10.0.0.1 timeout 6,10.0.0.3 timeout 0,10.0.0.5 timeout 2147479", Members("s"));
        Assert.Equal("10.0.0.2 is NOT in set s.\n", Run("ipset test s 10.0.0.2").Stderr);
        Run("sleep 8; ipset del s 10.0.0.5");
        Assert.Equal("10.0.0.3 timeout 0", Members("s"));
        Assert.Equal(0, Run("ipset flush s; ipset destroy s; sleep 20").Exit);
    }

    [Fact]
    public void Exist_gives_a_member_its_time_anew()
    {
        Run("ipset create s hash:net,port timeout 10; ipset add s 10.1.2.3/16,udp:53; ipset add s 10.2.0.0/16,tcp:80; sleep 5.5");

        Run("ipset -exist add s 10.1.0.0/16,udp:53; ipset -! add s 10.2.0.0/16,tcp:80 timeout 0");

        Assert.Equal("10.1.0.0/16,udp:53 timeout 10,10.2.0.0/16,tcp:80 timeout 0", Members("s"));
        Run("sleep 8.5");
        Assert.Equal("10.1.0.0/16,udp:53 timeout 1,10.2.0.0/16,tcp:80 timeout 0", Members("s"));
        Run("sleep 1.5");
        Assert.Equal("10.2.0.0/16,tcp:80 timeout 0", Members("s"));
    }

    [Fact]
    public void Times_go_with_the_members_through_swap_rename_save_and_restore()
    {
        Run("ipset create a hash:ip timeout 5; ipset add a 10.0.0.1; ipset create b hash:ip; ipset add b 10.0.0.2; ipset swap a b; ipset rename b c; sleep 1.5");
        Assert.Equal("10.0.0.2", Members("a"));
        Assert.Equal("10.0.0.1 timeout 3", Members("c"));

        string saved = Run("ipset save c").Stdout;
        Assert.Equal(saved, Run($"ipset destroy c; ipset restore <<EOF\n{saved}EOF\nipset save c").Stdout);
        Run("sleep 3");
        Assert.Equal(string.Empty, Members("c"));
        Assert.Equal("10.0.0.2", Members("a"));
    }

    [Fact]
    public void A_network_in_a_set_of_addresses_stands_for_each_of_them()
    {
        Run("ipset create s hash:ip timeout 0; ipset add s 10.0.1.1/30 timeout 5");

        Assert.Equal("10.0.1.0 timeout 5,10.0.1.1 timeout 5,10.0.1.2 timeout 5,10.0.1.3 timeout 5", Members("s"));
        Run("ipset del s 10.0.1.2/31");
        Assert.Equal("10.0.1.0 timeout 5,10.0.1.1 timeout 5", Members("s"));
    }

    [Fact]
    public void A_rule_drops_while_the_member_is_there()
    {
        Run("ip link set lo up; ipset create banned hash:ip timeout 5; iptables -A INPUT -m set --match-set banned src -j DROP; ipset add banned 127.0.0.1");

        Assert.Equal(1, Run("ping -c 1 -W 1 127.0.0.1").Exit);
        Assert.Equal(1, Run("sleep 2; ping -c 1 -W 1 127.0.0.1").Exit);
        Assert.Equal(0, Run("sleep 1; ping -c 1 -W 1 127.0.0.1").Exit);
    }

    [Theory]
    [InlineData("ipset create t hash:ip timeout", 2, "Missing mandatory argument of option `timeout'\nTry `ipset help' for more information.")]
    [InlineData("ipset create t hash:ip timeout 10 timeout 20", 1, "Syntax error: timeout already specified")]
    [InlineData("ipset create t hash:ip timeout -1", 1, "Syntax error: '-1' is out of range 0-2147483")]
    [InlineData("ipset create t hash:ip timeout 2147484", 1, "Syntax error: '2147484' is out of range 0-2147483")]
    [InlineData("ipset create t hash:ip foo", 2, "Unknown argument: `foo'\nTry `ipset help' for more information.")]
    [InlineData("ipset -! create s hash:ip timeout 11", 1, "Set cannot be created: set with the same name already exists")]
    [InlineData("ipset -! create s hash:ip", 1, "Set cannot be created: set with the same name already exists")]
    [InlineData("ipset add s 10.0.0.9 timeout x", 1, "Syntax error: 'x' is invalid as number")]
    [InlineData("ipset add s 10.0.0.9 foo", 2, "Unknown argument: `foo'\nTry `ipset help' for more information.")]
    [InlineData("ipset del s 10.0.0.9 timeout 7", 2, "Unknown argument: `timeout'\nTry `ipset help' for more information.")]
    [InlineData("ipset test s 10.0.0.9 timeout 7", 2, "Unknown argument: `timeout'\nTry `ipset help' for more information.")]
    [InlineData("ipset add n 10.0.0.9 timeout 7", 1, "Timeout cannot be used: set was created without timeout support")]
    [InlineData("ipset add s 10.0.0.1 timeout 100", 1, "Element cannot be added to the set: it's already added")]
    public void What_is_wrong_is_told_in_ipsets_words(string command, int exit, string error)
    {
        Run("ipset create s hash:ip timeout 10; ipset create n hash:ip; ipset add s 10.0.0.1");

        CommandResult result = Run(command);

        Assert.Equal($"ipset v7.17: {error}\n", result.Stderr);
        Assert.Equal(exit, result.Exit);
        Assert.Equal("10.0.0.1 timeout 10", Members("s"));
    }

    private string Members(string set) =>
        string.Join(',', Run($"ipset list {set}").Stdout.Split('\n').SkipWhile(l => l != "Members:").Skip(1).Where(l => l.Length > 0));

    private CommandResult Run(string command) => _machine.Run("m", command);
}
