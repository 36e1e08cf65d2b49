using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Resources;

/// <summary>One rule of a filter; everything that is given must hold.</summary>
public sealed record BgpFilterRule(bool Accept)
{
    public PrefixMatchOperator? MatchOperator { get; init; }

    public InternetPrefix? Cidr { get; init; }

    public int? PrefixLengthMin { get; init; }

    public int? PrefixLengthMax { get; init; }

    /// <summary>Only routes that were learnt from a peer.</summary>
    public bool FromRemotePeers { get; init; }

    public string? Interface { get; init; }

    /// <summary>eBGP sessions only (true), iBGP only (false), or both.</summary>
    public bool? External { get; init; }

    public string? Community { get; init; }

    public IReadOnlyList<uint> AsPathPrefix { get; init; } = [];

    public int? Priority { get; init; }

    public IReadOnlyList<BgpFilterOperation> Operations { get; init; } = [];
}
