using System.Collections.Generic;
using Netemu.Calico.Resources;
using Netemu.Calico.Selectors;

namespace Netemu.Calico.Binding;

/// <summary>Reads Calico's policies.</summary>
internal static class PolicyBinder
{
    private const int MaximumRules = 1024;

    public static Resource Read(FieldReader fields, ObjectMetadata metadata, bool staged)
    {
        FieldReader spec = fields.Object("spec");
        bool global = metadata.Namespace.Length == 0;
        PolicySpec policy = new()
        {
            Tier = spec.Text("tier") is { Length: > 0 } tier ? tier : PolicySpec.DefaultTier,
            Order = spec.Number("order"),
            Selector = spec.Selector("selector") ?? Selector.All,
            ServiceAccountSelector = spec.Selector("serviceAccountSelector"),
            NamespaceSelector = global ? spec.Selector("namespaceSelector") : null,
            ApplyOnForward = global && spec.Flag("applyOnForward", false),
            PreDnat = global && spec.Flag("preDNAT", false),
            DoNotTrack = global && spec.Flag("doNotTrack", false),
            Types = ReadTypes(spec, "types"),
            Ingress = ReadRules(spec, "ingress", global),
            Egress = ReadRules(spec, "egress", global),
        };
        spec.Ignore("performanceHints");
        StagedAction action = staged ? ReadStagedAction(spec) : StagedAction.Set;
        spec.Finish();
        Check(spec, policy);
        return new NetworkPolicy(metadata, policy) { IsStaged = staged, StagedAction = action };
    }

    public static StagedAction ReadStagedAction(FieldReader spec) =>
        spec.Choice("stagedAction", ("Set", StagedAction.Set), ("Delete", StagedAction.Delete), ("Ignore", StagedAction.Delete));

    public static PolicyDirection ReadTypes(FieldReader spec, string name)
    {
        PolicyDirection types = PolicyDirection.None;
        foreach (PolicyDirection type in spec.ParsedList<PolicyDirection>(name, ParseType, "Ingress or Egress"))
        {
            types |= type;
        }

        return types;
    }

    public static IReadOnlyList<RuleSpec> ReadRules(FieldReader spec, string name, bool global)
    {
        List<RuleSpec> rules = [];
        foreach (FieldReader rule in spec.Objects(name))
        {
            rules.Add(RuleBinder.Read(rule, global));
        }

        if (rules.Count > MaximumRules)
        {
            spec.Error(name, $"{rules.Count} rules, the limit is {MaximumRules}");
        }

        return rules;
    }

    private static void Check(FieldReader spec, PolicySpec policy)
    {
        if (policy.PreDnat && policy.DoNotTrack)
        {
            spec.Error("preDNAT", "excludes doNotTrack", ResourceCode.Conflict);
        }

        if (policy.PreDnat && !policy.ApplyOnForward)
        {
            spec.Error("preDNAT", "needs applyOnForward: true", ResourceCode.Conflict);
        }

        if (policy.DoNotTrack && !policy.ApplyOnForward)
        {
            spec.Error("doNotTrack", "needs applyOnForward: true", ResourceCode.Conflict);
        }

        if (policy.PreDnat && (policy.Egress.Count > 0 || policy.Types.HasFlag(PolicyDirection.Egress)))
        {
            spec.Error("egress", "a preDNAT policy has no egress", ResourceCode.Conflict);
        }
    }

    private static bool ParseType(string text, out PolicyDirection type)
    {
        type = text switch
        {
            "Ingress" => PolicyDirection.Ingress,
            "Egress" => PolicyDirection.Egress,
            _ => PolicyDirection.None,
        };
        return type != PolicyDirection.None;
    }
}
