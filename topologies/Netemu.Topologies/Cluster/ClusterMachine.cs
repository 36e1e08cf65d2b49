using System;
using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Felix.Dataplane;
using EngineNode = Netemu.Engine.Simulation.Node;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// One machine of a cluster: its watch of the store, its agent, and the Pods that run on it. What the kubelet and the CNI
/// plugin do comes before what Felix does with the same event.
/// </summary>
public sealed class ClusterMachine
{
    private const int PodMtu = 1500;

    private readonly ResourceStore _store;
    private readonly SortedDictionary<ResourceKey, NetworkNamespace> _pods = [];
    private readonly CallbackTimer _events;
    private CallbackTimer? _boot;
    private StoreWatch? _watch;

    internal ClusterMachine(EngineNode node, ResourceStore store)
    {
        Node = node;
        _store = store;
        _events = new CallbackTimer(TakeEvents);
    }

    public EngineNode Node { get; }

    /// <summary>Null until the machine has booted.</summary>
    public FelixAgent? Agent { get; private set; }

    /// <summary>True while the machine boots, or has store events or tables to work on.</summary>
    public bool IsPending => Agent is null || Agent.IsPending || _events.IsArmed;

    /// <summary>The namespace of a Pod that runs here, or null.</summary>
    public NetworkNamespace? NamespaceOf(Pod pod) => _pods.GetValueOrDefault(pod.Key);

    internal void BootAt(SimTime due, Action start)
    {
        _boot = new CallbackTimer(start);
        Node.Schedule(_boot, due);
    }

    internal void Start()
    {
        Agent = new FelixAgent(Node.Root, Node.Name);
        Agent.Start();
        _watch = _store.Watch(0);
        TakeEvents();
    }

    /// <summary>The store has been written to; the watch hears of it at <paramref name="due"/>.</summary>
    internal void ExpectEvents(SimTime due)
    {
        if (_watch is not null)
        {
            Node.Schedule(_events, due);
        }
    }

    private void TakeEvents()
    {
        IReadOnlyList<StoreEvent> events = _watch!.ReadAll();
        foreach (StoreEvent change in events)
        {
            if (change.Key.Kind == ResourceKind.Pod)
            {
                UpdatePod(change.Key, change.Value as Pod);
            }
        }

        Agent!.Update(events);
    }

    private void UpdatePod(ResourceKey key, Pod? pod)
    {
        WorkloadEndpoint? endpoint = pod is null ? null : WorkloadEndpoints.FromPod(pod);
        bool isHere = endpoint is not null && endpoint.Node == Node.Name;
        if (_pods.TryGetValue(key, out NetworkNamespace? old) && !isHere)
        {
            _pods.Remove(key);
            WorkloadWiring.Disconnect(Node, old);
        }
        else if (old is null && isHere)
        {
            _pods.Add(key, WorkloadWiring.Connect(Node, $"{key.Namespace}.{key.Name}", endpoint!, PodMtu));
        }
    }
}
