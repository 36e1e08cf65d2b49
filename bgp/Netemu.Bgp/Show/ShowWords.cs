using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Fsm;
using Netemu.Bgp.Messages;
using Netemu.Bgp.Rib;
using Netemu.Bgp.Sessions;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Show;

/// <summary>
/// FRR's words for states, reasons and times (bgpd of FRR 8.4), so that scripts that read FRR read us.
/// </summary>
internal static class ShowWords
{
    /// <summary>What FRR gives a route that begins here; nothing else has a weight.</summary>
    public const int LocalWeight = 32768;

    public static string FamilyName(AddressFamily family) =>
        family == AddressFamily.IPv4 ? "IPv4 Unicast" : "IPv6 Unicast";

    public static string FamilyKey(AddressFamily family) =>
        family == AddressFamily.IPv4 ? "ipv4Unicast" : "ipv6Unicast";

    public static string Afi(AddressFamily family) => family == AddressFamily.IPv4 ? "ipv4" : "ipv6";

    /// <summary>bgp_path_selection_reason2str.</summary>
    public static string Reason(BestPathReason reason) => reason switch
    {
        BestPathReason.OnlyPath => "First path received",
        BestPathReason.LongLivedStale => "Long-lived stale",
        BestPathReason.Weight => "Weight",
        BestPathReason.LocalPreference => "Local Pref",
        BestPathReason.LocallyOriginated => "Local Route",
        BestPathReason.AsPathLength => "AS Path",
        BestPathReason.Origin => "Origin",
        BestPathReason.MultiExitDisc => "MED",
        BestPathReason.ExternalOverInternal => "Peer Type",
        BestPathReason.IgpMetric => "IGP Metric",
        BestPathReason.OlderPath => "Older Path",
        BestPathReason.RouterId => "Router ID",
        BestPathReason.ClusterListLength => "Cluster length",
        BestPathReason.PeerAddress => "Neighbor IP",
        _ => "Nothing left to compare",
    };

    /// <summary>What kind of neighbour it is: internal or external, in a confederation with that word before it.</summary>
    public static string Kind(BgpSpeaker speaker, BgpSession session) =>
        session.IsConfederation ? "confed-external"
        : !session.IsInternal ? "external"
        : speaker.Configuration.ConfederationId != 0 ? "confed-internal"
        : "internal";

    public static string State(BgpSession session) =>
        session.Configuration.Shutdown && session.State == BgpState.Idle ? "Idle (Admin)" : session.State.ToString();

    public static string OriginName(Origin origin) => origin switch
    {
        Origin.Igp => "IGP",
        Origin.Egp => "EGP",
        _ => "incomplete",
    };

    public static char OriginLetter(Origin origin) => origin switch
    {
        Origin.Igp => 'i',
        Origin.Egp => 'e',
        _ => '?',
    };

    /// <summary>The next hop, and 0.0.0.0 or :: for a route that begins here.</summary>
    public static string NextHop(in BgpPath path)
    {
        InternetAddress nextHop = path.Attributes.NextHop;
        bool onLink = nextHop.IsIPv6 && nextHop.IPv6.IsLinkLocal;
        return onLink && path.Peer?.Configuration.Interface is { } device ? device
            : !nextHop.IsNone ? nextHop.ToString() : path.Prefix.IsIPv4 ? "0.0.0.0" : "::";
    }

    /// <summary>The families of a session: those of the configuration.</summary>
    public static IEnumerable<AddressFamily> ConfiguredFamilies(BgpSession session)
    {
        if (session.Configuration.IPv4Unicast)
        {
            yield return AddressFamily.IPv4;
        }

        if (session.Configuration.IPv6Unicast)
        {
            yield return AddressFamily.IPv6;
        }
    }

    /// <summary>The families whose routes the neighbour asks to be kept (RFC 4724).</summary>
    public static List<AddressFamily> RestartFamilies(BgpSession session)
    {
        List<AddressFamily> families = [];
        if ((session.RemoteCapabilities & BgpCapabilities.GracefulIPv4) != 0)
        {
            families.Add(AddressFamily.IPv4);
        }

        if ((session.RemoteCapabilities & BgpCapabilities.GracefulIPv6) != 0)
        {
            families.Add(AddressFamily.IPv6);
        }

        return families;
    }

    /// <summary>The F bit of a family in the neighbour's capability.</summary>
    public static bool IsForwardingPreserved(BgpSession session, AddressFamily family) =>
        (session.RemoteCapabilities & (family == AddressFamily.IPv4 ? BgpCapabilities.ForwardingIPv4 : BgpCapabilities.ForwardingIPv6)) != 0;

    /// <summary>The word of RFC 9234's role as FRR has it.</summary>
    public static string Role(BgpRole role) => role switch
    {
        BgpRole.Provider => "provider",
        BgpRole.RouteServer => "rs-server",
        BgpRole.RouteServerClient => "rs-client",
        BgpRole.Customer => "customer",
        BgpRole.Peer => "peer",
        _ => "undefined",
    };

    /// <summary>The role that a neighbour has said.</summary>
    public static string Role(BgpCapabilities capabilities) => Role((capabilities & BgpCapabilities.Roles) switch
    {
        BgpCapabilities.RoleProvider => BgpRole.Provider,
        BgpCapabilities.RoleRouteServer => BgpRole.RouteServer,
        BgpCapabilities.RoleRouteServerClient => BgpRole.RouteServerClient,
        BgpCapabilities.RoleCustomer => BgpRole.Customer,
        BgpCapabilities.RolePeer => BgpRole.Peer,
        _ => BgpRole.None,
    });

    /// <summary>How often a session has been Established, now included.</summary>
    public static int TimesEstablished(BgpSession session) => session.Counters.Flaps + (session.IsEstablished ? 1 : 0);

    /// <summary>The advertisement interval that holds for a session.</summary>
    public static Duration AdvertisementInterval(BgpSession session) =>
        session.IsInternal ? session.Timers.AdvertisementIntervalInternal : session.Timers.AdvertisementIntervalExternal;

    /// <summary>How many hops away a neighbour may be.</summary>
    public static int MaximumHops(BgpSession session, ShowFilters filters) =>
        session.Configuration.TtlSecurityHops > 0 ? session.Configuration.TtlSecurityHops
        : filters.OfSession("ebgp-multihop")?.Words.Split(' ') is [_, string word] && int.TryParse(word, out int hops) ? hops
        : session.IsInternal || session.Configuration.Multihop ? 255
        : 1;

    /// <summary>What the connection leaves from, as it was written: an interface or an address; null for neither.</summary>
    public static string? UpdateSource(BgpSession session, ShowFilters filters) =>
        filters.OfSession("update-source") is { } line ? line.Words.Split(' ')[1]
        : session.Configuration.LocalAddress.IsNone ? null : session.Configuration.LocalAddress.ToString();

    /// <summary>The map of "default-originate"; null for none.</summary>
    public static string? DefaultMap(AddressFamily family, ShowFilters filters) =>
        filters.OfFamily(family, "default-originate")?.Words.Split(' ') is [_, "route-map", string map] ? map : null;

    /// <summary>Per cent of "maximum-prefix" from which on there is a warning.</summary>
    public static int Threshold(AddressFamily family, ShowFilters filters) =>
        filters.OfFamily(family, "maximum-prefix")?.Words.Split(' ') is [_, _, string word, ..] && int.TryParse(word, out int threshold) ? threshold : 75;

    /// <summary>What is said of a family in one line each, in bgpd's order: whether it is so, the line, and the key in JSON.</summary>
    public static IEnumerable<(bool IsSo, string Words, string Key)> FamilyFlags(BgpNeighborConfiguration configuration, AddressFamily family, ShowFilters filters)
    {
        bool unchanged(string what) => filters.OfFamily(family, "attribute-unchanged") is { } line
            && (line.Words == "attribute-unchanged" || line.Words.Split(' ').Contains(what));
        bool removes(bool all, bool replaces) => filters.OfFamily(family, "remove-private-as") is { } line
            && line.Words.Contains(" all", System.StringComparison.Ordinal) == all && line.Words.Contains(" replace", System.StringComparison.Ordinal) == replaces;
        bool perAs = filters.OfFamily(family, "addpath-tx")?.Words == "addpath-tx-bestpath-per-AS";
        return
        [
            (configuration.RouteReflectorClient, "Route-Reflector Client", "routeReflectorClient"),
            (configuration.RouteServerClient, "Route-Server Client", "routeServerClient"),
            (filters.OfFamily(family, "soft-reconfiguration") is not null, "Inbound soft reconfiguration allowed", "inboundSoftConfigPermit"),
            (removes(true, true), "Private AS numbers (all) replaced in updates to this neighbor", "privateAsNumsAllReplacedInUpdatesToNbr"),
            (removes(false, true), "Private AS numbers replaced in updates to this neighbor", "privateAsNumsReplacedInUpdatesToNbr"),
            (removes(true, false), "Private AS numbers (all) removed in updates to this neighbor", "privateAsNumsAllRemovedInUpdatesToNbr"),
            (removes(false, false), "Private AS numbers removed in updates to this neighbor", "privateAsNumsRemovedInUpdatesToNbr"),
            (configuration.AddPathSend && !perAs, "Advertise all paths via addpath", "addpathTxAllPaths"),
            (configuration.AddPathSend && perAs, "Advertise bestpath per AS via addpath", "addpathTxBestpathPerAS"),
            (configuration.AsOverride, "Override ASNs in outbound updates if aspath equals remote-as", "overrideASNsInOutboundUpdates"),
            (configuration.NextHop is NextHopMode.Self or NextHopMode.SelfUnlessReflected, "NEXT_HOP is always this router", "routerAlwaysNextHop"),
            (unchanged("as-path"), "AS_PATH is propagated unchanged to this neighbor", "unchangedAsPathPropogatedToNbr"),
            (configuration.NextHop == NextHopMode.Unchanged, "NEXT_HOP is propagated unchanged to this neighbor", "unchangedNextHopPropogatedToNbr"),
            (unchanged("med"), "MED is propagated unchanged to this neighbor", "unchangedMedPropogatedToNbr"),
        ];
    }

    /// <summary>Why a session is down or was last, with the NOTIFICATION where there was one.</summary>
    public static string Reset(BgpSession session)
    {
        string error = session.LastError.IsError ? $"({Error(session.LastError)})" : "";
        return session.NotEstablished switch
        {
            NotEstablishedReason.NotificationSent => $"Notification sent {error}",
            NotEstablishedReason.NotificationReceived => $"Notification received {error}",
            NotEstablishedReason.None => error,
            NotEstablishedReason reason => error.Length > 0 ? $"{Why(reason)} {error}" : Why(reason),
        };
    }

    /// <summary>peer_uptime: 00:01:02, 1d02h03m, 01w2d03h.</summary>
    public static string Uptime(BgpSpeaker speaker, BgpSession session) =>
        session.LastChange is SimTime since ? Elapsed(speaker.Services.Scheduler.Now - since) : "never";

    /// <summary>A time as <see cref="Uptime"/> has it.</summary>
    public static string Elapsed(Duration time)
    {
        long seconds = time.Nanoseconds / 1_000_000_000;
        return seconds switch
        {
            < 86_400 => string.Create(
                CultureInfo.InvariantCulture, $"{seconds / 3600:d2}:{seconds / 60 % 60:d2}:{seconds % 60:d2}"),
            < 604_800 => string.Create(
                CultureInfo.InvariantCulture, $"{seconds / 86_400}d{seconds / 3600 % 24:d2}h{seconds / 60 % 60:d2}m"),
            _ => string.Create(
                CultureInfo.InvariantCulture, $"{seconds / 604_800:d2}w{seconds / 86_400 % 7}d{seconds / 3600 % 24:d2}h"),
        };
    }

    public static long UptimeMilliseconds(BgpSpeaker speaker, BgpSession session) =>
        session.LastChange is SimTime since ? (speaker.Services.Scheduler.Now - since).Milliseconds : 0;

    public static string Community(PathAttributes attributes) => List(attributes, AttributeType.Communities);

    public static string LargeCommunity(PathAttributes attributes) => List(attributes, AttributeType.LargeCommunities);

    /// <summary>ecommunity_str: "RT:65001:1 SoO:65001:2".</summary>
    public static string ExtendedCommunity(PathAttributes attributes) => List(attributes, AttributeType.ExtendedCommunities);

    /// <summary>"no-export" as "noExport": the words of FRR's JSON. "local-AS" is "localAs".</summary>
    public static string CamelCase(string word)
    {
        if (word.Length == 0 || !char.IsAsciiLetter(word[0]))
        {
            return word;
        }

        if (word is "accept-own" or "accept-own-nexthop")
        {
            // set_community_string writes these two without a capital.
            return word.Replace("-", "", System.StringComparison.Ordinal);
        }

        string[] parts = word.ToLowerInvariant().Split('-');
        return parts[0] + string.Concat(parts.Skip(1).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
    }

    /// <summary>bgp_notify_subcode_str, as far as it says more than the number.</summary>
    public static string Error(BgpError error) => (error.Code, error.Subcode) switch
    {
        (BgpErrorCode.MessageHeader, _) => "Message Header Error",
        (BgpErrorCode.OpenMessage, BgpErrorSubcode.BadPeerAs) => "OPEN Message Error/Bad Peer AS",
        (BgpErrorCode.OpenMessage, BgpErrorSubcode.BadBgpIdentifier) => "OPEN Message Error/Bad BGP Identifier",
        (BgpErrorCode.OpenMessage, BgpErrorSubcode.UnacceptableHoldTime) => "OPEN Message Error/Unacceptable Hold Time",
        (BgpErrorCode.OpenMessage, _) => "OPEN Message Error",
        (BgpErrorCode.UpdateMessage, _) => "UPDATE Message Error",
        (BgpErrorCode.HoldTimerExpired, _) => "Hold Timer Expired",
        (BgpErrorCode.FiniteStateMachine, _) => "Neighbor Events Error",
        (BgpErrorCode.Cease, BgpErrorSubcode.MaximumPrefixesReached) => "Cease/Maximum Number of Prefixes Reached",
        (BgpErrorCode.Cease, BgpErrorSubcode.AdministrativeShutdown) => "Cease/Administrative Shutdown",
        (BgpErrorCode.Cease, BgpErrorSubcode.PeerDeconfigured) => "Cease/Peer De-configured",
        (BgpErrorCode.Cease, BgpErrorSubcode.AdministrativeReset) => "Cease/Administrative Reset",
        (BgpErrorCode.Cease, BgpErrorSubcode.ConnectionRejected) => "Cease/Connection Rejected",
        (BgpErrorCode.Cease, BgpErrorSubcode.ConnectionCollisionResolution) => "Cease/Connection collision resolution",
        (BgpErrorCode.Cease, BgpErrorSubcode.HardReset) => "Cease/Hard Reset",
        (BgpErrorCode.Cease, BgpErrorSubcode.BfdDown) => "Cease/BFD Down",
        (BgpErrorCode.Cease, _) => "Cease",
        (BgpErrorCode.SendHoldTimerExpired, _) => "Send Hold Timer Expired",
        _ => "",
    };

    /// <summary>Why a session is down, in a sentence.</summary>
    public static string Why(NotEstablishedReason reason) => reason switch
    {
        NotEstablishedReason.NotTried => "Waiting for its first connection attempt",
        NotEstablishedReason.AdministrativelyDown => "Admin. shutdown",
        NotEstablishedReason.WaitingForPeer => "Waiting for peer to connect (passive)",
        NotEstablishedReason.ConnectionRefused => "Connection refused: nothing listens there",
        NotEstablishedReason.ConnectionTimedOut => "Connection timed out: no answer",
        NotEstablishedReason.Unreachable => "No route to peer",
        NotEstablishedReason.ConnectionLost => "Peer closed the session",
        NotEstablishedReason.HoldTimerExpired => "Hold Timer Expired",
        NotEstablishedReason.SendHoldTimerExpired => "Send hold timer expired: peer reads nothing",
        NotEstablishedReason.InterfaceDown => "Interface down",
        NotEstablishedReason.BfdDown => "BFD down received",
        NotEstablishedReason.MaximumPrefixes => "Maximum number of prefixes reached",
        NotEstablishedReason.NotificationSent => "BGP Notification send",
        NotEstablishedReason.NotificationReceived => "BGP Notification received",
        _ => "",
    };

    private static string List(PathAttributes attributes, AttributeType type)
    {
        PathAttributesBuilder builder = new();
        builder.Load(attributes);
        return type switch
        {
            AttributeType.Communities => string.Join(' ', builder.Communities),
            AttributeType.ExtendedCommunities => string.Join(' ', builder.ExtendedCommunities.Select(value => new ExtendedCommunity(value))),
            _ => string.Join(' ', builder.LargeCommunities),
        };
    }
}
