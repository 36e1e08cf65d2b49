using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>"redistribute connected|static|kernel": whose routes, of which family, through which policy.</summary>
public sealed record FrrRedistribution(string Source, AddressFamily Family)
{
    public string? RouteMap { get; init; }

    public uint? Metric { get; init; }

    /// <summary>It came from elsewhere than FRR's words, and gives its routes nothing.</summary>
    public bool IsGiven { get; init; }

    /// <summary>The route map, compiled; null for none.</summary>
    public RoutePolicy? Policy { get; init; }
}
