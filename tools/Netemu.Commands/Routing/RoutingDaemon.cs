using System;
using System.Collections.Generic;
using Netemu.Bgp;
using Netemu.Bgp.Bfd;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Topologies.Bgp;

namespace Netemu.Commands.Routing;

/// <summary>A node's routing daemon as vtysh and birdc see it.</summary>
public sealed record RoutingDaemon(BgpSpeaker Speaker)
{
    /// <summary>What has happened to its sessions; null if nobody noted it.</summary>
    public SessionLog? Log { get; init; }

    /// <summary>Its BFD sessions.</summary>
    public IEnumerable<BfdSession> Bfd { get; init; } = [];

    /// <summary>What it has given the tables of a prefix; null for nothing.</summary>
    public Func<InternetPrefix, BgpRoute?>? Installed { get; init; }

    /// <summary>The next hops that it has given for a prefix.</summary>
    public Func<InternetPrefix, IReadOnlyList<FibNextHop>>? NextHops { get; init; }

    /// <summary>The metrics of its routes in MAIN are administrative distances.</summary>
    public bool HasDistances { get; init; }

    /// <summary>Its configuration in FRR's words; null for a router that has none.</summary>
    public Func<FrrConfiguration>? Model { get; init; }

    /// <summary>Runs configuration lines; null, or what vtysh says of the first line that is not known.</summary>
    public Func<IReadOnlyList<string>, string?>? Configure { get; init; }
}
