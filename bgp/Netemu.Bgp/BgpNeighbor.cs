using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>A neighbour's address and how to speak to it.</summary>
public readonly record struct BgpNeighbor(InternetAddress Address, BgpNeighborConfiguration Configuration);
