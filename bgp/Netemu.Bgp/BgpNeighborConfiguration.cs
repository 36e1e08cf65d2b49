using Netemu.Bgp.Bfd;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp;

/// <summary>
/// How a neighbour is spoken to. It has no address of its own: a peer group of a thousand neighbours is one instance.
/// Immutable; compared by value.
/// </summary>
public sealed record BgpNeighborConfiguration
{
    /// <summary>
    /// The AS of the neighbour; the speaker's own makes it internal. 0 takes the AS that its OPEN names, as far as
    /// <see cref="AnyAs"/> lets it.
    /// </summary>
    public required uint RemoteAs { get; init; }

    /// <summary>What RemoteAs 0 accepts ("remote-as external", a listen range without an AS).</summary>
    public AnyAsMode AnyAs { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Waits for the neighbour to connect.</summary>
    public bool Passive { get; init; }

    /// <summary>Configured, but not started.</summary>
    public bool Shutdown { get; init; }

    /// <summary>Null for the timers of the speaker.</summary>
    public BgpTimers? Timers { get; init; }

    public bool IPv4Unicast { get; init; } = true;

    public bool IPv6Unicast { get; init; }

    /// <summary>The neighbour is a client of this route reflector (RFC 4456).</summary>
    public bool RouteReflectorClient { get; init; }

    public NextHopMode NextHop { get; init; }

    /// <summary>
    /// An external neighbour on the link of an IPv4 next hop is told that one (RFC 4271 section 5.1.3), and one elsewhere the
    /// speaker itself, a route server's client too; as bgpd does.
    /// </summary>
    public bool KeepsNextHopOnLink { get; init; }

    /// <summary>The next hop to announce as "self" for IPv6 when the session runs over IPv4.</summary>
    public InternetAddress LocalIPv6NextHop { get; init; }

    /// <summary>The link-local next hop to announce beside the global one (RFC 2545 section 3).</summary>
    public IPv6Address LinkLocalNextHop { get; init; }

    /// <summary>The AS that this neighbour sees instead of the speaker's; 0 for none.</summary>
    public uint LocalAs { get; init; }

    /// <summary>How often the own AS may occur in a path that is accepted.</summary>
    public int AllowedOwnAs { get; init; }

    /// <summary>A path that began in the own AS is accepted however often that stands in it ("allowas-in origin").</summary>
    public bool AllowsOwnOrigin { get; init; }

    /// <summary>The leftmost AS of an external neighbour's path must be its own (RFC 4271 section 6.3).</summary>
    public bool EnforceFirstAs { get; init; } = true;

    /// <summary>
    /// The AS of a local-as neighbour is not put into the paths that come from it ("local-as N no-prepend").
    /// </summary>
    public bool LocalAsNoPrepend { get; init; }

    /// <summary>The neighbour sees the local-as alone, not the speaker's AS behind it ("replace-as").</summary>
    public bool LocalAsReplaces { get; init; }

    public PrivateAsMode RemovePrivateAs { get; init; }

    /// <summary>The neighbour's AS is replaced by the speaker's own in what it is sent ("as-override").</summary>
    public bool AsOverride { get; init; }

    /// <summary>The neighbour is a client of this route server (RFC 7947): path and next hop are left alone.</summary>
    public bool RouteServerClient { get; init; }

    /// <summary>An external neighbour is told paths as they came, without this AS ("attribute-unchanged as-path").</summary>
    public bool KeepsAsPath { get; init; }

    /// <summary>An external neighbour is told the MULTI_EXIT_DISC that was received ("attribute-unchanged med").</summary>
    public bool KeepsMed { get; init; }

    /// <summary>What its routes weigh on this router; the first step of the decision in FRR.</summary>
    public ushort Weight { get; init; }

    /// <summary>The neighbour is sent a default route, whether there is one or not.</summary>
    public bool DefaultOriginate { get; init; }

    /// <summary>Sets the attributes of that default route; null for none.</summary>
    public RoutePolicy? DefaultOriginatePolicy { get; init; }

    /// <summary>RFC 8212: without a policy nothing is taken from, and nothing told to, an external neighbour.</summary>
    public bool RequiresPolicy { get; init; }

    /// <summary>Said in the NOTIFICATION of a shutdown (RFC 9003).</summary>
    public string ShutdownMessage { get; init; } = "";

    /// <summary>IPv4 routes may carry an IPv6 next hop (RFC 8950).</summary>
    public bool ExtendedNextHop { get; init; }

    /// <summary>
    /// What this speaker is to the neighbour (RFC 9234): routes that came from above or beside go down only. None says nothing.
    /// </summary>
    public BgpRole Role { get; init; }

    /// <summary>A neighbour that says no role of its own is refused (RFC 9234 section 4.2, strict mode).</summary>
    public bool RoleStrict { get; init; }

    /// <summary>The session goes down with the neighbour's BFD session (RFC 5882).</summary>
    public bool Bfd { get; init; }

    /// <summary>The times of its BFD session; null for FRR's defaults.</summary>
    public BfdParameters? BfdParameters { get; init; }

    /// <summary>Announce routes back to the neighbour that they came from, as FRR does to external ones.</summary>
    public bool SendBackToSender { get; init; }

    public CommunityKinds SendCommunities { get; init; } = CommunityKinds.All;

    /// <summary>Prefixes accepted per family before the session is closed with Cease/1; 0 for no limit.</summary>
    public int MaximumPrefixes { get; init; }

    /// <summary>Prefixes that were refused count, too ("maximum-prefix N force").</summary>
    public bool MaximumPrefixesCountsRefused { get; init; }

    /// <summary>Beyond the limit there is a word in the log and no more.</summary>
    public bool MaximumPrefixesWarningOnly { get; init; }

    /// <summary>After how long a session that met its limit is tried again; zero for never.</summary>
    public Duration MaximumPrefixesRestart { get; init; }

    public bool FourOctetAs { get; init; } = true;

    public bool RouteRefresh { get; init; } = true;

    public bool ExtendedMessages { get; init; } = true;

    /// <summary>Announce graceful restart (RFC 4724), and keep the routes of a neighbour that restarts.</summary>
    public bool GracefulRestart { get; init; }

    /// <summary>
    /// Keep the routes of a neighbour that restarts, and ask nobody to keep ours: the capability without a family.
    /// </summary>
    public bool GracefulRestartHelperOnly { get; init; }

    /// <summary>A NOTIFICATION or a hold timer is no end of the routes either (RFC 8538).</summary>
    public bool GracefulNotification { get; init; }

    /// <summary>
    /// After a restart our forwarding state is as it was (the F bit of RFC 4724): the neighbour keeps our routes once we are back.
    /// </summary>
    public bool PreservesForwarding { get; init; } = true;

    /// <summary>Seconds that the neighbour shall keep our routes while we restart.</summary>
    public ushort RestartTime { get; init; } = 120;

    /// <summary>How long stale routes may wait for End-of-RIB once the session is back.</summary>
    public Duration StaleTime { get; init; } = Duration.FromSeconds(360);

    /// <summary>
    /// Announce long-lived graceful restart (RFC 9494) beside <see cref="GracefulRestart"/>, keep the routes of a neighbour
    /// that asks for it beyond its restart time, and take routes with LLGR_STALE from it.
    /// </summary>
    public bool LongLivedGracefulRestart { get; init; }

    /// <summary>Seconds for which the neighbour shall keep our routes beyond the restart time, 24 bits; 0 asks for nothing.</summary>
    public uint LongLivedStaleTime { get; init; }

    /// <summary>
    /// Tell an internal neighbour without the capability long-lived stale routes, too: with NO_EXPORT and LOCAL_PREF 0 (RFC 9494
    /// section 4.6). For one outside it changes nothing.
    /// </summary>
    public bool LongLivedPartialDeployment { get; init; }

    /// <summary>Receive several paths of a prefix (RFC 7911).</summary>
    public bool AddPathReceive { get; init; }

    /// <summary>Send every eligible path (RFC 7911).</summary>
    public bool AddPathSend { get; init; }

    /// <summary>Of the eligible paths only the best of each neighbouring AS ("addpath-tx-bestpath-per-AS").</summary>
    public bool AddPathBestOfAs { get; init; }

    /// <summary>Null accepts everything.</summary>
    public RoutePolicy? Import { get; init; }

    /// <summary>Null announces everything.</summary>
    public RoutePolicy? Export { get; init; }

    /// <summary>What of IPv4 is told by what else is in the table; null for all that <see cref="Export"/> lets through.</summary>
    public ConditionalExport? IPv4Condition { get; init; }

    /// <summary>The same for IPv6.</summary>
    public ConditionalExport? IPv6Condition { get; init; }

    /// <summary>
    /// Takes the place of <see cref="Export"/> for routes that an aggregate suppresses: what it accepts is told all the same.
    /// Null for none.
    /// </summary>
    public RoutePolicy? Unsuppress { get; init; }

    /// <summary>The key of the TCP MD5 signature option (RFC 2385), or null.</summary>
    public string? Password { get; init; }

    /// <summary>GTSM (RFC 5082): the most hops to the neighbour; 0 for off.</summary>
    public int TtlSecurityHops { get; init; }

    /// <summary>The neighbour may be several hops away. Internal ones always may.</summary>
    public bool Multihop { get; init; }

    /// <summary>The TTL to an external neighbour several hops away; 0 for the stack's default.</summary>
    public byte MultihopTtl { get; init; }

    /// <summary>The interface that an unnumbered neighbour was found on; null for one with an address of its own.</summary>
    public string? Interface { get; init; }

    /// <summary>The local address to connect from, or none.</summary>
    public InternetAddress LocalAddress { get; init; }

    /// <summary>The neighbour's port.</summary>
    public ushort Port { get; init; } = BgpSpeakerConfiguration.WellKnownPort;

    internal ConditionalExport? ConditionOf(AddressFamily family) => family == AddressFamily.IPv4 ? IPv4Condition : IPv6Condition;
}
