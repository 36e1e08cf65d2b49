using System.Text.Json;

namespace Netemu.Tests;

/// <summary>A running cluster, through the command line: changes, repairs, explanations, kubectl and calicoctl.</summary>
public sealed class ClusterTests
{
    private const string Head =
        """
        apiVersion: netemu/v1
        kind: Topology
        metadata: {name: cluster-test}
        cluster: {nodes: {n1: {ip: "10.0.0.11/24"}, n2: {ip: "10.0.0.12/24"}}SERVICE}
        steps:

        """;

    private const string Objects =
        """
        ---
        apiVersion: projectcalico.org/v3
        kind: IPPool
        metadata: {name: pods}
        spec: {cidr: 10.65.0.0/16, ipipMode: Never, vxlanMode: Never}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: x, namespace: a, labels: {app: x}}
        spec: {nodeName: n1, containers: [{name: main, image: shell}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: y, namespace: a, labels: {app: y}}
        spec: {nodeName: n2, containers: [{name: main, image: shell}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: only-80, namespace: a}
        spec: {podSelector: {matchLabels: {app: y}}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]}

        """;

    [Fact]
    public void Tables_and_sets_that_somebody_changed_by_hand_are_repaired_at_the_refresh_interval() => Succeeds(
        """
          - {at: converged, connect: {from: "pod:a/x", to: "pod:a/y", port: 22}, expect: denied}
          - {exec: {in: n2, command: "iptables -I FORWARD 1 -j ACCEPT"}, expect: {exit: 0}}
          - {connect: {from: "pod:a/x", to: "pod:a/y", port: 22}, expect: allowed}
          - {wait: 181s}
          - {connect: {from: "pod:a/x", to: "pod:a/y", port: 22}, expect: denied}
          - {exec: {in: n2, command: "iptables -F cali-FORWARD"}, expect: {exit: 0}}
          - {exec: {in: n2, command: "iptables -S cali-FORWARD | wc -l"}, expect: {stdout: "1\n"}}
          - {wait: 181s}
          - {exec: {in: n2, command: "iptables -S cali-FORWARD | wc -l"}, expect: {stdout: "7\n"}}
          - {connect: {from: "pod:a/x", to: "pod:a/y", port: 22}, expect: denied}
        """);

    [Fact]
    public void The_outside_does_not_own_what_the_cluster_gives_out() => Succeeds(
        """
          - {at: converged, ping: {from: o, to: 8.8.8.8, count: 1}, expect: reply}
          - {ping: {from: o, to: "pod:a/x", count: 1}, expect: {errno: EHOSTUNREACH}}
          - {connect: {from: 8.8.8.8, to: "pod:a/x", port: 80}, expect: {outcome: "!=allowed"}}
        nodes: {o: {kind: outside, interfaces: {e: {ip: [10.0.0.254/24]}}}}
        links: [{endpoints: ["o:e", "segment:p9"]}]

        """);

    [Fact]
    public void Routes_that_somebody_removed_are_put_back() => Succeeds(
        """
          - {at: converged, exec: {in: n2, command: "ip route flush proto boot"}}
          - {connect: {from: "pod:a/x", to: "pod:a/y", port: 80}, expect: "lost: NoRoute"}
          - {wait: 91s}
          - {connect: {from: "pod:a/x", to: "pod:a/y", port: 80}, expect: allowed}
        """);

    [Fact]
    public void The_connections_of_a_pod_that_goes_are_deleted_and_established_ones_outlive_a_policy_change() => Succeeds(
        """
          - {at: converged, connect: {from: "pod:a/x", to: "pod:a/y", port: 80}, expect: allowed}
          - {patch: {kind: NetworkPolicy, namespace: a, name: only-80, spec: {ingress: []}}, expect: {outcome: patched}}
          - {at: converged, connect: {from: "pod:a/x", to: "pod:a/y", port: 80}, expect: denied}
          - {connect: {from: "pod:a/x", to: "pod:a/y", port: 80, state: established}, expect: allowed}
          - {exec: {in: n2, command: "conntrack -L | grep 'dport=80 ' | grep -c ESTABLISHED"}, expect: {stdout: "1\n"}}
          - {delete: {kind: Pod, namespace: a, name: "y"}}
          - {at: converged, exec: {in: n2, command: "conntrack -L | grep 'dport=80 ' | grep -c ESTABLISHED"}, expect: {stdout: "0\n"}}
        """);

    [Fact]
    public void What_a_command_has_said_of_a_nodes_neighbours_stays_when_resources_change_and_they_have_their_effect() => Succeeds(
        """
          - {at: converged, exec: {in: n1, command: "vtysh -c 'conf t' -c 'router bgp 64512' -c 'neighbor 10.0.0.12 description two' -c 'network 172.30.0.0/24'"}, expect: {exit: 0}}
          - apply:
              - {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: tor}, spec: {node: n1, peerIP: 10.0.0.99, asNumber: 65099}}
          - {at: converged, exec: {in: n1, command: "vtysh -c 'show running-config'"}, expect: {matches: "\n neighbor 10.0.0.12 description two\n(.*\n)*.*neighbor 10.0.0.99 remote-as 65099\n"}}
          - {exec: {in: n1, command: "vtysh -c 'show bgp summary'"}, expect: {matches: "10.0.0.12 .*two\n10.0.0.99 .* 65099 "}}
          - {exec: {in: n1, command: "vtysh -c 'show bgp ipv4 unicast 172.30.0.0/24'"}, expect: {matches: "sourced, local, best"}}
          - {delete: {kind: BGPPeer, name: tor}}
          - {at: converged, exec: {in: n1, command: "vtysh -c 'show bgp summary'"}, expect: {matches: "10.0.0.12 .*two\n\nTotal number of neighbors 1"}}
        """);

    [Fact]
    public void A_nodes_BIRD_takes_what_a_route_server_passes_on_and_knows_nothing_of_graceful_shutdown() => Succeeds(
        """
          - apply:
              - {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: rs}, spec: {node: n1, peerIP: 10.0.0.254, asNumber: 65099}}
          - {at: converged, exec: {in: n1, command: "vtysh -c 'show bgp ipv4 unicast 172.31.0.0/24'"}, expect: {matches: "\n  65050\n(.*\n)*.*Origin IGP, valid, external(.*\n)*.*Community: graceful-shutdown"}}
          - {exec: {in: n1, command: "vtysh -c 'show bgp ipv4 unicast 172.31.0.0/24' | grep -c 'localpref 0'"}, expect: {stdout: "0\n"}}
        nodes:
          o:
            kind: router
            interfaces: {e: {ip: [10.0.0.254/24]}}
            bgp:
              asn: 65099
              neighbors: [{peer: 10.0.0.11, asn: 64512, route-server-client: true, export: passed}]
              networks: [172.31.0.0/24]
              policies: {passed: [{set: {prepend: [65050], communities: [graceful-shutdown]}}]}
        links: [{endpoints: ["o:e", "segment:p9"]}]

        """);

    [Fact]
    public void A_nodes_BIRD_merges_equal_ways_through_different_ASes() => Succeeds(
        """
          - apply:
              - {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: t1}, spec: {node: n1, peerIP: 10.0.0.251, asNumber: 65001}}
              - {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: t2}, spec: {node: n1, peerIP: 10.0.0.252, asNumber: 65002}}
          - {at: converged, exec: {in: n1, command: "ip route show 172.31.0.0/24"}, expect: {matches: "nexthop via 10.0.0.251 (.*\n)*.*nexthop via 10.0.0.252 "}}
        nodes:
          t1: {kind: router, interfaces: {e: {ip: [10.0.0.251/24]}}, bgp: {asn: 65001, neighbors: [{peer: 10.0.0.11, asn: 64512}], networks: [172.31.0.0/24]}}
          t2: {kind: router, interfaces: {e: {ip: [10.0.0.252/24]}}, bgp: {asn: 65002, neighbors: [{peer: 10.0.0.11, asn: 64512}], networks: [172.31.0.0/24]}}
        links: [{endpoints: ["t1:e", "segment:p9"]}, {endpoints: ["t2:e", "segment:p10"]}]

        """);

    [Fact]
    public void An_invalid_object_is_rejected_and_the_old_one_stays() => Succeeds(
        """
          - apply:
              apiVersion: networking.k8s.io/v1
              kind: NetworkPolicy
              metadata: {name: only-80, namespace: a}
              spec: {podSelector: {}, ingress: [{ports: [{port: 99999}]}]}
            expect: {outcome: rejected}
          - {at: converged, connect: {from: "pod:a/x", to: "pod:a/y", port: 80}, expect: allowed}
        """);

    [Fact]
    public void With_service_times_an_update_opens_windows_that_are_counted()
    {
        CommandRun run = Run(
            """
              - {at: converged, exec: {in: n2, command: "calicoctl node status"}}
              - {patch: {kind: NetworkPolicy, namespace: a, name: only-80, spec: {ingress: [{from: [{podSelector: {matchLabels: {app: z}}}], ports: [{port: 80}]}]}}}
              - {connect: {from: "pod:a/x", to: "pod:a/y", port: 80}, expect: allowed}
              - {at: converged, connect: {from: "pod:a/x", to: "pod:a/y", port: 80}, expect: denied}
              - {exec: {in: n2, command: "calicoctl node status"}, expect: {matches: " [1-9][0-9]* windows"}}
            """,
            ", service-time: calibrated");

        Assert.True(run.ExitCode == 0, run.Error);
    }

    [Fact]
    public void Kubectl_prints_the_columns_of_the_real_one_with_ages_in_virtual_time() => Succeeds(
        """
          - {at: 125s, exec: {in: n1, command: "kubectl get nodes"}, expect: {stdout: "NAME   STATUS   ROLES    AGE    VERSION\nn1     Ready    <none>   2m5s   netemu\nn2     Ready    <none>   2m5s   netemu\n"}}
          - {exec: {in: n1, command: "kubectl get pods -n a"}, expect: {stdout: "NAME   READY   STATUS    RESTARTS   AGE\nx      1/1     Running   0          2m5s\ny      1/1     Running   0          2m5s\n"}}
          - {exec: {in: n1, command: "kubectl get pods -n a -o wide --no-headers | head -1 | awk '{print $1,$5,$7,$8,$9}'"}, expect: {stdout: "x 2m5s n1 <none> <none>\n"}}
          - {exec: {in: n1, command: "kubectl get pods -A -l 'app in (x),!gone' --show-labels"}, expect: {stdout: "NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE    LABELS\na           x      1/1     Running   0          2m5s   app=x\n"}}
          - {exec: {in: n1, command: "kubectl get netpol -n a"}, expect: {stdout: "NAME      POD-SELECTOR   AGE\nonly-80   app=y          2m5s\n"}}
          - {exec: {in: n1, command: "kubectl get pods,netpol -n a -l app=x"}, expect: {stdout: "NAME    READY   STATUS    RESTARTS   AGE\npod/x   1/1     Running   0          2m5s\n"}}
          - {apply: [{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: a}, spec: {replicas: 1, template: {}}}]}
          - {wait: 60s}
          - {exec: {in: n1, command: "kubectl get deploy -n a"}, expect: {stdout: "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    1/1     1            1           60s\n"}}
          - {exec: {in: n1, command: "kubectl scale -n a deploy/web --replicas=2"}, expect: {stdout: "deployment.apps/web scaled\n"}}
          - {exec: {in: n1, command: "kubectl get pods -n a | grep web | awk '{print $1, $5}'"}, expect: {stdout: "web-0 60s\nweb-1 0s\n"}}
          - {exec: {in: n1, command: "kubectl get pods -n a x nix"}, expect: {exit: 1, stderr: "Error from server (NotFound): pods \"nix\" not found\n"}}
          - {exec: {in: n1, command: "kubectl get pods -n a -o 'jsonpath={.items[*].metadata.name}'"}, expect: {stdout: "web-0 web-1 x y"}}
          - {exec: {in: n1, command: "kubectl get endpoints -n a"}, expect: {exit: 1, stderr: "error: the server doesn't have a resource type \"endpoints\"\nhint: ask for endpointslices\n"}}
          - {exec: {in: n1, command: "calicoctl version"}, expect: {exit: 1, stderr: "Unknown command: \"version\"\n"}}
          - {exec: {in: n1, command: "calicoctl ipam shw"}, expect: {exit: 1, stderr: "Unknown command: \"ipam shw\"\nhint: did you mean \"show\"?\n"}}
          - {exec: {in: n1, command: "kubectl get pod x -n a -o jsonpath={.metadata.labels.app}/{.spec.nodeName}"}, expect: {stdout: "x/n1"}}
        """);

    [Fact]
    public void Calicoctl_prints_the_columns_of_the_real_one() => Succeeds(
        """
          - {at: converged, exec: {in: n1, command: "calicoctl get wep -n a -o wide | awk '{print $1, $2, $3, $5, $6}'"}, expect: {stdout: "NAME WORKLOAD NODE INTERFACE PROFILES\nn1-k8s-x-eth0 x n1 cali41c079ca3d8 kns.a,ksa.a.default\nn2-k8s-y-eth0 y n2 cali9991733e558 kns.a,ksa.a.default\n    \n"}}
          - {exec: {in: n1, command: "calicoctl get wep -n a n1-k8s-x-eth0 -o yaml | grep -E '  (pod|workload|serviceAccountName|orchestrator):'"}, expect: {stdout: "  orchestrator: k8s\n  pod: x\n  serviceAccountName: default\n"}}
          - {exec: {in: n1, command: "calicoctl get ippool"}, expect: {stdout: "NAME   CIDR           SELECTOR\npods   10.65.0.0/16   all()\n\n"}}
          - {exec: {in: n1, command: "calicoctl get ippool -o yaml | head -2"}, expect: {stdout: "apiVersion: projectcalico.org/v3\nkind: IPPoolList\n"}}
          - {exec: {in: n1, command: "calicoctl get nodes -o wide"}, expect: {stdout: "NAME   ASN       IPV4           IPV6\nn1     (64512)   10.0.0.11/24\nn2     (64512)   10.0.0.12/24\n\n"}}
          - {exec: {in: n1, command: "calicoctl get profiles | grep kns.a"}, expect: {stdout: "kns.a\n"}}
          - exec: {in: n1, command: "calicoctl ipam show"}
            expect: {stdout: "+----------+--------------+-----------+------------+--------------+--------------+\n| GROUPING | CIDR         | IPS TOTAL | IPS IN USE | IPS RESERVED | IPS FREE     |\n+----------+--------------+-----------+------------+--------------+--------------+\n| IP Pool  | 10.65.0.0/16 |     65536 |     2 (0%) |       0 (0%) | 65534 (100%) |\n+----------+--------------+-----------+------------+--------------+--------------+\n"}
          - {exec: {in: n1, command: "calicoctl node status"}, expect: {matches: "\\| 10.0.0.12    \\| node-to-node mesh \\| up    \\| 00:00:0[0-9] \\| Established \\|"}}
          - {exec: {in: n1, command: "calicoctl get wep nix"}, expect: {exit: 1}}
        """);

    [Fact]
    public void Kubectl_and_calicoctl_change_the_cluster() => Succeeds(
        """
          - {at: converged, exec: {in: n1, command: "kubectl get pods -n a -o name"}, expect: {stdout: "pod/x\npod/y\n"}}
          - {exec: {in: n1, command: "kubectl label pod x -n a team=blue"}, expect: {stdout: "pod/x labeled\n"}}
          - {exec: {in: n1, command: "kubectl get pod x -n a -o yaml | grep blue"}, expect: {stdout: "    team: blue\n"}}
          - {exec: {in: n1, command: "kubectl exec -n a x -- ping -c 1 10.65.0.99"}, expect: {exit: 1}}
          - {exec: {in: n1, command: "calicoctl patch ippool pods -p '{\"spec\": {\"natOutgoing\": true}}'"}, expect: {exit: 0}}
          - {exec: {in: n1, command: "calicoctl get ippool pods -o json | grep natOutgoing"}, expect: {stdout: "    \"natOutgoing\": true\n"}}
          - {exec: {in: n1, command: "kubectl delete networkpolicy only-80 -n a"}, expect: {stdout: "networkpolicy.networking.k8s.io/only-80 deleted\n"}}
          - {at: converged, connect: {from: "pod:a/x", to: "pod:a/y", port: 22}, expect: allowed}
          - {exec: {in: n1, command: "kubectl get widgets"}, expect: {exit: 1}}
          - {exec: {in: n1, command: "calicoctl ipam check"}, expect: {exit: 0}}
        """);

    [Fact]
    public void Verdicts_are_explained_without_running()
    {
        string topology = Head.Replace("SERVICE", string.Empty, System.StringComparison.Ordinal).Replace("steps:\n", string.Empty, System.StringComparison.Ordinal) + Objects;

        CommandRun reach = CommandRun.WithInput(topology, "explain", "reach", "-", "pod:a/x", "pod:a/y:22", "--json");
        CommandRun policy = CommandRun.WithInput(topology, "explain", "policy", "-", "pod:a/y");
        CommandRun matrix = CommandRun.WithInput(topology, "matrix", "-", "--port", "80", "--json");
        CommandRun bird = CommandRun.WithInput(topology, "inspect", "bird-config", "-", "n1");

        using JsonDocument reached = JsonDocument.Parse(reach.Output);
        JsonElement way = reached.RootElement.GetProperty("ways")[0];
        Assert.Equal("denied", way.GetProperty("verdict").GetString());
        Assert.Equal("remove label app=y of pod a/y", way.GetProperty("toTurnItAround").GetString());
        Assert.Contains("NetworkPolicy/a/only-80", policy.Output, System.StringComparison.Ordinal);
        using JsonDocument pairs = JsonDocument.Parse(matrix.Output);
        Assert.Equal(4, pairs.RootElement.GetProperty("pairs").GetArrayLength());
        Assert.Contains("protocol bgp Mesh_10_0_0_12 from bgp_template {", bird.Output, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Racks_need_no_named_nodes()
    {
        CommandRun run = CommandRun.WithInput(
            """
            apiVersion: netemu/v1
            kind: Topology
            metadata: {name: racks}
            cluster: {racks: 2, nodesPerRack: 3}
            steps:
              - {at: converged, ping: {from: rack1-node1, to: rack2-node3, count: 1}, expect: {received: 1}}
              - {exec: {in: rack2-node3, command: "kubectl get nodes -o name"}, expect: {matches: "node/rack1-node1"}}
              - {bgp: {in: rack1-node1, peer: rack2-node3}, expect: {state: established}}
            ---
            apiVersion: projectcalico.org/v3
            kind: IPPool
            metadata: {name: pods}
            spec: {cidr: 10.128.0.0/16, ipipMode: Never, vxlanMode: Never}
            """,
            "run", "-");

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void A_services_client_comes_back_to_the_same_backend_for_as_long_as_its_affinity_lasts() => Succeeds(
        """
          - {at: converged, wait: 1s}
          - {connect: {from: "pod:a/x", to: "svc:a/s", port: 80}, expect: allowed}
          - {connect: {from: "pod:a/x", to: "svc:a/s", port: 80}, expect: allowed}
          - {connect: {from: "pod:a/x", to: "svc:a/s", port: 80}, expect: allowed}
          - {connect: {from: "pod:a/x", to: "svc:a/s", port: 80}, expect: allowed}
          - {connect: {from: "pod:a/x", to: "svc:a/s", port: 80}, expect: allowed}
          - {connect: {from: "pod:a/x", to: "svc:a/s", port: 80}, expect: allowed}
          - {connect: {from: "pod:a/x", to: "svc:a/s", port: 80}, expect: allowed}
          - {connect: {from: "pod:a/x", to: "svc:a/s", port: 80}, expect: allowed}
          - {exec: {in: n1, command: "iptables -t nat -nvL | grep 'to:10.65.0.101' | awk '{print $1}'"}, expect: {matches: "^(0|8)"}}
          - {exec: {in: n1, command: "iptables -t nat -nvL | grep 'to:10.65.0.102' | awk '{print $1}'"}, expect: {matches: "^(0|8)"}}
        """,
        """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: s, namespace: a}
        spec: {clusterIP: 10.96.0.10, selector: {app: back}, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: b1, namespace: a, labels: {app: back}, annotations: {cni.projectcalico.org/ipAddrs: '["10.65.0.101"]'}}
        spec: {nodeName: n2, containers: [{name: main, image: shell}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: b2, namespace: a, labels: {app: back}, annotations: {cni.projectcalico.org/ipAddrs: '["10.65.0.102"]'}}
        spec: {nodeName: n2, containers: [{name: main, image: shell}]}

        """);

    [Fact]
    public void A_change_is_measured_from_the_store_to_the_last_node_that_has_it_in_force()
    {
        CommandRun run = CommandRun.WithInput(
            Head.Replace("SERVICE", string.Empty, System.StringComparison.Ordinal)
                + """
                  - {at: converged, patch: {kind: NetworkPolicy, namespace: a, name: only-80, spec: {ingress: []}}}
                  - {wait: 100ms}

                """
                + Objects,
            "run",
            "-",
            "--json");

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        JsonElement change = JsonDocument.Parse(run.Output).RootElement.GetProperty("changes")[0];
        Assert.Equal("KubernetesNetworkPolicy/a/only-80", change.GetProperty("objects")[0].GetString());

        // 1 ms from the store to the node's watch; only the node of the Pod that the policy selects has work.
        Assert.Equal(0.001m, change.GetProperty("convergence").GetDecimal());
        Assert.Equal(1, change.GetProperty("nodes").GetInt32());
    }

    [Fact]
    public void A_machine_that_comes_with_a_Node_object_is_plugged_in_and_stays_through_a_restart() => Succeeds(
        """
          - apply:
              - {apiVersion: v1, kind: Node, metadata: {name: n3}, status: {addresses: [{type: InternalIP, address: 10.0.0.13}]}}
              - {apiVersion: v1, kind: Pod, metadata: {name: z, namespace: a}, spec: {nodeName: n3, containers: [{name: main, image: shell}]}}
            expect: applied
          - {at: converged, ping: {from: "pod:a/x", to: "pod:a/z", count: 1}, expect: {received: 1}}
          - {node: {name: n3, state: down}}
          - {node: {name: n3, state: up}}
          - {at: converged, ping: {from: "pod:a/x", to: "pod:a/z", count: 1}, expect: {received: 1}}
        """);

    [Theory]
    [InlineData("{apiVersion: v1, kind: Node, metadata: {name: n9}, status: {addresses: [{type: InternalIP, address: 10.9.0.13}]}}", "has a subnet with 10.9.0.13")]
    [InlineData("{apiVersion: v1, kind: Node, metadata: {name: n9}, status: {addresses: [{type: InternalIP, address: 10.0.0.11}]}}", "another machine's address")]
    [InlineData("{apiVersion: v1, kind: Node, metadata: {name: n9}, status: {addresses: [{type: InternalIP, address: 10.0.0.1}]}}", "another machine's address")]
    [InlineData("{apiVersion: v1, kind: Node, metadata: {name: segment}, status: {addresses: [{type: InternalIP, address: 10.0.0.13}]}}", "is a bridge of the topology")]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {nodeName: n7, containers: [{name: c, image: i}]}}", "unknown node 'n7'")]
    [InlineData("{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: pods}, spec: {cidr: 10.66.0.0/16}}", "cidr and blockSize cannot be changed")]
    [InlineData("{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: pods}, spec: {cidr: 10.65.0.0/16, blockSize: 28}}", "cidr and blockSize cannot be changed")]
    public void What_cannot_be_is_rejected_with_the_reason(string document, string reason)
    {
        CommandRun run = Run($"  - {{apply: [{document}], expect: {{outcome: rejected, applied: 0}}}}", string.Empty, "--json");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        string? told = JsonDocument.Parse(run.Output).RootElement.GetProperty("steps")[0].GetProperty("outcome").GetProperty("rejected")[0].GetString();
        Assert.Contains(reason, told, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Idle_blocks_are_given_back_after_the_grace_period_but_for_a_nodes_last() => Succeeds(
        """
          - apply: [{apiVersion: v1, kind: Pod, metadata: {name: b1, namespace: s}, spec: {nodeName: n1, containers: [{name: main, image: shell}]}}]
          - apply: [{apiVersion: v1, kind: Pod, metadata: {name: b2, namespace: s}, spec: {nodeName: n1, containers: [{name: main, image: shell}]}}]
          - apply: [{apiVersion: v1, kind: Pod, metadata: {name: b3, namespace: s}, spec: {nodeName: n1, containers: [{name: main, image: shell}]}}]
          - {at: converged, exec: {in: n1, command: "ip route | grep -c 'blackhole 10.66'"}, expect: {stdout: "2\n"}}
          - {delete: {kind: Pod, namespace: s, name: b3}}
          - {wait: 890s}
          - {exec: {in: n1, command: "ip route | grep -c 'blackhole 10.66'"}, expect: {stdout: "2\n"}}
          - {wait: 320s}
          - {exec: {in: n1, command: "ip route | grep -c 'blackhole 10.66'"}, expect: {stdout: "1\n"}}
          - {exec: {in: n2, command: "ip route | grep -c '10.66'"}, expect: {stdout: "1\n"}}
        """,
        """
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: s, annotations: {cni.projectcalico.org/ipv4pools: '["10.66.0.0/24"]'}}}
        ---
        {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: small}, spec: {cidr: 10.66.0.0/24, blockSize: 31, ipipMode: Never, nodeSelector: "!all()"}}

        """);

    [Fact]
    public void Manifests_alone_with_InternalIPs_alone_make_one_segment()
    {
        CommandRun run = CommandRun.WithInput(
            """
            {apiVersion: v1, kind: Node, metadata: {name: w1}, status: {addresses: [{type: InternalIP, address: 172.18.0.2}]}}
            ---
            {apiVersion: v1, kind: Node, metadata: {name: w2}, status: {addresses: [{type: InternalIP, address: 172.18.0.3}]}}
            """,
            "exec", "-", "w1", "--", "ip", "route", "show", "default");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal("default via 172.18.0.1 dev eth0 ", run.Output.TrimEnd('\n'));
    }

    [Fact]
    public void A_segment_without_gateway_joins_the_nodes_and_gives_them_no_default_route()
    {
        CommandRun run = CommandRun.WithInput(
            Head.Replace("SERVICE", ", gateway: false", System.StringComparison.Ordinal)
                + """
                  - {at: converged, ping: {from: n1, to: n2, count: 1}, expect: {received: 1}}
                  - {exec: {in: n1, command: "ip route show default"}, expect: {stdout: ""}}
                  # Linux answers a pod's ARP for 169.254.1.1 only if the node itself has a route for it.
                  - {ping: {from: "pod:a/x", to: "pod:a/y", count: 1, timeout: 5s}, expect: {received: 0}}

                """ + Objects,
            "run", "-");

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    [Fact]
    public void Racks_cannot_be_without_routers()
    {
        CommandRun run = CommandRun.WithInput(
            "apiVersion: netemu/v1\nkind: Topology\nmetadata: {name: racks}\ncluster: {racks: 2, nodesPerRack: 1, gateway: false}\nsteps: []\n",
            "run", "-");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("4:10: error E1507: cluster.gateway is false, but the nodes are in 2 subnets", run.Error, System.StringComparison.Ordinal);
    }

    private static void Succeeds(string steps, string objects)
    {
        CommandRun run = CommandRun.WithInput(
            Head.Replace("SERVICE", string.Empty, System.StringComparison.Ordinal) + steps + "\n" + objects + Objects, "run", "-");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private static void Succeeds(string steps)
    {
        CommandRun run = Run(steps, string.Empty);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private static CommandRun Run(string steps, string more, params string[] options) => CommandRun.WithInput(
        Head.Replace("SERVICE", more, System.StringComparison.Ordinal) + steps + "\n" + Objects, ["run", "-", .. options]);
}
