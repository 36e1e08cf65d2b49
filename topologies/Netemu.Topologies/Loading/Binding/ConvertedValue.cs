using System;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>A value that is made of another one.</summary>
internal sealed class ConvertedValue<TFrom, TTo>(Value<TFrom> from, Func<TFrom, TTo> convert) : Value<TTo>
{
    private readonly Value<TFrom> _from = from;
    private readonly Func<TFrom, TTo> _convert = convert;

    public override bool TryBind(YamlNode node, Binder binder, out TTo value)
    {
        bool ok = _from.TryBind(node, binder, out TFrom bound);
        value = ok ? _convert(bound) : default!;
        return ok;
    }

    public override JsonObject Describe(SchemaDefinitions definitions) => _from.Describe(definitions);
}
