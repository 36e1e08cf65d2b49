using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Ipam;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Core.Diagnostics;

namespace Netemu.Calico.Tests.Workloads;

public sealed class ClusterTests
{
    private const string Nodes = """
        {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {rack: a}}, status: {addresses: [{type: InternalIP, address: 10.0.0.1}]}}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: n2}, status: {addresses: [{type: InternalIP, address: 10.0.0.2}]}}
        ---

        """;

    [Fact]
    public void Manifests_are_completed_with_namespaces_a_pool_and_the_controllers_pods()
    {
        IReadOnlyList<Resource> resources = Complete(
            Nodes + "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: red}, spec: {replicas: 2, template: {}}}",
            out IReadOnlyList<Diagnostic> findings);

        Assert.Equal(["default", "kube-system", "red"], resources.OfType<KubernetesNamespace>().Select(value => value.Name));
        Assert.Equal("192.168.0.0/16", Assert.Single(resources.OfType<IPPool>()).Cidr.ToString());
        Assert.Equal(["web-0 n1", "web-1 n2"], resources.OfType<Pod>().Select(pod => $"{pod.Name} {pod.NodeName}"));
        Assert.Equal(["W3004"], findings.Select(finding => finding.Code));
    }

    [Theory]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: nowhere}}", "E3015")]
    [InlineData("{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: a}, spec: {tier: none}}", "E3015")]
    [InlineData("{apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: a}, spec: {peerIP: 1.2.3.4, asNumber: 1, filters: [none]}}", "E3015")]
    [InlineData("{apiVersion: v1, kind: Namespace, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: a}}", "E3016")]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeSelector: {rack: z}}}", "W3005")]
    [InlineData("{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: a}, spec: {cidr: 10.0.0.0/8}}\n---\n{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: b}, spec: {cidr: 10.65.0.0/16}}", "E3017")]
    public void What_the_api_server_would_refuse_is_reported(string manifest, string code)
    {
        Complete(Nodes + manifest, out IReadOnlyList<Diagnostic> findings);
        Assert.Equal([code], findings.Select(finding => finding.Code));
    }

    [Fact]
    public void Pods_get_addresses_by_annotation_status_or_pool_and_keep_them_in_ipam()
    {
        ResourceStore store = Store("""
            {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: p}, spec: {cidr: 10.65.0.0/16}}
            ---
            {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: q}, spec: {cidr: 10.66.0.0/16}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: auto}, spec: {nodeName: n1}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: kept}, spec: {nodeName: n1}, status: {podIP: 10.65.9.9}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: named, annotations: {cni.projectcalico.org/ipv4pools: '["10.66.0.0/16"]'}}, spec: {nodeName: n1}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: named2, annotations: {cni.projectcalico.org/ipv4pools: '["q"]'}}, spec: {nodeName: n1}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: own, annotations: {cni.projectcalico.org/ipAddrs: '["10.65.8.8"]'}}, spec: {nodeName: n2}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: host}, spec: {nodeName: n1, hostNetwork: true}}
            """);
        PodNetwork network = new(store);

        foreach (StoredResource stored in store.List(ResourceKind.Pod))
        {
            Assert.Equal(IpamError.None, network.Add((Pod)stored.Value));
        }

        Pod[] pods = [.. store.List(ResourceKind.Pod).Select(stored => (Pod)stored.Value)];
        Assert.Equal(["auto", "host", "kept", "named", "named2", "own"], pods.Select(pod => pod.Name));
        Assert.StartsWith("10.65.", pods[0].Addresses[0].ToString(), System.StringComparison.Ordinal);
        Assert.Empty(pods[1].Addresses);
        Assert.Equal("10.65.9.9", pods[2].Addresses[0].ToString());
        Assert.StartsWith("10.66.", pods[3].Addresses[0].ToString(), System.StringComparison.Ordinal);
        Assert.StartsWith("10.66.", pods[4].Addresses[0].ToString(), System.StringComparison.Ordinal);
        Assert.Equal("10.65.8.8", pods[5].Addresses[0].ToString());
        Assert.Empty(IpamInspection.Check(store, pods.SelectMany(pod => pod.Addresses.Select(address => KeyValuePair.Create(address, pod.Name)))));

        network.Remove("default", "own");
        Assert.Equal(4, IpamInspection.Show(store).Where(row => !row.IsBlock).Sum(row => row.InUse));
    }

    [Theory]
    [InlineData("ipAddrs: '10.65.0.9'", IpamError.MalformedAnnotation)]
    [InlineData("ipAddrs: '[\"10.65.0\"]'", IpamError.MalformedAnnotation)]
    [InlineData("ipAddrsNoIpam: '[1]'", IpamError.MalformedAnnotation)]
    [InlineData("ipv4pools: 'p'", IpamError.MalformedAnnotation)]
    [InlineData("ipv4pools: '[\"nosuch\"]'", IpamError.PoolNotFound)]
    [InlineData("ipv6pools: '[\"nosuch\"]'", IpamError.PoolNotFound)]
    [InlineData("ipv4pools: '[\"10.9.0.0/16\"]'", IpamError.PoolNotFound)]
    [InlineData("floatingIPs: 'x'", IpamError.MalformedAnnotation)]
    [InlineData("ipv4pools: '[]'", IpamError.None)]
    [InlineData("ipv4pools: '[\"p\"]'", IpamError.None)]
    public void An_annotation_that_cannot_be_followed_fails_as_the_plugin_does(string annotation, IpamError error)
    {
        ResourceStore store = Store($$"""
            {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: p}, spec: {cidr: 10.65.0.0/16} }
            ---
            {apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: six}, spec: {cidr: 'fd00:65::/48'} }
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {cni.projectcalico.org/{{annotation}} } }, spec: {nodeName: n1} }
            """);

        Assert.Equal(error, new PodNetwork(store).Add((Pod)store.List(ResourceKind.Pod).Single().Value));
        Assert.Equal(error == IpamError.None ? 2 : 0, ((Pod)store.List(ResourceKind.Pod).Single().Value).Addresses.Count);
        Assert.Equal(error == IpamError.None ? 2 : 0, IpamInspection.Show(store).Where(row => !row.IsBlock).Sum(row => row.InUse));
    }

    [Fact]
    public void Services_get_free_addresses_and_node_ports()
    {
        IReadOnlyList<Service> services = ServiceAllocation.Allocate(Manifest.Read("""
            {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: b}, spec: {clusterIP: 10.96.0.3, type: NodePort, ports: [{port: 80, nodePort: 30000}, {name: x, port: 81}]}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: c}, spec: {clusterIP: None, ports: [{port: 80}]}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: d}, spec: {type: LoadBalancer, ports: [{port: 80}]}}
            """).OfType<Service>());

        Assert.Equal(
            ["a 10.96.0.2 0", "b 10.96.0.3 30000,30001", "c  0", "d 10.96.0.4 30002"],
            services.Select(service =>
                $"{service.Name} {string.Join(',', service.ClusterIPs)} {string.Join(',', service.Ports.Select(port => port.NodePort))}"));
    }

    [Fact]
    public void Endpoint_slices_follow_their_services_and_pods()
    {
        ResourceStore store = Store("""
            {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {app: web}, ports: [{port: 80}]}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: web}}, spec: {nodeName: n1}, status: {podIP: 10.0.0.1}}
            """);
        EndpointSliceController controller = new(store);

        Assert.Equal(1, controller.Reconcile());
        Assert.Equal(0, controller.Reconcile());
        store.Delete(new ResourceKey(ResourceKind.Pod, "default", "a"));
        Assert.Equal(1, controller.Reconcile());
        Assert.Empty(((EndpointSlice)Assert.Single(store.List(ResourceKind.EndpointSlice)).Value).Endpoints);
        store.Delete(new ResourceKey(ResourceKind.Service, "default", "s"));
        Assert.Equal(1, controller.Reconcile());
        Assert.Empty(store.List(ResourceKind.EndpointSlice));
    }

    private static ResourceStore Store(string yaml)
    {
        ResourceStore store = new();
        foreach (Resource resource in Manifest.Read(yaml))
        {
            store.Put(resource);
        }

        return store;
    }

    private static IReadOnlyList<Resource> Complete(string yaml, out IReadOnlyList<Diagnostic> findings)
    {
        DiagnosticBag diagnostics = new();
        IReadOnlyList<Resource> complete = ClusterManifests.Complete(Manifest.Read(yaml), diagnostics);
        findings = diagnostics.Items;
        return complete;
    }
}
