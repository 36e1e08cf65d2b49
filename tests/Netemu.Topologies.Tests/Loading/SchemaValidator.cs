using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Tests.Loading;

/// <summary>
/// Checks YAML against a JSON Schema by the schema alone: a second opinion on the binder. Knows the keywords that the
/// generator uses, and refuses any other.
/// </summary>
internal sealed class SchemaValidator(JsonObject schema)
{
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Check(YamlNode node)
    {
        _faults.Clear();
        Check(ToJson(node), schema, "$", _faults);
        return _faults;
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMapping mapping => new JsonObject(mapping.Entries.Select(e => KeyValuePair.Create(e.Name, ToJson(e.Value)))),
        YamlSequence sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar scalar when scalar.TryGetBoolean(out bool boolean) => JsonValue.Create(boolean),
        YamlScalar scalar when scalar.TryGetInteger(out long integer) => JsonValue.Create(integer),
        YamlScalar { IsPlain: true } scalar
            when double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => JsonValue.Create(number),
        YamlScalar scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidOperationException(),
    };

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        JsonValue v when v.TryGetValue(out bool _) => "boolean",
        JsonValue v when v.TryGetValue(out long _) => "integer",
        JsonValue v when v.TryGetValue(out double _) => "number",
        _ => "string",
    };

    private void Check(JsonNode? value, JsonObject rule, string path, List<string> faults)
    {
        foreach ((string keyword, JsonNode? operand) in rule)
        {
            switch (keyword)
            {
                case "$ref":
                    Check(value, (JsonObject)schema["$defs"]![operand!.GetValue<string>()["#/$defs/".Length..]]!, path, faults);
                    break;
                case "type":
                    IEnumerable<string> types = operand is JsonArray list ? list.Select(t => t!.GetValue<string>()) : [operand!.GetValue<string>()];
                    if (!types.Any(t => t == TypeOf(value) || (t == "number" && TypeOf(value) == "integer")))
                    {
                        faults.Add($"{path}: {TypeOf(value)} is not {string.Join("|", types)}");
                    }

                    break;
                case "properties" when value is JsonObject o:
                    foreach ((string name, JsonNode? child) in o)
                    {
                        if (operand![name] is JsonObject childRule)
                        {
                            Check(child, childRule, $"{path}.{name}", faults);
                        }
                    }

                    break;
                case "additionalProperties" when value is JsonObject o:
                    foreach ((string name, JsonNode? child) in o)
                    {
                        if (rule["properties"]?[name] is null)
                        {
                            if (operand is JsonObject childRule)
                            {
                                Check(child, childRule, $"{path}.{name}", faults);
                            }
                            else
                            {
                                faults.Add($"{path}.{name}: unknown");
                            }
                        }
                    }

                    break;
                case "required" when value is JsonObject o:
                    faults.AddRange(operand!.AsArray().Where(n => !o.ContainsKey(n!.GetValue<string>())).Select(n => $"{path}: needs {n}"));
                    break;
                case "items" when value is JsonArray a:
                    for (int i = 0; i < a.Count; i++)
                    {
                        Check(a[i], (JsonObject)operand!, $"{path}[{i}]", faults);
                    }

                    break;
                case "minItems" when value is JsonArray a && a.Count < operand!.GetValue<int>():
                case "maxItems" when value is JsonArray b && b.Count > operand!.GetValue<int>():
                    faults.Add($"{path}: number of items");
                    break;
                case "enum":
                    if (!operand!.AsArray().Any(e => e!.ToString() == value?.ToString()))
                    {
                        faults.Add($"{path}: {value} is none of {operand.ToJsonString()}");
                    }

                    break;
                case "const":
                    if (operand!.ToString() != value?.ToString())
                    {
                        faults.Add($"{path}: {value} is not {operand.ToJsonString()}");
                    }

                    break;
                case "pattern" when TypeOf(value) == "string":
                    if (!Regex.IsMatch(value!.GetValue<string>(), operand!.GetValue<string>()))
                    {
                        faults.Add($"{path}: '{value}' does not match {operand}");
                    }

                    break;
                case "minimum" when TypeOf(value) is "integer" && value!.GetValue<long>() < operand!.GetValue<long>():
                case "maximum" when TypeOf(value) is "integer" && value!.GetValue<long>() > operand!.GetValue<long>():
                    faults.Add($"{path}: {value} is out of range");
                    break;
                case "anyOf" or "oneOf":
                    CheckAlternatives(value, operand!.AsArray(), keyword == "oneOf", path, faults);
                    break;
                case "properties" or "additionalProperties" or "required" or "items" or "minItems" or "maxItems" or "pattern"
                    or "minimum" or "maximum" or "description" or "title" or "$schema" or "$defs":
                    break;
                default:
                    throw new InvalidOperationException($"keyword {keyword}");
            }
        }
    }

    private void CheckAlternatives(JsonNode? value, JsonArray rules, bool exactlyOne, string path, List<string> faults)
    {
        List<string> inner = [];
        int fitting = 0;
        foreach (JsonNode? rule in rules)
        {
            int before = inner.Count;
            Check(value, (JsonObject)rule!, path, inner);
            fitting += inner.Count == before ? 1 : 0;
        }

        if (fitting == 0)
        {
            faults.AddRange(inner);
        }
        else if (exactlyOne && fitting > 1)
        {
            faults.Add($"{path}: fits {fitting} alternatives");
        }
    }
}
