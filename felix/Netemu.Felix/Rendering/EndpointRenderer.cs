using System;
using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>
/// Renders the chains of endpoints (felix/rules/endpoints.go): conntrack, failsafe, tiers, profiles. Two or more policies
/// of a tier that follow each other and have one selector share a group chain.
/// </summary>
internal sealed class EndpointRenderer(EndpointRules rules, Func<ResourceKey, string?> selectorOf)
{
    /// <summary>After how many policies of a group a verdict is looked for.</summary>
    private const int ReturnStride = 5;

    /// <summary>cali-tw- and cali-fw- of a workload, with the group chains that they need.</summary>
    public IReadOnlyList<Chain> RenderWorkload(WorkloadEndpointUpdate update)
    {
        List<Chain> chains = [];
        string device = update.Endpoint.InterfaceName;
        chains.Add(new Chain(ChainNames.ToWorkload(device), [
            .. rules.Conntrack,
            rules.ClearAccept,
            .. Tiers(update.Tiers, PolicyDirection.Ingress, dropsAtEnd: true, chains),
            .. Profiles(update.Endpoint.Profiles, PolicyDirection.Ingress),
        ]));
        chains.Add(new Chain(ChainNames.FromWorkload(device), [
            .. rules.Conntrack,
            rules.ClearAccept,
            .. rules.Encapsulated,
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
                .. rules.Conntrack,
                rules.Jump(isIngress ? ChainNames.FailsafeIn : ChainNames.FailsafeOut),
                rules.ClearAccept,
                .. Tiers(update.Tiers, direction, dropsAtEnd: true, chains),
                .. Profiles(update.Endpoint.Profiles, direction),
            ]));
            chains.Add(new Chain(isIngress ? ChainNames.FromHostForwardOf(device) : ChainNames.ToHostForwardOf(device), [
                .. rules.Conntrack,
                rules.ClearAccept,
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
                rules.Jump(isIngress ? ChainNames.FailsafeIn : ChainNames.FailsafeOut),
                rules.ClearAccept,
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
            rules.Jump(ChainNames.FailsafeIn),
            rules.ClearAccept,
            .. Tiers(update.PreDnatTiers, PolicyDirection.Ingress, dropsAtEnd: false, chains),
        ]));
        return chains;
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

            yield return rules.StartOfTier(tier.Name);
            foreach (string chain in PolicyChains(tier.PoliciesOf(direction), direction, chains))
            {
                yield return rules.JumpToPolicy(chain);
                if (isUntracked)
                {
                    yield return rules.NoTrack;
                }

                yield return rules.ReturnIfPolicyAccepted;
            }

            if (dropsAtEnd && tier.DefaultAction != RuleAction.Pass)
            {
                yield return rules.EndOfTier(tier.Name);
            }
        }
    }

    private IEnumerable<ChainRule> Profiles(IReadOnlyList<string> profiles, PolicyDirection direction)
    {
        foreach (string profile in profiles)
        {
            yield return rules.Jump(ChainNames.Profile(profile, direction));
            yield return rules.ReturnIfProfileAccepted;
        }

        yield return rules.DropWithoutProfile;
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

        List<ChainRule> group = [];
        for (int i = 0; i < members.Length; i++)
        {
            bool startsStride = i % ReturnStride == 0;
            if (i > 0 && startsStride)
            {
                group.Add(new ChainRule(
                    new RuleMatch { Mark = MarkMatch.NotClear(FilterMarks.Accept | FilterMarks.Pass) },
                    RuleTarget.Return,
                    "Return on verdict"));
            }

            RuleMatch match = startsStride
                ? RuleMatch.Any
                : new RuleMatch { Mark = MarkMatch.Clear(FilterMarks.Accept | FilterMarks.Pass) };
            group.Add(new ChainRule(match, RuleTarget.Jump(members[i])));
        }

        chains.Add(new Chain(name, group));
        return name;
    }
}
