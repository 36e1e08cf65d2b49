using Netemu.Core.Addresses;

namespace Netemu.Bgp.Rib;

/// <summary>What the decision process must know of the peers and next hops that a RIB only has numbers of.</summary>
internal interface IRibPeers
{
    IPv4Address IdentifierOf(ushort peer);

    InternetAddress AddressOf(ushort peer);

    uint MetricOf(InternetAddress nextHop);

    /// <summary>True for a route that an aggregate stands for ("summary-only").</summary>
    bool IsSuppressed(AddressFamily family, int prefix);
}
