using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;
using Netemu.Felix.Messages;

namespace Netemu.Felix.Rendering;

/// <summary>
/// What all nodes of an emulation render alike, rendered once: the chains of policies and profiles, those that depend on
/// the settings alone, and the rules that every endpoint's chains consist of.
/// </summary>
public sealed class RenderingCache
{
    private readonly List<(FelixConfiguration Configuration, AddressFamily Family, EndpointRules Rules)> _endpointRules = [];
    private readonly List<(FelixConfiguration Configuration, AddressFamily Family, IReadOnlyList<(TableKey Table, Chain Chain)> Chains)> _static = [];

    internal EndpointRules EndpointRulesOf(FelixConfiguration configuration, AddressFamily family)
    {
        int found = _endpointRules.FindIndex(entry => ReferenceEquals(entry.Configuration, configuration) && entry.Family == family);
        if (found < 0)
        {
            found = _endpointRules.Count;
            _endpointRules.Add((configuration, family, new EndpointRules(configuration)));
        }

        return _endpointRules[found].Rules;
    }

    internal IReadOnlyList<(TableKey Table, Chain Chain)> StaticChainsOf(FelixConfiguration configuration, AddressFamily family)
    {
        int found = _static.FindIndex(entry => ReferenceEquals(entry.Configuration, configuration) && entry.Family == family);
        if (found < 0)
        {
            found = _static.Count;
            _static.Add((configuration, family, RenderStatic(configuration, family)));
        }

        return _static[found].Chains;
    }

    /// <summary>The ingress and the egress chain of a policy.</summary>
    internal static IReadOnlyList<Chain> ChainsOf(ActivePolicyUpdate policy, FelixConfiguration configuration, AddressFamily family)
    {
        RenderedChains rendered = Of(policy.Rendered, configuration);
        return family == AddressFamily.IPv4
            ? rendered.IPv4 ??= new RuleRenderer(family, configuration).Render(policy)
            : rendered.IPv6 ??= new RuleRenderer(family, configuration).Render(policy);
    }

    /// <summary>The ingress and the egress chain of a profile.</summary>
    internal static IReadOnlyList<Chain> ChainsOf(ActiveProfileUpdate profile, FelixConfiguration configuration, AddressFamily family)
    {
        RenderedChains rendered = Of(profile.Rendered, configuration);
        return family == AddressFamily.IPv4
            ? rendered.IPv4 ??= new RuleRenderer(family, configuration).Render(profile)
            : rendered.IPv6 ??= new RuleRenderer(family, configuration).Render(profile);
    }

    private static RenderedChains Of(Memo<RenderedChains> memo, FelixConfiguration configuration)
    {
        if (memo.Value is null || !ReferenceEquals(memo.Value.Configuration, configuration))
        {
            memo.Value = new RenderedChains(configuration);
        }

        return memo.Value;
    }

    private static List<(TableKey Table, Chain Chain)> RenderStatic(FelixConfiguration configuration, AddressFamily family)
    {
        StaticRenderer renderer = new(family, configuration);
        List<(TableKey, Chain)> chains = [];
        Add(NetfilterTable.Filter, renderer.Filter());
        Add(NetfilterTable.Raw, renderer.Raw());
        Add(NetfilterTable.Mangle, renderer.Mangle());
        return chains;

        void Add(NetfilterTable table, IReadOnlyList<Chain> rendered)
        {
            foreach (Chain chain in rendered)
            {
                chains.Add((new TableKey(family, table), chain));
            }
        }
    }
}
