using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Workloads;

namespace Netemu.Calico.Tests.Workloads;

public sealed class WorkloadTests
{
    [Fact]
    public void The_interface_name_is_a_digest_of_namespace_and_pod()
    {
        // printf 'red.web' | sha1sum
        Assert.Equal("calif45b743d7ae", WorkloadInterface.NameOf("red", "web"));
    }

    [Fact]
    public void A_pod_becomes_an_endpoint_with_calicos_labels_profiles_and_named_ports()
    {
        Pod pod = (Pod)Manifest.Read("""
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1, namespace: red, labels: {app: web}, annotations: {cni.projectcalico.org/floatingIPs: '["1.2.3.4"]'}}
            spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 80, name: http}, {containerPort: 81}]}]}
            status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
            """)[0];

        WorkloadEndpoint endpoint = WorkloadEndpoints.FromPod(pod)!;

        Assert.Equal("n1-k8s-web--1-eth0", endpoint.Name);
        Assert.Equal(
            "app=web,projectcalico.org/namespace=red,projectcalico.org/orchestrator=k8s,projectcalico.org/serviceaccount=default",
            endpoint.Metadata.Labels.ToString());
        Assert.Equal(["kns.red", "ksa.red.default"], endpoint.Profiles);
        Assert.Equal("http", Assert.Single(endpoint.Ports).Name);
        Assert.Equal(["10.0.0.1", "fd00::1"], endpoint.Addresses.Select(address => address.ToString()));
        Assert.Equal("1.2.3.4", Assert.Single(endpoint.Nats).External.ToString());
    }

    [Theory]
    [InlineData("""["10.0.0.1", "b\u0065"]""", "10.0.0.1,be")]
    [InlineData("[]", "")]
    [InlineData("null", "")]
    [InlineData("""{"a": "b"}""", "")]
    [InlineData("""["a", 1]""", "")]
    [InlineData("""["a", null]""", "")]
    [InlineData("""["a"] true""", "")]
    [InlineData("10.0.0.1", "")]
    public void An_annotation_is_a_list_of_strings_or_nothing(string json, string words)
    {
        Pod pod = (Pod)Manifest.Read($"{{apiVersion: v1, kind: Pod, metadata: {{name: a, annotations: {{list: '{json}'}}}}}}")[0];

        Assert.Equal(words, string.Join(',', WorkloadEndpoints.ListAnnotation(pod.Metadata, "list")));
    }

    [Theory]
    [InlineData("spec: {nodeName: n1, hostNetwork: true}, status: {podIP: 10.0.0.1}")]
    [InlineData("spec: {nodeName: n1}")]
    [InlineData("spec: {}, status: {podIP: 10.0.0.1}")]
    [InlineData("spec: {nodeName: n1}, status: {podIP: 10.0.0.1, phase: Succeeded}")]
    public void A_pod_without_a_network_of_its_own_becomes_none(string body) =>
        Assert.Null(WorkloadEndpoints.FromPod((Pod)Manifest.Read($"{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, {body}}}")[0]));

    [Fact]
    public void Controllers_expand_to_pods_placed_round_robin_where_they_fit()
    {
        IReadOnlyList<Resource> resources = Manifest.Read("""
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: red}, spec: {replicas: 3, template: {metadata: {labels: {app: web}}}}}
            ---
            {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {template: {spec: {nodeSelector: {disk: ssd}, hostNetwork: true}}}}
            ---
            {apiVersion: batch/v1, kind: Job, metadata: {name: once}, spec: {template: {spec: {nodeName: n2}}}}
            """);
        KubernetesNode[] nodes =
        [
            new(new ObjectMetadata("n1") { Labels = LabelSet.Of(("disk", "ssd")) }),
            new(new ObjectMetadata("n2")),
        ];

        IReadOnlyList<Pod> pods = PodExpansion.Expand(resources, nodes);

        Assert.Equal(
            ["red/web-0 n1", "red/web-1 n2", "red/web-2 n1", "default/agent-n1 n1", "default/once-0 n2"],
            pods.Select(pod => $"{pod.Namespace}/{pod.Name} {pod.NodeName}"));
        Assert.Equal("web", pods[0].Metadata.Labels["app"]);
    }

    [Fact]
    public void A_services_slice_resolves_named_target_ports_and_readiness()
    {
        IReadOnlyList<Resource> resources = Manifest.Read("""
            {apiVersion: v1, kind: Service, metadata: {name: s, namespace: red}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: red, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}, status: {podIP: 10.0.0.1, conditions: [{type: Ready, status: "False"}]}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: blue, labels: {app: web}}, spec: {nodeName: n1}, status: {podIP: 10.0.0.2}}
            """);

        EndpointSlice slice = ServiceEndpoints.SliceOf((Service)resources[0], resources.OfType<Pod>())!;

        Assert.Equal(new NamedPort("", IPProtocol.Tcp, 8080), Assert.Single(slice.Ports));
        ServiceEndpoint endpoint = Assert.Single(slice.Endpoints);
        Assert.Equal(("a", false, "n1"), (endpoint.PodName, endpoint.IsReady, endpoint.NodeName));
    }
}
