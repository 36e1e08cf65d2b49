using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;

namespace Netemu.Engine.Routing;

/// <summary>
/// The next hop objects of a namespace (net/ipv4/nexthop.c), of both families under one set of ids. A route made of one is
/// made anew when the object changes and goes when it goes; a device that is down or has no carrier takes its objects along.
/// </summary>
public sealed class NexthopTable
{
    private readonly NetworkNamespace _space;
    private readonly SortedDictionary<uint, NexthopObject> _objects = [];
    private uint _lastFree;

    internal NexthopTable(NetworkNamespace space)
    {
        _space = space;
        space.DeviceChanged += Follow;
    }

    /// <summary>All objects by id.</summary>
    public IEnumerable<NexthopObject> All => _objects.Values;

    public NexthopObject? Find(uint id) => _objects.GetValueOrDefault(id);

    /// <summary>An id that is free, for an object that was given none (nh_find_unused_id).</summary>
    public uint FreeId()
    {
        do
        {
            _lastFree++;
        }
        while (_objects.ContainsKey(_lastFree));

        return _lastFree;
    }

    /// <summary>Adds a single next hop, or gives one that is there other content.</summary>
    public NexthopObject SetHop(
        uint id, AddressFamily family, InternetAddress? gateway, NetDevice? device, bool onLink, bool isBlackhole, RouteProtocol protocol)
    {
        NexthopObject hop = Find(id) ?? Insert(id);
        hop.Family = family;
        hop.Gateway = gateway;
        hop.Device = device;
        hop.OnLink = onLink;
        hop.IsBlackhole = isBlackhole;
        hop.Protocol = protocol;
        Refresh(hop);
        return hop;
    }

    /// <summary>Adds a group, or gives one that is there other members.</summary>
    public NexthopObject SetGroup(uint id, IReadOnlyList<(NexthopObject Hop, int Weight)> members, RouteProtocol protocol)
    {
        NexthopObject group = Find(id) ?? Insert(id);
        group.IsGroup = true;
        group.Protocol = protocol;
        group.MemberList.Clear();
        group.MemberList.AddRange(members);
        group.Buckets?.Balance();
        Refresh(group);
        return group;
    }

    /// <summary>Makes a group resilient, with so many buckets; a group that has buckets keeps them and takes the times.</summary>
    public void SetBuckets(NexthopObject group, int count, Duration idleTime, Duration unbalancedTime)
    {
        if (group.Buckets is { } present)
        {
            present.IdleTime = idleTime;
            present.UnbalancedTime = unbalancedTime;
        }
        else
        {
            group.Buckets = new ResilientBuckets(_space.Node, group, count, idleTime, unbalancedTime);
        }

        group.Buckets.Balance();
        Refresh(group);
    }

    /// <summary>Removes an object with the routes made of it; groups lose the member, and a group without members goes as well.</summary>
    public void Remove(NexthopObject removed)
    {
        if (!_objects.Remove(removed.Id))
        {
            return;
        }

        removed.Buckets?.Stop();
        RemoveRoutes(_space.IPv4.Routes, removed.Id);
        RemoveRoutes(_space.IPv6.Routes, removed.Id);
        foreach (NexthopObject group in _objects.Values.Where(o => o.MemberList.Exists(m => ReferenceEquals(m.Hop, removed))).ToArray())
        {
            group.MemberList.RemoveAll(m => ReferenceEquals(m.Hop, removed));
            if (group.MemberList.Count == 0)
            {
                Remove(group);
                continue;
            }

            group.Buckets?.Balance();
            Refresh(group);
        }
    }

    /// <summary>The next hops for a new route of this object.</summary>
    public static NextHop<TAddress>[] HopsOf<TAddress>(NexthopObject hop)
        where TAddress : struct, IIPAddress<TAddress> => hop.ToHops<TAddress>();

    private NexthopObject Insert(uint id)
    {
        NexthopObject added = new(id);
        _objects.Add(id, added);
        return added;
    }

    /// <summary>nexthop_flush_dev: down, gone, or without carrier.</summary>
    private void Follow(NetDevice device)
    {
        if (device.IsUp && device.HasCarrier && ReferenceEquals(device.Namespace, _space) && !device.IsDead)
        {
            return;
        }

        foreach (NexthopObject hop in _objects.Values.Where(o => ReferenceEquals(o.Device, device)).ToArray())
        {
            Remove(hop);
        }
    }

    private void Refresh(NexthopObject changed)
    {
        RefreshRoutes(_space.IPv4.Routes, changed);
        RefreshRoutes(_space.IPv6.Routes, changed);
        foreach (NexthopObject group in _objects.Values.Where(o => o.MemberList.Exists(m => ReferenceEquals(m.Hop, changed))))
        {
            RefreshRoutes(_space.IPv4.Routes, group);
            RefreshRoutes(_space.IPv6.Routes, group);
        }
    }

    private static void RefreshRoutes<TAddress>(RoutingTables<TAddress> tables, NexthopObject hop)
        where TAddress : struct, IIPAddress<TAddress>
    {
        foreach (Route<TAddress> route in RoutesOf(tables, hop.Id))
        {
            tables.Remove(route);
            NextHop<TAddress>[] hops = hop.ToHops<TAddress>();
            tables.Add(
                new Route<TAddress>
                {
                    Prefix = route.Prefix,
                    Type = route.Type,
                    Protocol = route.Protocol,
                    Scope = route.Scope,
                    Metric = route.Metric,
                    PreferredSource = route.PreferredSource,
                    Mtu = route.Mtu,
                    NextHop = hops[0],
                    Group = hops.Length > 1 ? hops : null,
                    NexthopId = hop.Id,
                    Buckets = hops.Length > 1 ? hop.Buckets : null,
                },
                route.Table);
        }
    }

    private static void RemoveRoutes<TAddress>(RoutingTables<TAddress> tables, uint id)
        where TAddress : struct, IIPAddress<TAddress>
    {
        foreach (Route<TAddress> route in RoutesOf(tables, id))
        {
            tables.Remove(route);
        }
    }

    private static Route<TAddress>[] RoutesOf<TAddress>(RoutingTables<TAddress> tables, uint id)
        where TAddress : struct, IIPAddress<TAddress> =>
        [.. tables.Tables().SelectMany(t => t.Routes()).Where(r => r.NexthopId == id)];
}
