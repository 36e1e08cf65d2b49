using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Knows for every prefix of the cluster (pool, block, workload) how it is reached from this node. It works at the flush,
/// on the prefixes that something has changed for. Prefixes of other nodes that Felix does not program a route for (BIRD
/// does) are passed over: unlike Calico's, this node never hears of them.
/// </summary>
internal sealed class L3RouteResolver
{
    private readonly string _node;
    private readonly ClusterRoutes _cluster;
    private readonly ICalculationOutput _output;
    private readonly Dictionary<ResourceKey, IReadOnlyList<InternetAddress>> _workloads = [];
    private readonly Dictionary<ResourceKey, (IReadOnlyList<InternetAddress> Addresses, IReadOnlyList<InternetAddress> Floating)> _floating = [];
    private readonly Dictionary<InternetPrefix, int> _localWorkloads = [];
    private readonly SortedSet<InternetPrefix> _known = [];
    private readonly SortedSet<InternetPrefix> _dirty = [];
    private bool _hasFloatingRoutes;
    private ClusterRouteProgramming _programming = new FelixConfiguration(new ObjectMetadata("default")).ProgramClusterRoutes;

    public L3RouteResolver(string node, ClusterRoutes cluster, ICalculationOutput output)
    {
        _node = node;
        _cluster = cluster;
        _output = output;
        Place = cluster.JournalEnd;
        cluster.AddReader(this);
        foreach (InternetPrefix prefix in cluster.Prefixes)
        {
            // Of what is there already, this node needs its own and what Felix programs.
            IPPool? pool = cluster.PoolOf(prefix);
            if (cluster.OwnerOf(prefix) == node || pool?.Cidr == prefix || IsProgrammed(pool))
            {
                _dirty.Add(prefix);
            }
        }

        foreach ((string name, Node found) in cluster.Nodes)
        {
            if (found.IPv4VxlanTunnelAddress is not null)
            {
                PublishTunnel(name);
            }
        }
    }

    /// <summary>How far this node has read the cluster's journal.</summary>
    public long Place { get; private set; }

    /// <summary>True while there is something in the journal that this node has not taken.</summary>
    public bool HasNews => Place < _cluster.JournalEnd;

    /// <summary>Takes what the journal has.</summary>
    public void Take()
    {
        foreach (RouteNews news in _cluster.NewsSince(Place))
        {
            switch (news.Kind)
            {
                case RouteNewsKind.Prefix:
                    _dirty.Add(news.Prefix);
                    if (news.Node == _node)
                    {
                        // An own block decides whether the workloads inside it are borrowed.
                        _dirty.UnionWith(_localWorkloads.Keys.Where(news.Prefix.Contains));
                    }

                    break;
                case RouteNewsKind.Pool:
                    _dirty.UnionWith(_cluster.Prefixes.Concat(_known).Where(prefix => news.Prefix.Contains(prefix)));
                    _dirty.Add(news.Prefix);
                    break;
                default:
                    TakeNode(news.Node, news.Kind == RouteNewsKind.NodeMoved);
                    break;
            }
        }

        Place = _cluster.JournalEnd;
    }

    /// <summary>
    /// Whose routes Felix programs decides which prefixes this node hears of, and floatingIPs whether those have routes.
    /// </summary>
    public void UpdateConfiguration(FelixConfiguration configuration)
    {
        if (_hasFloatingRoutes != configuration.FloatingIPs)
        {
            _hasFloatingRoutes = configuration.FloatingIPs;
            foreach ((ResourceKey key, (IReadOnlyList<InternetAddress> addresses, IReadOnlyList<InternetAddress> floating)) in _floating.ToArray())
            {
                UpdateWorkload(key, addresses, floating);
            }
        }

        if (_programming != configuration.ProgramClusterRoutes)
        {
            _programming = configuration.ProgramClusterRoutes;
            _dirty.UnionWith(_known);
            _dirty.UnionWith(_cluster.Prefixes);
        }
    }

    /// <summary>
    /// The addresses of a workload of this node; none when it goes. Its floating addresses are routed like its own
    /// (felix/dataplane/linux/endpoint_mgr.go), from where BIRD learns of them.
    /// </summary>
    public void UpdateWorkload(ResourceKey key, IReadOnlyList<InternetAddress> addresses, IReadOnlyList<InternetAddress> floating)
    {
        _floating.Remove(key);
        if (floating.Count > 0)
        {
            _floating.Add(key, (addresses, floating));
        }

        SetRouted(key, _hasFloatingRoutes && floating.Count > 0 ? [.. addresses, .. floating] : addresses);
    }

    public void Flush()
    {
        foreach (InternetPrefix prefix in _dirty)
        {
            if (Compute(prefix) is { } route)
            {
                _known.Add(prefix);
                _output.OnRoute(route);
            }
            else if (_known.Remove(prefix))
            {
                _output.OnRouteRemoved(prefix);
            }
        }

        _dirty.Clear();
    }

    /// <summary>The node is gone.</summary>
    public void Detach() => _cluster.RemoveReader(this);

    /// <summary>66: and five bytes of the SHA-1 of the node's name, as Calico derives the MAC of vxlan.calico.</summary>
    public static MacAddress TunnelMacOf(string node)
    {
#pragma warning disable CA5350 // SHA-1 is what Calico uses here, for a name and not for security.
        byte[] digest = SHA1.HashData(Encoding.UTF8.GetBytes(node));
#pragma warning restore CA5350
        return MacAddress.Read([0x66, .. digest.AsSpan(0, 5)]);
    }

    private void SetRouted(ResourceKey key, IReadOnlyList<InternetAddress> addresses)
    {
        _workloads.Remove(key, out IReadOnlyList<InternetAddress>? before);
        foreach (InternetAddress address in addresses)
        {
            InternetPrefix prefix = InternetPrefix.Host(address);
            _localWorkloads[prefix] = _localWorkloads.GetValueOrDefault(prefix) + 1;
            _dirty.Add(prefix);
        }

        foreach (InternetAddress address in before ?? [])
        {
            InternetPrefix prefix = InternetPrefix.Host(address);
            _dirty.Add(prefix);
            if (--_localWorkloads[prefix] == 0)
            {
                _localWorkloads.Remove(prefix);
            }
        }

        if (addresses.Count > 0)
        {
            _workloads.Add(key, addresses);
        }
    }

    private RouteUpdate? Compute(InternetPrefix prefix)
    {
        IPPool? pool = _cluster.PoolOf(prefix);
        if (_localWorkloads.ContainsKey(prefix))
        {
            return Route(prefix, RouteType.LocalWorkload, _node, pool) with { IsBorrowed = !IsInOwnBlock(prefix) };
        }

        if (_cluster.UserOf(prefix) is { } user)
        {
            // An address that this node holds in IPAM gets its route from the workload, not from the allocation.
            return user == _node || !IsProgrammed(pool)
                ? null
                : Route(prefix, RouteType.RemoteWorkload, user, pool) with { IsBorrowed = true };
        }

        if (_cluster.OwnerOf(prefix) is { } owner)
        {
            return owner == _node ? Route(prefix, RouteType.LocalBlock, owner, pool)
                : IsProgrammed(pool) ? Route(prefix, RouteType.RemoteBlock, owner, pool)
                : null;
        }

        return pool?.Cidr == prefix
            ? new RouteUpdate(prefix, RouteType.Pool) { NatOutgoing = pool.NatOutgoing, PoolTunnel = TunnelOf(pool, false) }
            : null;
    }

    /// <summary>VXLAN pools are Felix's; IPIP and plain ones as far as programClusterRoutes says.</summary>
    private bool IsProgrammed(IPPool? pool) => (pool is null ? TunnelType.None : TunnelOf(pool, false)) switch
    {
        TunnelType.Vxlan => true,
        TunnelType.Ipip => _programming != ClusterRouteProgramming.Disabled,
        _ => _programming == ClusterRouteProgramming.Enabled,
    };

    private RouteUpdate Route(InternetPrefix prefix, RouteType type, string owner, IPPool? pool)
    {
        InternetAddress? address = AddressOf(owner, prefix.Family);
        bool isSameSubnet = owner != _node && address is { } remote && IsInOwnSubnet(remote);
        bool isRemote = type is RouteType.RemoteBlock or RouteType.RemoteWorkload;
        return new RouteUpdate(prefix, type)
        {
            Node = owner,
            NodeAddress = address,
            IsSameSubnet = isSameSubnet,
            Tunnel = isRemote && pool is not null ? TunnelOf(pool, isSameSubnet) : TunnelType.None,
            PoolTunnel = pool is not null ? TunnelOf(pool, false) : TunnelType.None,
            NatOutgoing = pool?.NatOutgoing ?? false,
        };
    }

    private static TunnelType TunnelOf(IPPool pool, bool isSameSubnet)
    {
        (EncapsulationMode mode, TunnelType tunnel) = pool.VxlanMode != EncapsulationMode.Never
            ? (pool.VxlanMode, TunnelType.Vxlan)
            : (pool.IpipMode, TunnelType.Ipip);
        return mode switch
        {
            EncapsulationMode.Always => tunnel,
            EncapsulationMode.CrossSubnet when !isSameSubnet => tunnel,
            _ => TunnelType.None,
        };
    }

    private InternetAddress? AddressOf(string owner, AddressFamily family)
    {
        if (_cluster.NodeOf(owner) is not { } found)
        {
            return null;
        }

        return family == AddressFamily.IPv4
            ? found.IPv4Address is { } v4 ? v4.Address : default(InternetAddress?)
            : found.IPv6Address is { } v6 ? v6.Address : default(InternetAddress?);
    }

    private bool IsInOwnSubnet(InternetAddress address) => _cluster.NodeOf(_node) is { } own
        && (address.IsIPv4
            ? own.IPv4Address is { } v4 && v4.Prefix.Contains(address.IPv4)
            : own.IPv6Address is { } v6 && v6.Prefix.Contains(address.IPv6));

    private bool IsInOwnBlock(InternetPrefix prefix) =>
        _cluster.PrefixesOf(_node).Any(block => block.Contains(prefix) && _cluster.OwnerOf(block) == _node);

    private void TakeNode(string name, bool isMoved)
    {
        PublishTunnel(name);
        if (name == _node && isMoved)
        {
            _dirty.UnionWith(_known);
        }

        _dirty.UnionWith(_cluster.PrefixesOf(name));
    }

    private void PublishTunnel(string name)
    {
        if (_cluster.NodeOf(name) is { IPv4VxlanTunnelAddress: { } tunnel, IPv4Address: { } address } value)
        {
            _output.OnTunnelEndpoint(new VxlanTunnelEndpointUpdate(
                name, tunnel, value.VxlanTunnelMac ?? TunnelMacOf(name), address.Address));
        }
        else
        {
            _output.OnTunnelEndpointRemoved(name);
        }
    }
}
