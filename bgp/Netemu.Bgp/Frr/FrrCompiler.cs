using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp.Bmp;
using Netemu.Bgp.Bfd;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Time;

namespace Netemu.Bgp.Frr;

/// <summary>
/// Turns the model of an FRR configuration into a speaker's, with FRR's own defaults (8.4): timers, RFC 8212, paths to
/// share traffic over, families, graceful restart as a helper.
/// </summary>
public sealed partial class FrrCompiler
{
    /// <summary>What FRR weighs its own routes (BGP_ATTR_DEFAULT_WEIGHT).</summary>
    private const ushort LocalWeight = 32768;

    private const int MaximumPaths = 64;

    private readonly FrrConfiguration _configuration;
    private readonly FrrRouter _router;
    private readonly FrrEnvironment _environment;
    private readonly BgpTimers _timers;
    private readonly Dictionary<string, RoutePolicy> _maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RoutePolicy> _filters = new(StringComparer.Ordinal);
    private readonly Dictionary<BgpNeighborConfiguration, BgpNeighborConfiguration> _shared = [];

    private FrrCompiler(FrrConfiguration configuration, FrrEnvironment environment)
    {
        _configuration = configuration;
        _router = configuration.Router!;
        _environment = environment;
        BgpTimers byDefault = _router.Base?.Timers
            ?? BgpTimers.Of(configuration.IsDatacenter ? TimerProfile.FrrDatacenter : TimerProfile.Frr);
        _timers = _router.Timers is (ushort keepalive, ushort hold)
            ? byDefault with { KeepaliveTime = keepalive, HoldTime = hold }
            : byDefault;
    }

    /// <summary>Compiles a configuration that has a "router bgp".</summary>
    public static FrrCompiled Compile(FrrConfiguration configuration, FrrEnvironment environment) =>
        new FrrCompiler(configuration, environment).Compile();

    /// <summary>"timers bgp", or what holds without it.</summary>
    internal BgpTimers Timers => _timers;

    /// <summary>The timers that a neighbour's own are laid over.</summary>
    internal BgpTimers TimersOf(BgpNeighborConfiguration neighbor) => neighbor.Timers ?? _timers;

    /// <summary>A profile under "bfd"; null for one that is not there, which bfdd takes as its defaults.</summary>
    internal BfdParameters? BfdProfile(string name) => _configuration.BfdProfiles.GetValueOrDefault(name);

    /// <summary>What stands under "bfd" for one peer.</summary>
    internal BfdParameters? BfdPeer(string address) => _configuration.BfdPeers.GetValueOrDefault(address);

    internal InternetAddress AddressOf(string device) => _environment.AddressOf(device);

    /// <summary>A route map by name; one that is not there denies everything, as in bgpd.</summary>
    internal RoutePolicy RouteMap(string name)
    {
        if (_maps.TryGetValue(name, out RoutePolicy? known))
        {
            return known;
        }

        RoutePolicy policy = RoutePolicy.RejectAll;
        _maps[name] = policy;
        if (_configuration.FindRouteMap(name) is { } map)
        {
            int[] sequences = [.. map.Entries.Keys];
            policy = new RoutePolicy
            {
                Name = name,
                Rules = [.. map.Entries.Select(entry => RuleOf(entry.Key, entry.Value, sequences))],
                Invoked = map.Invoked,
            };
        }
        else if (_configuration.Policies.TryGetValue(name, out RoutePolicy? given))
        {
            policy = given;
        }

        _maps[name] = policy;
        return policy;
    }

    private FrrCompiled Compile()
    {
        BgpSpeakerConfiguration start = _router.Base ?? Defaults();
        bool fromFile = _router.Base is null;
        List<BgpNetwork> networks = [];
        List<BgpNetwork> checkedNetworks = [];
        foreach (FrrNetwork network in _router.Networks.Values.Where(network => !network.IsBackDoor))
        {
            BgpNetwork compiled = network.Given ?? new BgpNetwork(network.Prefix)
            {
                Weight = fromFile ? LocalWeight : (ushort)0,
                Med = fromFile ? 0 : null,
                Policy = network.RouteMap is null ? null : RouteMap(network.RouteMap),
            };
            (fromFile && _router.ImportCheck ? checkedNetworks : networks).Add(compiled);
        }

        List<BgpNeighbor> neighbors = [];
        List<UnnumberedNeighbor> unnumbered = [];
        foreach (FrrPeer peer in _router.Peers)
        {
            if (peer.IsGroup)
            {
                continue;
            }

            BgpNeighborConfiguration neighbor = NeighborOf(peer);
            if (peer.IsInterface)
            {
                unnumbered.Add(new UnnumberedNeighbor(peer.Name, neighbor with { ExtendedNextHop = true }));
            }
            else if (InternetAddress.TryParse(peer.Name, out InternetAddress address))
            {
                neighbors.Add(new BgpNeighbor(address, neighbor));
            }
        }

        BgpSpeakerConfiguration speaker = start with
        {
            RouterId = _router.RouterId ?? (fromFile ? _configuration.RouterId : null) ?? start.RouterId,
            ReflectsWithPolicy = _router.ReflectsWithPolicy || !fromFile,
            ClusterId = _router.ClusterId ?? start.ClusterId,
            MinimumHoldTime = _router.MinimumHoldTime,
            ConfederationId = _router.ConfederationId,
            ConfederationPeers = [.. _router.ConfederationPeers],
            ClientToClientReflection = _router.ClientToClient ?? start.ClientToClientReflection,
            DefaultLocalPref = _router.DefaultLocalPref ?? start.DefaultLocalPref,
            Timers = _timers,
            BestPath = BestPathOf(start.BestPath),
            GracefulShutdown = _router.GracefulShutdown ?? start.GracefulShutdown,
            MaximumMed = _router.MaximumMed,
            StartupMed = _router.StartupMed is (uint seconds, uint med) ? new StartupMed(Duration.FromSeconds(seconds), med) : null,
            ConditionInterval = _router.ConditionTimer is uint interval ? Duration.FromSeconds(interval) : start.ConditionInterval,
            TablePolicy = TablePolicy(),
            Damping = _router.Damping ?? (fromFile ? null : start.Damping),
            SelectionDeferral = fromFile ? Duration.FromSeconds(_router.SelectDeferTime) : start.SelectionDeferral,
            Networks = networks,
            Aggregates = [.. _router.Aggregates.Values.Select(AggregateOf)],
            Neighbors = neighbors,
            Unnumbered = unnumbered,
            NeighborRanges = [.. RangesOf(start)],
            Stations = [.. StationsOf(start)],
        };
        return new FrrCompiled(speaker)
        {
            CheckedNetworks = checkedNetworks,
            Distances = DistancesOf(fromFile),
            Tags = _configuration.StaticRoutes.GroupBy(route => route.Prefix)
                .ToDictionary(routes => routes.Key, routes => routes.MinBy(route => route.Distance)!.Tag),
            Redistributions =
            [
                .. _router.Redistributions.Select(r => r.IsGiven ? r : r with { Policy = PolicyOf(r) }),
            ],
        };
    }

    private FrrDistances? DistancesOf(bool fromFile)
    {
        HashSet<InternetPrefix> backDoors = [.. _router.Networks.Values.Where(network => network.IsBackDoor).Select(network => network.Prefix)];
        return !fromFile && _router.Distances.Count + _router.SourceDistances.Count + backDoors.Count == 0 ? null : new FrrDistances(
            new Dictionary<AddressFamily, (byte, byte, byte)>(_router.Distances),
            [.. _router.SourceDistances.Values.Select(source => (source.Prefix, source.Distance, AccessList(source)))],
            backDoors);
    }

    /// <summary>Null for all routes; a list that is not there permits none.</summary>
    private PolicyMatch? AccessList(FrrSourceDistance source) =>
        source.AccessList is null ? null : PrefixList(_configuration.AccessLists(source.Prefix.Family).Find(source.AccessList));

    private BgpSpeakerConfiguration Defaults() => new()
    {
        Name = _configuration.Hostname,
        As = _router.As,
        RouterId = _environment.RouterId,
        KeepsBlackholesInside = true,
        BestPath = new BestPathOptions
        {
            DeterministicMed = false,
            PreferOlder = true,
            MaximumPathsExternal = MaximumPaths,
            MaximumPathsInternal = MaximumPaths,
        },
    };

    private BestPathOptions BestPathOf(BestPathOptions start) => start with
    {
        AlwaysCompareMed = _router.AlwaysCompareMed ?? start.AlwaysCompareMed,
        DeterministicMed = _router.DeterministicMed ?? start.DeterministicMed,
        MissingMedAsWorst = _router.MissingAsWorst ?? start.MissingMedAsWorst,
        PreferOlder = _router.CompareRouterId is { } compare ? !compare : start.PreferOlder,
        CountConfederation = _router.CountConfederation ?? start.CountConfederation,
        IgnoreAsPathLength = _router.IgnoreAsPath ?? start.IgnoreAsPathLength,
        MultipathRelax = _router.MultipathRelax ?? (_configuration.IsDatacenter || start.MultipathRelax),
        MaximumPathsExternal = _router.MaximumPaths is int external ? Math.Min(MaximumPaths, external) : start.MaximumPathsExternal,
        MaximumPathsInternal = _router.MaximumPathsIbgp is int inside ? Math.Min(MaximumPaths, inside) : start.MaximumPathsInternal,
    };

    private BgpAggregate AggregateOf(FrrAggregate aggregate) => aggregate.Given ?? new BgpAggregate(aggregate.Prefix)
    {
        SummaryOnly = aggregate.SummaryOnly,
        AsSet = aggregate.AsSet,
        AlwaysAtomic = true,
        SuppressPolicy = aggregate.SuppressMap is null ? null : RouteMap(aggregate.SuppressMap),
        Policy = WithMetric(0, aggregate.RouteMap),
    };

    /// <summary>What bgpd gives a route that it makes itself: a metric, which a route map may change.</summary>
    internal RoutePolicy WithMetric(uint metric, string? map)
    {
        string key = $"metric {metric} {map}";
        if (!_filters.TryGetValue(key, out RoutePolicy? policy))
        {
            List<PolicyRule> rules = [new PolicyRule { Actions = [new PolicyAction.SetMed(metric)], Verdict = PolicyVerdict.Next }];
            if (map is not null)
            {
                rules.Add(new PolicyRule { Conditions = [new PolicyMatch.AcceptedBy(RouteMap(map))] });
            }

            _filters[key] = policy = new RoutePolicy
            {
                Name = map ?? key,
                Rules = rules,
                Default = map is null ? PolicyVerdict.Accept : PolicyVerdict.Reject,
            };
        }

        return policy;
    }

    private IEnumerable<BmpStation> StationsOf(BgpSpeakerConfiguration start) =>
        start.Stations.Concat(_router.BmpTargets.SelectMany(targets => targets.Stations.Select(station => station with
        {
            Feeds = targets.Feeds,
            StatisticsInterval = targets.StatisticsInterval,
            LocalAddress = targets.Sources.TryGetValue((station.Address, station.Port), out string? device) ? AddressOf(device) : default,
        })));

    private IEnumerable<BgpNeighborRange> RangesOf(BgpSpeakerConfiguration start)
    {
        foreach (BgpNeighborRange range in start.NeighborRanges)
        {
            yield return range;
        }

        foreach ((InternetPrefix prefix, string group) in _router.ListenRanges)
        {
            if (_router.FindPeer(group) is { } peer)
            {
                yield return new BgpNeighborRange(prefix, NeighborOf(peer))
                {
                    Limit = _router.ListenLimit > 0 ? _router.ListenLimit : FrrRouter.DefaultListenLimit,
                };
            }
        }
    }

    private RoutePolicy? PolicyOf(FrrRedistribution redistribution)
    {
        List<PolicyRule> rules = [];
        if (redistribution.Metric is uint metric)
        {
            rules.Add(new PolicyRule { Actions = [new PolicyAction.SetMed(metric)], Verdict = PolicyVerdict.Next });
        }

        rules.Add(new PolicyRule { Actions = [new PolicyAction.SetWeight(LocalWeight)], Verdict = PolicyVerdict.Next });
        if (redistribution.RouteMap is null)
        {
            return new RoutePolicy { Name = redistribution.Source, Rules = rules, Default = PolicyVerdict.Accept };
        }

        rules.Add(new PolicyRule { Conditions = [new PolicyMatch.AcceptedBy(RouteMap(redistribution.RouteMap))] });
        return new RoutePolicy { Name = redistribution.Source, Rules = rules };
    }

    private BgpNeighborConfiguration NeighborOf(FrrPeer peer)
    {
        FrrPeer? group = peer.Group is null ? null : _router.FindPeer(peer.Group);
        BgpNeighborConfiguration neighbor = peer.Base ?? new BgpNeighborConfiguration
        {
            RemoteAs = 0,
            AnyAs = AnyAsMode.All,
            EnforceFirstAs = _router.EnforceFirstAs,
            AddPathReceive = true,
            RequiresPolicy = _router.EbgpRequiresPolicy && !_configuration.IsDatacenter,
            GracefulRestart = !_router.GracefulRestartDisabled,
            GracefulRestartHelperOnly = !_router.GracefulRestart,
            GracefulNotification = _router.GracefulNotification,
            PreservesForwarding = _router.PreservesForwarding,
            Multihop = _router.DisableConnectedCheck,
            RestartTime = _router.RestartTime,
            StaleTime = Duration.FromSeconds(_router.StalePathTime),
            LongLivedGracefulRestart = true,
            SendBackToSender = true,
            KeepsNextHopOnLink = true,
            LongLivedStaleTime = _router.LongLivedStaleTime ?? 0,
        };
        foreach (FrrPeer layer in group is null ? [peer] : new[] { group, peer })
        {
            neighbor = Apply(layer.General, neighbor);
            neighbor = layer.IsGroup ? neighbor with { Description = peer.Base?.Description ?? "" } : neighbor;
            neighbor = Apply(layer.IPv4, neighbor);
            neighbor = Apply(layer.IPv6, neighbor);
        }

        bool ipv4 = IsActive(peer, group, AddressFamily.IPv4, peer.BaseActive(AddressFamily.IPv4) ?? _router.DefaultIPv4Unicast);
        bool ipv6 = IsActive(peer, group, AddressFamily.IPv6, peer.BaseActive(AddressFamily.IPv6) ?? _router.DefaultIPv6Unicast);
        neighbor = neighbor with
        {
            IPv4Unicast = ipv4,
            IPv6Unicast = ipv6,
            Import = Filter(peer, group, "in", ipv4, ipv6, neighbor, neighbor.Import),
            Export = Filter(peer, group, "out", ipv4, ipv6, neighbor, neighbor.Export),
            Unsuppress = UnsuppressOf(peer, group, ipv4, ipv6),
        };
        neighbor = neighbor with
        {
            IPv4Condition = ipv4 ? ConditionOf(peer, group, AddressFamily.IPv4, neighbor) : null,
            IPv6Condition = ipv6 ? ConditionOf(peer, group, AddressFamily.IPv6, neighbor) : null,
        };

        if (_router.IsShutdown)
        {
            neighbor = neighbor with { Shutdown = true, ShutdownMessage = _router.ShutdownMessage };
        }

        // Equal configurations are one object, so that their update group is found at once.
        return _shared.TryGetValue(neighbor, out BgpNeighborConfiguration? same) ? same : _shared[neighbor] = neighbor;
    }

    private BgpNeighborConfiguration Apply(SortedDictionary<string, FrrPeer.Setting> settings, BgpNeighborConfiguration neighbor)
    {
        foreach (FrrPeer.Setting setting in settings.Values)
        {
            neighbor = setting.Apply?.Invoke(neighbor, this) ?? neighbor;
        }

        return neighbor;
    }

    private PolicyRule RuleOf(int sequence, FrrRouteMapEntry entry, int[] sequences)
    {
        List<PolicyMatch> conditions = [.. entry.Matches.Select(match => match.Make).OfType<Func<FrrConfiguration, PolicyMatch>>().Select(make => make(_configuration))];
        if (entry.Call is not null)
        {
            conditions.Add(new PolicyMatch.AcceptedBy(RouteMap(entry.Call)));
        }

        int position = Array.IndexOf(sequences, sequence);
        int? next = entry.Continue switch
        {
            null => null,
            0 => position + 1,
            int at => Array.FindIndex(sequences, s => s >= at) is var found && found >= 0 ? found : sequences.Length,
        };
        return new PolicyRule
        {
            Name = sequence.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Conditions = conditions,
            Actions = [.. entry.Sets.Select(set => set.Make).OfType<Func<FrrConfiguration, PolicyAction>>().Select(make => make(_configuration))],
            Matched = entry.Matched,
            ContinueAt = entry.Permit ? next : null,
            Verdict = entry.Permit ? PolicyVerdict.Accept : PolicyVerdict.Reject,
        };
    }
}
