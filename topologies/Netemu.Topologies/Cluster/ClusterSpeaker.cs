using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Calico.Peering;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Topologies.Cluster;

/// <summary>Makes a speaker of what Calico's resources say a node's BIRD would be configured with.</summary>
internal static class ClusterSpeaker
{
    /// <summary>BIRD's `merge paths on` takes up to 16 next hops.</summary>
    private const int MergePaths = 16;

    public static BgpSpeakerConfiguration ConfigurationOf(BgpNodeConfiguration node, BgpTimers timers, PeeringPolicies policies) => new()
    {
        Name = node.Node,
        As = node.AsNumber,
        RouterId = node.RouterId,
        ClusterId = node.Peerings.Select(p => p.ClusterId).FirstOrDefault(c => c is not null) ?? default,
        Timers = timers,

        // BIRD obeys GRACEFUL_SHUTDOWN where a filter says so, and Calico's say nothing of it.
        HonorsGracefulShutdown = false,

        // bgp_rte_mergable compares lengths and not paths.
        BestPath = new BestPathOptions { MaximumPathsExternal = MergePaths, MaximumPathsInternal = MergePaths, MultipathRelax = true },
        Port = node.ListenPort == 0 ? BgpSpeakerConfiguration.WellKnownPort : node.ListenPort,

        // A speaker here knows its neighbours by address: of two sessions with one address the first is spoken.
        Neighbors = [.. node.Peerings.DistinctBy(p => p.PeerAddress).Select(p => new BgpNeighbor(p.PeerAddress, NeighborOf(p, node.AsNumber, timers, policies.Of(p))))],
        Networks = [.. node.Originated.Select(p => NetworkOf(p, node))],
    };

    /// <summary>What a session accepts: its filters, then everything.</summary>
    public static RoutePolicy ImportOf(BgpPeering peering) => PolicyOf("import", peering.Import, PolicyVerdict.Accept);

    /// <summary>What a session is told: its filters, then Calico's own rules, then nothing.</summary>
    public static RoutePolicy ExportOf(BgpPeering peering) => PolicyOf("export", peering.Export, PolicyVerdict.Reject);

    private static BgpNeighborConfiguration NeighborOf(
        BgpPeering peering, uint ownAs, BgpTimers timers, (LivePolicy Import, LivePolicy Export) policies) => new()
    {
        RemoteAs = peering.PeerAs,

        // BIRD's `local as` is the AS of the session alone: no other stands in its paths.
        LocalAs = peering.LocalAs == ownAs ? 0 : peering.LocalAs,
        LocalAsNoPrepend = true,
        LocalAsReplaces = true,
        Description = peering.Name,
        Passive = peering.IsPassive,
        Timers = peering.KeepaliveTime is { } keepalive ? timers with { KeepaliveTime = (ushort)(keepalive.Milliseconds / 1000) } : null,
        IPv4Unicast = peering.PeerAddress.IsIPv4,
        IPv6Unicast = peering.PeerAddress.IsIPv6,
        RouteReflectorClient = peering.IsReflectorClient,
        NextHop = peering.NextHopMode switch
        {
            Calico.Resources.NextHopMode.Self => Netemu.Bgp.NextHopMode.Self,
            Calico.Resources.NextHopMode.Keep => Netemu.Bgp.NextHopMode.Unchanged,
            _ => Netemu.Bgp.NextHopMode.Automatic,
        },
        AllowedOwnAs = peering.AllowedLocalAsNumbers ?? 0,

        // `enforce first as` is off in BIRD: what a route server passes on is taken.
        EnforceFirstAs = false,
        GracefulRestart = true,
        RestartTime = (ushort)(peering.MaxRestartTime.Milliseconds / 1000),
        Import = policies.Import.Policy,
        Export = policies.Export.Policy,
        Password = peering.Password,
        TtlSecurityHops = peering.TtlSecurity ?? 0,
        Multihop = true,
        LocalAddress = peering.UsesNodeIP ? peering.LocalAddress : default,
        Port = peering.PeerPort,
    };

    private static BgpNetwork NetworkOf(InternetPrefix prefix, BgpNodeConfiguration node)
    {
        List<Community> communities = [];
        List<LargeCommunity> large = [];
        foreach ((InternetPrefix cidr, IReadOnlyList<string> values) in node.Communities)
        {
            foreach (string value in cidr.Contains(prefix) ? values : [])
            {
                if (Community.TryParse(value, out Community community))
                {
                    communities.Add(community);
                }
                else if (LargeCommunity.TryParse(value, out LargeCommunity wide))
                {
                    large.Add(wide);
                }
            }
        }

        return new BgpNetwork(prefix) { Communities = communities, LargeCommunities = large };
    }

    private static RoutePolicy PolicyOf(string name, IReadOnlyList<BgpFilterRule> rules, PolicyVerdict otherwise) => new()
    {
        Name = name,
        Rules = [.. rules.Where(r => r.Interface is null).Select((rule, index) => RuleOf(rule, index + 1))],
        Default = otherwise,
    };

    private static PolicyRule RuleOf(BgpFilterRule rule, int number) => new()
    {
        Name = number.ToString(CultureInfo.InvariantCulture),
        Conditions = [.. ConditionsOf(rule)],
        Actions = [.. ActionsOf(rule)],
        Verdict = rule.Accept ? PolicyVerdict.Accept : PolicyVerdict.Reject,
    };

    private static IEnumerable<PolicyMatch> ConditionsOf(BgpFilterRule rule)
    {
        if (rule.Cidr is { } cidr)
        {
            bool exact = rule.MatchOperator is PrefixMatchOperator.Equal or PrefixMatchOperator.NotEqual;
            bool negated = rule.MatchOperator is PrefixMatchOperator.NotEqual or PrefixMatchOperator.NotIn;
            PrefixListEntry entry = exact
                ? new PrefixListEntry(cidr)
                : new PrefixListEntry(cidr)
                {
                    MinimumLength = rule.PrefixLengthMin ?? cidr.Length,
                    MaximumLength = rule.PrefixLengthMax ?? (cidr.IsIPv4 ? 32 : 128),
                };
            PolicyMatch match = new PolicyMatch.PrefixList([entry]);
            yield return negated ? new PolicyMatch.Not(match) : match;
        }

        if (rule.FromRemotePeers)
        {
            yield return new PolicyMatch.Not(new PolicyMatch.Source(PolicyRouteSource.Local));
        }

        if (rule.Community is not null && Community.TryParse(rule.Community, out Community community))
        {
            yield return new PolicyMatch.AnyCommunity([community]);
        }
        else if (rule.Community is not null && LargeCommunity.TryParse(rule.Community, out LargeCommunity large))
        {
            yield return new PolicyMatch.AnyLargeCommunity([large]);
        }

        if (rule.Priority is { } priority)
        {
            yield return new PolicyMatch.LocalPref(PreferenceOf(priority));
        }

        if (rule.AsPathPrefix.Count > 0)
        {
            yield return new PolicyMatch.AsPathPrefix(rule.AsPathPrefix);
        }
    }

    /// <summary>Calico carries a route's priority between nodes as a local preference, counted down from 2^31 - 1.</summary>
    private static uint PreferenceOf(int priority) => (uint)(int.MaxValue - priority);

    private static IEnumerable<PolicyAction> ActionsOf(BgpFilterRule rule)
    {
        foreach (BgpFilterOperation operation in rule.Operations)
        {
            if (operation.AddCommunity is not null && Community.TryParse(operation.AddCommunity, out Community community))
            {
                yield return new PolicyAction.SetCommunities([community], Additive: true);
            }
            else if (operation.AddCommunity is not null && LargeCommunity.TryParse(operation.AddCommunity, out LargeCommunity large))
            {
                yield return new PolicyAction.SetLargeCommunities([large], Additive: true);
            }

            if (operation.PrependAsPath.Count > 0)
            {
                yield return new PolicyAction.PrependAsPath(operation.PrependAsPath);
            }

            if (operation.SetPriority is { } priority)
            {
                yield return new PolicyAction.SetLocalPref(PreferenceOf(priority));
            }
        }
    }
}
