using System;
using System.Text.Json.Nodes;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>The named definitions of a JSON Schema, in the order of their first use.</summary>
internal sealed class SchemaDefinitions
{
    public JsonObject Definitions { get; } = [];

    /// <summary>A reference to a definition, which is made on first use.</summary>
    public JsonObject Refer(string name, Func<JsonObject> describe)
    {
        if (!Definitions.ContainsKey(name))
        {
            // The placeholder ends the recursion of shapes that contain themselves.
            Definitions[name] = new JsonObject();
            Definitions[name] = describe();
        }

        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }
}
