using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>A next hop to resolve: the global address and, from neighbours on the link, the link-local one.</summary>
public readonly record struct BgpNextHop(InternetAddress Address, IPv6Address LinkLocal, InternetAddress Peer);
