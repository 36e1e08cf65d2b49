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
              - {exec: {in: r2, command: "vtysh -c 'sh ip bgp sum'"}, expect: {matches: "10.0.12.1 +4 +65001 .* 1 +0 N/A"}}
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
