using Netemu.Core.Addresses;

namespace Netemu.Bgp.Mrt;

/// <summary>A route of a table dump.</summary>
/// <param name="Prefix">The destination.</param>
/// <param name="Attributes">Path attributes with four-octet AS numbers, as they stand in the file.</param>
/// <param name="PeerAddress">The collector's peer that told it.</param>
/// <param name="PeerAs">That peer's AS.</param>
/// <param name="PathId">Its path identifier, or 0.</param>
public readonly record struct MrtRoute(
    InternetPrefix Prefix, byte[] Attributes, InternetAddress PeerAddress, uint PeerAs, uint PathId);
