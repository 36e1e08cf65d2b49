using System;
using System.Collections.Generic;
using Netemu.Bgp.Damping;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Frr;

/// <summary>
/// Reads FRR's configuration language a line at a time, with its contexts: for files, and for "conf t" on a running
/// router. A line belongs to the context that it is written in, or to an outer one that knows it, as in vtysh.
/// </summary>
public sealed partial class FrrReader(FrrConfiguration configuration)
{
    private Context _context;
    private AddressFamily _family;
    private string _interface = "";
    private FrrRouteMapEntry? _entry;

    private enum Context
    {
        Top,
        Interface,
        Router,
        Family,
        RouteMap,
        Ignored,
    }

    /// <summary>True after "router bgp" or inside one of its families: what "end" or "exit" leaves.</summary>
    public bool IsAtTop => _context == Context.Top;

    /// <summary>Reads one line. False if it is not understood; then nothing has changed.</summary>
    public bool TryRead(string line, out int column, out string message)
    {
        column = 1;
        message = "";
        FrrWords words = new(line);
        if (words.IsEmpty || words.Peek[0] is '!' or '#')
        {
            return true;
        }

        try
        {
            bool negated = words.Take("no");
            if (Read(words, negated))
            {
                words.End();
                return true;
            }

            column = words.Column;
            message = $"unknown command: {line.Trim()}";
            return false;
        }
        catch (FrrSyntaxException problem)
        {
            column = words.Column;
            message = $"{problem.Message}: {line.Trim()}";
            return false;
        }
    }

    private FrrRouter Router => configuration.Router ?? throw new FrrSyntaxException("no 'router bgp' is open");

    private bool Read(FrrWords words, bool negated)
    {
        if (!negated && (words.Take("exit") || words.Take("quit")))
        {
            _context = _context == Context.Family ? Context.Router : Context.Top;
            return true;
        }

        if (!negated && words.Take("end"))
        {
            _context = Context.Top;
            return true;
        }

        bool taken = _context switch
        {
            Context.Interface => ReadInterface(words, negated),
            Context.Router => ReadRouter(words, negated) || ReadFamily(words, negated),
            Context.Family => ReadFamily(words, negated) || (words.Take("exit-address-family") && Leave(Context.Router)),
            Context.RouteMap => ReadRouteMapLine(words, negated),
            Context.Ignored => IsIgnoredLine(words),
            _ => false,
        };
        return taken || ReadTop(words, negated);
    }

    private bool Leave(Context context)
    {
        _context = context;
        return true;
    }

    private bool ReadTop(FrrWords words, bool negated)
    {
        if (ReadLists(words, negated) || ReadStaticRoute(words, negated))
        {
            _context = _context == Context.RouteMap && words.AtEnd ? Context.RouteMap : Context.Top;
            return true;
        }

        if (words.Take("router", "bgp"))
        {
            return ReadRouterLine(words, negated);
        }

        if (words.Take("route-map"))
        {
            return ReadRouteMapHead(words, negated);
        }

        if (words.Take("interface"))
        {
            _interface = words.Next();
            configuration.Interfaces.TryAdd(_interface, new FrrInterface());
            words.Take("vrf", "default");
            return Leave(Context.Interface);
        }

        if (words.Take("exit-address-family") || words.Take("exit-vrf") || words.Take("exit-route-map"))
        {
            return true;
        }

        if (words.Take("frr", "defaults"))
        {
            configuration.IsDatacenter = words.Take("datacenter");
            return configuration.IsDatacenter || words.Take("traditional");
        }

        if (words.Take("hostname"))
        {
            configuration.Hostname = words.Next();
            return true;
        }

        return IsNeutral(words);
    }

    /// <summary>What says nothing about routing: logs, passwords, versions, forwarding that a router has anyway.</summary>
    private bool IsNeutral(FrrWords words)
    {
        if (words.Take("line", "vty"))
        {
            return Leave(Context.Ignored);
        }

        bool neutral = words.Take("frr", "version") || words.Take("log") || words.Take("service") || words.Take("password")
            || words.Take("enable", "password") || words.Take("debug") || words.Take("banner") || words.Take("agentx")
            || words.Take("ip", "forwarding") || words.Take("ipv6", "forwarding") || words.Take("ip", "nht")
            || words.Take("ipv6", "nht") || words.Take("username") || words.Take("domainname");
        if (neutral)
        {
            words.Rest();
        }

        return neutral;
    }

    private static bool IsIgnoredLine(FrrWords words)
    {
        bool known = words.Take("exec-timeout") || words.Take("login") || words.Take("access-class");
        if (known)
        {
            words.Rest();
        }

        return known;
    }

    private bool ReadRouterLine(FrrWords words, bool negated)
    {
        if (negated)
        {
            words.Rest();
            configuration.Router = null;
            return Leave(Context.Top);
        }

        uint number = words.As();
        words.Take("vrf", "default");
        if (configuration.Router is not null && configuration.Router.As != number)
        {
            throw new FrrSyntaxException($"BGP is already running; AS is {configuration.Router.As}");
        }

        configuration.Router ??= new FrrRouter(number) { DeterministicMed = configuration.IsDatacenter ? true : null };
        _family = AddressFamily.IPv4;
        return Leave(Context.Router);
    }

    private bool ReadInterface(FrrWords words, bool negated)
    {
        FrrInterface device = configuration.Interfaces[_interface];
        if (words.Take("ip", "address") || words.Take("ipv6", "address"))
        {
            string text = words.Next();
            string[] parts = text.Split('/');
            if (parts.Length != 2 || !InternetAddress.TryParse(parts[0], out InternetAddress address)
                || !int.TryParse(parts[1], out int length) || length > (address.IsIPv4 ? 32 : 128))
            {
                throw new FrrSyntaxException($"'{text}' is not an address with a length");
            }

            device.Addresses.Remove((address, length));
            if (!negated)
            {
                device.Addresses.Add((address, length));
            }

            return true;
        }

        if (words.Take("shutdown"))
        {
            device.IsShutdown = !negated;
            return true;
        }

        if (words.Take("description") || words.Take("ipv6", "nd") || words.Take("link-detect") || words.Take("bandwidth")
            || words.Take("ip", "ospf") || words.Take("multicast") || words.Take("mpls"))
        {
            words.Rest();
            return true;
        }

        return false;
    }

    private bool ReadStaticRoute(FrrWords words, bool negated)
    {
        bool known = words.Take("ip", "route") || words.Take("ipv6", "route");
        if (!known)
        {
            return false;
        }

        FrrStaticRoute route = new(words.Prefix());
        if (words.Take("Null0") || words.Take("blackhole"))
        {
            route = route with { IsBlackhole = true };
        }
        else if (words.Take("reject"))
        {
            route = route with { IsReject = true };
        }
        else if (words.TryAddress(out InternetAddress gateway))
        {
            route = route with { Gateway = gateway };
            if (!words.AtEnd && !uint.TryParse(words.Peek, out _) && words.Peek != "tag")
            {
                route = route with { Interface = words.Next() };
            }
        }
        else
        {
            route = route with { Interface = words.Next() };
        }

        if (words.Take("tag"))
        {
            words.Number();
        }

        if (words.TryNumber(out uint distance))
        {
            route = route with { Distance = (int)distance };
        }

        configuration.StaticRoutes.Remove(route);
        if (!negated)
        {
            configuration.StaticRoutes.Add(route);
        }

        return true;
    }

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
        else if (words.Take("graceful-shutdown"))
        {
            router.GracefulShutdown = !negated;
        }
        else if (words.Take("dampening"))
        {
            router.Damping = negated ? Drop<FlapDamping?>(words) : ReadDampening(words);
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
    private static bool IsNeutralBgp(FrrWords words)
    {
        bool neutral = words.Take("log-neighbor-changes") || words.Take("fast-external-failover") || words.Take("suppress-duplicates")
            || words.Take("hard-administrative-reset") || words.Take("default", "show-hostname") || words.Take("default", "show-nexthop-hostname")
            || words.Take("update-delay") || words.Take("route-map", "delay-timer") || words.Take("coalesce-time")
            || words.Take("minimum-holdtime") || words.Take("labeled-unicast") || words.Take("default-originate", "timer");
        if (neutral)
        {
            words.Rest();
        }

        return neutral;
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
        else if (words.Take("preserve-fw-state") || words.Take("rib-stale-time"))
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
            InternetPrefix prefix = words.Prefix();
            router.Networks.Remove(prefix);
            string? map = words.Take("route-map") ? words.Next() : null;
            words.Take("backdoor");
            if (!negated)
            {
                router.Networks[prefix] = new FrrNetwork(prefix) { RouteMap = map };
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
            router.MaximumPathsIbgp = negated ? Drop<int?>(words) : Math.Min(64, (int)words.Number(1, 256));
            words.Take("equal-cluster-length");
            return true;
        }

        if (words.Take("maximum-paths"))
        {
            router.MaximumPaths = negated ? Drop<int?>(words) : Math.Min(64, (int)words.Number(1, 256));
            return true;
        }

        if (words.Take("bgp", "dampening"))
        {
            router.Damping = negated ? Drop<FlapDamping?>(words) : ReadDampening(words);
            return true;
        }

        if (words.Take("distance", "bgp"))
        {
            words.Rest();
            return true;
        }

        return false;
    }

    private void ReadAggregate(FrrWords words, bool negated)
    {
        InternetPrefix prefix = words.Prefix();
        Router.Aggregates.Remove(prefix);
        FrrAggregate aggregate = new(prefix);
        while (!words.AtEnd)
        {
            aggregate = words.Take("summary-only") ? aggregate with { SummaryOnly = true }
                : words.Take("as-set") ? aggregate with { AsSet = true }
                : words.Take("route-map") ? aggregate with { RouteMap = words.Next() }
                : throw new FrrSyntaxException($"'{words.Peek}' is not expected here");
        }

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

    /// <summary>The rest of a line that takes something back says nothing more.</summary>
    private static T? Drop<T>(FrrWords words, T? value = default)
    {
        words.Rest();
        return value;
    }
}
