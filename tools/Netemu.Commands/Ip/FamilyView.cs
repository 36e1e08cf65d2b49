using System;
using System.Collections.Generic;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;

namespace Netemu.Commands.Ip;

/// <summary>One address family of a namespace: the tables that `ip` shows and changes alike for both.</summary>
internal sealed class FamilyView<TAddress>
    where TAddress : struct, IIPAddress<TAddress>
{
    private FamilyView(
        NetworkNamespace space,
        RoutingTables<TAddress> routes,
        NeighbourTable<TAddress> neighbours,
        IReadOnlyList<DeviceAddress<TAddress>> addresses,
        RouteExceptions<TAddress> exceptions,
        Func<TAddress, bool> isLocal)
    {
        Namespace = space;
        Routes = routes;
        Neighbours = neighbours;
        Addresses = addresses;
        Exceptions = exceptions;
        IsLocal = isLocal;
    }

    public NetworkNamespace Namespace { get; }

    public RoutingTables<TAddress> Routes { get; }

    public NeighbourTable<TAddress> Neighbours { get; }

    public IReadOnlyList<DeviceAddress<TAddress>> Addresses { get; }

    public RouteExceptions<TAddress> Exceptions { get; }

    public Func<TAddress, bool> IsLocal { get; }

    public static bool IsIPv6 => TAddress.Family == AddressFamily.IPv6;

    public static FamilyView<TAddress> Of(NetworkNamespace space)
    {
        object view = IsIPv6
            ? new FamilyView<IPv6Address>(space, space.IPv6.Routes, space.IPv6.Neighbours, space.IPv6.Addresses, space.IPv6.Exceptions, space.IPv6.IsLocal)
            : new FamilyView<IPv4Address>(space, space.IPv4.Routes, space.IPv4.Neighbours, space.IPv4.Addresses, space.IPv4.Exceptions, space.IPv4.IsLocal);
        return (FamilyView<TAddress>)view;
    }
}
