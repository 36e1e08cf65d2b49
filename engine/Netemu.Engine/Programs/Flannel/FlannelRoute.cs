using Netemu.Core.Addresses;

namespace Netemu.Engine.Programs.Flannel;

/// <summary>Which machine a subnet of pods is on: where packets for it are sent (struct route_entry).</summary>
public sealed record FlannelRoute(Prefix<IPv4Address> Subnet, IPv4Address NextHop, ushort Port = FlannelUdpProxy.WellKnownPort);
