using Netemu.Core.Addresses;

namespace Netemu.Felix.Messages;

/// <summary>A node's VXLAN endpoint: the static ARP and FDB entries of vxlan.calico follow from it.</summary>
public sealed record VxlanTunnelEndpointUpdate(string Node, IPv4Address TunnelAddress, MacAddress Mac, IPv4Address NodeAddress)
    : DataplaneMessage;
