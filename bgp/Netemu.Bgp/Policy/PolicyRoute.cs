using Netemu.Bgp.Attributes;
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
}
