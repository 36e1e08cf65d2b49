using System.Collections.Generic;
using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Engine.Sockets;
using Netemu.Topologies.Expectations;
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
            ? Describe(
                space.IPv4.RouteOutput(check.To.Address.IPv4, from.IsIPv4 ? from.IPv4 : default, null, check.Mark ?? 0),
                space.IPv4.Routes,
                check.To.Address.IPv4)
            : Describe(
                space.IPv6.RouteOutput(check.To.Address.IPv6, from.IsIPv6 ? from.IPv6 : default),
                space.IPv6.Routes,
                check.To.Address.IPv6);
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

        return route.NextHopCount > 1 ? seen.WithList("nexthops", hops) : seen;
    }

    private ObservedMapping Describe<TAddress>(OutputRoute<TAddress> found, RoutingTables<TAddress> tables, TAddress destination)
        where TAddress : struct, IIPAddress<TAddress>
    {
        InternetAddress from = check.From ?? default;
        from.TryGet(out TAddress source);
        Route<TAddress>? route = tables.Lookup(new FlowKey<TAddress>(source, destination, null, null, check.Mark ?? 0, 0));
        return found.Error != Errno.None || route is null
            ? new ObservedMapping().With("outcome", "errno").With("errno", found.Error.ToString())
            : Describe(route, found.Hop ?? route.NextHop, found.Source);
    }

    private static ObservedMapping Describe<TAddress>(Route<TAddress> route, NextHop<TAddress> hop, TAddress source)
        where TAddress : struct, IIPAddress<TAddress>
    {
        ObservedMapping seen = new();
        seen.With("outcome", "present").With("to", route.Prefix.ToString()).With("type", Lower(route.Type.ToString()));
        foreach ((string key, ObservedValue value) in Describe(hop).Where(e => e.Key != "weight"))
        {
            seen.With(key, value);
        }

        TAddress chosen = source.Equals(default) ? route.PreferredSource : source;
        if (!chosen.Equals(default))
        {
            seen.With("src", InternetAddress.From(chosen));
        }

        seen.With("protocol", Lower(route.Protocol.ToString())).With("scope", ScopeName(route.Scope)).With("metric", route.Metric);
        return seen.With("table", route.Table);
    }

    private static ObservedMapping Describe<TAddress>(NextHop<TAddress> hop)
        where TAddress : struct, IIPAddress<TAddress>
    {
        ObservedMapping seen = new();
        if (hop.HasGateway)
        {
            seen.With("via", InternetAddress.From(hop.Gateway));
        }
        else if (!hop.IsDirect)
        {
            seen.With("via", (InternetAddress)hop.ViaIPv6);
        }

        seen.WithAny("dev", hop.Device?.Name);
        return seen.With("weight", hop.Weight);
    }

    private static string ScopeName(RouteScope scope) => scope == RouteScope.Universe ? "global" : Lower(scope.ToString());

    private static string Lower(string name) => name.ToLowerInvariant();
}
