using System.Collections.Generic;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;
using Netemu.Topologies.Expectations;
using Netemu.Topologies.Loading.Binding;

namespace Netemu.Topologies.Loading.Shapes;

/// <summary>What stands behind <c>expect</c>: any tree of scalars, mappings and lists.</summary>
internal static class ExpectationShape
{
    public static Value<ExpectedValue> Any { get; } = new CustomValue<ExpectedValue>(Bind, static _ => new JsonObject());

    private static bool Bind(YamlNode node, Binder binder, out ExpectedValue value)
    {
        value = Convert(node, binder);
        return true;
    }

    private static ExpectedValue Convert(YamlNode node, Binder binder)
    {
        switch (node)
        {
            case YamlMapping mapping:
                List<KeyValuePair<string, ExpectedValue>> entries = [];
                foreach (YamlEntry entry in mapping.Entries)
                {
                    entries.Add(new(binder.Text(entry.Key), Convert(entry.Value, binder)));
                }

                return new ExpectedMapping(entries, mapping.Range);

            case YamlSequence sequence:
                List<ExpectedValue> items = [];
                foreach (YamlNode item in sequence.Items)
                {
                    items.Add(Convert(item, binder));
                }

                return new ExpectedSequence(items, sequence.Range);

            default:
                return Convert(binder.Resolve((YamlScalar)node));
        }
    }

    private static ExpectedScalar Convert(YamlScalar scalar)
    {
        if (scalar.IsNull)
        {
            return new ExpectedScalar(Comparison.Absent, string.Empty, null, "nothing", scalar.Range);
        }

        (Comparison comparison, string operand, string? upper) = ExpectationText.Split(scalar.Value);
        return new ExpectedScalar(comparison, operand, upper, scalar.Value, scalar.Range);
    }
}
