using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;
using Netemu.Felix.Rendering;

namespace Netemu.Felix.Calculation;

/// <summary>
/// Where the prefixes of the cluster are: pools, blocks with their owners, addresses in blocks of others, nodes with
/// their addresses. One for all nodes of an emulation; what changes is noted in a journal that every node reads at its own
/// pace, so that a change costs one entry however many nodes there are.
/// </summary>
internal sealed class ClusterRoutes(IMemberOutput sets)
{
    private const int JournalSlack = 4_096;

    private readonly Dictionary<string, KubernetesNode> _kubernetesNodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _calicoNodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ResourceKey, IPPool> _pools = [];
    private readonly Dictionary<ResourceKey, IpamBlock> _blocks = [];
    private readonly Dictionary<InternetPrefix, string> _blockOwners = [];
    private readonly Dictionary<InternetPrefix, string> _allocations = [];
    private readonly Dictionary<string, HashSet<InternetPrefix>> _prefixesOf = new(StringComparer.Ordinal);
    private readonly List<RouteNews> _journal = [];
    private readonly List<L3RouteResolver> _readers = [];
    private IPPool[]? _sortedPools;
    private long _journalStart;

    /// <summary>Where a reader that has taken everything stands.</summary>
    public long JournalEnd => _journalStart + _journal.Count;

    /// <summary>All nodes with what both resources say of them, by name.</summary>
    public IEnumerable<KeyValuePair<string, Node>> Nodes => _nodes;

    public Node? NodeOf(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>Pools, blocks and addresses in blocks of others.</summary>
    public IEnumerable<InternetPrefix> Prefixes => _pools.Values.Select(pool => pool.Cidr).Concat(_blockOwners.Keys).Concat(_allocations.Keys);

    public IReadOnlyCollection<InternetPrefix> PrefixesOf(string node) =>
        _prefixesOf.TryGetValue(node, out HashSet<InternetPrefix>? prefixes) ? prefixes : [];

    /// <summary>The node that uses an address of a block that is not its own; null if none does.</summary>
    public string? UserOf(InternetPrefix address) => _allocations.GetValueOrDefault(address);

    public string? OwnerOf(InternetPrefix block) => _blockOwners.GetValueOrDefault(block);

    /// <summary>The pool with the longest prefix that covers it; of equals the first by name.</summary>
    public IPPool? PoolOf(InternetPrefix prefix)
    {
        _sortedPools ??=
        [
            .. _pools.Values.OrderByDescending(pool => pool.Cidr.Length).ThenBy(pool => pool.Name, StringComparer.Ordinal),
        ];
        return Array.Find(_sortedPools, pool => pool.Cidr.Contains(prefix));
    }

    public void AddReader(L3RouteResolver reader) => _readers.Add(reader);

    public void RemoveReader(L3RouteResolver reader) => _readers.Remove(reader);

    /// <summary>What has been noted since a place in the journal.</summary>
    public IEnumerable<RouteNews> NewsSince(long place)
    {
        for (long at = place; at < JournalEnd; at++)
        {
            yield return _journal[(int)(at - _journalStart)];
        }
    }

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
            Note(new RouteNews(RouteNewsKind.Pool, before.Cidr, string.Empty));
        }

        Set(_pools, key, pool);
        _sortedPools = null;
        if (pool is not null)
        {
            Note(new RouteNews(RouteNewsKind.Pool, pool.Cidr, string.Empty));
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
                yield return (InternetPrefix.Host(address), user, false);
            }
        }
    }

    private void Resolve(string name)
    {
        Node? before = _nodes.GetValueOrDefault(name);
        Node? after = NodeResolution.Resolve(_kubernetesNodes.GetValueOrDefault(name), _calicoNodes.GetValueOrDefault(name));
        Set(_nodes, name, after);

        // First what comes, then what goes: an address that stays is never gone.
        foreach ((string set, IPSetMember member) in MembersOf(after))
        {
            sets.OnMemberAdded(set, member);
        }

        foreach ((string set, IPSetMember member) in MembersOf(before))
        {
            sets.OnMemberRemoved(set, member);
        }

        bool isMoved = before?.IPv4Address?.Prefix != after?.IPv4Address?.Prefix || before?.IPv6Address?.Prefix != after?.IPv6Address?.Prefix;
        Note(new RouteNews(isMoved ? RouteNewsKind.NodeMoved : RouteNewsKind.Node, default, name));
    }

    /// <summary>Tunnel packets are accepted from the cluster's nodes, and VXLAN's from those with a VXLAN address, only.</summary>
    private static IEnumerable<(string Set, IPSetMember Member)> MembersOf(Node? node)
    {
        if (node?.IPv4Address is { } v4)
        {
            yield return (IPSetNames.AllHosts, new IPSetMember(new InternetPrefix(v4.Address, 32)));
            if (node.IPv4VxlanTunnelAddress is not null)
            {
                yield return (IPSetNames.AllVxlanHosts, new IPSetMember(new InternetPrefix(v4.Address, 32)));
            }
        }

        if (node?.IPv6Address is { } v6)
        {
            yield return (IPSetNames.AllHosts, new IPSetMember(new InternetPrefix(v6.Address, 128)));
        }
    }

    private void Link(string owner, InternetPrefix prefix)
    {
        if (!_prefixesOf.TryGetValue(owner, out HashSet<InternetPrefix>? prefixes))
        {
            prefixes = [];
            _prefixesOf.Add(owner, prefixes);
        }

        prefixes.Add(prefix);
        Note(new RouteNews(RouteNewsKind.Prefix, prefix, owner));
    }

    private void Unlink(string owner, InternetPrefix prefix)
    {
        if (_prefixesOf.TryGetValue(owner, out HashSet<InternetPrefix>? prefixes) && prefixes.Remove(prefix) && prefixes.Count == 0)
        {
            _prefixesOf.Remove(owner);
        }

        Note(new RouteNews(RouteNewsKind.Prefix, prefix, owner));
    }

    /// <summary>Without readers there is nobody to note for; what all have read is forgotten.</summary>
    private void Note(in RouteNews news)
    {
        _journal.Add(news);
        if (_journal.Count > JournalSlack)
        {
            long read = JournalEnd;
            foreach (L3RouteResolver reader in _readers)
            {
                read = Math.Min(read, reader.Place);
            }

            int done = (int)(read - _journalStart);
            if (done > _journal.Count / 2)
            {
                _journal.RemoveRange(0, done);
                _journalStart = read;
            }
        }
    }

    private static void Set<TKey, TValue>(IDictionary<TKey, TValue> values, TKey key, TValue? value)
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
