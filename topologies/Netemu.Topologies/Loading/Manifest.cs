using System;
using Netemu.Calico.Yaml;
using Netemu.Core.Diagnostics;
using Netemu.Topologies.Model;
using Netemu.Topologies.Model.Steps;

namespace Netemu.Topologies.Loading;

/// <summary>Reads what names a Kubernetes or Calico object.</summary>
internal static class Manifest
{
    public delegate void Report(string code, string message, SourceRange range, string? hint = null);

    /// <summary>The object of a document; null, with findings, where it has no apiVersion, kind or name.</summary>
    public static ManifestDocument? TryRead(YamlMapping root, Report report)
    {
        string? apiVersion = Required(root, "apiVersion", report);
        string? kind = Required(root, "kind", report);
        if (apiVersion is null || kind is null)
        {
            return null;
        }

        YamlMapping? metadata = root["metadata"] as YamlMapping;
        string? name = metadata?.TextOf("name");
        if (name is null && !kind.EndsWith("List", StringComparison.Ordinal))
        {
            report(LoaderCode.MissingKey, $"{kind} needs 'metadata.name'", metadata?.Range ?? First(root));
            return null;
        }

        return new ManifestDocument(root, apiVersion, kind, metadata?.TextOf("namespace"), name ?? string.Empty);
    }

    /// <summary>
    /// What a delete or patch step names: kind, namespace and name at the top or under metadata.
    /// </summary>
    public static ObjectRef? TryReadReference(YamlMapping root, Report report)
    {
        string? kind = Required(root, "kind", report);
        YamlMapping? metadata = root["metadata"] as YamlMapping;
        string? name = root.TextOf("name") ?? metadata?.TextOf("name");
        if (kind is not null && name is null)
        {
            report(LoaderCode.MissingKey, $"{kind} needs 'name'", First(root));
        }

        return kind is null || name is null
            ? null
            : new ObjectRef(root.TextOf("apiVersion"), kind, root.TextOf("namespace") ?? metadata?.TextOf("namespace"), name, root.Range);
    }

    private static string? Required(YamlMapping root, string key, Report report)
    {
        string? text = root.TextOf(key);
        if (text is null)
        {
            report(LoaderCode.MissingKey, $"an object needs the key '{key}'", root[key]?.Range ?? First(root));
        }

        return text;
    }

    private static SourceRange First(YamlMapping root) => root.Entries.Count == 0 ? root.Range : root.Entries[0].Key.Range;
}
