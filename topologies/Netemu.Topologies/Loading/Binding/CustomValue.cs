using System;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>A value with a binding of its own, described by hand.</summary>
internal sealed class CustomValue<T>(CustomBinding<T> bind, Func<SchemaDefinitions, JsonObject> describe) : Value<T>
{
    public override bool TryBind(YamlNode node, Binder binder, out T value) => bind(node, binder, out value);

    public override JsonObject Describe(SchemaDefinitions definitions) => describe(definitions);
}
