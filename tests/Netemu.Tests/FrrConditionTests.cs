using System;
using System.IO;

namespace Netemu.Tests;

/// <summary>What FRR's routers tell, and put into their FIB, by other things than the route: recorded from bgpd and zebra 8.4.4.</summary>
public sealed class FrrConditionTests : IDisposable
{
    private const string Chain = """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: chain}
        nodes:
          r1: {kind: router, interfaces: {eth1: {}, eth2: {}}, bgp: {config: r1.conf}}
          r2: {kind: router, interfaces: {eth1: {}}, bgp: {config: r2.conf}}
          r3: {kind: router, interfaces: {eth1: {}}, bgp: {config: r3.conf}}
        links: [{endpoints: ["r1:eth1", "r2:eth1"]}, {endpoints: ["r1:eth2", "r3:eth1"]}]
        steps:

        """;

    private const string Maps = """
        interface eth1
         ip address 10.0.12.1/24
        interface eth2
         ip address 10.0.13.1/24
        ip prefix-list COND permit 20.0.0.0/8
        ip prefix-list ADV permit 10.2.0.0/16
        ip prefix-list TM permit 20.1.0.0/16
        route-map COND permit 10
         match ip address prefix-list COND
        route-map ADV permit 10
         match ip address prefix-list ADV
         set metric 77
        route-map OUT permit 10
         set metric 55
        route-map TM deny 10
         match ip address prefix-list TM
        route-map TM permit 20
         set metric 111
         set tag 9
        ip route 10.1.0.0/16 Null0
        ip route 10.2.0.0/16 Null0
        router bgp 65001
         no bgp ebgp-requires-policy
         neighbor 10.0.12.2 remote-as 65002
         neighbor 10.0.13.3 remote-as 65003
         network 10.1.0.0/16
         network 10.2.0.0/16

        """;

    private const string WithdrawCondition = "vtysh -c 'conf t' -c 'router bgp 65002' -c 'no network 20.0.0.0/8'";

    private readonly string _folder = Directory.CreateTempSubdirectory("netemu").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Conditional_routes_are_told_while_another_route_is_in_the_table_and_looked_at_in_intervals()
    {
        // Given routes that are told while 20.0.0.0/8 is known, with a route map for all others.
        CommandRun run = Run(
            """
             bgp conditional-advertisement timer 5
             neighbor 10.0.13.3 advertise-map ADV exist-map COND
             neighbor 10.0.13.3 route-map OUT out
            """,
            // Then they are told as all others before the first look, and with what their own map sets after it,
            $$$$"""
              - {at: 4s, bgp: {in: r3, prefix: 10.2.0.0/16, best: {via: 10.0.13.1, med: 55}}}
              - {at: 6s, bgp: {in: r3, prefix: 10.2.0.0/16, best: {via: 10.0.13.1, med: 77}}}
              - {bgp: {in: r3, prefix: 10.1.0.0/16, best: {via: 10.0.13.1, med: 55}}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp neighbors 10.0.13.3'"}, expect: {matches: "interval is 5 seconds\n.*begin is 4 seconds\n(.*\n)*.*Condition EXIST, Condition-map \\*COND, Advertise-map \\*ADV, status: Advertise"}}
            """
            // they are withdrawn at the next look after the other route has gone, and no sooner,
            + $$$$"""

              - {at: 7s, exec: {in: r2, command: "{{{{WithdrawCondition}}}}"}}
              - {at: 9s, bgp: {in: r3, prefix: 10.2.0.0/16, best: {via: 10.0.13.1, med: 77}}}
              - {at: 11s, exec: {in: r3, command: "vtysh -c 'show bgp ipv4 unicast 10.2.0.0/16'"}, expect: {stdout: "% Network not in table"}}
              - {bgp: {in: r3, prefix: 10.1.0.0/16, best: {via: 10.0.13.1, med: 55}}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp neighbors 10.0.13.3'"}, expect: {matches: "status: Withdraw"}}
            """
            // and come back at once when the condition is taken out of the configuration.
            + """

              - {at: 12s, exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'no neighbor 10.0.13.3 advertise-map ADV exist-map COND'"}}
              - {at: 12100ms, bgp: {in: r3, prefix: 10.2.0.0/16, best: {via: 10.0.13.1, med: 55}}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void The_opposite_condition_tells_routes_while_another_one_is_missing()
    {
        CommandRun run = Run(
            """
             bgp conditional-advertisement timer 5
             neighbor 10.0.13.3 advertise-map ADV non-exist-map COND
            """,
            $$$$"""
              - {at: 4s, bgp: {in: r3, prefix: 10.2.0.0/16, best: {via: 10.0.13.1, med: 0}}}
              - {at: 6s, exec: {in: r3, command: "vtysh -c 'show bgp ipv4 unicast 10.2.0.0/16'"}, expect: {stdout: "% Network not in table"}}
              - {exec: {in: r2, command: "{{{{WithdrawCondition}}}}"}}
              - {at: 11s, bgp: {in: r3, prefix: 10.2.0.0/16, best: {via: 10.0.13.1, med: 77}}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void A_condition_whose_map_is_not_there_is_none()
    {
        CommandRun run = Run(
            """
             bgp conditional-advertisement timer 5
             neighbor 10.0.13.3 advertise-map ADV exist-map NOWHERE
            """,
            """
              - {at: 11s, bgp: {in: r3, prefix: 10.2.0.0/16, best: {via: 10.0.13.1, med: 0}}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp neighbors 10.0.13.3'"}, expect: {matches: "Condition-map NOWHERE, Advertise-map \\*ADV, status: Advertise"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void A_static_route_to_a_next_hop_costs_nothing_whatever_its_distance_is()
    {
        // Given two internal neighbours with one route; the way to the first one's next hop has a distance of 200, and the
        // second one's is on a link: zebra tells bgpd the metric, which is 0 for both (recorded: "IGP metric" of neither is shown).
        CommandRun run = Run(
            """
             no neighbor 10.0.12.2
             no neighbor 10.0.13.3
             neighbor 10.0.12.2 remote-as internal
             neighbor 10.0.13.3 remote-as internal
            ip route 192.0.2.1/32 10.0.12.2 200
            """,
            """
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show bgp ipv4 unicast 30.0.0.0/8'"}, expect: {matches: "192.0.2.1 from 10.0.12.2.*\n.*best \\(Router ID\\)"}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp nexthop'"}, expect: {matches: "192.0.2.1 valid .IGP metric 0., #paths 1"}}
            """,
            internalNeighbors: true);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void A_router_that_has_just_started_has_a_large_metric_for_a_while()
    {
        CommandRun run = Run(
            " bgp max-med on-startup 20 999",
            """
              - {at: 15s, bgp: {in: r3, prefix: 10.1.0.0/16, best: {via: 10.0.13.1, med: 999}}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp summary'"}, expect: {matches: "vrf-id 0\nMax-med on-startup active\nBGP table"}}
              - {at: 25s, bgp: {in: r3, prefix: 10.1.0.0/16, best: {via: 10.0.13.1, med: 0}}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp summary'"}, expect: {matches: "vrf-id 0\nBGP table"}}
              - {exec: {in: r1, command: "vtysh -c 'clear bgp *'"}}
              - {at: 30s, bgp: {in: r3, prefix: 10.1.0.0/16, best: {via: 10.0.13.1, med: 0}}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void A_table_map_says_what_goes_into_the_FIB_and_with_which_metric_and_tag()
    {
        CommandRun run = Run(
            " table-map TM\n aggregate-address 20.0.0.0/7",
            """
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show ip route bgp'"}, expect: {matches: "B>\\* 20.0.0.0/7 \\[200/111\\] unreachable \\(blackhole\\), weight 1\nB>\\* 20.0.0.0/8 \\[20/111\\] via 10.0.12.2, eth1, weight 1\nB>\\* 20.2.0.0/16 \\[20/111\\]"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip route 20.2.0.0/16'"}, expect: {matches: "distance 20, metric 111, tag 9, best"}}
              - {exec: {in: r1, command: "ip route show 20.1.0.0/16"}, expect: {stdout: ""}}
              - {bgp: {in: r1, prefix: 20.1.0.0/16, best: {via: 10.0.12.2, med: 0}}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'no table-map TM'"}}
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show ip route bgp'"}, expect: {matches: "20.1.0.0/16 \\[20/0\\] via 10.0.12.2, eth1, weight 1\nB>\\* 20.2.0.0/16 \\[20/0\\]"}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'table-map NOWHERE'"}}
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show ip route bgp json'"}, expect: {stdout: "{}"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private CommandRun Run(string lines, string steps, bool internalNeighbors = false)
    {
        string own = internalNeighbors ? "65001" : "65002";
        File.WriteAllText(Path.Combine(_folder, "r1.conf"), Maps + lines);
        File.WriteAllText(
            Path.Combine(_folder, "r2.conf"),
            $"""
            interface eth1
             ip address 10.0.12.2/24
            route-map FAR permit 10
             set ip next-hop 192.0.2.1
            router bgp {own}
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 10.0.12.1 remote-as 65001
             network 20.0.0.0/8
             network 20.1.0.0/16
             network 20.2.0.0/16
            {(internalNeighbors ? " network 30.0.0.0/8 route-map FAR" : "")}
            """);
        File.WriteAllText(
            Path.Combine(_folder, "r3.conf"),
            $"""
            interface eth1
             ip address 10.0.13.3/24
            router bgp {(internalNeighbors ? "65001" : "65003")}
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 10.0.13.1 remote-as 65001
            {(internalNeighbors ? " network 30.0.0.0/8" : "")}
            """);
        File.WriteAllText(Path.Combine(_folder, "lab.yaml"), Chain + steps);
        return CommandRun.Of("run", Path.Combine(_folder, "lab.yaml"));
    }
}
