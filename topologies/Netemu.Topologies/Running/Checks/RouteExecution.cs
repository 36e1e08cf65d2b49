using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Running.Checks;

/// <summary>The route of a prefix, or what a lookup of an address finds, in the words of <c>ip route</c>.</summary>
internal sealed class RouteExecution(RouteCheck check, StepContext context) : CheckExecution(context)
{
    public override ObservedMapping Observe()
    {
        NetworkNamespace? space = Context.Topology.FindNamespace(check.In);
        if (space is null)
        {
            return Missing($"'{check.In}' does not exist");
        }

        if (!check.Lookup)
        {
            return check.To.IsIPv4 ? Find(space.IPv4.Routes, check.To.IPv4) : Find(space.IPv6.Routes, check.To.IPv6);
        }

        InternetAddress from = check.From ?? default;
        return check.To.IsIPv4
            ? Describe(space.IPv4.RouteOutput(check.To.Address.IPv4, from.IsIPv4 ? from.IPv4 : default, null, check.Mark ?? 0))
            : Describe(space.IPv6.RouteOutput(check.To.Address.IPv6, from.IsIPv6 ? from.IPv6 : default));
    }

    private ObservedMapping Find<TAddress>(RoutingTables<TAddress> tables, Prefix<TAddress> prefix)
        where TAddress : struct, IIPAddress<TAddress>
    {
        Route<TAddress>? route = tables.Table(check.Table ?? RouteTable<TAddress>.MainId, create: false)?.Find(prefix);
        if (route is null)
        {
            return Missing();
        }

        ObservedMapping seen = Describe(route, route.NextHop, default);
        List<ObservedValue> hops = [];
        foreach (NextHop<TAddress> hop in route.NextHops)
        {
            hops.Add(Describe(hop));
        }

        return route.NextHopCount > 1 ? seen.Add("nexthops", hops) : seen;
    }

    private static ObservedMapping Describe<TAddress>(OutputRoute<TAddress> found)
        where TAddress : struct, IIPAddress<TAddress>
    {
        if (found.Error != Errno.None || found.Route is null)
        {
            return new ObservedMapping().Add("outcome", "errno").Add("errno", found.Error.ToString());
        }

        return Describe(found.Route, found.Hop!, found.Source);
    }

    private static ObservedMapping Describe<TAddress>(Route<TAddress> route, NextHop<TAddress> hop, TAddress source)
        where TAddress : struct, IIPAddress<TAddress>
    {
        ObservedMapping seen = new();
        seen.Add("outcome", "present").Add("to", route.Prefix.ToString()).Add("type", Lower(route.Type.ToString()));
        foreach ((string key, ObservedValue value) in Describe(hop).Entries.Where(e => e.Key != "weight"))
        {
            seen.Add(key, value);
        }

        TAddress chosen = source.Equals(default) ? route.PreferredSource : source;
        if (!chosen.Equals(default))
        {
            seen.Add("src", InternetAddress.From(chosen));
        }

        seen.Add("protocol", Lower(route.Protocol.ToString())).Add("scope", ScopeName(route.Scope)).Add("metric", route.Metric);
        return seen.Add("table", route.Table);
    }

    private static ObservedMapping Describe<TAddress>(NextHop<TAddress> hop)
        where TAddress : struct, IIPAddress<TAddress>
    {
        ObservedMapping seen = new();
        if (hop.HasGateway)
        {
            seen.Add("via", InternetAddress.From(hop.Gateway));
        }

        seen.AddIfAny("dev", hop.Device?.Name);
        return seen.Add("weight", hop.Weight);
    }

    private static string ScopeName(RouteScope scope) => scope == RouteScope.Universe ? "global" : Lower(scope.ToString());

    private static string Lower(string name) => name.ToLowerInvariant();
}
