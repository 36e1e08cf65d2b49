using System.Linq;
using Netemu.Core.Addresses;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Loading.Checking;

/// <summary>Gives default routes and rules their family, and checks that routes can be meant.</summary>
internal sealed class RouteCompletion(Binder binder, TopologySpec topology)
{
    public void Run()
    {
        foreach (NamespaceSpec space in topology.Nodes.SelectMany(InterfaceCheck.SpacesOf))
        {
            foreach (RouteSpec route in space.Routes)
            {
                Complete(route);
            }

            foreach (RuleSpec rule in space.Rules)
            {
                rule.Family = rule.StatedFamily ?? rule.From?.Family ?? rule.To?.Family ?? AddressFamily.IPv4;
                if (rule.GotoPriority <= (rule.Priority ?? 0))
                {
                    // fib_nl2rule: "Backward goto not supported".
                    binder.Error(LoaderCode.BadValue, "a rule can only go on with one of a higher 'priority' than its own", rule.Range);
                }
            }

            foreach (NeighbourSpec neighbour in space.Neighbours.Where(n => n is { Mac: null, Proxy: false }))
            {
                binder.Error(LoaderCode.MissingKey, "a neighbour needs the key 'mac', or proxy: true", neighbour.Range);
            }
        }
    }

    private void Complete(RouteSpec route)
    {
        InternetAddress? hint = route.Via ?? route.Source ?? route.NextHops.Select(h => h.Via).FirstOrDefault(v => v is not null);
        if (route.ToDefault)
        {
            AddressFamily family = route.Family ?? hint?.Family ?? AddressFamily.IPv4;
            route.To = family == AddressFamily.IPv4 ? Prefix<IPv4Address>.Default : Prefix<IPv6Address>.Default;
        }

        // RFC 8950: an IPv6 gateway may serve IPv4 (RTA_VIA); never the other way round.
        foreach (InternetAddress via in route.NextHops.Select(h => h.Via).Append(route.Via).OfType<InternetAddress>())
        {
            if (via.IsIPv4 && route.To.IsIPv6)
            {
                binder.Error(LoaderCode.BadValue, $"gateway '{via}' is of another family than '{route.To}'", route.Range);
            }
        }

        bool forwards = route.Kind is RouteKind.Unicast or RouteKind.Local or RouteKind.Broadcast or RouteKind.Multicast or RouteKind.Anycast;
        if (forwards && route.Via is null && route.Device is null && route.NextHops.Count == 0)
        {
            binder.Error(LoaderCode.MissingKey, "a route needs 'via', 'dev', 'nexthops', or a type such as blackhole", route.Range);
        }

        if (route.NextHops.Count > 0 && (route.Via is not null || route.Device is not null))
        {
            binder.Error(LoaderCode.MisplacedKey, "'nexthops' cannot stand beside 'via' or 'dev'", route.Range);
        }
    }
}
