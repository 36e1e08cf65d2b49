using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Policy;
using Netemu.Core.Addresses;

namespace Netemu.Bgp.Frr;

/// <content>The lists and maps that stand at a neighbour or a table, each as one policy.</content>
public sealed partial class FrrCompiler
{
    private const string UnsuppressMap = "unsuppress-map";

    private const string AdvertiseMap = "advertise-map";

    private const string TableMap = "table-map";

    internal static bool IsActive(FrrPeer peer, FrrPeer? group, AddressFamily family, bool byDefault) =>
        NameOf(peer, group, family, "activate") switch
        {
            "yes" => true,
            "no" => false,
            _ => byDefault,
        };

    private static string? NameOf(FrrPeer peer, FrrPeer? group, AddressFamily family, string key) => Find(peer, group, family, key)?.Name;

    /// <summary>A named thing of the neighbour, or of its group.</summary>
    private static FrrPeer.Setting? Find(FrrPeer peer, FrrPeer? group, AddressFamily family, string key) =>
        peer.SettingsOf(family).GetValueOrDefault(key) is { Name: not null } own ? own : group?.SettingsOf(family).GetValueOrDefault(key);

    private bool IsClosed(BgpNeighborConfiguration neighbor) => neighbor.RequiresPolicy && neighbor.RemoteAs != _router.As
        && (_router.ConfederationId == 0 || !_router.ConfederationPeers.Contains(neighbor.RemoteAs));

    /// <summary>The lists and the route map of a direction, of both families, as one policy; null for none.</summary>
    private RoutePolicy? Filter(
        FrrPeer peer, FrrPeer? group, string direction, bool ipv4, bool ipv6, BgpNeighborConfiguration neighbor, RoutePolicy? given)
    {
        RoutePolicy? four = ipv4 ? FilterOf(peer, group, AddressFamily.IPv4, direction) : null;
        RoutePolicy? six = ipv6 ? FilterOf(peer, group, AddressFamily.IPv6, direction) : null;
        if (four is null && six is null)
        {
            return given;
        }

        if (!ipv4 || !ipv6)
        {
            return four ?? six;
        }

        // A family without a policy is open, unless RFC 8212 closes it.
        bool closed = IsClosed(neighbor);
        RoutePolicy otherwise = closed ? RoutePolicy.RejectAll : RoutePolicy.AcceptAll;
        string key = $"{four?.Name}+{six?.Name}+{closed}";
        if (!_filters.TryGetValue(key, out RoutePolicy? both))
        {
            _filters[key] = both = new RoutePolicy
            {
                Name = key,
                Rules =
                [
                    new PolicyRule { Conditions = [new PolicyMatch.OfFamily(AddressFamily.IPv4), new PolicyMatch.AcceptedBy(four ?? otherwise)] },
                    new PolicyRule { Conditions = [new PolicyMatch.OfFamily(AddressFamily.IPv6), new PolicyMatch.AcceptedBy(six ?? otherwise)] },
                ],
            };
        }

        return both;
    }

    /// <summary>The lists on the way out with the unsuppress map in the place of the route map; a family without one stays closed.</summary>
    private RoutePolicy? UnsuppressOf(FrrPeer peer, FrrPeer? group, bool ipv4, bool ipv6)
    {
        List<PolicyRule> rules = [];
        foreach ((AddressFamily family, bool isActive) in new[] { (AddressFamily.IPv4, ipv4), (AddressFamily.IPv6, ipv6) })
        {
            if (isActive && NameOf(peer, group, family, UnsuppressMap) is not null)
            {
                rules.Add(new PolicyRule
                {
                    Conditions = [new PolicyMatch.OfFamily(family), new PolicyMatch.AcceptedBy(FilterOf(peer, group, family, "out", UnsuppressMap)!)],
                });
            }
        }

        string key = $"unsuppress {string.Join(' ', rules.Select(rule => ((PolicyMatch.AcceptedBy)rule.Conditions[1]).Policy.Name))}";
        return rules.Count == 0 ? null
            : _filters.TryGetValue(key, out RoutePolicy? known) ? known
            : _filters[key] = new RoutePolicy { Name = key, Rules = rules };
    }

    /// <summary>
    /// "advertise-map A exist-map B": the routes of A are told with what A sets, and not with what the route map on the way out
    /// does, while B finds a route; while it finds none they are not told. Without one of the two maps there is no condition.
    /// </summary>
    private ConditionalExport? ConditionOf(FrrPeer peer, FrrPeer? group, AddressFamily family, BgpNeighborConfiguration neighbor)
    {
        if (Find(peer, group, family, AdvertiseMap) is not { Name: { } routes, Condition: (string when, bool isPresent) }
            || RouteMap(routes) == RoutePolicy.RejectAll || RouteMap(when) == RoutePolicy.RejectAll)
        {
            return null;
        }

        RoutePolicy otherwise = FilterOf(peer, group, family, "out") ?? (IsClosed(neighbor) ? RoutePolicy.RejectAll : RoutePolicy.AcceptAll);
        PolicyRule rest = new() { Conditions = [new PolicyMatch.AcceptedBy(otherwise)] };
        RoutePolicy telling = FilterOf(peer, group, family, "out", AdvertiseMap)!;
        return new ConditionalExport(
            RouteMap(when),
            isPresent,
            Conditional($"{telling.Name} {otherwise.Name}", new PolicyRule { Conditions = [new PolicyMatch.AcceptedBy(telling)] }, rest),
            Conditional(
                $"{routes} withheld {otherwise.Name}",
                new PolicyRule { Conditions = [new PolicyMatch.AcceptedBy(RouteMap(routes))], Verdict = PolicyVerdict.Reject },
                rest))
        { Routes = routes };
    }

    private RoutePolicy Conditional(string key, PolicyRule first, PolicyRule rest) => _filters.TryGetValue($"{AdvertiseMap} {key}", out RoutePolicy? known)
        ? known
        : _filters[$"{AdvertiseMap} {key}"] = new RoutePolicy { Name = key, Rules = [first, rest] };

    /// <summary>The "table-map" of each family; a family without one goes into the FIB as it is.</summary>
    private RoutePolicy? TablePolicy() => _router.TableMaps.Count == 0 ? null : new RoutePolicy
    {
        Name = TableMap,
        Rules =
        [
            .. new[] { AddressFamily.IPv4, AddressFamily.IPv6 }.Where(_router.TableMaps.ContainsKey).Select(family => new PolicyRule
            {
                Conditions = [new PolicyMatch.OfFamily(family), new PolicyMatch.Not(new PolicyMatch.AcceptedBy(RouteMap(_router.TableMaps[family])))],
                Verdict = PolicyVerdict.Reject,
            }),
        ],
        Default = PolicyVerdict.Accept,
    };

    private RoutePolicy? FilterOf(FrrPeer peer, FrrPeer? group, AddressFamily family, string direction, string? mapKey = null)
    {
        string? prefixes = NameOf(peer, group, family, $"prefix-list {direction}");
        string? access = NameOf(peer, group, family, $"distribute-list {direction}");
        string? paths = NameOf(peer, group, family, $"filter-list {direction}");
        string? map = NameOf(peer, group, family, mapKey ?? $"route-map {direction}");
        if (prefixes is null && access is null && paths is null)
        {
            return map is null ? null : RouteMap(map);
        }

        string key = $"{family} {prefixes}|{access}|{paths}|{map}";
        if (_filters.TryGetValue(key, out RoutePolicy? known))
        {
            return known;
        }

        List<PolicyMatch> conditions = [];
        if (prefixes is not null)
        {
            conditions.Add(PrefixList(_configuration.PrefixLists(family).Find(prefixes)));
        }

        if (access is not null)
        {
            conditions.Add(PrefixList(_configuration.AccessLists(family).Find(access)));
        }

        if (paths is not null)
        {
            conditions.Add(_configuration.AsPathLists.Find(paths) is { } list
                ? new PolicyMatch.AsPathList(list.Values)
                : new PolicyMatch.Nothing());
        }

        if (map is not null)
        {
            conditions.Add(new PolicyMatch.AcceptedBy(RouteMap(map)));
        }

        return _filters[key] = new RoutePolicy { Name = key, Rules = [new PolicyRule { Conditions = conditions }] };
    }

    /// <summary>A list of prefixes; one that is not there holds for nothing.</summary>
    internal static PolicyMatch PrefixList(FrrList<PrefixListEntry>? list) =>
        list is null ? new PolicyMatch.Nothing() : new PolicyMatch.PrefixList(list.Values);

    /// <summary>A list that nobody has made permits nothing, as one without entries.</summary>
    internal static CommunityList CommunityList(FrrLists<CommunityListEntry> lists, string name) => new(name, lists.Find(name)?.Values ?? []);
}
