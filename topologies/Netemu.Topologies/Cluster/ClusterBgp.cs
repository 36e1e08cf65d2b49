using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Calico.Peering;
using Netemu.Calico.Resources;
using Netemu.Calico.Store;
using Netemu.Calico.Workloads;
using Netemu.Core.Addresses;
using Netemu.Topologies.Bgp;

namespace Netemu.Topologies.Cluster;

/// <summary>
/// What confd and `birdcl configure` do on every machine: the BGP configuration that the resources give is brought into
/// force by the difference. Changed filters are asked again without a session being touched; a session whose own settings
/// changed starts anew; a changed AS, router id or port starts the whole speaker anew.
/// </summary>
internal sealed class ClusterBgp(ResourceStore store, BgpExtension bgp, BgpTimers timers)
{
    private readonly SortedDictionary<ResourceKey, Pod> _foreign = [];
    private BgpTopology? _topology;
    private StoreWatch? _watch;

    /// <summary>A number that grows with every change that BGP may depend on.</summary>
    public long Version { get; private set; }

    /// <summary>The configuration that the resources give a node now; null if it has no address.</summary>
    public BgpNodeConfiguration? Of(string node)
    {
        Refresh();
        return _topology!.Of(node);
    }

    /// <summary>Brings a machine's speaker to what the resources say; makes it the first time.</summary>
    public void Follow(ClusterMachine machine)
    {
        Refresh();
        if (machine.BgpVersion == Version)
        {
            return;
        }

        machine.BgpVersion = Version;
        BgpNodeConfiguration? wanted = _topology!.Of(machine.Node.Name);
        NodeSpeaker? speaker = bgp.Find(machine.Node);
        if (wanted is null)
        {
            if (speaker is not null)
            {
                bgp.ShutDown(machine.Node);
            }
        }
        else if (speaker is null || machine.Peering is null || NeedsRestart(machine.Peering, wanted))
        {
            Start(machine, wanted);
        }
        else
        {
            Reconfigure(machine, speaker, wanted);
        }

        machine.Peering = wanted;
    }

    /// <summary>Computes once for all machines what depends on the whole cluster.</summary>
    private void Refresh()
    {
        _watch ??= store.Watch(0);
        bool changed = _topology is null;
        foreach (StoreEvent change in _watch.ReadAll())
        {
            changed |= Concerns(change.Key.Kind) || (change.Key.Kind == ResourceKind.Pod && UpdateForeign(change.Key, change.Value as Pod));
        }

        if (changed)
        {
            _topology = new BgpTopology(
                store.ListAll().Where(s => Concerns(s.Key.Kind)).Select(s => s.Value).Concat(_foreign.Values));
            Version++;
        }
    }

    /// <summary>
    /// A Pod with a floating address, or with one outside its node's blocks, is announced on its own (BIRD learns its /32 from the kernel); all
    /// others are part of a block. Says whether that changed anything.
    /// </summary>
    private bool UpdateForeign(ResourceKey key, Pod? pod)
    {
        bool isForeign = pod is { HostNetwork: false, IsFinished: false } && (WorkloadEndpoints.FloatingAddressesOf(pod).Length > 0 || pod.Addresses.Any(address =>
            !store.List(ResourceKind.BlockAffinity, string.Empty, pod.NodeName + "-")
                .Any(s => s.Value is BlockAffinity { State: BlockAffinityState.Confirmed } own && own.Node == pod.NodeName && own.Cidr.Contains(address))));
        if (!isForeign)
        {
            return _foreign.Remove(key);
        }

        bool changed = !_foreign.TryGetValue(key, out Pod? before)
            || before.NodeName != pod!.NodeName || !before.Addresses.SequenceEqual(pod.Addresses)
            || !WorkloadEndpoints.FloatingAddressesOf(before).SequenceEqual(WorkloadEndpoints.FloatingAddressesOf(pod));
        _foreign[key] = pod!;
        return changed;
    }

    private static bool Concerns(ResourceKind kind) => kind is ResourceKind.Node or ResourceKind.KubernetesNode
        or ResourceKind.BgpConfiguration or ResourceKind.BgpPeer or ResourceKind.BgpFilter or ResourceKind.IPPool
        or ResourceKind.BlockAffinity or ResourceKind.Service or ResourceKind.EndpointSlice or ResourceKind.FelixConfiguration
        or ResourceKind.Installation;

    private static bool NeedsRestart(BgpNodeConfiguration before, BgpNodeConfiguration after) =>
        (before.AsNumber, before.RouterId, before.ListenPort) != (after.AsNumber, after.RouterId, after.ListenPort);

    private void Start(ClusterMachine machine, BgpNodeConfiguration wanted)
    {
        bgp.ShutDown(machine.Node);
        machine.Policies.Clear();
        machine.KernelRules = new KernelRules(wanted);
        KernelRules rules = machine.KernelRules;
        machine.WatchTunnel(() => bgp.Find(machine.Node)?.Sink?.Reconsider());
        bgp.Start(NodeSpeaker.Create(
            machine.Node.Root,
            ClusterSpeaker.ConfigurationOf(wanted, timers, machine.Policies),
            machine.Node.Root.Tcp.Transport,
            bgp.Tables,
            hops => new FibRouteSink(machine.Node.Root, hops, Engine.Routing.RouteProtocol.Bird, 0)
            {
                Programs = rules.Programs,
                TunnelDevice = rules.TunnelTo,
            }));
    }

    private void Reconfigure(ClusterMachine machine, NodeSpeaker speaker, BgpNodeConfiguration wanted)
    {
        BgpNodeConfiguration before = machine.Peering!;
        BgpSpeaker running = speaker.Speaker;
        machine.Policies.Part(wanted);
        BgpSpeakerConfiguration after = ClusterSpeaker.ConfigurationOf(wanted, timers, machine.Policies);
        if (speaker.HasCommands)
        {
            // What "conf t" has said is laid over what the resources say.
            speaker.Follow(after);
        }
        else
        {
            ChangeOneByOne(running, before, wanted, after);
        }

        ReplacePolicies(machine, running, before, wanted);
        if (!before.KernelRules.SequenceEqual(wanted.KernelRules))
        {
            machine.KernelRules!.Replace(wanted);
            speaker.Sink?.Reconsider();
        }
    }

    /// <summary>The difference to what the resources said before, without a look at all the rest.</summary>
    private static void ChangeOneByOne(
        BgpSpeaker running, BgpNodeConfiguration before, BgpNodeConfiguration wanted, BgpSpeakerConfiguration after)
    {
        Dictionary<InternetAddress, BgpNeighborConfiguration> neighbours = after.Neighbors.ToDictionary(n => n.Address, n => n.Configuration);
        foreach (BgpPeering gone in before.Peerings.Where(p => !neighbours.ContainsKey(p.PeerAddress)))
        {
            running.RemoveNeighbor(gone.PeerAddress);
        }

        foreach (BgpNeighbor neighbour in after.Neighbors)
        {
            if (running.FindNeighbor(neighbour.Address) is null)
            {
                running.AddNeighbor(neighbour);
            }
            else
            {
                running.ReconfigureNeighbor(neighbour.Address, neighbour.Configuration);
            }
        }

        Originate(running, before, wanted, after);
        running.NoteConfiguration(after);
    }

    private static void ReplacePolicies(ClusterMachine machine, BgpSpeaker running, BgpNodeConfiguration before, BgpNodeConfiguration wanted)
    {
        bool exportChanged = !before.Communities.SequenceEqual(wanted.Communities);
        foreach (BgpPeering peering in wanted.Peerings)
        {
            BgpPeering? old = before.Peerings.FirstOrDefault(p => p.PeerAddress == peering.PeerAddress);
            exportChanged |= old is not null && !old.Export.SequenceEqual(peering.Export);
            if (old is not null && !old.Import.SequenceEqual(peering.Import))
            {
                running.RequestRefresh(peering.PeerAddress, peering.PeerAddress.Family);
            }
        }

        machine.Policies.Update(wanted);
        if (exportChanged)
        {
            running.ReevaluateExport();
        }
    }

    private static void Originate(
        BgpSpeaker running, BgpNodeConfiguration before, BgpNodeConfiguration wanted, BgpSpeakerConfiguration after)
    {
        foreach (InternetPrefix gone in before.Originated.Except(wanted.Originated))
        {
            running.Withdraw(gone);
        }

        bool communities = !before.Communities.SequenceEqual(wanted.Communities);
        HashSet<InternetPrefix> known = [.. before.Originated];
        foreach (BgpNetwork network in after.Networks.Where(n => communities || !known.Contains(n.Prefix)))
        {
            running.Announce(network);
        }
    }
}
