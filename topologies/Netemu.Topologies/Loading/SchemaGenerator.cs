using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Netemu.Topologies.Loading.Binding;
using Netemu.Topologies.Loading.Shapes;

namespace Netemu.Topologies.Loading;

/// <summary>
/// Makes the JSON Schema of topology documents from the very fields that the binder binds: what one knows, the other knows.
/// </summary>
public static class SchemaGenerator
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema as indented JSON, ending with a line feed.</summary>
    public static string Generate() => Build().ToJsonString(Indented) + "\n";

    /// <summary>The schema as a document of its own (JSON Schema 2020-12).</summary>
    internal static JsonObject Build()
    {
        SchemaDefinitions definitions = new();
        JsonObject root = TopologyShape.Topology.Describe(definitions);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "netemu topology",
            ["$ref"] = root["$ref"]!.DeepClone(),
            ["$defs"] = definitions.Definitions,
        };
    }
}
