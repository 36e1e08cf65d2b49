using System;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>
/// A value that one scalar holds. <paramref name="what"/> is its name with an article: "a duration such as 10ms".
/// </summary>
internal sealed class ScalarValue<T>(string what, ScalarParser<T> parser, Func<JsonObject> schema) : Value<T>
{
    private readonly string _what = what;
    private readonly ScalarParser<T> _parser = parser;
    private readonly Func<JsonObject> _schema = schema;

    /// <summary>Called with what was bound, for values that are references.</summary>
    public Action<Binder, T, YamlScalar>? Bound { get; init; }

    /// <summary>Whether any text will do, so that what is no text was probably not quoted.</summary>
    public bool IsText { get; init; }

    public override bool TryBind(YamlNode node, Binder binder, out T value)
    {
        value = default!;
        if (node is not YamlScalar written || (written.IsNull && !IsText))
        {
            Mismatch(node, binder);
            return false;
        }

        if (written.IsNull)
        {
            binder.Error(LoaderCode.WrongType, $"{_what} is needed, not nothing", node.Range, "write \"\" for an empty text");
            return false;
        }

        YamlScalar scalar = binder.Resolve(written);
        ScalarFault? fault = _parser(scalar.Value, out value);
        if (fault is null)
        {
            Bound?.Invoke(binder, value, scalar);
            return true;
        }

        string? hint = fault.Hint;
        if (hint is null && scalar.Value.Contains("$i", StringComparison.Ordinal))
        {
            hint = "$i has a value only inside a range such as h[1-10]";
        }

        binder.Error(fault.Code, $"'{scalar.Value}' is not {_what}", node.Range, hint);
        return false;
    }

    public override JsonObject Describe(SchemaDefinitions definitions) => _schema();

    private void Mismatch(YamlNode node, Binder binder)
    {
        string? hint = IsText && node is YamlMapping ? "quote the text: ': ' makes a mapping of it" : null;
        binder.Error(LoaderCode.WrongType, $"{_what} is needed, not {node.KindName}", node.Range, hint);
    }
}
