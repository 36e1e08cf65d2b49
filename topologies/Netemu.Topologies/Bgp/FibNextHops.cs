using System;
using Netemu.Core.Addresses;
using Netemu.Core.Routing;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Topologies.Bgp;

/// <summary>
/// Resolves BGP's next hops through a namespace's routing tables. Changes that the speaker's own sink makes do not count:
/// its routes never make one of its next hops reachable that was not before.
/// </summary>
public sealed class FibNextHops : INextHopResolver
{
    private readonly NetworkNamespace _space;

    public FibNextHops(NetworkNamespace space)
    {
        _space = space;
        space.IPv4.Routes.Changed += OnChanged;
        space.IPv6.Routes.Changed += OnChanged;
    }

    public event Action? Changed;

    /// <summary>Set while the sink writes.</summary>
    internal bool IsSuppressed { get; set; }

    public bool TryResolve(InternetAddress nextHop, out uint metric)
    {
        RouteType? type = nextHop.IsIPv4
            ? _space.IPv4.Routes.Resolve(nextHop.IPv4)?.Type
            : ResolveIPv6(nextHop.IPv6);
        metric = 0;
        return type is RouteType.Unicast or RouteType.Local;
    }

    /// <summary>Stops listening to the tables.</summary>
    internal void Detach()
    {
        _space.IPv4.Routes.Changed -= OnChanged;
        _space.IPv6.Routes.Changed -= OnChanged;
    }

    private RouteType? ResolveIPv6(IPv6Address nextHop) =>
        nextHop.IsLinkLocal ? RouteType.Unicast : _space.IPv6.Routes.Resolve(nextHop)?.Type;

    private void OnChanged()
    {
        if (!IsSuppressed)
        {
            Changed?.Invoke();
        }
    }
}
