using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp;

/// <summary>A prefix that begins at this speaker, with the attributes it shall have.</summary>
public sealed record BgpNetwork(InternetPrefix Prefix)
{
    /// <summary>IGP for "network", Incomplete for what is redistributed.</summary>
    public Origin Origin { get; init; }

    public uint? Med { get; init; }

    /// <summary>Gives the route its attributes; null leaves those above. A rejected route is not announced.</summary>
    public RoutePolicy? Policy { get; init; }

    /// <summary>The interface of a redistributed route, for its policy; null for any other.</summary>
    public string? Interface { get; init; }

    public uint? LocalPref { get; init; }

    /// <summary>What the route weighs on this router; FRR gives 32768 to its own.</summary>
    public ushort Weight { get; init; }

    /// <summary>The tag of a redistributed route, for its policy; 0 for none.</summary>
    public uint Tag { get; init; }

    /// <summary>Unspecified for the speaker itself.</summary>
    public InternetAddress NextHop { get; init; }

    public IReadOnlyList<uint> AsPath { get; init; } = [];

    public IReadOnlyList<Community> Communities { get; init; } = [];

    public IReadOnlyList<LargeCommunity> LargeCommunities { get; init; } = [];
}
