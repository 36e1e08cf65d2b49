using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Workloads;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Tests.Workloads;

/// <summary>What is valid and probably not meant is told with what could have been meant.</summary>
public sealed class ClusterLintTests
{
    private const string Cluster = """
        {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: p}, spec: {cidr: 10.65.0.0/16}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: red, labels: {team: r}}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: red, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}, status: {podIP: 10.65.0.1}}
        ---
        {apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: out, labels: {net: internet}}, spec: {nets: [8.8.8.0/24]}}
        ---

        """;

    [Theory]
    [InlineData(
        "{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: p, namespace: red}, spec: {selector: \"app == 'wbe'\"}}",
        "W3006 NetworkPolicy/red/p selects no endpoint (endpoints in 'red' have the labels app=web)")]
    [InlineData(
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: red}, spec: {podSelector: {}, ingress: [{}, {from: [{namespaceSelector: {matchLabels: {team: x}}}]}]}}",
        "W3006 ingress rule 1 of NetworkPolicy/red/p: its source is nobody: no endpoint or network set fits (endpoints in 'red' have the labels app=web)")]
    [InlineData(
        "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: g}, spec: {selector: all(), types: [Egress], egress: [{action: Allow, destination: {services: {name: db, namespace: red}}}]}}",
        "W3006 egress rule 0 of GlobalNetworkPolicy/g: there is no Service 'red/db' (the rule matches nothing until there is one)")]
    [InlineData(
        "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: red}, spec: {selector: {app: nobody}, ports: [{port: 80}]}}",
        "W3006 Service 'red/s' selects no Pod (no Pod in 'red' has app=nobody)")]
    [InlineData(
        "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: red}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: htpp}]}}",
        "W3006 Service 'red/s': none of its Pods has a TCP port named 'htpp' (name the container's port, or write its number as targetPort)")]
    [InlineData(
        "{apiVersion: v1, kind: Pod, metadata: {name: far, namespace: red}, spec: {nodeName: n1}, status: {podIP: 10.66.0.1}}",
        "W3007 Pod 'red/far' has 10.66.0.1, which is in no IPPool (other nodes get no route to it from BIRD; the pools are 10.65.0.0/16)")]
    [InlineData(
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: red}, spec: {podSelector: {}, policyTypes: [Egress], ingress: [{}]}}",
        "W3003 the ingress rules of NetworkPolicy/red/p have no effect (its types do not name Ingress)")]
    [InlineData(
        "{apiVersion: v1, kind: Node, metadata: {name: n1}}\n---\n{apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: b}, spec: {node: n7, peerIP: 10.0.0.9, asNumber: 1}}",
        "W3006 BgpPeer/b is for node 'n7', which does not exist (the nodes are n1)")]
    [InlineData(
        "{apiVersion: v1, kind: Node, metadata: {name: n1}}\n---\n{apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: b}, spec: {nodeSelector: has(rr), peerIP: 10.0.0.9, asNumber: 1}}",
        "W3006 BgpPeer/b is for no node: nodeSelector has(rr) matches none (the nodes are n1)")]
    [InlineData(
        "{apiVersion: v1, kind: Node, metadata: {name: n1}}\n---\n{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {name: node.n7}, spec: {}}",
        "W3006 FelixConfiguration/node.n7 is read by nobody: it is neither 'default' nor 'node.' and a node's name (the nodes are n1)")]
    [InlineData(
        "{apiVersion: v1, kind: Node, metadata: {name: n1}}\n---\n{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: h}, spec: {node: n1, interfaceName: eth0, profiles: [kns.red, nosuch]}}",
        "W3006 HostEndpoint/h names profile 'nosuch', which does not exist (it allows nothing until there is one)")]
    [InlineData(
        "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: g}, spec: {selector: has(app), applyOnForward: true, doNotTrack: true, ingress: [{action: Deny}]}}",
        "W3003 GlobalNetworkPolicy/g has no effect: it is a doNotTrack policy and selects workloads only (such policies are asked for host endpoints)")]
    public void What_matches_nothing_is_told(string manifest, string finding) => Assert.Equal([finding], FindingsOf(manifest));

    [Theory]
    [InlineData("{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: p, namespace: red}, spec: {selector: \"app == 'web'\", ingress: [{action: Allow, source: {notSelector: \"app == 'x'\"}}]}}")]
    [InlineData("{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: g}, spec: {selector: \"has(app)\", namespaceSelector: \"team == 'r'\", ingress: [{action: Deny, source: {selector: \"net == 'internet'\"}}]}}")]
    [InlineData("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: red}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}}")]
    [InlineData("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: red}, spec: {ports: [{port: 80}]}}")]
    [InlineData("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: red}, spec: {type: ExternalName, externalName: a.example, selector: {app: nobody}}}")]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {name: host, namespace: red}, spec: {nodeName: n1, hostNetwork: true}, status: {podIP: 10.0.0.11}}")]
    public void What_matches_something_is_not(string manifest) => Assert.Empty(FindingsOf(manifest));

    [Theory]
    [InlineData("5", "E3010")]
    [InlineData("true", "E3010")]
    [InlineData("'a b'", "E3012")]
    public void A_label_that_the_api_server_refuses_is_an_error(string value, string code)
    {
        Manifest.Read($"{{apiVersion: v1, kind: Pod, metadata: {{name: a, labels: {{v: {value}}}}}, spec: {{nodeName: n1}}}}", out IReadOnlyList<Diagnostic> findings);

        Assert.Equal([code], findings.Select(f => f.Code));
    }

    private static IReadOnlyList<string> FindingsOf(string manifest)
    {
        DiagnosticBag found = new();
        IReadOnlyList<Resource> read = Manifest.Read(Cluster + manifest);
        ClusterLint.Check(read, found);
        return [.. found.Items.Select(d => $"{d.Code} {d.Message}{(d.Hint is null ? string.Empty : $" ({d.Hint})")}")];
    }
}
