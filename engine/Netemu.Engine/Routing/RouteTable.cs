using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Routing.Lpm;

namespace Netemu.Engine.Routing;

/// <summary>
/// One routing table. Its prefixes live in a longest-prefix-match structure whose values are row numbers; a row is the list
/// of routes of that prefix by metric. Device state never touches the structure.
/// </summary>
public sealed class RouteTable<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    public const uint DefaultId = 253;
    public const uint MainId = 254;
    public const uint LocalId = 255;

    private readonly LongestPrefixMatch<TAddress> _lpm = new();
    private Route<TAddress>?[] _rows = [];
    private int _rowCount;
    private int _freeRow = -1;
    private int[] _freeNext = [];

    internal RouteTable(uint id) => Id = id;

    public uint Id { get; }

    /// <summary>Number of routes.</summary>
    public int Count { get; private set; }

    /// <summary>Changes with every change of the prefixes; a lookup made before is void then.</summary>
    public uint Generation => _lpm.Generation;

    /// <summary>Bytes of the forwarding structure.</summary>
    public long MemoryBytes => _lpm.MemoryBytes + (_rows.Length * 8L);

    /// <summary>The usable route of the longest matching prefix, or null.</summary>
    public Route<TAddress>? Lookup(TAddress destination)
    {
        int row = _lpm.Lookup(destination);
        if (row < 0)
        {
            return null;
        }

        Route<TAddress> route = _rows[row]!;
        return route.IsUsable ? route : LookupAround(destination, route);
    }

    /// <summary>The routes in the order of prefix, then metric.</summary>
    public IEnumerable<Route<TAddress>> Routes()
    {
        foreach (PrefixEntry<TAddress> entry in _lpm.Entries())
        {
            for (Route<TAddress>? route = _rows[entry.Value]; route is not null; route = route.Next)
            {
                yield return route;
            }
        }
    }

    /// <summary>The routes of exactly this prefix, least metric first; null for none.</summary>
    public Route<TAddress>? Find(Prefix<TAddress> prefix) => _lpm.TryFind(prefix, out int row) ? _rows[row] : null;

    /// <summary>Adds a route; false if one with the same prefix and metric is there (EEXIST).</summary>
    public bool Add(Route<TAddress> route)
    {
        route.Table = Id;
        route.Next = null;
        if (!_lpm.TryFind(route.Prefix, out int row))
        {
            row = TakeRow();
            _rows[row] = route;
            _lpm.Set(route.Prefix, row);
            Count++;
            return true;
        }

        Route<TAddress>? previous = null;
        Route<TAddress>? current = _rows[row];
        while (current is not null && current.Metric < route.Metric)
        {
            previous = current;
            current = current.Next;
        }

        if (current is not null && current.Metric == route.Metric)
        {
            return false;
        }

        route.Next = current;
        SetNext(row, previous, route);
        Count++;
        return true;
    }

    /// <summary>Removes a route that is in this table.</summary>
    public bool Remove(Route<TAddress> route)
    {
        if (!_lpm.TryFind(route.Prefix, out int row))
        {
            return false;
        }

        Route<TAddress>? previous = null;
        for (Route<TAddress>? current = _rows[row]; current is not null; current = current.Next)
        {
            if (ReferenceEquals(current, route))
            {
                SetNext(row, previous, route.Next);
                if (_rows[row] is null)
                {
                    _lpm.Remove(route.Prefix);
                    ReleaseRow(row);
                }

                Count--;
                return true;
            }

            previous = current;
        }

        return false;
    }

    /// <summary>The best route is unusable: the next metric, else the next shorter prefix.</summary>
    private Route<TAddress>? LookupAround(TAddress destination, Route<TAddress> best)
    {
        for (int length = best.Prefix.Length; length >= 0; length--)
        {
            if (!_lpm.TryFind(new Prefix<TAddress>(destination, length), out int row))
            {
                continue;
            }

            for (Route<TAddress>? route = _rows[row]; route is not null; route = route.Next)
            {
                if (route.IsUsable)
                {
                    return route;
                }
            }
        }

        return null;
    }

    private void SetNext(int row, Route<TAddress>? previous, Route<TAddress>? next)
    {
        if (previous is null)
        {
            _rows[row] = next;
        }
        else
        {
            previous.Next = next;
        }
    }

    private int TakeRow()
    {
        if (_freeRow >= 0)
        {
            int reused = _freeRow;
            _freeRow = _freeNext[reused];
            return reused;
        }

        if (_rowCount == _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(4, _rowCount * 2));
        }

        return _rowCount++;
    }

    private void ReleaseRow(int row)
    {
        if (_freeNext.Length < _rows.Length)
        {
            Array.Resize(ref _freeNext, _rows.Length);
        }

        _freeNext[row] = _freeRow;
        _freeRow = row;
    }
}
