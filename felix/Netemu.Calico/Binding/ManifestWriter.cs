using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>
/// Writes the objects that a cluster makes itself (Pods of controllers, IPAM's records, nodes that a topology declares) as
/// the manifests that would make them. What was read from a file is kept as it was written instead.
/// </summary>
public static class ManifestWriter
{
    private const string Calico = "projectcalico.org/v3";

    /// <summary>The API version and kind under which an object is read and shown.</summary>
    public static (string ApiVersion, string Kind) TypeOf(ResourceKind kind) => kind switch
    {
        ResourceKind.Namespace or ResourceKind.ServiceAccount or ResourceKind.Pod or ResourceKind.Service => ("v1", kind.ToString()),
        ResourceKind.KubernetesNode => ("v1", "Node"),
        ResourceKind.KubernetesNetworkPolicy => ("networking.k8s.io/v1", "NetworkPolicy"),
        ResourceKind.EndpointSlice => ("discovery.k8s.io/v1", "EndpointSlice"),
        ResourceKind.Deployment or ResourceKind.ReplicaSet or ResourceKind.StatefulSet or ResourceKind.DaemonSet => ("apps/v1", kind.ToString()),
        ResourceKind.Job => ("batch/v1", "Job"),
        ResourceKind.Installation => ("operator.tigera.io/v1", "Installation"),
        ResourceKind.IpamBlock => (Calico, "IPAMBlock"),
        ResourceKind.IpamHandle => (Calico, "IPAMHandle"),
        ResourceKind.IpamConfiguration => (Calico, "IPAMConfiguration"),
        ResourceKind.BgpConfiguration => (Calico, "BGPConfiguration"),
        ResourceKind.BgpPeer => (Calico, "BGPPeer"),
        ResourceKind.BgpFilter => (Calico, "BGPFilter"),
        _ => (Calico, kind.ToString()),
    };

    public static YamlMapping Of(Resource resource)
    {
        (string version, string kind) = TypeOf(resource.Kind);
        YamlBuilder spec = new();
        YamlBuilder status = new();
        switch (resource)
        {
            case Node node:
                Write(node, spec);
                break;
            case KubernetesNode node:
                spec.AddList("podCIDRs", node.PodCidrs.Select(p => p.ToString()));
                status.AddList("addresses", node.InternalIPs.Select(a => (YamlNode)new YamlBuilder().Add("type", "InternalIP").Add("address", $"{a}").Build()));
                break;
            case Pod pod:
                Write(pod, spec, status);
                break;
            case IPPool pool:
                spec.Add("cidr", $"{pool.Cidr}").Add("blockSize", pool.BlockSize).Add("ipipMode", $"{pool.IpipMode}")
                    .Add("vxlanMode", $"{pool.VxlanMode}").Add("natOutgoing", pool.NatOutgoing).Add("nodeSelector", pool.NodeSelector.ToString());
                break;
            case IpamConfiguration configuration:
                spec.Add("strictAffinity", configuration.StrictAffinity).Add("autoAllocateBlocks", configuration.AutoAllocateBlocks)
                    .Add("maxBlocksPerHost", configuration.MaxBlocksPerHost).Add("ipCooldownSeconds", (int)(configuration.Cooldown.Milliseconds / 1000));
                break;
            case IpamBlock block:
                Write(block, spec);
                break;
            case BlockAffinity affinity:
                spec.Add("cidr", $"{affinity.Cidr}").Add("node", affinity.Node).Add("state", $"{affinity.State}".ToLowerInvariant());
                break;
            case IpamHandle handle:
                YamlBuilder blocks = new();
                foreach ((InternetPrefix cidr, int count) in handle.Blocks)
                {
                    blocks.Add($"{cidr}", count);
                }

                spec.Add("handleID", handle.HandleId).Add("block", blocks);
                break;
            case WorkloadEndpoint endpoint:
                Write(endpoint, spec);
                break;
        }

        YamlBuilder document = new YamlBuilder().Add("apiVersion", version).Add("kind", kind).Add("metadata", MetadataOf(resource));
        if (resource is EndpointSlice slice)
        {
            Write(slice, document);
        }

        return document.Add("spec", spec).Add("status", status).Build();
    }

    /// <summary>An endpoint's address as its ipNetworks have it.</summary>
    public static string HostNet(InternetAddress address) => $"{address}/{(address.IsIPv4 ? 32 : 128)}";

    private static void Write(WorkloadEndpoint endpoint, YamlBuilder spec) => spec
        .Add("endpoint", endpoint.Endpoint)
        .Add("interfaceName", endpoint.InterfaceName)
        .AddList("ipNATs", endpoint.Nats.Select(n =>
            (YamlNode)new YamlBuilder().Add("externalIP", $"{n.External}").Add("internalIP", $"{n.Internal}").Build()))
        .AddList("ipNetworks", endpoint.Addresses.Select(HostNet))
        .Add("mac", endpoint.Mac?.ToString())
        .Add("node", endpoint.Node)
        .Add("orchestrator", endpoint.Orchestrator)
        .Add(endpoint.Orchestrator == WellKnownLabels.OrchestratorKubernetes ? "pod" : "workload", endpoint.Workload)
        .AddList("ports", endpoint.Ports.Select(p =>
            (YamlNode)new YamlBuilder().Add("name", p.Name).Add("port", p.Port).Add("protocol", $"{p.Protocol}".ToUpperInvariant()).Build()))
        .AddList("profiles", endpoint.Profiles)
        .Add("serviceAccountName", endpoint.Metadata.Labels[WellKnownLabels.ServiceAccount]);

    private static YamlBuilder MetadataOf(Resource resource) => new YamlBuilder()
        .Add("name", resource.Name)
        .Add("namespace", resource.Namespace)
        .AddMap("labels", resource.Metadata.Labels)
        .AddMap("annotations", resource.Metadata.Annotations);

    private static void Write(Node node, YamlBuilder spec)
    {
        YamlBuilder bgp = new YamlBuilder()
            .Add("ipv4Address", node.IPv4Address?.ToString())
            .Add("ipv6Address", node.IPv6Address?.ToString())
            .Add("ipv4IPIPTunnelAddr", node.IPv4IpipTunnelAddress?.ToString())
            .Add("routeReflectorClusterID", node.RouteReflectorClusterId?.ToString());
        if (node.AsNumber is { } number)
        {
            bgp.Add("asNumber", number);
        }

        spec.Add("bgp", bgp)
            .Add("ipv4VXLANTunnelAddr", node.IPv4VxlanTunnelAddress?.ToString())
            .Add("vxlanTunnelMACAddr", node.VxlanTunnelMac?.ToString());
    }

    private static void Write(Pod pod, YamlBuilder spec, YamlBuilder status)
    {
        YamlBuilder container = new YamlBuilder().Add("name", "main").AddList("ports", pod.Ports.Select(p =>
            (YamlNode)new YamlBuilder().Add("containerPort", p.Port).Add("name", p.Name).Add("protocol", $"{p.Protocol}").Build()));
        spec.Add("nodeName", pod.NodeName).Add("serviceAccountName", pod.ServiceAccountName);
        if (pod.HostNetwork)
        {
            spec.Add("hostNetwork", true);
        }

        spec.AddList("containers", [container.Build()]);
        status.Add("phase", $"{pod.Phase}").Add("podIP", pod.Addresses.Count > 0 ? $"{pod.Addresses[0]}" : null)
            .AddList("podIPs", pod.Addresses.Select(a => (YamlNode)new YamlBuilder().Add("ip", $"{a}").Build()));
    }

    private static void Write(IpamBlock block, YamlBuilder spec)
    {
        spec.Add("cidr", $"{block.Cidr}").Add("affinity", block.Affinity)
            .AddList("allocations", block.Allocations.Select(a => a < 0 ? YamlBuilder.Scalar("null") : (YamlNode)YamlBuilder.Scalar(a)))
            .AddList("unallocated", block.Unallocated.Select(o => (YamlNode)YamlBuilder.Scalar(o)))
            .AddList("attributes", block.Attributes.Select(a =>
                (YamlNode)new YamlBuilder().Add("handle_id", a.HandleId).AddMap("secondary", a.Secondary).Build()))
            .Add("sequenceNumber", block.SequenceNumber);
    }

    private static void Write(EndpointSlice slice, YamlBuilder document) => document
        .Add("addressType", slice.Endpoints.Any(e => e.Addresses.Any(a => a.IsIPv6)) ? "IPv6" : "IPv4")
        .AddList("endpoints", slice.Endpoints.Select(e => (YamlNode)new YamlBuilder()
            .AddList("addresses", e.Addresses.Select(a => $"{a}"))
            .Add("conditions", new YamlBuilder().Add("ready", e.IsReady))
            .Add("nodeName", e.NodeName)
            .Add("hostname", e.Hostname)
            .Build()))
        .AddList("ports", slice.Ports.Select(p =>
            (YamlNode)new YamlBuilder().Add("name", p.Name).Add("protocol", $"{p.Protocol}").Add("port", p.Port).Build()));
}
