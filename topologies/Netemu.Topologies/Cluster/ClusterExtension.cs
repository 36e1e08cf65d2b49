using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Calico.Peering;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Felix.Dataplane;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Bgp;
using Netemu.Topologies.Building;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;
using Netemu.Topologies.Running;
using EngineNode = Netemu.Engine.Simulation.Node;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// A Kubernetes cluster with Calico on top of an emulation: machines from manifests, an agent and a BGP speaker on each,
/// Pods in namespaces of their own. The store is reached with 1 ms of delay each way; machines boot with a seeded skew.
/// </summary>
public sealed class ClusterExtension(IReadOnlyList<ManifestDocument> manifests, BgpExtension bgp) : EmulationExtension
{
    /// <summary>From a write to the store until a node's watch has it.</summary>
    private static readonly Duration _storeDelay = Duration.FromMilliseconds(1);
    private static readonly Duration _collectionPeriod = Duration.FromSeconds(300);
    private const long BootSkew = 1_000_000_000;
    private const string AgentProcess = "felix";

    private readonly SortedDictionary<string, ClusterMachine> _machines = new(StringComparer.Ordinal);
    private ClusterResources? _resources;
    private ClusterLayout? _layout;
    private BuiltTopology? _topology;
    private BgpTimers _timers = BgpTimers.Of(TimerProfile.CalicoBird);
    private FelixServiceTime _costs = FelixServiceTime.Zero;
    private readonly Dictionary<string, Conversation> _conversations = new(StringComparer.Ordinal);
    private ClusterFeed? _feed;
    private ClusterChanges? _changes;
    private ClusterBgp? _bgp;
    private int _probes;
    private bool _isCollectionDue;

    /// <summary>The store; null before the topology has been expanded.</summary>
    public ResourceStore? Store => _resources?.Store;

    /// <summary>The machines by name.</summary>
    public IEnumerable<ClusterMachine> Machines => _machines.Values;

    public override bool IsPending => _machines.Values.Any(m => m.IsPending);

    public override IEnumerable<string> Pending => _machines.Where(m => m.Value.IsPending).Select(m => $"Calico on {m.Key}");

    public override SimTime LastChange => _machines.Values.Select(m => m.LastChange).DefaultIfEmpty(SimTime.Zero).Max();

    /// <summary>The store with the controllers of the cluster; null before the topology has been expanded.</summary>
    public ClusterResources? Resources => _resources;

    public override IEnumerable<InternetPrefix> OwnPrefixes =>
    [
        .. _resources?.Store.List(ResourceKind.IPPool).Select(s => ((IPPool)s.Value).Cidr) ?? [],
        .. _resources?.Store.List(ResourceKind.Service).SelectMany(s => ((Service)s.Value).ClusterIPs)
            .Select(InternetPrefix.Host) ?? [],
    ];

    public override bool Builds(TopologyPart part) => part == TopologyPart.Cluster;

    public override void Expand(TopologyExpansion expansion)
    {
        _resources = new ClusterResources(manifests, expansion.Topology.Cluster, expansion.Diagnostics);
        _layout = new ClusterLayout(expansion, _resources.Nodes);
        _layout.Build();
        _resources.Fill();
        if (!expansion.Topology.Steps.Any(ChangesObjects))
        {
            _resources.Lint();
        }

        _feed = new ClusterFeed(_resources.Store);
        _feed.Advance();
        _changes = new ClusterChanges(_resources.Store);
    }

    /// <summary>What a policy is meant for may come with a step.</summary>
    private static bool ChangesObjects(StepSpec step) => step.Action is ApplyChange or PatchChange
        || (step.Action is ExecAction exec && (exec.Command.Contains("kubectl", StringComparison.Ordinal) || exec.Command.Contains("calicoctl", StringComparison.Ordinal)));

    public override void Attach(BuiltTopology topology)
    {
        _topology = topology;
        _resources!.RefuseMachine = Refuse;
        _resources.Clock = () => topology.Emulation.Now;
        _resources.IsUp = name => topology.Emulation.FindNode(name) is { IsUp: true };
        _costs = topology.Specification.Cluster?.ServiceTime == ServiceTimeModel.Calibrated ? FelixServiceTime.Calibrated : FelixServiceTime.Zero;
        if (topology.Specification.Cluster is { } cluster)
        {
            _timers = BgpTimers.Of(cluster.Timers switch
            {
                BgpTimerProfile.Bird => TimerProfile.Bird,
                BgpTimerProfile.Frr => TimerProfile.Frr,
                BgpTimerProfile.FrrDatacenter => TimerProfile.FrrDatacenter,
                BgpTimerProfile.Rfc4271 => TimerProfile.Rfc4271,
                _ => TimerProfile.CalicoBird,
            });
        }
    }

    public override void Boot(EngineNode node, NodeSpec specification)
    {
        if (!_resources!.HasNode(node.Name))
        {
            return;
        }

        ClusterMachine machine = new(node, Store!, _feed!, _costs);
        _machines[node.Name] = machine;

        // What has no speaker of its own in the file gets Calico's.
        if (specification.Bgp is null)
        {
            _bgp ??= new ClusterBgp(Store!, bgp, _timers);
            machine.EventsTaken = _bgp.Follow;
        }

        SimTime due = node.Now + Duration.FromNanoseconds(node.Random("boot-skew").NextBelow(BootSkew));
        machine.BootAt(due, machine.Start);
    }

    public override void ShutDown(EngineNode node)
    {
        if (_machines.Remove(node.Name, out ClusterMachine? machine))
        {
            machine.Stop();
        }
    }

    public override NetworkNamespace? FindNamespace(EndpointRef endpoint)
    {
        if (endpoint is not PodEndpoint pod || FindPod(pod) is not { } found)
        {
            return null;
        }

        ClusterMachine? machine = _machines.GetValueOrDefault(found.NodeName);
        return found.HostNetwork ? machine?.Node.Root : machine?.NamespaceOf(found);
    }

    public override IReadOnlyList<InternetAddress> FindAddresses(EndpointRef endpoint) => endpoint switch
    {
        PodEndpoint pod when FindPod(pod) is { } found =>
            found.HostNetwork ? HostAddresses(found.NodeName) : found.Addresses,
        Model.ServiceEndpoint service => Store!.Find<Service>(new ResourceKey(ResourceKind.Service, service.Namespace, service.Name))?.ClusterIPs ?? [],
        _ => [],
    };

    public override StepExecution? Start(StepSpec step, StepContext context) => step.Action switch
    {
        ConnectProbe probe => new ConnectExecution(this, probe, context),
        ApplyChange change => new ApplyExecution(this, change, context),
        DeleteChange change => new DeleteExecution(this, change, context),
        PatchChange change => new PatchExecution(this, change, context),
        KillChange { Process: AgentProcess } kill => new KillAgentExecution(this, kill, context),
        _ => null,
    };

    /// <summary>A number that no earlier probe of this run has had, below <paramref name="limit"/>.</summary>
    internal int NextProbe(int limit) => _probes++ % limit;

    /// <summary>Whether a later step goes on with what a probe begins.</summary>
    internal bool IsContinued(ConnectProbe probe) => _topology!.Specification.Steps.Any(step =>
        step.Action is ConnectProbe { Established: true } later && KeyOf(later) == KeyOf(probe));

    internal void Remember(ConnectProbe probe, Conversation conversation) => _conversations[KeyOf(probe)] = conversation;

    internal Conversation? FindConversation(ConnectProbe probe) => _conversations.GetValueOrDefault(KeyOf(probe));

    /// <summary>Whether a namespace is a Pod's.</summary>
    internal bool IsPod(NetworkNamespace? space) =>
        space is not null && _machines.TryGetValue(space.Node.Name, out ClusterMachine? machine)
        && machine.Pods.Any(p => ReferenceEquals(p.Space, space));

    private static string KeyOf(ConnectProbe probe) => $"{probe.From} {probe.To} {probe.Protocol} {probe.Port} {probe.SourcePort}";

    /// <summary>The machine that an endpoint runs on, or null.</summary>
    internal ClusterMachine? MachineOf(EngineNode node) => _machines.GetValueOrDefault(node.Name);

    /// <summary>Puts new and changed objects; every node's watch has them a moment later.</summary>
    public void Write(Action<ClusterResources> change)
    {
        change(_resources!);
        _resources!.NoteWritten();
        JoinMachines();
        _changes!.Begin(_topology!.Emulation.Now, _machines.Values, bgp.LastChange);
        _feed!.Advance();
        SimTime due = _topology!.Emulation.Now + _storeDelay;
        foreach (ClusterMachine machine in _machines.Values)
        {
            machine.ExpectEvents(due);
        }

        ScheduleCollection();
    }

    /// <summary>kube-controllers looks for blocks to release every five minutes: here, at the first such look that finds one.</summary>
    private void ScheduleCollection()
    {
        if (_isCollectionDue || _resources!.NextRelease is not { } idle)
        {
            return;
        }

        SimTime now = _topology!.Emulation.Now;
        long period = _collectionPeriod.Nanoseconds;
        SimTime at = new(((idle > now ? idle : now).Nanoseconds / period * period) + period);
        _isCollectionDue = true;
        _topology.Emulation.AtBarrier(at, () =>
        {
            _isCollectionDue = false;
            if (_resources.NextRelease is { } due && due <= at)
            {
                Write(static resources => resources.ReleaseIdleBlocks());
            }

            ScheduleCollection();
        });
    }

    /// <summary>Why a machine that no file has cannot join, or null if it can.</summary>
    private string? Refuse(Node machine)
    {
        string address = machine.IPv4Address!.Value.Address.ToString();
        if (_topology!.FindSpecification(machine.Name) is { } known)
        {
            return known.Kind == NodeKind.Host ? null : $"node '{machine.Name}': '{machine.Name}' is a {known.Kind.ToString().ToLowerInvariant()} of the topology";
        }

        return _layout!.SegmentOf(machine.IPv4Address!.Value.Address) is not { } segment
            ? $"node '{machine.Name}': no segment of the cluster's has a subnet with {address} in it, so there is nowhere to plug it in"
            : _topology.Emulation.FindNode(segment.Name) is not { IsUp: true } ? $"node '{machine.Name}': the switch '{segment.Name}' is down"
            : _resources!.Nodes.Any(node => node.IPv4Address?.Address == machine.IPv4Address.Value.Address) || segment.Gateway == machine.IPv4Address.Value.Address
                ? $"node '{machine.Name}': {address} is another machine's address"
            : null;
    }

    /// <summary>Nodes that came with an address get a machine: the host of that name in the file, or a new one in the segment.</summary>
    private void JoinMachines()
    {
        Node[] joining =
        [
            .. NodeResolution.NodesOf(Store!.List(ResourceKind.KubernetesNode).Concat(Store.List(ResourceKind.Node)).Select(stored => stored.Value))
                .Where(node => node.IPv4Address is not null && !_resources!.HasNode(node.Name)),
        ];
        foreach (Node node in joining)
        {
            _resources!.Adopt(node, _layout!.SegmentOf(node.IPv4Address!.Value.Address)?.Subnet.Length ?? 32);
            if (_topology!.FindSpecification(node.Name) is not { } known)
            {
                _layout.Join(_topology, node);
            }
            else if (_topology.Emulation.FindNode(node.Name) is { IsUp: true } there)
            {
                Boot(there, known);
            }
        }
    }

    public override void Contribute(RunContribution contribution)
    {
        if (_changes is not null)
        {
            contribution.Changes.AddRange(_changes.Close(_machines.Values, bgp.LastChange));
        }
    }

    /// <summary>The BGP configuration that the resources give a node now; null for a node that is unknown or has no address.</summary>
    public BgpNodeConfiguration? PeeringOf(string node) => (_bgp ??= new ClusterBgp(Store!, bgp, _timers)).Of(node);

    private IReadOnlyList<InternetAddress> HostAddresses(string node)
    {
        List<InternetAddress> addresses = [];
        Node? found = _resources!.Nodes.FirstOrDefault(n => n.Name == node);
        if (found?.IPv4Address is { } v4)
        {
            addresses.Add(v4.Address);
        }

        if (found?.IPv6Address is { } v6)
        {
            addresses.Add(v6.Address);
        }

        return addresses;
    }

    private Pod? FindPod(PodEndpoint pod) => Store?.Find<Pod>(new ResourceKey(ResourceKind.Pod, pod.Namespace, pod.Name));
}
