using System.Collections.Generic;
using Netemu.Core.Addresses;

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
        BmpTargets,
        RouteMap,
        Bfd,
        BfdProfile,
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

            column = words.UnknownColumn;
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
            _context = _context is Context.Family or Context.BmpTargets ? Context.Router
                : _context is Context.BfdProfile ? Context.Bfd
                : Context.Top;
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
            Context.Router => ReadRouter(words, negated),
            Context.Family => ReadFamily(words) || (words.Take("exit-address-family") && Leave(Context.Router)) || ReadOuter(words, negated),
            Context.BmpTargets => ReadBmpTargets(words, negated),
            Context.RouteMap => ReadRouteMapLine(words, negated),
            Context.Bfd => ReadBfd(words, negated),
            Context.BfdProfile => ReadBfdProfile(words, negated) || ReadBfd(words, negated),
            Context.Ignored => IsIgnoredLine(words),
            _ => false,
        };
        return taken || ReadTop(words, negated);
    }

    /// <summary>
    /// A line in a family that only "router bgp" knows, as the next "address-family" without an exit: as in vtysh it ends the family.
    /// </summary>
    private bool ReadOuter(FrrWords words, bool negated)
    {
        _context = Context.Router;
        return ReadRouter(words, negated) || !Leave(Context.Family);
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

        if (words.Take("ip", "router-id") || words.Take("router-id"))
        {
            configuration.RouterId = negated ? words.Drop<IPv4Address?>() : words.IPv4();
            return true;
        }

        if (words.Take("bfd"))
        {
            words.End();
            return Leave(Context.Bfd);
        }

        if (words.Take("rpki"))
        {
            // A block with times and caches. A cache would be believed, so it is not passed over.
            return words.AtEnd ? Leave(Context.Top)
                : words.Take("cache") ? throw new FrrSyntaxException("no RPKI cache can be asked here")
                : IsRpkiTime(words);
        }

        if (words.Take("hostname"))
        {
            configuration.Hostname = words.Next();
            return true;
        }

        return IsNeutral(words);
    }

    private static bool IsRpkiTime(FrrWords words)
    {
        bool known = words.Take("polling_period") || words.Take("expire_interval") || words.Take("retry_interval");
        if (known)
        {
            words.Rest();
        }

        return known;
    }

    /// <summary>What says nothing about routing: logs, passwords, versions, forwarding that a router has anyway.</summary>
    private bool IsNeutral(FrrWords words)
    {
        if (words.Take("line", "vty"))
        {
            return Leave(Context.Ignored);
        }

        if (words.Take("frr", "version"))
        {
            words.Rest();
            return true;
        }

        bool neutral = words.Take("log") || words.Take("service") || words.Take("password")
            || words.Take("enable", "password") || words.Take("debug") || words.Take("banner") || words.Take("agentx")
            || words.Take("ip", "forwarding") || words.Take("ipv6", "forwarding") || words.Take("ip", "nht")
            || words.Take("ipv6", "nht") || words.Take("username") || words.Take("domainname")
            || words.Take("bgp", "route-map", "delay-timer") || words.Take("bgp", "no-rib") || words.Take("bgp", "session-dscp")
            || words.Take("bgp", "send-extra-data") || words.Take("allow-external-route-update") || words.Take("zebra")
            || words.Take("ip", "table", "range") || words.Take("fpm") || words.Take("ipv6", "router-id");
        return neutral && configuration.OtherLines.Note(words);
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
            return device.OtherLines.Note(words);
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

        FrrStaticRoute route = new(words.PrefixOrMask());
        if (words.Take("Null0"))
        {
            route = route with { IsBlackhole = true, IsNull = true };
        }
        else if (words.Take("blackhole"))
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
            if (!words.AtEnd && !uint.TryParse(words.Peek, out _) && words.Peek is not ("tag" or "onlink"))
            {
                route = route with { Interface = words.Next() };
            }
        }
        else
        {
            route = route with { Interface = words.Next() };
        }

        while (!words.AtEnd)
        {
            // A gateway beyond the prefixes of its link is taken as it is here.
            route = words.Take("onlink") ? route with { IsOnLink = true }
                : words.Take("tag") ? route with { Tag = words.Number(1) }
                : route with { Distance = (int)words.Number(1, 255) };
        }

        configuration.StaticRoutes.RemoveAll(other => other.IsSameWay(route) && (negated || other.Distance == route.Distance));
        if (!negated)
        {
            configuration.StaticRoutes.Add(route);
        }

        return true;
    }
}
