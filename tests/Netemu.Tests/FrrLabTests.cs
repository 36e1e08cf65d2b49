using System;
using System.IO;

namespace Netemu.Tests;

/// <summary>Labs as people write them, and what vtysh of FRR 8.4.4 showed of the same files.</summary>
public sealed class FrrLabTests : IDisposable
{
    private const string Pair = """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: pair}
        nodes:
          r1: {kind: router, interfaces: {eth1: {}}, bgp: {config: r1.conf}}
          r2: {kind: router, interfaces: {eth1: {}}, bgp: {config: r2.conf}}
        links: [{name: wire, endpoints: ["r1:eth1", "r2:eth1"]}]
        steps:

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("netemu").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Routes_over_loopbacks_are_recursive()
    {
        CommandRun run = Run(
            """
            interface lo
             ip address 10.255.0.1/32
            interface eth1
             ip address 10.0.12.1/24
            ip route 10.255.0.2/32 10.0.12.2 77
            router bgp 65000
             neighbor 10.255.0.2 remote-as 65000
             neighbor 10.255.0.2 update-source lo
            """,
            """
            interface lo
             ip address 10.255.0.2/32
            interface eth1
             ip address 10.0.12.2/24
            ip route 10.255.0.1/32 10.0.12.1
            ip route 172.16.2.0/24 Null0
            router bgp 65000
             neighbor 10.255.0.1 remote-as 65000
             neighbor 10.255.0.1 update-source lo
             redistribute static
            """,
            """
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show ip route bgp'"}, expect: {matches: "\nB>  172.16.2.0/24 \\[200/0\\] via 10.255.0.2 \\(recursive\\), weight 1\n  \\*                         via 10.0.12.2, eth1, weight 1\n"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip route 172.16.2.0/24'"}, expect: {matches: "metric 0, best\n    10.255.0.2 \\(recursive\\), weight 1\n  \\*   10.0.12.2, via eth1, weight 1\n"}}
              - {exec: {in: r1, command: "vtysh -c 'show ip route bgp json'"}, expect: {matches: "\"nexthops\":\\[{\"ip\":\"10.255.0.2\",\"afi\":\"ipv4\",\"recursive\":true,\"active\":true,\"weight\":1},{\"fib\":true,\"ip\":\"10.0.12.2\",\"afi\":\"ipv4\",\"interfaceName\":\"eth1\",\"resolver\":true,\"active\":true,\"weight\":1}\\]"}}
              - {exec: {in: r2, command: "vtysh -c 'show bgp ipv4 unicast 172.16.2.0/24'"}, expect: {matches: "weight 32768, valid, sourced, best \\(First path received\\)"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void Neighbours_on_links_are_shown_by_the_link_and_have_BFD()
    {
        string leaf = """
            interface lo
             ip address 10.255.0.{0}/32
            router bgp 6500{0}
             bgp router-id 10.255.0.{0}
             no bgp ebgp-requires-policy
             neighbor FABRIC peer-group
             neighbor FABRIC remote-as external
             neighbor FABRIC bfd
             neighbor eth1 interface peer-group FABRIC
             address-family ipv4 unicast
              redistribute connected
            """;
        CommandRun run = Run(
            leaf.Replace("{0}", "1", StringComparison.Ordinal),
            leaf.Replace("{0}", "2", StringComparison.Ordinal),
            """
              - {at: 14s, exec: {in: r1, command: "vtysh -c 'show bfd peers brief'"}, expect: {matches: "Session count: 1\n(.*\n)*.*fe80::.* up"}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp ipv4 unicast 10.255.0.2/32'"}, expect: {matches: "Advertised to non peer-group peers:\n  eth1\n  65002\n    fe80::[0-9a-f:]+ from eth1 \\(10.255.0.2\\)\n    \\(fe80::[0-9a-f:]+\\) \\(used\\)\n      Origin incomplete, metric 0, valid, external, best"}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp summary json'"}, expect: {matches: "\"idType\": \"interface\""}}
            """
            // The hold time is three minutes: it is BFD that ends the session.
            + """

              - {impair: {name: wire, a: {loss: 100%}, b: {loss: 100%}}}
              - {wait: 3s}
              - {exec: {in: r1, command: "vtysh -c 'show bgp ipv4 unicast 10.255.0.2/32'"}, expect: {stdout: "% Network not in table"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void Of_several_paths_the_newest_is_shown_first_and_a_route_that_has_come_back_is_not_shown()
    {
        CommandRun run = Run(
            """
            interface eth1
             ip address 10.0.12.1/24
            ip route 172.16.0.0/16 Null0
            router bgp 65001
             no bgp ebgp-requires-policy
             neighbor 10.0.12.2 remote-as 65002
             network 172.16.0.0/16
             network 172.17.0.0/16
            """,
            """
            interface eth1
             ip address 10.0.12.2/24
            ip route 172.16.0.0/16 Null0
            router bgp 65002
             no bgp ebgp-requires-policy
             neighbor 10.0.12.1 remote-as 65001
             network 172.16.0.0/16
            """,
            """
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show bgp ipv4 unicast'"}, expect: {matches: "\n\\*  172.16.0.0/16    10.0.12.2                0             0 65002 i\n\\*>                  0.0.0.0                  0         32768 i\n"}}
              - {exec: {in: r1, command: "vtysh -c 'show bgp ipv4 unicast 172.16.0.0/16'"}, expect: {matches: "\nPaths: \\(2 available, best #2, table default\\)\n"}}
              - {exec: {in: r1, command: "ip route del blackhole 172.16.0.0/16"}}
              - {at: converged, exec: {in: r1, command: "vtysh -c 'show bgp ipv4 unicast 172.16.0.0/16'"}, expect: {matches: "\nPaths: \\(1 available, best #1, table default\\)\n"}}
            """);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void A_neighbour_on_the_link_of_a_next_hop_is_told_that_and_one_elsewhere_the_router_itself()
    {
        // Given r1, r2 and r3 on one segment, r4 behind r2, and sessions with r2 only.
        string of(int number, string lines) => $"""
            ip route 172.16.{number}.0/24 Null0
            router bgp 6500{number}
             no bgp ebgp-requires-policy
             network 172.16.{number}.0/24
            {lines}
            """;
        File.WriteAllText(Path.Combine(_folder, "r1.conf"), "interface eth1\n ip address 10.0.0.1/24\n" + of(1, " neighbor 10.0.0.2 remote-as 65002"));
        File.WriteAllText(
            Path.Combine(_folder, "r2.conf"),
            "interface eth1\n ip address 10.0.0.2/24\ninterface eth2\n ip address 10.4.0.2/24\n"
                + of(2, " neighbor 10.0.0.1 remote-as 65001\n neighbor 10.0.0.3 remote-as 65003\n neighbor 10.4.0.4 remote-as 65004"));
        File.WriteAllText(Path.Combine(_folder, "r3.conf"), "interface eth1\n ip address 10.0.0.3/24\n" + of(3, " neighbor 10.0.0.2 remote-as 65002"));
        File.WriteAllText(Path.Combine(_folder, "r4.conf"), "interface eth1\n ip address 10.4.0.4/24\n" + of(4, " neighbor 10.4.0.2 remote-as 65002"));
        File.WriteAllText(Path.Combine(_folder, "lab.yaml"), """
            apiVersion: netemu/v1
            kind: Topology
            metadata: {name: segment}
            nodes:
              r1: {kind: router, interfaces: {eth1: {}}, bgp: {config: r1.conf}}
              r2: {kind: router, interfaces: {eth1: {}, eth2: {}}, bgp: {config: r2.conf}}
              r3: {kind: router, interfaces: {eth1: {}}, bgp: {config: r3.conf}}
              r4: {kind: router, interfaces: {eth1: {}}, bgp: {config: r4.conf}}
              sw: {kind: bridge}
            links:
              - {endpoints: ["sw:p1", "r1:eth1"]}
              - {endpoints: ["sw:p2", "r2:eth1"]}
              - {endpoints: ["sw:p3", "r3:eth1"]}
              - {endpoints: ["r2:eth2", "r4:eth1"]}
            steps:
              - {at: converged, bgp: {in: r3, prefix: 172.16.1.0/24, best: {via: 10.0.0.1, as-path: "65002 65001"}}}
              - {bgp: {in: r3, prefix: 172.16.2.0/24, best: {via: 10.0.0.2}}}
              - {bgp: {in: r3, prefix: 172.16.4.0/24, best: {via: 10.0.0.2}}}
              - {bgp: {in: r4, prefix: 172.16.1.0/24, best: {via: 10.4.0.2}}}
            """);

        CommandRun run = CommandRun.Of("run", Path.Combine(_folder, "lab.yaml"));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private CommandRun Run(string r1, string r2, string steps)
    {
        File.WriteAllText(Path.Combine(_folder, "r1.conf"), r1);
        File.WriteAllText(Path.Combine(_folder, "r2.conf"), r2);
        File.WriteAllText(Path.Combine(_folder, "lab.yaml"), Pair + steps);
        return CommandRun.Of("run", Path.Combine(_folder, "lab.yaml"));
    }
}
