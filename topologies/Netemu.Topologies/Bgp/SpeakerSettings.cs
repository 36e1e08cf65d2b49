using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Bgp;
using Netemu.Bgp.Attributes;
using Netemu.Bgp.Policy;
using Netemu.Bgp.Rib;
using Netemu.Core.Addresses;
using Netemu.Core.Diagnostics;
using Netemu.Engine.Namespaces;
using Netemu.Engine.Routing;
using Netemu.Topologies.Model;

namespace Netemu.Topologies.Bgp;

/// <summary>Turns the `bgp:` block of a node into a speaker's configuration. What no speaker does yet is said, not passed over.</summary>
internal sealed class SpeakerSettings(BgpSpec specification, NetworkNamespace space, DiagnosticBag diagnostics)
{
    private const string Unsupported = "U4101";
    private const string Invalid = "E4102";

    private readonly Dictionary<string, RoutePolicy> _policies = new(StringComparer.Ordinal);

    public BgpSpeakerConfiguration Build(string node)
    {
        foreach (BgpPolicySpec policy in specification.Policies)
        {
            _policies[policy.Name] = BuildPolicy(policy);
        }

        Refuse(specification.ConfigFile is not null, "bgp.config (FRR's file)", specification);
        Refuse(specification.Aggregates.Count > 0, "bgp.aggregates", specification);
        Refuse(specification.EbgpRequiresPolicy == true, "bgp.ebgp-requires-policy", specification);
        BgpTimers timers = TimersOf(specification.Timers, BgpTimers.Of(ProfileOf(specification.Timers.Profile ?? BgpTimerProfile.Rfc4271)));
        return new BgpSpeakerConfiguration
        {
            Name = node,
            As = specification.Asn,
            RouterId = specification.RouterId ?? HighestAddress(),
            ClusterId = specification.ClusterId ?? default,
            ClientToClientReflection = specification.ClientToClient ?? true,
            Timers = timers,
            BestPath = new BestPathOptions
            {
                AlwaysCompareMed = specification.BestPath.AlwaysCompareMed ?? false,
                IgnoreAsPathLength = specification.BestPath.IgnoreAsPathLength ?? false,
                MultipathRelax = specification.BestPath.MultipathRelax ?? false,
                MaximumPathsExternal = specification.MaximumPaths ?? 1,
                MaximumPathsInternal = specification.MaximumPathsIbgp ?? specification.MaximumPaths ?? 1,
            },
            Neighbors = [.. Neighbors(timers)],
            NeighborRanges =
            [
                .. specification.Listen.Select(l => new BgpNeighborRange(l.Peers, Neighbor(l.Template, timers, l.Asn ?? specification.Asn))),
            ],
            Networks = [.. specification.Networks.Select(n => new BgpNetwork(n.Prefix)), .. Redistributed()],
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
            AdvertisementIntervalExternal = given.AdvertisementInterval ?? timers.AdvertisementIntervalExternal,
            AdvertisementIntervalInternal = given.AdvertisementInterval ?? timers.AdvertisementIntervalInternal,
        };
    }

    private IEnumerable<BgpNeighbor> Neighbors(BgpTimers timers)
    {
        foreach (BgpNeighborSpec neighbor in specification.Neighbors)
        {
            if (neighbor.Peer is not { } address)
            {
                Refuse(true, "an unnumbered BGP neighbour", neighbor);
                continue;
            }

            uint remote = neighbor.Internal ? specification.Asn : neighbor.Asn ?? specification.Asn;
            Refuse(neighbor.External, "asn: external", neighbor);
            yield return new BgpNeighbor(address, Neighbor(neighbor, timers, remote));
        }
    }

    private BgpNeighborConfiguration Neighbor(BgpNeighborSpec neighbor, BgpTimers timers, uint remote)
    {
        Refuse(neighbor.Bfd, "bfd", neighbor);
        Refuse(neighbor.RouteServerClient, "route-server-client", neighbor);
        Refuse(neighbor.AsOverride, "as-override", neighbor);
        Refuse(neighbor.DefaultOriginate, "default-originate", neighbor);
        Refuse(neighbor.Weight is not null, "weight", neighbor);
        bool isIPv6Peer = neighbor.Peer is { IsIPv6: true };
        IReadOnlyList<AddressFamily> families = neighbor.Families;
        BgpGracefulRestartSpec? restart = neighbor.GracefulRestart ?? specification.GracefulRestart;
        return new BgpNeighborConfiguration
        {
            RemoteAs = remote,
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
            RemovePrivateAs = neighbor.RemovePrivateAs,
            SendBackToSender = neighbor.SendBackToSender,
            MaximumPrefixes = neighbor.MaximumPrefix ?? 0,
            GracefulRestart = restart is { Enabled: true },
            RestartTime = restart?.RestartTime is { } time ? (ushort)(time.Milliseconds / 1000) : (ushort)120,
            AddPathReceive = neighbor.AddPath is BgpAddPath.Receive or BgpAddPath.Both,
            AddPathSend = neighbor.AddPath is BgpAddPath.Send or BgpAddPath.Both,
            Import = PolicyOf(neighbor.Import),
            Export = PolicyOf(neighbor.Export),
            Password = neighbor.Password,
            TtlSecurityHops = neighbor.TtlSecurity ?? 0,
            Multihop = neighbor.Multihop is > 1,
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

        List<PolicyRule> rules = [];
        foreach (string name in names)
        {
            if (_policies.TryGetValue(name, out RoutePolicy? policy))
            {
                rules.AddRange(policy.Rules);
            }
        }

        return new RoutePolicy { Name = string.Join(' ', names), Rules = rules };
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
            yield return new PolicyMatch.AnyCommunity(CommunitiesOf(term.Communities, term));
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
        Refuse(term.SetWeight is not null, "set weight", term);
        Refuse(term.SetNextHopSelf, "set next-hop self in a policy (use next-hop-self of the neighbour)", term);
        if (term.SetLocalPreference is { } preference)
        {
            yield return new PolicyAction.SetLocalPref(preference);
        }

        if (term.SetMed is { } med)
        {
            yield return new PolicyAction.SetMed(med);
        }

        if (term.SetCommunities.Count > 0)
        {
            yield return new PolicyAction.SetCommunities(CommunitiesOf(term.SetCommunities, term), Additive: false);
        }

        if (term.AddCommunities.Count > 0)
        {
            yield return new PolicyAction.SetCommunities(CommunitiesOf(term.AddCommunities, term), Additive: true);
        }

        if (term.RemoveCommunities.Count > 0)
        {
            yield return new PolicyAction.RemoveCommunities(CommunitiesOf(term.RemoveCommunities, term));
        }

        if (term.Prepend.Count > 0)
        {
            yield return new PolicyAction.PrependAsPath(term.Prepend);
        }

        if (term.SetNextHop is { } nextHop)
        {
            yield return new PolicyAction.SetNextHop(nextHop);
        }
    }

    private List<Community> CommunitiesOf(IReadOnlyList<string> texts, Spec where)
    {
        List<Community> communities = [];
        foreach (string text in texts)
        {
            if (Community.TryParse(text, out Community community))
            {
                communities.Add(community);
            }
            else
            {
                diagnostics.Error(Invalid, $"'{text}' is not a community", where.Range, "write AS:value, such as 65001:100, or no-export");
            }
        }

        return communities;
    }

    private IEnumerable<BgpNetwork> Redistributed()
    {
        foreach (BgpRedistribution source in specification.Redistribute)
        {
            RouteProtocol wanted = source == BgpRedistribution.Connected ? RouteProtocol.Kernel : RouteProtocol.Static;
            foreach (Route<IPv4Address> route in space.IPv4.Routes.Main.Routes())
            {
                bool matches = route.Protocol == wanted || (wanted == RouteProtocol.Static && route.Protocol == RouteProtocol.Boot);
                if (matches && route.Type == RouteType.Unicast)
                {
                    yield return new BgpNetwork(route.Prefix) { Origin = Origin.Incomplete, Med = 0 };
                }
            }
        }
    }

    private IPv4Address HighestAddress()
    {
        // As FRR does: a loopback's address before the others, the highest of them.
        IPv4Address best = space.IPv4.Addresses
            .Where(a => !a.Address.IsLoopback)
            .OrderByDescending(a => a.Device.IsLoopback)
            .ThenByDescending(a => a.Address)
            .Select(a => a.Address)
            .FirstOrDefault();
        return best.IsUnspecified ? new IPv4Address((uint)(space.Node.Index + 1)) : best;
    }

    private void Refuse(bool present, string feature, Spec where)
    {
        if (present)
        {
            diagnostics.Unsupported(Unsupported, $"'{feature}' is not supported", where.Range);
        }
    }
}
