namespace Netemu.Bgp;

/// <summary>
/// A neighbour without an address: whoever advertises itself as a router on an interface's link ("neighbor eth1 interface").
/// Who knows the links makes a <see cref="BgpNeighbor"/> of it once the link-local address is known.
/// </summary>
public readonly record struct UnnumberedNeighbor(string Interface, BgpNeighborConfiguration Configuration);
