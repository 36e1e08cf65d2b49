using Netemu.Core.Addresses;
using Netemu.Engine.Devices;

namespace Netemu.Topologies.Bgp;

/// <summary>A next hop of BGP as the FIB wants it: an address and, for one that has a meaning on one link only, the link.</summary>
public readonly record struct FibNextHop(InternetAddress Address, NetDevice? Device);
