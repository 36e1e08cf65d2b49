using System;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>A value that is made of another one.</summary>
internal sealed class ConvertedValue<TFrom, TTo>(Value<TFrom> from, Func<TFrom, TTo> convert) : Value<TTo>
{
    public override bool TryBind(YamlNode node, Binder binder, out TTo value)
    {
        bool ok = from.TryBind(node, binder, out TFrom bound);
        value = ok ? convert(bound) : default!;
        return ok;
    }

    public override JsonObject Describe(SchemaDefinitions definitions) => from.Describe(definitions);
}
