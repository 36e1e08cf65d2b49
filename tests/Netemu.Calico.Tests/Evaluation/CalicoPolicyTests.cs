using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using static Netemu.Calico.Tests.Evaluation.PolicyScenario;

namespace Netemu.Calico.Tests.Evaluation;

/// <summary>Calico's policies, tiers and host endpoints, clause by clause.</summary>
public sealed class CalicoPolicyTests
{
    [Theory]
    [InlineData("cli -> db tcp/1 = deny NetworkPolicy/red/p#0")]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#1")]
    [InlineData("web -> db tcp/2 = deny end default")]
    public void Rules_are_asked_from_the_top(string line) => Check(
        Red("selector: app == 'db', ingress: [{action: Deny, source: {nets: [10.0.0.3/32]}}, {action: Allow, protocol: TCP, destination: {ports: [1]}}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#1")]
    [InlineData("web -> db udp/1 = deny end default")]
    public void Log_goes_on_and_a_log_only_policy_ends_the_tier(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Log}, {action: Allow, protocol: TCP}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    public void A_policy_with_only_a_log_rule_blocks(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Log}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow profile kns.red")]
    public void Pass_leaves_the_last_tier_to_the_profiles(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Pass}, {action: Deny}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/early#0")]
    public void A_lower_order_is_asked_first(string line) => Check(
        Global("order: 20, ingress: [{action: Allow}]", "late") + Global("order: 10, ingress: [{action: Deny}]", "early"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/b#0")]
    public void No_order_comes_last(string line) =>
        Check(Global("ingress: [{action: Allow}]", "a") + Global("order: 100000, ingress: [{action: Deny}]", "b"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow GlobalNetworkPolicy/a#0")]
    public void Equal_orders_go_by_name(string line) =>
        Check(Global("order: 1, ingress: [{action: Deny}]", "b") + Global("order: 1, ingress: [{action: Allow}]", "a"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/s#0")]
    [InlineData("web -> db udp/1 = allow GlobalNetworkPolicy/g#0")]
    public void Tiers_are_asked_in_order_and_pass_goes_to_the_next(string line) => Check(
        TierOf("sec", "order: 1")
        + Global("tier: sec, ingress: [{action: Deny, protocol: TCP}, {action: Pass}]", "s")
        + Global("ingress: [{action: Allow}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end sec")]
    public void The_end_of_a_tier_drops(string line) => Check(
        TierOf("sec", "order: 1") + Global("tier: sec, ingress: [{action: Allow, protocol: UDP}]", "s") + Global("ingress: [{action: Allow}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    public void A_tier_with_default_action_pass_goes_on_at_its_end(string line) => Check(
        TierOf("sec", "order: 1, defaultAction: Pass") + Global("tier: sec, ingress: [{action: Allow, protocol: UDP}]", "s")
            + Global("ingress: [{action: Allow}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow profile kns.red")]
    [InlineData("web -> out tcp/1 = deny end sec")]
    public void A_tier_without_a_policy_for_the_direction_is_skipped(string line) =>
        Check(TierOf("sec", "order: 1") + Global("tier: sec, types: [Egress], selector: app == 'web', egress: [{action: Pass, destination: {nets: [10.0.0.0/8]}}]", "s"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/g#0")]
    public void A_tier_without_an_order_comes_after_those_with_one(string line) => Check(
        TierOf("aaa", "defaultAction: Deny") + Global("tier: aaa, ingress: [{action: Allow}]", "s") + Global("ingress: [{action: Deny}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow profile kns.red")]
    public void A_staged_policy_decides_nothing(string line) => Check(
        """
        {apiVersion: projectcalico.org/v3, kind: StagedGlobalNetworkPolicy, metadata: {name: s}, spec: {ingress: [{action: Deny}]}}
        """,
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow profile kns.red")]
    [InlineData("db -> out tcp/1 = deny end default")]
    public void Only_egress_rules_mean_type_egress(string line) =>
        Check(Red("selector: app == 'db', egress: [{action: Allow, protocol: UDP}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    [InlineData("db -> out tcp/1 = allow profile kns.red")]
    public void No_rules_at_all_mean_type_ingress(string line) => Check(Red("selector: app == 'db'"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("bweb -> db tcp/1 = deny end default")]
    public void A_namespaced_rules_selector_means_its_namespace(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {selector: app == 'web'}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    [InlineData("vm -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("cli -> db tcp/1 = deny end default")]
    [InlineData("out -> db tcp/1 = deny end default")]
    public void A_namespaced_not_selector_alone_does_not_mean_the_outside(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {notSelector: app == 'web'}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    [InlineData("cli -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("out -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    public void A_global_not_selector_alone_means_the_outside_too(string line) =>
        Check(Global("selector: app == 'db', ingress: [{action: Allow, source: {notSelector: app == 'web'}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    [InlineData("bweb -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("out -> db tcp/1 = deny end default")]
    public void Selector_and_not_selector_are_combined_for_each_endpoint(string line) =>
        Check(Global("selector: app == 'db', ingress: [{action: Allow, source: {selector: app == 'web', notSelector: team == 'own'}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("corp -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("host -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("out -> db tcp/1 = deny end default")]
    public void Selector_all_means_every_known_address_not_every_address(string line) =>
        Check(Global("selector: app == 'db', ingress: [{action: Allow, source: {selector: all()}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("partner -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("corp -> db tcp/1 = deny end default")]
    [InlineData("host -> db tcp/1 = deny end default")]
    public void Namespace_selector_all_means_whatever_has_a_namespace(string line) =>
        Check(Global("selector: app == 'db', ingress: [{action: Allow, source: {namespaceSelector: all()}}]"), line);

    [Theory]
    [InlineData("corp -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("host -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("web -> db tcp/1 = deny end default")]
    [InlineData("partner -> db tcp/1 = deny end default")]
    public void Namespace_selector_global_means_whatever_has_none(string line) =>
        Check(Global("selector: app == 'db', ingress: [{action: Allow, source: {namespaceSelector: global()}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("partner -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("cli -> db tcp/1 = deny end default")]
    public void Network_sets_inherit_their_namespaces_labels(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {namespaceSelector: team == 'r'}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("web -> cli tcp/1 = allow profile kns.blue")]
    public void A_global_policys_namespace_selector_limits_whom_it_selects(string line) =>
        Check(Global("namespaceSelector: team == 'r', types: [Ingress], ingress: [{action: Allow}]"), line);

    [Theory]
    [InlineData("partner -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("corp -> db tcp/1 = deny end default")]
    public void A_network_set_of_the_namespace_matches_by_label(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {selector: has(kind)}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/g#0")]
    public void A_network_set_that_covers_a_pod_matches_its_packets(string line) => Check(
        """
        {apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: wide, labels: {kind: wide}}, spec: {nets: [10.0.0.0/24]}}
        ---

        """ + Global("selector: app == 'db', ingress: [{action: Deny, source: {selector: kind == 'wide'}}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("vm -> db tcp/1 = deny end default")]
    public void Service_accounts_by_name(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {serviceAccounts: {names: [front]}}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("cli -> db tcp/1 = deny end default")]
    public void Service_accounts_by_label(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {serviceAccounts: {selector: level == 'high'}}}]"), line);

    [Theory]
    [InlineData("web -> out tcp/1 = deny GlobalNetworkPolicy/g#0")]
    [InlineData("db -> out tcp/1 = allow profile kns.red")]
    public void A_policy_may_select_by_service_account(string line) =>
        Check(Global("serviceAccountSelector: level == 'high', types: [Egress], egress: [{action: Deny}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny GlobalNetworkPolicy/g#0")]
    public void An_endpoints_own_label_wins_over_an_inherited_one(string line) =>
        Check(Global("selector: app == 'db', ingress: [{action: Deny, source: {selector: team == 'own'}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/5432 = allow NetworkPolicy/red/p#0")]
    [InlineData("web -> db udp/53 = deny end default")]
    [InlineData("web -> db tcp/7000 = allow NetworkPolicy/red/p#0")]
    [InlineData("web -> db tcp/7001 = deny end default")]
    public void Named_and_numeric_ports_are_alternatives(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: TCP, destination: {ports: [sql, dns, 7000]}}]"), line);

    [Theory]
    [InlineData("web -> bweb tcp/8000 = deny end default")]
    [InlineData("bweb -> web tcp/80 = allow profile kns.red")]
    [InlineData("bweb -> bweb tcp/8000 = allow NotPoliced")]
    public void A_named_port_counts_only_on_endpoints_that_the_selector_matches(string line) => Check(
        Global("selector: has(app), types: [Egress], egress: [{action: Allow, protocol: TCP, destination: {selector: team == 'own', ports: [http]}}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/8080 = deny end default")]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("web -> db tcp/5432 = deny end default")]
    public void Not_ports_exclude_numbers_and_names(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: TCP, destination: {notPorts: ['8000:8090', sql]}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 from 1000 = allow NetworkPolicy/red/p#0")]
    [InlineData("web -> db tcp/1 from 1001 = deny end default")]
    public void Source_ports(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: TCP, source: {ports: [1000]}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    [InlineData("cli -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("out -> db tcp/1 = deny end default")]
    public void Nets_and_not_nets_hold_together(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {nets: [10.0.0.0/8, 9.9.9.0/24], notNets: [10.0.0.1/32]}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    public void An_exception_of_everything_never_matches(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {notNets: [0.0.0.0/0]}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    public void Nets_of_the_other_family_alone_never_match(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {nets: ['fd00::/8']}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/p#0")]
    public void Nets_of_both_families_count_for_each(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, source: {nets: ['fd00::/8', 10.0.0.0/8]}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    public void A_rule_for_ipv6_says_nothing_about_ipv4(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, ipVersion: 6}]"), line);

    [Theory]
    [InlineData("web -> db icmp/8 = allow NetworkPolicy/red/p#0")]
    [InlineData("web -> db icmp/3 = deny end default")]
    [InlineData("web -> db tcp/8 = deny end default")]
    public void Icmp_by_type(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: ICMP, icmp: {type: 8}}]"), line);

    [Theory]
    [InlineData("web -> db icmp/8 = deny end default")]
    [InlineData("web -> db icmp/3 = allow NetworkPolicy/red/p#0")]
    public void Not_icmp_excludes_a_type(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: ICMP, notICMP: {type: 8}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    [InlineData("web -> db udp/1 = allow NetworkPolicy/red/p#0")]
    [InlineData("web -> db 89 = allow NetworkPolicy/red/p#0")]
    public void Not_protocol(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, notProtocol: TCP}]"), line);

    [Theory]
    [InlineData("web -> db 89 = allow NetworkPolicy/red/p#0")]
    [InlineData("web -> db 88 = deny end default")]
    public void A_protocol_by_number(string line) =>
        Check(Red("selector: app == 'db', ingress: [{action: Allow, protocol: 89}]"), line);

    [Theory]
    [InlineData("web -> db tcp/5432 = allow profile kns.red")]
    [InlineData("web -> db tcp/80 = deny end default")]
    [InlineData("web -> cli tcp/5432 = deny end default")]
    public void A_destination_service_means_its_endpoints_and_ports(string line) =>
        Check(Red("selector: app == 'web', types: [Egress], egress: [{action: Allow, destination: {services: {name: db}}}]"), line);

    [Theory]
    [InlineData("db -> web tcp/9 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("cli -> web tcp/9 = deny end default")]
    public void A_source_service_means_its_addresses(string line) =>
        Check(Global("selector: app == 'web', ingress: [{action: Allow, source: {services: {name: db, namespace: red}}}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny end default")]
    public void A_connection_needs_both_egress_and_ingress(string line) => Check(
        Red("selector: app == 'web', types: [Egress], egress: [{action: Allow}]") + Red("selector: app == 'db', types: [Ingress]", "q"), line);

    [Theory]
    [InlineData("web -> out udp/4789 = deny EncapsulatedByWorkload")]
    [InlineData("web -> out 4 = deny EncapsulatedByWorkload")]
    [InlineData("out -> web udp/4789 = allow profile kns.red")]
    public void Workloads_may_not_send_tunnel_packets(string line) => Check("", line);

    [Theory]
    [InlineData("web -> out udp/4789 = allow profile kns.red")]
    [InlineData("web -> out 4 = allow profile kns.red")]
    public void Unless_the_configuration_lets_them(string line) => Check(
        """
        apiVersion: projectcalico.org/v3
        kind: FelixConfiguration
        metadata: {name: default}
        spec: {allowVXLANPacketsFromWorkloads: true, allowIPIPPacketsFromWorkloads: true}
        """,
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow profile kns.red")]
    public void Pre_dnat_and_untracked_policies_do_not_concern_workloads(string line) => Check(
        Global("applyOnForward: true, preDNAT: true, ingress: [{action: Deny}]", "a")
            + Global("applyOnForward: true, doNotTrack: true, ingress: [{action: Deny}]", "b"),
        line);

    [Theory]
    [InlineData("out -> host tcp/22 = allow Failsafe")]
    [InlineData("out -> host udp/68 = allow Failsafe")]
    [InlineData("out -> host tcp/23 = deny profile none")]
    [InlineData("out -> host tcp/23 established = allow Established")]
    public void A_host_endpoint_without_policy_is_open_on_failsafe_ports_only(string line) =>
        CheckHost("", PolicyStage.Normal, PolicyDirection.Ingress, line);

    [Theory]
    [InlineData("host -> out udp/53 = allow Failsafe")]
    [InlineData("host -> out tcp/22 = deny profile none")]
    public void Outbound_failsafe_ports_differ(string line) =>
        CheckHost("", PolicyStage.Normal, PolicyDirection.Egress, line);

    [Theory]
    [InlineData("out -> host tcp/80 = allow NotPoliced")]
    [InlineData("out -> host tcp/22 = allow NotPoliced")]
    public void Without_an_apply_on_forward_policy_forwarding_is_open(string line) => CheckHost(
        Global("selector: kind == 'host', ingress: [{action: Deny}]"), PolicyStage.Forward, PolicyDirection.Ingress, line);

    [Theory]
    [InlineData("out -> web tcp/80 = allow GlobalNetworkPolicy/g#0")]
    [InlineData("out -> web tcp/22 = deny end default")]
    public void With_one_the_end_of_the_tier_drops_and_failsafe_does_not_help(string line) => CheckHost(
        Global("selector: kind == 'host', applyOnForward: true, ingress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]"),
        PolicyStage.Forward,
        PolicyDirection.Ingress,
        line);

    [Theory]
    [InlineData("out -> host tcp/80 = deny GlobalNetworkPolicy/g#0")]
    [InlineData("out -> host tcp/22 = allow Failsafe")]
    [InlineData("out -> host udp/80 = allow NotPoliced")]
    [InlineData("out -> host tcp/80 established = deny GlobalNetworkPolicy/g#0")]
    public void Untracked_policy_has_no_end_of_tier_and_hits_established_packets(string line) => CheckHost(
        Global("selector: kind == 'host', applyOnForward: true, doNotTrack: true, ingress: [{action: Deny, protocol: TCP}]"),
        PolicyStage.Untracked,
        PolicyDirection.Ingress,
        line);

    [Theory]
    [InlineData("out -> host tcp/80 = deny GlobalNetworkPolicy/g#0")]
    [InlineData("out -> host udp/80 = allow NotPoliced")]
    [InlineData("out -> host tcp/80 established = allow Established")]
    public void Pre_dnat_policy_has_no_end_of_tier(string line) => CheckHost(
        Global("selector: kind == 'host', applyOnForward: true, preDNAT: true, ingress: [{action: Deny, protocol: TCP}]"),
        PolicyStage.PreDnat,
        PolicyDirection.Ingress,
        line);
}
