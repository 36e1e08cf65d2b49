using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Ipam;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// The cluster's store at the start: the manifests, what a real cluster would have made of them (Nodes, a default
/// namespace and pool, Pods of controllers, placed and with addresses), in the order of the files.
/// </summary>
public sealed class ClusterResources
{
    /// <summary>Calico's default pool where neither an IPPool nor an Installation names one.</summary>
    private static readonly InternetPrefix _defaultPool = InternetPrefix.Parse("192.168.0.0/16");

    private readonly DiagnosticBag _diagnostics;
    private readonly List<Resource> _given = [];

    public ClusterResources(IEnumerable<ManifestDocument> manifests, ClusterSpec? cluster, DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
        ResourceReader reader = new(diagnostics);
        foreach (ManifestDocument manifest in manifests)
        {
            _given.AddRange(reader.Read(manifest.Root));
        }

        foreach (ClusterNodeSpec node in cluster?.Nodes ?? [])
        {
            AddDeclaredNode(node);
        }
    }

    public ResourceStore Store { get; } = new();

    /// <summary>The cluster's machines with their addresses, by name.</summary>
    public IReadOnlyList<Node> Nodes => NodeResolution.NodesOf(_given);

    /// <summary>Fills the store; addresses are given out in the order in which Pods were declared.</summary>
    public void Fill()
    {
        foreach (Resource resource in _given.Where(r => r is not (Pod or WorkloadController or Installation)))
        {
            Store.Put(resource);
        }

        PutIfMissing(new KubernetesNamespace(new ObjectMetadata("default")
        {
            Labels = LabelSet.Of(("kubernetes.io/metadata.name", "default")),
        }));
        AddPools();
        KubernetesNode[] nodes =
        [
            .. Nodes.Select(n => _given.OfType<KubernetesNode>().FirstOrDefault(k => k.Name == n.Name)
                ?? new KubernetesNode(new ObjectMetadata(n.Name) { Labels = n.Metadata.Labels })),
        ];
        foreach (Pod pod in PodExpansion.Expand(_given, nodes))
        {
            AddPod(pod);
        }
    }

    /// <summary>Puts a Pod with an address: its own if it states one, else one from IPAM.</summary>
    public void AddPod(Pod pod)
    {
        string space = pod.Namespace.Length == 0 ? "default" : pod.Namespace;
        PutIfMissing(new KubernetesNamespace(new ObjectMetadata(space)
        {
            Labels = LabelSet.Of(("kubernetes.io/metadata.name", space)),
        }));
        if (pod.NodeName.Length == 0)
        {
            _diagnostics.Warning("W1501", $"Pod '{pod.Namespace}/{pod.Name}' fits no node and stays pending", pod.Source);
        }
        else if (!pod.HostNetwork && pod.Addresses.Count == 0)
        {
            pod = WithAddress(pod, space);
        }

        Store.Put(pod);
    }

    private Pod WithAddress(Pod pod, string space)
    {
        Node? node = Nodes.FirstOrDefault(n => n.Name == pod.NodeName);
        KubernetesNamespace? owner = Store.Find<KubernetesNamespace>(new ResourceKey(ResourceKind.Namespace, space));
        IpamRequest request = new(pod.NodeName, $"k8s-pod-network.{space}.{pod.Name}")
        {
            HostLabels = node?.Metadata.Labels ?? LabelSet.Empty,
            NamespaceLabels = owner?.Metadata.Labels,
            RequestedPools = WorkloadEndpoints.RequestedPools(pod, owner),
            Attributes = LabelSet.Of(("namespace", space), ("node", pod.NodeName), ("pod", pod.Name)),
        };
        IpamClient ipam = new(Store);
        IReadOnlyList<InternetAddress> asked = WorkloadEndpoints.FixedAddresses(pod);
        IpamAssignment assignment = asked.Count > 0
            ? ipam.AssignAddress(request, asked[0]).RunToEnd()
            : ipam.Assign(request).RunToEnd();
        if (assignment.Addresses.Count == 0)
        {
            _diagnostics.Warning("W1502", $"Pod '{space}/{pod.Name}' has no address: {assignment.Error}", pod.Source);
            return pod;
        }

        return pod with { Addresses = [.. assignment.Addresses] };
    }

    private void AddPools()
    {
        if (Store.List(ResourceKind.IPPool).Count > 0)
        {
            return;
        }

        IPPool[] pools = [.. _given.OfType<Installation>().SelectMany(i => i.Pools)];
        foreach (IPPool pool in pools.Length > 0 ? pools : [new IPPool(new ObjectMetadata("default-ipv4-ippool"), _defaultPool) { NatOutgoing = true }])
        {
            Store.Put(pool);
        }
    }

    private void PutIfMissing(Resource resource)
    {
        if (Store.Get(resource.Key) is null)
        {
            Store.Put(resource);
        }
    }

    /// <summary>A machine of `cluster.nodes` is a Node of Kubernetes and of Calico, unless manifests have it already.</summary>
    private void AddDeclaredNode(ClusterNodeSpec node)
    {
        ObjectMetadata metadata = new(node.Name)
        {
            Labels = LabelSet.From(node.Labels.Append(KeyValuePair.Create("kubernetes.io/hostname", node.Name))),
            Annotations = LabelSet.From(node.Annotations),
        };
        InterfaceAddressSpec? v4 = node.Addresses.Where(a => a.Address.IsIPv4).Select(a => (InterfaceAddressSpec?)a).FirstOrDefault();
        KubernetesNode? kubernetes = _given.OfType<KubernetesNode>().FirstOrDefault(n => n.Name == node.Name);
        if (kubernetes is null)
        {
            _given.Add(new KubernetesNode(metadata) { InternalIPs = [.. node.Addresses.Select(a => a.Address)], Source = node.Range });
        }

        Node? calico = _given.OfType<Node>().FirstOrDefault(n => n.Name == node.Name);
        Node own = calico ?? new Node(metadata) { Source = node.Range };
        own = own with
        {
            Metadata = own.Metadata with { Labels = own.Metadata.Labels.Over(metadata.Labels).Over(kubernetes?.Metadata.Labels ?? LabelSet.Empty) },
            IPv4Address = own.IPv4Address ?? (v4 is { } address ? new InterfaceAddress<IPv4Address>(address.Address.IPv4, address.Length) : null),
            AsNumber = own.AsNumber ?? node.Asn,
        };
        _given.RemoveAll(r => ReferenceEquals(r, calico));
        _given.Add(own);
    }
}
