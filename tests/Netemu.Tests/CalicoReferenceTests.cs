namespace Netemu.Tests;

/// <summary>Settings of Calico's in a running cluster, packet by packet: each of them changes what is seen here.</summary>
public sealed class CalicoReferenceTests
{
    private const string Cluster =
        """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: calico-reference}
        seed: 1
        cluster:
          nodes:
            n1: {ip: "10.0.0.11/24"}
            n2: {ip: "10.0.0.12/24"}
        nodes:
          tor:
            kind: router
            interfaces: {eth0: {ip: ["10.0.0.50/24"]}}
        BGP
        links:
          - endpoints: ["tor:eth0", "segment:p9"]
        steps:
        STEPS
        ---
        apiVersion: projectcalico.org/v3
        kind: IPPool
        metadata: {name: pods}
        spec: {cidr: 10.65.0.0/16}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: a, labels: {app: a}}
        spec: {nodeName: n1, containers: [{name: main, image: web}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: b, labels: {app: b}, annotations: {ANNOTATIONS}}
        spec: {nodeName: n2, containers: [{name: main, image: web}]}

        """;

    [Fact]
    public void A_session_with_a_local_AS_number_shows_that_one_alone() => Succeeds(
        "    bgp: {asn: 65001, router-id: 10.0.0.50, neighbors: [{peer: 10.0.0.11, asn: 64999}]}",
        """
          - {at: 30s, bgp: {in: tor, peer: 10.0.0.11}, expect: {state: established}}
          - {exec: {in: tor, command: "vtysh -c 'show ip bgp' | grep 10.65"}, expect: {matches: " 64999 i\n"}}
          - {exec: {in: tor, command: "vtysh -c 'show ip bgp' | grep -c 64512"}, expect: {stdout: "0\n"}}
        """,
        """
        ---
        apiVersion: projectcalico.org/v3
        kind: BGPPeer
        metadata: {name: tor}
        spec: {node: n1, peerIP: 10.0.0.50, asNumber: 65001, localASNumber: 64999}
        """);

    [Fact]
    public void A_keepalive_time_leaves_the_hold_time_as_it_is() => Succeeds(
        "    bgp: {asn: 65001, router-id: 10.0.0.50, timers: calico-bird, neighbors: [{peer: 10.0.0.11, asn: 64512}]}",
        """
          - {at: 30s, bgp: {in: tor, peer: 10.0.0.11}, expect: {state: established}}
          - {exec: {in: n1, command: "birdc show protocols all Node_10_0_0_50 | grep -E 'Hold|Keepalive'"}, expect: {matches: "Hold timer: +240\n +Keepalive timer: +5\n"}}
        """,
        """
        ---
        apiVersion: projectcalico.org/v3
        kind: BGPPeer
        metadata: {name: tor}
        spec: {node: n1, peerIP: 10.0.0.50, asNumber: 65001, keepaliveTime: 5s}
        """);

    [Theory]
    [InlineData("Drop", "-j DROP", "denied")]
    [InlineData("Reject", "-j REJECT --reject-with icmp-port-unreachable", "denied")]
    [InlineData("Disabled", null, "lost: NoRoute")]
    public void An_address_of_the_services_ranges_that_no_service_has_does_not_go_round(string prevention, string? target, string seen) => Succeeds(
        "    routes: [{to: 10.96.0.0/12, via: 10.0.0.11}]",
        $$"""
          - at: converged
            exec: {in: n1, command: "iptables -S cali-cidr-block | tail -n 1"}
            expect: {stdout: "{{(target is null ? "-N cali-cidr-block" : $"-A cali-cidr-block -d 10.96.0.0/12 {target}")}}\n"}
          - connect: {from: tor, to: 10.96.7.7, port: 80}
            expect: "{{seen}}"
        """,
        $$"""
        ---
        apiVersion: projectcalico.org/v3
        kind: BGPConfiguration
        metadata: {name: default}
        spec: {serviceClusterIPs: [{cidr: 10.96.0.0/12}]}
        ---
        apiVersion: projectcalico.org/v3
        kind: FelixConfiguration
        metadata: {name: default}
        spec: {serviceLoopPrevention: {{prevention}} }
        """);

    [Fact]
    public void Hooks_that_are_appended_stand_behind_the_rules_of_others() => Succeeds(
        string.Empty,
        """
          - {at: converged, exec: {in: n1, command: "iptables -A FORWARD -s 9.9.9.9/32 -j DROP"}, expect: {exit: 0}}
          - {wait: 181s}
          - {exec: {in: n1, command: "iptables -S FORWARD | head -n 3 | tail -n 2"}, expect: {stdout: "-A FORWARD -s 9.9.9.9/32 -j DROP\n-A FORWARD -j cali-FORWARD\n"}}
        """,
        """
        ---
        apiVersion: projectcalico.org/v3
        kind: FelixConfiguration
        metadata: {name: default}
        spec: {chainInsertMode: Append}
        """);

    [Theory]
    [InlineData("Any", 1)]
    [InlineData("Disabled", 0)]
    public void A_pod_may_send_from_further_sources_only_where_spoofing_is_allowed(string spoofing, int received) => Succeeds(
        "    routes: [{to: 198.51.100.0/24, via: 10.0.0.12}]",
        """
          - {at: converged, exec: {in: n2/default.b, command: "ip addr add 198.51.100.7/32 dev eth0"}, expect: {exit: 0}}
          - {udp: {from: n2/default.b, to: 10.0.0.50, port: 9, source: 198.51.100.7, timeout: 1s, listen: [{at: tor, port: 9}]}}
        """,
        $$"""
        ---
        apiVersion: projectcalico.org/v3
        kind: FelixConfiguration
        metadata: {name: default}
        spec: {workloadSourceSpoofing: {{spoofing}} }
        """,
        """cni.projectcalico.org/allowedSourcePrefixes: '["198.51.100.0/24"]'""",
        received);

    [Fact]
    public void A_floating_address_of_a_pool_is_announced_and_reaches_its_pod_until_floating_addresses_are_off() => Succeeds(
        string.Empty,
        """
          - {at: converged, exec: {in: n1, command: "ip route show 10.66.0.9"}, expect: {matches: "10.66.0.9 via 10.0.0.12 dev eth0 proto bird"}}
          - {connect: {from: "pod:default/a", to: 10.66.0.9, port: 80}, expect: allowed}
          - {patch: {apiVersion: projectcalico.org/v3, kind: FelixConfiguration, name: default, spec: {floatingIPs: Disabled}}, expect: {outcome: patched}}
          - {at: converged, exec: {in: n1, command: "ip route show 10.66.0.9"}, expect: {stdout: ""}}
          - {exec: {in: n2, command: "ip route show 10.66.0.9"}, expect: {stdout: ""}}
        """,
        """
        ---
        apiVersion: projectcalico.org/v3
        kind: FelixConfiguration
        metadata: {name: default}
        spec: {floatingIPs: Enabled}
        ---
        apiVersion: projectcalico.org/v3
        kind: IPPool
        metadata: {name: floating}
        spec: {cidr: 10.66.0.0/24, assignmentMode: Manual}
        """,
        """cni.projectcalico.org/floatingIPs: '["10.66.0.9"]'""");

    [Fact]
    public void Where_the_operator_runs_no_BGP_there_is_no_session_and_VXLAN_goes_on() => Succeeds(
        string.Empty,
        """
          - {at: converged, exec: {in: n1, command: "ip route"}, expect: {matches: "dev vxlan.calico onlink"}}
          - {exec: {in: n1, command: "ss -tn | grep -c 179"}, expect: {stdout: "0\n"}}
          - {connect: {from: "pod:default/a", to: "pod:default/b", port: 80}, expect: allowed}
        """,
        """
        ---
        apiVersion: operator.tigera.io/v1
        kind: Installation
        metadata: {name: default}
        spec: {calicoNetwork: {bgp: Disabled, ipPools: [{cidr: 10.65.0.0/16, encapsulation: VXLAN}]}}
        """,
        pool: string.Empty);

    /// <summary>Nothing listens in the Pod: what reaches it is refused.</summary>
    [Fact]
    public void Only_the_source_ranges_come_by_a_load_balancer_address() => Succeeds(
        "    routes: [{to: 192.0.2.1/32, via: 10.0.0.11}]",
        """
          - {at: converged, tcp: {from: tor, to: 192.0.2.1, port: 80}, expect: refused}
          - {patch: {apiVersion: v1, kind: Service, name: web, namespace: default, spec: {loadBalancerSourceRanges: [10.0.0.0/24]}}, expect: {outcome: patched}}
          - {at: converged, tcp: {from: tor, to: 192.0.2.1, port: 80}, expect: refused}
          - {patch: {apiVersion: v1, kind: Service, name: web, namespace: default, spec: {loadBalancerSourceRanges: [10.1.0.0/24]}}, expect: {outcome: patched}}
          - {at: converged, tcp: {from: tor, to: 192.0.2.1, port: 80}, expect: timeout}
          - {exec: {in: n1, command: "iptables -nvL KUBE-PROXY-FIREWALL | grep -c DROP"}, expect: {stdout: "1\n"}}
        """,
        """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {type: LoadBalancer, selector: {app: b}, ports: [{port: 80}]}
        status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}
        """);

    private static void Succeeds(string bgp, string steps, string objects, string annotations = "", int received = -1, string? pool = null)
    {
        string text = Cluster
            .Replace("BGP", bgp, System.StringComparison.Ordinal)
            .Replace("STEPS", steps, System.StringComparison.Ordinal)
            .Replace("ANNOTATIONS", annotations, System.StringComparison.Ordinal);
        if (pool is not null)
        {
            text = text.Replace(
                "---\napiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: pods}\nspec: {cidr: 10.65.0.0/16}\n", pool, System.StringComparison.Ordinal);
        }

        CommandRun run = CommandRun.WithInput(text + objects, "run", "-", "--json");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        if (received >= 0)
        {
            using System.Text.Json.JsonDocument result = System.Text.Json.JsonDocument.Parse(run.Output);
            System.Text.Json.JsonElement last = System.Linq.Enumerable.Last(result.RootElement.GetProperty("steps").EnumerateArray());
            Assert.Equal(received, last.GetProperty("outcome").GetProperty("received").GetArrayLength());
        }
    }
}
