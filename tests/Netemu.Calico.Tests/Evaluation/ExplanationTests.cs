using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Tests.Evaluation;

public sealed class ExplanationTests
{
    private const string Cluster = """
        {apiVersion: v1, kind: Namespace, metadata: {name: red}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: red, labels: {app: web}}, spec: {nodeName: n1}, status: {podIP: 10.0.0.1}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: red, labels: {app: db}}, spec: {nodeName: n1}, status: {podIP: 10.0.0.2}}
        ---

        """;

    private const string OnlyApi = """
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: red}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 5432}]}, {ports: [{port: 80}]}]}}
        """;

    private static readonly Flow _webToDb = new(IPv4Address.Parse("10.0.0.1"), IPv4Address.Parse("10.0.0.2"), IPProtocol.Tcp)
    {
        SourcePort = 40_000,
        DestinationPort = 5432,
    };

    [Fact]
    public void A_denied_flow_lists_each_rule_with_the_clause_that_failed()
    {
        IReadOnlyList<PolicyExplanation> explanations =
            new PolicyExplainer(new ClusterState(Manifest.Read(Cluster + OnlyApi))).ExplainWorkloads(_webToDb);

        Assert.Equal(["profile Profile/kns.red#0 Allow: matches"], explanations[0].Steps.Select(step => step.ToString()));
        Assert.Equal(
            [
                "default NetworkPolicy/red/db#0 Allow: no, SourceSelector",
                "default NetworkPolicy/red/db#1 Allow: no, DestinationPorts",
            ],
            explanations[1].Steps.Select(step => step.ToString()));
        Assert.Equal(VerdictReason.EndOfTier, explanations[1].Verdict.Reason);
    }

    [Fact]
    public void Pass_is_followed_into_the_next_tier()
    {
        ClusterState state = new(Manifest.Read(Cluster + """
            {apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: first}, spec: {order: 1}}
            ---
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}, spec: {tier: first, selector: app == 'db', ingress: [{action: Deny, protocol: UDP}, {action: Log}, {action: Pass}, {action: Deny}]}}
            ---
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: q}, spec: {selector: app == 'db', ingress: [{action: Deny, source: {nets: [10.0.0.0/8]}}]}}
            """));

        PolicyExplanation last = new PolicyExplainer(state).ExplainWorkloads(_webToDb)[^1];

        Assert.Equal(
            [
                "first GlobalNetworkPolicy/p#0 Deny: no, Protocol",
                "first GlobalNetworkPolicy/p#1 Log: matches",
                "first GlobalNetworkPolicy/p#2 Pass: matches",
                "default GlobalNetworkPolicy/q#0 Deny: matches",
            ],
            last.Steps.Select(step => step.ToString()));
        Assert.False(last.Verdict.IsAllowed);
    }

    [Fact]
    public void The_smallest_change_for_a_missing_label_is_that_label()
    {
        ReachSuggestion suggestion = ReachAdvisor.FirstFlip(Manifest.Read(Cluster + OnlyApi), _webToDb)!;

        Assert.Equal("label pod red/web with app=api", suggestion.Description);
        Assert.True(suggestion.Verdict.IsAllowed);
    }

    [Fact]
    public void Where_no_label_helps_a_policy_goes_and_where_none_does_one_is_added()
    {
        Assert.Equal(
            "delete GlobalNetworkPolicy/all",
            ReachAdvisor.FirstFlip(
                Manifest.Read(Cluster + "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: all}, spec: {}}"), _webToDb)!.Description);
        ReachSuggestion deny = ReachAdvisor.FirstFlip(Manifest.Read(Cluster), _webToDb)!;
        Assert.Equal(("add a policy that denies the flow", false), (deny.Description, deny.Verdict.IsAllowed));
    }

    [Fact]
    public void Staged_policies_say_which_flows_would_change()
    {
        IReadOnlyList<Resource> resources = Manifest.Read(Cluster + OnlyApi + "\n---\n" + """
            {apiVersion: projectcalico.org/v3, kind: StagedKubernetesNetworkPolicy, metadata: {name: db, namespace: red}, spec: {stagedAction: Delete, podSelector: {}}}
            ---
            {apiVersion: projectcalico.org/v3, kind: StagedGlobalNetworkPolicy, metadata: {name: new}, spec: {selector: app == 'web', types: [Ingress]}}
            """);
        Flow back = new(_webToDb.Destination, _webToDb.Source, IPProtocol.Tcp) { DestinationPort = 80 };

        IReadOnlyList<(Flow Flow, PolicyVerdict Now, PolicyVerdict Then)> changes = StagedPolicies.Preview(resources, [_webToDb, back]);

        Assert.Equal([(_webToDb, true), (back, false)], changes.Select(change => (change.Flow, change.Then.IsAllowed)));
    }

    [Fact]
    public void The_matrix_has_a_verdict_for_every_pair()
    {
        ReachabilityMatrix matrix = new(new ClusterState(Manifest.Read(Cluster + OnlyApi)), IPProtocol.Tcp, 5432);

        Assert.Equal(["n1-k8s-db-eth0", "n1-k8s-web-eth0"], matrix.Workloads.Select(workload => workload.Key.Name));
        Assert.True(matrix[0, 1]!.IsAllowed);
        Assert.False(matrix[1, 0]!.IsAllowed);
        Assert.Equal(VerdictReason.NotPoliced, matrix[1, 1]!.Reason);
    }
}
