using System;
using System.Collections.Generic;
using Netemu.Calico.Binding;

namespace Netemu.Calico.Resources;

/// <summary>One view of a node from the Kubernetes Node, Calico's own, or both: Calico's fields win, labels add up.</summary>
public static class NodeResolution
{
    public static Node? Resolve(KubernetesNode? kubernetes, Node? calico)
    {
        if (kubernetes is null)
        {
            return calico;
        }

        Node known = NodeBinder.FromKubernetes(kubernetes);
        return calico is null ? known : calico with
        {
            Metadata = calico.Metadata with { Labels = calico.Metadata.Labels.Over(known.Metadata.Labels) },
            IPv4Address = calico.IPv4Address ?? known.IPv4Address,
            IPv6Address = calico.IPv6Address ?? known.IPv6Address,
            AsNumber = calico.AsNumber ?? known.AsNumber,
            RouteReflectorClusterId = calico.RouteReflectorClusterId ?? known.RouteReflectorClusterId,
            IPv4IpipTunnelAddress = calico.IPv4IpipTunnelAddress ?? known.IPv4IpipTunnelAddress,
            IPv4VxlanTunnelAddress = calico.IPv4VxlanTunnelAddress ?? known.IPv4VxlanTunnelAddress,
        };
    }

    /// <summary>All nodes, by name.</summary>
    public static IReadOnlyList<Node> NodesOf(IEnumerable<Resource> resources)
    {
        SortedDictionary<string, (KubernetesNode? Kubernetes, Node? Calico)> found = new(StringComparer.Ordinal);
        foreach (Resource resource in resources)
        {
            (KubernetesNode? kubernetes, Node? calico) = found.GetValueOrDefault(resource.Name);
            if (resource is KubernetesNode or Node)
            {
                found[resource.Name] = (resource as KubernetesNode ?? kubernetes, resource as Node ?? calico);
            }
        }

        List<Node> nodes = [];
        foreach ((KubernetesNode? kubernetes, Node? calico) in found.Values)
        {
            nodes.Add(Resolve(kubernetes, calico)!);
        }

        return nodes;
    }
}
