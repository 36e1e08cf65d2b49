using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Engine.Routing;

/// <summary>The <see cref="RouteInfo{TAddress}"/> objects of one table: interned, counted, with dense ids that are reused.</summary>
internal sealed class RouteInfoTable<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private const int LinearLimit = 16;

    private RouteInfo<TAddress>?[] _infos = [];
    private int _count;
    private int[] _free = [];
    private int _freeCount;
    private Dictionary<uint, List<int>>? _byHash;

    /// <summary>The info of an id; the caller knows that it exists.</summary>
    public RouteInfo<TAddress> this[int id] => _infos[id]!;

    public int Capacity => _infos.Length;

    /// <summary>Finds or makes the info of a route, counts the reference, and gives the route the shared next hops.</summary>
    public int Take(Route<TAddress> route)
    {
        int id = Find(route);
        if (id < 0)
        {
            id = AddNew(route);
        }

        RouteInfo<TAddress> info = _infos[id]!;
        info.References++;
        route.NextHop = info.NextHop;
        route.Group = info.Group;
        return id;
    }

    public void Release(int id, Route<TAddress> route)
    {
        if (--_infos[id]!.References > 0)
        {
            return;
        }

        _infos[id] = null;
        if (_byHash is not null && _byHash.TryGetValue(RouteInfo<TAddress>.HashOf(route), out List<int>? ids))
        {
            ids.Remove(id);
        }

        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, Math.Max(4, _freeCount * 2));
        }

        _free[_freeCount++] = id;
    }

    private int Find(Route<TAddress> route)
    {
        if (_byHash is not null)
        {
            if (_byHash.TryGetValue(RouteInfo<TAddress>.HashOf(route), out List<int>? ids))
            {
                foreach (int id in ids)
                {
                    if (_infos[id]!.IsLike(route))
                    {
                        return id;
                    }
                }
            }

            return -1;
        }

        for (int id = 0; id < _count; id++)
        {
            if (_infos[id]?.IsLike(route) == true)
            {
                return id;
            }
        }

        return -1;
    }

    private int AddNew(Route<TAddress> route)
    {
        int id;
        if (_freeCount > 0)
        {
            id = _free[--_freeCount];
        }
        else
        {
            if (_count == _infos.Length)
            {
                Array.Resize(ref _infos, Math.Max(2, _count * 2));
            }

            id = _count++;
        }

        _infos[id] = new RouteInfo<TAddress>(route);
        if (_byHash is not null)
        {
            Index(id, route);
        }
        else if (_count > LinearLimit)
        {
            IndexAll();
        }

        return id;
    }

    private void IndexAll()
    {
        _byHash = [];
        for (int id = 0; id < _count; id++)
        {
            if (_infos[id] is { } info)
            {
                Index(id, info.AsRoute());
            }
        }
    }

    private void Index(int id, Route<TAddress> route)
    {
        uint hash = RouteInfo<TAddress>.HashOf(route);
        if (!_byHash!.TryGetValue(hash, out List<int>? ids))
        {
            ids = new List<int>(1);
            _byHash.Add(hash, ids);
        }

        ids.Add(id);
    }
}
