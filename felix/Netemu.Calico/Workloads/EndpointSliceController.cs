using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;

namespace Netemu.Calico.Workloads;

/// <summary>
/// Keeps the EndpointSlices of Services with a selector in step with the Pods. Slices made here are called after their
/// Service; others, given by hand, are left alone.
/// </summary>
public sealed class EndpointSliceController(IResourceStore store)
{
    private readonly HashSet<ResourceKey> _made = [];

    /// <summary>Writes what differs; says how many writes that were.</summary>
    public int Reconcile()
    {
        int writes = 0;
        Pod[] pods = [.. store.List(ResourceKind.Pod).Select(stored => (Pod)stored.Value)];
        HashSet<ResourceKey> wanted = [];
        foreach (StoredResource stored in store.List(ResourceKind.Service))
        {
            if (ServiceEndpoints.SliceOf((Service)stored.Value, pods) is not { } slice)
            {
                continue;
            }

            wanted.Add(slice.Key);
            _made.Add(slice.Key);
            if (store.Find<EndpointSlice>(slice.Key) is not { } present || !IsSame(present, slice))
            {
                store.Put(slice);
                writes++;
            }
        }

        foreach (ResourceKey gone in _made.Where(key => !wanted.Contains(key)).Order().ToArray())
        {
            store.Delete(gone);
            _made.Remove(gone);
            writes++;
        }

        return writes;
    }

    private static bool IsSame(EndpointSlice left, EndpointSlice right) =>
        left.Ports.SequenceEqual(right.Ports)
        && left.Endpoints.Count == right.Endpoints.Count
        && left.Endpoints.Zip(right.Endpoints).All(pair =>
            pair.First.Addresses.SequenceEqual(pair.Second.Addresses)
            && (pair.First.IsReady, pair.First.NodeName, pair.First.Hostname, pair.First.PodName)
                == (pair.Second.IsReady, pair.Second.NodeName, pair.Second.Hostname, pair.Second.PodName));
}
