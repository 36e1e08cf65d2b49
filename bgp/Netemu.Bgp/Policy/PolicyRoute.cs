using Netemu.Bgp.Attributes;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Policy;

/// <summary>The route that a policy looks at, with the builder that its actions change.</summary>
public readonly record struct PolicyRoute(InternetPrefix Prefix, PathAttributesBuilder Attributes)
{
    /// <summary>The neighbour that the route came from, or none if it begins here.</summary>
    public InternetAddress Source { get; init; }

    /// <summary>
    /// The neighbour that the route is received from; none on export, as its result is shared by a group.
    /// </summary>
    public InternetAddress Neighbor { get; init; }

    /// <summary>How the route was learned.</summary>
    public PolicyRouteSource Origin { get; init; }

    public uint LocalAs { get; init; }

    /// <summary>The interface that a redistributed route leads out of; null for any other.</summary>
    public string? Interface { get; init; }

    /// <summary>A path of the table as a policy on the way out sees it.</summary>
    internal static PolicyRoute Of(in RibPath path, InternetPrefix prefix, PathAttributesBuilder attributes, IRibPeers peers, uint localAs) =>
        new(prefix, attributes)
        {
            Source = path.Peer == RouteTable.LocalPeer ? default : peers.AddressOf(path.Peer),
            Origin = (path.Flags & PathFlags.Local) != 0 ? PolicyRouteSource.Local
                : (path.Flags & PathFlags.Internal) != 0 ? PolicyRouteSource.Internal
                : PolicyRouteSource.External,
            LocalAs = localAs,
        };
}
