using System.Collections.Generic;
using System.Linq;
using Netemu.Calico.Resources;
using Netemu.Core.Addresses;

namespace Netemu.Calico.Binding;

/// <summary>Reads BGPFilter.</summary>
internal static class BgpFilterBinder
{
    public static Resource Read(FieldReader fields, ObjectMetadata metadata)
    {
        FieldReader spec = fields.Object("spec");
        BgpFilter filter = new(metadata)
        {
            ExportV4 = ReadRules(spec, "exportV4", AddressFamily.IPv4),
            ImportV4 = ReadRules(spec, "importV4", AddressFamily.IPv4),
            ExportV6 = ReadRules(spec, "exportV6", AddressFamily.IPv6),
            ImportV6 = ReadRules(spec, "importV6", AddressFamily.IPv6),
        };
        spec.Finish();
        return filter;
    }

    private static IReadOnlyList<BgpFilterRule> ReadRules(FieldReader spec, string name, AddressFamily family) =>
        [.. spec.Objects(name).Select(rule => ReadRule(rule, family))];

    private static BgpFilterRule ReadRule(FieldReader fields, AddressFamily family)
    {
        FieldReader length = fields.Object("prefixLength");
        FieldReader communities = fields.Object("communities");
        IReadOnlyList<string> values = communities.Texts("values");
        if (communities.IsPresent && values.Count != 1)
        {
            communities.Error("values", "exactly one value");
        }
        else if (values.Count == 1 && !CommunityText.IsValid(values[0]))
        {
            communities.Error("values", $"'{values[0]}' is not {CommunityText.Description}");
        }

        int bits = family == AddressFamily.IPv4 ? 32 : 128;
        BgpFilterRule rule = new(fields.Choice("action", ("Accept", true), ("Reject", false)))
        {
            MatchOperator = !fields.Has("matchOperator") ? null : fields.Choice(
                "matchOperator",
                ("Equal", PrefixMatchOperator.Equal),
                ("NotEqual", PrefixMatchOperator.NotEqual),
                ("In", PrefixMatchOperator.In),
                ("NotIn", PrefixMatchOperator.NotIn)),
            Cidr = fields.Prefix("cidr"),
            PrefixLengthMin = (int?)length.Integer("min", 0, bits),
            PrefixLengthMax = (int?)length.Integer("max", 0, bits),
            FromRemotePeers = fields.Choice("source", ("", false), ("RemotePeers", true)),
            Interface = fields.Text("interface"),
            External = fields.Choice<bool?>("peerType", ("", null), ("eBGP", true), ("iBGP", false)),
            Community = values.Count > 0 ? values[0] : null,
            AsPathPrefix = fields.ParsedList<uint>(
                "asPathPrefix", static (string text, out uint value) => uint.TryParse(text, out value), "an AS number"),
            Priority = (int?)fields.Integer("priority", 0, int.MaxValue),
            Operations = [.. fields.Objects("operations").Select(ReadOperation)],
        };
        if (!fields.Has("action"))
        {
            fields.Error("action", "is missing", ResourceCode.Missing);
        }

        if (rule.MatchOperator is null != rule.Cidr is null)
        {
            fields.Error("cidr", "cidr and matchOperator stand together", ResourceCode.Conflict);
        }

        if (length.IsPresent && rule.Cidr is null)
        {
            fields.Error("prefixLength", "needs a cidr", ResourceCode.Conflict);
        }

        if (rule.PrefixLengthMin > rule.PrefixLengthMax)
        {
            fields.Error("prefixLength", $"min {rule.PrefixLengthMin} is greater than max {rule.PrefixLengthMax}");
        }

        fields.HasNoEffect("interface", "the speaker does not know what device a route leads to: the rule is passed over");
        if (rule.Cidr is { } cidr && cidr.Family != family)
        {
            fields.Error("cidr", $"'{cidr}' is not {family}");
        }

        if (rule.Operations.Count > 0 && !rule.Accept)
        {
            fields.Error("operations", "need action Accept", ResourceCode.Conflict);
        }

        length.Finish();
        communities.Finish();
        fields.Finish();
        return rule;
    }

    private static BgpFilterOperation ReadOperation(FieldReader fields)
    {
        FieldReader community = fields.Object("addCommunity");
        FieldReader path = fields.Object("prependASPath");
        FieldReader priority = fields.Object("setPriority");
        BgpFilterOperation operation = new(
            community.IsPresent ? CommunityText.Read(community, "value") : null,
            path.IsPresent
                ? path.ParsedList<uint>("prefix", static (string text, out uint value) => uint.TryParse(text, out value), "an AS number")
                : [],
            (int?)priority.Integer("value", 0, int.MaxValue));
        foreach (FieldReader part in new[] { community, path, priority })
        {
            part.Finish();
        }

        fields.Finish();
        if (new[] { community, path, priority }.Count(part => part.IsPresent) != 1)
        {
            fields.Error("addCommunity", "an operation is exactly one of addCommunity, prependASPath and setPriority", ResourceCode.Conflict);
        }

        return operation;
    }
}
