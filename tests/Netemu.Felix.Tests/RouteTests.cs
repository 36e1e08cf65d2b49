using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Felix.Calculation;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Tests;

public sealed class RouteTests
{
    private const string Nodes = """
        {apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n1}, spec: {bgp: {ipv4Address: 10.0.0.1/24}, ipv4VXLANTunnelAddr: 10.65.0.1}}
        ---
        {apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n2}, spec: {bgp: {ipv4Address: 10.0.0.2/24}, ipv4VXLANTunnelAddr: 10.65.1.1}}
        ---
        {apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n3}, spec: {bgp: {ipv4Address: 10.0.9.3/24}, ipv4VXLANTunnelAddr: 10.65.2.1}}
        ---
        {apiVersion: projectcalico.org/v3, kind: IPAMBlock, metadata: {name: b1}, spec: {cidr: 10.65.0.0/30, affinity: 'host:n1', allocations: [0, null, 1, null], unallocated: [1, 3], attributes: [{handle_id: a, secondary: {node: n1}}, {handle_id: b, secondary: {node: n3}}]}}
        ---
        {apiVersion: projectcalico.org/v3, kind: IPAMBlock, metadata: {name: b2}, spec: {cidr: 10.65.1.0/30, affinity: 'host:n2', allocations: [null, null, null, null], unallocated: [0, 1, 2, 3], attributes: []}}
        ---
        {apiVersion: projectcalico.org/v3, kind: IPAMBlock, metadata: {name: b3}, spec: {cidr: 10.65.2.0/30, affinity: 'host:n3', allocations: [null, null, null, null], unallocated: [0, 1, 2, 3], attributes: []}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: red}, spec: {nodeName: n1}, status: {podIP: 10.65.0.0}}
        ---

        """;

    private static readonly string[] _local =
    [
        "blackhole 10.65.0.0/30",
        "10.65.0.0/32 dev calif45b743d7ae scope link",
    ];

    [Theory]
    [InlineData("", "")]
    [InlineData("vxlanMode: Always", "10.65.0.2/32 via 10.65.2.1 dev vxlan.calico onlink|10.65.1.0/30 via 10.65.1.1 dev vxlan.calico onlink|10.65.2.0/30 via 10.65.2.1 dev vxlan.calico onlink")]
    [InlineData("vxlanMode: CrossSubnet", "10.65.0.2/32 via 10.65.2.1 dev vxlan.calico onlink|10.65.1.0/30 via 10.0.0.2|10.65.2.0/30 via 10.65.2.1 dev vxlan.calico onlink")]
    [InlineData("ipipMode: Always", "")]
    public void Own_workloads_and_blocks_have_routes_and_remote_ones_by_the_pools_mode(string mode, string remote)
    {
        Assert.Equal(_local.Concat(Split(remote)), Render(Pool(mode)));
    }

    [Theory]
    [InlineData("EnabledIPIPOnly", "ipipMode: CrossSubnet", "10.65.0.2/32 via 10.0.9.3 dev tunl0 onlink|10.65.1.0/30 via 10.0.0.2|10.65.2.0/30 via 10.0.9.3 dev tunl0 onlink")]
    [InlineData("EnabledIPIPOnly", "", "")]
    [InlineData("Enabled", "", "10.65.0.2/32 via 10.0.9.3|10.65.1.0/30 via 10.0.0.2|10.65.2.0/30 via 10.0.9.3")]
    public void Felix_programs_other_routes_where_it_is_told_to(string program, string mode, string remote)
    {
        string configuration = $"{{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {{name: default}}, spec: {{programClusterRoutes: {program}}}}}\n---\n";
        Assert.Equal(_local.Concat(Split(remote)), Render(configuration + Pool(mode)));
    }

    [Fact]
    public void A_borrowed_address_is_known_as_such_on_both_sides()
    {
        Dictionary<string, RouteUpdate> onOwner = Routes("n1");
        Assert.Equal((RouteType.RemoteWorkload, "n3", true), Describe(onOwner["10.65.0.2/32"]));

        Dictionary<string, RouteUpdate> onBorrower = Routes(
            "n3", "{apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {nodeName: n3}, status: {podIP: 10.65.0.2}}\n---\n");
        Assert.Equal((RouteType.LocalWorkload, "n3", true), Describe(onBorrower["10.65.0.2/32"]));
        Assert.Equal((RouteType.RemoteBlock, "n1", false), Describe(onBorrower["10.65.0.0/30"]));
    }

    [Fact]
    public void Tunnel_endpoints_get_the_mac_that_the_nodes_name_determines()
    {
        // printf 'n1' | sha1sum
        Assert.Equal("66:40:b3:ea:b6:3f", L3RouteResolver.TunnelMacOf("n1").ToString());
        RouteModel model = new("n1");
        Calculate("n1", Pool("vxlanMode: Always"), model);
        Assert.Equal(["n2", "n3"], model.RemoteTunnels.Select(tunnel => tunnel.Node));
        Assert.Equal("10.65.0.1", model.OwnTunnel!.TunnelAddress.ToString());
    }

    [Fact]
    public void A_node_that_moves_to_another_subnet_changes_the_encapsulation_of_its_blocks()
    {
        RouteModel model = new("n1");
        CalculationGraph graph = Calculate("n1", Pool("vxlanMode: CrossSubnet"), model);

        Node moved = (Node)Manifest.Read("{apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: n2}, spec: {bgp: {ipv4Address: 10.0.8.2/24}, ipv4VXLANTunnelAddr: 10.65.1.1}}")[0];
        graph.Update(moved.Key, moved);
        graph.Flush();

        Assert.Contains("10.65.1.0/30 via 10.65.1.1 dev vxlan.calico onlink", model.Render().Select(route => route.ToString()));
    }

    [Fact]
    public void Pools_fill_the_sets_of_nat_outgoing()
    {
        RecordedDataplane dataplane = new();
        Calculate("n1", Pool("natOutgoing: true"), dataplane);
        dataplane.ApplyRendered();

        Assert.Equal(["10.65.0.0/16"], dataplane.KernelSets["cali40masq-ipam-pools"].Select(member => member.ToString()));
        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.9.3"], dataplane.KernelSets["cali40all-hosts-net"].Select(member => member.ToString()));
        Assert.Equal(
            "-m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE",
            Assert.Single(dataplane.Table(NetfilterTable.Nat)["cali-nat-outgoing"].Rules).ToString());
    }

    private static (RouteType, string, bool) Describe(RouteUpdate route) => (route.Type, route.Node, route.IsBorrowed);

    private static string Pool(string mode) =>
        $"{{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {{name: p}}, spec: {{cidr: 10.65.0.0/16, {mode}}}}}";

    private static IEnumerable<string> Split(string lines) => lines.Split('|', System.StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Render(string yaml)
    {
        RouteModel model = new("n1");
        Calculate("n1", yaml, model);
        return model.Render().Select(route => route.ToString());
    }

    private static Dictionary<string, RouteUpdate> Routes(string node, string more = "")
    {
        RecordedDataplane dataplane = new();
        Calculate(node, more + Pool("vxlanMode: Always"), dataplane);
        return dataplane.Routes.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value);
    }

    private static CalculationGraph Calculate(string node, string yaml, IDataplaneMessageSink sink)
    {
        CalculationGraph graph = new(node, sink);
        foreach (Resource resource in Manifest.Read(Nodes + yaml))
        {
            graph.Update(resource.Key, resource);
        }

        graph.Flush();
        return graph;
    }
}
