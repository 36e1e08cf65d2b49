using System;
using System.Linq;
using System.Text;
using Netemu.Core.Addresses;
using Netemu.Core.Randomness;
using Netemu.Engine.Netfilter;
using Netemu.Engine.Netfilter.Rules;
using Netemu.Engine.Netfilter.Sets;
using Netemu.Engine.Netfilter.Text;
using Netemu.Engine.Sockets;
using static Netemu.Engine.Tests.Netfilter.FilterLab;

namespace Netemu.Engine.Tests.Netfilter;

public sealed class TextTests
{
    [Fact]
    public void What_iptables_saved_is_restored_and_saved_unchanged()
    {
        using FilterLab lab = new();

        Assert.Equal(IptablesResult.Ok(), IptablesRestore.Run(lab.Filter, V4, SavedRules.Save));

        Assert.Equal(SavedRules.Save, TableText.Save(lab.Filter, V4));
    }

    [Fact]
    public void Rules_are_listed_as_iptables_lists_them()
    {
        using FilterLab lab = new();
        IptablesRestore.Run(lab.Filter, V4, SavedRules.Save);

        Assert.Equal(
            SavedRules.List, IptablesCommand.Run(lab.Filter, V4, ["-L", "FORWARD", "-nv"]).Output);
    }

    [Fact]
    public void Commands_change_a_table_one_by_one()
    {
        using FilterLab lab = new();
        string[] commands =
        [
            "-N pods", "-A pods -s 10.0.0.2 -j ACCEPT", "-A FORWARD -j pods", "-I FORWARD -p icmp -j DROP", "-P FORWARD DROP",
            "-I FORWARD 2 -m comment --comment \"two words\"", "-D FORWARD -p icmp -j DROP", "-R pods 1 -s 10.0.0.3/32 -j RETURN",
        ];

        Assert.All(commands, command => Assert.Equal(IptablesResult.Ok(), Run(lab, command)));

        Assert.Equal(
            """
            -P INPUT ACCEPT
            -P FORWARD DROP
            -P OUTPUT ACCEPT
            -N pods
            -A FORWARD -m comment --comment "two words"
            -A FORWARD -j pods
            -A pods -s 10.0.0.3/32 -j RETURN

            """,
            Run(lab, "-S").Output);
    }

    [Theory]
    [InlineData("-X pods", 4, "iptables v1.8.9 (nf_tables):  CHAIN_DEL failed (Device or resource busy): chain pods\n")]
    [InlineData("-N pods", 1, "iptables: Chain already exists.\n")]
    [InlineData("-A none -j DROP", 1, "iptables: No chain/target/match by that name.\n")]
    [InlineData("-D FORWARD 9", 1, "iptables: Index of deletion too big.\n")]
    [InlineData("-D FORWARD -j DROP", 1, "iptables: Bad rule (does a matching rule exist in that chain?).\n")]
    [InlineData("-C FORWARD -j pods", 0, "")]
    [InlineData("-A FORWARD --nonsense", 2, "iptables v1.8.9 (nf_tables): unknown option \"--nonsense\"\nTry `iptables -h' or 'iptables --help' for more information.\n")]
    [InlineData("-A FORWARD -p nonsense", 2, "iptables v1.8.9 (nf_tables): unknown protocol \"nonsense\" specified\nTry `iptables -h' or 'iptables --help' for more information.\n")]
    [InlineData("-P pods DROP", 1, "iptables: Bad built-in chain name.\n")]
    public void Commands_fail_as_iptables_does(string command, int code, string error)
    {
        using FilterLab lab = new();
        Run(lab, "-N pods");
        Run(lab, "-A FORWARD -j pods");
        string before = TableText.Save(lab.Filter, V4);

        IptablesResult result = Run(lab, command);

        Assert.Equal((code, error), (result.ExitCode, result.Error));
        Assert.Equal(before, TableText.Save(lab.Filter, V4));
    }

    // As iptables 1.8.9 answers: getopt_long takes the beginning of an option where it fits one alone of those that are loaded.
    [Theory]
    [InlineData("PREROUTING -p tcp --dport 80 -j DNAT --to 10.0.0.2:8080", "-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:8080")]
    [InlineData("PREROUTING --dest 10.0.0.3 -j DNAT --to-d 10.0.0.2 --rand --per", "-A PREROUTING -d 10.0.0.3/32 -j DNAT --to-destination 10.0.0.2 --random --persistent")]
    [InlineData("POSTROUTING -j SNAT --to 10.0.0.9", "-A POSTROUTING -j SNAT --to-source 10.0.0.9")]
    [InlineData("PREROUTING -p tcp --dp 81 -j REDIRECT --to-port 8081", "-A PREROUTING -p tcp -m tcp --dport 81 -j REDIRECT --to-ports 8081")]
    [InlineData("PREROUTING -d 10.1.0.0/24 -j NETMAP --to 10.2.0.0/24", "-A PREROUTING -d 10.1.0.0/24 -j NETMAP --to 10.2.0.0/24")]
    [InlineData("POSTROUTING -p icmp -j MASQUERADE --to-port 1-2", "-A POSTROUTING -p icmp -j MASQUERADE --to-ports 1-2")]
    public void The_beginning_of_an_option_is_enough_where_it_fits_one_alone(string rule, string saved)
    {
        using FilterLab lab = new();

        IptablesResult result = Run(lab, $"-t nat -A {rule}");

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains(saved + "\n", Run(lab, "-t nat -S").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PREROUTING -j DNAT --to 10.0.0.2 --to-source 10.0.0.3", 2, "unknown option \"--to-source\"")]
    [InlineData("PREROUTING -j ACCEPT --to-destination 10.0.0.3", 2, "unknown option \"--to-destination\"")]
    [InlineData("PREROUTING --to-destination 10.0.0.3 -j DNAT", 2, "unknown option \"--to-destination\"")]
    [InlineData("PREROUTING -p tcp --so 10.0.0.3 -j ACCEPT", 2, "unknown option \"--so\"")]
    [InlineData("PREROUTING -m conntrack --ctst NEW -j ACCEPT", 2, "unknown option \"--ctst\"")]
    [InlineData("PREROUTING --in eth0 -j ACCEPT", 2, "unknown option \"--in\"")]
    [InlineData("POSTROUTING -j SNAT --to-source 10.0.0.3:1000-2000", 2, "Need TCP, UDP, SCTP or DCCP with port specification")]
    [InlineData("POSTROUTING -j MASQUERADE --to-ports 1024-2048", 2, "Need TCP, UDP, SCTP or DCCP with port specification")]
    [InlineData("PREROUTING -s 10.0.0.1/33 -j ACCEPT", 2, "invalid mask `33' specified")]
    [InlineData("INPUT -j DNAT --to 10.0.0.2", 4, " RULE_APPEND failed (Invalid argument): rule in chain INPUT")]
    public void An_option_of_another_target_is_unknown(string rule, int code, string error)
    {
        using FilterLab lab = new();
        string before = TableText.Save(lab.Filter, V4);

        IptablesResult result = Run(lab, $"-t nat -A {rule}");

        Assert.Equal((code, $"iptables v1.8.9 (nf_tables): {error}"), (result.ExitCode, result.Error.Split('\n')[0]));
        Assert.Equal(before, TableText.Save(lab.Filter, V4));
    }

    [Fact]
    public void Restoring_without_flush_keeps_other_chains_and_with_an_error_everything()
    {
        using FilterLab lab = new();
        Run(lab, "-N kept");
        Run(lab, "-A kept -j DROP");
        Run(lab, "-N changed");
        Run(lab, "-A changed -j DROP");

        Assert.Equal(0, IptablesRestore.Run(lab.Filter, V4, "*filter\n:changed - -\n-A changed -j ACCEPT\nCOMMIT\n", noFlush: true).ExitCode);
        Assert.Equal(
            "iptables-restore: line 2 failed: unknown option \"--bad\"\n",
            IptablesRestore.Run(lab.Filter, V4, "*filter\n-A kept --bad\nCOMMIT\n", noFlush: true).Error);

        string rules = Run(lab, "-S").Output;
        Assert.Contains("-A kept -j DROP\n", rules, StringComparison.Ordinal);
        Assert.Contains("-A changed -j ACCEPT\n", rules, StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_are_saved_and_restored_when_asked_for()
    {
        using FilterLab lab = new();
        const string Text = "*filter\n:INPUT ACCEPT [1:2]\n:FORWARD DROP [3:4]\n:OUTPUT ACCEPT [0:0]\n[5:6] -A FORWARD -j ACCEPT\nCOMMIT\n";

        IptablesRestore.Run(lab.Filter, V4, Text, counters: true);

        Assert.Equal(Text, TableText.Save(lab.Filter, V4, counters: true));
    }

    [Fact]
    public void Broken_text_is_an_error_and_never_an_exception()
    {
        using FilterLab lab = new();
        for (int length = 0; length < SavedRules.Save.Length; length += 7)
        {
            IptablesRestore.Run(lab.Filter, V4, SavedRules.Save[..length]);
        }

        RandomSource random = new(1, "test/text");
        string[] words = [.. SavedRules.Save.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Distinct()];
        for (int i = 0; i < 3_000; i++)
        {
            StringBuilder command = new("-A FORWARD");
            for (long n = random.NextBelow(8); n > 0; n--)
            {
                command.Append(' ').Append(words[random.NextBelow(words.Length)]);
            }

            Run(lab, command.ToString());
            Run(lab, "-F FORWARD");
        }
    }

    [Fact]
    public void Sets_are_listed_and_saved_as_ipset_does()
    {
        using FilterLab lab = new();
        lab.Filter.Sets.Create("pods", SetType.HashIPPort, V4, out IPSet set);
        Assert.True(SetText.TryParseMember(set, "10.0.0.2,udp:53", out SetMember member));
        set.Add(member);
        Run(lab, "-A FORWARD -m set --match-set pods dst,dst -j DROP");

        string header = "family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x";
        Assert.StartsWith($"create pods hash:ip,port {header}", SetText.Save(lab.Filter.Sets), StringComparison.Ordinal);
        Assert.EndsWith("\nadd pods 10.0.0.2,udp:53\n", SetText.Save(lab.Filter.Sets), StringComparison.Ordinal);
        string list = SetText.List(lab.Filter.Sets);
        Assert.StartsWith($"Name: pods\nType: hash:ip,port\nRevision: 7\nHeader: {header}", list, StringComparison.Ordinal);
        Assert.EndsWith("References: 1\nNumber of entries: 1\nMembers:\n10.0.0.2,udp:53\n", list, StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_are_listed_as_conntrack_does()
    {
        using FilterLab lab = new();
        UdpSocket client = lab.Open(lab.Client, 4000);
        lab.Table(TableName.Nat, Base("POSTROUTING", Rule(new RuleTarget.Masquerade())));
        lab.Open(lab.Server, 53);
        lab.Send(client, "10.0.1.2", 53);
        lab.Ping(lab.Client, "10.0.1.99");

        Assert.Equal(
            """
            udp      17 29 src=10.0.0.2 dst=10.0.1.2 sport=4000 dport=53 src=10.0.1.2 dst=10.0.1.1 sport=53 dport=4000 mark=0 use=1
            icmp     1 29 src=10.0.0.2 dst=10.0.1.99 type=8 code=0 id=1 [UNREPLIED] src=10.0.1.99 dst=10.0.1.1 type=0 code=0 id=1 mark=0 use=1

            """,
            ConnectionText.List(lab.Filter.Connections, V4, lab.Emulation.Now));
    }

    private static IptablesResult Run(FilterLab lab, string command) =>
        IptablesCommand.Run(lab.Filter, AddressFamily.IPv4, CommandLine.Split(command));
}
