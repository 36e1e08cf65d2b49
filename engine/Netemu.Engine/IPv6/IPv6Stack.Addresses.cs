using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv6;

/// <summary>Addresses, the routes that follow from them, and their lifetimes (net/ipv6/addrconf.c, anycast.c).</summary>
public sealed partial class IPv6Stack
{
    /// <summary>IP6_RT_PRIO_ADDRCONF: the metric of connected routes.</summary>
    private const uint ConnectedMetric = 256;

    private readonly List<DeviceAddress<IPv6Address>> _addresses = [];

    /// <summary>The addresses; those of one device by scope, the widest first, then the latest first, as `ip addr` prints them.</summary>
    public IReadOnlyList<DeviceAddress<IPv6Address>> Addresses => _addresses;

    /// <summary>Adds an address (ip -6 addr add); false if the device has it. It is tentative until it has been tried.</summary>
    public bool AddAddress(NetDevice device, InterfaceAddress<IPv6Address> address) =>
        AddAddress(new DeviceAddress<IPv6Address>(device, address, ScopeOf(address.Address)));

    /// <summary>The same with a peer, flags and lifetimes.</summary>
    public bool AddAddress(DeviceAddress<IPv6Address> requested)
    {
        Enable();
        NetDevice device = requested.Device;
        if (Find(device, requested.Address) is not null)
        {
            return false;
        }

        IPv6Interface own = InterfaceFor(device);
        DeviceAddress<IPv6Address> added = new(device, requested.InterfaceAddress, ScopeOf(requested.Address))
        {
            Peer = requested.Peer,
            NoDad = requested.NoDad,
            NoPrefixRoute = requested.NoPrefixRoute,
            IsAutomatic = requested.IsAutomatic,
            PreferredUntil = requested.PreferredUntil,
            ValidUntil = requested.ValidUntil,
            IsTentative = true,
            IsDeprecated = requested.PreferredUntil <= Namespace.Node.Now,
        };
        int position = _addresses.FindIndex(a =>
            ReferenceEquals(a.Device, device) && SourceSelection.ScopeOf(added.Address) >= SourceSelection.ScopeOf(a.Address));
        _addresses.Insert(position < 0 ? _addresses.Count : position, added);
        Namespace.NoteAddressChange();
        if (own.IsEnabled)
        {
            AddConnectedRoute(added);
            JoinSolicitedNode(own, added.Address);
        }

        StartDetection(added);
        return true;
    }

    /// <summary>Removes an address and the routes that followed from it.</summary>
    public bool RemoveAddress(NetDevice device, InterfaceAddress<IPv6Address> address)
    {
        DeviceAddress<IPv6Address>? removed =
            _addresses.Find(a => ReferenceEquals(a.Device, device) && a.InterfaceAddress == address);
        if (removed is null)
        {
            return false;
        }

        RemoveOne(removed);
        return true;
    }

    /// <summary>Gives an address other lifetimes (ip addr change).</summary>
    public void ChangeAddress(NetDevice device, IPv6Address address, SimTime preferredUntil, SimTime validUntil)
    {
        if (Find(device, address) is { } known)
        {
            SetLifetimes(known, preferredUntil, validUntil);
        }
    }

    /// <summary>True if the address is one of this namespace's, and in use (ipv6_chk_addr).</summary>
    public bool IsLocal(IPv6Address address)
    {
        foreach (DeviceAddress<IPv6Address> own in _addresses)
        {
            if (own.Address == address && !own.IsTentative)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The source for a destination out of a device (RFC 6724).</summary>
    public IPv6Address SelectSource(NetDevice? device, IPv6Address destination) =>
        SourceSelection.Select(this, device, destination);

    internal DeviceAddress<IPv6Address>? Find(NetDevice device, IPv6Address address)
    {
        foreach (DeviceAddress<IPv6Address> own in _addresses)
        {
            if (own.Address == address && ReferenceEquals(own.Device, device))
            {
                return own;
            }
        }

        return null;
    }

    /// <summary>True if the address is the subnet-router anycast address of a prefix of the device (ipv6_chk_acast_addr).</summary>
    internal bool IsAnycast(NetDevice device, IPv6Address address)
    {
        if (!Namespace.SettingsOf(device).ForwardingIPv6)
        {
            return false;
        }

        foreach (DeviceAddress<IPv6Address> own in _addresses)
        {
            if (ReferenceEquals(own.Device, device) && !own.IsTentative && HasAnycast(own)
                && own.InterfaceAddress.Prefix.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sets the lifetimes of an address that an advertisement names again (addrconf_prefix_rcv_add_addr).</summary>
    internal void SetLifetimes(DeviceAddress<IPv6Address> address, SimTime preferredUntil, SimTime validUntil)
    {
        address.PreferredUntil = preferredUntil;
        address.ValidUntil = validUntil;
        address.IsDeprecated = false;
        if (!address.IsTentative)
        {
            ArmLifetime(address);
        }
    }

    private static RouteScope ScopeOf(IPv6Address address) =>
        address.IsLinkLocal ? RouteScope.Link : address.IsLoopback ? RouteScope.Host : RouteScope.Universe;

    private static bool HasAnycast(DeviceAddress<IPv6Address> address) =>
        address.InterfaceAddress.Length < 127 && !address.Device.IsLoopback;

    private DeviceAddress<IPv6Address>[] OfDevice(NetDevice device) =>
        [.. _addresses.Where(a => ReferenceEquals(a.Device, device))];

    /// <summary>addrconf_dad_completed: the address may be used from now on.</summary>
    private void Complete(DeviceAddress<IPv6Address> address)
    {
        address.IsTentative = false;
        Namespace.NoteAddressChange();
        NetDevice device = address.Device;
        Routes.Add(
            new Route<IPv6Address>
            {
                Prefix = Prefix<IPv6Address>.Host(address.Address),
                Type = RouteType.Local,
                Protocol = RouteProtocol.Kernel,
                Scope = RouteScope.Host,
                NextHop = new NextHop<IPv6Address>(device, default, hasGateway: false),
            },
            RouteTable<IPv6Address>.LocalId,
            place: RoutePlace.Last);
        if (device.IPv6 is not { IsEnabled: true } own)
        {
            return;
        }

        if (own.IsRouter)
        {
            AddAnycast(address);
        }

        ArmLifetime(address);
        if (address.Address.IsLinkLocal && own.LinkLocal() == address.Address)
        {
            own.Listener.DadCompleted();
            own.Discovery.Start();
        }

        if (own.Settings.NdiscNotify || Namespace.Settings.All.NdiscNotify)
        {
            Ndp.Announce(device, address.Address);
        }
    }

    private void RemoveOne(DeviceAddress<IPv6Address> removed)
    {
        StopDetection(removed);
        _addresses.Remove(removed);
        Namespace.NoteAddressChange();
        NetDevice device = removed.Device;
        if (device.IPv6 is { IsEnabled: true } own)
        {
            LeaveSolicitedNode(own, removed.Address);
        }

        RemoveAnycast(removed);
        RemoveRoutes(Routes.Local, Prefix<IPv6Address>.Host(removed.Address), device, 0);
        bool shared = _addresses.Exists(a => ReferenceEquals(a.Device, device) && !a.NoPrefixRoute
            && a.OnLinkPrefix == removed.OnLinkPrefix && a.HasPeer == removed.HasPeer);
        if (!shared && !removed.NoPrefixRoute)
        {
            RemoveRoutes(Routes.Main, removed.OnLinkPrefix, device, ConnectedMetric);
        }

        if (!IsLocal(removed.Address))
        {
            ForgetPreferredSource(removed.Address);
        }
    }

    private void RemoveRoutes(RouteTable<IPv6Address> table, Prefix<IPv6Address> prefix, NetDevice device, uint metric)
    {
        Route<IPv6Address>? next;
        for (Route<IPv6Address>? route = table.Find(prefix); route is not null; route = next)
        {
            next = route.Next;
            if (route.Protocol == RouteProtocol.Kernel && route.Metric == metric && !route.NextHop.HasGateway
                && ReferenceEquals(route.NextHop.Device, device))
            {
                Routes.Remove(route);
            }
        }
    }

    /// <summary>rt6_remove_prefsrc: routes that prefer an address that is gone stay, and prefer none.</summary>
    private void ForgetPreferredSource(IPv6Address address)
    {
        foreach (RouteTable<IPv6Address> table in Routes.Tables().ToArray())
        {
            foreach (Route<IPv6Address> route in table.Routes().Where(r => r.PreferredSource == address).ToArray())
            {
                Routes.Remove(route);
                Routes.Add(
                    new Route<IPv6Address>
                    {
                        Prefix = route.Prefix,
                        Type = route.Type,
                        Protocol = route.Protocol,
                        Scope = route.Scope,
                        Metric = route.Metric,
                        Mtu = route.Mtu,
                        NextHop = route.NextHop,
                        Group = route.Group,
                        Expires = route.Expires,
                        Preference = route.Preference,
                    },
                    table.Id,
                    place: RoutePlace.Last);
            }
        }
    }

    private void AddConnectedRoute(DeviceAddress<IPv6Address> address)
    {
        // Loopback's own address has none (init_loopback); every other has, a host's too.
        if (address.NoPrefixRoute || address.Address.IsLoopback)
        {
            return;
        }

        Routes.Add(
            new Route<IPv6Address>
            {
                Prefix = address.OnLinkPrefix,
                Protocol = RouteProtocol.Kernel,
                Metric = ConnectedMetric,
                NextHop = new NextHop<IPv6Address>(address.Device, default, hasGateway: false),
            },
            place: RoutePlace.Last);
    }

    /// <summary>addrconf_join_solict: where nobody asks for addresses, nobody listens for questions.</summary>
    private static void JoinSolicitedNode(IPv6Interface own, IPv6Address address)
    {
        if (own.Device is { IsLoopback: false, IsNoArp: false, UsesNeighbours: true })
        {
            own.Listener.Join(IPv6Address.SolicitedNode(address));
        }
    }

    private static void LeaveSolicitedNode(IPv6Interface own, IPv6Address address)
    {
        if (own.Device is { IsLoopback: false, IsNoArp: false, UsesNeighbours: true })
        {
            own.Listener.Leave(IPv6Address.SolicitedNode(address));
        }
    }

    /// <summary>RFC 4291 section 2.6.1: a router answers to the prefix with an empty interface identifier.</summary>
    private void AddAnycast(DeviceAddress<IPv6Address> address)
    {
        if (!HasAnycast(address))
        {
            return;
        }

        IPv6Address anycast = address.InterfaceAddress.Prefix.Address;
        bool added = Routes.Add(
            new Route<IPv6Address>
            {
                Prefix = Prefix<IPv6Address>.Host(anycast),
                Type = RouteType.Anycast,
                Protocol = RouteProtocol.Kernel,
                Scope = RouteScope.Host,
                NextHop = new NextHop<IPv6Address>(address.Device, default, hasGateway: false),
            },
            RouteTable<IPv6Address>.LocalId,
            place: RoutePlace.Last);
        if (added)
        {
            address.Device.IPv6!.Listener.Join(IPv6Address.SolicitedNode(anycast));
        }
    }

    private void RemoveAnycast(DeviceAddress<IPv6Address> address)
    {
        IPv6Address anycast = address.InterfaceAddress.Prefix.Address;
        bool shared = _addresses.Exists(a => !ReferenceEquals(a, address) && ReferenceEquals(a.Device, address.Device)
            && a.InterfaceAddress.Prefix.Address == anycast);
        if (!HasAnycast(address) || shared)
        {
            return;
        }

        for (Route<IPv6Address>? route = Routes.Local.Find(Prefix<IPv6Address>.Host(anycast)); route is not null; route = route.Next)
        {
            if (route.Type == RouteType.Anycast && ReferenceEquals(route.NextHop.Device, address.Device))
            {
                Routes.Remove(route);
                address.Device.IPv6?.Listener.Leave(IPv6Address.SolicitedNode(anycast));
                return;
            }
        }
    }

    /// <summary>addrconf_verify: deprecated after the preferred lifetime, gone after the valid one.</summary>
    private void ArmLifetime(DeviceAddress<IPv6Address> address)
    {
        SimTime next = address.IsDeprecated ? address.ValidUntil : Earlier(address.PreferredUntil, address.ValidUntil);
        if (next == SimTime.Never)
        {
            return;
        }

        address.Timer ??= new AddressTimer(this, address);
        Namespace.Node.Schedule(address.Timer, next);
    }

    private static SimTime Earlier(SimTime left, SimTime right) => left < right ? left : right;

    private void LifetimeOver(DeviceAddress<IPv6Address> address)
    {
        if (Namespace.Node.Now >= address.ValidUntil)
        {
            RemoveOne(address);
            return;
        }

        address.IsDeprecated = Namespace.Node.Now >= address.PreferredUntil;
        ArmLifetime(address);
    }
}
