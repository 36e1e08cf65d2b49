using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>Neighbours that are made when they connect from inside a prefix.</summary>
public readonly record struct BgpNeighborRange(InternetPrefix Prefix, BgpNeighborConfiguration Configuration)
{
    /// <summary>The most neighbours at a time; 0 for no limit.</summary>
    public int Limit { get; init; }
}
