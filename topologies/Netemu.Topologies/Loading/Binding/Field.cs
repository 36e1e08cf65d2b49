using System;
using System.Text.Json.Nodes;
using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>A key of an object: its name, what it means, whether it must be there, and how its value is bound.</summary>
internal sealed record Field<T>(
    string Name, string Description, bool Required, ValueShape Shape, Action<Binder, T, YamlEntry> Bind)
{
    public JsonObject Describe(SchemaDefinitions definitions)
    {
        JsonObject schema = Shape.Describe(definitions);
        schema["description"] = Description;
        return schema;
    }
}
