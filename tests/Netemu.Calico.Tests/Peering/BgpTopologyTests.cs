using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Peering;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Tests.Peering;

public sealed class BgpTopologyTests
{
    private const string ThreeNodes = """
        {apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n1, labels: {rack: a}}, spec: {bgp: {ipv4Address: 10.0.0.9/24}}}
        ---
        {apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n2, labels: {rack: b}}, spec: {bgp: {ipv4Address: 10.0.0.10/24}}}
        ---
        {apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n3, labels: {rack: b, rr: "yes"}}, spec: {bgp: {ipv4Address: 10.0.0.11/24}}}
        ---

        """;

    private const string Reflector = """
        {apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n3, labels: {rr: "yes"}}, spec: {bgp: {ipv4Address: 10.0.0.11/24, routeReflectorClusterID: 244.0.0.1}}}
        ---

        """;

    [Fact]
    public void Without_a_configuration_all_nodes_mesh_in_as_64512()
    {
        IReadOnlyList<BgpNodeConfiguration> nodes = Derive(ThreeNodes);

        Assert.Equal(["n1", "n2", "n3"], nodes.Select(node => node.Node));
        Assert.All(nodes, node => Assert.Equal((64512u, 2), (node.AsNumber, node.Peerings.Count)));
        Assert.Equal(["Mesh_10_0_0_10", "Mesh_10_0_0_11"], nodes[0].Peerings.Select(peering => peering.Name));
        Assert.Equal("10.0.0.9", nodes[0].RouterId.ToString());
    }

    [Fact]
    public void Of_each_session_exactly_one_side_is_passive_and_text_decides()
    {
        IReadOnlyList<BgpNodeConfiguration> nodes = Derive(ThreeNodes);

        // "10.0.0.9" is greater than "10.0.0.10" as text: the side whose peer is greater waits.
        Assert.False(nodes[0].Peerings[0].IsPassive);
        Assert.True(nodes[1].Peerings.Single(peering => peering.PeerNode == "n1").IsPassive);
        foreach (BgpNodeConfiguration node in nodes)
        {
            Assert.All(node.Peerings, peering => Assert.NotEqual(
                peering.IsPassive,
                nodes.Single(other => other.Node == peering.PeerNode).Peerings.Single(back => back.PeerNode == node.Node).IsPassive));
        }
    }

    [Fact]
    public void A_node_with_a_cluster_id_leaves_the_mesh()
    {
        IReadOnlyList<BgpNodeConfiguration> nodes = Derive(ThreeNodes.Replace("{rack: b, rr: \"yes\"}}, spec: {bgp: {", "{}}, spec: {bgp: {routeReflectorClusterID: 244.0.0.1, "));

        Assert.Equal([1, 1, 0], nodes.Select(node => node.Peerings.Count));
    }

    [Fact]
    public void The_mesh_ends_where_the_configuration_says_so()
    {
        Assert.All(Derive(ThreeNodes + Configuration("nodeToNodeMeshEnabled: false")), node => Assert.Empty(node.Peerings));
    }

    [Fact]
    public void A_peer_selector_makes_sessions_in_both_directions_and_the_reflector_reflects()
    {
        string peer = "{apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: to-rr}, spec: {nodeSelector: '!has(rr)', peerSelector: has(rr)}}";
        IReadOnlyList<BgpNodeConfiguration> nodes = Derive(
            ThreeNodes[..ThreeNodes.IndexOf("{apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n3", System.StringComparison.Ordinal)]
            + Reflector + Configuration("nodeToNodeMeshEnabled: false") + "---\n" + peer);

        BgpPeering client = Assert.Single(nodes[0].Peerings);
        Assert.Equal((PeeringOrigin.NodePeer, "n3", false), (client.Origin, client.PeerNode, client.IsReflectorClient));
        Assert.Equal(2, nodes[2].Peerings.Count);
        Assert.All(nodes[2].Peerings, back => Assert.Equal(
            (PeeringOrigin.ReversePeer, true, "244.0.0.1"), (back.Origin, back.IsReflectorClient, back.ClusterId.ToString())));
    }

    [Fact]
    public void Reflectors_of_one_cluster_are_no_clients_of_each_other_and_of_two_clusters_they_are()
    {
        const string peer = "{apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: rrs}, spec: {nodeSelector: has(rr), peerSelector: has(rr)}}\n---\n";
        string other = Reflector.Replace("n3", "n4").Replace("10.0.0.11", "10.0.0.12");
        Assert.False(Derive(Reflector + other + peer)[0].Peerings[0].IsReflectorClient);
        Assert.True(Derive(Reflector + other.Replace("244.0.0.1", "244.0.0.2") + peer)[0].Peerings[0].IsReflectorClient);
    }

    [Fact]
    public void A_foreign_router_is_peered_by_address_and_the_first_of_two_definitions_counts()
    {
        IReadOnlyList<BgpNodeConfiguration> nodes = Derive(ThreeNodes + Configuration("nodeToNodeMeshEnabled: false") + """
            ---
            {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: tor}, spec: {nodeSelector: rack == 'a', peerIP: "10.0.0.1:1179", asNumber: 65000, nextHopMode: Keep, ttlSecurity: 2}}
            ---
            {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: uuu}, spec: {nodeSelector: rack == 'a', peerIP: "10.0.0.1:1179", asNumber: 65002}}
            ---
            {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: zzz}, spec: {peerIP: 10.0.0.1, asNumber: 65001}}
            """);

        // One address on two ports is two sessions (confd's golden files explicit_peering/global*).
        Assert.Equal(["Global_10_0_0_1", "Node_10_0_0_1_port_1179"], nodes[0].Peerings.Select(found => found.Name));
        BgpPeering peering = nodes[0].Peerings[1];
        Assert.Equal(("tor", "Node_10_0_0_1_port_1179", (ushort)1179, 65000u, true), (peering.Resource, peering.Name, peering.PeerPort, peering.PeerAs, peering.IsExternal));
        Assert.Equal((NextHopMode.Keep, 2, false), (peering.NextHopMode, peering.TtlSecurity, peering.IsPassive));
        Assert.Equal("Global_10_0_0_1", Assert.Single(nodes[1].Peerings).Name);
    }

    [Theory]
    [InlineData("10.65.0.0/26", true, "own block as a whole")]
    [InlineData("10.65.0.7/32", false, "inside an own block")]
    [InlineData("10.65.1.7/32", true, "a borrowed or fixed address outside the own blocks")]
    [InlineData("10.65.0.0/16", true, "the pool itself")]
    [InlineData("10.66.0.0/26", false, "a pool with disableBGPExport")]
    [InlineData("10.67.0.0/26", false, "in no pool")]
    [InlineData("10.96.0.0/12", true, "service addresses")]
    public void The_export_rules_aggregate_blocks_and_keep_to_pools(string prefix, bool expected, string what)
    {
        BgpNodeConfiguration node = Derive(ThreeNodes + Configuration("serviceClusterIPs: [{cidr: 10.96.0.0/12}]") + """
            ---
            {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: a}, spec: {cidr: 10.65.0.0/16}}
            ---
            {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: b}, spec: {cidr: 10.66.0.0/16, disableBGPExport: true}}
            ---
            {apiVersion: projectcalico.org/v3, kind: BlockAffinity, metadata: {name: x}, spec: {node: n1, cidr: 10.65.0.0/26, state: confirmed}}
            """)[0];

        Assert.Equal(["10.65.0.0/26", "10.96.0.0/12"], node.Originated.Select(origin => origin.ToString()));
        Assert.True(Exports(node.Peerings[0].Export, InternetPrefix.Parse(prefix)) == expected, what);
    }

    [Fact]
    public void Filters_come_before_the_built_in_rules_and_only_those_for_the_kind_of_session()
    {
        BgpPeering peering = Derive(ThreeNodes + """
            {apiVersion: projectcalico.org/v3, kind: BGPFilter, metadata: {name: f}, spec: {exportV4: [{action: Reject, matchOperator: In, cidr: 10.65.0.0/24}, {action: Reject, peerType: iBGP}], importV4: [{action: Reject}]}}
            ---
            {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: tor}, spec: {peerIP: 10.0.0.1, asNumber: 65000, filters: [f]}}
            ---
            {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: a}, spec: {cidr: 10.65.0.0/16}}
            """)[0].Peerings[0];

        Assert.Equal([false, true], peering.Export.Select(rule => rule.Accept));
        Assert.Single(peering.Import);
    }

    [Fact]
    public void A_local_services_address_is_announced_where_a_ready_endpoint_is()
    {
        IReadOnlyList<BgpNodeConfiguration> nodes = Derive(ThreeNodes + Configuration("serviceExternalIPs: [{cidr: 192.0.2.0/24}]") + """
            ---
            {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {app: web}, externalIPs: [192.0.2.7], externalTrafficPolicy: Local, ports: [{port: 80}]}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: web}}, spec: {nodeName: n2}, status: {podIP: 10.65.0.1}}
            """);

        Assert.Equal(["192.0.2.0/24"], nodes[0].Originated.Select(prefix => prefix.ToString()));

        // The Pod's address lies in no block of its node, and so has a route of its own.
        Assert.Equal(["10.65.0.1/32", "192.0.2.0/24", "192.0.2.7/32"], nodes[1].Originated.Select(prefix => prefix.ToString()));
    }

    [Fact]
    public void Communities_are_resolved_by_name_and_tunnels_decide_who_programs_routes()
    {
        BgpNodeConfiguration node = Derive(
            ThreeNodes + Configuration("communities: [{name: gold, value: '64512:7'}], prefixAdvertisements: [{cidr: 10.65.0.0/16, communities: [gold, '1:2']}]") + """
            ---
            {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: a}, spec: {cidr: 10.65.0.0/16, ipipMode: CrossSubnet}}
            ---
            {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: b}, spec: {cidr: 10.66.0.0/16, vxlanMode: Always}}
            """)[0];

        Assert.Equal(["1:2", "64512:7"], Assert.Single(node.Communities).Value);
        Assert.Equal(
            [KernelRouteAction.TunnelAcrossSubnets, KernelRouteAction.Leave], node.KernelRules.Select(rule => rule.Action));
    }

    private static string Configuration(string spec) =>
        $"{{apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {{name: default}}, spec: {{{spec}}}}}\n";

    private static IReadOnlyList<BgpNodeConfiguration> Derive(string yaml) => new BgpTopology(Manifest.Read(yaml)).Nodes;

    /// <summary>The first rule that matches the prefix decides; rules about devices do not match here.</summary>
    private static bool Exports(IReadOnlyList<BgpFilterRule> rules, InternetPrefix prefix) =>
        rules.FirstOrDefault(rule => rule.Interface is null && rule.MatchOperator switch
        {
            PrefixMatchOperator.Equal => rule.Cidr == prefix,
            PrefixMatchOperator.In => rule.Cidr!.Value.Contains(prefix),
            _ => true,
        })?.Accept ?? false;
}
