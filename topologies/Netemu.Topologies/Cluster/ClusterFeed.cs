using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Felix.Calculation;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// What the machines of one emulation read of the store alike, done once for all: the index of endpoints, the resolution of
/// nodes, and the list that a machine begins with. Written at barriers only (<see cref="Advance"/>); a machine hears of what
/// it reads here when its own watch has the events.
/// </summary>
internal sealed class ClusterFeed
{
    private readonly ResourceStore _store;
    private readonly StoreWatch _watch;
    private readonly SortedDictionary<string, SortedDictionary<ResourceKey, Pod>> _podsByNode = new(StringComparer.Ordinal);
    private readonly Dictionary<ResourceKey, string> _nodeOfPod = [];
    private StoreEvent[]? _list;
    private long _listRevision = -1;

    public ClusterFeed(ResourceStore store)
    {
        _store = store;
        _watch = store.Watch(0);
    }

    public ClusterIndex Index { get; } = new();

    /// <summary>Takes what has been written since the last call.</summary>
    public void Advance()
    {
        foreach (StoreEvent change in _watch.ReadAll())
        {
            Index.Update(change.Key, change.Value);
            if (change.Key.Kind == ResourceKind.Pod)
            {
                Place(change.Key, change.Value as Pod);
            }
        }
    }

    /// <summary>The Pods of a node, by key.</summary>
    public IEnumerable<Pod> PodsOf(string node) => _podsByNode.TryGetValue(node, out SortedDictionary<ResourceKey, Pod>? pods) ? pods.Values : [];

    /// <summary>
    /// What a Felix that starts now lists: the present values of the kinds that its graph takes itself, and its own node.
    /// </summary>
    public IReadOnlyList<StoreEvent> List(string node)
    {
        if (_list is null || _listRevision != _store.Revision)
        {
            _list = [.. new[] { ResourceKind.Tier, ResourceKind.FelixConfiguration, ResourceKind.BgpConfiguration }
                .SelectMany(kind => _store.List(kind))
                .Select(stored => new StoreEvent(stored.Key, stored.ModRevision, stored.Value, null))];
            _listRevision = _store.Revision;
        }

        ResourceKey own = new(ResourceKind.Node, node);
        return [.. _list, Resolved(new StoreEvent(own, _store.Revision, null, null))];
    }

    /// <summary>What a node's agent takes itself: what the shared index does not take, and its own node.</summary>
    public static bool IsForAgent(ResourceKey key, string node) =>
        !ClusterIndex.Takes(key.Kind) || (key.Kind is ResourceKind.Node or ResourceKind.KubernetesNode && key.Name == node);

    /// <summary>
    /// A node of Kubernetes, or of Calico, stands for what both together say of it: no graph has to join them again.
    /// </summary>
    public StoreEvent Resolved(StoreEvent change)
    {
        if (change.Key.Kind is not (ResourceKind.Node or ResourceKind.KubernetesNode))
        {
            return change;
        }

        ResourceKey key = new(ResourceKind.Node, change.Key.Name);
        Node? node = NodeResolution.Resolve(
            _store.Find<KubernetesNode>(new ResourceKey(ResourceKind.KubernetesNode, change.Key.Name)), _store.Find<Node>(key));
        return change with { Key = key, Value = node };
    }

    private void Place(ResourceKey key, Pod? pod)
    {
        if (_nodeOfPod.Remove(key, out string? before))
        {
            _podsByNode[before].Remove(key);
        }

        if (pod is null || pod.NodeName.Length == 0)
        {
            return;
        }

        _nodeOfPod.Add(key, pod.NodeName);
        if (!_podsByNode.TryGetValue(pod.NodeName, out SortedDictionary<ResourceKey, Pod>? there))
        {
            there = [];
            _podsByNode.Add(pod.NodeName, there);
        }

        there.Add(key, pod);
    }
}
