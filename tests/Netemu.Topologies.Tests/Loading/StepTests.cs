using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>Every kind of step, with its keys, as typed values.</summary>
public sealed class StepTests
{
    private const string Nodes = "nodes: {a: {interfaces: {e: {}}, namespaces: {c: {}}}, b: {interfaces: {e: {}}, exec: [\"ip link add later0 type dummy\"]}}\nlinks: [{name: l, endpoints: [\"a:e\", \"b:e\"]}]\n";

    [Fact]
    public void A_ping_takes_all_common_keys()
    {
        PingProbe ping = One<PingProbe>(
            """{ping: {from: a/c, to: 10.0.0.1, count: 5, interval: 10ms, size: 1472, ttl: 3, tos: 16, pmtudisc: do, source: 10.0.0.9, device: e, timeout: 1s, family: 4, all: true, during: 10s, background: true, frames: ["a:e", "b:later0"]}}""",
            out StepSpec step);

        Assert.Equal((new NodeEndpoint("a", "c"), new AddressEndpoint(InternetAddress.Parse("10.0.0.1"))), (ping.From, ping.To));
        Assert.Equal((5, 1472, 3, PathMtuDiscovery.Do, true), (ping.Count, ping.Size, ping.Ttl, ping.PathMtuDiscovery, ping.All));
        Assert.Equal((AddressFamily.IPv4, Duration.FromSeconds(1), "e"), (ping.Family, ping.Timeout, ping.Device));
        Assert.Equal((Duration.FromSeconds(10), true), (step.During, step.Background));
        Assert.Equal(["a:e", "b:later0"], step.Frames.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("{ping: {from: a, to: b}, expect: {recieved: 3}}", "1:37 E1101 'ping' reports no 'recieved' (did you mean 'received'?)")]
    [InlineData("{ping: {from: a, to: b}, expect: replied}", "1:36 E1301 'replied' is no outcome of 'ping' (it is one of reply, icmp, errno, timeout)")]
    [InlineData("{ping: {from: a, to: b}, expect: {outcome: \"!=dropped\"}}", "1:46 E1301 'dropped' is no outcome of 'ping' (it is one of reply, icmp, errno, timeout)")]
    [InlineData("{tcp: {from: a, to: b, port: 80}, expect: open}", "1:45 E1301 'open' is no outcome of 'tcp' (it is one of connected, refused, icmp, errno, timeout)")]
    [InlineData("{traceroute: {from: a, to: b}, expect: {hosp: 2}}", "1:43 E1101 'traceroute' reports no 'hosp' (did you mean 'hops'?)")]
    [InlineData("{exec: {in: a, command: ip link}, expect: \"1: lo\"}", "1:45 E1102 what an exec must do is a mapping (write {stdout: \"...\"}, {exit: 0}, {matches: ...} or {json: ...})")]
    [InlineData("{neigh: {in: a, ip: 10.0.0.1}, expect: {nud: stale}}", "1:43 E1101 'neigh' reports no 'nud' (it reports outcome, state, address, dev, mac, lladdr)")]
    [InlineData("{drops: {in: a, reason: PolicyDorp}, expect: 0}", "1:27 E1301 'PolicyDorp' is not a reason for drops (did you mean 'PolicyDrop'?)")]
    [InlineData("{counter: {in: a, device: e, name: rx_packet}, expect: 0}", "1:38 E1301 'rx_packet' is not a counter of a device (did you mean 'rx_packets'?)")]
    [InlineData("{ping: {from: a, to: b}, expect: {rtt: \"<5\"}}", "1:42 E1302 '5' is not a duration such as 10ms (add a unit: 5ms)")]
    [InlineData("{ping: {from: a, to: b}, expect: {rtt: \"!=5\"}}", "1:42 E1302 '5' is not a duration such as 10ms (add a unit: 5ms)")]
    [InlineData("{ping: {from: a, to: b}, expect: {rtt: 5ms..7}}", "1:42 E1302 '7' is not a duration such as 10ms (add a unit: 7ms)")]
    [InlineData("{ping: {from: a, to: b}, expect: {rtt: 5furlong}}", "1:42 E1301 '5furlong' is not a duration such as 10ms (units: ns, us, ms, s, min, h)")]
    [InlineData("{ping: {from: a, to: b}, expect: {received: 1ms}}", "1:47 E1301 '1ms' is not a number")]
    [InlineData("{ping: {from: a, to: b}, expect: {lost: 10%}}", "1:43 E1301 '10%' is not a number")]
    [InlineData("{ping: {from: a, to: b}, expect: {received: [1]}}", "1:47 E1102 'received' of 'ping' is a number, not a list")]
    [InlineData("{ping: {from: a, to: b}, expect: [reply]}", "1:36 E1102 what a 'ping' must see is a word or a mapping, not a list")]
    [InlineData("{ping: {from: a, to: b}, expect: {from: b}}", "1:43 E1301 'b' is not an IP address")]
    [InlineData("{ping: {from: a, to: b}, expect: {icmp: host-unreachabel}}", "1:43 E1301 'host-unreachabel' is not the name of an ICMP error (did you mean 'host-unreachable'?)")]
    [InlineData("{ping: {from: a, to: b}, expect: {errno: ENETUNREECH}}", "1:44 E1301 'ENETUNREECH' is not the name of an error such as ECONNREFUSED (did you mean 'ENETUNREACH'?)")]
    [InlineData("{ping: {from: a, to: b}, expect: {answers: [{time: \"<5\"}]}}", "1:54 E1302 '5' is not a duration such as 10ms (add a unit: 5ms)")]
    [InlineData("{ping: {from: a, to: b}, expect: {answers: [{tll: 5}]}}", "1:53 E1101 'answers' of 'ping' has no 'tll' (did you mean 'ttl'?)")]
    [InlineData("{ping: {from: a, to: b}, expect: {frames: [{device: \"b:e\", count: one}]}}", "1:69 E1301 'one' is not a number")]
    [InlineData("{traceroute: {from: a, to: b}, expect: {path: [b]}}", "1:50 E1301 'b' is not the address of a hop, or *")]
    [InlineData("{udp: {from: a, to: b, port: 5}, expect: {received: 3}}", "1:55 E1102 'received' of 'udp' is a list of mappings, not a scalar")]
    [InlineData("{http: {from: a, to: b}, expect: {status: ok}}", "1:45 E1301 'ok' is not a number")]
    [InlineData("{connect: {from: a, to: b}, expect: \"lost: Blackhoel\"}", "1:39 E1301 'lost: Blackhoel' is no outcome of 'connect' (did you mean 'Blackhole'?)")]
    [InlineData("{connect: {from: a, to: b}, expect: denied, by: {teir: default}}", "1:58 E1101 'by' of 'connect' has no 'teir' (did you mean 'tier'?)")]
    [InlineData("{exec: {in: a, command: ip link, exit: zero}}", "1:42 E1301 'zero' is not a number")]
    [InlineData("{drops: {in: a}, expect: few}", "1:28 E1301 'few' is no outcome of 'drops'")]
    [InlineData("{drops: {in: a, count: few}}", "1:26 E1301 'few' is not a number")]
    [InlineData("{counter: {in: a, device: e, name: rx_packets}, expect: {value: \">1s\"}}", "1:67 E1301 '1s' is not a number")]
    [InlineData("{route: {in: a, to: 10.0.0.0/24}, expect: {protocol: kernle}}", "1:56 E1301 'kernle' is not a routing protocol (did you mean 'kernel'?)")]
    [InlineData("{route: {in: a, to: 10.0.0.0/24}, expect: {via: 10.0.0.1/32}}", "1:51 E1301 '10.0.0.1/32' is not an IP address (an address without a prefix length is reported)")]
    [InlineData("{route: {in: a, to: 10.0.0.0/24}, expect: {table: main}}", "1:53 E1301 'main' is not a number")]
    [InlineData("{neigh: {in: a, ip: 10.0.0.1}, expect: {state: reachabel}}", "1:50 E1301 'reachabel' is not a state of a neighbour (did you mean 'REACHABLE'?)")]
    [InlineData("{neigh: {in: a, ip: 10.0.0.1}, expect: {lladdr: \"02:00\"}}", "1:51 E1301 '02:00' is not a MAC address")]
    [InlineData("{bgp: {in: a, peer: 10.0.0.1, state: up}}", "1:40 E1301 'up' is not a state of a BGP session (known words: idle, connect, active, open-sent, open-confirm, established, no session, no speaker)")]
    [InlineData("{bgp: {in: a, prefix: 10.0.0.0/8, best: {reason: routerid}}}", "1:52 E1301 'routerid' is not a reason for a best path (did you mean 'router-id'?)")]
    [InlineData("{bgp: {in: a, prefix: 10.0.0.0/8, best: nobody}}", "1:43 E1301 'nobody' is not a mapping or 'none'")]
    [InlineData("{apply: {apiVersion: v1, kind: Namespace, metadata: {name: x}}, expect: aplied}", "1:75 E1301 'aplied' is no outcome of 'apply' (did you mean 'applied'?)")]
    public void What_no_step_can_report_is_found_before_it_runs(string step, string finding)
    {
        IReadOnlyList<string> findings = Loaded.FindingsOf($"steps: [{step}]\n{Nodes}");

        // The place is counted from the step.
        Assert.Equal([finding], findings.Select(f => $"1:{int.Parse(f[2..f.IndexOf(' ', StringComparison.Ordinal)]) - 6}{f[f.IndexOf(' ', StringComparison.Ordinal)..]}"));
    }

    [Fact]
    public void A_pattern_that_is_none_is_found_before_it_runs() =>
        Assert.Contains("'(' is no regular expression", Assert.Single(Loaded.FindingsOf($"steps: [{{exec: {{in: a, command: x}}, expect: {{matches: \"(\"}}}}]\n{Nodes}")), StringComparison.Ordinal);

    [Fact]
    public void A_state_of_a_neighbour_and_a_reason_may_be_written_in_small_letters()
    {
        One<NeighbourCheck>("{neigh: {in: a, ip: 10.0.0.1}, expect: {state: reachable}}", out StepSpec neighbour);
        DropsCheck drops = One<DropsCheck>("{drops: {in: a, reason: policy-drop}, expect: 0}");

        Assert.Equal("REACHABLE", ((ExpectedScalar)((ExpectedMapping)neighbour.Expect!).Entries.Single().Value).Operand);
        Assert.Equal("PolicyDrop", drops.Reason);
    }

    [Fact]
    public void Udp_and_tcp_have_ports_and_listeners()
    {
        UdpProbe udp = One<UdpProbe>("{udp: {from: a, to: b, port: 53, source-port: 1000-1003, listen: [{at: b, port: 53, echo: true}]}}");
        TcpProbe tcp = One<TcpProbe>("{tcp: {from: a, to: b, port: 80, source-port: 5, listen: [{at: a/c}]}}");

        Assert.Equal((53, 4, true), (udp.Port, udp.SourcePorts!.Value.Count, udp.Listen.Single().Echo));
        Assert.Equal((80, "5", null), (tcp.Port, tcp.SourcePorts!.Value.ToString(), tcp.Listen.Single().Port));
    }

    [Fact]
    public void Http_dns_and_traceroute_have_their_own_keys()
    {
        HttpProbe http = One<HttpProbe>("{http: {from: a, to: b, port: 8080, path: /x, host: h}}");
        DnsProbe dns = One<DnsProbe>("{dns: {from: a, name: db.red.svc.cluster.local, type: AAAA}}");
        TracerouteProbe trace = One<TracerouteProbe>("{traceroute: {from: a, to: b, max-hops: 5, queries: 1, protocol: icmp}}");

        Assert.Equal((8080, "/x", "GET", "h"), (http.Port, http.Path, http.Method, http.Host));
        Assert.Equal(("db.red.svc.cluster.local", "AAAA", null), (dns.Name, dns.Type, dns.To));
        Assert.Equal((5, 1, "icmp"), (trace.MaxHops, trace.Queries, trace.Protocol));
    }

    [Fact]
    public void A_raw_frame_is_hex_or_fields()
    {
        SendProbe hex = One<SendProbe>("{send: {from: \"a:e\", hex: \"ffffffffffff 020000000001 0806 00:01\"}}");
        SendProbe fields = One<SendProbe>("{send: {from: \"a:e\", eth-dst: \"ff:ff:ff:ff:ff:ff\", dst: 10.0.0.1, protocol: udp, dport: 53}}");

        Assert.Equal("FFFFFFFFFFFF02000000000108060001", Convert.ToHexString(hex.Frame.Span));
        Assert.Equal((17, 53), (fields.Fields!.Protocol, fields.Fields.DestinationPort));
        Assert.Contains(
            "3:10 E1104 a raw frame is given by 'hex' or by its fields, one of both",
            Loaded.FindingsOf(Nodes + "steps: [{send: {from: \"a:e\"}}]").Select(f => f.Replace("3:16", "3:10", StringComparison.Ordinal)));
        Assert.Contains("E1305 a frame of 2 bytes", Loaded.FindingsOf(Nodes + "steps: [{send: {from: \"a:e\", hex: ffff}}]").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_names_its_protocol_by_number_or_name()
    {
        ConnectProbe sctp = One<ConnectProbe>("{connect: {from: a, to: b, protocol: sctp, port: 1, source-port: 2, state: established}, expect: allowed}");
        ConnectProbe icmp = One<ConnectProbe>("{connect: {from: a, to: b, protocol: 1, icmp-type: 8, icmp-code: 0}}");

        Assert.Equal((132, 1, 2, true), (sctp.Protocol, sctp.Port, sctp.SourcePort, sctp.Established));
        Assert.Equal((1, 8, 0), (icmp.Protocol, icmp.IcmpType, icmp.IcmpCode));
    }

    [Fact]
    public void Checks_of_tables_take_what_they_look_for()
    {
        RouteCheck exact = One<RouteCheck>("{route: {in: a, to: 10.0.0.0/24, table: main}, expect: {dev: e}, within: 3s}", out StepSpec step);
        RouteCheck lookup = One<RouteCheck>("{route: {in: a/c, to: 10.0.0.7, from: 10.0.0.1, mark: 0x10}}");
        NeighbourCheck neighbour = One<NeighbourCheck>("{neigh: {in: a, ip: 10.0.0.1, dev: e}}");
        FdbCheck fdb = One<FdbCheck>("{fdb: {in: a, mac: \"02:00:00:00:00:01\", dev: br0, vlan: 3}}");
        DropsCheck drops = One<DropsCheck>("{drops: {reason: NoRoute, count: \">0\"}}", out StepSpec dropsStep);
        CounterCheck counter = One<CounterCheck>("{counter: {in: a, device: e, name: rx_packets}}");

        Assert.Equal((false, 254U, Duration.FromSeconds(3)), (exact.Lookup, exact.Table, step.Within));
        Assert.Equal((true, 16U), (lookup.Lookup, lookup.Mark));
        Assert.Equal(("10.0.0.1", "02:00:00:00:00:01", 3), (neighbour.Address.ToString(), fdb.Mac.ToString(), fdb.Vlan));
        Assert.Equal(("NoRoute", null, "{count: >0}"), (drops.Reason, drops.In, ValueText.Render(dropsStep.Expect!)));
        Assert.Equal("rx_packets", counter.Name);
    }

    [Fact]
    public void A_bgp_step_is_a_check_or_a_change()
    {
        BgpCheck session = One<BgpCheck>("{bgp: {in: a, peer: 10.0.0.2, state: established}}", out StepSpec step);
        BgpCheck prefix = One<BgpCheck>("{bgp: {in: a, prefix: 10.0.0.0/8, best: {via: 10.0.0.2, reason: router-id}, ecmp: 4}}", out StepSpec prefixStep);
        BgpChange change = One<BgpChange>("{bgp: {in: a, announce: [10.1.0.0/16], withdraw: 10.2.0.0/16, shutdown: 10.0.0.2, clear: all, policy: {p: [{match: {prefixes: [10.0.0.0/8 ge 16 le 24]}, set: {local-preference: 200}}]}}}");

        Assert.Equal(("10.0.0.2", "{state: established}"), (session.Peer.ToString(), ValueText.Render(step.Expect!)));
        Assert.Equal("{best: {via: 10.0.0.2, reason: router-id}, ecmp: 4}", ValueText.Render(prefixStep.Expect!));
        Assert.Equal("10.0.0.0/8", prefix.Prefix.ToString());
        Assert.Equal((1, "10.2.0.0/16", 1, true), (change.Announce.Count, change.Withdraw.Single().ToString(), change.Shutdown.Count, change.ClearAll));
        BgpPolicyTermSpec term = change.Policies.Single().Terms.Single();
        Assert.Equal((16, 24, 200U), (term.Prefixes.Single().MinimumLength, term.Prefixes.Single().MaximumLength, term.SetLocalPreference));
    }

    [Fact]
    public void Changes_name_links_by_an_end_or_a_name()
    {
        LinkChange down = One<LinkChange>("{link: {endpoint: \"a:e\", state: down}}");
        LinkChange slow = One<LinkChange>("{link: {name: l, delay: 10ms, rate: 1mbit}}");
        ImpairChange one = One<ImpairChange>("{impair: {endpoint: \"a:e\", loss: 10%, gemodel: {p: 1%, r: 10%}}}");
        ImpairChange both = One<ImpairChange>("{impair: {name: l, a: {delay: 1ms}, b: {delay: 2ms}}}");
        ImpairChange none = One<ImpairChange>("{impair: {name: l, clear: true}}");

        Assert.Equal(((bool?)false, "a:e"), (down.Up, down.Endpoint!.ToString()));
        Assert.Equal(("l", 1_000_000L), (slow.Name, slow.Rate!.Value.BitsPerSecond));
        Assert.Equal((100_000, 10_000), (one.Impair!.Loss.PartsPerMillion, one.Impair.GilbertElliott!.P.PartsPerMillion));
        Assert.Equal((1L, 2L), (both.Impair!.Delay.Milliseconds, both.ImpairB!.Delay.Milliseconds));
        Assert.Null(none.Impair);
    }

    [Fact]
    public void Nodes_processes_and_time()
    {
        NodeChange node = One<NodeChange>("{node: {name: b, state: down}}");
        KillChange kill = One<KillChange>("{kill: {in: a, process: bgp}}");
        WaitAction wait = One<WaitAction>("{wait: 5s, after: 1s}", out StepSpec step);
        ExecAction exec = One<ExecAction>("{exec: {in: a, command: ip -j addr, exit: 0, json: {'[0].ifname': lo}}}", out StepSpec execStep);

        Assert.Equal(("b", false, "bgp"), (node.Name, node.Up, kill.Process));
        Assert.Equal((Duration.FromSeconds(5), Duration.FromSeconds(1)), (wait.Time, step.After));
        Assert.Equal(("ip -j addr", "{exit: 0, json: {\"[0].ifname\": lo}}"), (exec.Command, ValueText.Render(execStep.Expect!).Replace("[0].ifname:", "\"[0].ifname\":", StringComparison.Ordinal)));
    }

    [Fact]
    public void Captures_select_devices_in_five_ways()
    {
        TopologySpec topology = Loaded.Body(Nodes + "capture: [{all: true, snaplen: 96}, {device: \"a:e\"}, {node: b}, {namespace: a/c}, {link: l}, {link: \"b:e\"}]\n");

        Assert.Equal((true, 96), (topology.Captures[0].All, topology.Captures[0].SnapLength));
        Assert.Equal(("a:e", "b", "a/c", "l", "b:e"), (topology.Captures[1].Device!.ToString(), topology.Captures[2].Node, topology.Captures[3].Namespace!.ToString(), topology.Captures[4].LinkName, topology.Captures[5].LinkEnd!.ToString()));
    }

    [Fact]
    public void Every_action_can_be_described()
    {
        TopologySpec topology = Loaded.Body(Nodes + "steps: [{wait: 1s}, {ping: {from: a, to: b}}, {name: named, wait: 1s}, {link: {name: l, state: down}}]\n");

        Assert.Equal(["wait 1s", "ping a -> b", "named", "link l down"], topology.Steps.Select(StepText.Describe));
    }

    private static T One<T>(string step) => One<T>(step, out _);

    private static T One<T>(string text, out StepSpec step)
    {
        step = Loaded.Body($"{Nodes}steps:\n  - {text}\n").Steps.Single();
        return Assert.IsType<T>(step.Action);
    }
}
