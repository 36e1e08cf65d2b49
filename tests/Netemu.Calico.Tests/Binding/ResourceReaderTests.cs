using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Core.Randomness;
using Netemu.Core.Time;

namespace Netemu.Calico.Tests.Binding;

public sealed class ResourceReaderTests
{
    private const string Policy = """
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: {name: g}
        spec:
          selector: a == 'b'
          ingress:
            - {action: Allow, protocol: TCP, source: {ports: [http, 80, "1:2"]}}
        """;

    [Fact]
    public void A_policy_is_read_with_all_its_fields()
    {
        NetworkPolicy policy = Assert.IsType<NetworkPolicy>(Assert.Single(Manifest.Read("""
            apiVersion: projectcalico.org/v3
            kind: NetworkPolicy
            metadata: {name: p, namespace: red}
            spec:
              tier: default
              order: 1.5
              selector: has(x)
              types: [Ingress, Egress]
              ingress:
                - action: Deny
                  ipVersion: 4
                  protocol: ICMP
                  icmp: {type: 8, code: 0}
                  source: {nets: [10.0.0.0/8], notNets: [10.1.0.0/16], notSelector: has(y)}
                  metadata: {annotations: {why: because}}
            """)));

        Assert.Equal(new ResourceKey(ResourceKind.NetworkPolicy, "red", "p"), policy.Key);
        Assert.Equal(1.5m, policy.Spec.Order);
        Assert.Equal(PolicyDirection.Ingress | PolicyDirection.Egress, policy.Spec.Types);
        RuleSpec rule = Assert.Single(policy.Spec.Ingress);
        Assert.Equal((RuleAction.Deny, AddressFamily.IPv4, IPProtocol.Icmp), (rule.Action, rule.IPVersion, rule.Protocol));
        Assert.Equal(new IcmpMatch(8, 0), rule.Icmp);
        Assert.Equal("10.1.0.0/16", Assert.Single(rule.Source.NotNets).ToString());
        Assert.Equal(Selector.Has("y"), rule.Source.NotSelector);
        Assert.Equal("because", rule.Annotations["why"]);
        Assert.Equal(1, policy.Source.Line);
    }

    [Fact]
    public void Nodes_keep_calicos_settings_in_annotations()
    {
        IReadOnlyList<Resource> resources = Manifest.Read("""
            apiVersion: v1
            kind: Node
            metadata:
              name: n1
              annotations:
                projectcalico.org/IPv4Address: 10.0.0.11/24
                projectcalico.org/RouteReflectorClusterID: 244.0.0.1
                projectcalico.org/ASNumber: "65001"
            status: {addresses: [{type: InternalIP, address: 192.168.0.1}, {type: Hostname, address: n1}]}
            """);

        Node node = Assert.Single(NodeResolution.NodesOf(resources));
        Assert.Equal("10.0.0.11/24", node.IPv4Address.ToString());
        Assert.Equal("244.0.0.1", node.RouteReflectorClusterId.ToString());
        Assert.Equal(65001u, node.AsNumber);
    }

    [Fact]
    public void A_list_stands_for_its_items_and_both_api_groups_are_read()
    {
        IReadOnlyList<Resource> resources = Manifest.Read("""
            apiVersion: v1
            kind: List
            items:
              - {apiVersion: v1, kind: Namespace, metadata: {name: a}}
              - {apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: p}, spec: {cidr: 10.0.0.0/16}}
            """);

        Assert.Equal("a", Assert.IsType<KubernetesNamespace>(resources[0]).Metadata.Labels["kubernetes.io/metadata.name"]);
        Assert.Equal(26, Assert.IsType<IPPool>(resources[1]).BlockSize);
    }

    [Fact]
    public void Felix_settings_have_their_defaults_and_units()
    {
        FelixConfiguration configuration = (FelixConfiguration)Manifest.Read("""
            apiVersion: projectcalico.org/v3
            kind: FelixConfiguration
            metadata: {name: default}
            spec: {iptablesRefreshInterval: 1m30s, failsafeInboundHostPorts: [{protocol: tcp, port: 22, net: 10.0.0.0/8}]}
            """)[0];

        Assert.Equal(Duration.FromSeconds(90), configuration.IptablesRefreshInterval);
        Assert.Equal(Duration.FromSeconds(90), configuration.RouteRefreshInterval);
        Assert.Equal(new FailsafePort(IPProtocol.Tcp, 22, InternetPrefix.Parse("10.0.0.0/8")), Assert.Single(configuration.FailsafeInbound));
        Assert.Equal(9, configuration.FailsafeOutbound.Count);
    }

    [Theory]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.1/16}", "E3012")]
    [InlineData("kind: IPPool, spec: {cidr: 169.254.0.0/16}", "E3012")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, blockSize: 19}", "E3012")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/27, blockSize: 26}", "E3012")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, ipipMode: Always, vxlanMode: Always}", "E3014")]
    [InlineData("kind: IPPool, spec: {cidr: 'fd00::/48', ipipMode: Always}", "E3014")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, natOutgoing: yes}", "E3010")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, nodeSelector: 'a ='}", "E3013")]
    [InlineData("kind: IPPool, spec: {}", "E3011")]
    [InlineData("kind: BGPPeer, spec: {node: a, nodeSelector: all(), peerIP: 10.0.0.1, asNumber: 1}", "E3014")]
    [InlineData("kind: BGPPeer, spec: {peerSelector: all(), asNumber: 1}", "E3014")]
    [InlineData("kind: BGPPeer, spec: {peerIP: 10.0.0.1}", "E3011")]
    [InlineData("kind: BGPPeer, spec: {asNumber: 1}", "E3011")]
    [InlineData("kind: BGPPeer, spec: {peerIP: ten, asNumber: 1}", "E3012")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Accept, cidr: 10.0.0.0/8}]}", "E3014")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Reject, operations: [{setPriority: {value: 1}}]}]}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Maybe}]}", "E3012")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{}]}", "E3011")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, destination: {ports: [80]}}]}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: ICMP, destination: {ports: [80]}}]}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: TCP, destination: {ports: ['9:8']}}]}", "E3012")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, icmp: {type: 8}}]}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, source: {services: {name: a}}}]}", "E3011")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, source: {services: {name: a, namespace: b}, selector: all()}}]}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {preDNAT: true, doNotTrack: true, applyOnForward: true}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {doNotTrack: true}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {preDNAT: true, applyOnForward: true, egress: [{action: Allow}]}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {types: [Sideways]}", "E3012")]
    [InlineData("kind: GlobalNetworkPolicy, spec: []", "E3010")]
    [InlineData("kind: HostEndpoint, spec: {node: n1}", "E3011")]
    [InlineData("kind: FelixConfiguration, spec: {bpfEnabled: true}", "U3020")]
    [InlineData("kind: FelixConfiguration, spec: {wireguardEnabled: true}", "U3020")]
    [InlineData("kind: FelixConfiguration, spec: {nftablesMode: Enabled}", "U3020")]
    [InlineData("kind: FelixConfiguration, spec: {vxlanPort: 70000}", "E3012")]
    [InlineData("kind: Tier, spec: {order: soon}", "E3010")]
    [InlineData("kind: Tier, spec: {defaultAction: Allow}", "E3012")]
    public void An_invalid_object_is_reported_and_left_out(string body, string code)
    {
        IReadOnlyList<Resource> resources = Manifest.Read(
            $"{{apiVersion: projectcalico.org/v3, metadata: {{name: x}}, {body}}}", out IReadOnlyList<Diagnostic> findings);

        Assert.Empty(resources);
        Assert.Equal([code], findings.Select(finding => finding.Code));
        Assert.Equal(1, findings[0].Range.Line);
    }

    [Theory]
    [InlineData("spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]}", "E3014")]
    [InlineData("spec: {podSelector: {}, ingress: [{from: [{}]}]}", "E3011")]
    [InlineData("spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}}]}]}", "E3012")]
    [InlineData("spec: {podSelector: {}, ingress: [{ports: [{port: http, endPort: 90}]}]}", "E3014")]
    [InlineData("spec: {podSelector: {}, ingress: [{ports: [{port: 90, endPort: 80}]}]}", "E3014")]
    [InlineData("spec: {podSelector: {matchExpressions: [{key: a, operator: In}]}}", "E3012")]
    public void Kubernetes_policies_are_checked_too(string body, string code)
    {
        Manifest.Read(
            $"{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: x}}, {body}}}", out IReadOnlyList<Diagnostic> findings);

        Assert.Equal([code], findings.Select(finding => finding.Code));
    }

    [Fact]
    public void A_selector_error_points_into_the_selector()
    {
        Manifest.Read(Policy.Replace("a == 'b'", "a === 'b'"), out IReadOnlyList<Diagnostic> findings);

        Assert.Equal((5, 17), (findings[0].Range.Line, findings[0].Range.Column));
        Assert.Equal("test.yaml:5:17: error E3013: 'spec.selector': expected a string in quotes in selector 'a === 'b''", findings[0].ToString());
    }

    [Fact]
    public void An_unknown_field_is_a_warning_at_its_key_and_the_object_stays()
    {
        IReadOnlyList<Resource> resources = Manifest.Read(
            Policy.Replace("selector:", "selektor:"), out IReadOnlyList<Diagnostic> findings);

        Assert.Single(resources);
        Assert.Equal("test.yaml:5:3: warning W3001: unknown field 'spec.selektor'", Assert.Single(findings).ToString());
    }

    [Fact]
    public void All_problems_of_all_documents_are_reported_in_one_go()
    {
        Manifest.Read(
            $"{Policy.Replace("Allow", "Permit").Replace("TCP", "TPC")}\n---\n{Policy.Replace("80", "99999999")}",
            out IReadOnlyList<Diagnostic> findings);

        Assert.Equal(
            ["test.yaml:7:16", "test.yaml:7:34", "test.yaml:7:55", "test.yaml:15:61"],
            findings.Where(finding => finding.Severity == DiagnosticSeverity.Error).OrderBy(finding => finding.Range.Line)
                .ThenBy(finding => finding.Range.Column).Select(finding => finding.Range.ToString()));
    }

    [Fact]
    public void An_unknown_kind_warns_once_and_an_unknown_policy_kind_is_unsupported()
    {
        Manifest.Read(
            """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
            ---
            {apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: c}}
            """,
            out IReadOnlyList<Diagnostic> findings);

        Assert.Equal(["W3002", "U3020"], findings.Select(finding => finding.Code));
    }

    [Fact]
    public void Every_truncation_and_random_damage_end_in_findings_not_exceptions()
    {
        string[] documents =
        [
            Policy,
            "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}, status: {podIP: 10.0.0.1}}",
            "{apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: p}, spec: {peerIP: '10.0.0.1:179', asNumber: 1.10, filters: [f]}}",
            "{apiVersion: projectcalico.org/v3, kind: IPAMBlock, metadata: {name: b}, spec: {cidr: 10.0.0.0/30, allocations: [0, null, null, null], unallocated: [1, 2, 3], attributes: [{handle_id: h, secondary: {node: n}}]}}",
        ];
        RandomSource random = new(3, "damage");
        foreach (string document in documents)
        {
            for (int length = 0; length < document.Length; length++)
            {
                Manifest.Read(document[..length], out _);
            }

            for (int i = 0; i < 500; i++)
            {
                char[] damaged = document.ToCharArray();
                damaged[random.NextBelow(damaged.Length)] = "{}[]:,'\"0a- \n"[(int)random.NextBelow(13)];
                Manifest.Read(new string(damaged), out _);
            }
        }
    }

    [Fact]
    public void A_document_that_is_no_mapping_is_an_error()
    {
        DiagnosticBag diagnostics = new();
        new ResourceReader(diagnostics).Read(YamlReader.Read("- a", "f", diagnostics)[0]);
        Assert.Equal("E3010", Assert.Single(diagnostics.Items).Code);
    }
}
