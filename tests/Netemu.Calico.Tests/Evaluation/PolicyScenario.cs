using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Evaluation;
using Netemu.Calico.Policies;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Tests.Evaluation;

/// <summary>
/// One small cluster, some policies, and flows with the verdict that must follow, each as a line:
/// "web -> db tcp/5432 = allow NetworkPolicy/red/p#0", "... = deny end default", "... = allow profile kns.red".
/// </summary>
internal static class PolicyScenario
{
    /// <summary>The names that flows use.</summary>
    private static readonly Dictionary<string, string> _addresses = new()
    {
        ["web"] = "10.0.0.1",
        ["db"] = "10.0.0.2",
        ["cli"] = "10.0.0.3",
        ["bweb"] = "10.0.0.4",
        ["vm"] = "10.0.0.5",
        ["corp"] = "8.8.8.8",
        ["partner"] = "9.9.9.9",
        ["out"] = "7.7.7.7",
        ["host"] = "192.0.2.1",
    };

    private const string Cluster = """
        {apiVersion: v1, kind: Namespace, metadata: {name: red, labels: {team: r, env: prod}}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: blue, labels: {team: b}}}
        ---
        {apiVersion: v1, kind: ServiceAccount, metadata: {name: front, namespace: red, labels: {level: high}}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: red, labels: {app: web, team: own}}
        spec: {nodeName: n1, serviceAccountName: front, containers: [{name: c, ports: [{containerPort: 80, name: http}, {containerPort: 8080}]}]}
        status: {podIP: 10.0.0.1}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: db, namespace: red, labels: {app: db}}
        spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 5432, name: sql}, {containerPort: 53, protocol: UDP, name: dns}]}]}
        status: {podIP: 10.0.0.2}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: cli, namespace: blue, labels: {app: cli}}
        spec: {nodeName: n2, containers: [{name: c}]}
        status: {podIP: 10.0.0.3}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: blue, labels: {app: web}}
        spec: {nodeName: n2, containers: [{name: c, ports: [{containerPort: 8000, name: http}]}]}
        status: {podIP: 10.0.0.4}
        ---
        apiVersion: projectcalico.org/v3
        kind: WorkloadEndpoint
        metadata: {name: vm, namespace: red, labels: {app: vm, projectcalico.org/namespace: red}}
        spec: {orchestrator: openstack, node: n2, interfaceName: cali0, ipNetworks: [10.0.0.5/32], profiles: [projectcalico-default-allow]}
        ---
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkSet
        metadata: {name: corp, labels: {kind: corp}}
        spec: {nets: [8.8.8.0/24]}
        ---
        apiVersion: projectcalico.org/v3
        kind: NetworkSet
        metadata: {name: partners, namespace: red, labels: {kind: partner}}
        spec: {nets: [9.9.9.0/24]}
        ---
        apiVersion: projectcalico.org/v3
        kind: HostEndpoint
        metadata: {name: n1-eth0, labels: {kind: host}}
        spec: {node: n1, interfaceName: eth0, expectedIPs: [192.0.2.1]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: db-1, namespace: red, labels: {kubernetes.io/service-name: db}}
        addressType: IPv4
        ports: [{port: 5432, protocol: TCP}]
        endpoints: [{addresses: [10.0.0.2]}]
        """;

    /// <summary>Checks one line against the cluster with the policies.</summary>
    public static void Check(string policies, string line)
    {
        ClusterState state = new(Manifest.Read($"{Cluster}\n---\n{policies}"));
        string[] sides = line.Split(" = ");
        Assert.Equal(sides[1], Describe(new PolicyEvaluator(state).EvaluateWorkloads(ParseFlow(sides[0]))));
    }

    /// <summary>Checks the verdict of the host endpoint n1-eth0 alone.</summary>
    public static void CheckHost(string policies, PolicyStage stage, PolicyDirection direction, string line)
    {
        ClusterState state = new(Manifest.Read($"{Cluster}\n---\n{policies}"));
        PolicyEndpoint host = state.Endpoints.Single(endpoint => endpoint.IsHost);
        string[] sides = line.Split(" = ");
        PolicyVerdict verdict = new PolicyEvaluator(state).Evaluate(host, direction, ParseFlow(sides[0]), stage);
        Assert.Equal(sides[1], Describe(verdict));
    }

    /// <summary>A Calico NetworkPolicy in namespace red; the spec is flow-style YAML.</summary>
    public static string Red(string spec, string name = "p") =>
        $"{{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {{name: {name}, namespace: red}}, spec: {{{spec}}}}}\n---\n";

    public static string Global(string spec, string name = "g") =>
        $"{{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {{name: {name}}}, spec: {{{spec}}}}}\n---\n";

    /// <summary>A Kubernetes NetworkPolicy in namespace red.</summary>
    public static string Kubernetes(string spec, string name = "k") =>
        $"{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: {name}, namespace: red}}, spec: {{{spec}}}}}\n---\n";

    public static string TierOf(string name, string spec) =>
        $"{{apiVersion: projectcalico.org/v3, kind: Tier, metadata: {{name: {name}}}, spec: {{{spec}}}}}\n---\n";

    /// <summary>"web -> db tcp/80", with " from 1000" for the source port and a state as last word.</summary>
    private static Flow ParseFlow(string text)
    {
        string[] words = text.Split(' ');
        string[] protocol = words[3].Split('/');
        int number = protocol.Length > 1 ? int.Parse(protocol[1]) : 0;
        IPProtocol kind = protocol[0] switch
        {
            "tcp" => IPProtocol.Tcp,
            "udp" => IPProtocol.Udp,
            "sctp" => IPProtocol.Sctp,
            "icmp" => IPProtocol.Icmp,
            _ => new IPProtocol(byte.Parse(protocol[0])),
        };
        int from = Array.IndexOf(words, "from");
        return new Flow(AddressOf(words[0]), AddressOf(words[2]), kind)
        {
            DestinationPort = kind.HasPorts ? number : 0,
            SourcePort = from > 0 ? int.Parse(words[from + 1]) : 40_000,
            IcmpType = kind == IPProtocol.Icmp ? number : 0,
            State = Enum.TryParse(words[^1], ignoreCase: true, out ConnectionState state) && words.Length > 4 && from < 0
                ? state
                : ConnectionState.New,
        };
    }

    private static InternetAddress AddressOf(string name) => InternetAddress.Parse(_addresses.GetValueOrDefault(name, name));

    private static string Describe(PolicyVerdict verdict)
    {
        string word = verdict.IsAllowed ? "allow" : "deny";
        return verdict.Reason switch
        {
            VerdictReason.PolicyRule => $"{word} {Policy.DisplayNameOf(verdict.DecidedBy!.Value)}#{verdict.RuleIndex}",
            VerdictReason.EndOfTier => $"{word} end {verdict.Tier}",
            VerdictReason.ProfileRule => $"{word} profile {verdict.DecidedBy!.Value.Name}",
            VerdictReason.NoProfileMatched => $"{word} profile none",
            _ => $"{word} {verdict.Reason}",
        };
    }
}
