using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>A Calico node: its addresses with their subnets, and its place in BGP.</summary>
public sealed record Node(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.Node;

    public InterfaceAddress<IPv4Address>? IPv4Address { get; init; }

    public InterfaceAddress<IPv6Address>? IPv6Address { get; init; }

    /// <summary>The node's AS; null for BGPConfiguration's.</summary>
    public uint? AsNumber { get; init; }

    /// <summary>A node with a cluster id is a route reflector and leaves the mesh.</summary>
    public IPv4Address? RouteReflectorClusterId { get; init; }

    public IPv4Address? IPv4IpipTunnelAddress { get; init; }

    public IPv4Address? IPv4VxlanTunnelAddress { get; init; }

    public IPv6Address? IPv6VxlanTunnelAddress { get; init; }

    public MacAddress? VxlanTunnelMac { get; init; }
}
