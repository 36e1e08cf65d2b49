using Netemu.Core.Addresses;
using Netemu.Core.Time;
using Netemu.Engine.Devices;

namespace Netemu.Engine.Routing;

/// <summary>An address of a device (ip addr).</summary>
public sealed class DeviceAddress<TAddress>(NetDevice device, InterfaceAddress<TAddress> address, RouteScope scope)
    where TAddress : struct, IIPAddress<TAddress>
{
    public NetDevice Device { get; } = device;

    public TAddress Address => InterfaceAddress.Address;

    public InterfaceAddress<TAddress> InterfaceAddress { get; } = address;

    public RouteScope Scope { get; } = scope;

    /// <summary>The other end of a point-to-point address; the own address otherwise.</summary>
    public TAddress Peer { get; init; } = address.Address;

    /// <summary>True if the prefix lies around the peer and not around the own address.</summary>
    public bool HasPeer => !Peer.Equals(Address);

    /// <summary>The broadcast address that was given (IPv4), or unspecified.</summary>
    public TAddress Broadcast { get; init; }

    /// <summary>The label: the device's name, or that with a suffix (IPv4).</summary>
    public string Label { get; set; } = device.Name;

    /// <summary>What is on the link by this address.</summary>
    public Prefix<TAddress> OnLinkPrefix => new(Peer, InterfaceAddress.Length);

    /// <summary>A second address of a prefix that the device has already; it goes when the first one goes.</summary>
    public bool IsSecondary { get; internal set; }

    /// <summary>The address must not be used as long as duplicate address detection runs (IPv6).</summary>
    public bool IsTentative { get; internal set; }

    /// <summary>Another node has the address: it stays tentative for ever (IPv6).</summary>
    public bool IsDadFailed { get; internal set; }

    /// <summary>Duplicate address detection is left out (`nodad`).</summary>
    public bool NoDad { get; init; }

    /// <summary>The metric of the prefix route (ifa_rt_priority, IPv4).</summary>
    public uint Metric { get; set; }

    /// <summary>No prefix route is made (`noprefixroute`).</summary>
    public bool NoPrefixRoute { get; init; }

    /// <summary>Made from an advertised prefix; temporary addresses may be made from it (`mngtmpaddr`).</summary>
    public bool IsAutomatic { get; init; }

    /// <summary>Until when the address is preferred; never ends for one set by hand.</summary>
    public SimTime PreferredUntil { get; set; } = SimTime.Never;

    /// <summary>Until when the address lives.</summary>
    public SimTime ValidUntil { get; set; } = SimTime.Never;

    /// <summary>The preferred lifetime is over: not for new connections.</summary>
    public bool IsDeprecated { get; internal set; }

    /// <summary>Runs the detection, then the lifetimes; null if neither is needed.</summary>
    internal TimerEntry? Timer { get; set; }
}
