using System.Collections.Generic;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>A mapping from free keys to values, in the order of the file.</summary>
internal sealed class MapValue<T>(string what, Value<T> item) : Value<IReadOnlyList<KeyValuePair<string, T>>>
{
    private readonly string _what = what;
    private readonly Value<T> _item = item;

    public override bool TryBind(YamlNode node, Binder binder, out IReadOnlyList<KeyValuePair<string, T>> value)
    {
        value = [];
        if (node is not YamlMapping mapping)
        {
            binder.Error(LoaderCode.WrongType, $"a mapping of {_what} is needed, not {node.KindName}", node.Range);
            return false;
        }

        List<KeyValuePair<string, T>> items = new(mapping.Entries.Count);
        foreach (YamlEntry entry in mapping.Entries)
        {
            if (_item.TryBind(entry.Value, binder, out T bound))
            {
                items.Add(new KeyValuePair<string, T>(binder.Text(entry.Key), bound));
            }
        }

        value = items;
        return true;
    }

    public override JsonObject Describe(SchemaDefinitions definitions) =>
        new() { ["type"] = "object", ["additionalProperties"] = _item.Describe(definitions) };
}
