using System.Text.Json;
using Netemu.Commands.Shell;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Links;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Programs;
using Netemu.Engine.Programs.Dns;
using Netemu.Engine.Programs.Http;
using Netemu.Engine.Programs.Iperf3;

namespace Netemu.Commands.Tests;

/// <summary>curl, nc, dig and iperf3 over a link of 5 ms and 100 Mbit/s: the words of the real tools, in virtual time.</summary>
public sealed class ApplicationTests
{
    private readonly Machine _machine = new();

    public ApplicationTests()
    {
        EthernetDevice client = Device("c", "10.0.0.1/24");
        EthernetDevice server = Device("s", "10.0.0.2/24");
        _machine.Emulation.Connect(
            client, server, new LinkOptions { Delay = Duration.FromMilliseconds(5), RateBitsPerSecond = 100_000_000, QueueLimit = 200 });
        NetworkNamespace space = _machine.Namespace("s");
        Start("http", new HttpServer(default, 80, body: "hello\n"));
        Start("gone", new HttpServer(default, 81, status: 404, body: "none\n"));
        Start("echo", new EchoServer(default, 7));
        Start("uecho", new DatagramEchoServer(default, 7));
        Start("iperf3", new Iperf3Server(default, 5201));
        Start("dns", new DnsServer(default, 53, [new("www.example", [IPv4Address.Parse("10.0.0.2"), IPv6Address.Parse("2001:db8::2")])]));

        void Start(string name, Engine.Processes.IProgram program) => space.Node.Processes.Start(space, name, program);
    }

    [Fact]
    public void Curl_prints_the_page()
    {
        CommandResult result = _machine.Run("c", "curl http://10.0.0.2/");
        Assert.Equal((0, "hello\n", string.Empty), (result.Exit, result.Stdout, result.Stderr));
    }

    [Fact]
    public void Curl_tells_of_connection_request_and_answer()
    {
        CommandResult result = _machine.Run("c", "curl -v http://10.0.0.2/x");
        Assert.Equal(
            """
            *   Trying 10.0.0.2:80...
            * Connected to 10.0.0.2 (10.0.0.2) port 80 (#0)
            > GET /x HTTP/1.1
            > Host: 10.0.0.2
            > User-Agent: curl/7.88.1
            > Accept: */*
            > 
            < HTTP/1.1 200 OK
            < Server: netemu
            < Content-Type: text/plain
            < Content-Length: 6
            < 
            * Connection #0 to host 10.0.0.2 left intact

            """,
            result.Stderr);
    }

    [Theory]
    [InlineData("curl -sS http://10.0.0.2:82/", 7, "curl: (7) Failed to connect to 10.0.0.2 port 82 after 20 ms: Couldn't connect to server\n")]
    [InlineData("curl -s http://10.0.0.2:82/", 7, "")]
    [InlineData("curl -sSf http://10.0.0.2:81/", 22, "curl: (22) The requested URL returned error: 404\n")]
    [InlineData("curl -sS http://nosuch.example/", 6, "curl: (6) Could not resolve host: nosuch.example\n")]
    [InlineData("curl -sS -m 2 http://10.0.0.77/", 28, "curl: (28) Connection timed out after 2000 milliseconds\n")]
    [InlineData("curl -sS --connect-timeout 1 http://10.0.0.77/", 28, "curl: (28) Failed to connect to 10.0.0.77 port 80 after 1000 ms: Timeout was reached\n")]
    [InlineData("curl --nosuch x", 2, "curl: option --nosuch: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n")]
    [InlineData("nc -z -v 10.0.0.2 1", 1, "nc: connect to 10.0.0.2 port 1 (tcp) failed: Connection refused\n")]
    [InlineData("nc -z -v 10.0.0.2 80", 0, "Connection to 10.0.0.2 80 port [tcp/http] succeeded!\n")]
    [InlineData("iperf3 -c 10.0.0.2 -p 1", 1, "iperf3: error - unable to connect to server: Connection refused\n")]
    public void What_fails_fails_in_the_tools_own_words(string command, int exit, string error)
    {
        CommandResult result = _machine.Run("c", command);
        Assert.Equal(error, Machine.WithoutHints(result.Stderr));
        Assert.Equal(exit, result.Exit);
    }

    [Fact]
    public void Curl_writes_what_the_format_asks_for()
    {
        _machine.Run("c", "curl http://10.0.0.2/");
        Assert.Equal("200 6 0.020045\n", _machine.Run("c", "curl -o /dev/null -w '%{http_code} %{size_download} %{time_total}\\n' http://10.0.0.2/").Stdout);
    }

    [Fact]
    public void Curl_uploads_and_downloads_what_is_asked_for()
    {
        Assert.Equal("200 5000000", _machine.Run("c", "curl -o /dev/null -w '%{http_code} %{size_download}' http://10.0.0.2/bytes/5000000").Stdout);
        _machine.Namespace("s").Node.Processes.Start(_machine.Namespace("s"), "up", new HttpServer(default, 83));
        Assert.Equal("7 bytes\n", _machine.Run("c", "echo -n seven77 | curl -d @- http://10.0.0.2:83/").Stdout);
    }

    [Fact]
    public void Nc_sends_what_the_pipe_brings_and_prints_what_comes_back()
    {
        Assert.Equal("ping\n", _machine.Run("c", "echo ping | nc -N 10.0.0.2 7").Stdout);
        Assert.Equal("ping\n", _machine.Run("c", "echo ping | nc -u -w 1 10.0.0.2 7").Stdout);
    }

    [Fact]
    public void Dig_prints_the_answer_in_the_layout_of_bind()
    {
        CommandResult result = _machine.Run("c", "dig @10.0.0.2 www.example");
        Assert.Matches(
            "^\n; <<>> DiG 9\\.18\\.49 <<>> @10\\.0\\.0\\.2 www\\.example\n; \\(1 server found\\)\n;; global options: \\+cmd\n;; Got answer:\n"
            + ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: \\d+\n;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0\n"
            + ";; WARNING: recursion requested but not available\n\n;; QUESTION SECTION:\n;www\\.example\\.\t\t\tIN\tA\n\n"
            + ";; ANSWER SECTION:\nwww\\.example\\.\t\t300\tIN\tA\t10\\.0\\.0\\.2\n\n;; Query time: \\d+ msec\n;; SERVER: 10\\.0\\.0\\.2#53\\(10\\.0\\.0\\.2\\) \\(UDP\\)\n",
            result.Stdout);
        Assert.Equal("10.0.0.2\n", _machine.Run("c", "dig +short @10.0.0.2 www.example").Stdout);
        Assert.Equal("2001:db8::2\n", _machine.Run("c", "dig +short +tcp @10.0.0.2 www.example AAAA").Stdout);
        Assert.Equal("www.example.\n", _machine.Run("c", "dig +short @10.0.0.2 -x 10.0.0.2").Stdout);
        Assert.Contains("status: NXDOMAIN", _machine.Run("c", "dig @10.0.0.2 nosuch.example").Stdout);
        Assert.Equal(9, _machine.Run("c", "dig +tries=1 +time=1 @10.0.0.2 -p 54 www.example").Exit);
    }

    [Fact]
    public void A_name_server_in_resolv_conf_and_a_line_in_hosts_give_names_to_programs()
    {
        Assert.Equal("hello\n", _machine.Run("c", "echo nameserver 10.0.0.2 > /etc/resolv.conf; curl http://www.example/").Stdout);
        Assert.Equal("hello\n", _machine.Run("c", "echo 10.0.0.2 web >> /etc/hosts; curl http://web/").Stdout);
    }

    [Fact]
    public void Probes_know_names_as_programs_do()
    {
        // Given a machine of the run, a line in hosts and a name server.
        _machine.Emulation.HostNames = [new("s", IPv4Address.Parse("10.0.0.2"))];
        _machine.Run("c", "echo nameserver 10.0.0.2 > /etc/resolv.conf; echo 10.0.0.2 web >> /etc/hosts");

        // Then each of them serves a probe, and the name stands beside the address unless -n asks for numbers.
        Assert.StartsWith("PING s (10.0.0.2) 56(84) bytes of data.\n64 bytes from s (10.0.0.2): icmp_seq=1", _machine.Run("c", "ping -c 1 s").Stdout);
        Assert.Contains("64 bytes from web (10.0.0.2):", _machine.Run("c", "ping -c 1 web").Stdout);
        Assert.Contains("64 bytes from 10.0.0.2:", _machine.Run("c", "ping -n -c 1 web").Stdout);
        Assert.Contains("64 bytes from localhost (127.0.0.1):", _machine.Run("c", "ping -c 1 localhost").Stdout);
        Assert.Contains("\n1 packets transmitted, 1 received", _machine.Run("c", "ping -c 1 www.example").Stdout);
        Assert.EndsWith(" 1  www.example (10.0.0.2)  10.014 ms\n", _machine.Run("c", "traceroute -q 1 www.example").Stdout);
        Assert.StartsWith("ARPING 10.0.0.2 from 10.0.0.1", _machine.Run("c", "arping -c 1 web").Stdout);

        // And what no server knows is not "for the moment".
        Assert.Equal((2, "ping: nosuch.example: Name or service not known\n"), (_machine.Run("c", "ping -c 1 nosuch.example").Exit, _machine.Run("c", "ping -c 1 nosuch.example").Stderr));
    }

    [Fact]
    public void A_probe_that_is_interrupted_while_it_asks_for_a_name_ends()
    {
        // Given a name server that does not answer.
        _machine.Run("c", "echo nameserver 10.0.0.77 > /etc/resolv.conf");

        CommandResult result = _machine.Run("c", "timeout 1 ping -c 1 www.example; echo after");

        Assert.EndsWith("after\n", result.Stdout);
    }

    [Fact]
    public void Iperf3_fills_the_link_and_prints_it_as_the_real_one_does()
    {
        CommandResult result = _machine.Run("c", "iperf3 -c 10.0.0.2 -t 2");
        string[] lines = result.Stdout.Split('\n');
        Assert.Equal("Connecting to host 10.0.0.2, port 5201", lines[0]);
        Assert.Matches(@"^\[  5\] local 10\.0\.0\.1 port \d+ connected to 10\.0\.0\.2 port 5201$", lines[1]);
        Assert.Equal("[ ID] Interval           Transfer     Bitrate         Retr  Cwnd", lines[2]);
        Assert.Matches(@"^\[  5\]   0\.00-1\.00   sec  [ \d.]{4} MBytes  [ \d.]{4} Mbits/sec  [ \d]{3}   [ \d.]{4} [KM]Bytes       $", lines[3]);
        Assert.Equal("- - - - - - - - - - - - - - - - - - - - - - - - -", lines[5]);
        Assert.Matches(@"^\[  5\]   0\.00-2\.0\d   sec  [ \d.]{4} MBytes  9\d\.\d Mbits/sec                  receiver$", lines[8]);
        Assert.Equal("iperf Done.", lines[10]);
        Assert.Equal(0, result.Exit);
    }

    [Theory]
    [InlineData("-R")]
    [InlineData("-P 3")]
    [InlineData("-R -P 2")]
    [InlineData("-n 3M")]
    [InlineData("-u -b 5M")]
    [InlineData("-u -b 5M -R -P 2")]
    public void Iperf3_knows_both_directions_transports_and_several_streams(string options)
    {
        CommandResult result = _machine.Run("c", $"iperf3 -c 10.0.0.2 -t 1 {options} -J");
        Assert.Equal((0, string.Empty), (result.Exit, result.Stderr));
        JsonElement end = JsonDocument.Parse(result.Stdout).RootElement.GetProperty("end");
        long sent = end.GetProperty("sum_sent").GetProperty("bytes").GetInt64();
        long received = end.GetProperty("sum_received").GetProperty("bytes").GetInt64();
        Assert.InRange(received, options.Contains("-u") ? 600_000 : 2_000_000, sent);
    }

    private EthernetDevice Device(string node, string address)
    {
        NetworkNamespace space = _machine.Namespace(node);
        space.Loopback.SetUp(true);
        EthernetDevice device = new(space, "eth0", 1500);
        Assert.True(InterfaceAddress<IPv4Address>.TryParse(address, out InterfaceAddress<IPv4Address> own));
        space.IPv4.AddAddress(device, own);
        device.SetUp(true);
        return device;
    }
}
