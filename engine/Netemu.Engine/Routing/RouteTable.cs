using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Netemu.Core.Addresses;
using Netemu.Engine.Routing.Lpm;

namespace Netemu.Engine.Routing;

/// <summary>
/// One routing table: the routes by prefix and metric, and beside them the longest-prefix-match structure whose values are
/// ids of shared <see cref="RouteInfo{TAddress}"/>. Device state never touches the structure.
/// </summary>
public sealed class RouteTable<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    public const uint DefaultId = 253;
    public const uint MainId = 254;
    public const uint LocalId = 255;

    private const int LinearLimit = 16;

    private readonly LongestPrefixMatch<TAddress> _lpm = new();
    private readonly RouteInfoTable<TAddress> _infos = new();
    private Route<TAddress>[] _few = [];
    private int _fewCount;
    private Dictionary<Prefix<TAddress>, Route<TAddress>>? _many;

    // Two bits for each host prefix, and what a lookup asks: the same, or all bits while there is a wider prefix.
    private ulong _hostBits;
    private ulong _filter;
    private int _wide;

    internal RouteTable(uint id) => Id = id;

    public uint Id { get; }

    /// <summary>Number of routes.</summary>
    public int Count { get; private set; }

    /// <summary>Changes with every change of the prefixes; a lookup made before is void then.</summary>
    public uint Generation => _lpm.Generation;

    /// <summary>Bytes of the forwarding structure.</summary>
    public long MemoryBytes => _lpm.MemoryBytes + (_infos.Capacity * 8L);

    /// <summary>
    /// <see cref="Resolve"/> for a table of host prefixes (LOCAL): most addresses are found absent by a filter. A prefix that
    /// is no host's and no loopback's switches the filter off.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RouteInfo<TAddress>? ResolveHost(TAddress destination) =>
        MayHold(destination) || destination.IsLoopback ? ResolveUnfiltered(destination) : null;

    /// <summary>False if no prefix of the table covers an address, which is no loopback address: the answer of LOCAL for nearly every packet that is forwarded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool MayHold(TAddress address)
    {
        uint hash = address.StableHash();
        return ((_filter >> FirstBit(hash)) & (_filter >> SecondBit(hash)) & 1) != 0;
    }

    // Out of line: what few packets need shall cost the others no registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private RouteInfo<TAddress>? ResolveUnfiltered(TAddress destination) => Resolve(destination);

    private static int FirstBit(uint hash) => (int)(hash >> 26);

    private static int SecondBit(uint hash) => (int)(hash >> 20) & 63;

    /// <summary>What to do with a packet to <paramref name="destination"/>: the usable route of the longest match, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RouteInfo<TAddress>? Resolve(TAddress destination) => FromId(destination, _lpm.Lookup(destination));

    /// <summary>
    /// Looks up many destinations side by side; the ids hold for the present <see cref="Generation"/> and are for
    /// <see cref="FromId"/>.
    /// </summary>
    internal void LookupBatch(ReadOnlySpan<TAddress> destinations, Span<int> ids) => _lpm.Lookup(destinations, ids[..destinations.Length]);

    /// <summary>Reads what a lookup reads first; see WindowWarmer.</summary>
    internal int Touch() => _lpm.Touch();

    /// <summary>Does a lookup for its reads' sake.</summary>
    internal int TouchRoute(TAddress destination) => _lpm.Lookup(destination);

    /// <summary><see cref="Resolve"/> with the lookup done before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RouteInfo<TAddress>? FromId(TAddress destination, int id)
    {
        if (id < 0)
        {
            return null;
        }

        RouteInfo<TAddress> info = _infos[id];
        return info.Group is null && !info.NextHop.IsDead ? info : ResolveSlow(destination, info);
    }

    /// <summary>The usable route of the longest matching prefix, or null. For people: forwarding uses <see cref="Resolve"/>.</summary>
    public Route<TAddress>? Lookup(TAddress destination, int maximumLength = 128)
    {
        for (int length = Math.Min(TAddress.Bits, maximumLength); length >= 0; length--)
        {
            for (Route<TAddress>? route = Find(new Prefix<TAddress>(destination, length)); route is not null; route = route.Next)
            {
                if (route.IsUsable)
                {
                    return route;
                }
            }
        }

        return null;
    }

    /// <summary>The routes in the order of prefix, then metric.</summary>
    public IEnumerable<Route<TAddress>> Routes()
    {
        foreach (PrefixEntry<TAddress> entry in _lpm.Entries())
        {
            for (Route<TAddress>? route = Find(entry.Prefix); route is not null; route = route.Next)
            {
                yield return route;
            }
        }
    }

    /// <summary>The routes of exactly this prefix, least metric first; null for none.</summary>
    public Route<TAddress>? Find(Prefix<TAddress> prefix)
    {
        if (_many is not null)
        {
            return _many.GetValueOrDefault(prefix);
        }

        for (int i = 0; i < _fewCount; i++)
        {
            if (_few[i].Prefix == prefix)
            {
                return _few[i];
            }
        }

        return null;
    }

    /// <summary>
    /// Adds a route; false if one with the same prefix and metric is there (EEXIST). Appended, as the kernel itself adds IPv6 routes,
    /// or prepended it stands behind or before those of its metric, and only one that leads the same way is in its way.
    /// </summary>
    public bool Add(Route<TAddress> route, RoutePlace place = RoutePlace.Only)
    {
        Route<TAddress>? first = Find(route.Prefix);
        Route<TAddress>? previous = null;
        Route<TAddress>? current = first;
        while (current is not null && current.Metric < route.Metric)
        {
            previous = current;
            current = current.Next;
        }

        for (Route<TAddress>? same = current; same is not null && same.Metric == route.Metric; same = same.Next)
        {
            if (place == RoutePlace.Only || same.NextHop.IsLike(route.NextHop))
            {
                return false;
            }
        }

        while (place == RoutePlace.Last && current is not null && current.Metric == route.Metric)
        {
            previous = current;
            current = current.Next;
        }

        route.Table = Id;
        route.Next = current;
        route.InfoId = _infos.Take(route);
        Count++;
        if (previous is not null)
        {
            previous.Next = route;
        }
        else
        {
            SetFirst(route.Prefix, first, route);
        }

        return true;
    }

    /// <summary>Removes a route that is in this table.</summary>
    public bool Remove(Route<TAddress> route)
    {
        Route<TAddress>? first = Find(route.Prefix);
        Route<TAddress>? previous = null;
        for (Route<TAddress>? current = first; current is not null; previous = current, current = current.Next)
        {
            if (!ReferenceEquals(current, route))
            {
                continue;
            }

            if (previous is not null)
            {
                previous.Next = route.Next;
            }
            else
            {
                SetFirst(route.Prefix, first, route.Next);
            }

            _infos.Release(route.InfoId, route);
            Count--;
            return true;
        }

        return false;
    }

    /// <summary>A group with a dead member, or a best route that is unusable: the next metric, else the next shorter prefix.</summary>
    private RouteInfo<TAddress>? ResolveSlow(TAddress destination, RouteInfo<TAddress> best)
    {
        if (best.IsUsable)
        {
            return best;
        }

        Route<TAddress>? route = Lookup(destination);
        return route is null ? null : _infos[route.InfoId];
    }

    /// <summary>Makes <paramref name="route"/> (or nothing) the first of its prefix.</summary>
    private void SetFirst(Prefix<TAddress> prefix, Route<TAddress>? old, Route<TAddress>? route)
    {
        // Groups are never looked up here: the stacks know their members by themselves.
        bool wide = prefix.Length < TAddress.Bits && !prefix.Address.IsLoopback && !prefix.Address.IsMulticast;
        if (route is null)
        {
            // A bit of the filter stays: it is shared, and costs a lookup at worst.
            _lpm.Remove(prefix);
            _wide -= wide ? 1 : 0;
        }
        else
        {
            _lpm.Set(prefix, route.InfoId);
            _wide += wide && old is null ? 1 : 0;
            uint hash = prefix.Address.StableHash();
            _hostBits |= (1UL << FirstBit(hash)) | (1UL << SecondBit(hash));
        }

        _filter = _wide == 0 ? _hostBits : ulong.MaxValue;

        if (_many is not null)
        {
            if (route is null)
            {
                _many.Remove(prefix);
            }
            else
            {
                _many[prefix] = route;
            }

            return;
        }

        int index = old is null ? -1 : Array.IndexOf(_few, old, 0, _fewCount);
        if (index >= 0)
        {
            _few[index] = route ?? _few[--_fewCount];
            return;
        }

        if (_fewCount == LinearLimit)
        {
            _many = [];
            foreach (Route<TAddress> existing in _few)
            {
                _many.Add(existing.Prefix, existing);
            }

            _few = [];
            _many.Add(prefix, route!);
            return;
        }

        if (_fewCount == _few.Length)
        {
            Array.Resize(ref _few, Math.Max(4, _fewCount * 2));
        }

        _few[_fewCount++] = route!;
    }
}
