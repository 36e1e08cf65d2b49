using Netemu.Bgp.Attributes;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Rib;

/// <summary>All that the decision process wants to know of an eligible path.</summary>
public readonly record struct DecisionCandidate(PathAttributes Attributes)
{
    public bool IsLocal { get; init; }

    /// <summary>From an internal peer, or from another member AS of the confederation (RFC 5065 section 5.3).</summary>
    public bool IsInternal { get; init; }

    /// <summary>BGP Identifier of the peer.</summary>
    public IPv4Address PeerIdentifier { get; init; }

    public InternetAddress PeerAddress { get; init; }

    public uint IgpMetric { get; init; }

    public uint PathId { get; init; }

    /// <summary>It is the best path as things stand; what has changed may be its attributes.</summary>
    public bool WasBest { get; init; }

    /// <summary>When the path came, as a number that grows; 0 where nobody asks.</summary>
    public uint Arrival { get; init; }

    /// <summary>ORIGINATOR_ID if there is one, else the identifier of the peer (RFC 4456 section 9).</summary>
    public IPv4Address RouterId => Attributes.TryGetOriginatorId(out IPv4Address id) ? id : PeerIdentifier;
}
