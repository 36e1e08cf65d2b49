using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Peering;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Felix.Dataplane;
using Netemu.Felix.Rendering;
using EngineNode = Netemu.Engine.Simulation.Node;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// One machine of a cluster: its watch of the store, its agents (Felix, kube-proxy, BIRD's configuration), and the Pods
/// that run on it. What the kubelet and the CNI plugin do comes before what Felix does with the same event.
/// </summary>
public sealed class ClusterMachine
{
    private const int DefaultMtu = 1500;

    private readonly ResourceStore _store;
    private readonly ClusterFeed _feed;
    private readonly FelixServiceTime _costs;
    private readonly SortedDictionary<ResourceKey, (NetworkNamespace Space, WorkloadEndpoint Endpoint)> _pods = [];
    private readonly CallbackTimer _events;
    private CallbackTimer? _boot;
    private StoreWatch? _watch;
    private ProxyDriver? _proxy;
    private Action? _tunnelChanged;
    private bool _isAgentKilled;
    private bool _isStopped;

    internal ClusterMachine(EngineNode node, ResourceStore store, ClusterFeed feed, FelixServiceTime costs)
    {
        _feed = feed;
        Node = node;
        _store = store;
        _costs = costs;
        _events = new CallbackTimer(TakeEvents);
    }

    public EngineNode Node { get; }

    /// <summary>Null until the machine has booted.</summary>
    public FelixAgent? Agent { get; private set; }

    /// <summary>kube-proxy; null while the cluster has no Service.</summary>
    public ProxyDriver? Proxy => _proxy;

    /// <summary>When kube-proxy last changed a table.</summary>
    public SimTime LastProxyChange { get; private set; }

    /// <summary>When its agent or kube-proxy last changed a table, a set or a route.</summary>
    public SimTime LastChange => Agent is { } agent && agent.LastChange > LastProxyChange ? agent.LastChange : LastProxyChange;

    /// <summary>The BGP configuration in force; null before the first, and for a machine with a speaker of its own.</summary>
    public BgpNodeConfiguration? Peering { get; internal set; }

    /// <summary>True while the machine boots, or has store events or tables to work on.</summary>
    public bool IsPending => Agent is null || Agent.IsPending || _events.IsArmed;

    /// <summary>The Pods that run here, with their namespaces, by key.</summary>
    public IEnumerable<(ResourceKey Pod, NetworkNamespace Space)> Pods => _pods.Select(p => (p.Key, p.Value.Space));

    internal long BgpVersion { get; set; } = -1;

    internal PeeringPolicies Policies { get; } = new();

    internal KernelRules? KernelRules { get; set; }

    /// <summary>Called when events of the store have been taken.</summary>
    internal Action<ClusterMachine>? EventsTaken { get; set; }

    /// <summary>The namespace of a Pod that runs here, or null.</summary>
    public NetworkNamespace? NamespaceOf(Pod pod) => _pods.TryGetValue(pod.Key, out var found) ? found.Space : null;

    /// <summary>Calls back when the IPIP device comes or goes: routes wait for it.</summary>
    internal void WatchTunnel(Action changed)
    {
        if (_tunnelChanged is null)
        {
            Node.Root.DeviceChanged += device =>
            {
                if (device.Name == RouteModel.IpipDevice)
                {
                    _tunnelChanged!();
                }
            };
        }

        _tunnelChanged = changed;
    }

    internal void BootAt(SimTime due, Action start)
    {
        _boot = new CallbackTimer(start);
        Node.Schedule(_boot, due);
    }

    internal void Start()
    {
        Agent = new FelixAgent(Node.Root, Node.Name, _costs, _feed.Index);
        Agent.Start();

        // List, then watch: what the store has now, without the way there.
        _watch = _store.Watch(_store.Revision);
        foreach (Pod pod in _feed.PodsOf(Node.Name))
        {
            UpdatePod(pod.Key, pod);
        }

        Agent.Update(_feed.List(Node.Name));
        SyncProxy();
        EventsTaken?.Invoke(this);
    }

    /// <summary>Ends Felix without a farewell: what it has programmed stays. False if none runs.</summary>
    internal bool KillAgent()
    {
        if (Agent is null || _isAgentKilled)
        {
            return false;
        }

        Agent.Kill();
        return _isAgentKilled = true;
    }

    /// <summary>The machine is down.</summary>
    internal void Stop()
    {
        _isStopped = true;
        Agent?.Detach();
    }

    /// <summary>The store has been written to; the watch hears of it at <paramref name="due"/>.</summary>
    internal void ExpectEvents(SimTime due)
    {
        if (_watch is not null && !_events.IsArmed)
        {
            Node.Schedule(_events, due);
        }
    }

    private void TakeEvents()
    {
        if (_isStopped)
        {
            return;
        }

        bool services = false;
        List<StoreEvent> news = [];
        foreach (StoreEvent change in _watch!.ReadAll())
        {
            if (change.Key.Kind == ResourceKind.Pod)
            {
                UpdatePod(change.Key, change.Value as Pod);
            }

            services |= change.Key.Kind is ResourceKind.Service or ResourceKind.EndpointSlice or ResourceKind.IPPool;
            if (ClusterFeed.IsForAgent(change.Key, Node.Name))
            {
                news.Add(_feed.Resolved(change));
            }
        }

        if (!_isAgentKilled)
        {
            Agent!.Update(news);
        }

        if (services)
        {
            SyncProxy();
        }

        EventsTaken?.Invoke(this);
    }

    /// <summary>kube-proxy starts with the first Service; it renders everything and writes what differs.</summary>
    private void SyncProxy()
    {
        Service[] services = [.. _store.List(ResourceKind.Service).Select(s => (Service)s.Value)];
        if (_proxy is null && services.Length == 0)
        {
            return;
        }

        _proxy ??= new ProxyDriver(Node.Root, Node.Name);
        bool changed = _proxy.Apply(
            services,
            [.. _store.List(ResourceKind.EndpointSlice).Select(s => (EndpointSlice)s.Value)],
            [.. _store.List(ResourceKind.IPPool).Select(s => ((IPPool)s.Value).Cidr)]);
        LastProxyChange = changed ? Node.Now : LastProxyChange;
    }

    private void UpdatePod(ResourceKey key, Pod? pod)
    {
        WorkloadEndpoint? endpoint = pod is null || pod.NodeName != Node.Name ? null : WorkloadEndpoints.FromPod(pod);
        bool isKnown = _pods.TryGetValue(key, out (NetworkNamespace Space, WorkloadEndpoint Endpoint) old);
        if (isKnown && (endpoint is null || !endpoint.Addresses.SequenceEqual(old.Endpoint.Addresses)))
        {
            _pods.Remove(key);
            WorkloadWiring.Disconnect(Node, old.Space);
            isKnown = false;
        }

        if (endpoint is null)
        {
            return;
        }

        NetworkNamespace space = isKnown ? old.Space : WorkloadWiring.Connect(Node, $"{key.Namespace}.{key.Name}", endpoint, PodMtu(endpoint));
        _pods[key] = (space, endpoint);
    }

    /// <summary>
    /// The uplink's MTU less what the pools' encapsulation adds: 20 for IPIP, 50 for VXLAN and 70 for VXLAN over IPv6, as
    /// Felix detects it for the CNI plugin.
    /// </summary>
    private int PodMtu(WorkloadEndpoint endpoint)
    {
        int mtu = DefaultMtu;
        foreach (NetDevice device in Node.Root.Devices)
        {
            if (device.Name == ClusterLayout.DeviceName)
            {
                mtu = device.Mtu;
            }
        }

        int overhead = 0;
        foreach (StoredResource stored in _store.List(ResourceKind.IPPool))
        {
            IPPool pool = (IPPool)stored.Value;
            bool isUsed = endpoint.Addresses.Any(a => a.Family == pool.Cidr.Family);
            int added = pool switch
            {
                { VxlanMode: not EncapsulationMode.Never, Cidr.IsIPv6: true } => 70,
                { VxlanMode: not EncapsulationMode.Never } => 50,
                { IpipMode: not EncapsulationMode.Never } => 20,
                _ => 0,
            };
            overhead = isUsed && !pool.Disabled ? Math.Max(overhead, added) : overhead;
        }

        return mtu - overhead;
    }
}
