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
/// IPv6 in one namespace: the second instance of the tables that are generic over the family. This part keeps devices and
/// what follows from their state (net/ipv6/addrconf.c); the others keep addresses and follow a packet.
/// </summary>
public sealed partial class IPv6Stack
{
    private readonly List<RouterAdvertiser> _advertisers = [];
    private RouteExceptions<IPv6Address>? _exceptions;
    private IPv6ReassemblyQueue? _reassembly;
    private uint _identification;

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

    /// <summary>What path MTU discovery and redirects have taught; made on first use.</summary>
    public RouteExceptions<IPv6Address> Exceptions => _exceptions ??= new RouteExceptions<IPv6Address>(Namespace.Node);

    /// <summary>Addresses being tried and solicitations that a router may answer: they hold the run back from being converged.</summary>
    public int Pending { get; internal set; }

    /// <summary>The advertisers that run in this namespace.</summary>
    internal IReadOnlyList<RouterAdvertiser> Advertisers => _advertisers;

    /// <summary>Switches IPv6 on: devices that are up get their link-local addresses.</summary>
    public void Enable()
    {
        if (Namespace.Settings.IPv6Enabled)
        {
            return;
        }

        Namespace.WritableSettings.IPv6Enabled = true;
        foreach (NetDevice device in Namespace.Devices.ToArray())
        {
            DeviceStateChanged(device);
        }
    }

    /// <summary>IPv6 on a device, if it has been switched on there.</summary>
    public static IPv6Interface? InterfaceOf(NetDevice device) => device.IPv6;

    /// <summary>
    /// A valid router advertisement has come, whether or not this node configures itself by it: what zebra hears on its own
    /// socket. Raised with the device, the router's link-local address and its MAC option ignored.
    /// </summary>
    public event Action<NetDevice, IPv6Address>? RouterHeard;

    internal void NoteRouter(NetDevice device, IPv6Address router) => RouterHeard?.Invoke(device, router);

    /// <summary>True if an advertiser runs on a device.</summary>
    public bool Advertises(NetDevice device) => _advertisers.Exists(a => ReferenceEquals(a.Device, device));

    internal void Register(RouterAdvertiser advertiser) => _advertisers.Add(advertiser);

    internal void Unregister(RouterAdvertiser advertiser) => _advertisers.Remove(advertiser);

    /// <summary>True if packets of a device are taken.</summary>
    internal static bool IsEnabled(NetDevice device) => device.IPv6 is { IsEnabled: true };

    /// <summary>addrconf_notify: up, down, carrier, MTU, or disable_ipv6 written.</summary>
    internal void DeviceStateChanged(NetDevice device)
    {
        InterfaceSettings settings = Namespace.SettingsOf(device);
        bool wanted = device.IsUp && Namespace.Settings.IPv6Enabled && !settings.DisableIPv6
            && device.Mtu >= IPv6Interface.MinimumMtu;
        if (!wanted)
        {
            if (device.IPv6 is { IsEnabled: true } enabled)
            {
                SwitchOff(enabled);
            }
            else if (!device.IsUp)
            {
                Routes.DeviceDown(device, removeLocal: true);
            }

            return;
        }

        IPv6Interface own = InterfaceFor(device);
        if (!own.IsEnabled)
        {
            SwitchOn(own);
        }

        if (device.HasCarrier && !own.IsReady)
        {
            MakeReady(own);
        }
    }

    /// <summary>A device that is up has carrier again, perhaps on another switch, which must learn the groups anew.</summary>
    internal void CarrierGained(NetDevice device)
    {
        if (device.IPv6 is { IsEnabled: true, IsReady: true } own)
        {
            own.Listener.Announce();
        }
        else
        {
            DeviceStateChanged(device);
        }
    }

    internal void DeviceRemoved(NetDevice device)
    {
        foreach (DeviceAddress<IPv6Address> address in OfDevice(device))
        {
            RemoveOne(address);
        }

        if (device.IPv6 is { } own)
        {
            if (own.IsEnabled)
            {
                SwitchOff(own);
            }

            own.DiscoveryOrNull?.Stop();
            device.IPv6 = null;
        }

        foreach (RouterAdvertiser advertiser in _advertisers.Where(a => ReferenceEquals(a.Device, device)).ToArray())
        {
            advertiser.Stop();
        }

        Routes.DeviceDown(device, removeLocal: true);
        Neighbours.Flush(device, keepPermanent: false);
    }

    /// <summary>dev_forward_change: routers listen for routers, and own the anycast address of each prefix.</summary>
    internal void ForwardingChanged(NetDevice device, bool forwards)
    {
        if (device.IPv6 is not { IsEnabled: true } own)
        {
            return;
        }

        JoinRouterGroups(own, forwards);
        foreach (DeviceAddress<IPv6Address> address in OfDevice(device))
        {
            if (forwards && !address.IsTentative)
            {
                AddAnycast(address);
            }
            else if (!forwards)
            {
                RemoveAnycast(address);
            }
        }

        if (forwards)
        {
            // rt6_purge_dflt_routers: a router takes no default route from an advertisement, but for accept_ra=2.
            own.DiscoveryOrNull?.BecameRouter();
        }
    }

    internal long CountHeldFrames() => Neighbours.CountHeldFrames() + (_reassembly?.HeldFrames ?? 0);

    internal void Destroy()
    {
        _reassembly?.Clear();
        foreach (DeviceAddress<IPv6Address> address in _addresses)
        {
            if (address.Timer is not null)
            {
                Namespace.Node.Cancel(address.Timer);
            }
        }

        foreach (RouterAdvertiser advertiser in _advertisers.ToArray())
        {
            advertiser.Cancel();
        }

        _addresses.Clear();
    }

    /// <summary>The identification of the next packet that is fragmented.</summary>
    internal uint NextIdentification() => ++_identification;

    private IPv6Interface InterfaceFor(NetDevice device) => device.IPv6 ??= new IPv6Interface(this, device);

    private void SwitchOn(IPv6Interface own)
    {
        own.IsEnabled = true;
        own.IsReady = false;
        NetDevice device = own.Device;
        Routes.DeviceUp(device);
        own.Listener.Join(IPv6Address.InterfaceLocalAllNodes);
        own.Listener.Join(IPv6Address.AllNodes);
        if (own.IsRouter)
        {
            // A new device joins one of the three groups only (ipv6_add_dev).
            own.ListensAsRouter = true;
            own.Listener.Join(IPv6Address.AllRouters);
        }

        if (device.IsLoopback)
        {
            AddAddress(device, new InterfaceAddress<IPv6Address>(IPv6Address.Loopback, 128));
        }

        // Addresses that were given while the device was down (fixup_permanent_addr).
        foreach (DeviceAddress<IPv6Address> address in OfDevice(device))
        {
            AddConnectedRoute(address);
            JoinSolicitedNode(own, address.Address);
        }

        own.Listener.Announce();
    }

    private void SwitchOff(IPv6Interface own)
    {
        NetDevice device = own.Device;
        foreach (DeviceAddress<IPv6Address> address in OfDevice(device))
        {
            // Addresses go when the device goes down, unless keep_addr_on_down; those set by hand return by hand only.
            RemoveOne(address);
        }

        own.DiscoveryOrNull?.Stop();
        own.IsEnabled = false;
        own.IsReady = false;
        JoinRouterGroups(own, join: false);

        own.Listener.Leave(IPv6Address.AllNodes);
        own.Listener.Leave(IPv6Address.InterfaceLocalAllNodes);
        own.Listener.Stop();
        Routes.DeviceDown(device, removeLocal: true);
        Neighbours.Flush(device, keepPermanent: false);
    }

    /// <summary>The device may send: it makes its link-local address, and addresses that wait are tried.</summary>
    private void MakeReady(IPv6Interface own)
    {
        own.IsReady = true;
        NetDevice device = own.Device;
        if (!device.IsLoopback)
        {
            // addrconf_add_mroute: what is for a group leaves by a device that can send.
            Routes.Add(
                new Route<IPv6Address>
                {
                    Prefix = new Prefix<IPv6Address>(new IPv6Address(0xFFUL << 56, 0), 8),
                    Type = RouteType.Multicast,
                    Protocol = RouteProtocol.Kernel,
                    Metric = ConnectedMetric,
                    NextHop = new NextHop<IPv6Address>(device, default, hasGateway: false),
                },
                RouteTable<IPv6Address>.LocalId,
                place: RoutePlace.Last);
        }

        if (!device.IsLoopback && device.HasLinkLayer && own.Settings.AddressGenerationMode == 0
            && own.LinkLocal(tentativeToo: true).IsUnspecified)
        {
            AddAddress(device, new InterfaceAddress<IPv6Address>(IPv6Address.LinkLocal(device.InterfaceIdentifier), 64));
        }

        foreach (DeviceAddress<IPv6Address> address in OfDevice(device))
        {
            if (address.IsTentative && !address.IsDadFailed)
            {
                StartDetection(address);
            }
        }
    }

    private static void JoinRouterGroups(IPv6Interface own, bool join)
    {
        if (own.ListensAsRouter == join)
        {
            return;
        }

        own.ListensAsRouter = join;
        // ff01::2, ff02::2 and ff05::2 (RFC 4291 section 2.8).
        foreach (ulong scope in stackalloc ulong[] { 0xFF01, 0xFF02, 0xFF05 })
        {
            IPv6Address group = new(scope << 48, 2);
            if (join)
            {
                own.Listener.Join(group);
            }
            else
            {
                own.Listener.Leave(group);
            }
        }
    }
}
