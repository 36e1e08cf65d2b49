using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Peering;

/// <summary>One BGP session of one node, with what BIRD's configuration would say of it.</summary>
public sealed record BgpPeering(PeeringOrigin Origin, InternetAddress LocalAddress, InternetAddress PeerAddress)
{
    /// <summary>BIRD's protocol name: Mesh_10_0_0_12, Global_..., Node_....</summary>
    public string Name => (Origin switch
    {
        PeeringOrigin.Mesh => "Mesh_",
        PeeringOrigin.GlobalPeer => "Global_",
        _ => "Node_",
    }) + PeerAddress.ToString().Replace('.', '_').Replace(':', '_') + (IsPortGiven ? $"_port_{PeerPort}" : string.Empty);

    /// <summary>The BGPPeer names a port: it becomes part of the protocol's name.</summary>
    public bool IsPortGiven { get; init; }

    /// <summary>The BGPPeer that made the session; null for the mesh.</summary>
    public string? Resource { get; init; }

    /// <summary>The Calico node at the other end; null for a foreign router.</summary>
    public string? PeerNode { get; init; }

    public ushort PeerPort { get; init; } = BgpConfiguration.DefaultListenPort;

    public uint LocalAs { get; init; }

    /// <summary>The BGPPeer names a local AS number, be it the node's own.</summary>
    public bool IsLocalAsGiven { get; init; }

    public uint PeerAs { get; init; }

    public bool IsExternal => LocalAs != PeerAs;

    /// <summary>Bind to the local address; false leaves the choice to the system.</summary>
    public bool UsesNodeIP { get; init; } = true;

    /// <summary>The other side connects. Between two nodes, the one whose peer has the textually greater address waits.</summary>
    public bool IsPassive { get; init; }

    /// <summary>This node reflects to the peer, with <see cref="ClusterId"/>.</summary>
    public bool IsReflectorClient { get; init; }

    public IPv4Address? ClusterId { get; init; }

    public NextHopMode NextHopMode { get; init; }

    public string? Password { get; init; }

    /// <summary>The graceful restart time.</summary>
    public Duration MaxRestartTime { get; init; } = Duration.FromSeconds(120);

    public Duration? KeepaliveTime { get; init; }

    public int? AllowedLocalAsNumbers { get; init; }

    public int? TtlSecurity { get; init; }

    /// <summary>The restart time was written down: else BIRD's own default stands.</summary>
    public bool IsRestartTimeGiven { get; init; }

    /// <summary>The BGPFilters of the session, in order.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>A gateway through which the peer is reached: a static host route.</summary>
    public InternetAddress? ReachableBy { get; init; }

    /// <summary>Asked in order, the first match wins; nothing matched: rejected.</summary>
    public IReadOnlyList<BgpFilterRule> Export { get; init; } = [];

    /// <summary>Asked in order, the first match wins; nothing matched: accepted.</summary>
    public IReadOnlyList<BgpFilterRule> Import { get; init; } = [];
}
