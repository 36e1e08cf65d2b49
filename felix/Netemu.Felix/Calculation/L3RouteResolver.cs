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
/// Knows for every prefix of the cluster (pool, block, workload) where it is and how it is reached from this node. It works
/// at the flush, on the prefixes that something has changed for.
/// </summary>
internal sealed class L3RouteResolver(string node, ICalculationOutput output)
{
    private readonly Dictionary<string, KubernetesNode> _kubernetesNodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _calicoNodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<ResourceKey, IPPool> _pools = [];
    private readonly Dictionary<ResourceKey, IpamBlock> _blocks = [];
    private readonly Dictionary<ResourceKey, IReadOnlyList<InternetAddress>> _workloads = [];
    private readonly Dictionary<InternetPrefix, string> _blockOwners = [];
    private readonly Dictionary<InternetPrefix, string> _allocations = [];
    private readonly Dictionary<InternetPrefix, int> _localWorkloads = [];
    private readonly Dictionary<string, HashSet<InternetPrefix>> _prefixesOf = new(StringComparer.Ordinal);
    private readonly SortedSet<InternetPrefix> _known = [];
    private IPPool[]? _sortedPools;
    private readonly SortedSet<InternetPrefix> _dirty = [];

    public void UpdateKubernetesNode(string name, KubernetesNode? value)
    {
        Set(_kubernetesNodes, name, value);
        Resolve(name);
    }

    public void UpdateNode(string name, Node? value)
    {
        Set(_calicoNodes, name, value);
        Resolve(name);
    }

    public void UpdatePool(ResourceKey key, IPPool? pool)
    {
        if (_pools.TryGetValue(key, out IPPool? before))
        {
            MarkInside(before.Cidr);
        }

        Set(_pools, key, pool);
        _sortedPools = null;
        if (pool is not null)
        {
            MarkInside(pool.Cidr);
        }
    }

    public void UpdateBlock(ResourceKey key, IpamBlock? block)
    {
        if (_blocks.TryGetValue(key, out IpamBlock? before))
        {
            foreach ((InternetPrefix prefix, string owner, bool isBlock) in Placements(before))
            {
                (isBlock ? _blockOwners : _allocations).Remove(prefix);
                Unlink(owner, prefix);
            }
        }

        Set(_blocks, key, block);
        if (block is not null)
        {
            foreach ((InternetPrefix prefix, string owner, bool isBlock) in Placements(block))
            {
                (isBlock ? _blockOwners : _allocations)[prefix] = owner;
                Link(owner, prefix);
            }
        }
    }

    /// <summary>The addresses of a workload of this node; none when it goes.</summary>
    public void UpdateWorkload(ResourceKey key, IReadOnlyList<InternetAddress> addresses)
    {
        _workloads.Remove(key, out IReadOnlyList<InternetAddress>? before);
        foreach (InternetAddress address in addresses)
        {
            InternetPrefix prefix = HostPrefix(address);
            _localWorkloads[prefix] = _localWorkloads.GetValueOrDefault(prefix) + 1;
            _dirty.Add(prefix);
        }

        foreach (InternetAddress address in before ?? [])
        {
            InternetPrefix prefix = HostPrefix(address);
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

    public void Flush()
    {
        foreach (InternetPrefix prefix in _dirty)
        {
            if (Compute(prefix) is { } route)
            {
                _known.Add(prefix);
                output.OnRoute(route);
            }
            else if (_known.Remove(prefix))
            {
                output.OnRouteRemoved(prefix);
            }
        }

        _dirty.Clear();
    }

    /// <summary>66: and five bytes of the SHA-1 of the node's name, as Calico derives the MAC of vxlan.calico.</summary>
    public static MacAddress TunnelMacOf(string node)
    {
#pragma warning disable CA5350 // SHA-1 is what Calico uses here, for a name and not for security.
        byte[] digest = SHA1.HashData(Encoding.UTF8.GetBytes(node));
#pragma warning restore CA5350
        return MacAddress.Read([0x66, .. digest.AsSpan(0, 5)]);
    }

    private RouteUpdate? Compute(InternetPrefix prefix)
    {
        IPPool? pool = PoolOf(prefix);
        if (_localWorkloads.ContainsKey(prefix))
        {
            return Route(prefix, RouteType.LocalWorkload, node, pool) with { IsBorrowed = !IsInOwnBlock(prefix) };
        }

        if (_allocations.TryGetValue(prefix, out string? user))
        {
            // An address that this node holds in IPAM gets its route from the workload, not from the allocation.
            return user == node ? null : Route(prefix, RouteType.RemoteWorkload, user, pool) with { IsBorrowed = true };
        }

        if (_blockOwners.TryGetValue(prefix, out string? owner))
        {
            return Route(prefix, owner == node ? RouteType.LocalBlock : RouteType.RemoteBlock, owner, pool);
        }

        return pool?.Cidr == prefix
            ? new RouteUpdate(prefix, RouteType.Pool) { NatOutgoing = pool.NatOutgoing, PoolTunnel = TunnelOf(pool, false) }
            : null;
    }

    /// <summary>The pool with the longest prefix that covers it; of equals the first by name.</summary>
    private IPPool? PoolOf(InternetPrefix prefix)
    {
        _sortedPools ??=
        [
            .. _pools.Values.OrderByDescending(pool => pool.Cidr.Length).ThenBy(pool => pool.Name, StringComparer.Ordinal),
        ];
        return Array.Find(_sortedPools, pool => pool.Cidr.Contains(prefix));
    }

    private RouteUpdate Route(InternetPrefix prefix, RouteType type, string owner, IPPool? pool)
    {
        InternetAddress? address = AddressOf(owner, prefix.Family);
        bool isSameSubnet = owner != node && address is { } remote && IsInOwnSubnet(remote);
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
        if (!_nodes.TryGetValue(owner, out Node? found))
        {
            return null;
        }

        return family == AddressFamily.IPv4
            ? found.IPv4Address is { } v4 ? v4.Address : default(InternetAddress?)
            : found.IPv6Address is { } v6 ? v6.Address : default(InternetAddress?);
    }

    private bool IsInOwnSubnet(InternetAddress address) => _nodes.TryGetValue(node, out Node? own)
        && (address.IsIPv4
            ? own.IPv4Address is { } v4 && v4.Prefix.Contains(address.IPv4)
            : own.IPv6Address is { } v6 && v6.Prefix.Contains(address.IPv6));

    private bool IsInOwnBlock(InternetPrefix prefix) =>
        _prefixesOf.TryGetValue(node, out HashSet<InternetPrefix>? own)
        && own.Any(block => block.Contains(prefix) && _blockOwners.GetValueOrDefault(block) == node);

    /// <summary>The block itself, and the addresses in it that other nodes use.</summary>
    private static IEnumerable<(InternetPrefix Prefix, string Owner, bool IsBlock)> Placements(IpamBlock block)
    {
        const string hostPrefix = "host:";
        string? owner = block.Affinity is { } affinity && affinity.StartsWith(hostPrefix, StringComparison.Ordinal)
            ? affinity[hostPrefix.Length..]
            : null;
        if (owner is not null)
        {
            yield return (block.Cidr, owner, true);
        }

        for (int ordinal = 0; ordinal < block.Allocations.Length; ordinal++)
        {
            int index = block.Allocations[ordinal];
            if (index >= 0 && block.Attributes[index].Secondary["node"] is { } user && user != owner)
            {
                InternetAddress address = block.Cidr.IsIPv4
                    ? block.Cidr.Address.IPv4.Add(ordinal)
                    : block.Cidr.Address.IPv6.Add(ordinal);
                yield return (HostPrefix(address), user, false);
            }
        }
    }

    private void Resolve(string name)
    {
        Node? before = _nodes.GetValueOrDefault(name);
        Node? after = NodeResolution.Resolve(_kubernetesNodes.GetValueOrDefault(name), _calicoNodes.GetValueOrDefault(name));
        Set(_nodes, name, after);
        PublishAddresses(name, before, after);
        PublishTunnel(name, after);
        if (name == node && before?.IPv4Address?.Prefix != after?.IPv4Address?.Prefix)
        {
            _dirty.UnionWith(_known);
        }

        if (_prefixesOf.TryGetValue(name, out HashSet<InternetPrefix>? prefixes))
        {
            _dirty.UnionWith(prefixes);
        }
    }

    private void PublishAddresses(string name, Node? before, Node? after)
    {
        if (after?.IPv4Address is { } v4)
        {
            output.OnHostAddress(name, v4.Address);
        }
        else if (before?.IPv4Address is not null)
        {
            output.OnHostAddressRemoved(name, AddressFamily.IPv4);
        }

        if (after?.IPv6Address is { } v6)
        {
            output.OnHostAddress(name, v6.Address);
        }
        else if (before?.IPv6Address is not null)
        {
            output.OnHostAddressRemoved(name, AddressFamily.IPv6);
        }
    }

    private void PublishTunnel(string name, Node? value)
    {
        if (value is { IPv4VxlanTunnelAddress: { } tunnel, IPv4Address: { } address })
        {
            output.OnTunnelEndpoint(new VxlanTunnelEndpointUpdate(
                name, tunnel, value.VxlanTunnelMac ?? TunnelMacOf(name), address.Address));
        }
        else
        {
            output.OnTunnelEndpointRemoved(name);
        }
    }

    private void MarkInside(InternetPrefix cidr)
    {
        _dirty.Add(cidr);
        _dirty.UnionWith(_known.Where(prefix => cidr.Contains(prefix)));
    }

    private void Link(string owner, InternetPrefix prefix)
    {
        if (!_prefixesOf.TryGetValue(owner, out HashSet<InternetPrefix>? prefixes))
        {
            prefixes = [];
            _prefixesOf.Add(owner, prefixes);
        }

        prefixes.Add(prefix);
        Touch(owner, prefix);
    }

    private void Unlink(string owner, InternetPrefix prefix)
    {
        if (_prefixesOf.TryGetValue(owner, out HashSet<InternetPrefix>? prefixes) && prefixes.Remove(prefix) && prefixes.Count == 0)
        {
            _prefixesOf.Remove(owner);
        }

        Touch(owner, prefix);
    }

    /// <summary>An own block decides whether the workloads inside it are borrowed.</summary>
    private void Touch(string owner, InternetPrefix prefix)
    {
        _dirty.Add(prefix);
        if (owner == node)
        {
            _dirty.UnionWith(_localWorkloads.Keys.Where(prefix.Contains));
        }
    }

    private static InternetPrefix HostPrefix(InternetAddress address) => new(address, address.IsIPv4 ? 32 : 128);

    private static void Set<TKey, TValue>(Dictionary<TKey, TValue> values, TKey key, TValue? value)
        where TKey : notnull
        where TValue : class
    {
        if (value is null)
        {
            values.Remove(key);
        }
        else
        {
            values[key] = value;
        }
    }
}
