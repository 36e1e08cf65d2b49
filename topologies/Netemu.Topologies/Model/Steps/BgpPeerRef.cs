using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model.Steps;

/// <summary>The other end of a BGP session: an address, an interface of an unnumbered session, or a node's name.</summary>
public readonly record struct BgpPeerRef(InternetAddress? Address, string? Name)
{
    public override string ToString() => Address?.ToString() ?? Name ?? string.Empty;
}
