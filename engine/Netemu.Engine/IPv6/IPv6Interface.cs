using System;
using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;

namespace Netemu.Engine.IPv6;

/// <summary>
/// IPv6 on one device (the kernel's inet6_dev): whether it is on, which groups are listened to, and what routers have
/// said. Addresses and routes are the stack's.
/// </summary>
public sealed class IPv6Interface
{
    /// <summary>IPV6_MIN_MTU: a device with less speaks no IPv6 (RFC 8200 section 5).</summary>
    public const int MinimumMtu = 1280;

    private RouterDiscovery? _discovery;

    internal IPv6Interface(IPv6Stack stack, NetDevice device)
    {
        Stack = stack;
        Device = device;
        OnLink = new NextHop<IPv6Address>(device, default, hasGateway: false);
        Listener = new MulticastListener(this);
    }

    public NetDevice Device { get; }

    /// <summary>The groups of this device.</summary>
    public MulticastListener Listener { get; }

    /// <summary>IPv6 is switched on and the device is up: packets are taken.</summary>
    public bool IsEnabled { get; internal set; }

    /// <summary>IF_READY: there has been carrier since the device came up, so that addresses could be tried.</summary>
    public bool IsReady { get; internal set; }

    /// <summary>The largest packet: the device's MTU, or less if an advertisement or a sysctl says so.</summary>
    public int Mtu
    {
        get
        {
            int limit = Settings.MtuIPv6;
            return limit > 0 && limit < Device.Mtu ? limit : Device.Mtu;
        }
    }

    /// <summary>What routers have said, and the search for them; made on first use.</summary>
    public RouterDiscovery Discovery => _discovery ??= new RouterDiscovery(this);

    internal RouterDiscovery? DiscoveryOrNull => _discovery;

    /// <summary>The device listens to the groups of routers.</summary>
    internal bool ListensAsRouter { get; set; }

    internal IPv6Stack Stack { get; }

    /// <summary>Whoever is on the link, reached directly.</summary>
    internal NextHop<IPv6Address> OnLink { get; }

    internal InterfaceSettings Settings => Stack.Namespace.SettingsOf(Device);

    /// <summary>The device forwards as a router does: its advertisements say so, others' are not for it.</summary>
    internal bool IsRouter => Settings.ForwardingIPv6;

    /// <summary>RETRANS_TIME, at least 10 ms (HZ/100).</summary>
    internal Duration RetransmitTime => Duration.FromMilliseconds(Math.Max(Settings.NeighboursIPv6.RetransmitTime, 10));

    /// <summary>The link-local address that may be used now; unspecified if there is none.</summary>
    public IPv6Address LinkLocalAddress => LinkLocal();

    /// <summary>
    /// The link-local address to speak from (ipv6_get_lladdr); none while it is tentative, unless that does not matter.
    /// </summary>
    internal IPv6Address LinkLocal(bool tentativeToo = false)
    {
        foreach (DeviceAddress<IPv6Address> address in Stack.Addresses)
        {
            if (ReferenceEquals(address.Device, Device) && address.Address.IsLinkLocal && (tentativeToo || !address.IsTentative))
            {
                return address.Address;
            }
        }

        return default;
    }
}
