using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Proxy;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

public sealed class KubeProxyTests
{
    private const string Slice = """
        {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: s-1, labels: {kubernetes.io/service-name: s}}, addressType: IPv4, ports: [{port: 8080}], endpoints: [{addresses: [10.65.0.1], nodeName: n1}, {addresses: [10.65.1.1], nodeName: n2}, {addresses: [10.65.1.2], nodeName: n2}, {addresses: [10.65.1.3], nodeName: n2, conditions: {ready: false}}]}
        ---

        """;

    [Theory]
    [InlineData("default/kubernetes:https", 6, "KUBE-SVC-NPX46M4PTMTKRN6Y")]
    [InlineData("kube-system/kube-dns:dns", 17, "KUBE-SVC-TCOU7JCQXEZGVUNU")]
    [InlineData("kube-system/kube-dns:dns-tcp", 6, "KUBE-SVC-ERIFXISQEP7F7OF4")]
    public void Chain_names_are_those_of_every_cluster(string portName, byte protocol, string expected) =>
        Assert.Equal(expected, ProxyNames.Service(portName, new IPProtocol(protocol)));

    [Fact]
    public void Each_of_three_endpoints_gets_an_equal_chance()
    {
        IReadOnlyDictionary<string, Chain> nat = Nat("n1", Slice + Service("clusterIP: 10.96.0.10, ports: [{port: 80}]"));

        Assert.Equal(
            "-m comment --comment \"default/s cluster IP\" -p tcp -d 10.96.0.10/32 -m multiport --dports 80 -j " + Name("SVC"),
            nat["KUBE-SERVICES"].Rules[0].ToString());
        string[] rules = [.. nat[Name("SVC")].Rules.Select(rule => rule.ToString())];
        Assert.Equal("! -s 10.65.0.0/16 -d 10.96.0.10/32", rules[0][7..42].Trim());
        Assert.Contains("--probability 0.33333333349 -j KUBE-SEP-", rules[1], System.StringComparison.Ordinal);
        Assert.Contains("--probability 0.50000000000 -j KUBE-SEP-", rules[2], System.StringComparison.Ordinal);
        Assert.DoesNotContain("probability", rules[3], System.StringComparison.Ordinal);
        Assert.Equal(4, rules.Length);
        Assert.Equal(
            [
                "-m comment --comment \"default/s\" -s 10.65.0.1/32 -j KUBE-MARK-MASQ",
                "-m comment --comment \"default/s\" -p tcp -j DNAT --to-destination 10.65.0.1:8080",
            ],
            nat[nat[Name("SVC")].Rules[1].Target.Chain!].Rules.Select(rule => rule.ToString()));
    }

    [Fact]
    public void A_node_port_is_masqueraded_unless_the_traffic_policy_is_local()
    {
        IReadOnlyDictionary<string, Chain> cluster = Nat("n1", Slice + Service("type: NodePort, clusterIP: 10.96.0.10, ports: [{port: 80, nodePort: 30080}]"));
        Assert.Equal(["-j KUBE-MARK-MASQ", $"-j {Name("SVC")}"], cluster[Name("EXT")].Rules.Select(rule => rule.ToString()));
        Assert.Equal(Name("EXT"), Assert.Single(cluster["KUBE-NODEPORTS"].Rules).Target.Chain);

        IReadOnlyDictionary<string, Chain> local = Nat(
            "n1", Slice + Service("type: NodePort, externalTrafficPolicy: Local, clusterIP: 10.96.0.10, ports: [{port: 80, nodePort: 30080}]"));
        Assert.Equal(
            [
                $"-m comment --comment \"pod traffic\" -s 10.65.0.0/16 -j {Name("SVC")}",
                "-m comment --comment \"masquerade LOCAL traffic\" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ",
                $"-m comment --comment \"route LOCAL traffic\" -m addrtype --src-type LOCAL -j {Name("SVC")}",
                $"-j {Name("SVL")}",
            ],
            local[Name("EXT")].Rules.Select(rule => rule.ToString()));
        Assert.Single(local[Name("SVL")].Rules);
    }

    [Fact]
    public void A_node_without_a_local_endpoint_drops_and_a_service_without_endpoints_rejects()
    {
        const string spec = "type: NodePort, externalTrafficPolicy: Local, clusterIP: 10.96.0.10, ports: [{port: 80, nodePort: 30080}]";
        Chain dropped = Chains("n3", Slice + Service(spec), NetfilterTable.Filter)["KUBE-EXTERNAL-SERVICES"];
        Assert.Equal(
            "-m comment --comment \"default/s has no local endpoints\" -p tcp -m multiport --dports 30080 -m addrtype --dst-type LOCAL -j DROP",
            Assert.Single(dropped.Rules).ToString());

        IReadOnlyDictionary<string, Chain> none = Chains("n1", Service(spec), NetfilterTable.Filter);
        Assert.Equal(
            "-m comment --comment \"default/s has no endpoints\" -p tcp -d 10.96.0.10/32 -m multiport --dports 80 -j REJECT",
            Assert.Single(none["KUBE-SERVICES"].Rules).ToString());
        Assert.DoesNotContain(Name("SVC"), Nat("n1", Service(spec)).Keys);
    }

    [Fact]
    public void Who_is_not_in_the_source_ranges_of_a_load_balancer_address_is_dropped()
    {
        string service = Slice + Service(
            "type: LoadBalancer, clusterIP: 10.96.0.10, externalIPs: [192.0.2.9], loadBalancerSourceRanges: [198.51.100.0/24, 'fd00::/8'], ports: [{port: 80, nodePort: 30080}]}, status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}");
        IReadOnlyDictionary<string, Chain> nat = Nat("n1", service);
        Assert.Equal(
            [
                $"-m comment --comment \"default/s cluster IP\" -p tcp -d 10.96.0.10/32 -m multiport --dports 80 -j {Name("SVC")}",
                $"-m comment --comment \"default/s external IP\" -p tcp -d 192.0.2.9/32 -m multiport --dports 80 -j {Name("EXT")}",
                $"-m comment --comment \"default/s loadbalancer IP\" -p tcp -d 192.0.2.1/32 -m multiport --dports 80 -j {Name("FW")}",
            ],
            nat["KUBE-SERVICES"].Rules.Take(3).Select(rule => rule.ToString()));
        Assert.Equal(
            [$"-m comment --comment \"default/s loadbalancer IP\" -s 198.51.100.0/24 -j {Name("EXT")}"],
            nat[Name("FW")].Rules.Select(rule => rule.ToString()));
        Assert.Equal(
            $"-m comment --comment \"default/s traffic not accepted by {Name("FW")}\" -p tcp -d 192.0.2.1/32 -m multiport --dports 80 -j DROP",
            Assert.Single(Chains("n1", service, NetfilterTable.Filter)["KUBE-PROXY-FIREWALL"].Rules).ToString());
    }

    [Fact]
    public void Session_affinity_asks_first_who_the_client_was_with()
    {
        IReadOnlyDictionary<string, Chain> nat = Nat("n1", Slice + Service("clusterIP: 10.96.0.10, sessionAffinity: ClientIP, ports: [{port: 80}]"));

        ChainRule[] rules = [.. nat[Name("SVC")].Rules.Skip(1)];
        Assert.Equal([10_800L, 10_800L, 10_800L], rules.Take(3).Select(rule => rule.Match.Recent!.Value.Seconds));
        Assert.Equal(rules.Take(3).Select(rule => rule.Target.Chain), rules.Skip(3).Select(rule => rule.Target.Chain));
        Assert.Equal(rules[0].Target.Chain, nat[rules[0].Target.Chain!].Rules[1].Target.RecentName);
    }

    [Fact]
    public void Headless_services_and_external_names_have_no_chains()
    {
        Assert.Equal(
            ["KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-SERVICES"],
            Nat("n1", Slice + Service("clusterIP: None, ports: [{port: 80}]")).Keys.Order(System.StringComparer.Ordinal));
    }

    [Fact]
    public void Every_jump_leads_to_a_chain()
    {
        IReadOnlyDictionary<string, Chain> nat = Nat(
            "n1", Slice + Service("type: LoadBalancer, clusterIP: 10.96.0.10, externalIPs: [192.0.2.1], internalTrafficPolicy: Local, ports: [{port: 80, nodePort: 30080}]"));
        Assert.All(nat.Values.SelectMany(chain => chain.Rules), rule => Assert.True(rule.Target.Chain is null || nat.ContainsKey(rule.Target.Chain)));
        Assert.Equal(Name("SVL"), nat["KUBE-SERVICES"].Rules[0].Target.Chain);
    }

    private static string Name(string kind) => ProxyNames.Service("default/s", IPProtocol.Tcp).Replace("SVC", kind, System.StringComparison.Ordinal);

    private static string Service(string spec) => $"{{apiVersion: v1, kind: Service, metadata: {{name: s}}, spec: {{{spec}}}}}";

    private static IReadOnlyDictionary<string, Chain> Nat(string node, string yaml) => Chains(node, yaml, NetfilterTable.Nat);

    private static IReadOnlyDictionary<string, Chain> Chains(string node, string yaml, NetfilterTable table)
    {
        IReadOnlyList<Resource> resources = Manifest.Read(yaml);
        KubeProxyRenderer renderer = new(node, AddressFamily.IPv4, InternetPrefix.Parse("10.65.0.0/16"));
        return renderer.Render(resources.OfType<Service>(), resources.OfType<EndpointSlice>())
            .Single(chains => chains.Table == table).Chains.ToDictionary(chain => chain.Name);
    }
}
