using System.Collections.Generic;
using Netemu.Calico.Selectors;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Calico.Resources;

/// <summary>Sessions of one node, of the nodes that a selector finds, or of all nodes, with an address or with other nodes.</summary>
public sealed record BgpPeer(ObjectMetadata Metadata) : Resource(Metadata)
{
    public override ResourceKind Kind => ResourceKind.BgpPeer;

    public string? Node { get; init; }

    public Selector? NodeSelector { get; init; }

    public InternetAddress? PeerIP { get; init; }

    public ushort PeerPort { get; init; } = BgpConfiguration.DefaultListenPort;

    public uint? AsNumber { get; init; }

    public uint? LocalAsNumber { get; init; }

    /// <summary>The nodes to peer with; sessions are made in both directions.</summary>
    public Selector? PeerSelector { get; init; }

    public NextHopMode NextHopMode { get; init; }

    /// <summary>False for sourceAddress None: the system chooses the source.</summary>
    public bool UsesNodeIP { get; init; } = true;

    public string? Password { get; init; }

    public Duration MaxRestartTime { get; init; } = Duration.FromSeconds(120);

    public Duration? KeepaliveTime { get; init; }

    public int? AllowedLocalAsNumbers { get; init; }

    public int? TtlSecurity { get; init; }

    public InternetAddress? ReachableBy { get; init; }

    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>False for reversePeering Manual: the peers of peerSelector do not peer back by themselves.</summary>
    public bool ReversePeering { get; init; } = true;
}
