using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Programs;

namespace Netemu.Commands.Tests;

/// <summary>ipset, conntrack, `-m recent` and tcpdump on a link between two hosts.</summary>
public sealed class NetfilterToolsTests
{
    private readonly Machine _machine = new();

    public NetfilterToolsTests()
    {
        EthernetDevice client = Device("c", "10.7.0.1/24");
        EthernetDevice server = Device("s", "10.7.0.2/24");
        _machine.Emulation.Connect(client, server, new LinkOptions { Delay = Duration.FromMilliseconds(5) });
        NetworkNamespace space = _machine.Namespace("s");
        space.Node.Processes.Start(space, "echo", new EchoServer(default, 7));
        space.Node.Processes.Start(space, "uecho", new DatagramEchoServer(default, 7));
    }

    [Theory]
    [InlineData("--dport 80", "iptables v1.8.9 (nf_tables): unknown option \"--dport\"")]
    [InlineData("--dport 80 -p tcp", "iptables v1.8.9 (nf_tables): unknown option \"--dport\"")]
    [InlineData("-p icmp --sport 80", "iptables v1.8.9 (nf_tables): unknown option \"--sport\"")]
    [InlineData("-p all --dport 80", "iptables v1.8.9 (nf_tables): unknown option \"--dport\"")]
    [InlineData("--icmp-type 8", "iptables v1.8.9 (nf_tables): unknown option \"--icmp-type\"")]
    [InlineData("-p udp --syn", "iptables v1.8.9 (nf_tables): unknown option \"--syn\"")]
    [InlineData("-m multiport --dports 80", "iptables v1.8.9 (nf_tables): multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'")]
    public void A_rule_with_ports_names_its_protocol_first(string rule, string error)
    {
        CommandResult result = _machine.Run("a", $"iptables -A INPUT {rule} -j ACCEPT");

        Assert.NotEqual(0, result.Exit);
        Assert.StartsWith(error, result.Stderr, System.StringComparison.Ordinal);
        Assert.DoesNotContain("-A INPUT", _machine.Run("a", "iptables -S").Stdout, System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_of_connections_counts_those_that_are_still_open()
    {
        _machine.Run("s", "iptables -A INPUT -p tcp --syn --dport 7 -m connlimit --connlimit-above 2 -j REJECT --reject-with tcp-reset");
        CommandJob first = _machine.Executor.Start(_machine.Namespace("c"), "nc 10.7.0.2 7");
        CommandJob second = _machine.Executor.Start(_machine.Namespace("c"), "nc 10.7.0.2 7");
        _machine.Emulation.RunUntil(_machine.Emulation.Now + Duration.FromSeconds(1));

        Assert.Equal(1, _machine.Run("c", "nc -z -w 1 10.7.0.2 7").Exit);

        // One that is over makes room.
        _machine.Run("c", "ss -K sport = :" + FirstPort());
        _machine.Emulation.RunUntil(_machine.Emulation.Now + Duration.FromSeconds(1));
        Assert.Equal(0, _machine.Run("c", "nc -z -w 1 10.7.0.2 7").Exit);
        first.Interrupt();
        second.Interrupt();

        string FirstPort() => _machine.Run("c", "ss -Htn | head -1 | awk '{print $4}'").Stdout.Trim().Split(':')[1];
    }

    [Fact]
    public void A_hash_limit_has_a_bucket_for_each_address()
    {
        _machine.Run("s", "iptables -A INPUT -p icmp -m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name p -j ACCEPT");
        _machine.Run("s", "iptables -A INPUT -p icmp -j DROP");
        _machine.Run("c", "ip addr add 10.7.0.9/24 dev va");

        Assert.Contains(" 2 received", _machine.Run("c", "ping -c 5 -i 0.01 -W 1 10.7.0.2").Stdout);
        Assert.Contains(" 2 received", _machine.Run("c", "ping -I 10.7.0.9 -c 5 -i 0.01 -W 1 10.7.0.2").Stdout);

        // A credit a second.
        Assert.Contains(" 4 received", _machine.Run("c", "sleep 2; ping -c 4 -i 1 -W 1 10.7.0.2").Stdout);
    }

    [Theory]
    [InlineData("-m dscp --dscp-class EF", "ping -c 1 -W 1 -Q 0xb8 10.7.0.2", 1)]
    [InlineData("-m dscp --dscp-class EF", "ping -c 1 -W 1 -Q 0xbb 10.7.0.2", 1)]
    [InlineData("-m dscp --dscp-class EF", "ping -c 1 -W 1 -Q 0x10 10.7.0.2", 0)]
    [InlineData("-m dscp ! --dscp 0", "ping -c 1 -W 1 10.7.0.2", 0)]
    [InlineData("-m tos --tos Minimize-Delay", "ping -c 1 -W 1 -Q 0x10 10.7.0.2", 1)]
    [InlineData("-m string --algo bm --hex-string \"|aabb|\"", "ping -c 1 -W 1 -p aabb 10.7.0.2", 1)]
    [InlineData("-m string --algo kmp --string abc", "ping -c 1 -W 1 -p 616263 10.7.0.2", 1)]
    [InlineData("-m string --algo kmp --string ABC", "ping -c 1 -W 1 -p 616263 10.7.0.2", 0)]
    [InlineData("-m string --algo kmp --string ABC --icase", "ping -c 1 -W 1 -p 616263 10.7.0.2", 1)]
    [InlineData("-m string --algo kmp --string abc --to 30", "ping -c 1 -W 1 -p 616263 10.7.0.2", 0)]
    [InlineData("-m string --algo kmp ! --string abc", "ping -c 1 -W 1 -p 616263 10.7.0.2", 0)]
    public void A_rule_looks_at_the_class_and_the_bytes_of_a_packet(string match, string command, int packets)
    {
        _machine.Run("s", $"iptables -A INPUT {match} -j ACCEPT");
        _machine.Run("c", command);

        Assert.Equal($"{packets}\n", _machine.Run("s", "iptables -nvxL INPUT | tail -1 | awk '{print $1}'").Stdout);
    }

    [Fact]
    public void Sets_are_made_filled_tested_and_destroyed()
    {
        Assert.Equal(0, _machine.Run("c", "ipset create web hash:ip,port; ipset add web 10.0.0.1,tcp:80; ipset add web 10.0.0.2,udp:53").Exit);
        Assert.Equal("web\n", _machine.Run("c", "ipset list -n").Stdout);
        Assert.Equal((0, "Warning: 10.0.0.1,tcp:80 is in set web.\n"), Told("ipset test web 10.0.0.1,tcp:80"));
        Assert.Equal((1, "10.0.0.1,tcp:81 is NOT in set web.\n"), Told("ipset test web 10.0.0.1,tcp:81"));
        Assert.Equal((1, "ipset v7.17: Element cannot be added to the set: it's already added\n"), Told("ipset add web 10.0.0.1,tcp:80"));
        Assert.Equal(0, _machine.Run("c", "ipset -exist add web 10.0.0.1,tcp:80").Exit);
        Assert.Equal((1, "ipset v7.17: The set with the given name does not exist\n"), Told("ipset destroy nosuch"));
        _machine.Run("c", "iptables -A INPUT -m set --match-set web src,src -j DROP");
        Assert.Equal((1, "ipset v7.17: Set cannot be destroyed: it is in use by a kernel component\n"), Told("ipset destroy web"));
    }

    [Fact]
    public void What_ipset_saves_it_restores()
    {
        _machine.Run("c", "ipset create nets hash:net family inet6; ipset add nets 2001:db8::/32; ipset create all list:set; ipset add all nets");
        string saved = _machine.Run("c", "ipset save").Stdout;
        Assert.Equal(0, _machine.Run("s", $"ipset restore <<EOF\n{saved}EOF").Exit);
        Assert.Equal(saved, _machine.Run("s", "ipset save").Stdout);
    }

    [Fact]
    public void Conntrack_lists_counts_and_deletes_with_filters()
    {
        _machine.Run("s", "iptables -A INPUT -m conntrack --ctstate NEW -j ACCEPT");
        _machine.Run("c", "echo a | nc -u -w 1 10.7.0.2 7; echo b | nc -N 10.7.0.2 7");
        Assert.Equal("2\n", _machine.Run("s", "conntrack -C").Stdout);
        Assert.Contains("udp      17", _machine.Run("s", "conntrack -L -p udp --dport 7").Stdout);
        Assert.Empty(_machine.Run("s", "conntrack -L -p udp --dport 8").Stdout);
        Assert.Equal("conntrack v1.4.7 (conntrack-tools): 1 flow entries have been deleted.\n", _machine.Run("s", "conntrack -D -p udp -s 10.7.0.1").Stderr);
        Assert.Equal("1\n", _machine.Run("s", "conntrack -C").Stdout);
        Assert.Contains("insert_failed=0", _machine.Run("s", "conntrack -S").Stdout);
        Assert.Equal("0\n", _machine.Run("s", "conntrack -F; conntrack -C").Stdout);
    }

    [Fact]
    public void Time_outs_of_connections_are_sysctls()
    {
        Assert.Equal("432000\n", _machine.Run("s", "sysctl -n net.netfilter.nf_conntrack_tcp_timeout_established").Stdout);
        _machine.Run("s", "sysctl -w net.netfilter.nf_conntrack_udp_timeout=5; iptables -A INPUT -m conntrack --ctstate NEW -j ACCEPT");
        _machine.Run("c", "echo a | nc -u -w 1 10.7.0.2 7");
        Assert.Equal("1\n", _machine.Run("s", "conntrack -C").Stdout);
        Assert.Equal("0\n", _machine.Run("s", "sleep 6; conntrack -C").Stdout);
    }

    [Fact]
    public void The_congestion_control_of_a_namespace_is_a_sysctl()
    {
        _machine.Run("c", "sysctl -w net.ipv4.tcp_congestion_control=reno");
        Assert.Contains("reno rto:", _machine.Run("c", "echo b | nc -N 10.7.0.2 7; ss -tani").Stdout);
    }

    [Fact]
    public void A_list_of_recent_addresses_shuts_out_who_knocks_too_often()
    {
        const string Rules =
            "iptables -A INPUT -p tcp --dport 7 --syn -m recent --name knock --update --seconds 60 --hitcount 2 -j DROP; "
            + "iptables -A INPUT -p tcp --dport 7 --syn -m recent --name knock --set -j ACCEPT";
        _machine.Run("s", Rules);
        Assert.Equal(
            "-A INPUT -p tcp -m tcp --dport 7 --tcp-flags FIN,SYN,RST,ACK SYN -m recent --update --seconds 60 --hitcount 2 --name knock --mask 255.255.255.255 --rsource -j DROP\n",
            _machine.Run("s", "iptables -S INPUT | grep update").Stdout);

        Assert.Equal(0, _machine.Run("c", "nc -z -w 1 10.7.0.2 7").Exit);
        Assert.Equal(0, _machine.Run("c", "nc -z -w 1 10.7.0.2 7").Exit);
        Assert.Equal(1, _machine.Run("c", "nc -z -w 1 10.7.0.2 7").Exit);
        Assert.Equal(0, _machine.Run("c", "sleep 100; nc -z -w 1 10.7.0.2 7").Exit);
    }

    [Fact]
    public void Tcpdump_prints_what_it_is_asked_for()
    {
        CommandJob dump = _machine.Executor.Start(_machine.Namespace("c"), "tcpdump -n -t -i va -c 3 tcp port 7");
        _machine.Run("c", "ping -c 1 10.7.0.2; echo b | nc -N 10.7.0.2 7");
        Assert.True(dump.IsCompleted);
        Assert.Matches(
            @"^IP 10\.7\.0\.1\.\d+ > 10\.7\.0\.2\.7: Flags \[S\], seq \d+, win 65535, options \[mss 1460,sackOK,TS val \d+ ecr 0,nop,wscale \d+\], length 0\n"
            + @"IP 10\.7\.0\.2\.7 > 10\.7\.0\.1\.\d+: Flags \[S\.\], seq \d+, ack \d+, win \d+, options \[mss 1460,sackOK,TS val \d+ ecr \d+,nop,wscale \d+\], length 0\n"
            + @"IP 10\.7\.0\.1\.\d+ > 10\.7\.0\.2\.7: Flags \[\.\], ack 1, win \d+, options \[nop,nop,TS val \d+ ecr \d+\], length 0\n$",
            dump.Result!.Stdout);
        Assert.Equal(
            "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\nlistening on va, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n"
            + "3 packets captured\n3 packets received by filter\n0 packets dropped by kernel\n",
            dump.Result.Stderr);
    }

    [Theory]
    [InlineData("arp", 2)]
    [InlineData("icmp and src 10.7.0.1", 1)]
    [InlineData("ip and not (dst host 10.7.0.1)", 1)]
    [InlineData("host 10.7.0.2", 4)]
    [InlineData("net 10.7.0.0/24 and greater 60", 2)]
    [InlineData("ether host 02:00:00:02:00:01 and icmp", 2)]
    public void Filters_of_tcpdump_choose_frames(string filter, int expected)
    {
        CommandJob dump = _machine.Executor.Start(_machine.Namespace("c"), $"timeout 3 tcpdump -n -e -i any '{filter}'");
        _machine.Run("c", "ping -c 1 10.7.0.2; sleep 4");
        Assert.Equal(124, dump.Result!.Exit);
        Assert.Contains($"{expected} packets captured".Replace("1 packets", "1 packet"), dump.Result.Stderr);
    }

    [Theory]
    [InlineData("tcpdump -i nosuch", "tcpdump: nosuch: No such device exists\n(No such device exists)\n")]
    [InlineData("tcpdump -i va prt 80", "tcpdump: can't parse filter expression: syntax error\n")]
    [InlineData("conntrack -Q", "conntrack v1.4.7 (conntrack-tools): Bad parameter '-Q'\n")]
    public void What_is_not_understood_is_said(string command, string error) =>
        Assert.Equal(error, Machine.WithoutHints(_machine.Run("c", command).Stderr));

    private (int Exit, string Error) Told(string command)
    {
        CommandResult result = _machine.Run("c", command);
        return (result.Exit, result.Stderr);
    }

    private EthernetDevice Device(string node, string address)
    {
        NetworkNamespace space = _machine.Namespace(node);
        space.Loopback.SetUp(true);
        EthernetDevice device = new(space, "va", 1500);
        Assert.True(InterfaceAddress<IPv4Address>.TryParse(address, out InterfaceAddress<IPv4Address> own));
        space.IPv4.AddAddress(device, own);
        device.SetUp(true);
        return device;
    }
}
