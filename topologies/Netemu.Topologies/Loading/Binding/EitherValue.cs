using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>A value that may be written as a scalar or as something else: <c>loss: 1%</c> or <c>loss: {gemodel: ...}</c>.</summary>
internal sealed class EitherValue<T>(Value<T> scalar, Value<T> other) : Value<T>
{
    private readonly Value<T> _scalar = scalar;
    private readonly Value<T> _other = other;

    public override bool TryBind(YamlNode node, Binder binder, out T value) =>
        (node is YamlScalar ? _scalar : _other).TryBind(node, binder, out value);

    public override JsonObject Describe(SchemaDefinitions definitions) =>
        new() { ["anyOf"] = new JsonArray(_scalar.Describe(definitions), _other.Describe(definitions)) };
}
