using System.Collections.Generic;
using System.IO;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Bmp;
using Netemu.Bgp.Frr;
using Netemu.Bgp.Mrt;
using Netemu.Calico.Yaml;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>The keys of BGP speakers, neighbours and policies.</summary>
internal static class BgpShapes
{
    public static Value<BgpTimerProfile> ProfileWord { get; } = Values.Word(
        "a timer profile",
        ("rfc4271", BgpTimerProfile.Rfc4271),
        ("calico-bird", BgpTimerProfile.CalicoBird),
        ("bird", BgpTimerProfile.Bird),
        ("frr", BgpTimerProfile.Frr),
        ("frr-datacenter", BgpTimerProfile.FrrDatacenter));

    public static Value<BgpTransport> TransportWord { get; } =
        Values.Word("'tcp' or 'pipe'", ("tcp", BgpTransport.Tcp), ("pipe", BgpTransport.Pipe));

    private static readonly ObjectShape<BgpTimersSpec> TimerFields = new("bgpTimers", "BGP timers", static () => new())
    {
        { "profile", ProfileWord, (s, v) => s.Profile = v, "The daemon whose defaults apply." },
        { "keepalive", Values.Duration, (s, v) => s.Keepalive = v, "Keepalive time." },
        { "hold", Values.Duration, (s, v) => s.Hold = v, "Hold time." },
        { "connect-retry", Values.Duration, (s, v) => s.ConnectRetry = v, "Connect retry time." },
        { "advertisement-interval", Values.Duration, (s, v) => s.AdvertisementInterval = v, "Minimum time between announcements." },
        { "delay-open", Values.Duration, (s, v) => s.DelayOpen = v, "Delay before OPEN." },
        { "idle-hold", Values.Duration, (s, v) => s.IdleHold = v, "Time in Idle after an error." },
        { "idle-hold-maximum", Values.Duration, (s, v) => s.IdleHoldMaximum = v, "Longest time in Idle, as errors repeat." },
        { "connect-delay", Values.Duration, (s, v) => s.ConnectDelay = v, "Delay before the first attempt." },
        { "send-hold", Values.Duration, (s, v) => s.SendHold = v, "How long a peer may take nothing (RFC 9687)." },
        { "wrate", Values.Boolean, (s, v) => s.RateLimitWithdrawals = v, "Withdrawals wait for the advertisement interval." },
        { "jitter", Values.Boolean, (s, v) => s.Jitter = v, "Timers are shortened by up to a quarter." },
        { "damp-peer-oscillations", Values.Boolean, (s, v) => s.DampPeerOscillations = v, "Wait in Idle after an error." },
    };

    /// <summary>A profile's name, or timers one by one.</summary>
    public static Value<BgpTimersSpec> Timers { get; } = new EitherValue<BgpTimersSpec>(
        new ConvertedValue<BgpTimerProfile, BgpTimersSpec>(ProfileWord, static p => new BgpTimersSpec { Profile = p }), TimerFields);

    private static readonly ObjectShape<BgpGracefulRestartSpec> RestartFields =
        new("bgpGracefulRestart", "graceful restart", static () => new())
        {
            { "helper-only", Values.Boolean, (s, v) => s.HelperOnly = v, "Help others, but do not ask for help." },
            { "restart-time", Values.Duration, (s, v) => s.RestartTime = v, "How long the restart may take." },
            { "stale-time", Values.Duration, (s, v) => s.StaleTime = v, "How long stale routes are kept." },
            { "long-lived", Values.Boolean, (s, v) => s.LongLived = v, "Keep routes beyond the restart time, as the last resort (RFC 9494)." },
            { "long-lived-stale-time", Values.Duration, (s, v) => (s.LongLived, s.LongLivedStaleTime) = (true, v), "How long others shall keep ours beyond it." },
            { "long-lived-partial-deployment", Values.Boolean, (s, v) => (s.LongLived, s.LongLivedPartialDeployment) = (s.LongLived || v, v), "Tell internal peers without the capability stale routes, too (RFC 9494 section 4.6)." },
            { "notification", Values.Boolean, (s, v) => s.Notification = v, "A NOTIFICATION is a restart, too (RFC 8538)." },
        };

    public static Value<BgpGracefulRestartSpec> GracefulRestart { get; } = new EitherValue<BgpGracefulRestartSpec>(
        new ConvertedValue<bool, BgpGracefulRestartSpec>(Values.Boolean, static on => new BgpGracefulRestartSpec { Enabled = on }),
        RestartFields);

    private static readonly Value<IReadOnlyList<string>> Names = new EitherValue<IReadOnlyList<string>>(
        new ConvertedValue<string, IReadOnlyList<string>>(Values.Name, static one => [one]), Values.List(Values.Name));

    /// <summary>An AS number, or <c>internal</c> or <c>external</c>.</summary>
    private static readonly Value<(uint? Asn, bool Internal, bool External)> NeighborAsn =
        new ScalarValue<(uint? Asn, bool Internal, bool External)>(
            "an AS number, 'internal' or 'external'",
            static (string text, out (uint? Asn, bool Internal, bool External) value) =>
            {
                value = (null, text == "internal", text == "external");
                if (value.Internal || value.External)
                {
                    return null;
                }

                ScalarFault? fault = Values.ParseAsn(text, out uint asn);
                value = (asn, false, false);
                return fault;
            },
            static () => Values.Pattern("^([0-9.]+|internal|external)$", orNumber: true));

    private static readonly ObjectShape<BgpNeighborSpec> NeighborSettings = new("bgpNeighborSettings", "a neighbour", static () => new())
    {
        { "asn", NeighborAsn, (s, v) => (s.Asn, s.Internal, s.External) = v, "The peer's AS number, internal or external." },
        { "description", Values.Text, (s, v) => s.Description = v, "What the peer is." },
        { "port", Values.Port, (s, v) => s.Port = v, "The peer's TCP port (179)." },
        { "password", Values.Text, (s, v) => s.Password = v, "TCP-MD5 password." },
        { "passive", Values.Boolean, (s, v) => s.Passive = v, "Wait for the peer to connect." },
        { "shutdown", Values.Boolean, (s, v) => s.Shutdown = v, "Administratively down." },
        { "local-as", Values.Asn, (s, v) => s.LocalAs = v, "The AS number shown to this peer." },
        { "local-as-no-prepend", Values.Boolean, (s, v) => s.LocalAsNoPrepend = v, "The local-as is not put into received paths." },
        { "local-as-replace-as", Values.Boolean, (s, v) => s.LocalAsReplaceAs = v, "The peer sees the local-as alone." },
        { "multihop", Values.Integer(1, 255, "a number of hops"), (s, v) => s.Multihop = v, "Hops to an eBGP peer." },
        { "ttl-security", Values.Integer(1, 254, "a number of hops"), (s, v) => s.TtlSecurity = v, "GTSM: the most hops away." },
        { "update-source", Values.Address, (s, v) => s.UpdateSource = v, "The own address of the session." },
        { "route-reflector-client", Values.Boolean, (s, v) => s.RouteReflectorClient = v, "The peer is a client." },
        { "route-server-client", Values.Boolean, (s, v) => s.RouteServerClient = v, "The peer is a route server's client." },
        { "next-hop-self", Values.Boolean, (s, v) => s.NextHopSelf = v, "Announce the own address as next hop." },
        { "next-hop-keep", Values.Boolean, (s, v) => s.NextHopKeep = v, "Announce next hops unchanged to an eBGP peer." },
        { "add-path", Values.Word(
            "'receive', 'send', 'both' or 'none'",
            ("receive", BgpAddPath.Receive),
            ("send", BgpAddPath.Send),
            ("both", BgpAddPath.Both),
            ("none", BgpAddPath.None)), (s, v) => s.AddPath = v, "Several paths per prefix." },
        { "maximum-prefix", Values.Integer(1, int.MaxValue), (s, v) => s.MaximumPrefix = v, "Prefixes before the session ends." },
        { "maximum-prefix-warning-only", Values.Boolean, (s, v) => s.MaximumPrefixWarningOnly = v, "Only warn of the limit." },
        { "maximum-prefix-restart", Values.Duration, (s, v) => s.MaximumPrefixRestart = v, "Try again after this time." },
        { "shutdown-message", Values.Text, (s, v) => s.ShutdownMessage = v, "Said when the session is shut down (RFC 9003)." },
        { "extended-next-hop", Values.Boolean, (s, v) => s.ExtendedNextHop = v, "IPv4 routes with IPv6 next hops (RFC 8950)." },
        { "role", Values.Word(
            "'provider', 'customer', 'peer', 'route-server' or 'route-server-client'",
            ("provider", BgpRole.Provider),
            ("customer", BgpRole.Customer),
            ("peer", BgpRole.Peer),
            ("route-server", BgpRole.RouteServer),
            ("route-server-client", BgpRole.RouteServerClient)), (s, v) => s.Role = v, "What this router is to the peer (RFC 9234)." },
        { "role-strict", Values.Boolean, (s, v) => s.RoleStrict = v, "Refuse a peer that says no role." },
        { "send-communities", Values.Boolean, (s, v) => s.SendCommunities = v, "Send communities (true)." },
        { "four-octet-as", Values.Boolean, (s, v) => s.FourOctetAs = v, "Four-octet AS numbers (true)." },
        { "route-refresh", Values.Boolean, (s, v) => s.RouteRefresh = v, "Route refresh (true)." },
        { "extended-messages", Values.Boolean, (s, v) => s.ExtendedMessages = v, "Messages of up to 65,535 octets (true)." },
        { "enforce-first-as", Values.Boolean, (s, v) => s.EnforceFirstAs = v, "An eBGP path begins with the peer's AS (true)." },
        { "requires-policy", Values.Boolean, (s, v) => s.RequiresPolicy = v, "RFC 8212 for this peer." },
        { "allowas-in", Values.Integer(1, 10), (s, v) => s.AllowAsIn = v, "How often the own AS may stand in a path." },
        { "as-override", Values.Boolean, (s, v) => s.AsOverride = v, "Replace the peer's AS by the own one." },
        { "remove-private-as", Values.Boolean, (s, v) => s.RemovePrivateAs = v, "Remove private AS numbers." },
        { "replace-private-as", Values.Boolean, (s, v) => s.ReplacePrivateAs = v, "Replace private AS numbers by the own one." },
        { "default-originate", Values.Boolean, (s, v) => s.DefaultOriginate = v, "Announce a default route." },
        { "default-originate-policy", Values.Name, (s, v) => (s.DefaultOriginate, s.DefaultOriginatePolicy) = (true, v), "Announce a default route with this policy's attributes." },
        { "send-back", Values.Boolean, (s, v) => s.SendBackToSender = v, "Announce a route to the peer it came from, too." },
        { "weight", Values.Integer(0, 65_535, "a weight"), (s, v) => s.Weight = v, "Weight of its routes." },
        { "families", Values.List(Values.Word(
            "'ipv4' or 'ipv6'",
            ("ipv4", AddressFamily.IPv4),
            ("ipv6", AddressFamily.IPv6))), (s, v) => s.Families = v, "Address families." },
        { "import", Names, (s, v) => s.Import = v, "Policies for what comes in." },
        { "export", Names, (s, v) => s.Export = v, "Policies for what goes out." },
        { "timers", Timers, (s, v) => s.Timers = v, "Timers of this session." },
        { "graceful-restart", GracefulRestart, (s, v) => s.GracefulRestart = v, "Graceful restart of this session." },
        { "transport", TransportWord, (s, v) => s.Transport = v, "What carries this session: tcp or pipe." },
        { "bfd", Values.Boolean, (s, v) => s.Bfd = v, "Bind the session to BFD." },
    };

    public static ObjectShape<BgpNeighborSpec> Neighbor { get; } = new("bgpNeighbor", "a neighbour", static () => new())
    {
        Completed = CheckNeighbor,
        Fields =
        {
            { "peer", Values.Address, (s, v) => s.Peer = v, "The peer's address." },
            { "interface", Values.LocalDevice("neighbour interface"), (s, v) => s.Interface = v, "The interface of an unnumbered session." },
            { NeighborSettings, s => s },
        },
    };

    private static readonly ObjectShape<BgpListenSpec> ListenFields = new("bgpListen", "a range of peers", static () => new())
    {
        { "range", Values.Prefix, (s, v) => s.Peers = v, "Where peers may come from.", Presence.Required },
        { "limit", Values.Integer(1, int.MaxValue), (s, v) => s.Limit = v, "The most sessions." },
        { NeighborSettings, s => s.Template },
    };

    private static readonly Value<BgpNetworkSpec> Network = new EitherValue<BgpNetworkSpec>(
        new ConvertedValue<InternetPrefix, BgpNetworkSpec>(Values.Prefix, static p => new BgpNetworkSpec { Prefix = p }),
        new ObjectShape<BgpNetworkSpec>("bgpNetwork", "a network", static () => new())
        {
            { "prefix", Values.Prefix, (s, v) => s.Prefix = v, "The prefix.", Presence.Required },
            { "policy", Values.Name, (s, v) => s.Policy = v, "The policy that sets its attributes." },
        });

    private static readonly ObjectShape<BgpAggregateSpec> Aggregate = new("bgpAggregate", "an aggregate", static () => new())
    {
        { "prefix", Values.Prefix, (s, v) => s.Prefix = v, "The prefix.", Presence.Required },
        { "summary-only", Values.Boolean, (s, v) => s.SummaryOnly = v, "Suppress more specific routes." },
        { "as-set", Values.Boolean, (s, v) => s.AsSet = v, "Keep the AS numbers of the routes inside." },
        { "policy", Values.Name, (s, v) => s.Policy = v, "The policy that sets its attributes." },
    };

    private static readonly ObjectShape<BgpBestPathSpec> BestPath = new("bgpBestPath", "the decision process", static () => new())
    {
        { "always-compare-med", Values.Boolean, (s, v) => s.AlwaysCompareMed = v, "Compare MED between different neighbour AS." },
        { "deterministic-med", Values.Boolean, (s, v) => s.DeterministicMed = v, "Compare MED per neighbour AS first." },
        { "prefer-older", Values.Boolean, (s, v) => s.PreferOlder = v, "Prefer the older eBGP route." },
        { "missing-as-worst", Values.Boolean, (s, v) => s.MissingMedAsWorst = v, "A route without MED is the worst." },
        { "ignore-as-path", Values.Boolean, (s, v) => s.IgnoreAsPathLength = v, "Do not compare path lengths." },
        { "as-path-confed", Values.Boolean, (s, v) => s.CountConfederation = v, "Members of a confederation make a path longer." },
        { "multipath-relax", Values.Boolean, (s, v) => s.MultipathRelax = v, "Multipath over different AS paths." },
        { "compare-router-id", Values.Boolean, (s, v) => s.CompareRouterId = v, "Compare router ids of eBGP routes." },
    };

    /// <summary>"10.0.0.0/8", or with lengths: "10.0.0.0/8 ge 16 le 24".</summary>
    private static readonly Value<BgpPrefixMatch> PrefixMatch = new ScalarValue<BgpPrefixMatch>(
        "a prefix with lengths such as 10.0.0.0/8 ge 16 le 24",
        ParsePrefixMatch,
        static () => Values.Pattern("^[0-9a-fA-F:.]+/[0-9]+( ge [0-9]+)?( le [0-9]+)?$", orNumber: false));

    private static readonly Value<IReadOnlyList<string>> Communities = new EitherValue<IReadOnlyList<string>>(
        new ConvertedValue<string, IReadOnlyList<string>>(Community(), static one => [one]), Values.List(Community()));

    private static readonly Value<BgpOrigin> OriginWord = Values.Word(
        "'igp', 'egp' or 'incomplete'", ("igp", BgpOrigin.Igp), ("egp", BgpOrigin.Egp), ("incomplete", BgpOrigin.Incomplete));

    private static readonly ObjectShape<BgpPolicyTermSpec> MatchFields = new("bgpPolicyMatch", "a policy's conditions", static () => new())
    {
        { "prefixes", Values.List(PrefixMatch), (s, v) => s.Prefixes = v, "Prefixes, with lengths." },
        { "as-path", Values.Text, (s, v) => s.AsPath = v, "A regular expression over the AS path." },
        { "communities", Communities, (s, v) => s.Communities = v, "Communities that must all be there." },
        { "any-communities", Communities, (s, v) => s.AnyCommunities = v, "Communities of which one must be there." },
        { "next-hops", Values.List(Values.Prefix), (s, v) => s.NextHops = v, "Prefixes that the next hop lies in." },
        { "source", Values.Word(
            "'local', 'internal' or 'external'",
            ("local", BgpRouteSource.Local),
            ("internal", BgpRouteSource.Internal),
            ("external", BgpRouteSource.External)), (s, v) => s.Source = v, "How the route came." },
        { "peer", Values.Address, (s, v) => s.MatchPeer = v, "The neighbour that it is received from." },
        { "origin", OriginWord, (s, v) => s.MatchOrigin = v, "The ORIGIN." },
        { "as-path-length-max", Values.Integer(0, 65_535, "a length"), (s, v) => s.MaximumAsPathLength = v, "The longest AS path." },
        { "med", Values.UInt32("a MED"), (s, v) => s.MatchMed = v, "The MED." },
        { "local-preference", Values.UInt32("a preference"), (s, v) => s.MatchLocalPreference = v, "The local preference." },
    };

    private static readonly ObjectShape<BgpPolicyTermSpec> SetFields = new("bgpPolicySet", "a policy's changes", static () => new())
    {
        { "local-preference", Values.UInt32("a preference"), (s, v) => s.SetLocalPreference = v, "The local preference." },
        { "med", Values.UInt32("a MED"), (s, v) => s.SetMed = v, "The MED." },
        { "weight", Values.Integer(0, 65_535, "a weight"), (s, v) => s.SetWeight = v, "The weight." },
        { "add-med", Values.Integer(int.MinValue, int.MaxValue), (s, v) => s.AddMed = v, "Adds to the MED." },
        { "add-local-preference", Values.Integer(int.MinValue, int.MaxValue), (s, v) => s.AddLocalPreference = v, "Adds to the local preference." },
        { "origin", OriginWord, (s, v) => s.SetOrigin = v, "The ORIGIN." },
        { "exclude-as", Values.List(Values.Asn), (s, v) => s.ExcludeAs = v, "AS numbers taken out of the path." },
        { "communities", Communities, (s, v) => s.SetCommunities = v, "Replaces all communities." },
        { "add-communities", Communities, (s, v) => s.AddCommunities = v, "Adds communities." },
        { "remove-communities", Communities, (s, v) => s.RemoveCommunities = v, "Removes communities." },
        { "prepend", Values.List(Values.Asn), (s, v) => s.Prepend = v, "AS numbers in front of the path." },
        { "next-hop", Values.Address, (s, v) => s.SetNextHop = v, "The next hop." },
        { "next-hop-self", Values.Boolean, (s, v) => s.SetNextHopSelf = v, "The own address as next hop." },
    };

    private static readonly ObjectShape<BgpPolicyTermSpec> PolicyTerm = new("bgpPolicyTerm", "a policy term", static () => new())
    {
        { "match", Part(MatchFields), static (b, s, e) => MatchFields.BindInto(s, e.Value, b, complete: false), "Conditions that must all hold." },
        { "set", Part(SetFields), static (b, s, e) => SetFields.BindInto(s, e.Value, b, complete: false), "Changes." },
        { "action", Values.Word(
            "'accept', 'reject' or 'next'",
            ("accept", BgpPolicyAction.Accept),
            ("reject", BgpPolicyAction.Reject),
            ("next", BgpPolicyAction.Next)), (s, v) => s.Action = v, "How the term ends (accept)." },
    };

    /// <summary>Policies by name, each a list of terms.</summary>
    public static Value<IReadOnlyList<BgpPolicySpec>> Policies { get; } =
        new ConvertedValue<IReadOnlyList<KeyValuePair<string, IReadOnlyList<BgpPolicyTermSpec>>>, IReadOnlyList<BgpPolicySpec>>(
            new MapValue<IReadOnlyList<BgpPolicyTermSpec>>("policies", Values.List(PolicyTerm)),
            static map => [.. map.Select(p => new BgpPolicySpec { Name = p.Key, Terms = p.Value })]);

    private static readonly Value<BgpDampingSpec> Damping = new EitherValue<BgpDampingSpec>(
        new ConvertedValue<bool, BgpDampingSpec>(Values.Boolean, static on => new BgpDampingSpec { Enabled = on }),
        new ObjectShape<BgpDampingSpec>("bgpDamping", "route flap damping", static () => new())
        {
            { "half-life", Values.Duration, (s, v) => s.HalfLife = v, "The penalty halves in this time (15m)." },
            { "reuse", Values.Integer(1, 20_000, "a penalty"), (s, v) => s.Reuse = v, "Below it a route is used again (750)." },
            { "suppress", Values.Integer(1, 20_000, "a penalty"), (s, v) => s.Suppress = v, "Above it a route is suppressed (2000)." },
            { "maximum-suppress", Values.Duration, (s, v) => s.MaximumSuppress = v, "Longest suppression (1h)." },
        });

    private static readonly ObjectShape<BgpConfederationSpec> Confederation = new("bgpConfederation", "a confederation", static () => new())
    {
        { "identifier", Values.Asn, (s, v) => s.Identifier = v, "The AS number that the world outside sees.", Presence.Required },
        { "members", Values.List(Values.Asn), (s, v) => s.Members = v, "The other member ASes." },
    };

    private static readonly ObjectShape<BgpStationSpec> Station = new("bmpStation", "a monitoring station", static () => new())
    {
        { "station", Values.Address, (s, v) => s.Station = v, "The station's address.", Presence.Required },
        { "port", Values.Port, (s, v) => s.Port = v, "Its TCP port (11019)." },
        { "name", Values.Name, (s, v) => s.Name = v, "What it is called." },
        { "monitor", Values.List(Values.Word(
            "'pre-policy' or 'post-policy'",
            ("pre-policy", BmpFeeds.PrePolicy),
            ("post-policy", BmpFeeds.PostPolicy))), (s, v) => s.Monitor = v, "Routes before import policy, after it, or both (pre-policy)." },
        { "statistics-interval", Values.Duration, (s, v) => s.StatisticsInterval = v, "Between two reports (none)." },
        { "min-retry", Values.Duration, (s, v) => s.MinimumRetry = v, "The wait after the first failed attempt (30s)." },
        { "max-retry", Values.Duration, (s, v) => s.MaximumRetry = v, "The longest wait between attempts (12m)." },
        { "pending-limit", Values.Integer(1, int.MaxValue, "a number of changes"), (s, v) => s.PendingLimit = v, "Changes that may wait for it (262144)." },
        { "update-source", Values.Address, (s, v) => s.UpdateSource = v, "The own address of the connection." },
    };

    public static ObjectShape<BgpSpec> Bgp { get; } = new("bgp", "a BGP speaker", static () => new())
    {
        Completed = CheckSpeaker,
        Fields =
        {
            { "asn", Values.Asn, (s, v) => s.Asn = v, "The AS number." },
            { "router-id", Values.IPv4, (s, v) => s.RouterId = v, "The BGP identifier." },
            { "config", Values.Name, (s, v) => s.ConfigFile = v, "An FRR configuration file." },
            { "mrt", Values.Name, (s, v) => s.TableFile = v, "An MRT table dump whose routes begin here (RFC 6396)." },
            { "timers", Timers, (s, v) => s.Timers = v, "A timer profile, or timers." },
            { "transport", TransportWord, (s, v) => s.Transport = v, "What carries sessions: tcp or pipe." },
            { "service-time", Values.Word(
                "'zero' or 'calibrated'",
                ("zero", ServiceTimeModel.Zero),
                ("calibrated", ServiceTimeModel.Calibrated)), (s, v) => s.ServiceTime = v, "What processing costs (zero)." },
            { "neighbors", Values.List(Neighbor), (s, v) => s.Neighbors = v, "Sessions." },
            { "listen", Values.List(ListenFields), (s, v) => s.Listen = v, "Ranges from which sessions are accepted." },
            { "networks", Values.List(Network), (s, v) => s.Networks = v, "Prefixes that it originates." },
            { "aggregates", Values.List(Aggregate), (s, v) => s.Aggregates = v, "Aggregates." },
            { "redistribute", Values.List(Values.Word(
                "'connected', 'static' or 'kernel'",
                ("connected", BgpRedistribution.Connected),
                ("static", BgpRedistribution.Static),
                ("kernel", BgpRedistribution.Kernel))), (s, v) => s.Redistribute = v, "Other routes that it announces." },
            { "policies", Policies, (s, v) => s.Policies = v, "Policies by name." },
            { "cluster-id", Values.IPv4, (s, v) => s.ClusterId = v, "The cluster id of a route reflector." },
            { "maximum-paths", Values.Integer(1, 64), (s, v) => s.MaximumPaths = v, "Next hops of an eBGP multipath." },
            { "maximum-paths-ibgp", Values.Integer(1, 64), (s, v) => s.MaximumPathsIbgp = v, "Next hops of an iBGP multipath." },
            { "bestpath", BestPath, (s, v) => s.BestPath = v, "Switches of the decision process." },
            { "graceful-restart", GracefulRestart, (s, v) => s.GracefulRestart = v, "Graceful restart." },
            { "ebgp-requires-policy", Values.Boolean, (s, v) => s.EbgpRequiresPolicy = v, "RFC 8212." },
            { "local-preference", Values.UInt32("a preference"), (s, v) => s.LocalPreference = v, "The default local preference." },
            { "damping", Damping, (s, v) => s.Damping = v, "Route flap damping (RFC 2439)." },
            { "confederation", Confederation, (s, v) => s.Confederation = v, "The confederation that the AS is a member of (RFC 5065)." },
            { "bmp", Values.List(Station), (s, v) => s.Stations = v, "Monitoring stations (RFC 7854)." },
            { "graceful-shutdown", Values.Boolean, (s, v) => s.GracefulShutdown = v, "Announce everything with GRACEFUL_SHUTDOWN (RFC 8326)." },
            { "honor-graceful-shutdown", Values.Boolean, (s, v) => s.HonorGracefulShutdown = v, "GRACEFUL_SHUTDOWN takes the preference away (true)." },
            { "client-to-client", Values.Boolean, (s, v) => s.ClientToClient = v, "Reflect between clients (true)." },
            { "install", Values.Boolean, (s, v) => s.InstallRoutes = v, "Put best paths into the routing table (true)." },
        },
    };

    private static ScalarValue<string> Community() => new(
        "a community such as 65000:1, 65000:1:2 or no-export",
        static (string text, out string value) =>
        {
            value = text;
            string[] parts = text.Split(':');
            bool named = text is "no-export" or "no-advertise" or "no-export-subconfed" or "local-as" or "no-peer" or "graceful-shutdown"
                or "blackhole" or "llgr-stale" or "no-llgr" or "accept-own" or "internet";
            return named || (parts.Length is 2 or 3 && parts.All(p => uint.TryParse(p, out _))) ? null : ScalarFault.Plain;
        },
        static () => Values.Pattern("^[0-9]+:[0-9]+(:[0-9]+)?$|^[a-z-]+$", orNumber: false));

    private static CustomValue<bool> Part(ObjectShape<BgpPolicyTermSpec> shape) => new(
        static (YamlNode _, Binder _, out bool value) => value = true, shape.Describe);

    private static ScalarFault? ParsePrefixMatch(string text, out BgpPrefixMatch match)
    {
        match = default;
        string[] words = text.Split(' ', System.StringSplitOptions.RemoveEmptyEntries);
        if (words.Length % 2 == 0 || words.Length == 0 || !InternetPrefix.TryParse(words[0], out InternetPrefix prefix))
        {
            return ScalarFault.Plain;
        }

        int bits = prefix.IsIPv4 ? 32 : 128;
        int? least = null;
        int? most = null;
        for (int i = 1; i < words.Length; i += 2)
        {
            if (!int.TryParse(words[i + 1], out int length) || length < prefix.Length || length > bits)
            {
                return ScalarFault.WithHint($"a length is between {prefix.Length} and {bits}");
            }

            switch (words[i])
            {
                case "ge":
                    least = length;
                    break;
                case "le":
                    most = length;
                    break;
                default:
                    return ScalarFault.Plain;
            }
        }

        // ge alone goes up to host routes; le alone starts at the prefix's own length, as in every prefix list.
        match = new BgpPrefixMatch(prefix, least ?? prefix.Length, most ?? (least is null ? prefix.Length : bits));
        return null;
    }

    private static void CheckNeighbor(Binder binder, BgpNeighborSpec neighbor, YamlMapping mapping)
    {
        if (mapping["peer"] is null && mapping["interface"] is null)
        {
            binder.Error(LoaderCode.MissingKey, "a neighbour needs the key 'peer' or 'interface'", mapping.Range);
        }

        if (mapping["asn"] is null)
        {
            binder.Error(LoaderCode.MissingKey, "a neighbour needs the key 'asn'", mapping.Range);
        }
    }

    /// <summary>Lines of FRR's file that nobody understands: errors, or warnings where that was asked for.</summary>
    private static void ReportFrrProblems(Binder binder, string file, string? text)
    {
        if (text is null)
        {
            return;
        }

        FrrConfiguration.Read(text, out IReadOnlyList<FrrProblem> problems);
        foreach (FrrProblem problem in problems)
        {
            SourceRange where = new(file, problem.Line, problem.Column, problem.Line, problem.Column + 1);
            if (binder.IsLenient)
            {
                binder.Warning(LoaderCode.UnknownFrrLine, problem.Message, where);
            }
            else
            {
                binder.Error(LoaderCode.UnknownFrrLine, problem.Message, where, "--lenient makes this a warning");
            }
        }
    }

    /// <summary>The first route of each prefix; what can't be read is an error at the name of the file.</summary>
    private static List<MrtRoute> ReadTable(Binder binder, string file, SourceRange range)
    {
        List<MrtRoute> table = [];
        using Stream? bytes = binder.OpenFile(file, range);
        if (bytes is null)
        {
            return table;
        }

        try
        {
            HashSet<InternetPrefix> seen = [];
            foreach (MrtRoute route in MrtReader.ReadRoutes(bytes))
            {
                if (seen.Add(route.Prefix))
                {
                    table.Add(route);
                }
            }
        }
        catch (InvalidDataException error)
        {
            binder.Error(LoaderCode.BadTableDump, $"'{file}': {error.Message}", range);
            return table;
        }

        if (table.Count == 0)
        {
            binder.Error(
                LoaderCode.BadTableDump, $"'{file}' has no route", range, "TABLE_DUMP_V2 and TABLE_DUMP are read, uncompressed");
        }

        return table;
    }

    private static void CheckSpeaker(Binder binder, BgpSpec speaker, YamlMapping mapping)
    {
        if (mapping["asn"] is null && mapping["config"] is null)
        {
            binder.Error(LoaderCode.MissingKey, "a BGP speaker needs the key 'asn' or 'config'", mapping.Range);
        }

        if (mapping.TryGetEntry("config", out YamlEntry config) && speaker.ConfigFile is { } file)
        {
            speaker.ConfigText = binder.ReadFile(file, config.Value.Range);
            ReportFrrProblems(binder, file, speaker.ConfigText);
        }

        if (mapping.TryGetEntry("mrt", out YamlEntry mrt) && speaker.TableFile is { } dump)
        {
            speaker.Table = ReadTable(binder, dump, mrt.Value.Range);
        }

        HashSet<string> policies = [.. speaker.Policies.Select(p => p.Name)];
        foreach (BgpNeighborSpec neighbor in speaker.Neighbors)
        {
            foreach (string name in neighbor.Import.Concat(neighbor.Export).Concat(
                neighbor.DefaultOriginatePolicy is { } byDefault ? [byDefault] : []))
            {
                if (!policies.Contains(name))
                {
                    binder.Error(
                        LoaderCode.UnknownPolicy,
                        $"neighbour refers to unknown policy '{name}'",
                        neighbor.Range,
                        Spelling.Hint(name, policies) ?? "policies are declared under 'policies' of the speaker");
                }
            }
        }
    }
}
