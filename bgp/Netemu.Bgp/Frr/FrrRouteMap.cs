using System.Collections.Generic;
using Netemu.Bgp.Policy;

namespace Netemu.Bgp.Frr;

/// <summary>"route-map NAME": its entries by sequence number.</summary>
internal sealed class FrrRouteMap(string name)
{
    public string Name { get; } = name;

    /// <summary>"route-map NAME optimization", which makes a difference to nothing but what is shown.</summary>
    public bool IsOptimized { get; set; } = true;

    public SortedDictionary<int, FrrRouteMapEntry> Entries { get; } = [];

    /// <summary>How many routes have been through it.</summary>
    public PolicyCounter Invoked { get; } = new();
}
