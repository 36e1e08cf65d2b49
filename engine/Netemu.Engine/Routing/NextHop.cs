using Netemu.Core.Addresses;
using Netemu.Engine.Devices;
using Netemu.Engine.Neighbours;

namespace Netemu.Engine.Routing;

/// <summary>Where a route leads: a device, and the gateway on it or none for what is on the link.</summary>
public sealed class NextHop<TAddress>(NetDevice? device, TAddress gateway, bool hasGateway, int weight = 1, bool onLink = false)
    where TAddress : struct, IIPAddress<TAddress>
{
    /// <summary>The way out; null only for routes that lead nowhere (blackhole and its kin).</summary>
    public NetDevice? Device { get; } = device;

    public TAddress Gateway { get; } = gateway;

    public bool HasGateway { get; } = hasGateway;

    /// <summary>
    /// The IPv6 gateway of an IPv4 route (RFC 8950, RTA_VIA); unspecified for none. <see cref="HasGateway"/> is false then.
    /// </summary>
    public IPv6Address ViaIPv6 { get; init; }

    /// <summary>Destinations are on the link itself: there is no gateway of either family.</summary>
    public bool IsDirect => !HasGateway && ViaIPv6.IsUnspecified;

    /// <summary>The share of flows, from 1 to 256.</summary>
    public int Weight { get; } = weight;

    /// <summary>The gateway is taken as being on the link whatever the routes say.</summary>
    public bool OnLink { get; } = onLink;

    /// <summary>
    /// RTNH_F_DEAD: the device is down, or without carrier where ignore_routes_with_linkdown is set; such a hop is passed over.
    /// </summary>
    public bool IsDead { get; internal set; }

    /// <summary>True if both lead the same way with the same weight.</summary>
    public bool IsLike(NextHop<TAddress> other) =>
        ReferenceEquals(Device, other.Device) && HasGateway == other.HasGateway && Gateway.Equals(other.Gateway)
        && Weight == other.Weight && OnLink == other.OnLink && ViaIPv6 == other.ViaIPv6;

    /// <summary>The gateway in the words of `ip route`: "via 10.0.0.1", "via inet6 fe80::1"; empty for none.</summary>
    public string GatewayText => HasGateway ? $"via {Gateway}" : ViaIPv6.IsUnspecified ? string.Empty : $"via inet6 {ViaIPv6}";

    /// <summary>The gateway's neighbour entry, kept here so that forwarding needs no lookup; may be stale.</summary>
    internal NeighbourEntry<TAddress>? Neighbour;
}
