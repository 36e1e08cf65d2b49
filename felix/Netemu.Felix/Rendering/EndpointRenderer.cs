using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>
/// Renders the chains of endpoints (felix/rules/endpoints.go): conntrack, failsafe, tiers, profiles. Two or more policies
/// of a tier that follow each other and have one selector share a group chain.
/// </summary>
public sealed class EndpointRenderer(
    AddressFamily family, FelixConfiguration configuration, Func<ResourceKey, string?> selectorOf)
{
    /// <summary>After how many policies of a group a verdict is looked for.</summary>
    private const int ReturnStride = 5;

    private readonly RuleTarget _deny = RuleRenderer.DenyTarget(configuration);

    /// <summary>cali-tw- and cali-fw- of a workload, with the group chains that they need.</summary>
    public IReadOnlyList<Chain> RenderWorkload(WorkloadEndpointUpdate update)
    {
        List<Chain> chains = [];
        string device = update.Endpoint.InterfaceName;
        chains.Add(new Chain(ChainNames.ToWorkload(device), [
            .. Conntrack(),
            ClearAccept(),
            .. Tiers(update.Tiers, PolicyDirection.Ingress, dropsAtEnd: true, chains),
            .. Profiles(update.Endpoint.Profiles, PolicyDirection.Ingress),
        ]));
        chains.Add(new Chain(ChainNames.FromWorkload(device), [
            .. Conntrack(),
            ClearAccept(),
            .. Encapsulated(),
            .. Tiers(update.Tiers, PolicyDirection.Egress, dropsAtEnd: true, chains),
            .. Profiles(update.Endpoint.Profiles, PolicyDirection.Egress),
        ]));
        return chains;
    }

    /// <summary>filter: cali-th-/cali-fh- for the host's own packets, cali-thfw-/cali-fhfw- for forwarded ones.</summary>
    public IReadOnlyList<Chain> RenderHostFilter(HostEndpointUpdate update, string device)
    {
        List<Chain> chains = [];
        foreach (PolicyDirection direction in new[] { PolicyDirection.Ingress, PolicyDirection.Egress })
        {
            bool isIngress = direction == PolicyDirection.Ingress;
            chains.Add(new Chain(isIngress ? ChainNames.FromHost(device) : ChainNames.ToHost(device), [
                .. Conntrack(),
                Jump(isIngress ? ChainNames.FailsafeIn : ChainNames.FailsafeOut),
                ClearAccept(),
                .. Tiers(update.Tiers, direction, dropsAtEnd: true, chains),
                .. Profiles(update.Endpoint.Profiles, direction),
            ]));
            chains.Add(new Chain(isIngress ? ChainNames.FromHostForwardOf(device) : ChainNames.ToHostForwardOf(device), [
                .. Conntrack(),
                ClearAccept(),
                .. Tiers(update.ForwardTiers, direction, dropsAtEnd: true, chains),
                new ChainRule(RuleMatch.Any, RuleTarget.SetMark(FilterMarks.Accept), "Allow forwarded traffic by default"),
                new ChainRule(RuleMatch.Any, RuleTarget.Return, "Return for accepted forward traffic"),
            ]));
        }

        return chains;
    }

    /// <summary>raw: both directions, before connection tracking; an accepted packet is not tracked.</summary>
    public IReadOnlyList<Chain> RenderHostRaw(HostEndpointUpdate update, string device)
    {
        List<Chain> chains = [];
        foreach (PolicyDirection direction in new[] { PolicyDirection.Ingress, PolicyDirection.Egress })
        {
            bool isIngress = direction == PolicyDirection.Ingress;
            chains.Add(new Chain(isIngress ? ChainNames.FromHost(device) : ChainNames.ToHost(device), [
                Jump(isIngress ? ChainNames.FailsafeIn : ChainNames.FailsafeOut),
                ClearAccept(),
                .. Tiers(update.UntrackedTiers, direction, dropsAtEnd: false, chains, isUntracked: true),
            ]));
        }

        return chains;
    }

    /// <summary>mangle: what comes in, before DNAT.</summary>
    public IReadOnlyList<Chain> RenderHostMangle(HostEndpointUpdate update, string device)
    {
        List<Chain> chains = [];
        chains.Add(new Chain(ChainNames.FromHost(device), [
            Jump(ChainNames.FailsafeIn),
            ClearAccept(),
            .. Tiers(update.PreDnatTiers, PolicyDirection.Ingress, dropsAtEnd: false, chains),
        ]));
        return chains;
    }

    private IEnumerable<ChainRule> Conntrack()
    {
        yield return new ChainRule(
            new RuleMatch { States = ConntrackStates.Established | ConntrackStates.Related },
            configuration.FilterAllowReturns ? RuleTarget.SetMark(FilterMarks.Accept) : RuleTarget.Accept);
        if (configuration.FilterAllowReturns)
        {
            yield return new ChainRule(new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Accept) }, RuleTarget.Return);
        }

        if (!configuration.DisableConntrackInvalidCheck)
        {
            yield return new ChainRule(new RuleMatch { States = ConntrackStates.Invalid }, _deny);
        }
    }

    private IEnumerable<ChainRule> Encapsulated()
    {
        if (!configuration.AllowVxlanPacketsFromWorkloads)
        {
            PortMatch port = new(configuration.VxlanPort, configuration.VxlanPort);
            yield return new ChainRule(
                new RuleMatch { Protocol = IPProtocol.Udp, Ports = [new PortsMatch([port], IsSource: false)] },
                _deny,
                "Drop VXLAN encapped packets originating in workloads");
        }

        if (!configuration.AllowIpipPacketsFromWorkloads)
        {
            yield return new ChainRule(
                new RuleMatch { Protocol = new IPProtocol(4) }, _deny, "Drop IPinIP encapped packets originating in workloads");
        }
    }

    private IEnumerable<ChainRule> Tiers(
        IReadOnlyList<EndpointTier> tiers,
        PolicyDirection direction,
        bool dropsAtEnd,
        List<Chain> chains,
        bool isUntracked = false)
    {
        foreach (EndpointTier tier in tiers)
        {
            if (tier.PoliciesOf(direction).Count == 0)
            {
                continue;
            }

            yield return new ChainRule(RuleMatch.Any, RuleTarget.ClearMark(FilterMarks.Pass), $"Start of tier {tier.Name}");
            foreach (string chain in PolicyChains(tier.PoliciesOf(direction), direction, chains))
            {
                yield return new ChainRule(new RuleMatch { Mark = MarkMatch.Clear(FilterMarks.Pass) }, RuleTarget.Jump(chain));
                if (isUntracked)
                {
                    yield return new ChainRule(new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Accept) }, RuleTarget.NoTrack);
                }

                yield return new ChainRule(
                    new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Accept) }, RuleTarget.Return, "Return if policy accepted");
            }

            if (dropsAtEnd && tier.DefaultAction != RuleAction.Pass)
            {
                yield return new ChainRule(
                    new RuleMatch { Mark = MarkMatch.Clear(FilterMarks.Pass) },
                    _deny,
                    $"End of tier {tier.Name}. Drop if no policies passed packet")
                {
                    Origin = new RuleOrigin(null, null, tier.Name),
                };
            }
        }
    }

    private IEnumerable<ChainRule> Profiles(IReadOnlyList<string> profiles, PolicyDirection direction)
    {
        foreach (string profile in profiles)
        {
            yield return Jump(ChainNames.Profile(profile, direction));
            yield return new ChainRule(
                new RuleMatch { Mark = MarkMatch.Set(FilterMarks.Accept) }, RuleTarget.Return, "Return if profile accepted");
        }

        yield return new ChainRule(RuleMatch.Any, _deny, "Drop if no profiles matched")
        {
            Origin = new RuleOrigin(null, null, null),
        };
    }

    /// <summary>The chains to ask for a tier: one a policy, or one for neighbours with the same selector.</summary>
    private List<string> PolicyChains(IReadOnlyList<ResourceKey> policies, PolicyDirection direction, List<Chain> chains)
    {
        List<string> names = [];
        for (int start = 0; start < policies.Count;)
        {
            int end = start + 1;
            string? selector = selectorOf(policies[start]);
            while (end < policies.Count && selector is not null && selectorOf(policies[end]) == selector)
            {
                end++;
            }

            string[] members = [.. policies.Skip(start).Take(end - start).Select(policy => ChainNames.Policy(policy, direction))];
            names.Add(members.Length == 1 ? members[0] : Group(members, selector!, direction, chains));
            start = end;
        }

        return names;
    }

    private static string Group(string[] members, string selector, PolicyDirection direction, List<Chain> chains)
    {
        string name = ChainNames.Group($"{selector}\n{string.Join('\n', members)}", direction);
        if (chains.Exists(chain => chain.Name == name))
        {
            return name;
        }

        List<ChainRule> rules = [];
        for (int i = 0; i < members.Length; i++)
        {
            bool startsStride = i % ReturnStride == 0;
            if (i > 0 && startsStride)
            {
                rules.Add(new ChainRule(
                    new RuleMatch { Mark = MarkMatch.NotClear(FilterMarks.Accept | FilterMarks.Pass) },
                    RuleTarget.Return,
                    "Return on verdict"));
            }

            RuleMatch match = startsStride
                ? RuleMatch.Any
                : new RuleMatch { Mark = MarkMatch.Clear(FilterMarks.Accept | FilterMarks.Pass) };
            rules.Add(new ChainRule(match, RuleTarget.Jump(members[i])));
        }

        chains.Add(new Chain(name, rules));
        return name;
    }

    private static ChainRule ClearAccept() => new(RuleMatch.Any, RuleTarget.ClearMark(FilterMarks.Accept));

    private static ChainRule Jump(string chain) => new(RuleMatch.Any, RuleTarget.Jump(chain));

    /// <summary>The family whose chains these are.</summary>
    public AddressFamily Family => family;
}
