using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <summary>What a file comes to: the speaker, and what the router around it has to do for it.</summary>
public sealed record FrrCompiled(BgpSpeakerConfiguration Speaker)
{
    /// <summary>Networks that are announced only while a route to them exists ("bgp network import-check").</summary>
    public IReadOnlyList<BgpNetwork> CheckedNetworks { get; init; } = [];

    /// <summary>What distances its routes have in the FIB; null for a router that came from elsewhere and says nothing of them.</summary>
    public FrrDistances? Distances { get; init; }

    /// <summary>The tags of static routes, each of the nearest one to its prefix.</summary>
    public IReadOnlyDictionary<InternetPrefix, uint> Tags { get; init; } = new Dictionary<InternetPrefix, uint>();

    public IReadOnlyList<FrrRedistribution> Redistributions { get; init; } = [];
}
