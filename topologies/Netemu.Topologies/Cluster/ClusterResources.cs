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
/// The cluster's store: at the start the manifests, completed as a real cluster would; Pods get addresses from IPAM in the
/// order in which they come.
/// </summary>
public sealed class ClusterResources
{
    private readonly DiagnosticBag _diagnostics;
    private readonly List<Resource> _given = [];
    private readonly PodNetwork _network;
    private readonly EndpointSliceController _slices;

    public ClusterResources(IEnumerable<ManifestDocument> manifests, ClusterSpec? cluster, DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
        _network = new PodNetwork(Store);
        _slices = new EndpointSliceController(Store);
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

    /// <summary>Completes the manifests, fills the store and gives out addresses.</summary>
    public void Fill()
    {
        IReadOnlyList<Resource> complete = ClusterManifests.Complete(_given, _diagnostics);
        foreach (Resource resource in complete.Where(r => r is not Pod))
        {
            Store.Put(resource);
            RefuseTunnels(resource);
        }

        // In the order of the files, not of the names: the first Pod declared gets the first address.
        Dictionary<ResourceKey, int> order = [];
        foreach (Resource resource in _given)
        {
            order.TryAdd(resource.Key, order.Count);
        }

        foreach (Pod pod in complete.OfType<Pod>().OrderBy(p => order.GetValueOrDefault(p.Key, int.MaxValue)).ThenBy(p => p.Key))
        {
            AddPod(pod);
        }

        _slices.Reconcile();
    }

    /// <summary>Puts a Pod with an address: its own if it states one, else one from IPAM.</summary>
    public void AddPod(Pod pod)
    {
        Store.Put(pod);
        IpamError error = _network.Add(pod);
        if (error != IpamError.None)
        {
            _diagnostics.Warning("W1502", $"Pod '{pod.Namespace}/{pod.Name}' has no address: {error}", pod.Source);
        }
    }

    /// <summary>Takes a Pod's addresses back after it was deleted.</summary>
    public void RemovePod(ResourceKey pod) => _network.Remove(pod.Namespace, pod.Name);

    /// <summary>Puts any object, as the API server does after it was found valid.</summary>
    public void Put(Resource resource)
    {
        if (resource is Pod pod)
        {
            AddPod(pod);
        }
        else
        {
            Store.Put(resource);
        }

        _slices.Reconcile();
    }

    private void RefuseTunnels(Resource resource)
    {
        if (resource is IPPool pool && (pool.IpipMode != EncapsulationMode.Never || pool.VxlanMode != EncapsulationMode.Never))
        {
            _diagnostics.Unsupported(
                "U1504",
                $"IPPool '{pool.Name}' asks for encapsulation, which is not supported yet",
                pool.Source,
                "set ipipMode and vxlanMode to Never");
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
