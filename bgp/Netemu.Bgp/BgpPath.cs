using Netemu.Bgp.Attributes;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>A path in a RIB, as it is shown.</summary>
public readonly record struct BgpPath(InternetPrefix Prefix, PathAttributes Attributes)
{
    /// <summary>The attributes before import policy.</summary>
    public PathAttributes Received { get; init; } = Attributes;

    /// <summary>The neighbour that it came from; null if it begins here.</summary>
    public BgpSession? Peer { get; init; }

    /// <summary>The path identifier that it came with (RFC 7911).</summary>
    public uint PathId { get; init; }

    /// <summary>A number that grows with the arrival of the paths of one prefix: bgpd has the newest one first.</summary>
    public int Arrival { get; init; }

    public bool IsBest { get; init; }

    /// <summary>Shares the traffic with the best path.</summary>
    public bool IsMultipath { get; init; }

    /// <summary>Kept while its neighbour restarts.</summary>
    public bool IsStale { get; init; }

    public bool IsInternal { get; init; }

    /// <summary>What the way to its next hop costs.</summary>
    public uint Metric { get; init; }

    /// <summary>From another member AS of the confederation (RFC 5065).</summary>
    public bool IsConfederation { get; init; }

    /// <summary>Why it is the best, or which step took it out; None if it was rejected.</summary>
    public BestPathReason Reason { get; init; }

    /// <summary>Why it takes no part; None if it does.</summary>
    public PathRejection Rejection { get; init; }
}
