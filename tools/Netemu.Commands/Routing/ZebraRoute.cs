using System.Collections.Generic;
using Netemu.Core.Addresses;

namespace Netemu.Commands.Routing;

/// <summary>A route of zebra's table.</summary>
/// <param name="Prefix">Where to.</param>
/// <param name="Code">Whose it is: the letter before it in "show ip route".</param>
/// <param name="Distance">Its administrative distance.</param>
/// <param name="Metric">The daemon's own.</param>
/// <param name="Hops">The ways.</param>
internal sealed record ZebraRoute(InternetPrefix Prefix, char Code, int Distance, uint Metric, List<ZebraHop> Hops)
{
    /// <summary>It is the nearest of its prefix.</summary>
    public bool IsSelected { get; init; } = true;

    /// <summary>The kernel has it; a connected one comes from there, and so has it whether it is selected or not.</summary>
    public bool IsInstalled => IsSelected || Code == 'C';

    /// <summary>A BGP route from inside the AS.</summary>
    public bool IsInternal { get; init; }

    public uint Tag { get; init; }

    /// <summary>zebra_route_string.</summary>
    public string Name => Code switch
    {
        'C' => "connected",
        'S' => "static",
        'B' => "bgp",
        _ => "kernel",
    };
}
