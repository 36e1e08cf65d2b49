using Netemu.Calico.Resources;

namespace Netemu.Calico.Binding;

/// <summary>Reads tiers.</summary>
internal static class TierBinder
{
    public static Resource Read(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        Tier tier = new(metadata)
        {
            Order = spec.Number("order"),
            DefaultAction = spec.Choice("defaultAction", ("Deny", RuleAction.Deny), ("Pass", RuleAction.Pass)),
        };
        spec.Finish();
        return tier;
    }
}
