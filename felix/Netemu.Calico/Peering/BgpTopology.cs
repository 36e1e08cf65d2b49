using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Peering;

/// <summary>
/// Derives every node's BGP from the resources, as confd and its BIRD templates do
/// (confd/pkg/backends/calico/bgp_processor.go). A pure function: the same resources give the same configuration.
/// </summary>
public sealed class BgpTopology
{
    private readonly SortedDictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly BgpConfiguration _configuration;
    private readonly Resource[] _resources;
    private readonly BgpAdvertisement _advertisement;
    private readonly BgpFilter[] _filters;
    private readonly bool _isEnabled;
    private readonly Dictionary<Selector, Node[]> _selected = [];

    public BgpTopology(IEnumerable<Resource> resources)
    {
        _resources = [.. resources.OrderBy(resource => resource.Key)];
        foreach (Node node in NodeResolution.NodesOf(_resources))
        {
            _nodes.Add(node.Name, node);
        }

        _filters = [.. _resources.OfType<BgpFilter>()];
        _isEnabled = _resources.OfType<Installation>().All(installation => installation.BgpEnabled);
        _configuration = Configuration("default") ?? new BgpConfiguration(new ObjectMetadata("default"));
        _advertisement = new BgpAdvertisement(_resources, _configuration);
    }

    /// <summary>The nodes that have an address, in the order of their names; none where the operator runs no BIRD.</summary>
    public IReadOnlyList<BgpNodeConfiguration> Nodes => [.. _nodes.Values.Where(HasBird).Select(Derive)];

    /// <summary>One node's configuration; null for a node that is unknown, has no address, or runs no BIRD.</summary>
    public BgpNodeConfiguration? Of(string node) => _nodes.TryGetValue(node, out Node? found) && HasBird(found) ? Derive(found) : null;

    private bool HasBird(Node node) => _isEnabled && (node.IPv4Address is not null || node.IPv6Address is not null);

    private bool IsMeshEnabled => _configuration.NodeToNodeMeshEnabled ?? true;

    private BgpNodeConfiguration Derive(Node node)
    {
        BgpConfiguration? own = Configuration("node." + node.Name);
        SortedDictionary<(InternetAddress Address, int Port), BgpPeering> peerings = [];
        foreach (BgpPeer peer in _resources.OfType<BgpPeer>())
        {
            AddPeerings(node, peer, peerings);
        }

        if (IsMeshEnabled && node.RouteReflectorClusterId is null)
        {
            AddMesh(node, peerings);
        }

        return new BgpNodeConfiguration(node.Name, AsOf(node), RouterIdOf(node))
        {
            ListenPort = ListenPortOf(node),
            IPv4Address = node.IPv4Address,
            IPv6Address = node.IPv6Address,
            Peerings = [.. peerings.Values],
            Originated = _advertisement.OriginatedBy(node.Name, node.Metadata.Labels),
            Communities = BgpAdvertisement.CommunitiesOf(own is { PrefixAdvertisements.Count: > 0 } ? own : _configuration),
            KernelRules = _advertisement.KernelRules(),
            Blocks = _advertisement.BlocksOf(node.Name),
            LearnedAddresses = [.. _advertisement.ForeignAddressesOf(node.Name)],
            ServiceRanges = _advertisement.ServiceRangesOf(node.Metadata.Labels),
            Pools = _advertisement.Pools,
            Filters = _filters,
            IgnoredInterfaces = _configuration.IgnoredInterfaces,
            LogsDebug = _configuration.LogsDebug,
            BindsNodeIP = _configuration.BindsNodeIP,
            ProgramsTunnels = _advertisement.BirdProgramsTunnels,
        };
    }

    /// <summary>One session a family with every other node that is in the mesh.</summary>
    private void AddMesh(Node node, SortedDictionary<(InternetAddress Address, int Port), BgpPeering> peerings)
    {
        // A BGPPeer goes before the mesh, on whatever port it is.
        HashSet<InternetAddress> peered = [.. peerings.Keys.Select(key => key.Address)];
        foreach (Node other in _nodes.Values)
        {
            if (other.Name == node.Name || other.RouteReflectorClusterId is not null)
            {
                continue;
            }

            foreach ((InternetAddress local, InternetAddress remote) in AddressPairs(node, other))
            {
                if (peered.Contains(remote))
                {
                    continue;
                }

                Add(peerings, WithRules(NodePeering(PeeringOrigin.Mesh, node, other, local, remote) with
                {
                    Password = _configuration.NodeMeshPassword,
                    MaxRestartTime = _configuration.NodeMeshMaxRestartTime,
                    IsRestartTimeGiven = _configuration.NodeMeshMaxRestartTime != Core.Time.Duration.FromSeconds(120),
                }, node, []));
            }
        }
    }

    private void AddPeerings(Node node, BgpPeer peer, SortedDictionary<(InternetAddress Address, int Port), BgpPeering> peerings)
    {
        bool isLocal = Selects(peer, node);
        if (peer.PeerSelector is not { } remotes)
        {
            if (isLocal && peer.PeerIP is { } address)
            {
                AddAddress(node, peer, address, peerings);
            }

            return;
        }

        // In the order of the nodes' names; a client looks at its few reflectors only.
        bool isRemote = peer.ReversePeering && remotes.Matches(node.Metadata.Labels);
        foreach (Node other in isRemote ? _nodes.Values : isLocal ? NodesWith(remotes) : [])
        {
            bool forward = isLocal && remotes.Matches(other.Metadata.Labels);
            bool reverse = isRemote && Selects(peer, other);
            if (other.Name == node.Name || !(forward || reverse))
            {
                continue;
            }

            PeeringOrigin origin = !forward ? PeeringOrigin.ReversePeer : OriginOf(peer);
            foreach ((InternetAddress local, InternetAddress remote) in AddressPairs(node, other))
            {
                Add(peerings, WithRules(WithPeer(NodePeering(origin, node, other, local, remote), peer), node, peer.Filters));
            }
        }
    }

    private IReadOnlyCollection<Node> NodesWith(Selector selector)
    {
        if (!_selected.TryGetValue(selector, out Node[]? nodes))
        {
            nodes = [.. _nodes.Values.Where(node => selector.Matches(node.Metadata.Labels))];
            _selected.Add(selector, nodes);
        }

        return nodes;
    }

    private void AddAddress(
        Node node, BgpPeer peer, InternetAddress address, SortedDictionary<(InternetAddress Address, int Port), BgpPeering> peerings)
    {
        if (LocalAddress(node, address.Family) is not { } local || local == address)
        {
            return;
        }

        Node? other = _nodes.Values.FirstOrDefault(candidate => LocalAddress(candidate, address.Family) == address);
        BgpPeering peering = other is not null
            ? NodePeering(OriginOf(peer), node, other, local, address) with { PeerAs = peer.AsNumber ?? AsOf(other) }
            : new BgpPeering(OriginOf(peer), local, address) { LocalAs = AsOf(node), PeerAs = peer.AsNumber ?? AsOf(node) };
        ushort port = peer.PeerPort == BgpConfiguration.DefaultListenPort && other is not null ? ListenPortOf(other) : peer.PeerPort;
        Add(peerings, WithRules(
            WithPeer(
                peering with
                {
                    PeerPort = port,
                    IsPortGiven = port != BgpConfiguration.DefaultListenPort,

                    // Global peers that are nodes by their address are made one-sided, as the mesh is.
                    IsPassive = other is not null && OriginOf(peer) == PeeringOrigin.GlobalPeer
                        && string.CompareOrdinal(address.ToString(), local.ToString()) > 0,
                },
                peer),
            node,
            peer.Filters));
    }

    private BgpPeering NodePeering(PeeringOrigin origin, Node node, Node other, InternetAddress local, InternetAddress remote) =>
        new(origin, local, remote)
        {
            PeerNode = other.Name,
            PeerPort = ListenPortOf(other),
            LocalAs = AsOf(node),
            PeerAs = AsOf(other),
            IsPortGiven = origin != PeeringOrigin.Mesh && ListenPortOf(other) != BgpConfiguration.DefaultListenPort,

            // The mesh is made one-sided; others connect from both sides.
            IsPassive = origin == PeeringOrigin.Mesh && string.CompareOrdinal(remote.ToString(), local.ToString()) > 0,
        };

    private static BgpPeering WithPeer(BgpPeering peering, BgpPeer peer) => peering with
    {
        Resource = peer.Name,
        LocalAs = peering.Origin == PeeringOrigin.ReversePeer ? peering.LocalAs : peer.LocalAsNumber ?? peering.LocalAs,
        IsLocalAsGiven = peering.Origin != PeeringOrigin.ReversePeer && peer.LocalAsNumber is not null,
        NextHopMode = peer.NextHopMode,
        UsesNodeIP = peer.UsesNodeIP,
        Password = peer.Password,
        MaxRestartTime = peer.MaxRestartTime,
        IsRestartTimeGiven = peer.MaxRestartTime != peering.MaxRestartTime,
        KeepaliveTime = peer.KeepaliveTime,
        AllowedLocalAsNumbers = peer.AllowedLocalAsNumbers,
        TtlSecurity = peer.TtlSecurity,
        ReachableBy = peer.ReachableBy,
    };

    /// <summary>Reflection and filters, once both AS numbers are known.</summary>
    private BgpPeering WithRules(BgpPeering peering, Node node, IReadOnlyList<string> filterNames)
    {
        IPv4Address? peerCluster = peering.PeerNode is { } name ? _nodes[name].RouteReflectorClusterId : null;
        bool isClient = !peering.IsExternal
            && node.RouteReflectorClusterId is { } cluster
            && peerCluster != cluster;
        BgpFilter[] filters =
        [
            .. filterNames.SelectMany(filter => _resources.OfType<BgpFilter>().Where(candidate => candidate.Name == filter)),
        ];
        bool isV4 = peering.PeerAddress.IsIPv4;
        IEnumerable<BgpFilterRule> export = filters.SelectMany(filter => isV4 ? filter.ExportV4 : filter.ExportV6);
        IEnumerable<BgpFilterRule> import = filters.SelectMany(filter => isV4 ? filter.ImportV4 : filter.ImportV6);
        return peering with
        {
            Filters = filterNames,
            IsReflectorClient = isClient,
            ClusterId = isClient ? node.RouteReflectorClusterId : null,
            Export = [.. export.Where(IsForThis), .. _advertisement.ExportRules(node.Name, peering)],
            Import = [.. import.Where(IsForThis)],
        };

        bool IsForThis(BgpFilterRule rule) => rule.External is null || rule.External == peering.IsExternal;
    }

    /// <summary>
    /// One session an address and port, the first of several BGPPeers by name. A port that need not be said sorts first.
    /// </summary>
    private static void Add(SortedDictionary<(InternetAddress Address, int Port), BgpPeering> peerings, BgpPeering peering) =>
        peerings.TryAdd((peering.PeerAddress, peering.IsPortGiven ? peering.PeerPort : 0), peering);

    private static PeeringOrigin OriginOf(BgpPeer peer) =>
        peer.Node is null && peer.NodeSelector is null ? PeeringOrigin.GlobalPeer : PeeringOrigin.NodePeer;

    private static bool Selects(BgpPeer peer, Node node) =>
        peer.Node is { } name ? name == node.Name
        : peer.NodeSelector?.Matches(node.Metadata.Labels) ?? true;

    private uint AsOf(Node node) => node.AsNumber ?? _configuration.AsNumber ?? BgpConfiguration.DefaultAsNumber;

    private ushort ListenPortOf(Node node) =>
        Configuration("node." + node.Name)?.ListenPort ?? _configuration.ListenPort ?? BgpConfiguration.DefaultListenPort;

    private BgpConfiguration? Configuration(string name) =>
        _resources.OfType<BgpConfiguration>().FirstOrDefault(configuration => configuration.Name == name);

    /// <summary>The IPv4 address, as CALICO_ROUTER_ID defaults to; an IPv6-only node gets one from a hash of its name.</summary>
    private static IPv4Address RouterIdOf(Node node) =>
        node.IPv4Address?.Address ?? new IPv4Address((uint)StableHash(node.Name) | 1);

    private static int StableHash(string name) => name.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));

    private static InternetAddress? LocalAddress(Node node, AddressFamily family) =>
        family == AddressFamily.IPv4
            ? node.IPv4Address is { } v4 ? v4.Address : default(InternetAddress?)
            : node.IPv6Address is { } v6 ? v6.Address : default(InternetAddress?);

    private static IEnumerable<(InternetAddress Local, InternetAddress Remote)> AddressPairs(Node node, Node other)
    {
        if (node.IPv4Address is { } local4 && other.IPv4Address is { } remote4)
        {
            yield return (local4.Address, remote4.Address);
        }

        if (node.IPv6Address is { } local6 && other.IPv6Address is { } remote6)
        {
            yield return (local6.Address, remote6.Address);
        }
    }
}
