using System;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>A value with a binding of its own, described by hand.</summary>
internal sealed class CustomValue<T>(CustomBinding<T> bind, Func<SchemaDefinitions, JsonObject> describe) : Value<T>
{
    private readonly CustomBinding<T> _bind = bind;
    private readonly Func<SchemaDefinitions, JsonObject> _describe = describe;

    public override bool TryBind(YamlNode node, Binder binder, out T value) => _bind(node, binder, out value);

    public override JsonObject Describe(SchemaDefinitions definitions) => _describe(definitions);
}
