using System.Collections.Generic;
using Netemu.Bgp.Mrt;
using Netemu.Core.Addresses;

namespace Netemu.Topologies.Model;

/// <summary>A BGP speaker of a node. With <see cref="ConfigFile"/> FRR's own file says the rest.</summary>
public sealed class BgpSpec : Spec
{
    public uint Asn { get; internal set; }

    /// <summary>Null: the highest address of the node, as daemons choose.</summary>
    public IPv4Address? RouterId { get; internal set; }

    public string? ConfigFile { get; internal set; }

    /// <summary>The text of <see cref="ConfigFile"/>.</summary>
    public string? ConfigText { get; internal set; }

    /// <summary>An MRT table dump whose routes begin at this speaker.</summary>
    public string? TableFile { get; internal set; }

    /// <summary>The routes of <see cref="TableFile"/>: the first one of each prefix, in the order of the file.</summary>
    public IReadOnlyList<MrtRoute> Table { get; internal set; } = [];

    public BgpTimersSpec Timers { get; internal set; } = new();

    public BgpTransport Transport { get; internal set; }

    public ServiceTimeModel ServiceTime { get; internal set; }

    public IReadOnlyList<BgpNeighborSpec> Neighbors { get; internal set; } = [];

    /// <summary>Ranges from which sessions are accepted without a configured neighbour.</summary>
    public IReadOnlyList<BgpListenSpec> Listen { get; internal set; } = [];

    public IReadOnlyList<BgpNetworkSpec> Networks { get; internal set; } = [];

    public IReadOnlyList<BgpAggregateSpec> Aggregates { get; internal set; } = [];

    public IReadOnlyList<BgpRedistribution> Redistribute { get; internal set; } = [];

    public IReadOnlyList<BgpPolicySpec> Policies { get; internal set; } = [];

    /// <summary>The cluster id of a route reflector.</summary>
    public IPv4Address? ClusterId { get; internal set; }

    public int? MaximumPaths { get; internal set; }

    public int? MaximumPathsIbgp { get; internal set; }

    public BgpBestPathSpec BestPath { get; internal set; } = new();

    public BgpGracefulRestartSpec? GracefulRestart { get; internal set; }

    /// <summary>RFC 8212: eBGP without a policy neither sends nor takes routes.</summary>
    public bool? EbgpRequiresPolicy { get; internal set; }

    /// <summary>The default local preference.</summary>
    public uint? LocalPreference { get; internal set; }

    /// <summary>Route flap damping; null for none.</summary>
    public BgpDampingSpec? Damping { get; internal set; }

    /// <summary>The confederation that <see cref="Asn"/> is a member of (RFC 5065); null for none.</summary>
    public BgpConfederationSpec? Confederation { get; internal set; }

    /// <summary>Monitoring stations (RFC 7854).</summary>
    public IReadOnlyList<BgpStationSpec> Stations { get; internal set; } = [];

    /// <summary>The router is about to be taken out (RFC 8326).</summary>
    public bool GracefulShutdown { get; internal set; }

    /// <summary>Whether routes with GRACEFUL_SHUTDOWN lose their preference (the default).</summary>
    public bool? HonorGracefulShutdown { get; internal set; }

    /// <summary>Whether a reflector passes routes between its clients (the default).</summary>
    public bool? ClientToClient { get; internal set; }

    /// <summary>Whether best paths go into the node's routing table (the default).</summary>
    public bool InstallRoutes { get; internal set; } = true;
}
