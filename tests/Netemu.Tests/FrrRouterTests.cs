using System;
using System.IO;

namespace Netemu.Tests;

/// <summary>Routers that are configured in FRR's words: what bgpd and zebra of FRR 8.4.4 make of the same files.</summary>
public sealed class FrrRouterTests : IDisposable
{
    private const string Pair = """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: pair}
        nodes:
          r1: {kind: router, interfaces: {eth1: {}}, bgp: {config: r1.conf}}
          r2: {kind: router, interfaces: {eth1: {}}, bgp: {config: r2.conf}}
        links: [{endpoints: ["r1:eth1", "r2:eth1"]}]
        steps:

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("netemu").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_session_over_IPv6_comes_up_once_duplicate_address_detection_is_over()
    {
        CommandRun run = Run(
            """
            interface eth1
             ipv6 address 2001:db8:12::1/64
            router bgp 65001
             bgp router-id 1.1.1.1
             neighbor 2001:db8:12::2 remote-as 65002
            """,
            """
            interface eth1
             ipv6 address 2001:db8:12::2/64
            router bgp 65002
             bgp router-id 1.1.1.2
             neighbor 2001:db8:12::1 remote-as 65001
            """,
            """
              - {at: converged, bgp: {in: r1, peer: "2001:db8:12::2"}, expect: {state: established, flaps: 0}}
              - {at: 5s, bgp: {in: r2, peer: "2001:db8:12::1"}, expect: {state: established, flaps: 0}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Theory]
    [InlineData(" network 10.255.0.1/32")]
    [InlineData(" redistribute connected")]
    public void The_address_of_a_loopback_is_connected_as_zebra_has_it(string line)
    {
        CommandRun run = Run(
            $"""
            interface lo
             ip address 10.255.0.1/32
            interface eth1
             ip address 10.0.12.1/24
            router bgp 65001
             no bgp ebgp-requires-policy
             neighbor 10.0.12.2 remote-as 65002
            {line}
            """,
            Listener,
            """
              - {at: converged, bgp: {in: r2, prefix: 10.255.0.1/32, best: {via: 10.0.12.1, as-path: "65001", med: 0}}}
              - {exec: {in: r1, command: "ip addr del 10.255.0.1/32 dev lo"}}
              - {at: converged, exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast 10.255.0.1/32'"}, expect: {stdout: "% Network not in table"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void A_route_map_can_choose_what_is_redistributed_by_its_interface()
    {
        CommandRun run = Run(
            """
            interface lo
             ip address 10.255.0.1/32
            interface eth1
             ip address 10.0.12.1/24
            route-map LO permit 10
             match interface lo
            router bgp 65001
             no bgp ebgp-requires-policy
             neighbor 10.0.12.2 remote-as 65002
             redistribute connected route-map LO
            """,
            Listener,
            """
              - {at: converged, bgp: {in: r2, prefix: 10.255.0.1/32, best: {via: 10.0.12.1, med: 0}}}
              - {exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast 10.0.12.0/24'"}, expect: {stdout: "% Network not in table"}}
              - {exec: {in: r2, command: "vtysh -c 'sh ip bgp sum'"}, expect: {matches: "10.0.12.1 +4 +65001 .* 1 +1 N/A"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void What_bgpd_makes_itself_has_a_metric_of_0()
    {
        CommandRun run = Run(
            """
            interface eth1
             ip address 10.0.12.1/24
            ip route 10.66.0.0/16 Null0
            ip route 10.67.0.0/16 Null0 200
            router bgp 65001
             no bgp ebgp-requires-policy
             neighbor 10.0.12.2 remote-as 65002
             neighbor 10.0.12.2 default-originate
             redistribute static
             aggregate-address 10.64.0.0/14
            """,
            Listener,
            """
              - {at: converged, bgp: {in: r2, prefix: 10.66.0.0/16, best: {med: 0}}}
              - {bgp: {in: r2, prefix: 10.67.0.0/16, best: {med: 0}}}
              - {bgp: {in: r2, prefix: 10.64.0.0/14, best: {med: 0}}}
              - {bgp: {in: r2, prefix: 0.0.0.0/0, best: {med: 0}}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void The_table_of_routes_has_zebras_distances_and_one_selected_route_a_prefix()
    {
        // Given an internal session whose routes have a MED, and one of which is of a connected prefix.
        CommandRun run = Run(
            """
            interface lo
             ip address 10.255.0.1/32
            interface eth1
             ip address 10.0.12.1/24
            ip route 10.66.0.0/16 Null0
            ip route 10.67.0.0/16 10.0.12.2 200
            router bgp 65001
             neighbor 10.0.12.2 remote-as 65001
             network 10.66.0.0/16 route-map MED
             redistribute connected
            route-map MED permit 10
             set metric 7
            """,
            """
            interface eth1
             ip address 10.0.12.2/24
            router bgp 65001
             neighbor 10.0.12.1 remote-as 65001
            """,
            """
              - {at: converged, exec: {in: r2, command: "vtysh -c 'show ip route bgp'"}, expect: {matches: "B>\\* 10.66.0.0/16 \\[200/7\\] via 10.0.12.1, eth1, weight 1"}}
              - {exec: {in: r2, command: "vtysh -c 'show ip route bgp'"}, expect: {matches: "B   10.0.12.0/24 \\[200/0\\]"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip route'"}, expect: {matches: "C>\\* 10.255.0.1/32 is directly connected, lo"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip route'"}, expect: {matches: "S>\\* 10.67.0.0/16 \\[200/0\\] via 10.0.12.2, eth1, weight 1"}}
              - {exec: {in: r2, command: "vtysh -c 'sh ip ro 10.66.0.0/16'"}, expect: {matches: "Known via \"bgp\", distance 200, metric 7, best"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void BFD_runs_with_the_times_of_its_profile_and_shows_both_sides()
    {
        CommandRun run = Run(
            """
            bfd
             profile FAST
              detect-multiplier 5
              receive-interval 50
              transmit-interval 60
             exit
            exit
            interface eth1
             ip address 10.0.12.1/24
            router bgp 65001
             no bgp ebgp-requires-policy
             neighbor 10.0.12.2 remote-as 65002
             neighbor 10.0.12.2 bfd profile FAST
            """,
            Listener + "\n neighbor 10.0.12.1 bfd\n",
            """
              - {at: 10s, exec: {in: r2, command: "vtysh -c 'show bfd peer 10.0.12.1'"}, expect: {matches: "Status: up"}}
              - {exec: {in: r2, command: "vtysh -c 'show bfd peers json'"}, expect: {matches: "\"remote-receive-interval\":50,\"remote-transmit-interval\":60,\"remote-detect-multiplier\":5"}}
              - {exec: {in: r1, command: "vtysh -c 'show bfd peers brief'"}, expect: {matches: "n/a +10.0.12.2 +up"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void Of_one_prefix_the_route_with_the_least_distance_is_used()
    {
        // Given r1 with a static route of distance 150 to what r2 announces, and r2 an internal neighbour: 200 by itself.
        CommandRun run = Run(
            """
            interface eth1
             ip address 10.0.12.1/24
            ip route 10.66.0.0/16 10.0.12.9 150
            router bgp 65001
             neighbor 10.0.12.2 remote-as 65001
            """,
            """
            interface eth1
             ip address 10.0.12.2/24
            ip route 10.66.0.0/16 Null0
            ip route 10.67.0.0/16 Null0
            router bgp 65001
             neighbor 10.0.12.1 remote-as 65001
             redistribute static
            """,
            """
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show ip route 10.66.0.0/16'"}, expect: {matches: "Known via \"static\", distance 150, metric 0, best"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip route bgp'"}, expect: {matches: "B   10.66.0.0/16 \\[200/0\\] via 10.0.12.2"}}
              - {exec: {in: r1, command: "ip route get 10.66.0.1"}, expect: {matches: "via 10.0.12.9"}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'address-family ipv4' -c 'distance bgp 20 149 200'"}}
              - {at: converged, exec: {in: r1, command: "ip route get 10.66.0.1"}, expect: {matches: "via 10.0.12.2"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip route 10.66.0.0/16'"}, expect: {matches: "Known via \"bgp\", distance 149, metric 0, best"}}
              - {exec: {in: r1, command: "vtysh -c 'show running-config'"}, expect: {matches: "  distance bgp 20 149 200"}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'access-list SOME permit 10.67.0.0/16' -c 'router bgp 65001' -c 'address-family ipv4' -c 'distance 251 10.0.12.0/24 SOME'"}}
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show ip route bgp'"}, expect: {matches: "B>\\* 10.66.0.0/16 \\[149/0\\][^\\n]*\\nB>\\* 10.67.0.0/16 \\[251/0\\]"}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'address-family ipv4' -c 'no distance bgp'"}}
              - {at: converged, exec: {in: r1, command: "ip route get 10.66.0.1"}, expect: {matches: "via 10.0.12.9"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void A_back_door_is_not_announced_and_has_the_distance_of_a_local_route()
    {
        CommandRun run = Run(
            """
            interface eth1
             ip address 10.0.12.1/24
            ip route 10.66.0.0/16 10.0.12.9 150
            router bgp 65001
             no bgp ebgp-requires-policy
             neighbor 10.0.12.2 remote-as 65002
             network 10.66.0.0/16 backdoor
            """,
            Listener + "\n redistribute static\nip route 10.66.0.0/16 Null0\nip route 10.67.0.0/16 Null0\n",
            """
              - {at: converged, exec: {in: r1, command: "ip route get 10.66.0.1"}, expect: {matches: "via 10.0.12.9"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip route bgp'"}, expect: {matches: "B   10.66.0.0/16 \\[200/0\\][^\\n]*\\nB>\\* 10.67.0.0/16 \\[20/0\\]"}}
              - {exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast neighbors 10.0.12.1 routes'"}, expect: {stdout: ""}}
              - {exec: {in: r1, command: "vtysh -c 'sh run'"}, expect: {matches: "  network 10.66.0.0/16 backdoor"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void Vtysh_shows_the_configuration_and_the_way_to_next_hops()
    {
        CommandRun run = Run(
            """
            interface eth1
             ip address 10.0.12.1/24
            ip route 203.0.113.0/24 10.0.12.2
            ip prefix-list L permit any
            route-map M permit 10
             match ip address prefix-list L
            router bgp 65001
             no bgp ebgp-requires-policy
             neighbor G peer-group
             neighbor G remote-as external
             neighbor 10.0.12.2 peer-group G
             neighbor 203.0.113.5 remote-as 65001
             neighbor 192.0.2.5 remote-as 65001
             neighbor G route-map M in
            """,
            Listener + "\n redistribute static\nip route 10.66.0.0/16 Null0\nip route 10.67.0.0/16 Null0\n",
            """
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show bgp nexthop'"}, expect: {matches: " 10.0.12.2 valid \\[IGP metric 0\\], #paths 2, peer 10.0.12.2\n  if eth1\n"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip bgp nexthop'"}, expect: {matches: " 192.0.2.5 invalid, #paths 0, peer 192.0.2.5\n\n 203.0.113.5 valid \\[IGP metric [01]\\], #paths 0, peer 203.0.113.5\n  gate 10.0.12.2\n"}}
              - {exec: {in: r1, command: "vtysh -c 'sh bgp peer-group G'"}, expect: {matches: "BGP peer-group G, remote AS 0\n  Peer-group type is external\n[^\0]*    10.0.12.2  Established \n"}}
              - {exec: {in: r1, command: "vtysh -c 'sh route-map M'"}, expect: {matches: "BGP:\nroute-map: M Invoked: 2 "}}
              - {exec: {in: r1, command: "vtysh -c 'sh ip prefix-list'"}, expect: {matches: "BGP: ip prefix-list L: 1 entries\n   seq 5 permit any\n"}}
              - {exec: {in: r1, command: "vtysh -c 'sh run bgpd'"}, expect: {matches: "\nrouter bgp 65001\n no bgp ebgp-requires-policy\n neighbor G peer-group\n"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void What_a_topology_redistributes_stays_when_commands_change_something_else()
    {
        File.WriteAllText(Path.Combine(_folder, "lab.yaml"), """
            apiVersion: netemu/v1
            kind: Topology
            metadata: {name: pair}
            nodes:
              r1: {kind: router, interfaces: {eth1: {ip: [10.0.12.1/24]}, eth2: {ip: [10.1.0.1/24]}}, bgp: {asn: 65001, redistribute: [connected], neighbors: [{peer: 10.0.12.2, asn: 65002}]}}
              r2: {kind: router, interfaces: {eth1: {ip: [10.0.12.2/24]}}, bgp: {asn: 65002, neighbors: [{peer: 10.0.12.1, asn: 65001}]}}
              h: {kind: host, interfaces: {eth1: {ip: [10.1.0.2/24]}}}
            links: [{endpoints: ["r1:eth1", "r2:eth1"]}, {endpoints: ["r1:eth2", "h:eth1"]}]
            steps:
              - {at: converged, bgp: {in: r2, prefix: 10.1.0.0/24, best: {via: 10.0.12.1}}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'neighbor 10.0.12.2 description two'"}}
              - {at: converged, bgp: {in: r2, prefix: 10.1.0.0/24, best: {via: 10.0.12.1}}}
              - {exec: {in: r1, command: "vtysh -c 'show running-config'"}, expect: {matches: "  redistribute connected\n"}}
              - {exec: {in: r1, command: "vtysh -c 'show running-config'"}, expect: {matches: " neighbor 10.0.12.2 remote-as 65002\n neighbor 10.0.12.2 description two\n"}}

            """);
        CommandRun run = CommandRun.Of("run", Path.Combine(_folder, "lab.yaml"));

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void Tags_of_static_routes_are_matched_and_those_that_maps_set_are_shown_and_go_to_nobody()
    {
        CommandRun run = Run(
            """
            interface eth1
             ip address 10.0.12.1/24
            ip route 10.66.0.0/16 Null0 tag 7
            ip route 10.67.0.0/16 Null0
            ip route 10.68.0.0/16 Null0 tag 9
            route-map T permit 10
             match tag 7
             set tag 8
            route-map OUT permit 10
             match tag 8
             set metric 88
            router bgp 65001
             no bgp ebgp-requires-policy
             neighbor 10.0.12.2 remote-as 65002
             neighbor 10.0.12.2 route-map OUT out
             redistribute static route-map T
            """,
            Listener + "\n neighbor 10.0.12.1 route-map IN in\nroute-map IN permit 10\n set tag 5\n",
            """
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show bgp ipv4 unicast 10.66.0.0/16'"}, expect: {matches: "weight 32768, tag 8, valid, sourced"}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp ipv4 unicast'"}, expect: {matches: "Displayed  1 routes"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip route 10.66.0.0/16'"}, expect: {matches: "Known via \"static\", distance 1, metric 0, tag 7, best"}}
              - {bgp: {in: r2, prefix: 10.66.0.0/16, best: {via: 10.0.12.1, med: 88}}}
              - {exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast 10.66.0.0/16 json'"}, expect: {matches: "\"tag\": 5"}}
              - {exec: {in: r2, command: "vtysh -c 'show ip route 10.66.0.0/16'"}, expect: {matches: "Known via \"bgp\", distance 20, metric 88, tag 5, best"}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'ip route 10.67.0.0/16 Null0 tag 7'"}}
              - {at: converged, bgp: {in: r2, prefix: 10.67.0.0/16, best: {via: 10.0.12.1, med: 88}}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void A_map_says_what_an_aggregate_suppresses_and_another_what_a_neighbour_hears_all_the_same()
    {
        CommandRun run = Run(
            """
            interface eth1
             ip address 10.0.12.1/24
            ip route 10.90.1.0/24 Null0
            ip route 10.90.2.0/24 Null0
            ip route 10.90.3.0/24 Null0
            ip prefix-list P permit 10.90.1.0/24
            ip prefix-list P permit 10.90.3.0/24
            ip prefix-list Q permit 10.90.3.0/24
            route-map SM permit 10
             match ip address prefix-list P
            route-map UM permit 10
             match ip address prefix-list Q
             set metric 5
            route-map OUT permit 10
             set community 65001:77
            router bgp 65001
             neighbor 10.0.12.2 remote-as 65002
             redistribute static
             neighbor 10.0.12.2 route-map OUT out
             neighbor 10.0.12.2 unsuppress-map UM
             aggregate-address 10.90.0.0/16 suppress-map SM
            """,
            Listener,
            """
              - {at: converged, bgp: {in: r2, prefix: 10.90.3.0/24, best: {med: 5, communities: []}}}
              - {bgp: {in: r2, prefix: 10.90.2.0/24, best: {med: 0, communities: ["65001:77"]}}}
              - {bgp: {in: r2, prefix: 10.90.0.0/16, best: {communities: ["65001:77"]}}}
              - {exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast'"}, expect: {matches: "Displayed  3 routes"}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp ipv4 unicast'"}, expect: {matches: "\ns> 10.90.1.0/24 [^\n]*\n\\*> 10.90.2.0/24 [^\n]*\ns> 10.90.3.0/24 "}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'no neighbor 10.0.12.2 unsuppress-map UM' -c 'no aggregate-address 10.90.0.0/16' -c 'aggregate-address 10.90.0.0/16 suppress-map NOBODY'"}}
              - {at: converged, bgp: {in: r2, prefix: 10.90.1.0/24, best: {med: 0, communities: ["65001:77"]}}}
              - {exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast'"}, expect: {matches: "Displayed  4 routes"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void The_largest_metric_goes_with_all_routes_while_an_operator_says_so()
    {
        CommandRun run = Run(
            """
            interface eth1
             ip address 10.0.12.1/24
            ip route 10.66.0.0/16 Null0
            router bgp 65001
             no bgp ebgp-requires-policy
             bgp max-med administrative 77
             neighbor 10.0.12.2 remote-as 65002
             redistribute static
            """,
            Listener,
            """
              - {at: converged, bgp: {in: r2, prefix: 10.66.0.0/16, best: {med: 77}}}
              - {exec: {in: r1, command: "vtysh -c 'show run'"}, expect: {matches: "\n bgp max-med administrative 77\n"}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'bgp max-med administrative'"}}
              - {at: converged, bgp: {in: r2, prefix: 10.66.0.0/16, best: {med: 4294967294}}}
              - {exec: {in: r1, command: "vtysh -c 'conf t' -c 'router bgp 65001' -c 'no bgp max-med administrative'"}}
              - {at: converged, bgp: {in: r2, prefix: 10.66.0.0/16, best: {med: 0}}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private const string Listener = """
        interface eth1
         ip address 10.0.12.2/24
        router bgp 65002
         no bgp ebgp-requires-policy
         neighbor 10.0.12.1 remote-as external
        """;

    private CommandRun Run(string r1, string r2, string steps)
    {
        File.WriteAllText(Path.Combine(_folder, "r1.conf"), r1);
        File.WriteAllText(Path.Combine(_folder, "r2.conf"), r2);
        File.WriteAllText(Path.Combine(_folder, "lab.yaml"), Pair + steps);
        return CommandRun.Of("run", Path.Combine(_folder, "lab.yaml"));
    }
}
