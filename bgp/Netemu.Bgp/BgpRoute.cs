using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>What a FIB wants to know of a best path besides its next hops.</summary>
/// <param name="Prefix">The destination.</param>
/// <param name="IsInternal">From an internal peer: administrative distance 200 rather than 20 in FRR.</param>
/// <param name="Med">MULTI_EXIT_DISC, which FRR makes the metric.</param>
public readonly record struct BgpRoute(InternetPrefix Prefix, bool IsInternal, uint Med)
{
    /// <summary>What this router has marked the route with, or 0.</summary>
    public uint Tag { get; init; }

    /// <summary>An aggregate of this speaker: what no route inside takes is dropped.</summary>
    public bool IsDiscard { get; init; }
}
