using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Calico.Policies;

/// <summary>
/// Turns policies as written into <see cref="Policy"/>. The rules of scope are libcalico-go's
/// (lib/backend/syncersv1/updateprocessors/rules.go): as soon as a namespaced policy's rule uses a selector, a
/// notSelector or service accounts, its peers are those of the policy's namespace, or of the namespaceSelector's.
/// </summary>
public static class PolicyConversion
{
    public static Policy Convert(NetworkPolicy policy)
    {
        PolicySpec spec = policy.Spec;
        List<Selector> scope = [];
        if (!policy.IsGlobal)
        {
            scope.Add(Selector.Equal(WellKnownLabels.Namespace, policy.Namespace));
        }
        else if (spec.NamespaceSelector is { } namespaces)
        {
            scope.Add(namespaces.WithPrefix(WellKnownLabels.NamespacePrefix));
        }

        if (spec.ServiceAccountSelector is { } accounts)
        {
            scope.Add(accounts.WithPrefix(WellKnownLabels.ServiceAccountPrefix));
        }

        return new Policy(policy.Key, spec.Tier, spec.Order, Selector.And([.. scope, spec.Selector]), spec.EffectiveTypes)
        {
            Ingress = ConvertRules(spec.Ingress, policy.Namespace),
            Egress = ConvertRules(spec.Egress, policy.Namespace),
            ApplyOnForward = spec.ApplyOnForward,
            PreDnat = spec.PreDnat,
            DoNotTrack = spec.DoNotTrack,
            IsStaged = policy.IsStaged,
        };
    }

    /// <summary>Rules of a policy, or of a profile (no namespace).</summary>
    public static IReadOnlyList<Rule> ConvertRules(IReadOnlyList<RuleSpec> rules, string inNamespace = "") =>
        [.. rules.Select((rule, index) => Convert(rule, index, inNamespace))];

    private static Rule Convert(RuleSpec rule, int index, string inNamespace) => new(rule.Action, index)
    {
        IPVersion = rule.IPVersion,
        Protocol = rule.Protocol,
        NotProtocol = rule.NotProtocol,
        Icmp = rule.Icmp,
        NotIcmp = rule.NotIcmp,
        Source = Convert(rule.Source, inNamespace),
        Destination = Convert(rule.Destination, inNamespace),
    };

    private static RuleEntity Convert(EntityRule entity, string inNamespace) => new()
    {
        Nets = entity.Nets,
        NotNets = entity.NotNets,
        Selector = SelectorOf(entity, inNamespace),
        NotSelector = entity.NotSelector,
        Ports = entity.Ports,
        NotPorts = entity.NotPorts,
        Service = entity.Services is { } service
            ? new ResourceKey(ResourceKind.Service, service.Namespace ?? inNamespace, service.Name)
            : null,
    };

    private static Selector? SelectorOf(EntityRule entity, string inNamespace)
    {
        if (entity.Selector is null && entity.NotSelector is null && entity.NamespaceSelector is null
            && entity.ServiceAccounts is null)
        {
            return null;
        }

        List<Selector> conditions = [];
        if (entity.NamespaceSelector is { } namespaces)
        {
            conditions.Add(namespaces.WithPrefix(WellKnownLabels.NamespacePrefix));
        }
        else if (inNamespace.Length > 0)
        {
            conditions.Add(Selector.Equal(WellKnownLabels.Namespace, inNamespace));
        }

        if (entity.ServiceAccounts is { } accounts)
        {
            conditions.AddRange(SelectorsOf(accounts));
        }

        if (entity.Selector is { } selector)
        {
            conditions.Add(selector);
        }

        return conditions.Count == 0 ? null : Selector.And([.. conditions]);
    }

    private static IEnumerable<Selector> SelectorsOf(ServiceAccountMatch accounts)
    {
        if (accounts.Names.Count > 0)
        {
            yield return Selector.In(WellKnownLabels.ServiceAccount, [.. accounts.Names]);
        }

        if (accounts.Selector is { } selector)
        {
            yield return selector.WithPrefix(WellKnownLabels.ServiceAccountPrefix);
        }
    }
}
