using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Bmp;
using Netemu.Bgp.Damping;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Core.Time;
using Netemu.Engine.Namespaces;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Bgp;

/// <summary>Turns the `bgp:` block of a node into a speaker's configuration. What no speaker does yet is said, not passed over.</summary>
internal sealed class SpeakerSettings(
    BgpSpec specification, NetworkNamespace? space, DiagnosticBag diagnostics, IReadOnlyDictionary<string, BgpPolicySpec>? replaced = null)
{
    private const string Invalid = "E4102";

    private readonly Dictionary<string, RoutePolicy> _policies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RoutePolicy> _combined = new(StringComparer.Ordinal);

    public BgpSpeakerConfiguration Build(string node)
    {
        foreach (BgpPolicySpec policy in specification.Policies)
        {
            _policies[policy.Name] = BuildPolicy(replaced?.GetValueOrDefault(policy.Name) ?? policy);
        }

        BgpTimers timers = TimersOf(specification.Timers, BgpTimers.Of(ProfileOf(specification.Timers.Profile ?? BgpTimerProfile.Rfc4271)));
        return new BgpSpeakerConfiguration
        {
            Name = node,
            As = specification.Asn,
            ConfederationId = specification.Confederation?.Identifier ?? 0,
            ConfederationPeers = specification.Confederation?.Members ?? [],
            RouterId = specification.RouterId ?? HighestAddress(),
            ClusterId = specification.ClusterId ?? default,
            ClientToClientReflection = specification.ClientToClient ?? true,
            Timers = timers,
            BestPath = new BestPathOptions
            {
                AlwaysCompareMed = specification.BestPath.AlwaysCompareMed ?? false,
                CountConfederation = specification.BestPath.CountConfederation ?? false,
                IgnoreAsPathLength = specification.BestPath.IgnoreAsPathLength ?? false,
                DeterministicMed = specification.BestPath.DeterministicMed ?? true,
                MissingMedAsWorst = specification.BestPath.MissingMedAsWorst ?? false,
                PreferOlder = specification.BestPath.PreferOlder ?? specification.BestPath.CompareRouterId is false,
                MultipathRelax = specification.BestPath.MultipathRelax ?? false,
                MaximumPathsExternal = specification.MaximumPaths ?? 1,
                MaximumPathsInternal = specification.MaximumPathsIbgp ?? specification.MaximumPaths ?? 1,
            },
            Neighbors = [.. Neighbors(timers)],
            Unnumbered = [.. Unnumbered(timers)],
            NeighborRanges =
            [
                .. specification.Listen.Select(l => new BgpNeighborRange(l.Peers, Neighbor(l.Template, timers, l.Asn ?? 0))
                {
                    Limit = l.Limit ?? 0,
                }),
            ],
            Networks = [.. specification.Networks.Select(NetworkOf)],
            Aggregates = [.. specification.Aggregates.Select(AggregateOf)],
            DefaultLocalPref = specification.LocalPreference ?? PathAttributes.DefaultLocalPref,
            Damping = DampingOf(specification.Damping),
            Stations = [.. specification.Stations.Select(StationOf)],
            GracefulShutdown = specification.GracefulShutdown,
            HonorsGracefulShutdown = specification.HonorGracefulShutdown ?? true,
        };
    }

    private static TimerProfile ProfileOf(BgpTimerProfile profile) => profile switch
    {
        BgpTimerProfile.CalicoBird => TimerProfile.CalicoBird,
        BgpTimerProfile.Bird => TimerProfile.Bird,
        BgpTimerProfile.Frr => TimerProfile.Frr,
        BgpTimerProfile.FrrDatacenter => TimerProfile.FrrDatacenter,
        _ => TimerProfile.Rfc4271,
    };

    private static BgpTimers TimersOf(BgpTimersSpec? given, BgpTimers profile)
    {
        if (given is null)
        {
            return profile;
        }

        BgpTimers timers = given.Profile is { } own ? BgpTimers.Of(ProfileOf(own)) : profile;
        ushort hold = given.Hold is { } h ? (ushort)(h.Milliseconds / 1000) : timers.HoldTime;
        return timers with
        {
            HoldTime = hold,
            KeepaliveTime = given.Keepalive is { } k ? (ushort)(k.Milliseconds / 1000)
                : given.Hold is null ? timers.KeepaliveTime : (ushort)(hold / 3),
            ConnectRetry = given.ConnectRetry ?? timers.ConnectRetry,
            DelayOpen = given.DelayOpen ?? timers.DelayOpen,
            IdleHold = given.IdleHold ?? timers.IdleHold,
            IdleHoldMaximum = given.IdleHoldMaximum ?? timers.IdleHoldMaximum,
            ConnectDelay = given.ConnectDelay ?? timers.ConnectDelay,
            SendHold = given.SendHold ?? timers.SendHold,
            RateLimitWithdrawals = given.RateLimitWithdrawals ?? timers.RateLimitWithdrawals,
            Jitter = given.Jitter ?? timers.Jitter,
            DampPeerOscillations = given.DampPeerOscillations ?? timers.DampPeerOscillations,
            AdvertisementIntervalExternal = given.AdvertisementInterval ?? timers.AdvertisementIntervalExternal,
            AdvertisementIntervalInternal = given.AdvertisementInterval ?? timers.AdvertisementIntervalInternal,
        };
    }

    private IEnumerable<BgpNeighbor> Neighbors(BgpTimers timers)
    {
        foreach (BgpNeighborSpec neighbor in specification.Neighbors)
        {
            if (neighbor.Peer is { } address)
            {
                yield return new BgpNeighbor(address, Neighbor(neighbor, timers, RemoteAsOf(neighbor)) with { Interface = neighbor.Interface });
            }
        }
    }

    /// <summary>Sessions over link-local addresses carry IPv4 unless families say otherwise, with IPv6 next hops (RFC 8950).</summary>
    private IEnumerable<UnnumberedNeighbor> Unnumbered(BgpTimers timers)
    {
        foreach (BgpNeighborSpec neighbor in specification.Neighbors)
        {
            if (neighbor.Peer is null && neighbor.Interface is { } device)
            {
                yield return new UnnumberedNeighbor(device, Neighbor(neighbor, timers, RemoteAsOf(neighbor)) with { ExtendedNextHop = true });
            }
        }
    }

    private uint RemoteAsOf(BgpNeighborSpec neighbor) =>
        neighbor.Internal ? specification.Asn : neighbor.External ? 0 : neighbor.Asn ?? specification.Asn;

    private BgpNeighborConfiguration Neighbor(BgpNeighborSpec neighbor, BgpTimers timers, uint remote)
    {
        bool isIPv6Peer = neighbor.Peer is { IsIPv6: true };
        IReadOnlyList<AddressFamily> families = neighbor.Families;
        BgpGracefulRestartSpec? restart = neighbor.GracefulRestart ?? specification.GracefulRestart;
        return new BgpNeighborConfiguration
        {
            RemoteAs = remote,
            Bfd = neighbor.Bfd,
            AnyAs = neighbor.External ? AnyAsMode.External : AnyAsMode.All,
            Description = neighbor.Description ?? string.Empty,
            Passive = neighbor.Passive,
            Shutdown = neighbor.Shutdown,
            Timers = neighbor.Timers is null ? null : TimersOf(neighbor.Timers, timers),
            IPv4Unicast = families.Count == 0 ? !isIPv6Peer : families.Contains(AddressFamily.IPv4),
            IPv6Unicast = families.Count == 0 ? isIPv6Peer : families.Contains(AddressFamily.IPv6),
            RouteReflectorClient = neighbor.RouteReflectorClient,
            NextHop = neighbor.NextHopSelf ? NextHopMode.Self : neighbor.NextHopKeep ? NextHopMode.Unchanged : NextHopMode.Automatic,
            LocalAs = neighbor.LocalAs ?? 0,
            AllowedOwnAs = neighbor.AllowAsIn ?? 0,
            LocalAsNoPrepend = neighbor.LocalAsNoPrepend,
            LocalAsReplaces = neighbor.LocalAsReplaceAs,
            RemovePrivateAs = neighbor.ReplacePrivateAs ? PrivateAsMode.Replace
                : neighbor.RemovePrivateAs ? PrivateAsMode.Remove : PrivateAsMode.Keep,
            AsOverride = neighbor.AsOverride,
            RouteServerClient = neighbor.RouteServerClient,
            Weight = (ushort)(neighbor.Weight ?? 0),
            DefaultOriginate = neighbor.DefaultOriginate,
            DefaultOriginatePolicy = neighbor.DefaultOriginatePolicy is { } policy ? PolicyOf([policy]) : null,
            RequiresPolicy = neighbor.RequiresPolicy ?? specification.EbgpRequiresPolicy ?? false,
            ShutdownMessage = neighbor.ShutdownMessage ?? string.Empty,
            ExtendedNextHop = neighbor.ExtendedNextHop,
            SendCommunities = neighbor.SendCommunities ? CommunityKinds.All : CommunityKinds.None,
            Role = neighbor.Role,
            RoleStrict = neighbor.RoleStrict,
            FourOctetAs = neighbor.FourOctetAs,
            RouteRefresh = neighbor.RouteRefresh,
            ExtendedMessages = neighbor.ExtendedMessages,
            EnforceFirstAs = neighbor.EnforceFirstAs,
            MaximumPrefixesWarningOnly = neighbor.MaximumPrefixWarningOnly,
            MaximumPrefixesRestart = neighbor.MaximumPrefixRestart ?? Duration.Zero,
            SendBackToSender = neighbor.SendBackToSender,
            MaximumPrefixes = neighbor.MaximumPrefix ?? 0,
            GracefulRestart = restart is { Enabled: true },
            GracefulRestartHelperOnly = restart is { HelperOnly: true },
            GracefulNotification = restart is { Notification: true },
            StaleTime = restart?.StaleTime ?? Duration.FromSeconds(360),
            RestartTime = restart?.RestartTime is { } time ? (ushort)(time.Milliseconds / 1000) : (ushort)120,
            LongLivedGracefulRestart = restart is { LongLived: true },
            LongLivedStaleTime = restart?.LongLivedStaleTime is { } longLived ? (uint)Math.Min(longLived.Milliseconds / 1000, 0xFFFFFF) : 0,
            LongLivedPartialDeployment = restart is { LongLivedPartialDeployment: true },
            AddPathReceive = neighbor.AddPath is BgpAddPath.Receive or BgpAddPath.Both,
            AddPathSend = neighbor.AddPath is BgpAddPath.Send or BgpAddPath.Both,
            Import = PolicyOf(neighbor.Import),
            Export = PolicyOf(neighbor.Export),
            Password = neighbor.Password,
            TtlSecurityHops = neighbor.TtlSecurity ?? 0,
            Multihop = neighbor.Multihop is > 1,
            MultihopTtl = (byte)(neighbor.Multihop ?? 0),
            LocalAddress = neighbor.UpdateSource ?? default,
            Port = (ushort)(neighbor.Port ?? BgpSpeakerConfiguration.WellKnownPort),
        };
    }

    /// <summary>Several policies in a row are one: each falls through to the next, and the last one's end is a reject.</summary>
    private RoutePolicy? PolicyOf(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return null;
        }

        // One object for equal lists: neighbours that share a policy share an update group.
        string key = string.Join(' ', names);
        if (_combined.TryGetValue(key, out RoutePolicy? known))
        {
            return known;
        }

        List<PolicyRule> rules = [];
        foreach (string name in names)
        {
            if (_policies.TryGetValue(name, out RoutePolicy? policy))
            {
                rules.AddRange(policy.Rules);
            }
        }

        return _combined[key] = new RoutePolicy { Name = key, Rules = rules };
    }

    private RoutePolicy BuildPolicy(BgpPolicySpec policy)
    {
        List<PolicyRule> rules = [];
        foreach (BgpPolicyTermSpec term in policy.Terms)
        {
            rules.Add(new PolicyRule
            {
                Name = $"{policy.Name} {rules.Count + 1}",
                Conditions = [.. Conditions(term)],
                Actions = [.. Actions(term)],
                Verdict = term.Action switch
                {
                    BgpPolicyAction.Accept => PolicyVerdict.Accept,
                    BgpPolicyAction.Reject => PolicyVerdict.Reject,
                    _ => PolicyVerdict.Next,
                },
            });
        }

        return new RoutePolicy { Name = policy.Name, Rules = rules };
    }

    private IEnumerable<PolicyMatch> Conditions(BgpPolicyTermSpec term)
    {
        if (term.Prefixes.Count > 0)
        {
            yield return new PolicyMatch.PrefixList(
            [
                .. term.Prefixes.Select(p => new PrefixListEntry(p.Prefix) { MinimumLength = p.MinimumLength, MaximumLength = p.MaximumLength }),
            ]);
        }

        if (term.AsPath is not null)
        {
            yield return new PolicyMatch.AsPathRegex(term.AsPath);
        }

        if (term.Communities.Count > 0)
        {
            (List<Community> plain, List<LargeCommunity> large) = CommunitiesOf(term.Communities, term);
            yield return new PolicyMatch.AllCommunities(plain);
            yield return new PolicyMatch.AllLargeCommunities(large);
        }

        if (term.AnyCommunities.Count > 0)
        {
            (List<Community> plain, List<LargeCommunity> large) = CommunitiesOf(term.AnyCommunities, term);
            yield return new PolicyMatch.Either([new PolicyMatch.AnyCommunity(plain), new PolicyMatch.AnyLargeCommunity(large)]);
        }

        if (term.NextHops.Count > 0)
        {
            yield return new PolicyMatch.Either([.. term.NextHops.Select(p => new PolicyMatch.NextHop(p))]);
        }

        if (term.Source is { } source)
        {
            yield return new PolicyMatch.Source((PolicyRouteSource)source);
        }

        if (term.MatchPeer is { } peer)
        {
            yield return new PolicyMatch.Peer(peer);
        }

        if (term.MatchOrigin is { } origin)
        {
            yield return new PolicyMatch.RouteOrigin((Origin)origin);
        }

        if (term.MaximumAsPathLength is { } longest)
        {
            yield return new PolicyMatch.AsPathLength(0, longest);
        }

        if (term.MatchMed is { } med)
        {
            yield return new PolicyMatch.Med(med);
        }

        if (term.MatchLocalPreference is { } preference)
        {
            yield return new PolicyMatch.LocalPref(preference);
        }
    }

    private IEnumerable<PolicyAction> Actions(BgpPolicyTermSpec term)
    {
        if (term.SetWeight is { } weight)
        {
            yield return new PolicyAction.SetWeight((ushort)weight);
        }

        if (term.SetLocalPreference is { } preference)
        {
            yield return new PolicyAction.SetLocalPref(preference);
        }

        if (term.AddLocalPreference is { } addedPreference)
        {
            yield return new PolicyAction.AddLocalPref(addedPreference);
        }

        if (term.SetMed is { } med)
        {
            yield return new PolicyAction.SetMed(med);
        }

        if (term.AddMed is { } addedMed)
        {
            yield return new PolicyAction.AddMed(addedMed);
        }

        if (term.SetOrigin is { } origin)
        {
            yield return new PolicyAction.SetOrigin((Origin)origin);
        }

        foreach (PolicyAction action in CommunityActions(term))
        {
            yield return action;
        }

        if (term.ExcludeAs.Count > 0)
        {
            yield return new PolicyAction.ExcludeAs(term.ExcludeAs);
        }

        if (term.Prepend.Count > 0)
        {
            yield return new PolicyAction.PrependAsPath(term.Prepend);
        }

        if (term.SetNextHopSelf)
        {
            yield return new PolicyAction.SetNextHopSelf();
        }

        if (term.SetNextHop is { } nextHop)
        {
            yield return new PolicyAction.SetNextHop(nextHop);
        }
    }

    private IEnumerable<PolicyAction> CommunityActions(BgpPolicyTermSpec term)
    {
        if (term.SetCommunities.Count > 0)
        {
            (List<Community> plain, List<LargeCommunity> large) = CommunitiesOf(term.SetCommunities, term);
            yield return new PolicyAction.SetCommunities(plain, Additive: false);
            yield return new PolicyAction.SetLargeCommunities(large, Additive: false);
        }

        if (term.AddCommunities.Count > 0)
        {
            (List<Community> plain, List<LargeCommunity> large) = CommunitiesOf(term.AddCommunities, term);
            yield return new PolicyAction.SetCommunities(plain, Additive: true);
            yield return new PolicyAction.SetLargeCommunities(large, Additive: true);
        }

        if (term.RemoveCommunities.Count > 0)
        {
            (List<Community> plain, List<LargeCommunity> large) = CommunitiesOf(term.RemoveCommunities, term);
            yield return new PolicyAction.RemoveCommunities(plain);
            yield return new PolicyAction.RemoveLargeCommunities(large);
        }
    }

    private (List<Community> Plain, List<LargeCommunity> Large) CommunitiesOf(IReadOnlyList<string> texts, Spec where)
    {
        List<Community> plain = [];
        List<LargeCommunity> large = [];
        foreach (string text in texts)
        {
            if (Community.TryParse(text, out Community community))
            {
                plain.Add(community);
            }
            else if (LargeCommunity.TryParse(text, out LargeCommunity wide))
            {
                large.Add(wide);
            }
            else
            {
                diagnostics.Error(Invalid, $"'{text}' is not a community", where.Range, "write AS:value, such as 65001:100, or no-export");
            }
        }

        return (plain, large);
    }

    private BgpNetwork NetworkOf(BgpNetworkSpec network) =>
        new(network.Prefix) { Policy = network.Policy is { } policy ? PolicyOf([policy]) : null };

    private BgpAggregate AggregateOf(BgpAggregateSpec aggregate) => new(aggregate.Prefix)
    {
        SummaryOnly = aggregate.SummaryOnly,
        AsSet = aggregate.AsSet,
        Policy = aggregate.Policy is { } policy ? PolicyOf([policy]) : null,
    };

    private static BmpStation StationOf(BgpStationSpec station)
    {
        BmpStation byDefault = new(station.Station, (ushort)(station.Port ?? BmpStation.UsualPort));
        return byDefault with
        {
            Name = station.Name ?? string.Empty,
            Feeds = station.Monitor.Count == 0 ? BmpFeeds.PrePolicy : station.Monitor.Aggregate((a, b) => a | b),
            StatisticsInterval = station.StatisticsInterval ?? Duration.Zero,
            MinimumRetry = station.MinimumRetry ?? byDefault.MinimumRetry,
            MaximumRetry = station.MaximumRetry ?? byDefault.MaximumRetry,
            MaximumPending = station.PendingLimit ?? byDefault.MaximumPending,
            LocalAddress = station.UpdateSource ?? default,
        };
    }

    private static FlapDamping? DampingOf(BgpDampingSpec? damping) => damping is not { Enabled: true } ? null : new FlapDamping
    {
        HalfLife = damping.HalfLife ?? FlapDamping.Default.HalfLife,
        ReuseThreshold = damping.Reuse ?? FlapDamping.Default.ReuseThreshold,
        SuppressThreshold = damping.Suppress ?? FlapDamping.Default.SuppressThreshold,
        MaximumSuppress = damping.MaximumSuppress ?? FlapDamping.Default.MaximumSuppress,
    };

    private IPv4Address HighestAddress()
    {
        if (space is null)
        {
            return default;
        }

        // As FRR does: a loopback's address before the others, the highest of them.
        IPv4Address best = space.IPv4.Addresses
            .Where(a => !a.Address.IsLoopback)
            .OrderByDescending(a => a.Device.IsLoopback)
            .ThenByDescending(a => a.Address)
            .Select(a => a.Address)
            .FirstOrDefault();
        return best.IsUnspecified ? new IPv4Address((uint)(space.Node.Index + 1)) : best;
    }
}
