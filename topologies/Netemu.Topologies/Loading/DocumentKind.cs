using Netemu.Calico.Yaml;

namespace Netemu.Topologies.Loading;

/// <summary>Tells topology documents from manifests.</summary>
internal static class DocumentKind
{
    private const string Group = "netemu/";

    /// <summary>Whether a document holds further steps: <c>kind: Checks</c>, or nothing but steps.</summary>
    public static bool IsChecks(YamlNode document) =>
        document is YamlMapping mapping && IsTopology(document)
        && (mapping.TextOf("kind") == "Checks" || (mapping["nodes"] is null && mapping["links"] is null && mapping["cluster"] is null
            && mapping["kind"] is null));

    /// <summary>Whether a document is a topology, or wants to be one.</summary>
    public static bool IsTopology(YamlNode document) =>
        document is YamlMapping mapping
        && (mapping.TextOf("apiVersion")?.StartsWith(Group, System.StringComparison.Ordinal) == true
            || (mapping["apiVersion"] is null && (mapping["nodes"] is not null || mapping["links"] is not null || mapping["steps"] is not null)));
}
