using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.Routing;

/// <summary>
/// Exceptions to the routing tables for single destinations (fib_nh_exception, rt6_exception): a path MTU that expires
/// after <see cref="MtuExpires"/>, or a gateway that a redirect named, which expires after <see cref="RedirectExpires"/> in IPv4.
/// </summary>
public sealed class RouteExceptions<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    /// <summary>net.ipv4.route.mtu_expires and net.ipv6.route.mtu_expires.</summary>
    public static readonly Duration MtuExpires = Duration.FromSeconds(600);

    /// <summary>How long a redirect holds (RT_GC_TIMEOUT).</summary>
    public static readonly Duration RedirectExpires = Duration.FromSeconds(300);

    /// <summary>net.ipv4.route.min_pmtu: a smaller one is taken as this.</summary>
    public const int MinimumPathMtu = 552;

    private readonly Node _node;
    private readonly Dictionary<TAddress, (int Mtu, SimTime Expires)> _mtus = [];
    private readonly Dictionary<TAddress, (NextHop<TAddress> Hop, SimTime Expires)> _redirects = [];

    internal RouteExceptions(Node node) => _node = node;

    /// <summary>True once a redirect was learned: the tables alone no longer say where packets go.</summary>
    internal bool HasRedirects => _redirects.Count > 0;

    /// <summary>The learned path MTU, or 0.</summary>
    public int PathMtu(TAddress destination) => PathMtu(destination, out _);

    /// <summary>The same with the instant at which it is forgotten.</summary>
    public int PathMtu(TAddress destination, out SimTime expires)
    {
        expires = SimTime.Never;
        if (!_mtus.TryGetValue(destination, out (int Mtu, SimTime Expires) entry) || _node.Now >= entry.Expires)
        {
            return 0;
        }

        expires = entry.Expires;
        return entry.Mtu;
    }

    /// <summary>Learns a path MTU from "fragmentation needed" or "packet too big".</summary>
    public void LearnMtu(TAddress destination, int mtu)
    {
        int least = TAddress.Family == AddressFamily.IPv4 ? MinimumPathMtu : 0;
        _mtus[destination] = (Math.Max(mtu, least), _node.Now + MtuExpires);
        Note(destination, (ulong)mtu);
    }

    /// <summary>The destinations of which something is known at this instant, sorted.</summary>
    public IEnumerable<TAddress> Destinations() =>
        _mtus.Where(e => _node.Now < e.Value.Expires).Select(e => e.Key)
            .Concat(_redirects.Where(e => _node.Now < e.Value.Expires).Select(e => e.Key))
            .Distinct().Order();

    /// <summary>When the gateway that a redirect named for a destination is forgotten; null if there is none.</summary>
    public SimTime? RedirectExpiry(TAddress destination) =>
        _redirects.TryGetValue(destination, out (NextHop<TAddress> Hop, SimTime Expires) entry) && _node.Now < entry.Expires
            ? entry.Expires
            : null;

    /// <summary>Forgets everything (ip route flush cache; fnhe_genid_bump).</summary>
    public void Clear()
    {
        foreach (TAddress destination in Destinations().ToArray())
        {
            Note(destination, 0);
        }

        _mtus.Clear();
        _redirects.Clear();
    }

    /// <summary>Learns a better gateway from a redirect.</summary>
    public void LearnRedirect(TAddress destination, NextHop<TAddress> hop)
    {
        _redirects[destination] = (hop, TAddress.Family == AddressFamily.IPv4 ? _node.Now + RedirectExpires : SimTime.Never);
        Note(destination, 1UL << 32);
        Note(hop.Gateway, 0);
    }

    /// <summary>Forgets what was learned through a router that is none any more (rt6_clean_tohost).</summary>
    internal void ForgetGateway(TAddress gateway)
    {
        foreach ((TAddress destination, (NextHop<TAddress> hop, _)) in _redirects.ToArray())
        {
            if (hop.HasGateway && hop.Gateway.Equals(gateway))
            {
                _redirects.Remove(destination);
            }
        }
    }

    internal NextHop<TAddress> Redirected(TAddress destination, NextHop<TAddress> hop) =>
        _redirects.Count > 0 && _redirects.TryGetValue(destination, out (NextHop<TAddress> Hop, SimTime Expires) better)
            && _node.Now < better.Expires && !better.Hop.IsDead && ReferenceEquals(better.Hop.Device, hop.Device)
            ? better.Hop
            : hop;

    private void Note(TAddress address, ulong value)
    {
        Span<byte> encoding = stackalloc byte[16];
        address.Write(encoding);
        _node.Hash.AddBytes(encoding[..(TAddress.Bits / 8)]);
        _node.Hash.AddNumber(value);
    }
}
