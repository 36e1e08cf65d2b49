using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Routing;
using Netemu.Engine.Simulation;

namespace Netemu.Engine.IPv4;

/// <summary>
/// Exceptions to the routing tables for single destinations (fib_nh_exception): a path MTU that expires after
/// <see cref="MtuExpires"/>, or a gateway that a redirect named.
/// </summary>
public sealed class RouteExceptions
{
    /// <summary>net.ipv4.route.mtu_expires.</summary>
    public static readonly Duration MtuExpires = Duration.FromSeconds(600);

    /// <summary>net.ipv4.route.min_pmtu: a smaller one is taken as this.</summary>
    public const int MinimumPathMtu = 552;

    private readonly Node _node;
    private readonly Dictionary<IPv4Address, (int Mtu, SimTime Expires)> _mtus = [];
    private readonly Dictionary<IPv4Address, NextHop<IPv4Address>> _redirects = [];

    internal RouteExceptions(Node node) => _node = node;

    /// <summary>The learned path MTU, or 0.</summary>
    public int PathMtu(IPv4Address destination) =>
        _mtus.TryGetValue(destination, out (int Mtu, SimTime Expires) entry) && _node.Now < entry.Expires ? entry.Mtu : 0;

    /// <summary>Learns a path MTU from "fragmentation needed".</summary>
    public void LearnMtu(IPv4Address destination, int mtu)
    {
        _mtus[destination] = (mtu < MinimumPathMtu ? MinimumPathMtu : mtu, _node.Now + MtuExpires);
        _node.Hash.AddNumber(((ulong)destination.Value << 32) | (uint)mtu);
    }

    /// <summary>Learns a better gateway from a redirect.</summary>
    public void LearnRedirect(IPv4Address destination, NextHop<IPv4Address> hop)
    {
        _redirects[destination] = hop;
        _node.Hash.AddNumber(((ulong)destination.Value << 32) | hop.Gateway.Value);
    }

    internal NextHop<IPv4Address> Redirected(IPv4Address destination, NextHop<IPv4Address> hop) =>
        _redirects.Count > 0 && _redirects.TryGetValue(destination, out NextHop<IPv4Address>? better)
            && !better.IsDead && ReferenceEquals(better.Device, hop.Device)
            ? better
            : hop;
}
