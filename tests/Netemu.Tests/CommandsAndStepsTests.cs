using System;
using System.IO;

namespace Netemu.Tests;

/// <summary>A router of a topology's own words is changed by "conf t" and by steps: neither takes back what the other has said.</summary>
public sealed class CommandsAndStepsTests : IDisposable
{
    private const string Pair = """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: pair}
        nodes:
          r1:
            kind: router
            interfaces: {eth1: {ip: ["10.0.12.1/24"]}}
            bgp:
              asn: 65001
              router-id: 10.255.0.1
              networks: [10.1.0.0/16, 10.2.0.0/16]
              policies: {out: [{set: {med: 5}}]}
              neighbors: [{peer: 10.0.12.2, asn: 65002, export: out}, {peer: 10.0.12.3, asn: 65003}]
          r2:
            kind: router
            interfaces: {eth1: {ip: ["10.0.12.2/24"]}}
            bgp: {asn: 65002, router-id: 10.255.0.2, neighbors: [{peer: 10.0.12.1, asn: 65001}]}
        links: [{endpoints: ["r1:eth1", "r2:eth1"]}]
        steps:

        """;

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_policy_that_a_step_replaces_goes_under_what_commands_have_said()
    {
        CommandRun run = Run("""
              - {at: converged, bgp: {in: r2, prefix: 10.1.0.0/16, best: {med: 5}}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'no neighbor 10.0.12.3' -c 'no network 10.2.0.0/16' -c 'network 10.3.0.0/16' -c 'neighbor 10.0.12.2 description two'"}}
              - {at: converged, bgp: {in: r1, policy: {out: [{set: {med: 7}}]}}}
              - {at: converged, bgp: {in: r2, prefix: 10.1.0.0/16, best: {med: 7}}}
              - {bgp: {in: r2, prefix: 10.3.0.0/16, best: {med: 7}}}
              - {exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast 10.2.0.0/16'"}, expect: {stdout: "% Network not in table"}}
              - {exec: {in: r1, command: "vtysh -c 'show running-config'"}, expect: {matches: "neighbor 10.0.12.2 remote-as 65002\n neighbor 10.0.12.2 description two\n( neighbor 10.0.12.2 .*\n)* !\n"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void Commands_after_a_step_begin_with_what_the_step_has_said()
    {
        CommandRun run = Run("""
              - {at: converged, bgp: {in: r1, policy: {out: [{set: {med: 7}}]}}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'network 10.3.0.0/16'"}}
              - {at: converged, bgp: {in: r2, prefix: 10.3.0.0/16, best: {med: 7}}}
              - {bgp: {in: r1, policy: {out: [{set: {med: 8}}]}}}
              - {at: converged, bgp: {in: r2, prefix: 10.3.0.0/16, best: {med: 8}}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'no neighbor 10.0.12.2 route-map out out'"}}
              - {at: converged, exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast 10.3.0.0/16'"}, expect: {matches: "Origin IGP, valid"}}
              - {bgp: {in: r1, policy: {out: [{set: {med: 9}}]}}}
              - {at: converged, exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast 10.3.0.0/16'"}, expect: {matches: "Origin IGP, valid"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Theory]
    [InlineData("vtysh -c 'conf t' -c 'router bgp 65001' -c 'timers bgp 3 9'")]
    [InlineData("vtysh -c 'show version'")]
    public void A_neighbour_that_a_step_has_shut_down_stays_down_whatever_commands_come(string first)
    {
        CommandRun run = Run($$$"""
              - {at: converged, exec: {in: r1, command: "{{{first}}}"}}
              - {at: converged, bgp: {in: r1, shutdown: 10.0.12.2}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'neighbor 10.0.12.2 description two'"}}
              - {at: 60s, bgp: {in: r2, peer: 10.0.12.1}, expect: {state: active}}
              - {exec: {in: r1, command: "vtysh -c 'show running-config'"}, expect: {matches: "\n neighbor 10.0.12.2 shutdown\n"}}
              - {bgp: {in: r1, enable: 10.0.12.2}}
              - {at: 200s, bgp: {in: r2, peer: 10.0.12.1}, expect: {state: established}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private CommandRun Run(string steps)
    {
        File.WriteAllText(_file, Pair + steps);
        return CommandRun.Of("run", _file);
    }
}
