using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Neighbours;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv6;

/// <summary>
/// IPv6 in one namespace: the second instance of the tables that are generic over the family. This part keeps addresses and
/// the routes that follow from them (net/ipv6/addrconf.c).
/// </summary>
public sealed partial class IPv6Stack
{
    /// <summary>IP6_RT_PRIO_ADDRCONF: the metric of connected routes.</summary>
    private const uint ConnectedMetric = 256;

    private readonly List<DeviceAddress<IPv6Address>> _addresses = [];
    private Dictionary<IPv6Address, int>? _pathMtus;

    internal IPv6Stack(NetworkNamespace space)
    {
        Namespace = space;
        Routes = new RoutingTables<IPv6Address>(space.Node);
        Ndp = new NdpProtocol(this);
        Neighbours = new NeighbourTable<IPv6Address>(space, Ndp);
        Icmp = new Icmpv6Protocol(this);
    }

    public NetworkNamespace Namespace { get; }

    public RoutingTables<IPv6Address> Routes { get; }

    public NeighbourTable<IPv6Address> Neighbours { get; }

    public NdpProtocol Ndp { get; }

    public Icmpv6Protocol Icmp { get; }

    /// <summary>The addresses in the order in which they were added.</summary>
    public IReadOnlyList<DeviceAddress<IPv6Address>> Addresses => _addresses;

    /// <summary>Switches IPv6 on: devices that are up get their link-local addresses.</summary>
    public void Enable()
    {
        if (Namespace.Settings.IPv6Enabled)
        {
            return;
        }

        Namespace.WritableSettings.IPv6Enabled = true;
        foreach (NetDevice device in Namespace.Devices)
        {
            DeviceStateChanged(device);
        }
    }

    /// <summary>Adds an address (ip -6 addr add), without duplicate address detection; false if it is there.</summary>
    public bool AddAddress(NetDevice device, InterfaceAddress<IPv6Address> address)
    {
        Enable();
        if (_addresses.Exists(a => ReferenceEquals(a.Device, device) && a.InterfaceAddress == address))
        {
            return false;
        }

        RouteScope scope = address.Address.IsLinkLocal ? RouteScope.Link
            : address.Address.IsLoopback ? RouteScope.Host : RouteScope.Universe;
        DeviceAddress<IPv6Address> added = new(device, address, scope);
        _addresses.Add(added);
        Namespace.NoteAddressChange();
        Routes.Add(
            new Route<IPv6Address>
            {
                Prefix = Prefix<IPv6Address>.Host(address.Address),
                Type = RouteType.Local,
                Protocol = RouteProtocol.Kernel,
                Scope = RouteScope.Host,
                PreferredSource = address.Address,
                NextHop = new NextHop<IPv6Address>(device, default, hasGateway: false),
                Metric = (uint)device.Index,
            },
            RouteTable<IPv6Address>.LocalId);
        if (device.IsUp)
        {
            AddConnectedRoute(added);
        }

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

    public bool IsLocal(IPv6Address address) => _addresses.Exists(a => a.Address == address);

    /// <summary>The address of a device by scope: link-local for neighbours, global for the rest.</summary>
    public IPv6Address SelectSource(NetDevice? device, IPv6Address destination)
    {
        bool link = destination.IsLinkLocal || (destination.IsMulticast && destination.MulticastScope <= 2);
        IPv6Address best = default;
        int bestMatch = -1;
        foreach (DeviceAddress<IPv6Address> address in _addresses)
        {
            bool own = ReferenceEquals(address.Device, device);
            if (address.IsTentative || (address.Address.IsLinkLocal && !own) || address.Address.IsLoopback != destination.IsLoopback)
            {
                continue;
            }

            // RFC 6724 section 5: scope first, then the outgoing interface, then the longest matching prefix.
            int match = (address.Address.IsLinkLocal == link ? 1000 : 0) + (own ? 500 : 0) + CommonBits(address.Address, destination);
            if (match > bestMatch)
            {
                bestMatch = match;
                best = address.Address;
            }
        }

        return best;
    }

    internal bool IsEnabled(NetDevice device) =>
        Namespace.Settings.IPv6Enabled && !Namespace.SettingsOf(device).DisableIPv6 && !Namespace.Settings.All.DisableIPv6;

    internal void DeviceStateChanged(NetDevice device)
    {
        if (!device.IsUp)
        {
            foreach (DeviceAddress<IPv6Address> address in OfDevice(device))
            {
                // Addresses go when the device goes down (keep_addr_on_down=0); those set by hand return by hand only.
                RemoveOne(address);
            }

            Routes.DeviceDown(device, removeLocal: true);
            Neighbours.Flush(device, keepPermanent: false);
            return;
        }

        if (!IsEnabled(device))
        {
            return;
        }

        Routes.DeviceUp(device);
        if (device.IsLoopback)
        {
            AddAddress(device, new InterfaceAddress<IPv6Address>(IPv6Address.Loopback, 128));
        }
        else if (device.HasCarrier && device.Master is null && device.UsesNeighbours
            && !_addresses.Exists(a => ReferenceEquals(a.Device, device) && a.Address.IsLinkLocal))
        {
            AddAddress(device, new InterfaceAddress<IPv6Address>(IPv6Address.LinkLocal(device.Mac), 64));
        }

        foreach (DeviceAddress<IPv6Address> address in OfDevice(device))
        {
            AddConnectedRoute(address);
        }
    }

    internal void DeviceRemoved(NetDevice device)
    {
        foreach (DeviceAddress<IPv6Address> address in OfDevice(device))
        {
            RemoveOne(address);
        }

        Routes.DeviceDown(device, removeLocal: true);
        Neighbours.Flush(device, keepPermanent: false);
    }

    internal long CountHeldFrames() => Neighbours.CountHeldFrames();

    internal void Destroy() => _addresses.Clear();

    /// <summary>Learns a path MTU from "packet too big" (RFC 8201); never below 1,280.</summary>
    internal void LearnMtu(IPv6Address destination, int mtu) => (_pathMtus ??= [])[destination] = Math.Max(mtu, 1280);

    internal int PathMtu(IPv6Address destination, NetDevice device) =>
        _pathMtus is not null && _pathMtus.TryGetValue(destination, out int mtu) ? Math.Min(mtu, device.Mtu) : device.Mtu;

    private static int CommonBits(IPv6Address left, IPv6Address right)
    {
        int high = System.Numerics.BitOperations.LeadingZeroCount(left.High ^ right.High);
        return high < 64 ? high : 64 + System.Numerics.BitOperations.LeadingZeroCount(left.Low ^ right.Low);
    }

    private DeviceAddress<IPv6Address>[] OfDevice(NetDevice device) =>
        [.. _addresses.Where(a => ReferenceEquals(a.Device, device))];

    private void RemoveOne(DeviceAddress<IPv6Address> removed)
    {
        _addresses.Remove(removed);
        Namespace.NoteAddressChange();
        foreach (RouteTable<IPv6Address> table in Routes.Tables().ToArray())
        {
            foreach (Route<IPv6Address> route in table.Routes().ToArray())
            {
                if (route.Protocol == RouteProtocol.Kernel && ReferenceEquals(route.NextHop.Device, removed.Device)
                    && route.PreferredSource == removed.Address)
                {
                    Routes.Remove(route);
                }
            }
        }
    }

    private void AddConnectedRoute(DeviceAddress<IPv6Address> address)
    {
        if (address.InterfaceAddress.Length == 128 || address.IsTentative)
        {
            return;
        }

        Routes.Add(new Route<IPv6Address>
        {
            Prefix = address.InterfaceAddress.Prefix,
            Protocol = RouteProtocol.Kernel,
            Metric = ConnectedMetric,
            PreferredSource = address.Address,
            NextHop = new NextHop<IPv6Address>(address.Device, default, hasGateway: false),
        });
    }
}
