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

    /// <summary>The share of flows, from 1 to 256.</summary>
    public int Weight { get; } = weight;

    /// <summary>The gateway is taken as being on the link whatever the routes say.</summary>
    public bool OnLink { get; } = onLink;

    /// <summary>RTNH_F_DEAD: the device is down; such a member of a group is passed over.</summary>
    public bool IsDead { get; internal set; }

    internal bool IsLike(NextHop<TAddress> other) =>
        ReferenceEquals(Device, other.Device) && HasGateway == other.HasGateway && Gateway.Equals(other.Gateway)
        && Weight == other.Weight && OnLink == other.OnLink;

    /// <summary>The gateway's neighbour entry, kept here so that forwarding needs no lookup; may be stale.</summary>
    internal NeighbourEntry<TAddress>? Neighbour;
}
