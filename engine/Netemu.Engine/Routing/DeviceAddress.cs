using Netemu.Core.Addresses;
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

    /// <summary>A second address of a prefix that the device has already; it goes when the first one goes.</summary>
    public bool IsSecondary { get; init; }

    /// <summary>The address must not be used as long as duplicate address detection runs (IPv6).</summary>
    public bool IsTentative { get; internal set; }
}
