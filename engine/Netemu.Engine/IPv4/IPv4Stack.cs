using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv4;

/// <summary>
/// IPv4 in one namespace: input, forwarding, output, and the tables they look at. This part keeps addresses and the routes
/// that follow from them (net/ipv4/devinet.c, fib_frontend.c); the others follow a packet.
/// </summary>
public sealed partial class IPv4Stack
{
    /// <summary>The TTL of packets to a group unless a socket says otherwise (IP_MULTICAST_TTL).</summary>
    private const byte DefaultMulticastTtl = 1;

    private readonly List<DeviceAddress<IPv4Address>> _addresses = new(2);
    private List<(IPv4Address Group, NetDevice? Device)>? _joinedGroups;
    private uint[] _local = [];
    private SocketWay? _socketWay;
    private ushort _identification;

    internal IPv4Stack(NetworkNamespace space)
    {
        Namespace = space;
        Routes = new RoutingTables<IPv4Address>(space.Node);
        Arp = new ArpProtocol(this);
        Neighbours = new NeighbourTable<IPv4Address>(space, Arp);
        Icmp = new IcmpProtocol(this);
    }

    public NetworkNamespace Namespace { get; }

    public RoutingTables<IPv4Address> Routes { get; }

    public NeighbourTable<IPv4Address> Neighbours { get; }

    public ArpProtocol Arp { get; }

    public IcmpProtocol Icmp { get; }

    /// <summary>The addresses in the order in which they were added.</summary>
    public IReadOnlyList<DeviceAddress<IPv4Address>> Addresses => _addresses;

    /// <summary>What path MTU discovery and redirects have taught; made on first use.</summary>
    public RouteExceptions<IPv4Address> Exceptions => _exceptions ??= new RouteExceptions<IPv4Address>(Namespace.Node);

    private RouteExceptions<IPv4Address>? _exceptions;
    private ReassemblyQueue? _reassembly;

    /// <summary>Adds an address to a device (ip addr add); false if it is there.</summary>
    public bool AddAddress(NetDevice device, InterfaceAddress<IPv4Address> address) =>
        AddAddress(new DeviceAddress<IPv4Address>(
            device, address, address.Address.IsLoopback ? RouteScope.Host : RouteScope.Universe));

    /// <summary>Adds an address with its peer, broadcast address, label and scope; false if it is there.</summary>
    public bool AddAddress(DeviceAddress<IPv4Address> requested)
    {
        NetDevice device = requested.Device;
        InterfaceAddress<IPv4Address> address = requested.InterfaceAddress;
        if (_addresses.Exists(a => ReferenceEquals(a.Device, device) && a.InterfaceAddress == address && a.Peer == requested.Peer))
        {
            return false;
        }

        bool secondary = _addresses.Exists(a =>
            ReferenceEquals(a.Device, device) && a.InterfaceAddress.Length == address.Length && a.OnLinkPrefix.Contains(requested.Peer));
        DeviceAddress<IPv4Address> added = new(device, address, requested.Scope)
        {
            IsSecondary = secondary,
            Peer = requested.Peer,
            Broadcast = requested.Broadcast,
            Label = requested.Label,
            NoPrefixRoute = requested.NoPrefixRoute,
            Metric = requested.Metric,
            PreferredUntil = requested.PreferredUntil,
            ValidUntil = requested.ValidUntil,
        };
        _addresses.Add(added);
        RebuildLocal();
        AddRoutes(added);
        return true;
    }

    /// <summary>Changes the metric of an address's prefix route (ip addr change; fib_modify_prefix_metric).</summary>
    public void ChangeMetric(NetDevice device, InterfaceAddress<IPv4Address> address, uint metric)
    {
        DeviceAddress<IPv4Address>? found = _addresses.Find(a => ReferenceEquals(a.Device, device) && a.InterfaceAddress == address);
        if (found is null || found.Metric == metric)
        {
            return;
        }

        Route<IPv4Address>? present = Routes.Main.Routes().FirstOrDefault(r =>
            r.Protocol == RouteProtocol.Kernel && r.Prefix == found.OnLinkPrefix && r.Metric == found.Metric
            && ReferenceEquals(r.NextHop.Device, device));
        found.Metric = metric;
        if (present is not null)
        {
            AddPrefixRoute(found, new NextHop<IPv4Address>(device, default, hasGateway: false));
            Routes.Remove(present);
        }
    }

    /// <summary>
    /// Removes an address (ip addr del) and the routes that followed from it. The secondary ones of its prefix go with it, or the first of
    /// them takes its place (promote_secondaries; __inet_del_ifa).
    /// </summary>
    public bool RemoveAddress(NetDevice device, InterfaceAddress<IPv4Address> address)
    {
        DeviceAddress<IPv4Address>? removed =
            _addresses.Find(a => ReferenceEquals(a.Device, device) && a.InterfaceAddress == address);
        if (removed is null)
        {
            return false;
        }

        DeviceAddress<IPv4Address>[] followers = removed.IsSecondary
            ? []
            : [.. _addresses.Where(a => a.IsSecondary && ReferenceEquals(a.Device, device) && a.OnLinkPrefix == removed.OnLinkPrefix)];
        foreach (DeviceAddress<IPv4Address> secondary in followers)
        {
            RemoveOne(secondary);
        }

        RemoveOne(removed);
        if (followers.Length > 0 && (Namespace.Settings.All.PromoteSecondaries || Namespace.SettingsOf(device).PromoteSecondaries))
        {
            followers[0].IsSecondary = false;
            _addresses.InsertRange(_addresses.FindLastIndex(a => ReferenceEquals(a.Device, device)) + 1, followers);
            RebuildLocal();
            foreach (DeviceAddress<IPv4Address> follower in followers)
            {
                AddRoutes(follower);
            }
        }

        return true;
    }

    /// <summary>Joins a multicast group on a device, or on all of them; 224.0.0.1 is always joined.</summary>
    public void JoinGroup(IPv4Address group, NetDevice? device = null) => (_joinedGroups ??= []).Add((group, device));

    public void LeaveGroup(IPv4Address group, NetDevice? device = null) => _joinedGroups?.Remove((group, device));

    /// <summary>The groups that were joined on a device, the latest first, without 224.0.0.1.</summary>
    public IEnumerable<IPv4Address> GroupsOf(NetDevice device) =>
        (_joinedGroups ?? []).Where(g => g.Device is null ? !device.IsLoopback : ReferenceEquals(g.Device, device)).Select(g => g.Group).Reverse().Distinct();

    private bool IsMember(IPv4Address group, NetDevice device)
    {
        foreach ((IPv4Address joined, NetDevice? on) in _joinedGroups ?? [])
        {
            if (joined == group && (on is null || ReferenceEquals(on, device)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if the address is one of this namespace's (inet_lookup_ifaddr).</summary>
    public bool IsLocal(IPv4Address address)
    {
        foreach (uint local in _local)
        {
            if (local == address.Value)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if packets to the address end here: it is this namespace's own, or a local route takes it in (RTCF_LOCAL, inet_addr_type), and they may be sent from it.</summary>
    internal bool IsDeliveredHere(IPv4Address address) => IsLocal(address) || Routes.AddressType(address) == RouteType.Local;

    /// <summary>The source for a destination on a device (inet_select_addr): its subnet's address first, else the first one.</summary>
    public IPv4Address SelectSource(NetDevice? device, IPv4Address destination, RouteScope scope)
    {
        IPv4Address first = default;
        foreach (DeviceAddress<IPv4Address> address in _addresses)
        {
            if (!ReferenceEquals(address.Device, device) || address.IsSecondary || address.Scope > scope)
            {
                continue;
            }

            if (!destination.IsUnspecified && address.InterfaceAddress.Prefix.Contains(destination))
            {
                return address.Address;
            }

            if (first.IsUnspecified)
            {
                first = address.Address;
            }
        }

        if (!first.IsUnspecified)
        {
            return first;
        }

        // None on the device: loopback's addresses first, then any device's, if their scope allows (not host addresses).
        foreach (DeviceAddress<IPv4Address> address in _addresses.OrderBy(a => a.Device.IsLoopback ? 0 : 1))
        {
            if (!address.IsSecondary && address.Scope <= scope && address.Scope != RouteScope.Link)
            {
                return address.Address;
            }
        }

        return default;
    }

    internal void DeviceStateChanged(NetDevice device)
    {
        if (device.IsUp)
        {
            if (device.IsLoopback && !_addresses.Exists(a => ReferenceEquals(a.Device, device)))
            {
                AddAddress(device, new InterfaceAddress<IPv4Address>(IPv4Address.Loopback, 8));
            }

            Routes.DeviceUp(device);
            foreach (DeviceAddress<IPv4Address> address in _addresses)
            {
                if (ReferenceEquals(address.Device, device))
                {
                    AddConnectedRoutes(address);
                }
            }

            Arp.Announce(device);
            return;
        }

        Routes.DeviceDown(device, removeLocal: false);
        Neighbours.Flush(device, keepPermanent: false);
    }

    /// <summary>The first label is the device's new name; the others keep their suffix, or get one (inetdev_changename).</summary>
    internal void DeviceRenamed(NetDevice device)
    {
        int named = 0;
        foreach (DeviceAddress<IPv4Address> address in _addresses)
        {
            if (!ReferenceEquals(address.Device, device))
            {
                continue;
            }

            int colon = address.Label.IndexOf(':', StringComparison.Ordinal);
            named++;
            string suffix = named == 1 ? string.Empty : colon < 0 ? $":{named}" : address.Label[colon..];
            address.Label = device.Name[..Math.Min(device.Name.Length, NetDevice.LongestName - suffix.Length)] + suffix;
        }
    }

    internal void DeviceRemoved(NetDevice device)
    {
        foreach (DeviceAddress<IPv4Address> address in _addresses.Where(a => ReferenceEquals(a.Device, device)).ToArray())
        {
            RemoveOne(address);
        }

        Routes.DeviceDown(device, removeLocal: true);
        Neighbours.Flush(device, keepPermanent: false);
    }

    internal long CountHeldFrames() => Neighbours.CountHeldFrames() + (_reassembly?.HeldFrames ?? 0);

    internal void Destroy() => _reassembly?.Clear();

    /// <summary>The identification of the next datagram that may be fragmented.</summary>
    internal ushort NextIdentification() => ++_identification;

    private void RemoveOne(DeviceAddress<IPv4Address> removed)
    {
        _addresses.Remove(removed);
        RebuildLocal();
        Prefix<IPv4Address> local = Prefix<IPv4Address>.Host(removed.Address);
        foreach (RouteTable<IPv4Address> table in Routes.Tables().ToArray())
        {
            foreach (Route<IPv4Address> route in table.Routes().ToArray())
            {
                bool own = route.Protocol == RouteProtocol.Kernel
                    && ReferenceEquals(route.NextHop.Device, removed.Device)
                    && (route.PreferredSource == removed.Address || (route.Type == RouteType.Local && route.Prefix == local));

                // Routes that prefer an address that is gone are gone (fib_sync_down_addr).
                bool prefers = route.PreferredSource == removed.Address && !IsLocal(removed.Address);
                if (own || prefers)
                {
                    Routes.Remove(route);
                }
            }
        }

        // The same address in another prefix of the device has routes of its own.
        foreach (DeviceAddress<IPv4Address> same in _addresses)
        {
            if (same.Address == removed.Address && ReferenceEquals(same.Device, removed.Device))
            {
                AddRoutes(same);
            }
        }
    }

    /// <summary>The routes that an address brings, if its device is up with its subnet (fib_add_ifaddr).</summary>
    private void AddRoutes(DeviceAddress<IPv4Address> address)
    {
        Routes.Add(
            new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Host(address.Address),
                Type = RouteType.Local,
                Protocol = RouteProtocol.Kernel,
                Scope = RouteScope.Host,
                PreferredSource = PrimaryOf(address).Address,
                NextHop = new NextHop<IPv4Address>(address.Device, default, hasGateway: false),
            },
            RouteTable<IPv4Address>.LocalId);
        if (address.Device.IsUp)
        {
            AddConnectedRoutes(address);
        }
    }

    /// <summary>The address whose secondary this is, or itself (inet_ifa_byprefix).</summary>
    private DeviceAddress<IPv4Address> PrimaryOf(DeviceAddress<IPv4Address> address) =>
        address.IsSecondary
        && _addresses.Find(a => !a.IsSecondary && ReferenceEquals(a.Device, address.Device) && a.OnLinkPrefix == address.OnLinkPrefix) is { } primary
            ? primary
            : address;

    /// <summary>The routes that an address brings while its device is up.</summary>
    private void AddConnectedRoutes(DeviceAddress<IPv4Address> address)
    {
        InterfaceAddress<IPv4Address> own = address.InterfaceAddress;
        NextHop<IPv4Address> hop = new(address.Device, default, hasGateway: false);
        if (!address.Broadcast.IsUnspecified && address.Broadcast.Value != uint.MaxValue)
        {
            AddBroadcastRoute(address.Broadcast, PrimaryOf(address).Address, hop);
        }

        if (address.IsSecondary || (own.Length == 32 && !address.HasPeer))
        {
            return;
        }

        AddPrefixRoute(address, hop);

        // A /31 has no broadcast address (RFC 3021).
        if (own.Length < 31)
        {
            AddBroadcastRoute(address.Peer.Last(own.Length), own.Address, hop);
        }
    }

    private void AddPrefixRoute(DeviceAddress<IPv4Address> address, NextHop<IPv4Address> hop)
    {
        if (address.NoPrefixRoute)
        {
            return;
        }

        bool loopback = address.Device.IsLoopback;
        Routes.Add(
            new Route<IPv4Address>
            {
                Prefix = address.OnLinkPrefix,
                Type = loopback ? RouteType.Local : RouteType.Unicast,
                Protocol = RouteProtocol.Kernel,
                Scope = loopback ? RouteScope.Host : RouteScope.Link,
                Metric = address.Metric,
                PreferredSource = address.Address,
                NextHop = hop,
            },
            loopback ? RouteTable<IPv4Address>.LocalId : RouteTable<IPv4Address>.MainId);
    }

    private void AddBroadcastRoute(IPv4Address broadcast, IPv4Address source, NextHop<IPv4Address> hop) =>
        Routes.Add(
            new Route<IPv4Address>
            {
                Prefix = Prefix<IPv4Address>.Host(broadcast),
                Type = RouteType.Broadcast,
                Protocol = RouteProtocol.Kernel,
                Scope = RouteScope.Link,
                PreferredSource = source,
                NextHop = hop,
            },
            RouteTable<IPv4Address>.LocalId);

    private void RebuildLocal()
    {
        uint[] local = new uint[_addresses.Count];
        for (int i = 0; i < local.Length; i++)
        {
            local[i] = _addresses[i].Address.Value;
        }

        _local = local;
        _destinations?.Clear();
        Namespace.NoteAddressChange();
    }
}
