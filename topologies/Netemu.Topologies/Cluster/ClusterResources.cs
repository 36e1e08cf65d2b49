using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Binding;
using Netemu.Calico.Ipam;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
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
    private readonly Dictionary<ResourceKey, YamlMapping> _manifests = [];
    private readonly PodNetwork _network;
    private readonly EndpointSliceController _slices;
    private IReadOnlyList<Node>? _nodes;
    private HashSet<string>? _nodeNames;
    private int _nextNode;

    /// <summary>Up to which revision the store had come at which time, in the order of both.</summary>
    private readonly List<(long Revision, SimTime At)> _written = [];

    public ClusterResources(IEnumerable<ManifestDocument> manifests, ClusterSpec? cluster, DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
        _network = new PodNetwork(Store, () => Clock());
        _slices = new EndpointSliceController(Store);
        ResourceReader reader = new(diagnostics);
        foreach (ManifestDocument manifest in manifests)
        {
            foreach (YamlMapping item in Items(manifest.Root))
            {
                IReadOnlyList<Resource> read = reader.Read(item);
                _given.AddRange(read);
                Remember(read, item);
            }
        }

        foreach (ClusterNodeSpec node in cluster is null ? [] : ClusterNodes.Of(cluster, diagnostics))
        {
            AddDeclaredNode(node);
        }

        foreach ((string name, InterfaceAddress<IPv4Address> address) in NodeAddressDetection.Detect(_given, cluster?.Subnet))
        {
            Node? calico = _given.OfType<Node>().FirstOrDefault(n => n.Name == name);
            _given.RemoveAll(r => ReferenceEquals(r, calico));
            _given.Add((calico ?? new Node(new ObjectMetadata(name))) with { IPv4Address = address });
        }
    }

    public ResourceStore Store { get; } = new();

    /// <summary>The cluster's machines with their addresses, by name.</summary>
    public IReadOnlyList<Node> Nodes => _nodes ??= NodeResolution.NodesOf(_given);

    /// <summary>Whether a machine of that name is one of the cluster's.</summary>
    public bool HasNode(string name) => (_nodeNames ??= [.. Nodes.Select(node => node.Name)]).Contains(name);

    /// <summary>Why a machine that no file has cannot join the network, or null if it can; set by whoever has the network.</summary>
    internal Func<Node, string?> RefuseMachine { get; set; } = static _ => null;

    /// <summary>What time it is; set by whoever has the emulation.</summary>
    internal Func<SimTime> Clock { get; set; } = static () => SimTime.Zero;

    /// <summary>Whether a machine of that name is up; set by whoever has the emulation.</summary>
    internal Func<string, bool> IsUp { get; set; } = static _ => true;

    /// <summary>How long an object has been in the store, by the time that its creation's revision was written.</summary>
    public Duration AgeOf(ResourceKey key)
    {
        long revision = Store.Get(key)?.CreateRevision ?? 0;
        int place = _written.FindIndex(mark => mark.Revision >= revision);
        return Clock() - (place < 0 ? Clock() : _written[place].At);
    }

    /// <summary>Whether a node's machine is up: what the kubelet there reports.</summary>
    public bool IsReady(string node) => IsUp(node);

    /// <summary>Notes that what the store has up to now was written at this time.</summary>
    internal void NoteWritten() => _written.Add((Store.Revision, Clock()));

    /// <summary>When the garbage collector next has a block to release, or null.</summary>
    internal SimTime? NextRelease => _network.IdleBlocks().Select(idle => (SimTime?)idle.Due).Min();

    /// <summary>Releases what has been idle for long enough.</summary>
    internal void ReleaseIdleBlocks() => _network.ReleaseIdleBlocks();

    /// <summary>
    /// A machine is one of the cluster's from now on; its calico/node has found the length of its address's subnet where the
    /// resources do not say it.
    /// </summary>
    internal void Adopt(Node node, int length)
    {
        ResourceKey key = new(ResourceKind.Node, node.Name);
        Node? calico = Store.Find<Node>(key);
        if (node.IPv4Address is { Length: 32 } bare && calico?.IPv4Address is null)
        {
            Store.Put((calico ?? new Node(new ObjectMetadata(node.Name))) with
            {
                IPv4Address = new InterfaceAddress<IPv4Address>(bare.Address, length),
            });
        }

        _given.Add(node);
        (_nodes, _nodeNames) = (null, null);
    }

    /// <summary>Completes the manifests, fills the store and gives out addresses.</summary>
    public void Fill()
    {
        IReadOnlyList<Resource> complete = ClusterManifests.Complete(_given, _diagnostics);
        foreach (Resource resource in complete.Where(r => r is not Pod))
        {
            Store.Put(resource);
        }

        foreach (Node node in Nodes)
        {
            TunnelAddresses.Assign(Store, node.Name);
        }

        // In the order of the files, not of the names: the first Pod declared gets the first address.
        Dictionary<ResourceKey, int> order = [];
        foreach (Resource resource in _given)
        {
            order.TryAdd(resource.Key, order.Count);
        }

        foreach (Pod pod in complete.OfType<Pod>().OrderBy(p => order.GetValueOrDefault(p.Key, int.MaxValue)).ThenBy(p => p.Key))
        {
            if (AddPod(pod) is { } refused)
            {
                _diagnostics.Warning("W1502", refused, pod.Source);
            }
        }

        _slices.Reconcile();
        NoteWritten();
    }

    /// <summary>Warns of what is valid and probably not meant.</summary>
    internal void Lint() => ClusterLint.Check([.. Store.ListAll().Select(s => s.Value)], _diagnostics);

    /// <summary>The documents of a manifest: itself, or the items of a List.</summary>
    public static IEnumerable<YamlMapping> Items(YamlMapping root)
    {
        if (root.TextOf("kind")?.EndsWith("List", StringComparison.Ordinal) != true || root["items"] is not YamlSequence items)
        {
            return [root];
        }

        return items.Items.OfType<YamlMapping>().SelectMany(Items);
    }

    /// <summary>The document that an object was made of, or null for what the cluster made itself.</summary>
    public YamlMapping? ManifestOf(ResourceKey key) => _manifests.GetValueOrDefault(key);

    /// <summary>
    /// Reads and puts the objects of a document; the findings if it is not valid, and then nothing has changed (the API
    /// server refuses the object, and the old one stays).
    /// </summary>
    public IReadOnlyList<string> Apply(YamlMapping document, List<ResourceKey> applied)
    {
        List<string> rejected = [];
        foreach (YamlMapping item in Items(document))
        {
            DiagnosticBag found = new();
            IReadOnlyList<Resource> resources = new ResourceReader(found).Read(item);
            ClusterManifests.CheckReferences([.. Store.ListAll().Select(s => s.Value), .. resources], resources, found);
            if (found.HasErrors)
            {
                rejected.AddRange(found.Items.Where(d => d.Severity != DiagnosticSeverity.Warning).Select(d => d.ToString()));
                continue;
            }

            foreach (Resource resource in resources)
            {
                string? refused = Put(resource);
                if (refused is not null)
                {
                    rejected.Add(refused);
                    continue;
                }

                _manifests[resource.Key] = item;
                applied.Add(resource.Key);
            }
        }

        return rejected;
    }

    /// <summary>Merges a patch into the document of an object (RFC 7396) and puts the result; the findings if it is not valid.</summary>
    public IReadOnlyList<string> Patch(ResourceKey key, YamlMapping patch)
    {
        YamlMapping? document = ManifestOf(key) ?? (Store.Get(key)?.Value is { } made ? ManifestWriter.Of(made) : null);
        return document is null ? [$"{key} does not exist"] : Apply(YamlMerge.Apply(document, patch), []);
    }

    /// <summary>
    /// Puts an object, as the API server does after it was found valid, and does what the controllers do about it. What
    /// stands in its way, or null.
    /// </summary>
    public string? Put(Resource resource)
    {
        string? refused = null;
        bool isNew = Store.Get(resource.Key) is null;
        switch (resource)
        {
            case KubernetesNode or Node when !HasNode(resource.Name) && Resolved(resource) is { IPv4Address: not null } machine
                && RefuseMachine(machine) is { } reason:
                return reason;
            case IPPool pool when Store.Find<IPPool>(pool.Key) is { } old && (old.Cidr, old.BlockSize) != (pool.Cidr, pool.BlockSize):
                return $"IPPool '{pool.Name}': cidr and blockSize cannot be changed ({old.Cidr}, {old.BlockSize}); delete the pool and make another one";
            case Pod { NodeName.Length: > 0 } unknown when !HasMachine(unknown.NodeName):
                return $"pod '{unknown.Namespace}/{unknown.Name}' is on unknown node '{unknown.NodeName}'";
            case Pod pod:
                refused = AddPod(Placed(pod));
                break;
            case WorkloadController controller:
                Store.Put(controller);
                Scale(controller);
                break;
            case Service service:
                Store.Put(ServiceAllocation.Allocate(
                    [.. Store.List(ResourceKind.Service).Select(s => (Service)s.Value).Where(s => s.Key != service.Key), KeepAddress(service)])
                    .First(s => s.Key == service.Key));
                break;
            case KubernetesNetworkPolicy or NetworkPolicy or NetworkSet or ServiceAccount when resource.Namespace.Length > 0:
                EnsureNamespace(resource.Namespace);
                Store.Put(resource);
                break;
            default:
                Store.Put(resource);
                break;
        }

        if (isNew && resource is KubernetesNode)
        {
            PlaceAgain();
        }

        if (resource is IPPool or Node or KubernetesNode)
        {
            foreach (Node node in NodeResolution.NodesOf(Store.ListAll().Select(s => s.Value)))
            {
                TunnelAddresses.Assign(Store, node.Name);
            }
        }

        _slices.Reconcile();
        return refused;
    }

    /// <summary>
    /// Deletes an object and what goes with it: a namespace's content, a controller's Pods, a Pod's addresses; with a node
    /// its Calico Node, its Pods (which controllers make anew elsewhere) and its blocks.
    /// </summary>
    public void Delete(ResourceKey key)
    {
        Resource? value = Store.Get(key)?.Value;
        Store.Delete(key);
        _manifests.Remove(key);
        switch (value)
        {
            case Pod:
                _network.Remove(key.Namespace, key.Name);
                break;
            case KubernetesNamespace:
                foreach (StoredResource inside in Store.ListAll().Where(s => s.Key.Namespace == key.Name))
                {
                    Delete(inside.Key);
                }

                break;
            case WorkloadController controller:
                foreach (Pod pod in PodsOf(controller))
                {
                    Delete(pod.Key);
                }

                break;
            case KubernetesNode:
                DeleteContentOf(key.Name);
                break;
        }

        _slices.Reconcile();
    }

    /// <summary>What the garbage collectors of Pods and of IPAM do about a node that is gone.</summary>
    private void DeleteContentOf(string node)
    {
        Store.Delete(new ResourceKey(ResourceKind.Node, node));
        foreach (Pod pod in Store.List(ResourceKind.Pod).Select(s => (Pod)s.Value).Where(p => p.NodeName == node).ToArray())
        {
            Delete(pod.Key);
        }

        _network.RemoveNode(node);
        PlaceAgain();
    }

    /// <summary>The nodes have changed: controllers make Pods anew, and what no node fitted may fit now.</summary>
    private void PlaceAgain()
    {
        if (KubernetesNodes().Length == 0)
        {
            return;
        }

        foreach (WorkloadController controller in Store.ListAll().Select(s => s.Value).OfType<WorkloadController>().ToArray())
        {
            Scale(controller);
        }

        foreach (Pod pod in Store.List(ResourceKind.Pod).Select(s => (Pod)s.Value).Where(p => p.NodeName.Length == 0).ToArray())
        {
            if (Placed(pod) is { NodeName.Length: > 0 } placed)
            {
                AddPod(placed);
            }
        }
    }

    private bool HasMachine(string name) =>
        Store.Get(new ResourceKey(ResourceKind.KubernetesNode, name)) is not null || Store.Get(new ResourceKey(ResourceKind.Node, name)) is not null;

    /// <summary>What a Node together with its other half in the store says.</summary>
    private Node? Resolved(Resource half) => NodeResolution.Resolve(
        half as KubernetesNode ?? Store.Find<KubernetesNode>(new ResourceKey(ResourceKind.KubernetesNode, half.Name)),
        half as Node ?? Store.Find<Node>(new ResourceKey(ResourceKind.Node, half.Name)));

    /// <summary>
    /// Puts a Pod with an address: its own if it states one, else one from IPAM. A Pod that moves to another node keeps a
    /// fixed address and gives others back. What went wrong, or null.
    /// </summary>
    private string? AddPod(Pod pod)
    {
        EnsureNamespace(pod.Namespace);
        if (Store.Get(pod.Key)?.Value is Pod before)
        {
            if (before.NodeName == pod.NodeName && pod.Addresses.Count == 0 && !pod.IsFinished
                && WorkloadEndpoints.FixedAddresses(pod).SequenceEqual(WorkloadEndpoints.FixedAddresses(before)))
            {
                Store.Put(pod with { Addresses = before.Addresses });
                return null;
            }

            _network.Remove(pod.Namespace, pod.Name);
        }

        Store.Put(pod);
        IpamError error = _network.Add(pod);
        return error == IpamError.None ? null : $"Pod '{pod.Namespace}/{pod.Name}' has no address: {Reason(error, pod)}";
    }

    /// <summary>What IPAM's refusal means for the Pod's author.</summary>
    private string Reason(IpamError error, Pod pod) => error switch
    {
        IpamError.NoPool => Store.List(ResourceKind.IPPool).Count == 0
            ? "there is no IPPool"
            : $"no enabled IPPool fits node '{pod.NodeName}' and namespace '{pod.Namespace}' (disabled, nodeSelector, namespaceSelector)",
        IpamError.PoolNotFound => "a pool that its annotation names does not exist or is disabled",
        IpamError.MalformedAnnotation =>
            $"its annotation {WorkloadEndpoints.MalformedAnnotation(pod.Metadata)} is no list in JSON of what it must name, such as '[\"10.65.0.7\"]'",
        IpamError.NoFreeAddress => $"the blocks that node '{pod.NodeName}' may use are full",
        IpamError.BlockLimit => $"node '{pod.NodeName}' has maxBlocksPerHost blocks, all full, and strictAffinity forbids to borrow",
        IpamError.AddressOutsidePools => $"{string.Join(", ", WorkloadEndpoints.FixedAddresses(pod))} is in no enabled IPPool",
        IpamError.AddressInUse when Holder(pod) is { } holder => $"{holder.Address} is held by Pod '{holder.Pod.Namespace}/{holder.Pod.Name}'",
        IpamError.AddressInUse => "its address is taken, by a tunnel or another Pod",
        IpamError.AddressCooling => "its address was given back less than ipCooldownSeconds ago",
        IpamError.StrictAffinity => "its address lies in another node's block, and strictAffinity is on",
        _ => error.ToString(),
    };

    private (InternetAddress Address, Pod Pod)? Holder(Pod pod)
    {
        InternetAddress[] wanted = [.. pod.Addresses, .. WorkloadEndpoints.FixedAddresses(pod)];
        return Store.List(ResourceKind.Pod).Select(s => (Pod)s.Value)
            .Where(other => other.Key != pod.Key)
            .SelectMany(other => other.Addresses.Where(wanted.Contains).Select(address => ((InternetAddress, Pod)?)(address, other)))
            .FirstOrDefault();
    }

    private Pod Placed(Pod pod)
    {
        string? here = (Store.Get(pod.Key)?.Value as Pod)?.NodeName;
        if (pod.NodeName.Length == 0 && here is { Length: > 0 })
        {
            return pod with { NodeName = here };
        }

        return PodExpansion.Place(pod, KubernetesNodes(), ref _nextNode);
    }

    /// <summary>A Service that is applied again without an address keeps the one that it has.</summary>
    private Service KeepAddress(Service service) =>
        service.ClusterIPs.Count == 0 && Store.Get(service.Key)?.Value is Service before ? service with { ClusterIPs = before.ClusterIPs } : service;

    private KubernetesNode[] KubernetesNodes() => [.. Store.List(ResourceKind.KubernetesNode).Select(s => (KubernetesNode)s.Value)];

    /// <summary>Brings a controller's Pods to its template and number.</summary>
    private void Scale(WorkloadController controller)
    {
        Pod[] wanted = [.. PodExpansion.Instances(controller, KubernetesNodes())];
        HashSet<ResourceKey> keys = [.. wanted.Select(p => p.Key)];
        foreach (Pod extra in PodsOf(controller).Where(p => !keys.Contains(p.Key)).ToArray())
        {
            Delete(extra.Key);
        }

        foreach (Pod pod in wanted)
        {
            AddPod(Placed(pod));
        }
    }

    /// <summary>The Pods that a controller has made: by their names, which follow from its own.</summary>
    public IEnumerable<Pod> PodsOf(WorkloadController controller) =>
        Store.List(ResourceKind.Pod, controller.Namespace, controller.Name + "-").Select(s => (Pod)s.Value)
            .Where(p => !_manifests.ContainsKey(p.Key) && PodExpansion.IsInstanceName(controller, p.Name, KubernetesNodes()))
            .ToArray();

    private void EnsureNamespace(string name)
    {
        ResourceKey key = new(ResourceKind.Namespace, name);
        if (Store.Get(key) is null)
        {
            Store.Put(new KubernetesNamespace(new ObjectMetadata(name)));
        }
    }

    private void Remember(IReadOnlyList<Resource> resources, YamlMapping document)
    {
        foreach (Resource resource in resources)
        {
            _manifests.TryAdd(resource.Key, document);
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
        InterfaceAddressSpec? v6 = node.Addresses.Where(a => a.Address.IsIPv6).Select(a => (InterfaceAddressSpec?)a).FirstOrDefault();
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
            IPv6Address = own.IPv6Address ?? (v6 is { } second ? new InterfaceAddress<IPv6Address>(second.Address.IPv6, second.Length) : null),
            AsNumber = own.AsNumber ?? node.Asn,
        };
        _given.RemoveAll(r => ReferenceEquals(r, calico));
        _given.Add(own);
    }
}
