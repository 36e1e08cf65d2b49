using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Programs.Http;

namespace Netemu.Commands.Tests;

/// <summary>ifconfig, route, arp, netstat and ss: the lay-out of net-tools 2.10 and iproute2, recorded from the real ones.</summary>
public sealed class NetToolsTests
{
    private readonly Machine _machine = new();

    public NetToolsTests()
    {
        EthernetDevice client = Device("c", "10.7.0.1/24");
        EthernetDevice server = Device("s", "10.7.0.2/24");
        _machine.Emulation.Connect(client, server, new LinkOptions { Delay = Duration.FromMilliseconds(5) });
        NetworkNamespace space = _machine.Namespace("s");
        space.Node.Processes.Start(space, "http", new HttpServer(default, 80));
    }

    [Fact]
    public void Route_lists_adds_and_deletes() => Check(
        "c",
        ("route -n",
            """
            Kernel IP routing table
            Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
            10.7.0.0        0.0.0.0         255.255.255.0   U     0      0        0 va

            """),
        ("route add default gw 10.7.0.2; route add -net 192.0.2.0/24 gw 10.7.0.2; route add -host 192.0.2.1 dev va; route add -net 198.51.100.0 netmask 255.255.255.0 reject; netstat -rn",
            """
            Kernel IP routing table
            Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface
            0.0.0.0         10.7.0.2        0.0.0.0         UG        0 0          0 va
            10.7.0.0        0.0.0.0         255.255.255.0   U         0 0          0 va
            192.0.2.0       10.7.0.2        255.255.255.0   UG        0 0          0 va
            192.0.2.1       0.0.0.0         255.255.255.255 UH        0 0          0 va
            198.51.100.0    -               255.255.255.0   !         0 0          0 -

            """),
        ("route del default; route del -net 192.0.2.0/24; route -n | wc -l", "5\n"));

    [Theory]
    [InlineData("route del default", 7, "SIOCDELRT: No such process\n")]
    [InlineData("route add -net 1.2.3.0/24 gw 9.9.9.9", 7, "SIOCADDRT: Network is unreachable\n")]
    [InlineData("ifconfig nosuch", 1, "nosuch: error fetching interface information: Device not found\n")]
    [InlineData("ifconfig va 10.7.0.300", 1, "10.7.0.300: Unknown host\nifconfig: `--help' gives usage information.\n")]
    [InlineData("arp -d 10.7.0.9", 255, "No ARP entry for 10.7.0.9\n")]
    [InlineData("netstat -Z", 255, "netstat: invalid option -- 'Z'\n")]
    [InlineData("ss -t state foo", 255, "ss: wrong state name: foo\n")]
    [InlineData("ss -t state established state foo", 255, "ss: wrong state name: foo\n")]
    [InlineData("ss --lisening", 255, "ss: unrecognized option '--lisening'\n")]
    public void What_is_refused_is_told_in_the_tools_own_words(string command, int exit, string error)
    {
        CommandResult result = _machine.Run("c", command);
        Assert.Equal(error, Machine.WithoutHints(result.Stderr));
        Assert.Equal(exit, result.Exit);
    }

    [Fact]
    public void Unknown_options_name_the_nearest_relative()
    {
        Assert.Contains("did you mean \"--listening\"?", _machine.Run("c", "ss --lisening").Stderr);
        Assert.Contains("did you mean \"netstat\"?", _machine.Run("c", "nettstat").Stderr);
        Assert.Contains("did you mean \"--max-time\"?", _machine.Run("c", "curl --max-tme 3 http://x/").Stderr);
    }

    [Fact]
    public void Ifconfig_shows_and_changes_a_device()
    {
        Assert.Equal(
            """
            va: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
                    inet 10.7.0.1  netmask 255.255.255.0  broadcast 0.0.0.0
                    ether 02:00:00:01:00:01  txqueuelen 1000  (Ethernet)
                    RX packets 0  bytes 0 (0.0 B)
                    RX errors 0  dropped 0  overruns 0  frame 0
                    TX packets 0  bytes 0 (0.0 B)
                    TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0


            """,
            _machine.Run("c", "ifconfig va").Stdout);
        Assert.Equal(
            "        inet 10.8.0.1  netmask 255.255.0.0  broadcast 10.8.255.255\n",
            _machine.Run("c", "ifconfig va 10.8.0.1 netmask 255.255.0.0 mtu 1400 up; ifconfig va | grep 'inet '").Stdout);
        Assert.Equal("1\n", _machine.Run("c", "ifconfig va | grep -c 'mtu 1400'").Stdout);
    }

    [Fact]
    public void Arp_shows_sets_and_deletes_neighbours()
    {
        _machine.Run("c", "ping -c 1 10.7.0.2; arp -s 10.7.0.9 02:00:00:00:00:09");
        Assert.Equal(
            """
            Address                  HWtype  HWaddress           Flags Mask            Iface
            10.7.0.2                 ether   02:00:00:02:00:01   C                     va
            10.7.0.9                 ether   02:00:00:00:00:09   CM                    va

            """,
            _machine.Run("c", "arp -n").Stdout);
        Assert.Equal("? (10.7.0.2) at 02:00:00:02:00:01 [ether] on va\n", _machine.Run("c", "arp -d 10.7.0.9; arp -an").Stdout);
        Assert.Equal("10.7.0.77 (10.7.0.77) -- no entry\n", _machine.Run("c", "arp -n 10.7.0.77").Stdout);
    }

    [Fact]
    public void Arping_takes_values_that_are_attached_to_their_options()
    {
        Assert.Contains("Received 1 response(s)", _machine.Run("c", "arping -Iva -w2 -c1 10.7.0.2").Stdout);
        Assert.Equal("arping: invalid option -- 'Z'\n", Machine.WithoutHints(_machine.Run("c", "arping -Z 10.7.0.2").Stderr));
    }

    [Theory]
    [InlineData("net.ipv4.conf.all.log_martians", "0")]
    [InlineData("net.ipv4.conf.va.shared_media", "1")]
    [InlineData("net.ipv4.conf.default.src_valid_mark", "0")]
    [InlineData("net.ipv4.ipfrag_time", "30")]
    [InlineData("net.netfilter.nf_conntrack_tcp_loose", "1")]
    public void A_key_that_the_emulation_has_in_one_way_only_is_shown_and_takes_what_it_has(string key, string value)
    {
        Assert.Equal($"{key} = {value}\n", _machine.Run("c", $"sysctl {key}").Stdout);
        Assert.Equal(0, _machine.Run("c", $"sysctl -w {key}={value}").Exit);
        Assert.Equal($"sysctl: setting key \"{key}\": Operation not supported\n", _machine.Run("c", $"sysctl -w {key}=7").Stderr);
    }

    [Fact]
    public void Listening_sockets_and_their_owners_are_listed()
    {
        Assert.Equal(
            """
            Active Internet connections (only servers)
            Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    
            tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      1/http              

            """,
            _machine.Run("s", "netstat -tlnp").Stdout);
        Assert.Equal(
            """
            State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess                     
            LISTEN 0      128          0.0.0.0:80        0.0.0.0:*    users:(("http",pid=1,fd=3))

            """,
            _machine.Run("s", "ss -tlnp").Stdout);
    }

    [Fact]
    public void Ss_filters_by_state_and_port()
    {
        _machine.Run("c", "curl -s http://10.7.0.2/; sleep 1");
        Assert.Equal("1\n", _machine.Run("c", "ss -Htan state time-wait dport = :80 | wc -l").Stdout);
        Assert.Equal("1\n", _machine.Run("c", "ss -Htan state time-wait dst 10.7.0.0/24 | wc -l").Stdout);
        Assert.Equal("0\n", _machine.Run("c", "ss -Htan state established | wc -l").Stdout);
        // An expression may be quoted, have "or", "not" and parentheses; the column of the one state is left out.
        Assert.Equal("1\n", _machine.Run("c", "ss -Htan 'dport = :80' | wc -l").Stdout);
        Assert.Equal("1\n", _machine.Run("c", "ss -Htan '( dport = :81 or dport = :80 ) and not dst 10.8.0.0/16' | wc -l").Stdout);
        Assert.Equal("0\n", _machine.Run("c", "ss -Htan 'dport = :81 or dport = :80 and dst 10.8.0.1' | wc -l").Stdout);
        Assert.Equal("0\n", _machine.Run("c", "ss -Htan dport != :80 | wc -l").Stdout);
        Assert.StartsWith("0      0 ", _machine.Run("c", "ss -Htan state time-wait").Stdout);
        Assert.Equal("Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n", _machine.Run("s", "ss -t state established").Stdout);
        Assert.Matches(@"timer:\(timewait,\d+sec,0\)", _machine.Run("c", "ss -tano").Stdout);
        Assert.Contains("timewait 1)", _machine.Run("c", "ss -s").Stdout);
    }

    [Fact]
    public void Ss_kills_what_its_filter_takes_and_shows_it()
    {
        // Recorded: one end is reset, the other is told that its connection was aborted; a listener is gone, a UDP socket stays.
        NetworkNamespace client = _machine.Namespace("c");
        NetworkNamespace server = _machine.Namespace("s");
        CommandJob talk = _machine.Executor.Start(client, "nc 10.7.0.2 80");
        _machine.Emulation.RunUntil(_machine.Emulation.Now + Duration.FromSeconds(1));

        Assert.StartsWith("ESTAB ", _machine.Run("c", "ss -HtnK dst 10.7.0.2 dport = :80").Stdout);
        _machine.Emulation.RunUntil(_machine.Emulation.Now + Duration.FromSeconds(1));

        Assert.Equal((0, ""), (talk.Result!.Exit, talk.Result.Stdout));
        Assert.Equal("", _machine.Run("c", "ss -Htan").Stdout);
        Assert.Equal("", _machine.Run("s", "ss -Htn").Stdout);
        Assert.Equal("", _machine.Run("c", "ss -Htn --kill").Stdout);

        Assert.StartsWith("LISTEN ", _machine.Run("s", "ss -HtlnK sport = 80").Stdout);
        Assert.Equal("", _machine.Run("s", "ss -Htaln").Stdout);
        Assert.Empty(server.Node.Processes.Running);
        Assert.Equal(0, _machine.Emulation.Frames.Outstanding);
    }

    [Fact]
    public void A_udp_socket_that_is_killed_forgets_its_peer_and_tells_its_owner()
    {
        NetworkNamespace client = _machine.Namespace("c");
        CommandJob talk = _machine.Executor.Start(client, "nc -u -p 5000 10.7.0.2 53");

        Assert.StartsWith("ESTAB ", _machine.Run("c", "ss -HunK").Stdout);
        _machine.Emulation.RunUntil(_machine.Emulation.Now + Duration.FromMilliseconds(10));

        Assert.DoesNotContain("ESTAB", _machine.Run("c", "ss -Huan").Stdout);
        talk.Interrupt();
    }

    [Fact]
    public void A_here_document_is_the_input_of_the_command_before_it()
    {
        CommandResult result = _machine.Run("c", "cat <<EOF | grep b\nabc\nxyz\nEOF\necho done");
        Assert.Equal("abc\ndone\n", result.Stdout);
        Assert.Equal(0, _machine.Run("c", "iptables-restore <<EOF\n*filter\n:INPUT DROP [0:0]\nCOMMIT\nEOF").Exit);
        Assert.Equal("-P INPUT DROP\n", _machine.Run("c", "iptables -S INPUT").Stdout);
    }

    private void Check(string place, params (string Command, string Output)[] expected)
    {
        foreach ((string command, string output) in expected)
        {
            Assert.Equal(output, _machine.Run(place, command).Stdout);
        }
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
