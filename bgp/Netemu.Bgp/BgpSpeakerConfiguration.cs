using System.Collections.Generic;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Bmp;
using Netemu.Bgp.Damping;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>A BGP speaker: what "router bgp" says, and its neighbours and networks at the start.</summary>
public sealed record BgpSpeakerConfiguration
{
    public const ushort WellKnownPort = 179;

    public string Name { get; init; } = "";

    public required uint As { get; init; }

    /// <summary>
    /// The AS that the world outside sees (RFC 5065); 0 outside of a confederation. <see cref="As"/> is the member AS then.
    /// </summary>
    public uint ConfederationId { get; init; }

    /// <summary>The other member ASes whose routers are neighbours.</summary>
    public IReadOnlyList<uint> ConfederationPeers { get; init; } = [];

    /// <summary>The AS that neighbours outside know.</summary>
    public uint PublicAs => ConfederationId != 0 ? ConfederationId : As;

    public required IPv4Address RouterId { get; init; }

    /// <summary>The cluster of this route reflector; the router id if unspecified (RFC 4456 section 7).</summary>
    public IPv4Address ClusterId { get; init; }

    /// <summary>False where the clients are meshed among themselves (RFC 4456 section 10).</summary>
    public bool ClientToClientReflection { get; init; } = true;

    /// <summary>
    /// Export policy changes the attributes of reflected routes, too. False as bgpd has it: policy decides whether they go, and
    /// their attributes stay (RFC 4456 section 10 wants no change by default).
    /// </summary>
    public bool ReflectsWithPolicy { get; init; } = true;

    public BgpTimers Timers { get; init; } = BgpTimers.Of(TimerProfile.Rfc4271);

    public BestPathOptions BestPath { get; init; } = BestPathOptions.Default;

    /// <summary>Addresses to listen on; empty for every address.</summary>
    public IReadOnlyList<InternetAddress> Listen { get; init; } = [];

    public ushort Port { get; init; } = WellKnownPort;

    public IReadOnlyList<BgpNeighbor> Neighbors { get; init; } = [];

    /// <summary>Neighbours that are found on the links of interfaces; they join <see cref="Neighbors"/> when they are known.</summary>
    public IReadOnlyList<UnnumberedNeighbor> Unnumbered { get; init; } = [];

    /// <summary>Ranges whose addresses may connect without being configured one by one ("bgp listen range").</summary>
    public IReadOnlyList<BgpNeighborRange> NeighborRanges { get; init; } = [];

    public IReadOnlyList<BgpNetwork> Networks { get; init; } = [];

    public IReadOnlyList<BgpAggregate> Aggregates { get; init; } = [];

    /// <summary>LOCAL_PREF of routes that come without one.</summary>
    public uint DefaultLocalPref { get; init; } = PathAttributes.DefaultLocalPref;

    /// <summary>Routes with GRACEFUL_SHUTDOWN from external neighbours get LOCAL_PREF 0 (RFC 8326 section 4).</summary>
    public bool HonorsGracefulShutdown { get; init; } = true;

    /// <summary>
    /// This router is about to be taken out: its routes carry GRACEFUL_SHUTDOWN, and those from outside are its last choice (RFC
    /// 8326 section 4.2).
    /// </summary>
    public bool GracefulShutdown { get; init; }

    /// <summary>Routes with BLACKHOLE from external neighbours get NO_EXPORT (RFC 7999 section 3.2), as bgpd does.</summary>
    public bool KeepsBlackholesInside { get; init; }

    /// <summary>A neighbour that proposes less in its OPEN is refused ("bgp minimum-holdtime"), in seconds; 0 for no such limit.</summary>
    public ushort MinimumHoldTime { get; init; }

    /// <summary>The MULTI_EXIT_DISC of all that is sent, so that others are preferred ("bgp max-med"); null leaves each its own.</summary>
    public uint? MaximumMed { get; init; }

    /// <summary>The MULTI_EXIT_DISC of all that is sent in the time after the start; null for none.</summary>
    public StartupMed? StartupMed { get; init; }

    /// <summary>How often the conditions of <see cref="ConditionalExport"/> are looked at (60 s in FRR).</summary>
    public Duration ConditionInterval { get; init; } = Duration.FromSeconds(60);

    /// <summary>
    /// What goes into the FIB, and with which metric, tag and next hop ("table-map"); null for every best path as it is.
    /// </summary>
    public RoutePolicy? TablePolicy { get; init; }

    /// <summary>Route flap damping of external routes (RFC 2439); null for none.</summary>
    public FlapDamping? Damping { get; init; }

    /// <summary>Monitoring stations that are told of neighbours and their routes (RFC 7854).</summary>
    public IReadOnlyList<BmpStation> Stations { get; init; } = [];

    /// <summary>
    /// How long a speaker that restarts gracefully waits for its neighbours' End-of-RIB before it decides (RFC 4724
    /// section 4.1).
    /// </summary>
    public Duration SelectionDeferral { get; init; } = Duration.FromSeconds(360);
}
