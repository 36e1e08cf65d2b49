using static Netemu.Calico.Tests.Evaluation.PolicyScenario;

namespace Netemu.Calico.Tests.Evaluation;

/// <summary>networking.k8s.io/v1 NetworkPolicy, clause by clause.</summary>
public sealed class KubernetesPolicyTests
{
    private const string DenyAll = "podSelector: {}";
    private const string OnlyDb = "podSelector: {matchLabels: {app: db}}";

    [Theory]
    [InlineData("cli -> db tcp/5432 = allow profile kns.red")]
    [InlineData("web -> out tcp/80 = allow profile kns.red")]
    public void Without_policy_everything_is_allowed_by_the_namespace_profile(string line) => Check("", line);

    [Theory]
    [InlineData("web -> db tcp/5432 = deny end default")]
    [InlineData("cli -> web tcp/80 = deny end default")]
    [InlineData("web -> out tcp/80 = allow profile kns.red")]
    [InlineData("web -> cli tcp/80 = allow profile kns.blue")]
    public void An_empty_pod_selector_isolates_ingress_of_the_whole_namespace(string line) => Check(Kubernetes(DenyAll), line);

    [Theory]
    [InlineData("web -> db tcp/5432 = deny end default")]
    [InlineData("web -> cli tcp/80 = allow profile kns.blue")]
    [InlineData("web -> db tcp/5432 established = allow Established")]
    [InlineData("web -> db tcp/5432 related = allow Established")]
    [InlineData("web -> db tcp/5432 invalid = deny InvalidState")]
    public void An_empty_ingress_list_isolates(string line) => Check(Kubernetes(OnlyDb + ", ingress: []"), line);

    [Theory]
    [InlineData("cli -> db tcp/5432 = allow NetworkPolicy/red/k#0")]
    [InlineData("out -> db udp/1 = allow NetworkPolicy/red/k#0")]
    public void An_empty_rule_opens(string line) => Check(Kubernetes(OnlyDb + ", ingress: [{}]"), line);

    [Theory]
    [InlineData("cli -> db tcp/5432 = allow NetworkPolicy/red/k#0")]
    public void Empty_from_and_ports_are_no_condition(string line) =>
        Check(Kubernetes(OnlyDb + ", ingress: [{from: [], ports: []}]"), line);

    [Theory]
    [InlineData("web -> out tcp/80 = allow profile kns.red")]
    [InlineData("cli -> web tcp/80 = deny end default")]
    public void Absent_types_mean_ingress(string line) => Check(Kubernetes(DenyAll + ", egress: []"), line);

    [Theory]
    [InlineData("web -> out tcp/80 = allow NetworkPolicy/red/k#0")]
    [InlineData("web -> out tcp/81 = deny end default")]
    [InlineData("cli -> web tcp/80 = deny end default")]
    public void Absent_types_with_an_egress_rule_mean_both(string line) =>
        Check(Kubernetes(DenyAll + ", egress: [{ports: [{port: 80}]}]"), line);

    [Theory]
    [InlineData("web -> out tcp/80 = deny end default")]
    [InlineData("cli -> web tcp/80 = allow profile kns.red")]
    public void Type_egress_alone_leaves_ingress_open(string line) =>
        Check(Kubernetes(DenyAll + ", policyTypes: [Egress]"), line);

    [Theory]
    [InlineData("web -> db tcp/5432 = allow NetworkPolicy/red/k#0")]
    [InlineData("bweb -> db tcp/5432 = deny end default")]
    [InlineData("vm -> db tcp/5432 = deny end default")]
    public void A_pod_selector_peer_means_the_policys_own_namespace(string line) =>
        Check(Kubernetes(OnlyDb + ", ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]"), line);

    [Theory]
    [InlineData("cli -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("bweb -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("web -> db tcp/1 = deny end default")]
    public void A_namespace_selector_peer_means_all_its_pods(string line) =>
        Check(Kubernetes(OnlyDb + ", ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}]}]"), line);

    [Theory]
    [InlineData("bweb -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("cli -> db tcp/1 = deny end default")]
    [InlineData("web -> db tcp/1 = deny end default")]
    public void Both_selectors_in_one_peer_must_hold(string line) => Check(
        Kubernetes(OnlyDb + ", ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: web}}}]}]"),
        line);

    [Theory]
    [InlineData("cli -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("out -> db tcp/1 = deny end default")]
    public void Two_peers_are_alternatives(string line) => Check(
        Kubernetes(OnlyDb + ", ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}, {podSelector: {matchLabels: {app: web}}}]}]"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("cli -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("out -> db tcp/1 = deny end default")]
    [InlineData("corp -> db tcp/1 = deny end default")]
    [InlineData("host -> db tcp/1 = deny end default")]
    [InlineData("vm -> db tcp/1 = deny end default")]
    public void An_empty_namespace_selector_means_every_pod_and_nothing_else(string line) =>
        Check(Kubernetes(OnlyDb + ", ingress: [{from: [{namespaceSelector: {}}]}]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("cli -> db tcp/1 = deny end default")]
    public void Namespaces_carry_their_name_as_a_label(string line) => Check(
        Kubernetes(OnlyDb + ", ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: red}}}]}]"), line);

    [Theory]
    [InlineData("out -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("corp -> db tcp/1 = deny end default")]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    public void An_ip_block_excludes_its_exceptions_and_covers_pods(string line) =>
        Check(Kubernetes(OnlyDb + ", ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [8.8.8.0/24]}}]}]"), line);

    [Theory]
    [InlineData("web -> db tcp/80 = allow NetworkPolicy/red/k#0")]
    [InlineData("web -> db udp/80 = deny end default")]
    [InlineData("web -> db tcp/79 = deny end default")]
    [InlineData("web -> db tcp/91 = deny end default")]
    [InlineData("web -> db tcp/90 = allow NetworkPolicy/red/k#0")]
    public void A_port_range_is_inclusive_and_tcp_unless_said_otherwise(string line) =>
        Check(Kubernetes(OnlyDb + ", ingress: [{ports: [{port: 80, endPort: 90}]}]"), line);

    [Theory]
    [InlineData("web -> db udp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("web -> db tcp/1 = deny end default")]
    [InlineData("web -> db icmp/8 = deny end default")]
    public void A_protocol_without_a_port_means_all_its_ports(string line) =>
        Check(Kubernetes(OnlyDb + ", ingress: [{ports: [{protocol: UDP}]}]"), line);

    [Theory]
    [InlineData("web -> db tcp/5432 = allow NetworkPolicy/red/k#0")]
    [InlineData("web -> db tcp/5433 = deny end default")]
    [InlineData("web -> db udp/5432 = deny end default")]
    public void A_named_port_is_the_pods_own_port_of_that_name(string line) =>
        Check(Kubernetes(OnlyDb + ", ingress: [{ports: [{port: sql}]}]"), line);

    [Theory]
    [InlineData("web -> bweb tcp/8000 = allow profile kns.blue")]
    [InlineData("web -> bweb tcp/80 = deny end default")]
    public void A_named_port_in_egress_is_the_destinations(string line) =>
        Check(Kubernetes("podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]"), line);

    [Theory]
    [InlineData("cli -> db tcp/2 = allow NetworkPolicy/red/k2#0")]
    [InlineData("cli -> db tcp/1 = allow NetworkPolicy/red/k1#0")]
    [InlineData("cli -> db tcp/3 = deny end default")]
    public void Policies_add_up(string line) => Check(
        Kubernetes(OnlyDb + ", ingress: [{ports: [{port: 1}]}]", "k1") + Kubernetes(OnlyDb + ", ingress: [{ports: [{port: 2}]}]", "k2"),
        line);

    [Theory]
    [InlineData("db -> db tcp/5432 = allow NotPoliced")]
    public void A_pod_reaches_itself(string line) => Check(Kubernetes(DenyAll + ", policyTypes: [Ingress, Egress]"), line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    [InlineData("cli -> db tcp/1 = deny end default")]
    public void Match_expressions_hold_together(string line) => Check(
        Kubernetes(OnlyDb + """
            , ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: env, operator: Exists}, {key: team, operator: NotIn, values: [b]}]}}]}]
            """),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = deny NetworkPolicy/red/c#0")]
    [InlineData("cli -> db tcp/1 = allow NetworkPolicy/red/k#0")]
    public void Calico_policy_before_order_1000_decides_first(string line) => Check(
        Kubernetes(OnlyDb + ", ingress: [{}]") + Red("order: 999, selector: app == 'db', ingress: [{action: Deny, source: {selector: app == 'web'}}]", "c"),
        line);

    [Theory]
    [InlineData("web -> db tcp/1 = allow NetworkPolicy/red/late#0")]
    public void A_default_deny_only_selects_and_a_later_calico_policy_may_allow(string line) =>
        Check(Kubernetes(DenyAll) + Red("order: 2000, selector: all(), ingress: [{action: Allow}]", "late"), line);
}
