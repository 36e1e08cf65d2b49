using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Ipam;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Workloads;

/// <summary>
/// What the CNI plugin does for a Pod's addresses: asks IPAM by the Pod's annotations, and writes the result into the Pod's
/// status, from where Felix on every node learns of it.
/// </summary>
public sealed class PodNetwork(IResourceStore store, Func<SimTime>? clock = null)
{
    /// <summary>kube-controllers' leakGracePeriod, which its empty-block release waits for too.</summary>
    private static readonly Duration _leakGracePeriod = Duration.FromSeconds(900);

    private readonly IpamClient _ipam = new(store, clock);

    /// <summary>The handle under which a pod holds its addresses.</summary>
    public static string HandleOf(string inNamespace, string pod) => $"k8s-pod-network.{inNamespace}.{pod}";

    /// <summary>
    /// Gives a Pod its addresses and writes them to the store. A Pod that carries a status.podIP keeps it (recorded in IPAM
    /// if a pool covers it), an annotated one gets the fixed addresses, any other one from the pools.
    /// </summary>
    public IpamError Add(Pod pod)
    {
        if (pod.HostNetwork || pod.NodeName.Length == 0 || pod.IsFinished)
        {
            return IpamError.None;
        }

        KubernetesNamespace? inNamespace = store.Find<KubernetesNamespace>(new ResourceKey(ResourceKind.Namespace, pod.Namespace));
        if (WorkloadEndpoints.MalformedAnnotation(pod.Metadata) is not null)
        {
            return IpamError.MalformedAnnotation;
        }

        IPPool[] pools = [.. store.List(ResourceKind.IPPool).Select(stored => (IPPool)stored.Value)];
        if (WorkloadEndpoints.RequestedPools(pod, inNamespace, pools) is not { } requested)
        {
            return IpamError.PoolNotFound;
        }

        IpamRequest request = RequestFor(pod, inNamespace) with { RequestedPools = requested };
        List<InternetAddress> addresses = [];
        IpamError error = pod.Addresses.Count > 0 ? Keep(pod, request, addresses)
            : WorkloadEndpoints.FixedAddresses(pod) is { Count: > 0 } @fixed ? Fix(pod, @fixed, request, addresses)
            : AssignFromPools(request, addresses);
        if (error == IpamError.None && !addresses.SequenceEqual(pod.Addresses))
        {
            store.Put(pod with { Addresses = addresses });
        }

        return error;
    }

    /// <summary>Frees a Pod's addresses.</summary>
    public void Remove(string inNamespace, string pod) => _ipam.ReleaseHandle(HandleOf(inNamespace, pod)).RunToEnd();

    /// <summary>Gives back the tunnel addresses and the blocks of a node that is gone.</summary>
    public void RemoveNode(string node)
    {
        _ipam.ReleaseHandle($"ipip-tunnel-addr-{node}").RunToEnd();
        _ipam.ReleaseHandle($"vxlan-tunnel-addr-{node}").RunToEnd();
        _ipam.ReleaseHost(node).RunToEnd();
    }

    /// <summary>
    /// The blocks that the garbage collector of kube-controllers would release, each with the earliest instant: idle for the
    /// grace period, and not the last block of its node.
    /// </summary>
    public IEnumerable<(BlockAffinity Affinity, SimTime Due)> IdleBlocks()
    {
        ILookup<string, BlockAffinity> byNode = store.List(ResourceKind.BlockAffinity).Select(stored => (BlockAffinity)stored.Value)
            .Where(affinity => affinity.State == BlockAffinityState.Confirmed).ToLookup(affinity => affinity.Node);
        foreach (IGrouping<string, BlockAffinity> blocks in byNode.Where(blocks => blocks.Count() > 1))
        {
            foreach (BlockAffinity affinity in blocks)
            {
                if (store.Find<IpamBlock>(IpamBlock.KeyOf(affinity.Cidr)) is { } block && block.Unallocated.Length == block.Allocations.Length)
                {
                    yield return (affinity, block.ChangedAt + _leakGracePeriod);
                }
            }
        }
    }

    /// <summary>Releases the blocks that are idle for long enough, but for a node's last. Says how many.</summary>
    public int ReleaseIdleBlocks()
    {
        int released = 0;
        SimTime now = clock?.Invoke() ?? SimTime.Zero;
        foreach ((BlockAffinity affinity, SimTime due) in IdleBlocks().ToArray())
        {
            int left = store.List(ResourceKind.BlockAffinity, string.Empty, affinity.Node + "-").Count(stored => ((BlockAffinity)stored.Value).Node == affinity.Node);
            if (due <= now && left > 1)
            {
                _ipam.ReleaseIdleBlock(affinity.Node, affinity.Cidr).RunToEnd();
                released += store.Get(affinity.Key) is null ? 1 : 0;
            }
        }

        return released;
    }

    private IpamRequest RequestFor(Pod pod, KubernetesNamespace? inNamespace) => new(pod.NodeName, HandleOf(pod.Namespace, pod.Name))
    {
        HostLabels = NodeResolution.Resolve(
            store.Find<KubernetesNode>(new ResourceKey(ResourceKind.KubernetesNode, pod.NodeName)),
            store.Find<Node>(new ResourceKey(ResourceKind.Node, pod.NodeName)))?.Metadata.Labels ?? LabelSet.Empty,
        NamespaceLabels = inNamespace?.Metadata.Labels,
        Attributes = LabelSet.Of(("node", pod.NodeName), ("namespace", pod.Namespace), ("pod", pod.Name)),
    };

    private IpamError Keep(Pod pod, IpamRequest request, List<InternetAddress> addresses)
    {
        addresses.AddRange(pod.Addresses);
        foreach (InternetAddress address in pod.Addresses)
        {
            IpamError error = _ipam.AssignAddress(request, address).RunToEnd().Error;
            if (error is not (IpamError.None or IpamError.AddressOutsidePools))
            {
                return error;
            }
        }

        return IpamError.None;
    }

    private IpamError Fix(Pod pod, IReadOnlyList<InternetAddress> wanted, IpamRequest request, List<InternetAddress> addresses)
    {
        bool withoutIpam = pod.Metadata.Annotations.Contains(WorkloadEndpoints.FixedAddressesWithoutIpamAnnotation);
        foreach (InternetAddress address in wanted)
        {
            IpamError error = withoutIpam ? IpamError.None : _ipam.AssignAddress(request, address).RunToEnd().Error;
            if (error != IpamError.None)
            {
                return error;
            }

            addresses.Add(address);
        }

        return IpamError.None;
    }

    /// <summary>
    /// One address of each family that has a pool for it; IPv6 alone is fine, none is not, and what the pools of one family
    /// refuse fails the whole, as the CNI plugin's ADD does.
    /// </summary>
    private IpamError AssignFromPools(IpamRequest request, List<InternetAddress> addresses)
    {
        IpamError first = IpamError.None;
        foreach (AddressFamily family in new[] { AddressFamily.IPv4, AddressFamily.IPv6 })
        {
            InternetPrefix[] pools = [.. request.RequestedPools.Where(pool => pool.Family == family)];
            IpamAssignment assignment = _ipam.Assign(request with { Family = family, RequestedPools = pools }).RunToEnd();
            addresses.AddRange(assignment.Addresses);
            if (assignment.Error is not (IpamError.None or IpamError.NoPool))
            {
                _ipam.ReleaseHandle(request.HandleId).RunToEnd();
                addresses.Clear();
                return assignment.Error;
            }

            first = first == IpamError.None ? assignment.Error : first;
        }

        return addresses.Count > 0 ? IpamError.None : first;
    }
}
