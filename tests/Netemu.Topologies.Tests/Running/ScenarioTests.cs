using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Engine.Pcapng;
using Netemu.Topologies.Building;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Results;
using Netemu.Topologies.Running;

namespace Netemu.Topologies.Tests.Running;

/// <summary>Steps in virtual time: when they begin and end, and what they report.</summary>
public sealed class ScenarioTests
{
    private const string Pair = """
        metadata: {name: pair}
        nodes:
          a: {interfaces: {eth0: {ip: ["10.0.0.1/24"]}}}
          b: {interfaces: {eth0: {ip: ["10.0.0.2/24"]}}}
        links: [{endpoints: ["a:eth0", "b:eth0"], delay: 1ms}]

        """;

    [Fact]
    public void A_check_that_waits_ends_when_it_holds_or_when_its_time_is_over()
    {
        TestRun run = TestRun.OfText(
            """
            nodes: {a: {interfaces: {e: {ip: [10.0.0.1/24]}}}, b: {interfaces: {e: {ip: [10.0.0.2/24]}}}}
            links: [{endpoints: ["a:e", "b:e"], delay: 10ms}]
            steps:
              - {ping: {from: a, to: b, background: true}}
              - {within: 1s, neigh: {in: a, ip: 10.0.0.2}, expect: {state: reachable}}
              - {within: 3s, neigh: {in: a, ip: 10.0.0.3}, expect: {state: reachable}}
            """);

        // It is looked at after each window of a link's delay.
        Assert.InRange(run.Outcome.Steps[1].End.Nanoseconds, 20_000_000, 30_000_000);
        Assert.Equal(run.Outcome.Steps[1].End, run.Outcome.Steps[2].Start);
        Assert.Equal(3_000_000_000, run.Outcome.Steps[2].End.Nanoseconds - run.Outcome.Steps[2].Start.Nanoseconds);
    }

    [Fact]
    public void A_ping_reports_every_answer_with_its_time()
    {
        // Given two hosts with 1 ms between them; when one pings the other twice.
        TestRun run = TestRun.OfText(Pair + "steps: [{ping: {from: a, to: b, count: 2, interval: 10ms}}]");

        // Then the first answer has waited for ARP: two round trips; the second has not.
        ObservedMapping seen = Outcome(run, 0);
        Assert.Equal("reply", seen["outcome"]!.ToString());
        Assert.Equal("2ms", seen["rtt"]!.ToString());
        Assert.Equal("4ms", seen["rtt-max"]!.ToString());
        Assert.Equal("[{outcome: reply, from: 10.0.0.2, ttl: 64, size: 56, time: 4ms}, {outcome: reply, from: 10.0.0.2, ttl: 64, size: 56, time: 2ms}]", seen["answers"]!.ToString());
    }

    [Fact]
    public void A_ping_counts_on_when_the_number_in_its_packets_has_come_round()
    {
        TestRun run = TestRun.OfText(Pair + "steps: [{ping: {from: a, to: b, count: 65540, interval: 1ms}}]");

        Assert.Equal("65540", Outcome(run, 0)["received"]!.ToString());
        Assert.Equal("0", Outcome(run, 0)["lost"]!.ToString());
    }

    [Fact]
    public void A_failed_ARP_is_reported_by_the_own_address_as_Linux_does()
    {
        TestRun run = TestRun.OfText(Pair + "steps: [{ping: {from: a, to: 10.0.0.9, timeout: 5s}}]");

        ObservedMapping seen = Outcome(run, 0);
        Assert.Equal("icmp", seen["outcome"]!.ToString());
        Assert.Equal("host-unreachable", seen["icmp"]!.ToString());
        Assert.Equal("10.0.0.1", seen["from"]!.ToString());
    }

    [Fact]
    public void A_ping_without_a_route_reports_the_errno()
    {
        TestRun run = TestRun.OfText(Pair + "steps: [{ping: {from: a, to: 172.16.0.1}}]");

        Assert.Equal("ENETUNREACH", Outcome(run, 0)["errno"]!.ToString());
        Assert.Equal(SimTime.Zero, run.Outcome.Steps[0].End);
    }

    [Fact]
    public void Steps_begin_when_they_say_or_when_the_one_before_has_ended()
    {
        TestRun run = TestRun.OfText(Pair + """
            steps:
              - wait: 5ms
              - {after: 1ms, wait: 2ms}
              - {at: 20ms, wait: 1ms}
            """);

        (long Start, long End)[] times = [.. run.Outcome.Steps.Select(s => (s.Start.Nanoseconds, s.End.Nanoseconds))];
        Assert.Equal([(0, 5_000_000), (6_000_000, 8_000_000), (20_000_000, 21_000_000)], times);
    }

    [Fact]
    public void A_step_that_the_end_of_the_run_comes_before_keeps_the_later_ones_from_beginning()
    {
        TestRun run = TestRun.OfText(
            Pair + """
            steps:
              - {at: 5s, link: {endpoint: "a:eth0", state: down}}
              - {ping: {from: a, to: b}}
            """,
            run: new RunOptions { Until = SimTime.Zero + Duration.FromSeconds(3) });

        Assert.All([0, 1], index => Assert.Equal("not run", Outcome(run, index)["outcome"]!.ToString()));
    }

    [Fact]
    public void A_run_that_has_not_converged_at_its_limit_says_what_it_waits_for()
    {
        TestRun run = TestRun.OfText(
            """
            nodes:
              a: {interfaces: {br0: {type: bridge, stp: true}, eth0: {master: br0}}}
              b: {interfaces: {eth0: {ip: [10.0.0.2/24]}}}
            links: [{endpoints: ["a:eth0", "b:eth0"]}]
            """,
            run: new RunOptions { Limit = SimTime.Zero + Duration.FromSeconds(5) });

        Assert.Equal(ExitCode.NotConverged, run.Outcome.ExitCode);
        Assert.Equal("not converged at 5.000000000 s; pending: spanning tree, 1 port listening or learning", run.Outcome.Failure);
    }

    [Fact]
    public void A_background_step_does_not_hold_the_next_one_up()
    {
        TestRun run = TestRun.OfText(Pair + """
            steps:
              - {background: true, during: 1s, ping: {from: a, to: b, interval: 100ms}, expect: {lost: 0, sent: 10}}
              - wait: 1ms
            """);

        Assert.Empty(run.Failures);
        Assert.Equal(SimTime.Zero, run.Outcome.Steps[1].Start);
        Assert.True(run.Outcome.VirtualTime >= SimTime.Zero + Duration.FromMilliseconds(900));
    }

    [Fact]
    public void A_check_waits_for_its_truth_as_long_as_it_is_allowed_to()
    {
        TestRun run = TestRun.OfText(Pair + """
            steps:
              - {background: true, ping: {from: a, to: b}}
              - {within: 1s, neigh: {in: a, ip: 10.0.0.2}, expect: {state: REACHABLE}}
            """);

        Assert.Empty(run.Failures);
        Assert.Equal(ExitCode.Success, run.Outcome.ExitCode);
    }

    [Fact]
    public void An_expectation_that_fails_gives_exit_code_1_and_says_what_was_seen()
    {
        TestRun run = TestRun.OfText(Pair + "steps: [{ping: {from: a, to: b}, expect: {ttl: 63}}]");

        Assert.Equal(ExitCode.ExpectationFailed, run.Outcome.ExitCode);
        Assert.Equal("{ttl: 64}", Assert.Single(run.Outcome.Expectations).Observed.ToString());
    }

    [Fact]
    public void Frames_are_counted_from_a_step_to_the_next_by_what_they_say()
    {
        TestRun run = TestRun.OfText(Pair + """
            steps:
              - {frames: ["b:eth0"], ping: {from: a, to: b}}
              - {ping: {from: b, to: a}}
            """);

        string[] frames = [.. run.Outcome.Steps[0].Frames.Select(f => $"{(f.Inbound ? "in" : "out")} {f.Count} {f.Line}")];
        Assert.Equal(
            [
                "in 1 ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28",
                "out 1 ARP, Reply 10.0.0.2 is-at 02:00:00:02:00:01, length 28",
                "in 1 IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64",
                "out 1 IP 10.0.0.2 > 10.0.0.1: ICMP echo reply, id 1, seq 1, length 64",
            ],
            frames);
    }

    [Fact]
    public void A_raw_frame_leaves_as_it_was_written()
    {
        TestRun run = TestRun.OfText(Pair + """
            steps:
              - {frames: ["b:eth0"], send: {from: "a:eth0", hex: "ffffffffffff02000000000188b5010203"}}
              - {after: 2ms, wait: 1ms}
            """);

        FrameGroup frame = Assert.Single(run.Outcome.Steps[0].Frames, f => f.Inbound);
        Assert.Equal("ffffffffffff02000000000188b5010203", frame.Hex);
    }

    [Fact]
    public void Udp_reports_who_received_what_and_the_error_of_a_closed_port()
    {
        TestRun run = TestRun.OfText(Pair + """
            steps:
              - {udp: {from: a, to: b, port: 7, size: 10, timeout: 50ms, listen: [{at: b, echo: true}]}}
              - {udp: {from: a, to: b, port: 9, timeout: 50ms}}
            """);

        ObservedMapping first = Outcome(run, 0);
        Assert.Equal("received", first["outcome"]!.ToString());
        Assert.Equal(1, ((ObservedList)first["answers"]!).Count);
        Assert.StartsWith("[{at: b, from: 10.0.0.1", first["received"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("port-unreachable", Outcome(run, 1)["icmp"]!.ToString());
    }

    [Fact]
    public void A_link_that_goes_down_takes_the_far_ends_carrier_and_its_routes_along()
    {
        TestRun run = TestRun.OfText(Pair + """
            steps:
              - {link: {endpoint: "a:eth0", state: down}}
              - {route: {in: a, to: 10.0.0.0/24}, expect: absent}
              - {ping: {from: a, to: b}, expect: {errno: ENETUNREACH}}
              - {link: {endpoint: "a:eth0", state: up}}
              - {at: converged, ping: {from: a, to: b}, expect: {received: 1}}
            """);

        Assert.Empty(run.Failures);
    }

    [Theory]
    [InlineData("nodes: {a: {interfaces: {x0: {type: macvtap, parent: d0}, d0: {type: dummy}}}}", BuildCode.UnsupportedDevice)]
    [InlineData("nodes: {a: {bgp: {asn: 65001}}}", BuildCode.UnsupportedBgp)]
    [InlineData("nodes: {a: {processes: [{http: {port: 80}}]}}", BuildCode.UnsupportedProcess)]
    [InlineData("nodes: {a: {exec: [ip link]}}", BuildCode.UnsupportedCommand)]
    [InlineData("nodes: {a: {}}\nsteps: [{kill: {in: a, process: http}}]", BuildCode.UnsupportedStep)]
    public void What_this_build_cannot_do_is_named_and_nothing_runs(string yaml, string code)
    {
        IReadOnlyList<Diagnostic> found = TestRun.FindingsOf("metadata: {name: t}\n" + yaml);

        Assert.Contains(found, d => d.Severity == DiagnosticSeverity.Unsupported && d.Code == code);
    }

    [Fact]
    public void A_gateway_that_no_link_reaches_is_an_error_at_its_place()
    {
        Diagnostic found = Assert.Single(
            TestRun.FindingsOf("""
                metadata: {name: t}
                nodes:
                  a:
                    interfaces: {d0: {type: dummy, ip: ["10.0.0.1/24"]}}
                    routes: [{to: default, via: 192.168.9.1}]
                """),
            d => d.Code == BuildCode.InvalidGateway);

        Assert.Equal(7, found.Range.Line);
    }

    [Fact]
    public void An_interrupted_run_ends_in_order_and_leaves_a_capture_that_can_be_read()
    {
        int windows = 0;
        TestRun run = TestRun.OfText(
            Pair + "steps: [{ping: {from: a, to: b, count: 100, interval: 10ms}}]",
            run: new RunOptions { IsInterrupted = () => ++windows > 20 });

        Assert.Equal(ExitCode.Interrupted, run.Outcome.ExitCode);
        Assert.True(run.Outcome.Frames.Balanced);
        PcapngReader reader = new(new MemoryStream(run.Pcapng));
        int packets = 0;
        while (reader.Read(out _) == PcapngError.None)
        {
            packets++;
        }

        Assert.Equal(PcapngError.EndOfStream, reader.Read(out _));
        Assert.True(packets > 4);
    }

    [Fact]
    public void One_changed_byte_gives_another_hash()
    {
        TestRun first = TestRun.OfText(Pair + "steps: [{ping: {from: a, to: b, size: 56}}]");
        TestRun second = TestRun.OfText(Pair + "steps: [{ping: {from: a, to: b, size: 57}}]");

        Assert.NotEqual(first.Outcome.Hash, second.Outcome.Hash);
    }

    private static ObservedMapping Outcome(TestRun run, int step) =>
        Assert.IsType<ObservedMapping>(run.Outcome.Steps[step].Outcome);
}
