using Netemu.Bgp.Damping;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Frr;

/// <content>What stands under "router bgp" and in its families, but for neighbours.</content>
public sealed partial class FrrReader
{
    /// <summary>Lines under "router bgp" that belong to no family.</summary>
    private bool ReadRouter(FrrWords words, bool negated)
    {
        if (words.Take("address-family"))
        {
            _family = words.Take("ipv6") ? AddressFamily.IPv6
                : words.Take("ipv4") ? AddressFamily.IPv4
                : throw new FrrSyntaxException("only ipv4 and ipv6 are supported");
            words.Take("unicast");
            return Leave(Context.Family);
        }

        if (words.Take("neighbor"))
        {
            return ReadNeighbor(words, negated, AddressFamily.IPv4, inFamily: false);
        }

        if (words.Take("timers", "bgp"))
        {
            if (negated)
            {
                words.Rest();
                Router.Timers = null;
                return true;
            }

            ushort keepalive = (ushort)words.Number(0, ushort.MaxValue);
            Router.Timers = (keepalive, (ushort)words.Number(0, ushort.MaxValue));
            return true;
        }

        if (words.Take("bmp", "targets"))
        {
            return ReadBmpTargetsLine(words, negated);
        }

        if (words.Take("coalesce-time") || words.Take("read-quanta") || words.Take("write-quanta") || words.Take("update-delay"))
        {
            return Note(Router.OtherLines, words);
        }

        if (words.Take("auto-summary") || words.Take("synchronization"))
        {
            return negated;
        }

        return words.Take("bgp") && ReadBgp(words, negated);
    }

    private bool ReadBgp(FrrWords words, bool negated)
    {
        FrrRouter router = Router;
        if (words.Take("router-id"))
        {
            router.RouterId = negated ? Drop<IPv4Address?>(words) : words.IPv4();
        }
        else if (words.Take("cluster-id"))
        {
            router.ClusterId = negated ? Drop<IPv4Address?>(words)
                : words.TryNumber(out uint number) ? new IPv4Address(number) : words.IPv4();
        }
        else if (words.Take("default", "ipv4-unicast"))
        {
            router.DefaultIPv4Unicast = !negated;
        }
        else if (words.Take("default", "ipv6-unicast"))
        {
            router.DefaultIPv6Unicast = !negated;
        }
        else if (words.Take("default", "shutdown"))
        {
            router.DefaultShutdown = !negated;
        }
        else if (words.Take("shutdown"))
        {
            router.IsShutdown = !negated;
            router.ShutdownMessage = words.Take("message") ? words.Rest() : "";
        }
        else if (words.Take("route-reflector", "allow-outbound-policy"))
        {
            router.ReflectsWithPolicy = !negated;
        }
        else if (words.Take("disable-ebgp-connected-route-check"))
        {
            router.DisableConnectedCheck = !negated;
        }
        else if (words.Take("default", "local-preference"))
        {
            router.DefaultLocalPref = negated ? Drop<uint?>(words) : words.Number();
        }
        else if (words.Take("always-compare-med"))
        {
            router.AlwaysCompareMed = !negated;
        }
        else if (words.Take("deterministic-med"))
        {
            router.DeterministicMed = !negated;
        }
        else if (words.Take("ebgp-requires-policy"))
        {
            router.EbgpRequiresPolicy = !negated;
        }
        else if (words.Take("network", "import-check"))
        {
            words.Take("exact");
            router.ImportCheck = !negated;
        }
        else if (words.Take("enforce-first-as"))
        {
            router.EnforceFirstAs = !negated;
        }
        else if (words.Take("client-to-client", "reflection"))
        {
            router.ClientToClient = !negated;
        }
        else if (words.Take("bestpath"))
        {
            ReadBestPath(words, !negated);
        }
        else if (words.Take("graceful-restart-disable"))
        {
            router.GracefulRestartDisabled = !negated;
        }
        else if (words.Take("graceful-restart"))
        {
            ReadGracefulRestart(words, negated);
        }
        else if (words.Take("long-lived-graceful-restart", "stale-time"))
        {
            router.LongLivedStaleTime = negated ? Drop<uint?>(words) : words.Number(1, 0xFFFFFF);
        }
        else if (words.Take("max-med", "on-startup"))
        {
            router.StartupMed = negated ? Drop<(uint, uint)?>(words)
                : (words.Number(5, 86_400), words.AtEnd ? FrrRouter.DefaultMaximumMed : words.Number());
        }
        else if (words.Take("max-med", "administrative"))
        {
            router.MaximumMed = negated ? Drop<uint?>(words) : words.TryNumber(out uint value) ? value : FrrRouter.DefaultMaximumMed;
        }
        else if (words.Take("conditional-advertisement", "timer"))
        {
            uint seconds = words.Number(5, 240);
            router.ConditionTimer = negated ? null : seconds;
        }
        else if (words.Take("graceful-shutdown"))
        {
            router.GracefulShutdown = !negated;
        }
        else if (words.Take("dampening"))
        {
            router.Damping = negated ? Drop<FlapDamping?>(words) : ReadDampening(words);
        }
        else if (words.Take("confederation"))
        {
            ReadConfederation(words, negated);
        }
        else if (words.Take("listen", "limit"))
        {
            router.ListenLimit = negated ? Drop<int>(words) : (int)words.Number(1, 65535);
        }
        else if (words.Take("listen", "range"))
        {
            ReadListenRange(words, negated);
        }
        else
        {
            return IsNeutralBgp(words);
        }

        return true;
    }

    /// <summary>What makes no difference to what is announced or chosen here.</summary>
    private bool IsNeutralBgp(FrrWords words)
    {
        bool neutral = words.Take("log-neighbor-changes") || words.Take("fast-external-failover") || words.Take("suppress-duplicates")
            || words.Take("hard-administrative-reset") || words.Take("default", "show-hostname") || words.Take("default", "show-nexthop-hostname")
            || words.Take("update-delay") || words.Take("route-map", "delay-timer") || words.Take("coalesce-time")
            || words.Take("minimum-holdtime") || words.Take("labeled-unicast") || words.Take("default-originate", "timer")
            || words.Take("default", "subgroup-pkt-queue-max") || words.Take("suppress-fib-pending") || words.Take("fast-convergence");
        return neutral && Note(Router.OtherLines, words);
    }

    /// <summary>"bgp confederation identifier N", "bgp confederation peers N ..." (RFC 5065).</summary>
    private void ReadConfederation(FrrWords words, bool negated)
    {
        if (words.Take("identifier"))
        {
            Router.ConfederationId = negated ? Drop<uint>(words) : words.As();
            return;
        }

        if (!words.Take("peers"))
        {
            throw new FrrSyntaxException($"'{words.Peek}' is not expected here: identifier or peers");
        }

        do
        {
            uint member = words.As();
            if (negated)
            {
                Router.ConfederationPeers.Remove(member);
            }
            else
            {
                Router.ConfederationPeers.Add(member);
            }
        }
        while (!words.AtEnd);
    }

    private void ReadBestPath(FrrWords words, bool on)
    {
        FrrRouter router = Router;
        if (words.Take("compare-routerid"))
        {
            router.CompareRouterId = on;
        }
        else if (words.Take("as-path", "multipath-relax"))
        {
            words.Take("no-as-set");
            words.Take("as-set");
            router.MultipathRelax = on;
        }
        else if (words.Take("as-path", "confed"))
        {
            router.CountConfederation = on;
        }
        else if (words.Take("as-path", "ignore"))
        {
            router.IgnoreAsPath = on;
        }
        else if (words.Take("med", "missing-as-worst"))
        {
            router.MissingAsWorst = on;
        }
        else
        {
            throw new FrrSyntaxException($"'{words.Peek}' is not a known switch");
        }
    }

    private void ReadGracefulRestart(FrrWords words, bool negated)
    {
        FrrRouter router = Router;
        if (words.Take("restart-time"))
        {
            router.RestartTime = negated ? Drop<ushort>(words, 120) : (ushort)words.Number(0, 4095);
        }
        else if (words.Take("stalepath-time"))
        {
            router.StalePathTime = negated ? Drop<uint>(words, 360) : words.Number(1, 4095);
        }
        else if (words.Take("select-defer-time"))
        {
            router.SelectDeferTime = negated ? Drop<uint>(words, 360) : words.Number(0, 3600);
        }
        else if (words.Take("notification"))
        {
            router.GracefulNotification = !negated;
        }
        else if (words.Take("preserve-fw-state"))
        {
            router.PreservesForwarding = !negated;
        }
        else if (words.Take("rib-stale-time"))
        {
            words.Rest();
        }
        else
        {
            router.GracefulRestart = !negated;
        }
    }

    private static FlapDamping ReadDampening(FrrWords words)
    {
        if (!words.TryNumber(out uint halfLife))
        {
            return FlapDamping.Default;
        }

        FlapDamping damping = new() { HalfLife = Duration.FromSeconds(halfLife * 60), MaximumSuppress = Duration.FromSeconds(4 * halfLife * 60) };
        if (!words.TryNumber(out uint reuse))
        {
            return damping;
        }

        damping = damping with { ReuseThreshold = (int)reuse, SuppressThreshold = (int)words.Number(1, 20000) };
        return damping with { MaximumSuppress = Duration.FromSeconds(words.Number(1, 255) * 60) };
    }

    private void ReadListenRange(FrrWords words, bool negated)
    {
        InternetPrefix prefix = words.Prefix();
        Router.ListenRanges.RemoveAll(range => range.Prefix == prefix);
        if (negated)
        {
            words.Rest();
            return;
        }

        if (!words.Take("peer-group"))
        {
            throw new FrrSyntaxException("'peer-group NAME' is missing");
        }

        string group = words.Next();
        if (Router.FindPeer(group) is not { IsGroup: true })
        {
            throw new FrrSyntaxException($"peer-group '{group}' is not defined");
        }

        Router.ListenRanges.Add((prefix, group));
    }

    /// <summary>Lines of a family; directly under "router bgp" they are of IPv4.</summary>
    private bool ReadFamily(FrrWords words, bool negated)
    {
        AddressFamily family = _context == Context.Family ? _family : AddressFamily.IPv4;
        FrrRouter router = Router;
        if (words.Take("neighbor"))
        {
            return ReadNeighbor(words, negated, family, inFamily: true);
        }

        if (words.Take("network"))
        {
            InternetPrefix prefix = words.Network();
            router.Networks.Remove(prefix);
            string? map = words.Take("route-map") ? words.Next() : null;
            bool isBackDoor = words.Take("backdoor");
            if (!negated)
            {
                router.Networks[prefix] = new FrrNetwork(prefix) { RouteMap = map, IsBackDoor = isBackDoor };
            }

            return true;
        }

        if (words.Take("aggregate-address"))
        {
            ReadAggregate(words, negated);
            return true;
        }

        if (words.Take("redistribute"))
        {
            ReadRedistribute(words, negated, family);
            return true;
        }

        if (words.Take("maximum-paths", "ibgp"))
        {
            router.MaximumPathsIbgp = negated ? Drop<int?>(words) : (int)words.Number(1, 256);
            router.EqualClusterLength = words.Take("equal-cluster-length");
            return true;
        }

        if (words.Take("maximum-paths"))
        {
            router.MaximumPaths = negated ? Drop<int?>(words) : (int)words.Number(1, 256);
            return true;
        }

        if (words.Take("table-map"))
        {
            string map = words.Next();
            router.TableMaps.Remove(family);
            if (!negated)
            {
                router.TableMaps[family] = map;
            }

            return true;
        }

        if (words.Take("bgp", "dampening"))
        {
            router.Damping = negated ? Drop<FlapDamping?>(words) : ReadDampening(words);
            return true;
        }

        return words.Take("distance") && ReadDistance(words, negated, family);
    }

    /// <summary>"distance bgp EXTERNAL INTERNAL LOCAL" and "distance N PREFIX [ACCESS-LIST]".</summary>
    private bool ReadDistance(FrrWords words, bool negated, AddressFamily family)
    {
        if (words.Take("bgp"))
        {
            if (negated)
            {
                words.Rest();
                Router.Distances.Remove(family);
                return true;
            }

            Router.Distances[family] = (Distance(words), Distance(words), Distance(words));
            return true;
        }

        byte distance = Distance(words);
        InternetPrefix prefix = PrefixOf(words, family);
        string? list = words.AtEnd ? null : words.Next();
        Router.SourceDistances.Remove(prefix);
        if (!negated)
        {
            Router.SourceDistances.Add(prefix, new FrrSourceDistance(prefix, distance, list));
        }

        return true;
    }

    private static byte Distance(FrrWords words) => (byte)words.Number(1, byte.MaxValue);

    private void ReadAggregate(FrrWords words, bool negated)
    {
        InternetPrefix prefix = words.PrefixOrMask();
        FrrAggregate aggregate = new(prefix);
        while (!words.AtEnd)
        {
            aggregate = words.Take("summary-only") ? aggregate with { SummaryOnly = true }
                : words.Take("as-set") ? aggregate with { AsSet = true }
                : words.Take("route-map") ? aggregate with { RouteMap = words.Next() }
                : words.Take("suppress-map") ? aggregate with { SuppressMap = words.Next() }
                : throw new FrrSyntaxException($"'{words.Peek}' is not expected here");
        }

        if (aggregate is { SummaryOnly: true, SuppressMap: not null })
        {
            throw new FrrSyntaxException("'summary-only' and 'suppress-map' can't be used at the same time");
        }

        Router.Aggregates.Remove(prefix);
        if (!negated)
        {
            Router.Aggregates[prefix] = aggregate;
        }
    }

    private void ReadRedistribute(FrrWords words, bool negated, AddressFamily family)
    {
        string source = words.Next();
        if (source is not ("connected" or "static" or "kernel"))
        {
            throw new FrrSyntaxException($"'{source}' is not connected, static or kernel");
        }

        FrrRedistribution redistribution = new(source, family);
        while (!words.AtEnd)
        {
            redistribution = words.Take("route-map") ? redistribution with { RouteMap = words.Next() }
                : words.Take("metric") ? redistribution with { Metric = words.Number() }
                : throw new FrrSyntaxException($"'{words.Peek}' is not expected here");
        }

        Router.Redistributions.RemoveAll(other => other.Source == source && other.Family == family);
        if (!negated)
        {
            Router.Redistributions.Add(redistribution);
        }
    }
}
