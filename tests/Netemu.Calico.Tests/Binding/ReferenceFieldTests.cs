using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;

namespace Netemu.Calico.Tests.Binding;

/// <summary>The table of resources of the reference (section a): defaults, bounds, and fields that exclude each other.</summary>
public sealed class ReferenceFieldTests
{
    [Fact]
    public void A_pool_has_calicos_defaults()
    {
        IPPool v4 = Read<IPPool>("kind: IPPool, spec: {cidr: 10.0.0.0/16}");
        Assert.Equal((26, EncapsulationMode.Never, EncapsulationMode.Never), (v4.BlockSize, v4.IpipMode, v4.VxlanMode));
        Assert.Equal((false, false, false, PoolAssignmentMode.Automatic), (v4.NatOutgoing, v4.Disabled, v4.DisableBgpExport, v4.AssignmentMode));
        Assert.Equal([PoolUse.Workload, PoolUse.Tunnel], v4.AllowedUses);
        Assert.Equal("all()", v4.NodeSelector.ToString());
        Assert.Equal(122, Read<IPPool>("kind: IPPool, spec: {cidr: 'fd00::/48'}").BlockSize);
    }

    [Fact]
    public void Bgp_has_calicos_defaults()
    {
        BgpConfiguration bgp = Read<BgpConfiguration>("kind: BGPConfiguration, spec: {}");
        Assert.Equal((64512u, true, (ushort)179), (bgp.AsNumber ?? 64512, bgp.NodeToNodeMeshEnabled ?? true, bgp.ListenPort ?? 179));
    }

    [Fact]
    public void Felix_has_calicos_defaults()
    {
        FelixConfiguration felix = Read<FelixConfiguration>("kind: FelixConfiguration, spec: {}");
        Assert.Equal(
            "tcp 22,udp 68,tcp 179,tcp 2379,tcp 2380,tcp 5473,tcp 6443,tcp 6666,tcp 6667",
            string.Join(',', felix.FailsafeInbound.Select(port => $"{port.Protocol.ToString()!.ToLowerInvariant()} {port.Port}")));
        Assert.Equal(
            "udp 53,udp 67,tcp 179,tcp 2379,tcp 2380,tcp 5473,tcp 6443,tcp 6666,tcp 6667",
            string.Join(',', felix.FailsafeOutbound.Select(port => $"{port.Protocol.ToString()!.ToLowerInvariant()} {port.Port}")));
        Assert.Equal((EndpointToHostAction.Drop, (ushort)4789, 4096), (felix.DefaultEndpointToHostAction, felix.VxlanPort, felix.VxlanVni));
        Assert.Equal(
            (Duration.FromSeconds(180), Duration.FromSeconds(90), Duration.FromSeconds(90)),
            (felix.IptablesRefreshInterval, felix.IpsetsRefreshInterval, felix.RouteRefreshInterval));

        // programClusterRoutes as up to 3.32, where BIRD programs the routes of IPIP too.
        Assert.Equal(
            (false, false, RejectAction.Drop, false, ServiceLoopPrevention.Drop, false, false, ClusterRouteProgramming.Disabled),
            (felix.AppendsChains, felix.FilterAllowReturns, felix.FilterDenyAction, felix.FloatingIPs, felix.ServiceLoopPrevention,
                felix.NatOutgoingExcludesHosts, felix.WorkloadSourceSpoofing, felix.ProgramClusterRoutes));
    }

    [Fact]
    public void Tiers_and_policies_have_calicos_defaults()
    {
        Tier tier = Read<Tier>("kind: Tier, spec: {}");
        Assert.Equal((1_000_000m, RuleAction.Deny), (tier.Order, tier.DefaultAction));
        Assert.Equal(
            ["kube-admin 1000", "default 1000000", "kube-baseline 10000000"],
            Tier.BuiltIn.OrderBy(built => built.Order).Select(built => $"{built.Name} {built.Order}"));
        NetworkPolicy policy = Read<NetworkPolicy>("kind: GlobalNetworkPolicy, spec: {}");
        Assert.Equal(("default", null, "all()"), (policy.Spec.Tier, policy.Spec.Order, policy.Spec.Selector.ToString()));
    }

    [Fact]
    public void A_calico_nodes_fields()
    {
        Node node = Read<Node>(
            "kind: Node, spec: {bgp: {ipv4Address: 10.0.0.1/24, ipv6Address: 'fd00::1/64', asNumber: 65001, ipv4IPIPTunnelAddr: 10.65.0.1, "
            + "routeReflectorClusterID: 1.0.0.1}, ipv4VXLANTunnelAddr: 10.65.0.2, vxlanTunnelMACAddr: '66:00:00:00:00:01'}");
        Assert.Equal(("10.0.0.1/24", "fd00::1/64", 65001u), ($"{node.IPv4Address}", $"{node.IPv6Address}", node.AsNumber));
        Assert.Equal(("10.65.0.1", "10.65.0.2", "1.0.0.1"), ($"{node.IPv4IpipTunnelAddress}", $"{node.IPv4VxlanTunnelAddress}", $"{node.RouteReflectorClusterId}"));
    }

    [Theory]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, blockSize: 20}", "")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, blockSize: 32}", "")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, blockSize: 33}", "E3012")]
    [InlineData("kind: IPPool, spec: {cidr: 'fd00::/48', blockSize: 116}", "")]
    [InlineData("kind: IPPool, spec: {cidr: 'fd00::/48', blockSize: 115}", "E3012")]
    [InlineData("kind: IPPool, spec: {cidr: 'fd00::/48', blockSize: 128}", "")]
    [InlineData("kind: IPPool, spec: {cidr: 'fd00::/48', vxlanMode: Always}", "")]
    [InlineData("kind: IPPool, spec: {cidr: 'fe80::/64'}", "E3012")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, allowedUses: [LoadBalancer]}", "W3003")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, allowedUses: [LoadBalancer, Workload]}", "E3014")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, allowedUses: [Games]}", "E3012")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, assignmentMode: Manual}", "")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, ipipMode: Sometimes}", "E3012")]
    [InlineData("kind: IPAMConfiguration, spec: {ipCooldownSeconds: 1200}", "")]
    [InlineData("kind: IPAMConfiguration, spec: {ipCooldownSeconds: 1201}", "E3012")]
    [InlineData("kind: IPAMConfiguration, spec: {autoAllocateBlocks: false}", "E3014")]
    [InlineData("kind: IPAMConfiguration, spec: {strictAffinity: true, autoAllocateBlocks: false, maxBlocksPerHost: 2}", "")]
    [InlineData("kind: IPAMConfiguration, spec: {maxBlocksPerHost: 2}", "E3014")]
    [InlineData("kind: BGPConfiguration, spec: {listenPort: 0}", "E3012")]
    [InlineData("kind: BGPConfiguration, spec: {communities: [{name: a, value: '1:2'}, {name: b, value: '1:2:3'}]}", "")]
    [InlineData("kind: BGPConfiguration, spec: {communities: [{name: a, value: one}]}", "E3012")]
    [InlineData("kind: BGPConfiguration, spec: {bindMode: Everywhere}", "E3012 W3003")]
    [InlineData("kind: BGPPeer, spec: {peerIP: '10.0.0.1:179', asNumber: 1}", "")]
    [InlineData("kind: BGPPeer, spec: {peerIP: '[fd00::1]:179', asNumber: 1}", "")]
    [InlineData("kind: BGPPeer, spec: {peerIP: 10.0.0.1, asNumber: 1, nextHopMode: Keep}", "")]
    [InlineData("kind: BGPPeer, spec: {peerIP: 10.0.0.1, asNumber: 1, reachableBy: 10.0.0.2}", "W3003")]
    [InlineData("kind: BGPPeer, spec: {peerIP: 10.0.0.1, asNumber: 1, nextHopMode: Stay}", "E3012")]
    [InlineData("kind: BGPPeer, spec: {peerIP: 10.0.0.1, asNumber: 1, nextHopMode: Self, keepOriginalNextHop: true}", "E3014")]
    [InlineData("kind: BGPPeer, spec: {peerSelector: all(), peerIP: 10.0.0.1}", "E3014 E3011")]
    [InlineData("kind: BGPPeer, spec: {localWorkloadSelector: all(), asNumber: 1}", "U3020")]
    [InlineData("kind: BGPPeer, spec: {node: n1, peerSelector: all(), reversePeering: Manual}", "")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Accept, matchOperator: In, cidr: 10.0.0.0/8, prefixLength: {min: 16, max: 24}}]}", "")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Accept, matchOperator: In}]}", "E3014")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Accept, communities: {values: ['1:2', '1:3']}}]}", "E3012")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Accept, operations: [{addCommunity: {value: '1:2'}}, {prependASPath: {prefix: [65000]}}]}]}", "")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, ipip: {enabled: true, mode: always}}", "E3014")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, nat-outgoing: true}", "E3014")]
    [InlineData("kind: IPPool, spec: {cidr: 10.0.0.0/16, nat-outgoing: false}", "")]
    [InlineData("kind: BGPConfiguration, spec: {communities: [{name: a, value: '1:2', more: 1}]}", "W3001")]
    [InlineData("kind: BGPConfiguration, spec: {prefixAdvertisements: [{communities: ['1:2']}]}", "E3011")]
    [InlineData("kind: BGPConfiguration, spec: {prefixAdvertisements: [{cidr: 10.0.0.0/8, communities: ['1:2'], more: 1}]}", "W3001")]
    [InlineData("kind: BGPConfiguration, spec: {ipv4NormalRoutePriority: 512, localWorkloadPeeringIPV4: 10.0.0.1}", "W3003 W3003")]
    [InlineData("kind: BGPConfiguration, spec: {bindMode: NodeIP, ignoredInterfaces: [eth9]}", "W3003 W3003")]
    [InlineData("kind: BGPConfiguration, spec: {logSeverityScreen: Chatty}", "E3012")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Accept, operations: [{}]}]}", "E3014")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Accept, operations: [{addCommunity: {value: '1:2'}, setPriority: {value: 3}}]}]}", "E3014")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Accept, operations: [{addCommunity: {value: '1:2', more: 1}}]}]}", "W3001")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Accept, matchOperator: In, cidr: 10.0.0.0/8, prefixLength: {min: 24, max: 16}}]}", "E3012")]
    [InlineData("kind: BGPFilter, spec: {exportV4: [{action: Reject, interface: eth9}]}", "W3003")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, metadata: {annotations: {a: b}, more: 1}}]}", "W3001")]
    [InlineData("kind: FelixConfiguration, spec: {ipipMTU: 1400, vxlanMTU: 1400, vxlanEnabled: false}", "W3003 W3003 W3003")]
    [InlineData("kind: FelixConfiguration, spec: {externalNodesList: [10.9.0.0/16], deviceRouteSourceAddress: 10.0.0.1}", "W3003 W3003")]
    [InlineData("kind: Tier, spec: {order: 1.5, defaultAction: Pass}", "")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {order: -3.5}", "")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {performanceHints: [AssumeNeededOnEveryNode]}", "")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: 0}]}", "E3012")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: 255}]}", "")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: 256}]}", "E3012")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: ICMP, icmp: {type: 255}}]}", "E3012")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: ICMP, icmp: {code: 1}}]}", "E3011")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Deny, http: {methods: [GET]}}]}", "E3014 W3003")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: UDP, http: {methods: [GET]}}]}", "E3014 W3003")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, ipVersion: 5}]}", "E3012")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, ipVersion: 4, source: {nets: ['fd00::/8']}}]}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: TCP, destination: {services: {name: a, namespace: b}, ports: [1]}}]}", "E3014")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: TCP, source: {ports: [0]}}]}", "")]
    [InlineData("kind: GlobalNetworkPolicy, spec: {ingress: [{action: Allow, protocol: TCP, source: {ports: [65536]}}]}", "E3012")]
    [InlineData("kind: HostEndpoint, spec: {node: n1, interfaceName: '*'}", "")]
    [InlineData("kind: HostEndpoint, spec: {node: n1, expectedIPs: [10.0.0.1]}", "")]
    [InlineData("kind: HostEndpoint, spec: {interfaceName: eth0}", "E3011")]
    [InlineData("kind: IPReservation, spec: {reservedCIDRs: [10.0.0.0/30, 10.0.0.9]}", "")]
    [InlineData("kind: GlobalNetworkSet, spec: {nets: [10.0.0.0/8, ten]}", "E3012")]
    [InlineData("kind: BlockAffinity, spec: {node: n1, cidr: 10.0.0.0/26, state: sold}", "E3012")]
    [InlineData("kind: FelixConfiguration, spec: {defaultEndpointToHostAction: Perhaps}", "E3012")]
    [InlineData("kind: FelixConfiguration, spec: {iptablesRefreshInterval: soon}", "E3012")]
    [InlineData("kind: FelixConfiguration, spec: {interfacePrefix: tap}", "U3020")]
    [InlineData("kind: FelixConfiguration, spec: {programClusterRoutes: Enabled}", "")]
    [InlineData("kind: ClusterInformation, spec: {clusterGUID: x}", "W3002")]
    [InlineData("kind: KubeControllersConfiguration, spec: {}", "W3002")]
    [InlineData("kind: CalicoNodeStatus, spec: {node: n1}", "W3002")]
    public void A_field_and_its_bounds(string body, string codes)
    {
        Manifest.Read($"{{apiVersion: projectcalico.org/v3, metadata: {{name: x}}, {body}}}", out IReadOnlyList<Diagnostic> findings);
        Assert.Equal(codes, string.Join(' ', findings.Select(finding => finding.Code)));
    }

    [Theory]
    [InlineData("kind: Tier, metadata: {name: default}, spec: {order: 1000000, defaultAction: Deny}", "")]
    [InlineData("kind: Tier, metadata: {name: default}, spec: {order: 5}", "E3014")]
    [InlineData("kind: Tier, metadata: {name: default}, spec: {defaultAction: Pass}", "E3014")]
    [InlineData("kind: Tier, metadata: {name: kube-admin}, spec: {}", "")]
    [InlineData("kind: Tier, metadata: {name: kube-baseline}, spec: {defaultAction: Deny}", "E3014")]
    [InlineData("kind: BGPConfiguration, metadata: {name: default}, spec: {serviceClusterIPs: [{cidr: 10.96.0.0/12}], serviceLoadBalancerAggregation: Disabled}", "")]
    [InlineData("kind: BGPConfiguration, metadata: {name: default}, spec: {nodeMeshPassword: {secretKeyRef: {name: a, key: b, more: 1}, less: 1}}", "W3001 W3001")]
    [InlineData("kind: BGPConfiguration, metadata: {name: node.n1}, spec: {listenPort: 1179, logSeverityScreen: Debug}", "")]
    [InlineData("kind: BGPConfiguration, metadata: {name: node.n1}, spec: {asNumber: 65000}", "E3014")]
    [InlineData("kind: BGPConfiguration, metadata: {name: node.n1}, spec: {nodeToNodeMeshEnabled: false}", "E3014")]
    [InlineData("kind: BGPConfiguration, metadata: {name: node.n1}, spec: {serviceClusterIPs: [{cidr: 10.96.0.0/12}]}", "W3003")]
    public void A_name_that_means_something_allows_less(string body, string codes)
    {
        Manifest.Read($"{{apiVersion: projectcalico.org/v3, {body}}}", out IReadOnlyList<Diagnostic> findings);
        Assert.Equal(codes, string.Join(' ', findings.Select(finding => finding.Code)));
    }

    [Fact]
    public void An_installations_pools_have_their_uses_and_assignment()
    {
        Manifest.Read(
            "{apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {name: default}, spec: {calicoNetwork: {mtu: 1400, what: 1, bgp: Disabled, ipPools: [{cidr: 10.9.0.0/16, allowedUses: [Tunnel], assignmentMode: Manual}]}}}",
            out IReadOnlyList<Diagnostic> findings);
        Assert.Equal(["W3003", "W3001"], findings.Select(finding => finding.Code));

        Installation read = Assert.IsType<Installation>(Assert.Single(Manifest.Read(
            "{apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {name: default}, spec: {calicoNetwork: {bgp: Disabled, ipPools: [{cidr: 10.9.0.0/16, allowedUses: [Tunnel], assignmentMode: Manual}]}}}")));
        IPPool pool = Assert.Single(read.Pools);
        Assert.False(read.BgpEnabled);
        Assert.Equal([PoolUse.Tunnel], pool.AllowedUses);
        Assert.Equal(PoolAssignmentMode.Manual, pool.AssignmentMode);
    }

    [Theory]
    [InlineData("web-1.example", "")]
    [InlineData("BAD_NAME", "E3012")]
    [InlineData("-web", "E3012")]
    [InlineData("web..x", "E3012")]
    [InlineData("web-.x", "E3012")]
    [InlineData("a/b", "E3012")]
    public void A_name_is_what_the_api_server_takes(string name, string codes)
    {
        Manifest.Read($"{{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {{name: '{name}'}}, spec: {{cidr: 10.0.0.0/16}}}}", out IReadOnlyList<Diagnostic> findings);
        Assert.Equal(codes, string.Join(' ', findings.Select(finding => finding.Code)));
    }

    [Fact]
    public void Lists_have_calicos_limits()
    {
        Assert.Equal("E3012", Limits(1_025, 1, 1));
        Assert.Equal("E3012", Limits(1, 257, 1));
        Assert.Equal("E3012", Limits(1, 1, 51));
        Assert.Equal("", Limits(1_024, 1, 1));
        Assert.Equal("", Limits(1, 256, 50));

        static string Limits(int rules, int nets, int ports)
        {
            string rule = $"{{action: Allow, protocol: TCP, source: {{nets: [{string.Join(", ", Enumerable.Repeat("10.0.0.0/8", nets))}], ports: [{string.Join(", ", Enumerable.Repeat("1", ports))}]}}}}";
            Manifest.Read(
                "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: x}, spec: {ingress: ["
                    + string.Join(", ", Enumerable.Repeat(rule, rules)) + "]}}",
                out IReadOnlyList<Diagnostic> findings);
            return string.Join(' ', findings.Select(finding => finding.Code));
        }
    }

    [Theory]
    [InlineData("apiVersion: policy.networking.k8s.io/v1alpha1, kind: BaselineAdminNetworkPolicy", "U3020")]
    [InlineData("apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy", "U3020")]
    [InlineData("apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy", "U3020")]
    [InlineData("apiVersion: projectcalico.org/v9, kind: NetworkPolicy", "U3020")]
    [InlineData("apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicies", "U3020")]
    [InlineData("apiVersion: v1, kind: Networkpolicy", "U3020")]
    [InlineData("apiVersion: v1, kind: Secret", "W3002")]
    public void A_policy_that_is_not_understood_is_never_skipped_in_silence(string head, string code)
    {
        Manifest.Read($"{{{head}, metadata: {{name: x}}, spec: {{}}}}", out IReadOnlyList<Diagnostic> findings);
        Assert.Equal([code], findings.Select(finding => finding.Code));
    }

    [Theory]
    [InlineData("apiVersion: projectcalico.org/v3, kind: IPPol, spec: {}", "did you mean 'IPPool'?")]
    [InlineData("apiVersion: networking.k8s.io/v1, kind: IPPool, spec: {}", "'IPPool' is of 'projectcalico.org/v3'")]
    [InlineData("apiVersion: v1, kind: Networkpolicy, spec: {}", "did you mean 'NetworkPolicy' of 'networking.k8s.io/v1'?")]
    [InlineData("apiVersion: projectcalico.org/v3, kind: IPPool, spec: {cidr: 10.0.0.0/16, natOutgoin: true}", "did you mean 'natOutgoing'?")]
    [InlineData("apiVersion: v1, kind: Pod, spec: {nodename: n1}", "did you mean 'nodeName'?")]
    public void A_misspelt_kind_or_field_has_a_hint(string body, string hint)
    {
        Manifest.Read($"{{metadata: {{name: x}}, {body}}}", out IReadOnlyList<Diagnostic> findings);
        Assert.Equal(hint, Assert.Single(findings).Hint);
    }

    private static T Read<T>(string body)
        where T : Resource => Assert.IsType<T>(Assert.Single(Manifest.Read($"{{apiVersion: projectcalico.org/v3, metadata: {{name: default}}, {body}}}")));
}
