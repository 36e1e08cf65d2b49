using Netemu.Core.Addresses;

namespace Netemu.Topologies.Cluster;

/// <summary>A switch that machines of one subnet are plugged into, and the gateway that their default routes point to.</summary>
internal sealed record ClusterSegment(string Name, InternetPrefix Subnet, IPv4Address? Gateway, IPv6Address? IPv6Gateway);
