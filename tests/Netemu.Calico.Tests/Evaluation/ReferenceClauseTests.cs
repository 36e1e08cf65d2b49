using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using static Netemu.Calico.Tests.Evaluation.PolicyScenario;

namespace Netemu.Calico.Tests.Evaluation;

/// <summary>Clauses of the reference (section b) that meet in corners: tiers and ties, scope, families, host endpoints.</summary>
public sealed class ReferenceClauseTests
{
    [Theory]
    [InlineData("kube-admin", "web -> db tcp/1 = deny GlobalNetworkPolicy/s#0")]
    [InlineData("kube-baseline", "web -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    public void The_built_in_tiers_stand_before_and_behind_default(string tier, string line) => Check(
        Global($"tier: {tier}, ingress: [{{action: Deny}}]", "s") + Global("ingress: [{action: Allow}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/s#0")]
    public void Tiers_of_one_order_go_by_name(string line) => Check(
        TierOf("b-tier", "order: 5") + TierOf("a-tier", "order: 5")
            + Global("tier: b-tier, ingress: [{action: Allow}]", "t") + Global("tier: a-tier, ingress: [{action: Deny}]", "s"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    public void A_tier_where_all_that_select_are_staged_has_no_end(string line) => Check(
        TierOf("sec", "order: 1")
            + "{apiVersion: projectcalico.org/v3, kind: StagedGlobalNetworkPolicy, metadata: {name: s}, spec: {tier: sec, ingress: [{action: Deny}]}}\n---\n"
            + Red("ingress: [{action: Allow}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end sec")]
    public void One_that_is_enforced_beside_a_staged_one_gives_the_tier_its_end(string line) => Check(
        TierOf("sec", "order: 1")
            + "{apiVersion: projectcalico.org/v3, kind: StagedGlobalNetworkPolicy, metadata: {name: s}, spec: {tier: sec, ingress: [{action: Allow}]}}\n---\n"
            + Global("tier: sec, ingress: [{action: Allow, protocol: UDP}]") + Red("ingress: [{action: Allow}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#1")]
    [InlineData("web -> db udp/1 = deny end default")]
    public void Pass_leaves_the_tier_even_before_a_rule_that_would_have_matched(string line) => Check(
        TierOf("sec", "order: 1") + Global("tier: sec, ingress: [{action: Pass, protocol: TCP}, {action: Deny, protocol: TCP}, {action: Pass}]")
            + Red("ingress: [{action: Deny, protocol: UDP, destination: {ports: [9]}}, {action: Allow, protocol: TCP}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/a#0")]
    public void A_negative_and_a_broken_order_are_orders_too(string line) => Check(
        Global("order: 0.5, ingress: [{action: Allow}]", "b") + Global("order: -1, ingress: [{action: Deny}]", "a"), line);

    [Theory]
    [InlineData("types: [Ingress, Egress], ingress: [{action: Allow}], egress: [{action: Allow}]", "db -> out tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("ingress: [{action: Allow}], egress: [{action: Deny}]", "db -> out tcp/1 = deny NetworkPolicy/red/p#0")]
    [InlineData("types: [Ingress], egress: [{action: Deny}]", "db -> out tcp/1 = allow profile kns.red")]
    [InlineData("types: [Egress], ingress: [{action: Deny}]", "web -> db tcp/1 = allow profile kns.red")]
    [InlineData("types: [Egress]", "db -> out tcp/1 = deny end default")]
    [InlineData("ingress: []", "web -> db tcp/1 = deny end default")]
    public void Types_are_what_is_said_or_else_follow_the_rules(string spec, string line) => Check(Red($"selector: app == 'db', {spec}"), line);

    [Theory]
    [InlineData("disableConntrackInvalidCheck: false", "web -> db tcp/1 invalid = deny InvalidState")]
    [InlineData("disableConntrackInvalidCheck: true", "web -> db tcp/1 invalid = allow profile kns.red")]
    public void Packets_that_conntrack_calls_invalid_are_dropped_unless_disabled(string setting, string line) => Check(
        $"{{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {{name: default}}, spec: {{{setting}}}}}", line);

    [Theory]
    [InlineData("selector: has(nothing)", "web -> db tcp/1 = allow profile kns.red")]
    [InlineData("namespaceSelector: all()", "web -> db tcp/1 = deny end default")]
    [InlineData("namespaceSelector: global()", "web -> db tcp/1 = allow profile kns.red")]
    [InlineData("namespaceSelector: team == 'b'", "web -> db tcp/1 = allow profile kns.red")]
    [InlineData("namespaceSelector: team == 'b'", "web -> cli tcp/1 = deny end default")]
    [InlineData("serviceAccountSelector: level == 'high'", "web -> db tcp/1 = allow profile kns.red")]
    [InlineData("serviceAccountSelector: level == 'high'", "db -> web tcp/1 = deny end default")]
    public void A_global_policy_selects_by_all_its_selectors(string spec, string line) => Check(Global($"types: [Ingress], {spec}"), line);

    [Theory]
    [InlineData("selector: all()", "cli -> db tcp/1 = deny end default")]
    [InlineData("selector: all()", "vm -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("selector: all(), namespaceSelector: all()", "cli -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("selector: app == 'cli', namespaceSelector: team == 'b'", "cli -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("selector: app == 'cli', namespaceSelector: team == 'r'", "cli -> db tcp/1 = deny end default")]
    [InlineData("selector: kind == 'corp', namespaceSelector: global()", "corp -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("selector: kind == 'host', namespaceSelector: global()", "host -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("namespaceSelector: projectcalico.org/name == 'blue'", "cli -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("serviceAccounts: {names: [front]}, namespaceSelector: team == 'b'", "web -> db tcp/1 = deny end default")]
    [InlineData("nets: [7.7.7.7/32]", "out -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("nets: [7.7.7.7/32], selector: all()", "out -> db tcp/1 = deny end default")]
    [InlineData("nets: [10.0.0.0/30], selector: app == 'web'", "web -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("notNets: [10.0.0.0/30]", "vm -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("notNets: [10.0.0.0/30]", "web -> db tcp/1 = deny end default")]
    [InlineData("notNets: ['fd00::/8']", "web -> db tcp/1 = deny end default")]
    [InlineData("notNets: ['fd00::/8', 8.0.0.0/8]", "web -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("notNets: [0.0.0.0/0, 'fd00::/8']", "web -> db tcp/1 = deny end default")]
    public void The_peer_of_a_namespaced_rule(string source, string line) =>
        Check(Red($"selector: app == 'db', types: [Ingress], ingress: [{{action: Allow, source: {{{source}}}}}]"), line);

    [Theory]
    [InlineData("SCTP", "web -> db sctp/9 = allow NetworkPolicy/red/p#0")]
    [InlineData("SCTP", "web -> db tcp/9 = deny end default")]
    [InlineData("UDPLite", "web -> db 136 = allow NetworkPolicy/red/p#0")]
    [InlineData("ICMPv6", "web -> db 58 = allow NetworkPolicy/red/p#0")]
    [InlineData("255", "web -> db 255 = allow NetworkPolicy/red/p#0")]
    public void Protocols_by_name_and_number(string protocol, string line) =>
        Check(Red($"selector: app == 'db', ingress: [{{action: Allow, protocol: {protocol}}}]"), line);

    [Theory]
    [InlineData("web -> db icmp/3 = deny end default")]
    [InlineData("web -> db icmp/8 = allow NetworkPolicy/red/p#0")]
    public void An_icmp_code_counts_with_its_type(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: ICMP, icmp: {type: 8, code: 0}}]"), line);

    [Theory]
    [InlineData("web -> db sctp/9 = allow NetworkPolicy/red/p#0")]
    [InlineData("web -> db sctp/10 = deny end default")]
    public void Sctp_has_ports(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: SCTP, destination: {ports: [9]}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/8080 = deny end default")]
    [InlineData("web -> db tcp/53 = deny end default")]
    [InlineData("web -> db tcp/5432 = allow NetworkPolicy/red/p#0")]
    public void A_port_without_a_name_or_of_another_protocol_is_no_named_port(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: TCP, destination: {ports: [sql, dns, '8080x']}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/5432 from 80 = allow NetworkPolicy/red/p#0")]
    [InlineData("web -> db tcp/5432 from 81 = deny end default")]
    [InlineData("vm -> db tcp/5432 from 80 = deny end default")]
    public void A_named_source_port_is_the_senders(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: TCP, source: {ports: [http]}}]"), line);

    [Theory]
    [InlineData("name: db, namespace: blue", "web -> db tcp/5432 = deny end default")]
    [InlineData("name: db, namespace: red", "web -> db tcp/5432 = allow profile kns.red")]
    [InlineData("name: none", "web -> db tcp/5432 = deny end default")]
    public void A_services_namespace_is_the_policys_unless_said(string service, string line) =>
        Check(Red($"selector: app == 'web', types: [Egress], egress: [{{action: Allow, destination: {{services: {{{service}}}}}}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    [InlineData("out -> db tcp/1 = deny end default")]
    public void An_endpoint_without_expected_addresses_is_in_no_selector(string line) => Check(
        "{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: any, labels: {kind: node}}, spec: {node: n9, interfaceName: '*'}}\n---\n"
            + Global("selector: app == 'db', ingress: [{action: Allow, source: {selector: kind == 'node'}}]"),
        line);

    [Theory]
    [InlineData("web -> web tcp/80 = allow NotPoliced")]
    public void A_pod_that_talks_to_itself_never_leaves_its_namespace(string line) =>
        Check(Global("types: [Ingress, Egress], ingress: [{action: Deny}], egress: [{action: Deny}]"), line);

    [Theory]
    [InlineData("ingress: [{action: Deny}], egress: []", "vm -> out tcp/1 = deny profile none")]
    [InlineData("egress: [{action: Deny, protocol: UDP}, {action: Allow}]", "vm -> out udp/1 = deny profile own")]
    [InlineData("egress: [{action: Deny, protocol: UDP}, {action: Allow}]", "vm -> out tcp/1 = allow profile own")]
    [InlineData("egress: [{action: Pass}, {action: Allow}]", "vm -> out tcp/1 = allow profile own")]
    public void Profiles_come_last_and_end_with_a_drop(string spec, string line) => Check(
        "{apiVersion: projectcalico.org/v3, kind: WorkloadEndpoint, metadata: {name: vm2, namespace: red}, "
            + "spec: {orchestrator: openstack, node: n2, interfaceName: cali9, ipNetworks: [10.0.0.9/32], profiles: [missing, own]}}\n---\n"
            + $"{{apiVersion: projectcalico.org/v3, kind: Profile, metadata: {{name: own}}, spec: {{{spec}}}}}",
        line.Replace("vm ->", "10.0.0.9 ->"));

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/g#0")]
    [InlineData("cli -> db tcp/1 = allow profile kns.red")]
    public void A_profiles_labels_are_its_endpoints(string line) =>
        Check(Global("selector: app == 'db', ingress: [{action: Deny, source: {selector: pcns.team == 'r'}}, {action: Pass}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/g#0")]
    [InlineData("cli -> db tcp/1 = allow profile kns.red")]
    public void A_service_accounts_labels_are_too(string line) =>
        Check(Global("selector: app == 'db', ingress: [{action: Deny, source: {selector: pcsa.level == 'high'}}, {action: Pass}]"), line);

    [Theory]
    [InlineData("", "out -> host tcp/2379 = allow Failsafe")]
    [InlineData("", "out -> host tcp/5473 = allow Failsafe")]
    [InlineData("", "out -> host tcp/6667 = allow Failsafe")]
    [InlineData("", "out -> host udp/22 = deny profile none")]
    [InlineData("failsafeInboundHostPorts: []", "out -> host tcp/22 = deny profile none")]
    [InlineData("failsafeInboundHostPorts: [{protocol: tcp, port: 80}]", "out -> host tcp/80 = allow Failsafe")]
    [InlineData("failsafeInboundHostPorts: [{protocol: tcp, port: 80, net: 8.0.0.0/8}]", "out -> host tcp/80 = deny profile none")]
    [InlineData("failsafeInboundHostPorts: [{protocol: tcp, port: 80, net: 8.0.0.0/8}]", "corp -> host tcp/80 = allow Failsafe")]
    public void Failsafe_ports_are_the_configurations(string spec, string line) => CheckHost(
        $"{{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {{name: default}}, spec: {{{spec}}}}}",
        PolicyStage.Normal,
        PolicyDirection.Ingress,
        line);

    [Theory]
    [InlineData("serviceAccountName: robot", "selector: app == 'vm2'", "out -> 10.0.0.77 tcp/1 = deny end default")]
    [InlineData("serviceAccountName: robot", "selector: all(), serviceAccountSelector: all()", "out -> 10.0.0.77 tcp/1 = deny end default")]
    [InlineData("mac: '02:00:00:00:00:01'", "selector: app == 'vm2', serviceAccountSelector: all()", "out -> 10.0.0.77 tcp/1 = allow profile kns.red")]
    [InlineData("serviceAccountName: robot", "selector: \"projectcalico.org/serviceaccount == 'robot'\"", "out -> 10.0.0.77 tcp/1 = deny end default")]
    [InlineData("serviceAccountName: robot", "selector: has(pcns.forged)", "out -> 10.0.0.77 tcp/1 = allow profile kns.red")]
    public void A_given_endpoint_has_the_labels_that_storing_it_adds(string spec, string policy, string line) => Check(
        $"{{apiVersion: projectcalico.org/v3, kind: WorkloadEndpoint, metadata: {{name: vm2, namespace: red, labels: {{app: vm2, pcns.forged: x}}}}, spec: {{node: n1, interfaceName: cali7, ipNetworks: [10.0.0.77/32], profiles: [kns.red], {spec}}}}}\n---\n"
            + Red($"{policy}, types: [Ingress]"),
        line);

    [Theory]
    [InlineData("logPrefix: x", "out -> host tcp/80 = allow Failsafe")]
    [InlineData("failsafeInboundHostPorts: [{protocol: tcp, port: 81}]", "out -> host tcp/80 = deny profile none")]
    [InlineData("failsafeInboundHostPorts: [{protocol: tcp, port: 81}]", "out -> host tcp/81 = allow Failsafe")]
    public void A_nodes_own_fields_stand_over_the_clusters(string own, string line) => CheckHost(
        "{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {name: default}, spec: {failsafeInboundHostPorts: [{protocol: tcp, port: 80}]}}\n---\n"
            + $"{{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {{name: node.n1}}, spec: {{{own}}}}}",
        PolicyStage.Normal,
        PolicyDirection.Ingress,
        line);

    [Theory]
    [InlineData("ingress: [{action: Allow, protocol: TCP}]", "out -> host tcp/23 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("ingress: [{action: Allow, protocol: TCP}]", "out -> host udp/23 = deny end default")]
    [InlineData("applyOnForward: true, ingress: [{action: Allow}]", "out -> host udp/23 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("applyOnForward: true, preDNAT: true, ingress: [{action: Allow}]", "out -> host udp/23 = deny profile none")]
    [InlineData("applyOnForward: true, doNotTrack: true, ingress: [{action: Allow}]", "out -> host udp/23 = deny profile none")]
    [InlineData("ingress: [{action: Deny}]", "out -> host tcp/22 = allow Failsafe")]
    [InlineData("ingress: [{action: Pass}]", "out -> host udp/23 = deny profile none")]
    public void The_normal_stage_of_a_host_endpoint(string spec, string line) =>
        CheckHost(Global($"selector: kind == 'host', {spec}"), PolicyStage.Normal, PolicyDirection.Ingress, line);

    [Theory]
    [InlineData("egress: [{action: Deny, protocol: TCP}]", "host -> out tcp/22 = deny GlobalNetworkPolicy/g#0")]
    [InlineData("egress: [{action: Deny, protocol: TCP}]", "host -> out udp/53 = allow Failsafe")]
    [InlineData("egress: [{action: Deny, protocol: TCP}]", "host -> out udp/9 = deny end default")]
    public void And_its_egress(string spec, string line) =>
        CheckHost(Global($"selector: kind == 'host', types: [Egress], {spec}"), PolicyStage.Normal, PolicyDirection.Egress, line);

    [Theory]
    [InlineData("applyOnForward: true, types: [Egress], egress: [{action: Allow, protocol: TCP}]", "web -> out tcp/9 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("applyOnForward: true, types: [Egress], egress: [{action: Allow, protocol: TCP}]", "web -> out udp/53 = deny end default")]
    [InlineData("applyOnForward: true, types: [Egress], egress: [{action: Pass}]", "web -> out udp/53 = allow NotPoliced")]
    [InlineData("applyOnForward: true, types: [Ingress], ingress: [{action: Deny}]", "web -> out udp/53 = allow NotPoliced")]
    [InlineData("applyOnForward: true, types: [Egress], egress: [{action: Deny}]", "web -> out udp/53 established = allow Established")]
    public void The_forward_stage_has_neither_failsafe_nor_profiles(string spec, string line) =>
        CheckHost(Global($"selector: kind == 'host', {spec}"), PolicyStage.Forward, PolicyDirection.Egress, line);

    [Theory]
    [InlineData("ingress: [{action: Allow, protocol: TCP}]", "out -> host tcp/80 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("ingress: [{action: Allow, protocol: TCP}]", "out -> host udp/80 = allow NotPoliced")]
    [InlineData("ingress: [{action: Deny}]", "out -> host tcp/22 = allow Failsafe")]
    [InlineData("ingress: [{action: Deny}]", "out -> host tcp/80 invalid = deny GlobalNetworkPolicy/g#0")]
    public void The_pre_dnat_stage_has_failsafe_and_no_end(string spec, string line) => CheckHost(
        Global($"selector: kind == 'host', applyOnForward: true, preDNAT: true, {spec}"), PolicyStage.PreDnat, PolicyDirection.Ingress, line);

    [Theory]
    [InlineData("egress: [{action: Deny, protocol: UDP}]", "host -> out udp/9 = deny GlobalNetworkPolicy/g#0")]
    [InlineData("egress: [{action: Deny, protocol: UDP}]", "host -> out udp/53 = allow Failsafe")]
    [InlineData("egress: [{action: Allow}]", "host -> out udp/9 established = allow GlobalNetworkPolicy/g#0")]
    public void The_untracked_stage_has_both_directions(string spec, string line) => CheckHost(
        Global($"selector: kind == 'host', applyOnForward: true, doNotTrack: true, types: [Egress], {spec}"),
        PolicyStage.Untracked,
        PolicyDirection.Egress,
        line);

    [Theory]
    [InlineData("from: [{ipBlock: {cidr: 8.8.8.0/24}}]", "corp -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("from: [{ipBlock: {cidr: 10.0.0.0/24, except: [10.0.0.0/30]}}]", "web -> db tcp/1 = deny end default")]
    [InlineData("from: [{ipBlock: {cidr: 10.0.0.0/24, except: [10.0.0.0/30]}}]", "vm -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("from: [{podSelector: {}}]", "web -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("from: [{podSelector: {}}]", "vm -> db tcp/1 = deny end default")]
    [InlineData("from: [{podSelector: {}}]", "partner -> db tcp/1 = deny end default")]
    [InlineData("from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, x]}]}}]", "web -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}]", "web -> db tcp/1 = deny end default")]
    [InlineData("from: [{podSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}]", "web -> db tcp/1 = deny end default")]
    [InlineData("ports: [{protocol: SCTP, port: 9}]", "web -> db sctp/9 = allow NetworkPolicy/red/k#0")]
    [InlineData("ports: [{port: 9}, {protocol: UDP, port: 9}]", "web -> db udp/9 = allow NetworkPolicy/red/k#0")]
    [InlineData("from: [], ports: [{port: 9}]", "out -> db tcp/9 = allow NetworkPolicy/red/k#0")]
    public void Kubernetes_peers_and_ports(string rule, string line) =>
        Check(Kubernetes($"podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{{rule}}}]"), line);

    [Theory]
    [InlineData("policyTypes: [Egress]", "db -> web tcp/1 = deny end default")]
    [InlineData("policyTypes: [Egress], egress: [{}]", "db -> web tcp/1 = allow profile kns.red")]
    [InlineData("policyTypes: [Ingress], egress: [{}]", "db -> out tcp/1 = allow profile kns.red")]
    [InlineData("egress: []", "db -> out tcp/1 = allow profile kns.red")]
    [InlineData("egress: [{to: [{ipBlock: {cidr: 8.8.8.0/24}}]}]", "db -> out tcp/1 = deny end default")]
    public void Kubernetes_policy_types(string spec, string line) =>
        Check(Kubernetes($"podSelector: {{matchLabels: {{app: db}}}}, {spec}"), line);
}
