using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Netemu.Core.Addresses;
using static Netemu.Bgp.Frr.FrrRouterStatement;

namespace Netemu.Bgp.Frr;

/// <summary>The lines under "router bgp" that belong to no family, in the order in which bgpd writes them.</summary>
internal static class FrrRouterStatements
{
    private const uint DefaultLocalPref = 100;
    private const uint DefaultConditionTimer = 60;
    private const uint DefaultRestartTime = 120;
    private const uint DefaultStaleTime = 360;

    public static ImmutableArray<FrrRouterStatement> All { get; } =
    [
        Value<IPv4Address?>("bgp router-id", w => w.IPv4(), (r, id) => r.RouterId = id, r => r.RouterId?.ToString()),
        Neutral("bgp suppress-fib-pending"),
        Neutral("bgp log-neighbor-changes"),
        Neutral("bgp suppress-duplicates"),
        Neutral("bgp hard-administrative-reset"),
        Switch("bgp always-compare-med", Off, r => r.AlwaysCompareMed, (r, on) => r.AlwaysCompareMed = on),
        Switch("bgp ebgp-requires-policy", On, r => r.ShowsPolicyRequired, (r, on) => r.EbgpRequiresPolicy = on),
        Switch("bgp default ipv4-unicast", On, r => r.DefaultIPv4Unicast, (r, on) => r.DefaultIPv4Unicast = on),
        Switch("bgp default ipv6-unicast", Off, r => r.DefaultIPv6Unicast, (r, on) => r.DefaultIPv6Unicast = on),
        Neutral("bgp default show-hostname"),
        Neutral("bgp default show-nexthop-hostname"),
        Value<uint?>("bgp default local-preference", w => w.Number(), (r, pref) => r.DefaultLocalPref = pref, r => Unless(r.DefaultLocalPref, DefaultLocalPref)),
        Neutral("bgp default subgroup-pkt-queue-max"),
        Switch("bgp client-to-client reflection", On, r => r.ClientToClient, (r, on) => r.ClientToClient = on),
        Value<IPv4Address?>("bgp cluster-id", ClusterId, (r, id) => r.ClusterId = id, r => r.ClusterId?.ToString()),
        Switch("bgp disable-ebgp-connected-route-check", Off, r => r.DisableConnectedCheck, (r, on) => r.DisableConnectedCheck = on),
        Neutral("bgp fast-external-failover"),
        Value("bgp confederation identifier", w => w.As(), (r, id) => r.ConfederationId = id, r => Unless(r.ConfederationId, 0)),
        new("bgp confederation peers", ReadConfederationPeers, s => s.Router.ConfederationPeers is { Count: > 0 } all ? [$"bgp confederation peers {string.Join(' ', all)}"] : []),
        Switch("bgp deterministic-med", InDatacenter, r => r.DeterministicMed, (r, on) => r.DeterministicMed = on),
        Neutral("update-delay"),
        Value<(uint Seconds, uint Med)?>(
            "bgp max-med on-startup",
            w => (w.Number(5, 86_400), w.AtEnd ? FrrRouter.DefaultMaximumMed : w.Number()),
            (r, startup) => r.StartupMed = startup,
            r => r.StartupMed is { } startup ? $"{startup.Seconds} {MaximumMed(startup.Med)}" : null),
        Value<uint?>(
            "bgp max-med administrative",
            w => w.TryNumber(out uint med) ? med : FrrRouter.DefaultMaximumMed,
            (r, med) => r.MaximumMed = med,
            r => r.MaximumMed is { } med ? MaximumMed(med) : null),
        Neutral("write-quanta"),
        Neutral("read-quanta"),
        Neutral("coalesce-time"),
        Switch("bgp graceful-shutdown", Off, r => r.GracefulShutdown, (r, on) => r.GracefulShutdown = on),
        Value<uint?>("bgp long-lived-graceful-restart stale-time", w => w.Number(1, 0xFFFFFF), (r, time) => r.LongLivedStaleTime = time, r => r.LongLivedStaleTime?.ToString()),
        Value("bgp graceful-restart stalepath-time", w => w.Number(1, 4095), (r, time) => r.StalePathTime = time, r => Unless(r.StalePathTime, DefaultStaleTime), DefaultStaleTime),
        Value("bgp graceful-restart restart-time", w => w.Number(0, 4095), (r, time) => r.RestartTime = (ushort)time, r => Unless(r.RestartTime, DefaultRestartTime), DefaultRestartTime),
        Switch("bgp graceful-restart notification", On, r => r.GracefulNotification, (r, on) => r.GracefulNotification = on),
        Value("bgp graceful-restart select-defer-time", w => w.Number(0, 3600), (r, time) => r.SelectDeferTime = time, r => Unless(r.SelectDeferTime, DefaultStaleTime), DefaultStaleTime),
        Switch("bgp graceful-restart", Off, r => r.GracefulRestart, (r, on) => r.GracefulRestart = on),
        Switch("bgp graceful-restart-disable", Off, r => r.GracefulRestartDisabled, (r, on) => r.GracefulRestartDisabled = on),
        Switch("bgp graceful-restart preserve-fw-state", Off, r => r.PreservesForwarding, (r, on) => r.PreservesForwarding = on),
        Neutral("bgp graceful-restart rib-stale-time"),
        Switch("bgp bestpath as-path ignore", Off, r => r.IgnoreAsPath, (r, on) => r.IgnoreAsPath = on),
        Switch("bgp bestpath as-path confed", Off, r => r.CountConfederation, (r, on) => r.CountConfederation = on),
        Switch("bgp bestpath as-path multipath-relax", InDatacenter, r => r.MultipathRelax, (r, on) => r.MultipathRelax = on, "no-as-set", "as-set"),
        Switch("bgp route-reflector allow-outbound-policy", Off, r => r.ReflectsWithPolicy, (r, on) => r.ReflectsWithPolicy = on),
        Switch("bgp bestpath compare-routerid", Off, r => r.CompareRouterId, (r, on) => r.CompareRouterId = on),
        Switch("bgp bestpath med missing-as-worst", Off, r => r.MissingAsWorst, (r, on) => r.MissingAsWorst = on),
        Switch("bgp network import-check", On, r => r.ImportCheck && r.Base is null, (r, on) => r.ImportCheck = on, "exact"),
        new("timers bgp", ReadTimers, s => s.Router.Timers is { } timers && timers != DefaultTimers(s) ? [$"timers bgp {timers.Keepalive} {timers.Hold}"] : []),
        Value("bgp minimum-holdtime", w => (ushort)w.Number(1, ushort.MaxValue), (r, time) => r.MinimumHoldTime = time, r => Unless(r.MinimumHoldTime, 0)),
        new("bgp conditional-advertisement timer", ReadConditionTimer, s => Unless(s.Router.ConditionTimer, DefaultConditionTimer) is { } time ? [$"bgp conditional-advertisement timer {time}"] : []),
        new("neighbor", (s, w) => FrrNeighborReader.Read(s, w, inFamily: false), s => FrrNeighborWriter.SessionLines(s.Router)),
        Value("bgp listen limit", w => (int)w.Number(1, 65535), (r, limit) => r.ListenLimit = limit, r => Unless((uint)r.ListenLimit, 0)),
        new("bgp listen range", ReadListenRange, s => s.Router.ListenRanges.OrderBy(range => range.Prefix).Select(range => $"bgp listen range {range.Prefix} peer-group {range.Group}")),
        Switch("bgp default shutdown", Off, r => r.DefaultShutdown, (r, on) => r.DefaultShutdown = on),
        new("bgp shutdown", ReadShutdown, s => s.Router.IsShutdown ? [s.Router.ShutdownMessage is { Length: > 0 } message ? $"bgp shutdown message {message}" : "bgp shutdown"] : []),

        // Those that bgpd takes and does not write.
        Switch("bgp enforce-first-as", Off, _ => null, (r, on) => r.EnforceFirstAs = on),
        Never("auto-summary"),
        Never("synchronization"),
        Neutral("bgp update-delay"),
        Neutral("bgp route-map delay-timer"),
        Neutral("bgp coalesce-time"),
        Neutral("bgp labeled-unicast"),
        Neutral("bgp default-originate timer"),
        Neutral("bgp fast-convergence"),
    ];

    /// <summary>A number that is said where it is not the default.</summary>
    private static string? Unless(uint? value, uint byDefault) => value is { } set && set != byDefault ? set.ToString() : null;

    private static string MaximumMed(uint med) => med == FrrRouter.DefaultMaximumMed ? "" : med.ToString(CultureInfo.InvariantCulture);

    private static IPv4Address? ClusterId(FrrWords words) => words.TryNumber(out uint number) ? new IPv4Address(number) : words.IPv4();

    /// <summary>RFC 5065.</summary>
    private static bool ReadConfederationPeers(FrrScope scope, FrrWords words)
    {
        SortedSet<uint> members = scope.Router.ConfederationPeers;
        do
        {
            uint member = words.As();
            _ = words.IsNegated ? members.Remove(member) : members.Add(member);
        }
        while (!words.AtEnd);

        return true;
    }

    private static (ushort Keepalive, ushort Hold) DefaultTimers(FrrScope scope) => scope.IsDatacenter ? ((ushort)3, (ushort)9) : ((ushort)60, (ushort)180);

    private static bool ReadTimers(FrrScope scope, FrrWords words)
    {
        scope.Router.Timers = words.IsNegated
            ? words.Drop<(ushort, ushort)?>()
            : ((ushort)words.Number(0, ushort.MaxValue), (ushort)words.Number(0, ushort.MaxValue));
        return true;
    }

    private static bool ReadConditionTimer(FrrScope scope, FrrWords words)
    {
        uint seconds = words.Number(5, 240);
        scope.Router.ConditionTimer = words.IsNegated ? null : seconds;
        return true;
    }

    private static bool ReadListenRange(FrrScope scope, FrrWords words)
    {
        InternetPrefix prefix = words.Prefix();
        scope.Router.ListenRanges.RemoveAll(range => range.Prefix == prefix);
        if (words.IsNegated)
        {
            words.Rest();
            return true;
        }

        if (!words.Take("peer-group"))
        {
            throw new FrrSyntaxException("'peer-group NAME' is missing");
        }

        string group = words.Next();
        if (scope.Router.FindPeer(group) is not { IsGroup: true })
        {
            throw new FrrSyntaxException($"peer-group '{group}' is not defined");
        }

        scope.Router.ListenRanges.Add((prefix, group));
        return true;
    }

    private static bool ReadShutdown(FrrScope scope, FrrWords words)
    {
        scope.Router.IsShutdown = !words.IsNegated;
        scope.Router.ShutdownMessage = words.Take("message") ? words.Rest() : "";
        return true;
    }
}
