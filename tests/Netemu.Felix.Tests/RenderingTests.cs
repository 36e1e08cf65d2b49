using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Calculation;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

/// <summary>The chains as Felix's own tests and iptables-save outputs of Calico nodes show them.</summary>
public sealed class RenderingTests
{
    private const string Pods = """
        {apiVersion: v1, kind: Namespace, metadata: {name: red}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: red, labels: {app: web}}, spec: {nodeName: n1}, status: {podIP: 10.0.0.1}}
        ---

        """;

    [Fact]
    public void A_workload_without_policy_asks_its_profiles()
    {
        Assert.Equal(
            """
            -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -m conntrack --ctstate INVALID -j DROP
            -j MARK --set-xmark 0x0/0x10000
            -j cali-pri-kns.red
            -m comment --comment "Return if profile accepted" -m mark --mark 0x10000/0x10000 -j RETURN
            -j cali-pri-ksa.red.default
            -m comment --comment "Return if profile accepted" -m mark --mark 0x10000/0x10000 -j RETURN
            -m comment --comment "Drop if no profiles matched" -j DROP
            """,
            Chain(Pods, "cali-tw-calif45b743d7ae"));
    }

    [Fact]
    public void A_workloads_egress_chain_drops_tunnel_packets_and_asks_its_tier()
    {
        Assert.Equal(
            """
            -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -m conntrack --ctstate INVALID -j DROP
            -j MARK --set-xmark 0x0/0x10000
            -m comment --comment "Drop VXLAN encapped packets originating in workloads" -p udp -m multiport --dports 4789 -j DROP
            -m comment --comment "Drop IPinIP encapped packets originating in workloads" -p 4 -j DROP
            -m comment --comment "Start of tier default" -j MARK --set-xmark 0x0/0x20000
            -m mark --mark 0x0/0x20000 -j cali-po-gnp/g
            -m comment --comment "Return if policy accepted" -m mark --mark 0x10000/0x10000 -j RETURN
            -m comment --comment "End of tier default. Drop if no policies passed packet" -m mark --mark 0x0/0x20000 -j DROP
            -j cali-pro-kns.red
            -m comment --comment "Return if profile accepted" -m mark --mark 0x10000/0x10000 -j RETURN
            -j cali-pro-ksa.red.default
            -m comment --comment "Return if profile accepted" -m mark --mark 0x10000/0x10000 -j RETURN
            -m comment --comment "Drop if no profiles matched" -j DROP
            """,
            Chain(Pods + Global("types: [Egress], egress: [{action: Allow}]"), "cali-fw-calif45b743d7ae"));
    }

    [Theory]
    [InlineData("{action: Deny}", "-j DROP")]
    [InlineData("{action: Log}", "-j LOG --log-prefix \"calico-packet: \" --log-level 5")]
    [InlineData(
        "{action: Allow, protocol: TCP, destination: {ports: [80, '8000:8010']}}",
        "-p tcp -m multiport --dports 80,8000:8010 -j MARK --set-xmark 0x10000/0x10000|-m mark --mark 0x10000/0x10000 -j RETURN")]
    [InlineData(
        "{action: Pass, protocol: ICMP, icmp: {type: 8, code: 0}}",
        "-p icmp -m icmp --icmp-type 8/0 -j MARK --set-xmark 0x20000/0x20000|-m mark --mark 0x20000/0x20000 -j RETURN")]
    [InlineData("{action: Deny, source: {nets: [10.0.0.0/8], notNets: [10.1.0.0/16]}}", "-s 10.0.0.0/8 ! -s 10.1.0.0/16 -j DROP")]
    [InlineData("{action: Deny, notProtocol: UDP, destination: {nets: ['fd00::/8', 1.2.3.4]}}", "! -p udp -d 1.2.3.4/32 -j DROP")]
    [InlineData("{action: Deny, source: {nets: ['fd00::/8']}}", "")]
    [InlineData("{action: Deny, ipVersion: 6}", "")]
    [InlineData(
        "{action: Deny, source: {nets: [10.0.0.0/8, 11.0.0.0/8], notNets: [10.1.0.0/16, 10.2.0.0/16]}}",
        "-j MARK --set-xmark 0x0/0xc0000|-s 10.0.0.0/8 -j MARK --set-xmark 0x40000/0x40000|-s 11.0.0.0/8 -j MARK --set-xmark 0x40000/0x40000"
        + "|-s 10.1.0.0/16 -j MARK --set-xmark 0x0/0x40000|-s 10.2.0.0/16 -j MARK --set-xmark 0x0/0x40000|-m mark --mark 0x40000/0x40000 -j DROP")]
    [InlineData(
        "{action: Deny, source: {nets: [1.0.0.0/8, 2.0.0.0/8]}, destination: {nets: [3.0.0.0/8, 4.0.0.0/8]}}",
        "-j MARK --set-xmark 0x0/0xc0000|-s 1.0.0.0/8 -j MARK --set-xmark 0x40000/0x40000|-s 2.0.0.0/8 -j MARK --set-xmark 0x40000/0x40000"
        + "|-j MARK --set-xmark 0x0/0x80000|-d 3.0.0.0/8 -j MARK --set-xmark 0x80000/0x80000|-d 4.0.0.0/8 -j MARK --set-xmark 0x80000/0x80000"
        + "|-m mark --mark 0x0/0x80000 -j MARK --set-xmark 0x0/0x40000|-m mark --mark 0x40000/0x40000 -j DROP")]
    public void A_rule_becomes_these_iptables_rules(string rule, string expected)
    {
        Assert.Equal(
            expected.Replace("|", Environment.NewLine, StringComparison.Ordinal),
            Chain(Pods + Global($"ingress: [{rule}]"), "cali-pi-gnp/g"));
    }

    [Fact]
    public void More_than_15_ports_become_blocks_of_15()
    {
        string[] rules = Chain(
            Pods + Global($"ingress: [{{action: Deny, protocol: TCP, destination: {{ports: [{string.Join(", ", Enumerable.Range(1, 16))}]}}}}]"),
            "cali-pi-gnp/g").Split(Environment.NewLine);

        Assert.Equal(
            [
                "-j MARK --set-xmark 0x0/0xc0000",
                "-p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 -j MARK --set-xmark 0x40000/0x40000",
                "-p tcp -m multiport --dports 16 -j MARK --set-xmark 0x40000/0x40000",
                "-p tcp -m mark --mark 0x40000/0x40000 -j DROP",
            ],
            rules);
    }

    [Fact]
    public void A_selector_becomes_a_set_of_at_most_31_characters()
    {
        RecordedDataplane dataplane = Calculate(Pods + Global("ingress: [{action: Allow, source: {selector: app == 'web'}}]"));

        SetMatch set = Assert.Single(dataplane.Filter["cali-pi-gnp/g"].Rules[0].Match.Sets);
        Assert.StartsWith("cali40s:", set.Name, StringComparison.Ordinal);
        Assert.Equal(31, set.Name.Length);
        Assert.Equal(["10.0.0.1"], dataplane.KernelSets[set.Name].Select(member => member.ToString()));
        Assert.Empty(dataplane.KernelSets["cali60" + set.Name[6..]]);
    }

    [Fact]
    public void Policies_that_follow_each_other_with_one_selector_share_a_group_chain()
    {
        string policies = string.Concat(Enumerable.Range(0, 6).Select(i => Global("selector: app == 'web', ingress: [{action: Log}]", $"g{i}") + "---\n"));
        RecordedDataplane dataplane = Calculate(Pods + policies);

        string group = Assert.Single(dataplane.Filter.Keys, name => name.StartsWith("cali-gi-", StringComparison.Ordinal));
        Assert.Equal(
            [
                "-j cali-pi-gnp/g0",
                "-m mark --mark 0x0/0x30000 -j cali-pi-gnp/g1",
                "-m mark --mark 0x0/0x30000 -j cali-pi-gnp/g2",
                "-m mark --mark 0x0/0x30000 -j cali-pi-gnp/g3",
                "-m mark --mark 0x0/0x30000 -j cali-pi-gnp/g4",
                "-m comment --comment \"Return on verdict\" -m mark ! --mark 0x0/0x30000 -j RETURN",
                "-j cali-pi-gnp/g5",
            ],
            dataplane.Filter[group].Rules.Select(rule => rule.ToString()));
        Assert.Contains(dataplane.Filter["cali-tw-calif45b743d7ae"].Rules, rule => rule.Target.Chain == group);
    }

    [Fact]
    public void Dispatch_goes_to_the_devices_chain_and_drops_unknown_devices()
    {
        Assert.Equal(
            """
            -i calif45b743d7ae -g cali-fw-calif45b743d7ae
            -m comment --comment "Unknown interface" -j DROP
            """,
            Chain(Pods, "cali-from-wl-dispatch"));
    }

    [Fact]
    public void Many_devices_are_dispatched_by_the_next_character_of_their_names()
    {
        string pods = string.Concat(Enumerable.Range(0, 40).Select(i =>
            $"{{apiVersion: v1, kind: Pod, metadata: {{name: p{i}}}, spec: {{nodeName: n1}}, status: {{podIP: 10.0.1.{i}}}}}\n---\n"));
        RecordedDataplane dataplane = Calculate(pods + Pods);

        Chain root = dataplane.Filter["cali-to-wl-dispatch"];
        Assert.InRange(root.Rules.Count, 10, 17);
        foreach (ChainRule rule in root.Rules.Where(rule => rule.Match.OutInterface?.EndsWith('+') == true))
        {
            Chain child = dataplane.Filter[rule.Target.Chain!];
            Assert.All(child.Rules.SkipLast(1), entry => Assert.Equal(ChainNames.ToWorkload(entry.Match.OutInterface!), entry.Target.Chain));
            Assert.Equal("Unknown interface", child.Rules[^1].Comment);
        }
    }

    [Fact]
    public void The_static_chains_stand_as_on_a_calico_node()
    {
        Assert.Equal(
            """
            -j MARK --set-xmark 0x0/0xe0000
            -m mark --mark 0x0/0x10000 -j cali-from-hep-forward
            -i cali+ -j cali-from-wl-dispatch
            -o cali+ -j cali-to-wl-dispatch
            -j cali-to-hep-forward
            -j cali-cidr-block
            """,
            Chain(string.Empty, "cali-FORWARD"));
        Assert.Equal(
            """
            -j cali-from-wl-dispatch
            -m comment --comment "Configured DefaultEndpointToHostAction" -j DROP
            """,
            Chain(string.Empty, "cali-wl-to-host"));
    }

    [Theory]
    [InlineData("{defaultEndpointToHostAction: Accept}", "{logPrefix: x}", "ACCEPT")]
    [InlineData("{logPrefix: x}", "{defaultEndpointToHostAction: Accept}", "ACCEPT")]
    [InlineData("{defaultEndpointToHostAction: Accept}", "{defaultEndpointToHostAction: Drop}", "DROP")]
    [InlineData("{iptablesFilterDenyAction: Reject}", "{vxlanPort: 8472}", "REJECT")]
    public void A_nodes_own_settings_stand_over_the_clusters_field_by_field(string cluster, string own, string target) => Assert.Equal(
        $"""
        -j cali-from-wl-dispatch
        -m comment --comment "Configured DefaultEndpointToHostAction" -j {target}
        """,
        Chain(Felix("default", cluster) + "---\n" + Felix("node.n1", own) + "---\n" + Felix("node.n2", "{defaultEndpointToHostAction: Return}"), "cali-wl-to-host"));

    [Theory]
    [InlineData("cali-pi-", "short", "cali-pi-short")]
    [InlineData("cali-pi-", "12345678901234567890", "cali-pi-12345678901234567890")]
    public void A_name_that_fits_is_kept(string prefix, string suffix, string expected) =>
        Assert.Equal(expected, ChainNames.Limit(prefix, suffix));

    [Fact]
    public void A_name_that_does_not_fit_becomes_a_digest_that_stays_the_same()
    {
        string name = ChainNames.Limit("cali-pi-", "123456789012345678901");
        Assert.Equal(28, name.Length);
        Assert.StartsWith("cali-pi-_", name, StringComparison.Ordinal);
        Assert.Equal(name, ChainNames.Limit("cali-pi-", "123456789012345678901"));
        Assert.NotEqual(name, ChainNames.Limit("cali-pi-", "123456789012345678902"));
    }

    [Fact]
    public void A_host_endpoint_gets_chains_in_every_table_and_dispatch_by_device()
    {
        RecordedDataplane dataplane = Calculate("""
            {apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: h, labels: {host: x}}, spec: {node: n1, expectedIPs: [192.0.2.1]}}
            ---
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: u}, spec: {selector: has(host), applyOnForward: true, doNotTrack: true, ingress: [{action: Allow}]}}
            ---
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: d}, spec: {selector: has(host), applyOnForward: true, preDNAT: true, ingress: [{action: Deny}]}}
            ---
            {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: n}, spec: {selector: has(host), egress: [{action: Allow}]}}
            """);
        dataplane.Model.UpdateDevices([new HostDevice("eth0", [IPv4Address.Parse("192.0.2.1")]), new HostDevice("eth1", [])]);
        dataplane.ApplyRendered();

        Assert.Equal(["-i eth0 -g cali-fh-eth0"], Text(dataplane.Filter["cali-from-host-endpoint"]));
        Assert.Equal("-j cali-failsafe-in", dataplane.Filter["cali-fh-eth0"].Rules[2].ToString());
        Assert.Contains(dataplane.Filter["cali-th-eth0"].Rules, rule => rule.Target.Chain == "cali-po-gnp/n");
        Assert.Equal(
            [
                "-j cali-failsafe-in",
                "-j MARK --set-xmark 0x0/0x10000",
                "-m comment --comment \"Start of tier default\" -j MARK --set-xmark 0x0/0x20000",
                "-m mark --mark 0x0/0x20000 -j cali-pi-gnp/u",
                "-m mark --mark 0x10000/0x10000 -j CT --notrack",
                "-m comment --comment \"Return if policy accepted\" -m mark --mark 0x10000/0x10000 -j RETURN",
            ],
            Text(dataplane.Table(NetfilterTable.Raw)["cali-fh-eth0"]));
        Assert.Contains(dataplane.Table(NetfilterTable.Mangle)["cali-fh-eth0"].Rules, rule => rule.Target.Chain == "cali-pi-gnp/d");
        Assert.Contains("cali-po-gnp/n", dataplane.Table(NetfilterTable.Mangle).Keys);
    }

    private static string Global(string spec, string name = "g") =>
        $"{{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {{name: {name}}}, spec: {{{spec}}}}}\n";

    private static string Felix(string name, string spec) =>
        $"{{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {{name: {name}}}, spec: {spec}}}\n";

    private static IEnumerable<string> Text(Chain chain) => chain.Rules.Select(rule => rule.ToString());

    private static string Chain(string yaml, string name) => string.Join(Environment.NewLine, Text(Calculate(yaml).Filter[name]));

    private static RecordedDataplane Calculate(string yaml)
    {
        RecordedDataplane dataplane = new();
        CalculationGraph graph = new("n1", dataplane);
        foreach (Resource resource in Manifest.Read(yaml))
        {
            graph.Update(resource.Key, resource);
        }

        graph.Flush();
        dataplane.ApplyRendered();
        return dataplane;
    }
}
