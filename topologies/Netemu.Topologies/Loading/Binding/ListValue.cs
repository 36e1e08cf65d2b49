using System.Collections.Generic;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>A sequence of values.</summary>
internal sealed class ListValue<T>(Value<T> item) : Value<IReadOnlyList<T>>
{
    private readonly Value<T> _item = item;

    /// <summary>The least number of items.</summary>
    public int Minimum { get; init; }

    /// <summary>The most items; 0 for any number.</summary>
    public int Maximum { get; init; }

    public override bool TryBind(YamlNode node, Binder binder, out IReadOnlyList<T> value)
    {
        value = [];
        if (node is not YamlSequence sequence)
        {
            string? hint = node is YamlScalar { IsNull: false } scalar ? $"write a list: [\"{scalar.Value}\"]" : null;
            binder.Error(LoaderCode.WrongType, $"a list is needed, not {node.KindName}", node.Range, hint);
            return false;
        }

        if (sequence.Items.Count < Minimum || (Maximum > 0 && sequence.Items.Count > Maximum))
        {
            string wanted = Minimum == Maximum ? $"exactly {Minimum}" : $"at least {Minimum}";
            binder.Error(LoaderCode.WrongType, $"the list has {sequence.Items.Count} items, it needs {wanted}", node.Range);
            return false;
        }

        List<T> items = new(sequence.Items.Count);
        foreach (YamlNode child in sequence.Items)
        {
            if (binder.IsFull)
            {
                break;
            }

            if (_item.TryBind(child, binder, out T bound))
            {
                items.Add(bound);
            }
        }

        value = items;
        return true;
    }

    public override JsonObject Describe(SchemaDefinitions definitions)
    {
        JsonObject schema = new() { ["type"] = "array", ["items"] = _item.Describe(definitions) };
        if (Minimum > 0)
        {
            schema["minItems"] = Minimum;
        }

        if (Maximum > 0)
        {
            schema["maxItems"] = Maximum;
        }

        return schema;
    }
}
