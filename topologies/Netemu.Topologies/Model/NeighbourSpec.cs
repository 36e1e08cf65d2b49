using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>A permanent neighbour entry, or a proxy entry, in the words of <c>ip neigh add</c>.</summary>
public sealed class NeighbourSpec : Spec
{
    public InternetAddress Address { get; internal set; }

    /// <summary>The link-layer address; null for a proxy entry.</summary>
    public MacAddress? Mac { get; internal set; }

    public string Device { get; internal set; } = string.Empty;

    public bool Proxy { get; internal set; }
}
