using System;
using Netemu.Calico.Resources;

namespace Netemu.Calico.Binding;

/// <summary>Reads tiers.</summary>
internal static class TierBinder
{
    public static Resource Read(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        Tier? builtIn = Array.Find(Tier.BuiltIn, built => built.Name == metadata.Name);
        Tier tier = new(metadata)
        {
            Order = spec.Number("order") ?? builtIn?.Order,
            DefaultAction = spec.Has("defaultAction")
                ? spec.Choice("defaultAction", ("Deny", RuleAction.Deny), ("Pass", RuleAction.Pass))
                : builtIn?.DefaultAction ?? RuleAction.Deny,
        };
        spec.Finish();
        if (builtIn is not null && tier.Order != builtIn.Order)
        {
            spec.Error("order", $"tier '{builtIn.Name}' is built in and has order {builtIn.Order}", ResourceCode.Conflict);
        }

        if (builtIn is not null && tier.DefaultAction != builtIn.DefaultAction)
        {
            spec.Error("defaultAction", $"tier '{builtIn.Name}' is built in and has {builtIn.DefaultAction}", ResourceCode.Conflict);
        }

        return tier;
    }
}
