using System.Text.Json.Nodes;

namespace Netemu.Topologies.Loading.Binding;

/// <summary>What stands behind a key: how it is described in the JSON Schema. The same object binds it.</summary>
internal abstract class ValueShape
{
    /// <summary>The schema of the value; definitions that are used more than once go into <paramref name="definitions"/>.</summary>
    public abstract JsonObject Describe(SchemaDefinitions definitions);
}
